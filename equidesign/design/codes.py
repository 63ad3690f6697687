"""Every code that a design may warn with, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from equidesign.design.datafile import read_table
from equidesign.design.traps import traps


@lru_cache(maxsize=1)
def warning_codes() -> Mapping[str, str]:
    """Return what each code means; of a trap, its message in general words and its hint."""
    pages: dict[str, str] = dict(read_table("equidesign.design", "codes.yaml"))
    words = {"group": "the group", "labels": "...", "features": "these"}
    for trap in traps():
        pages[trap.id] = f"{trap.message.format(**words)}\n{trap.hint.format(**words)}"
    return MappingProxyType(dict(sorted(pages.items())))


@lru_cache(maxsize=1)
def step_rules() -> Mapping[str, str]:
    """Return what the rules do that choose no family: of the group, the sizes and the types."""
    return MappingProxyType(dict(read_table("equidesign.design.rules", "steps.yaml")))
