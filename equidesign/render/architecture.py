"""Specification -> architecture.yaml: ordered, commented, the same bytes every time."""

from __future__ import annotations

from equidesign.spec.specification import Specification
from equidesign.spec.yamlwrite import dump

COMMENTS: dict[tuple[str | int, ...], str] = {
    (): "The architecture, typed layer by layer: each layer maps a field (space, representation) to a field.\n"
    "Edit widths, irreps, depth or nonlinearities here; `equidesign render` type-checks the result, counts\n"
    "its parameters anew (exactly, from the types) and compiles it.",
    ("request",): "What was asked for.",
    (
        "symmetry",
    ): "The group, what it does to the output, and the group that acts on the components of features.",
    ("interface",): "Every input and output of the model: all that verify needs to know.",
    (
        "layers",
    ): "A layer reads the layer before it unless `source` names another layer or an input.",
    ("cost",): "For one sample of these sizes; the formulas say how it grows.",
    ("decisions",): "The six steps: what was chosen, by which rule, why, and what was rejected.",
    ("alternatives",): "Other legal families, best first; marks from 1 to 5, 5 is best.",
    ("verification",): "How the symmetry is checked, and what error to expect.",
}


def architecture_yaml(spec: Specification) -> str:
    """Return the text of ``architecture.yaml``."""
    return dump(spec.to_data(), COMMENTS, inline=("in", "out", "exactness"))
