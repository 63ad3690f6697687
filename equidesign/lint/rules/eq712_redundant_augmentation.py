"""Augmentation that the symmetry makes idle, or that the data do not have.

What it does
------------
Reads `training.augmentation` for rotations, reflections, translations and permutations, and
reports those in the declared group, and reflections where the group has rotations only. Other
augmentation, such as noise, is fine, and so are rotations beside a finite group, and a text that
begins with `none`.

Why it matters
--------------
Inside the group it costs time and changes nothing: the network gives the same answer. Outside it
teaches a symmetry that the request does not declare: mirrored molecules become the same molecule.

Example
-------
```yaml
symmetry: {group: SE(3)}
training:
  augmentation: random rotations and mirror images
```

Use instead
-----------
```yaml
symmetry: {group: SE(3)}
training:
  augmentation: "none: the symmetry is built in"
```

References
----------
Chen, Dobriban & Lee, A group-theoretic framework for data augmentation, JMLR 21 (2020); Bronstein
et al., Geometric deep learning, 2021, arXiv:2104.13478, section 3
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.finding import Severity
from equidesign.lint.recipe import default
from equidesign.lint.registry import Issue, Needs, Rule

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec, group = context.spec, context.group
    text = spec.training.get("augmentation") if spec else None
    if spec is None or group is None or not isinstance(text, str):
        return
    words = text[:1000].lower()
    if re.match(r"\W*(no|none|not|nothing|without)\b", words):
        return
    geometric = group.geometric
    has = {
        "reflections": geometric.reflections,
        "rotations": geometric.kind in _TURNS,
        "translations": group.translations or spec.domain in _GRIDS,
        "permutations": group.has_permutations,
    }
    path = ("training", "augmentation")
    usual = default(context, path)
    hint = f"write {usual}" if usual else "leave it out"
    for name, pattern in _WORDS.items():
        if not re.search(pattern, words):
            continue
        if has[name]:
            message = f"the network commutes with {name} already: they change nothing"
            yield Issue(path, message, hint)
            return
        if name == "reflections" and geometric.kind in _NO_MIRRORS:
            message = f"{group.name} leaves reflections out, and augmenting by them says otherwise"
            yield Issue(path, message, f"{hint}, or declare a group with reflections")
            return


_WORDS = {
    "reflections": r"reflect|mirror|\bflip",
    "rotations": r"rotat|\bturn",
    "translations": r"translat|\bshift",
    "permutations": r"permut|shuffl|reorder",
}
_TURNS = ("SO", "O", "SE", "E")
"""Kinds of groups with all rotations; a finite group leaves angles out that data may have."""
_GRIDS = ("images", "volumes")
_NO_MIRRORS = ("SO", "SE", "cyclic")


RULE = Rule(
    code="EQ712",
    name="redundant-augmentation",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
