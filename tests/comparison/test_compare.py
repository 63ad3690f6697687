"""Specifications compared as a whole: nothing is missed, nothing is invented, and both ways agree."""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from equidesign.comparison.compare import Comparison, compare_specifications
from equidesign.comparison.symmetry import Relation
from equidesign.errors import EquidesignError
from equidesign.groups.rep import Rep
from equidesign.layers.measure import refreshed
from equidesign.render.architecture import architecture_yaml
from equidesign.report.diff_json import diff_data
from equidesign.report.diff_text import diff_lines, summary
from equidesign.report.layout import render
from equidesign.spec.layer import FieldText, Layer, Level
from equidesign.spec.loading import parse_specification
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import Document, KeyPath, load_text

NAMES = ("a.yaml", "b.yaml")


def text(comparison: Comparison) -> str:
    return render(diff_lines(comparison, NAMES), 100, unicode=True)


def read(data: Any) -> Specification:
    return parse_specification(Document(data, "b.yaml"))


def edited(spec: Specification, **layers: dict[str, Any]) -> Specification:
    """Return the specification with values of layers changed, and nothing counted anew."""
    changed = [
        layer.model_copy(update=layers.get(layer.name, {})) if layer.name in layers else layer
        for layer in spec.layers
    ]
    return spec.model_copy(update={"layers": tuple(changed)})


def widened(layer: Layer, rep: str, space: str | None = None) -> FieldText:
    return FieldText(space=space or layer.out.space, rep=rep)  # type: ignore[arg-type]


def test_every_specification_is_the_same_as_itself(specifications: list[Specification]) -> None:
    for spec in specifications:
        found = compare_specifications(spec, spec)
        assert found.empty
        assert found == found.swapped()
        assert not found.before.faults
        assert not [*found.before.stale()]
        assert text(found) == "a.yaml → b.yaml\n\nno difference"


def test_the_other_way_round_says_the_opposite(specifications: list[Specification]) -> None:
    pick = random.Random(3)
    for spec in specifications:
        other = pick.choice(specifications)
        found = compare_specifications(spec, other)
        assert found.swapped() == compare_specifications(other, spec)
        assert found.same == found.swapped().same


def test_every_pair_of_a_sample(specifications: list[Specification]) -> None:
    for one, other in itertools.combinations(specifications[7::45], 2):
        found = compare_specifications(one, other)
        assert found.swapped() == compare_specifications(other, one)
        lost = [aspect.part for aspect in found.symmetry.lost]
        assert lost == [aspect.part for aspect in found.swapped().symmetry.gained]
        assert not found.same


def test_everything_can_be_said(specifications: list[Specification]) -> None:
    pick = random.Random(5)
    for spec in specifications[::3]:
        found = compare_specifications(spec, pick.choice(specifications))
        for width in (40, 80):
            for line in render(diff_lines(found, NAMES), width, unicode=False).splitlines():
                assert line.isascii()
                # Words longer than a line are kept whole.
                assert len(line) <= width or len(line.split()) <= 2
        data = diff_data(found, NAMES)
        assert json.loads(json.dumps(data)) == data
        assert data["same"] == found.same


def test_order_comments_and_format_do_not_matter(specifications: list[Specification]) -> None:
    pick = random.Random(11)
    for spec in specifications[::25]:
        data = spec.to_data()
        shuffled = _shuffled(data, pick)
        loose = yaml.safe_dump(shuffled, sort_keys=False, default_flow_style=None)
        for other in (
            parse_specification(load_text(architecture_yaml(spec), "b.yaml")),
            parse_specification(load_text("# a comment\n" + loose, "b.yaml")),
            parse_specification(load_text(json.dumps(shuffled), "b.json")),
        ):
            assert compare_specifications(spec, other).empty


def _shuffled(data: Any, pick: random.Random) -> Any:
    if isinstance(data, dict):
        items = [(key, _shuffled(value, pick)) for key, value in data.items()]
        pick.shuffle(items)
        return dict(items)
    return [_shuffled(each, pick) for each in data] if isinstance(data, list) else data


def leaves(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list) and any(isinstance(each, dict) for each in data):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
    else:
        yield path, data


