"""A degree that the grid of the sphere can not tell from lower ones.

What it does
------------
Reports degrees l that are not below the bandwidth b of the grid of 2b x 2b points. The fix
writes the degrees that design keeps (`--unsafe-fixes`).

Why it matters
--------------
The sampling theorem on the sphere holds for degrees below b. Higher ones alias into lower
ones, and the transform no longer commutes with rotations.

Example
-------
```yaml
kind: zonal-convolution
options: {bandwidth: 8, lmax: 8, skip: trunk}
```

Use instead
-----------
```yaml
kind: zonal-convolution
options: {bandwidth: 8, lmax: 7, skip: trunk}
```

References
----------
Driscoll & Healy, Computing Fourier transforms and convolutions on the 2-sphere, 1994, theorem
3
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ328",
    name="beyond-bandwidth",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("beyond-bandwidth",),
)
