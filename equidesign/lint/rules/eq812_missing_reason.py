"""A choice without a reason.

What it does
------------
Reports reasons that are empty: of layers, decisions, rejected options, alternatives and the
topology, empty caveats, and a decision without the citation that its rule gives. The fix writes
the reason or citation that design gives the same choice, and removes an empty caveat (`--fix`).

Why it matters
--------------
What nobody can argue with is what nobody can check. The reasons are what a reviewer reads first.

Example
-------
```yaml
- step: family
  choice: NequIP
  rule: molecules-forces
  why: ""
```

Use instead
-----------
```yaml
- step: family
  choice: NequIP
  rule: molecules-forces
  why: tensor-product messages learn forces from few frames
```

References
----------
Nygard, Documenting architecture decisions, 2011,
cognitect.com/blog/2011/11/15/documenting-architecture-decisions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.decided import steps_in_order
from equidesign.lint.finding import Fix, RemoveKey, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath, dotted

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.specification import Specification


def _check(context: Context) -> Iterator[Issue]:
    spec = context.spec
    if spec is None:
        return
    for path in _empty(spec):
        message = f"'{dotted(path)}' gives no reason"
        yield Issue(path, message, "say why, in a sentence", _reason(context, path))
    for index, text in enumerate(spec.caveats):
        if not text.strip():
            fix = Fix("remove it", True, (RemoveKey(("caveats", index)),))
            yield Issue(("caveats", index), "the caveat is empty", "remove it, or say it", fix)
    found = context.decided
    for index, decision in steps_in_order(context):
        if found is None or decision.cite.strip():
            continue
        source = found.choice.cite if decision.step == "family" else ""
        source = found.family.cite if decision.step == "layers" else source
        if source:
            place: KeyPath = ("decisions", index, "cite")
            fix = Fix("cite the source of the rule", True, (SetValue(place, source),))
            fixed = fix if "cite" in decision.model_fields_set else None
            yield Issue(place, "the source of this decision is missing", f"cite {source}", fixed)


def _reason(context: Context, path: KeyPath) -> Fix | None:
    """Return the fix that writes the reason which design gives for the same thing."""
    parent, made = context.value(path[:-1]), context.reference.value(path[:-1])
    if not isinstance(made, dict) or not isinstance(parent, dict):
        return None
    same = all(parent.get(key) == made.get(key) for key in _WHAT)
    reason = made.get(path[-1])
    return Fix("give the reason", True, (SetValue(path, reason),)) if same and reason else None


_WHAT = ("kind", "step", "choice", "option", "family", "pattern", "in", "out")
"""Keys that say what a reason is given for."""


def _empty(spec: Specification) -> Iterator[KeyPath]:
    if not spec.topology.why.strip():
        yield ("topology", "why")
    for index, layer in enumerate(spec.layers):
        if not layer.why.strip():
            yield ("layers", index, "why")
    for index, decision in enumerate(spec.decisions):
        if not decision.why.strip():
            yield ("decisions", index, "why")
        for number, rejected in enumerate(decision.rejected):
            if not rejected.why.strip():
                yield ("decisions", index, "rejected", number, "why")
    for index, other in enumerate(spec.alternatives):
        if not other.why_not.strip():
            yield ("alternatives", index, "why_not")


RULE = Rule(
    code="EQ812",
    name="missing-reason",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=("family", "layers", "topology", "decisions", "alternatives"),
)
