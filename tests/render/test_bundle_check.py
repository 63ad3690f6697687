"""A specification whose parts do not fit is refused before anything is written, at the place of the fault."""

from __future__ import annotations

import pytest
from cells import all_cells

from equidesign.design.pipeline import design_architecture
from equidesign.errors import InputErrors
from equidesign.render.architecture import architecture_yaml
from equidesign.render.bundle import check_pipeline
from equidesign.spec.loading import parse_specification
from equidesign.spec.request import request_from_data
from equidesign.spec.yamlio import load_text

REQUEST = {
    "name": "forces",
    "symmetry": {"group": "E(3) x S_n"},
    "data": {"domain": "molecules", "species": ["H", "C"]},
    "task": {"type": "force_prediction"},
    "constraints": {"max_parameters": 40000},
}
EDITS = {
    "kind": ("kind: nequip-interaction", "kind: nequip-interacton", "nequip-interaction"),
    "option": ("num_basis: 8", "num_basis: eight", "not int"),
    "parity": ("1x1o}", "1x1}", "parity"),
    "nonlinearity": ("nonlinearity: gate", "nonlinearity: relu", "gate"),
    "source": ("source: species_embedding", "source: species_embeding", "species_embedding"),
    "output": ("writes: forces", "writes: force", "no layer writes"),
    "library": ("name: e3nn", "name: e3n", "e3nn"),
    "group": ("canonical: E(3) x S_n", "canonical: E(3", "E(3)"),
    "acceleration": ("device: auto", "acceleration: cuequivarianc", "cuequivariance"),
    "second name": ("name: interaction_2", "name: interaction_1", "two layers"),
}


def test_every_design_passes() -> None:
    for cell in all_cells():
        check_pipeline(design_architecture(request_from_data(cell.request())).specification)


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_found_at_its_line(edit: str) -> None:
    old, new, word = EDITS[edit]
    text = architecture_yaml(design_architecture(request_from_data(REQUEST)).specification)
    assert old in text
    edited = text.replace(old, new, 1)
    line = text[: text.index(old)].count("\n") + 1
    document = load_text(edited, "architecture.yaml")
    with pytest.raises(InputErrors) as caught:
        check_pipeline(parse_specification(document))
    placed = document.placed(caught.value)
    assert word in str(placed)
    if edit != "output":  # said where the output is declared
        assert f"architecture.yaml:{line}:" in str(placed)
