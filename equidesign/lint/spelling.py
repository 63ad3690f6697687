"""Spelling: entries that are missing because they stand there under a misspelt name."""

from __future__ import annotations

from collections.abc import Iterable

from equidesign.errors import nearest
from equidesign.lint.agreement import NOTHING, Difference
from equidesign.spec.yamlio import KeyPath


def well_spelt(found: Iterable[Difference]) -> set[KeyPath]:
    """Return the paths of differences but for misspelt names, which say nothing about what the file is made for."""
    found = tuple(found)
    paths = {each.path for each in found}
    missing = [each.path for each in found if each.written is NOTHING]
    for each in found:
        beside = {str(path[-1]): path for path in missing if path[:-1] == each.path[:-1]}
        if each.implied is NOTHING and (meant := nearest(str(each.path[-1])[:80], beside)):
            paths -= {each.path, beside[meant]}
    return paths
