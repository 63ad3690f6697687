"""A decision that says something else than what was made of it.

What it does
------------
Compares the choice of each step with the section that it is about: the group with the symmetry,
the title with the family, the size with the layers, the pattern with the topology, the library
with the library, the number of layers with the layers. Sizes and numbers of layers that were
true before the layers were edited are left alone. The fix writes what the section says
(`--fix`).

Why it matters
--------------
SPECIFICATION.md shows the decisions as the summary of the design. Two stories in one file cannot
both be told.

Example
-------
```yaml
family: nequip
decisions:
  - {step: family, choice: PaiNN, rule: molecules-forces, why: forces}
```

Use instead
-----------
```yaml
family: nequip
decisions:
  - {step: family, choice: NequIP, rule: molecules-forces, why: forces}
```

References
----------
Nygard, Documenting architecture decisions, 2011,
cognitect.com/blog/2011/11/15/documenting-architecture-decisions; equidesign documentation:
`equidesign explain architecture.yaml`, `equidesign list rules`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import readable_group
from equidesign.lint.decided import Decided, builds_the_layers, is_as_designed, steps_in_order
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.versions import library_of
from equidesign.spec.decision import Step

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    found = context.decided
    if found is None:
        return
    for index, decision in steps_in_order(context):
        right = EXPECTED[decision.step](context, found, decision.choice)
        if right is None:
            continue
        path = ("decisions", index, "choice")
        message = f"'{decision.choice[:80]}' is not what the file holds: {right}"
        fix = Fix(f"write {right}", True, (SetValue(path, right),))
        yield Issue(path, message, f"write {right}", fix)


def _group(context: Context, found: Decided, text: str) -> str | None:
    group = found.problem.group
    return None if text == group.name or readable_group(text) == group else group.name


def _family(context: Context, found: Decided, text: str) -> str | None:
    return None if text in (found.family.title, found.family.id) else found.family.title


def _layers(context: Context, found: Decided, text: str) -> str | None:
    if builds_the_layers(context, found, text) or not is_as_designed(context):
        return None
    return _designed(context, Step.layers, text)


def _topology(context: Context, found: Decided, text: str) -> str | None:
    pattern = context.spec.topology.pattern if context.spec else text
    # A pattern that the family does not have is reported at the topology.
    return None if text in (pattern, found.topology.pattern) else pattern


def _library(context: Context, found: Decided, text: str) -> str | None:
    backend = library_of(context.spec) if context.spec else None
    return None if backend is None or text in (backend.name, backend.title) else backend.name


def _specification(context: Context, found: Decided, text: str) -> str | None:
    count = len(context.spec.layers) if context.spec else 0
    if text == f"{count} layers" or not is_as_designed(context):
        return None
    return _designed(context, Step.specification, text)


def _designed(context: Context, step: Step, text: str) -> str | None:
    made = context.reference.specification
    choice = next((d.choice for d in made.decisions if d.step is step), text) if made else text
    return None if choice == text else choice


EXPECTED: dict[Step, Callable[[Context, Decided, str], str | None]] = {
    Step.group: _group,
    Step.family: _family,
    Step.layers: _layers,
    Step.topology: _topology,
    Step.library: _library,
    Step.specification: _specification,
}


RULE = Rule(
    code="EQ813",
    name="decision-mismatch",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=(
        "request",
        "symmetry",
        "task",
        "domain",
        "family",
        "library",
        "interface",
        "layers",
        "topology",
    ),
)
