"""interface.yaml: what it may say, and every mistake with its place and what was meant."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from equidesign.errors import InputError, InputErrors
from equidesign.spec.specification import Interface
from equidesign.spec.yamlio import load_text
from equidesign.verify.interface_file import ForeignInterface, load_interface, read_interface

GOOD = """\
group: E(3) x S_n
sizes: {points: 8, samples: 2}
inputs:
  pos: {shape: [points, 3], space: points, rep: 1x1o, translates: true}
  batch: {shape: [points], space: points, role: batch}
outputs:
  energy: {shape: [samples, 1], rep: 1x0e}
  forces: {shape: [points, 3], space: points, rep: 1x1o}
"""


def read(text: str) -> ForeignInterface:
    return read_interface(load_text(text, "interface.yaml"))


def errors(text: str) -> list[InputError]:
    with pytest.raises(InputError) as caught:
        read(text)
    error = caught.value
    return list(error.errors) if isinstance(error, InputErrors) else [error]


def test_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "interface.yaml"
    path.write_text(GOOD)
    found = load_interface(path)
    assert found.interface.group == "E(3) x S_n"
    assert found.fiber.name == "O(3)"
    assert found.interface.sizes == {"points": 8, "samples": 2}
    assert found.interface.inputs["pos"].shape == ("points", 3)
    assert found.interface.inputs["pos"].translates
    assert found.interface.inputs["pos"].dtype == "float32"
    assert found.interface.inputs["batch"].dtype == "int64"
    assert found.interface.outputs["energy"].space == "global"
    assert found.places["outputs.forces"] == f"{path}:8:3"
    assert (found.axis, found.generators, found.conservative, found.cutoff) == (None,) * 4


def test_json_and_the_round_trip_to_a_job(tmp_path: Path) -> None:
    path = tmp_path / "interface.json"
    data = {
        "group": "SO(2)",
        "axis": "z",
        "conservative": True,
        "cutoff": 5,
        "inputs": {"pos": {"shape": ["points", 3], "rep": "1xirrep(1) + 1xirrep(0)"}},
        "outputs": {"output": {"shape": [1]}},
    }
    path.write_text(json.dumps(data))
    found = load_interface(path)
    assert (found.axis, found.conservative, found.cutoff) == ("z", True, 5.0)
    assert ForeignInterface.from_data(json.loads(json.dumps(found.to_data()))) == found


def entry(line: str, *, group: str = "trivial", name: str = "x") -> str:
    return f"group: {group}\ninputs:\n  {name}: {{{line}}}\noutputs:\n  output: {{shape: [1]}}\n"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("shape: [points], dtype: long", "dtype", "int64"),
        ("shape: [points], dtype: int", "dtype", "int64"),
        ("shape: [points], dtype: float", "dtype", "float32"),
        ("shape: [points], dtype: double", "dtype", "float64"),
        ("shape: [points], dtype: torch.float32", "dtype", "float32"),
        ("shape: [points], dtype: Float32", "dtype", "float32"),
        ("shape: [points], dtype: LongTensor", "dtype", "int64"),
        ("shape: [points], values: [1, 2]", "dtype", "int64"),
        ("shape: [points], values: [H, C, 8]", "values", (1, 6, 8)),
        ("shape: [points], role: mask", "dtype", "bool"),
        ("shape: [points], role: null", "role", None),
        ("shape: points", "shape", ("points",)),
        ("shape: []", "shape", ()),
        ("shape: [samples, 16, 3], space: points", "shape", ("samples", 16, 3)),
        ("shape: [points, 3], scale: 2", "scale", 2.0),
    ],
)
def test_spellings(line: str, field: str, value: Any) -> None:
    text = entry(line).replace("rep: null", "")
    assert getattr(read(text).interface.inputs["x"], field) == value


def test_a_number_can_be_a_representation() -> None:
    found = read(entry("shape: [points, 3], rep: 1", group="SO(3)"))
    assert found.interface.inputs["x"].rep == "1"


@pytest.mark.parametrize(
    ("line", "words", "column"),
    [
        ("shape: [B, 3]", ["'inputs.x.shape", "'B'", "points", "did you mean 'samples'"], 15),
        ("shape: [batch, 3]", ["did you mean 'samples'"], 15),
        ("shape: [N, 3]", ["did you mean 'points'"], 15),
        ("shape: [atoms, 3]", ["did you mean 'points'"], 15),
        ("shape: [E, 3]", ["did you mean 'edges'"], 15),
        ("shape: [pionts, 3]", ["did you mean 'points'"], 15),
        ("shape: [-1, 3]", ["-1", "name a size"], 15),
        ("shape: [points, 0]", ["whole number above 0"], 23),
        ("shape: [points, 3.0]", ["write 3 without"], 23),
        ("shape: [points, '3']", ["write 3 without"], 23),
        ("shape: {points: 3}", ["a mapping", "[points, 3]"], 14),
        ("shape: [3], dtype: flaot32", ["did you mean 'float32'"], 26),
        ("shape: [3], dtype: complex64", ["real and the imaginary"], 26),
        ("shape: [3], space: point", ["did you mean 'points'"], 26),
        ("shape: [3], space: image", ["did you mean 'pixels'"], 26),
        ("shape: [3], role: edges", ["did you mean 'edge_index'"], 25),
        ("shape: [3], translates: yes", ["true or false"], 31),
        ("shape: [3], rep: 1y1o", ["inputs.x.rep"], 24),
        ("shape: [3], rep: 1xirrep(1)", ["inputs.x.rep"], 24),
        ("shape: [3], rep: [1x1o]", ["text"], 24),
        ("shape: [3], values: 7", ["a list of whole numbers"], 27),
        ("shape: [3], values: [1, Xx]", ["'Xx'"], 31),
        ("shape: [3], scale: -1", ["above 0"], 26),
        ("shape: [3], layout: rows", ["columns"], 27),
        ("shape: [3], shap: 3", ["unknown field 'shap'", "did you mean 'shape'"], 19),
        ("shape: [3], irreps: 1x1o", ["did you mean 'rep'"], 19),
        ("space: points", ["'inputs.x.shape' is missing"], 3),
    ],
)
def test_mistakes_in_an_entry(line: str, words: list[str], column: int) -> None:
    (error,) = errors(entry(line, group="E(3)"))
    assert error.where == f"interface.yaml:3:{column}"
    for word in words:
        assert word in str(error)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("group: E(3) x S_n", "group: E(33", ["1:8", "E(3"]),
        ("group: E(3) x S_n", "group: 3", ["1:8"]),
        ("group: E(3) x S_n\n", "", ["'group' is missing", "E(3) x S_n"]),
        ("group:", "gruop:", ["unknown field 'gruop'", "did you mean 'group'"]),
        ("outputs:", "output:", ["did you mean 'outputs'"]),
        ("points: 8", "points: many", ["2:17", "'sizes.points'", "whole number"]),
        ("points: 8", "N: 8", ["unknown field 'N' in 'sizes'", "did you mean 'points'"]),
        ("sizes: {points: 8, samples: 2}", "sizes: 8", ["'sizes' is 8"]),
        ("sizes: {points: 8, samples: 2}", "axis: w", ["x, y, z"]),
        ("sizes: {points: 8, samples: 2}", "cutoff: 0", ["'cutoff' is 0", "above 0"]),
        ("sizes: {points: 8, samples: 2}", "conservative: 1", ["true or false"]),
        ("sizes: {points: 8, samples: 2}", "generators: 1", ["generators"]),
        ("sizes: {points: 8, samples: 2}", "generators: [[[1, 2]]]", ["square"]),
        ("sizes: {points: 8, samples: 2}", "layers: []", ["unknown field 'layers'"]),
    ],
)
def test_mistakes_at_the_top(old: str, new: str, words: list[str]) -> None:
    assert old in GOOD
    (error,) = errors(GOOD.replace(old, new, 1))
    for word in words:
        assert word in str(error)


@pytest.mark.parametrize("value", ["[]", "{}", "5", "null", "pos"])
@pytest.mark.parametrize("key", ["inputs", "outputs"])
def test_empty_parts(key: str, value: str) -> None:
    text = re.sub(rf"^{key}:\n(  .*\n)+", f"{key}: {value}\n", GOOD, flags=re.MULTILINE)
    (error,) = errors(text)
    assert f"'{key}' is" in error.what
    assert "shape" in str(error.expected)


def test_an_entry_that_is_a_list() -> None:
    (error,) = errors(GOOD.replace("{shape: [points], space: points, role: batch}", "[points]"))
    assert error.where == "interface.yaml:5:10"
    assert "shape" in str(error.expected)


def test_all_mistakes_at_once_in_their_order() -> None:
    text = GOOD.replace("[points, 3], space: points, rep: 1x1o, t", "[P, 3], space: x, t")
    found = errors(text.replace("rep: 1x0e", "rep: 1xq"))
    assert [error.where for error in found] == [
        f"interface.yaml:{p}" for p in ("4:17", "4:31", "7:38")
    ]


def test_generators() -> None:
    turn = "[[0, -1], [1, 0]]"
    text = entry("shape: [samples, 2], rep: 1xV", group="custom")
    plain = read(f"generators: [{turn}]\n{text}").generators
    assert plain == {"lie_algebra": [], "discrete": [[[0.0, -1.0], [1.0, 0.0]]]}
    apart = read(f"generators: {{lie_algebra: [{turn}]}}\n{text}").generators
    assert apart == {"lie_algebra": plain["discrete"], "discrete": []}


def test_a_specification_is_no_interface() -> None:
    with pytest.raises(InputError, match="not an interface"):
        read("layers: []\ninterface: {}\n")


def test_entries_that_do_not_fit_together_have_their_place() -> None:
    text = GOOD.replace("forces: {shape: [points, 3]", "forces: {shape: [points, 4]")
    found = errors(text)
    assert found
    assert all(str(error.where).startswith("interface.yaml:8:") for error in found)
    assert all("output 'forces'" in error.what for error in found)


def test_the_schema_of_specifications_is_unchanged() -> None:
    assert set(Interface.model_fields) == {"group", "sizes", "inputs", "outputs"}
