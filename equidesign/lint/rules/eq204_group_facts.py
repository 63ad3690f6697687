"""A fact about the group that is not true of it.

What it does
------------
Recomputes `symmetry.facts` from the group: kind, order, dimension, whether it is finite,
compact, abelian, connected, whether it contains translations, reflections, permutations, its
point group and its subgroups. The fix writes, adds, renames or removes the fact (`--fix`).

Why it matters
--------------
People decide by these facts: whether all elements can be tested, whether mirror images count as
the same, whether chirality can be learned.

Example
-------
```yaml
symmetry:
  canonical: D4
  facts: {kind: dihedral, finite: true, order: 4}
```

Use instead
-----------
```yaml
symmetry:
  canonical: D4
  facts: {kind: dihedral, finite: true, order: 8}
```

References
----------
Hall, Lie groups, Lie algebras, and representations, 2nd ed., 2015, chapter 1; Serre, Linear
representations of finite groups, 1977, section 5
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import NOTHING
from equidesign.lint.finding import Severity
from equidesign.lint.names import misnamed, rightly_named
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue, shown

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    if context.problem is None:
        return
    group = context.problem.group.name
    contradicted = tuple(contradictions(context, "symmetry", "facts"))
    yield from misnamed(contradicted, "fact")
    for found in rightly_named(contradicted):
        name = str(found.path[-1])
        if found.implied is NOTHING:
            message = f"'{name}' is no fact that is known of {group}"
        elif found.written is NOTHING:
            message = f"the fact '{name}' of {group} is missing"
        else:
            message = (
                f"'{name}' is {shown(found.written)}, and of {group} it is {shown(found.implied)}"
            )
        yield issue(context, found.path, message, found.implied)


RULE = Rule(
    code="EQ204",
    name="group-facts",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
