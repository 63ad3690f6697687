"""Where ``equidesign verify`` finds the interface and the inputs of a model, and what is said when they do not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from own_models import INTERFACE, MODEL, equidesign, folder

__all__ = ["folder"]

pytest.importorskip("torch")


def test_an_interface_that_does_not_fit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.yaml").write_text(INTERFACE.replace("1x0e", "1x0q").replace("[points]", "[N]"))
    assert equidesign("verify", "my_model.py:good", "--interface", "other.yaml") == 2
    errors = capsys.readouterr().err
    assert "other.yaml:4:19: error: 'inputs.batch.shape[0]' is the text 'N'" in errors
    assert "other.yaml:6:" in errors
    assert equidesign("verify", "my_model.py:good", "--interface", "missing.yaml") == 2
    assert "missing.yaml" in capsys.readouterr().err


def test_no_interface_shows_one_to_write(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("interface.yaml").unlink()
    assert equidesign("verify", "my_model.py:good") == 2
    errors = capsys.readouterr().err
    for word in ("--interface", "group: E(3) x S_n", "  pos: {shape: [points, 3]", "  batch:"):
        assert word in errors
    shown = errors[errors.index("    group:") :].replace("\n    ", "\n").strip()
    Path("interface.yaml").write_text(shown.replace("  output:", "  energy:"))
    assert equidesign("verify", "my_model.py:good", "--quick") == 0


@pytest.mark.parametrize("where", ["module", "class", "method"])
def test_an_interface_in_the_code(
    folder: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("interface.yaml").unlink()
    more = """
from equidesign.spec.yamlio import load_value
interface = load_value(TEXT, "x")
""".replace("TEXT", repr(INTERFACE))
    if where == "class":
        more += "Net.interface = interface; del interface\n"
    if where == "method":
        more += "Net.interface = lambda self, kept=interface: kept\ndel interface\n"
    Path("my_model.py").write_text(MODEL + more)
    assert equidesign("verify", "my_model.py:good", "--quick") == 0
    assert "`interface`" in capsys.readouterr().out


def test_a_mistake_in_an_interface_in_the_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("interface.yaml").unlink()
    Path("my_model.py").write_text(MODEL + "interface = {'group': 'E(3)', 'inputs': {'pos': {}}}\n")
    assert equidesign("verify", "my_model.py:good") == 2
    errors = capsys.readouterr().err
    assert "`interface` in my_model.py: inputs.pos" in errors
    assert "'outputs' is missing" in errors


EXAMPLES = {
    "def example_inputs(batch_size=2, seed=0, dtype=torch.float32):\n    n = 5 * batch_size": 0,
    "def example_inputs(seed, batch_size):\n    n = 5 * batch_size; dtype = torch.float64": 0,
    "def example_inputs():\n    n, batch_size, dtype = 10, 2, torch.float32": 0,
    "def example_inputs(device):\n    n, batch_size, dtype = 10, 2, torch.float32": 2,
    "def example_inputs():\n    raise OSError('no data set'); n = batch_size = dtype = 1": 2,
}


@pytest.mark.parametrize(("head", "code"), EXAMPLES.items())
@pytest.mark.parametrize("method", [False, True])
def test_example_inputs(
    folder: Path, head: str, code: int, method: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    body = """
    batch = torch.arange(batch_size).repeat_interleave(n // batch_size)
    return {"pos": torch.randn(n, 3, dtype=dtype), "batch": batch}
"""
    text = head + body
    if method:
        text = (
            text.replace("():", "(self):", 1) if "():" in head else text.replace("(", "(self, ", 1)
        )
        text += "\nNet.example_inputs = example_inputs; del example_inputs\n"
    Path("my_model.py").write_text(MODEL + text)
    assert equidesign("verify", "my_model.py:good", "--quick") == code
    captured = capsys.readouterr()
    if code == 0:
        assert "inputs are those of example_inputs()" in captured.out.replace("\n", " ")
    else:
        said = captured.err + captured.out.replace("\n", " ")
        assert "example_inputs() needs 'device'" in said or "OSError: no data set" in said


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("{'pos': torch.zeros(4, 3)}", ["does not give 'batch'"]),
        ("{'pos': torch.zeros(4, 2), 'batch': torch.zeros(4).long()}", ["[4, 2]", "[points, 3]"]),
        ("{'pos': torch.zeros(4, 3), 'batch': torch.zeros(5).long()}", ["[5]", "points = 4"]),
        ("{'pos': torch.zeros(4, 3), 'batch': torch.zeros(4)}", ["'batch' as float32", "int64"]),
        ("(torch.zeros(4, 3),)", ["gives 1 values"]),
        ("{'pos': None, 'batch': None}", ["'pos' as NoneType"]),
        (
            "{'pos': torch.zeros(4, 3), 'batch': torch.zeros(4).long(), 'z': torch.zeros(4)}",
            ["gives 'z'", "add 'z' below `inputs`"],
        ),
    ],
)
def test_example_inputs_that_do_not_fit(
    folder: Path, result: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my_model.py").write_text(f"{MODEL}\n\ndef example_inputs():\n    return {result}\n")
    assert equidesign("verify", "my_model.py:good") == 2
    errors = capsys.readouterr().err
    for word in words:
        assert word in errors


def test_blind_integers_are_advised(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("my_model.py").write_text(
        "from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, kind):\n"
        "        return [[1.0], [2.0]][int(kind.max()) - 5 if kind.max() else 9]\n"
    )
    Path("interface.yaml").write_text(
        "group: S_n\ninputs:\n  kind: {shape: [points], dtype: long, space: points}\n"
        "outputs:\n  output: {shape: [1]}\n"
    )
    assert equidesign("verify", "my_model.py:Net", "--format", "json") == 2
    assert "`values:`" in json.loads(capsys.readouterr().out)["rows"][0]["detail"]
