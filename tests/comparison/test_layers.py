"""Edits of a pipeline, as the comparison tells them."""

from __future__ import annotations

from typing import Any

from equidesign.comparison.compare import Comparison, compare_specifications
from equidesign.comparison.layers import LayerChange
from equidesign.report.diff_text import diff_lines, summary
from equidesign.report.layout import render
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Specification


def with_layers(spec: Specification, layers: list[Layer]) -> Specification:
    return spec.model_copy(update={"layers": tuple(layers)})


def text(found: Comparison) -> str:
    return render(diff_lines(found, ("a", "b")), 100, unicode=True)


def said(change: LayerChange) -> dict[str, tuple[Any, Any]]:
    return {".".join(map(str, c.path)): (c.before, c.after) for c in change.changes}


def test_a_renamed_layer_renames_nothing_else(forces: Specification) -> None:
    old = forces.layers[2].name
    layers = [
        layer.model_copy(
            update={
                "name": "stem" if layer.name == old else layer.name,
                "source": "stem" if layer.source == old else layer.source,
            }
        )
        for layer in forces.layers
    ]
    found = compare_specifications(forces, with_layers(forces, layers))
    (change,) = found.layers
    assert said(change) == {"name": (old, "stem")}
    assert f"~ {old} → stem, renamed" in text(found)
    assert not found.same


def test_an_inserted_block(forces: Specification) -> None:
    layers = list(forces.layers)
    at = next(i for i, layer in enumerate(layers) if layer.kind == "nequip-interaction" and i > 2)
    block = layers[at].model_copy(update={"name": "extra"})
    after = [*layers[: at + 1], block, *layers[at + 1 :]]
    after[at + 1] = block.model_copy(update={"source": layers[at].name, "in_": layers[at].out})
    reader = after[at + 2]
    after[at + 2] = reader.model_copy(update={"source": "extra"})
    found = compare_specifications(forces, with_layers(forces, after))
    inserted, *rest = found.layers
    assert inserted.before is None
    assert inserted.after is not None
    assert inserted.after.name == "extra"
    assert [said(change) for change in rest] == [{"source": (layers[at].name, "extra")}]
    assert "1 layer inserted" in summary(found).replace("a layer", "1 layer")
    assert f"Layers: {len(layers)} → {len(after)}" in text(found)
    removed = compare_specifications(with_layers(forces, after), forces).layers[0]
    assert removed.after is None


def test_a_moved_layer(forces: Specification) -> None:
    one, two, *rest = forces.layers
    assert two.source is not None
    found = compare_specifications(forces, with_layers(forces, [two, one, *rest]))
    assert [change.moved for change in found.layers] == [True]
    assert "moved" in text(found)
    assert "a layer moved" in summary(found)


def test_options_nonlinearity_and_source(digits: Specification) -> None:
    layers = list(digits.layers)
    first = layers[0]
    layers[0] = first.model_copy(
        update={"nonlinearity": "elu", "options": {**first.options, "kernel": 3}}
    )
    found = compare_specifications(digits, with_layers(digits, layers))
    (change,) = found.layers
    kernel = first.options["kernel"]
    assert said(change) == {
        "nonlinearity": (first.nonlinearity, "elu"),
        "options.kernel": (kernel, 3),
    }
    assert f"kernel {kernel} → 3 (side of the kernel, odd)" in text(found)
    parameters, flops, _ = change.figures
    assert parameters.ratio is not None
    assert parameters.ratio < 1
    assert flops.ratio is not None
    assert flops.ratio < 1
    assert found.figures[0].after == found.after.parameters


def test_neighbours_that_change_alike_share_an_entry(digits: Specification) -> None:
    layers = [
        layer.model_copy(update={"nonlinearity": "elu"}) if layer.nonlinearity == "relu" else layer
        for layer in digits.layers
    ]
    found = compare_specifications(digits, with_layers(digits, layers))
    changed = [change for change in found.layers if change.changes]
    assert len(changed) > 2
    lines = [line for line in text(found).splitlines() if "nonlinearity relu → elu" in line]
    assert len(lines) < len(changed)
    assert "layers)" in text(found)


def test_another_family(specifications: list[Specification]) -> None:
    chosen = [
        spec
        for spec in specifications
        if (spec.domain, spec.symmetry.canonical, spec.task)
        == ("molecules", "E(3)", "force_prediction")
    ]
    one = next(spec for spec in chosen if spec.family == "nequip")
    other = next(spec for spec in chosen if spec.family == "painn")
    found = compare_specifications(one, other)
    assert found.family is not None
    assert set(found.family.marks) == {"expressiveness", "speed", "memory"}
    assert found.family.against[0]
    result = text(found)
    assert "Family: nequip → painn" in result
    assert "it was not taken before because: " in result
    assert "name e3nn → torch" in result
