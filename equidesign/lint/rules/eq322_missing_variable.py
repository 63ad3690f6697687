"""A layer that needs what no layer before it makes.

What it does
------------
Follows the variables of the generated `forward`: reports the first layer that reads edge
harmonics, radial functions, an envelope, vectors or species that nothing above has written. The
fix writes what design writes at the value that was edited (`--unsafe-fixes`).

Why it matters
--------------
The generated model stops with a NameError at the first forward pass.

Example
-------
```yaml
layers:
  - {name: species_embedding, kind: species-embedding, source: z}
  - {name: interaction_1, kind: nequip-interaction, source: species_embedding}
```

Use instead
-----------
```yaml
layers:
  - {name: species_embedding, kind: species-embedding, source: z}
  - {name: edge_embedding, kind: spherical-edge-embedding, source: pos}
  - {name: interaction_1, kind: nequip-interaction, source: species_embedding}
```

References
----------
Aho et al., Compilers (2006), section 9.2.4 (reaching definitions)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.dataflow import flow_of
from equidesign.lint.diagnosis import culprit, typing_values
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context

_MAKERS = {
    "edge_sh": "a spherical-edge-embedding",
    "edge_envelope": "the option envelope of the edge embedding",
    "edge_radial": "an edge embedding",
    "edge_basis": "a gaussian-edge-embedding",
    "edge_dir": "a sinc-edge-embedding",
    "edge_vec": "relative-positions",
    "species": "a species-embedding",
    "v": "a layer that makes vectors",
    "h": "an embedding",
}


def _check(context: Context) -> Iterator[Issue]:
    flow = flow_of(context)
    if flow is None:
        return
    blamed: set[KeyPath] = set()
    said: set[str] = set()
    for index, step in enumerate(flow.steps):
        missing = [name for name in sorted(step.fixed - said) if _missing(context, index, name)]
        if not missing:
            continue
        said.update(missing)
        path: KeyPath = ("layers", index, "kind")
        others: list[KeyPath] = [("layers", index, "source"), *typing_values(context, index)]
        for before in range(index):
            others += [*typing_values(context, before), ("layers", before, "options", "envelope")]
        place = culprit(context, path, others)
        if place in blamed:
            continue
        blamed.add(place)
        names = " and ".join(f"`{name}`" for name in missing)
        maker = _MAKERS.get(missing[0], f"an input {missing[0]}")
        yield restored(
            context,
            place,
            f"'{step.layer.name}' reads {names}, which no layer above writes",
            f"add {maker}",
        )


def _missing(context: Context, index: int, name: str) -> bool:
    flow = flow_of(context)
    read = flow.of(index, name) if flow is not None else None
    return read is not None and read.owner is None


RULE = Rule(
    code="EQ322",
    name="missing-variable",
    severity=Severity.error,
    needs=Needs.sound,
    check=_check,
)
