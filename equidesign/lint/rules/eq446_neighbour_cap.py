"""A cap on the number of neighbours.

What it does
------------
Reports options such as `max_num_neighbors` or `top_k` on layers that search neighbours or send
messages. The fix removes the option, since design writes none (`--unsafe-fixes`).

Why it matters
--------------
Which neighbours are dropped depends on the order of the points or on ties, so permutations are
broken; and when a neighbour enters, another leaves with full weight: energies jump and forces
are not their gradient.

Example
-------
```yaml
kind: spherical-edge-embedding
options: {cutoff: 5.0, neighbours: 16, num_basis: 8, max_num_neighbors: 32}
```

Use instead
-----------
```yaml
kind: spherical-edge-embedding
options: {cutoff: 5.0, neighbours: 16, num_basis: 8}
```

References
----------
Batzner et al., NequIP, Nature Communications 13, 2453 (2022), Methods; PyTorch Geometric
documentation, radius_graph
"""

from __future__ import annotations

from equidesign.lint.finding import Severity
from equidesign.lint.registry import Needs, Rule

RULE = Rule(
    code="EQ446",
    name="neighbour-cap",
    severity=Severity.error,
    needs=Needs.specification,
    faults=("neighbour-cap",),
)
