"""A polar quantity written as an axial one, or the other way round.

What it does
------------
Reports outputs whose representation differs from that of the quantity in parity alone: forces,
dipole moments and velocities are polar (1o), torques, magnetic moments and angular momenta
axial (1e), chirality measures pseudoscalars (0o). In a request that stands alone it reports a
`representation` that contradicts the named target, in degree or parity. The fix writes the
representation of the quantity (`--unsafe-fixes`).

Why it matters
--------------
Under a reflection a polar and an axial vector transform differently. With the wrong parity the
network is equivariant to the wrong thing: the symmetric part of the truth is zero for it, and it
learns nothing or noise.

Example
-------
```yaml
task: {type: regression, targets: [torque], representation: 1x1o}
```

Use instead
-----------
```yaml
task: {type: regression, targets: [torque], representation: 1x1e}
```

References
----------
Landau & Lifshitz, The classical theory of fields, section 6; Geiger & Smidt, e3nn: Euclidean
neural networks, 2022, arXiv:2207.09453, section 2; `equidesign list quantities`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import contradictions, issue
from equidesign.lint.witness import written_path
from equidesign.spec.layer import parse_rep

if TYPE_CHECKING:
    from equidesign.lint.context import Context


_WRITTEN = ("quantity-corrected", "parity-dropped")


def _check(context: Context) -> Iterator[Issue]:
    problem = context.problem
    if problem is None:
        return
    if not context.is_architecture and context.bundle is None:
        path = written_path(context, ("task", "representation"))
        for said in problem.warnings:
            if said.code in _WRITTEN and "`task.representation" in said.hint:
                yield Issue(path, said.message, said.hint)
    for found in contradictions(context, "interface", "outputs", "*", "rep"):
        try:
            written, implied = (
                parse_rep(str(text), problem.fiber) for text in (found.written, found.implied)
            )
        except EquidesignError:
            continue  # what can't be read is not this rule's business
        if written.differs_in_parity(implied):
            message = (
                f"'{found.path[2]}' is {implied}, which reflections turn differently from {written}"
            )
            yield issue(context, found.path, message, found.implied, safe=False)


RULE = Rule(
    code="EQ504",
    name="polar-axial",
    severity=Severity.error,
    needs=Needs.request,
    check=_check,
    faults=("polar-axial",),
)
