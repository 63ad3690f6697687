"""The reference: which value of a file counts as edited, by what design makes of the request."""

from __future__ import annotations

import copy
from typing import Any

from cells import all_cells

from equidesign.design.pipeline import design_architecture
from equidesign.lint.context import ABSENT, Context
from equidesign.lint.reference import Reference
from equidesign.spec.request import request_from_data
from equidesign.spec.yamlio import load_text
from equidesign.spec.yamlwrite import dump

CELL = next(cell for cell in all_cells() if cell.id == "molecules|[1,6,7,8]|E(3)|force_prediction")
SPEC = design_architecture(request_from_data(CELL.request())).specification


def reference(change: Any = None) -> Reference:
    data = copy.deepcopy(SPEC.to_data())
    if change is not None:
        change(data["layers"])
    text = dump(data)
    return Context("a.yaml", text, load_text(text, "a.yaml")).reference


def swap(layers: list[Any]) -> None:
    layers[2], layers[3] = layers[3], layers[2]


def rename(layers: list[Any]) -> None:
    layers[2]["name"] = layers[-1]["name"]


def test_places_that_do_not_exist_have_no_value() -> None:
    made = reference()
    assert made.value(("layers", 99, "name")) is ABSENT
    assert made.value(("layers", -1, "name")) is ABSENT
    assert made.value(("layers", 0, "name")) == SPEC.layers[0].name
    assert not made.edited(("layers", 99, "name"))


def test_one_of_two_exchanged_layers_is_moved() -> None:
    assert not any(reference().is_moved(index) for index in range(len(SPEC.layers)))
    moved = [index for index in range(len(SPEC.layers)) if reference(swap).is_moved(index)]
    assert len(moved) == 1
    assert moved[0] in (2, 3)


def test_of_two_equal_names_the_new_one_is_edited() -> None:
    made = reference(rename)
    assert made.edited(("layers", 2, "name"))
    assert not made.edited(("layers", len(SPEC.layers) - 1, "name"))