def others(value: Any) -> list[Any]:
    """Return other values of the same type."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value * 2 + 1]
    if isinstance(value, str):
        return [value + "x", value.replace("1", "2", 1) if "1" in value else value + " y"]
    if isinstance(value, list):
        return [value[:-1], [*value, 7], [*value, "x"]]
    return [1, "x"]


def is_recorded(path: KeyPath) -> bool:
    """Tell whether a value follows from others, and means nothing of its own."""
    if path[0] in ("parameters", "cost"):
        return path[:2] != ("cost", "sizes")
    return path[:2] == ("symmetry", "facts") or "exactness" in path or path[-1] == "parameters"


def is_prose(path: KeyPath) -> bool:
    """Tell whether a value is there to be read by people."""
    named = path in (("name",), ("request", "name"), ("request", "task", "class_names"))
    words = {"description", "why", "cite", "why_not", "notes"}
    return named or path[-1] in words or path[0] == "caveats"


def test_no_value_changes_unnoticed(specifications: list[Specification]) -> None:
    tried, pick = 0, random.Random(2)
    for spec in specifications[::75]:
        data = spec.to_data()
        for path, value in leaves(data):
            for other in pick.sample(others(value), 1):
                changed = copy.deepcopy(data)
                place = changed
                for step in path[:-1]:
                    place = place[step]
                place[path[-1]] = other
                try:
                    found = compare_specifications(spec, read(changed))
                except EquidesignError:
                    continue  # no specification any more
                tried += 1
                if found.before.spec == found.after.spec:
                    continue  # another way to write the same
                assert not found.empty or [*found.after.stale()], (path, value, other)
                assert found.same == (is_recorded(path) or is_prose(path)), (path, value, other)
    assert tried > 700


def test_numbers_are_counted_and_not_read(forces: Specification) -> None:
    first = forces.layers[2]
    wide = str(Rep.parse(first.out.rep, forces.fiber) * 2)
    name, reader = first.name, forces.layers[3].name
    other = edited(
        forces,
        **{
            name: {"out": widened(first, wide)},
            reader: {"in_": widened(first, wide)},
        },
    )
    counted = refreshed(other)
    found = compare_specifications(forces, other)
    assert found == compare_specifications(forces, counted) or found.figures == (
        compare_specifications(forces, counted).figures
    )
    figure = found.figures[0]
    assert (figure.before, figure.after) == (forces.parameters.total, counted.parameters.total)
    assert figure.after != other.parameters.total
    assert "run `equidesign lint b.yaml`" in " ".join(text(found).split())
    types = {change.before.name: change for change in found.layers if change.before}
    (change,) = [change for change in types[name].types if change.key == "out"]
    assert all(b == 2 * a for a, b in change.counts.values())
    (read_type,) = types[reader].types
    assert read_type.follows


def test_a_broken_symmetry_is_said_loudly(digits: Specification) -> None:
    layer = next(layer for layer in digits.layers if layer.kind == "steerable-conv")
    other = edited(
        digits, **{layer.name: {"options": {**layer.options, "stride": 2, "size": [12, 12]}}}
    )
    found = compare_specifications(digits, other)
    assert found.ledger.changed
    assert found.ledger.after is not None
    assert found.ledger.after[1].level is Level.broken
    said = text(found)
    assert "! BROKEN by layer" in said
    assert "exact → BROKEN" in said
    assert "now broken" in summary(found)
    assert "now exact" in summary(found.swapped())


def test_ill_typed_specifications_are_compared_as_far_as_possible(digits: Specification) -> None:
    layer = digits.layers[1]
    for update in (
        {"kind": "nonsense"},
        {"out": widened(layer, "3xnonsense")},
        {"options": {}},
        {"nonlinearity": "norm-relu"},
        {"options": {**layer.options, "kernel": "five"}},
        {"source": "nowhere"},
    ):
        other = edited(digits, **{layer.name: update})
        found = compare_specifications(digits, other)
        assert not found.same
        assert found.after.faults
        assert found.swapped() == compare_specifications(other, digits)
        said = " ".join(text(found).split())
        assert "b.yaml does not type-check" in said
        assert "run `equidesign lint b.yaml`" in said
        assert layer.name in said


@pytest.mark.parametrize("key", ["canonical", "acts_on_features"])
def test_groups_that_cannot_be_read(digits: Specification, key: str) -> None:
    symmetry = digits.symmetry.model_copy(update={key: "C4C4"})
    found = compare_specifications(digits, digits.model_copy(update={"symmetry": symmetry}))
    assert not found.same
    assert "the group cannot be read" in text(found)
    if key == "canonical":
        assert found.symmetry.relation is Relation.unknown


def test_sizes_that_a_formula_needs_may_be_missing(forces: Specification) -> None:
    cost = forces.cost.model_copy(update={"sizes": {}})
    found = compare_specifications(forces, forces.model_copy(update={"cost": cost}))
    assert found.figures[0].before == found.figures[0].after == forces.parameters.total
    assert found.figures[1].after is None
    assert "not known" in text(found)


def test_a_pseudovector_is_told_from_a_vector(forces: Specification) -> None:
    outputs = forces.interface.outputs
    force = outputs["forces"].model_copy(update={"rep": "1x1e", "unit": "kcal/mol/Å"})
    interface = forces.interface.model_copy(update={"outputs": {**outputs, "forces": force}})
    found = compare_specifications(forces, forces.model_copy(update={"interface": interface}))
    said = text(found)
    assert "output forces: a vector became a pseudovector (1x1o → 1x1e)" in said
    assert "unit eV/Å → kcal/mol/Å" in said


def test_another_group_of_the_same_components_changes_no_layer(
    specifications: list[Specification],
) -> None:
    one, other = (
        next(
            spec
            for spec in specifications
            if (spec.symmetry.canonical, spec.domain, spec.task)
            == (group, "molecules", "classification")
        )
        for group in ("E(3)", "SE(3)")
    )
    found = compare_specifications(one, other)
    assert found.symmetry.relation is Relation.smaller
    assert not [change for change in found.layers if change.matters and change.paired]
    said = text(found)
    assert "mirror images are told apart: chirality is no longer ignored" in said
    assert "the same components under other names" in said


def test_only_wording(forces: Specification) -> None:
    request = forces.request.model_copy(update={"description": "other words"})
    layers = {forces.layers[0].name: {"why": "because"}}
    other = edited(forces.model_copy(update={"request": request, "name": "other"}), **layers)
    found = compare_specifications(forces, other)
    assert found.same
    assert not found.empty
    assert text(found).splitlines()[2:] == [
        "only the wording differs: layers, name, description",
        "the same in meaning",
    ]


def test_what_is_written_out_and_what_is_left_to_its_default_are_the_same(
    digits: Specification,
) -> None:
    layer = next(layer for layer in digits.layers if layer.kind == "steerable-conv")
    assert "stride" not in layer.options
    other = edited(digits, **{layer.name: {"options": {**layer.options, "stride": 1}}})
    assert compare_specifications(digits, other).same
    named = edited(digits, **{digits.layers[3].name: {"source": digits.layers[2].name}})
    assert compare_specifications(digits, named).same
    spaced = edited(digits, **{layer.name: {"out": widened(layer, f"  {layer.out.rep} ")}})
    assert compare_specifications(digits, spaced).same
