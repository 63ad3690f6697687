"""A family that the layers do not belong to, or that does not serve the request.

What it does
------------
Reports a `family` that does not exist, one whose characteristic layers are not in the pipeline
while another family's are, one that contradicts `constraints.family`, and one that does not
serve the group, domain or task. The fix writes the family of the layers (`--fix`); the nearest
name where the layers do not tell, and the request's family, only (`--unsafe-fixes`).

Why it matters
--------------
The family decides about library, topology and training recipe; readers look up the literature by
it.

Example
-------
```yaml
family: painn
layers:
  - name: interaction_1
    kind: nequip-interaction
```

Use instead
-----------
```yaml
family: nequip
layers:
  - name: interaction_1
    kind: nequip-interaction
```

References
----------
equidesign documentation: `equidesign list families`; Batzner et al., NequIP, Nature
Communications 13, 2453 (2022)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.families import unserved
from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import issue, suspected

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_PATH = ("family",)


def _check(context: Context) -> Iterator[Issue]:
    from equidesign.design.family import all_families
    from equidesign.errors import nearest

    yield from suspected(context, ("constraints", "family"))
    spec, known = context.spec, all_families()
    if spec is None:
        return
    meant = context.believed_family
    if meant is not None and meant != spec.family:
        what = "is no family" if spec.family not in known else "is not the family of the layers"
        message = f"'{spec.family[:80]}' {what}; their kinds are those of {meant}"
        yield issue(context, _PATH, message, meant)
    elif spec.family not in known:
        close = nearest(spec.family[:80], known)
        hint = f"write {close}" if close else f"one of {', '.join(known)}"
        fix = Fix(hint, False, (SetValue(_PATH, close),)) if close else None
        yield Issue(_PATH, f"'{spec.family[:80]}' is no family", hint, fix)
    elif found := context.contradictions.get(_PATH):
        message = f"the family is {spec.family}, and the request asks for {found.implied}"
        yield Issue(_PATH, message, f"design again, or write {spec.family} in the request")
    elif context.problem is not None and (why := unserved(known[spec.family], context.problem)):
        problem = context.problem
        message = f"{spec.family} does not serve {problem.task} on {problem.domain}: {why}"
        yield Issue(_PATH, message, "design again, which names a family that does")


RULE = Rule(
    code="EQ206",
    name="family-mismatch",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
