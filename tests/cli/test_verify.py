"""``equidesign verify`` as a person uses it on models of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.errors import InputError
from equidesign.verify.verdict import Report

pytest.importorskip("torch")

MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, bias=0.0):
        super().__init__()
        self.inner, self.outer, self.bias = nn.Linear(1, 8), nn.Linear(8, 1), bias

    def forward(self, pos, batch):
        step = pos[:, None] - pos
        apart = step.square().sum(-1, keepdim=True)
        weight = self.outer(self.inner(apart).tanh()) * (batch[:, None] == batch)[..., None]
        energy = weight.new_zeros(int(batch.max()) + 1, 1).index_add(0, batch, weight.sum(1))
        return {"energy": energy, "forces": (weight * step).sum(1) + self.bias}

    @classmethod
    def build(cls):
        return cls()


def good():
    return Net()


def broken():
    return Net(0.01)


def needs(width):
    return Net(width)


def nothing():
    Net()


def pair():
    return Net(), "optimizer"


def fails():
    raise RuntimeError("no weights here")


def function():
    return lambda pos, batch: Net.good_one(pos=pos, batch=batch)


class Bundled(nn.Module):
    def forward(self, data):
        return data.pos


class Renamed(nn.Module):
    def forward(self, coords, batch):
        return coords


class More(nn.Module):
    def forward(self, pos, batch, charge):
        return pos


class Open(Net):
    def forward(self, **inputs):
        return super().forward(**inputs)


class ByPosition(Net):
    def forward(self, *inputs):
        return super().forward(*inputs)


class Unfinished(nn.Module):
    pass


class Wrong(Net):
    def forward(self, pos, batch):
        return {"energy": pos}


def plain():
    net = Net()

    def call(pos, batch):
        return net(pos, batch)

    return call


instance = Net()
number = 3
"""
INTERFACE = """\
group: E(3) x S_n
inputs:
  pos: {shape: [points, 3], space: points, rep: 1x1o, translates: true}
  batch: {shape: [points], dtype: int64, space: points, role: batch}
outputs:
  energy: {shape: [samples, 1], rep: 1x0e}
  forces: {shape: [points, 3], space: points, rep: 1x1o}
"""


def equidesign(*args: str | Path) -> int:
    return run(lambda: app([str(arg) for arg in args], standalone_mode=False))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model.py").write_text(MODEL)
    (tmp_path / "interface.yaml").write_text(INTERFACE)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("my_model.py:good", 0),
        ("my_model.py:broken", 1),
        ("my_model:good", 0),
        ("my_model.py:Net", 0),
        ("my_model.py:Net.build", 0),
        ("my_model.py:instance", 0),
        ("my_model.py:plain", 0),
        ("my_model.py:Open", 0),
        ("my_model.py:ByPosition", 0),
        ("my_model.py:fails", 2),
        ("my_model.py:Wrong", 2),
    ],
)
def test_exit_codes(
    folder: Path, target: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("verify", target, "--quick", "--format", "json") == code
    report = json.loads(capsys.readouterr().out)
    assert report["target"] == target
    assert report["passed"] == (code == 0)
    if target == "my_model.py:fails":
        assert "no weights here (my_model.py line 43)" in report["rows"][0]["detail"]
    elif target == "my_model.py:Wrong":
        assert "forces" in report["rows"][0]["detail"]
    else:
        assert report["notes"][0].startswith("the interface is")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("my_model.py", ["does not say which model", "good"]),
        ("my_model.py:godo", ["my_model.py has no 'godo'", "did you mean 'good'?"]),
        ("my_model.py:Net.biuld", ["my_model.py.Net has no 'biuld'", "did you mean 'build'?"]),
        ("my_modle.py:good", ["no file 'my_modle.py'", "did you mean 'my_model.py'?"]),
        ("my_modle:good", ["no module 'my_modle'", "did you mean 'my_model'?"]),
        ("my_model.py:needs", ["needs the argument width", "a function without arguments"]),
        ("my_model.py:nothing", ["nothing() returned None", "return model"]),
        ("my_model.py:pair", ["returned a tuple", "return the model alone"]),
        ("my_model.py:number", ["is an int, not a model"]),
        ("my_model.py:Unfinished", ["defines no forward()"]),
        ("my_model.py:Bundled", ["one argument, 'data'", "wrapper", "forward(self, pos, batch)"]),
        (
            "my_model.py:Renamed",
            [
                "interface.yaml:3:3",
                "input 'pos'",
                "coords, batch",
                "rename the input 'pos' to 'coords'",
            ],
        ),
        ("my_model.py:More", ["forward() needs 'charge'", "add 'charge' below `inputs`"]),
        ("interface.yaml", ["is an interface, not a model"]),
    ],
)
def test_what_cannot_be_used_gets_an_answer(
    folder: Path, target: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("verify", target, "--format", "json") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    for word in words:
        assert word in captured.err


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


def test_imports_are_those_of_a_script(folder: Path) -> None:
    package = folder / "lib" / "deep"
    package.mkdir(parents=True)
    (folder / "lib" / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "sibling.py").write_text("WIDTH = 8\n")
    (package / "net.py").write_text("from .sibling import WIDTH\nfrom my_model import good\n")
    (folder / "shadow.py").write_text("raise RuntimeError\n")
    assert (
        equidesign("verify", "lib/deep/net.py:good", "--interface", "interface.yaml", "--quick")
        == 0
    )
    assert (
        equidesign("verify", "lib.deep.net:good", "--interface", "interface.yaml", "--quick") == 0
    )
    for name in ("json", "typing", "torch"):
        (folder / f"{name}.py").write_text("raise RuntimeError('not this one')\n")
    assert equidesign("verify", "my_model.py:good", "--quick") == 0


def test_odd_paths(folder: Path) -> None:
    for name in ("a b", "c:d", "é"):
        place = folder / name
        place.mkdir()
        (place / "my-model.py").write_text(MODEL)
        (place / "interface.yaml").write_text(INTERFACE)
        assert equidesign("verify", f"{name}/my-model.py:good", "--quick") == 0


def test_a_bundle_brings_its_own_interface(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("request.yaml").write_text(
        "version: 1\nname: small\nsymmetry: {group: S_n}\n"
        "data: {domain: sets, features: 2, size: 6}\ntask: {type: classification, classes: 3}\n"
    )
    assert equidesign("design", "request.yaml", "-o", "out", "--verify", "--format", "json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["bundle"] == "out"
    assert "EXACT" in captured.err
    for target in ("out", "out/architecture.yaml"):
        assert equidesign("verify", target, "--interface", "interface.yaml") == 2
        assert "brings its own interface" in capsys.readouterr().err


def test_the_text_and_the_xml(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("verify", "my_model.py:good", "--quick") == 0
    text = capsys.readouterr()
    assert "my_model.py:good" in text.out
    assert text.out.strip().splitlines()[-1].startswith("EXACT")
    assert text.err == ""
    assert equidesign("verify", "my_model.py:broken", "--quick", "--format", "junit") == 1
    root = ElementTree.fromstring(capsys.readouterr().out)
    assert list(root.iter("failure"))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--plot", "errors.pdf"], ["--plot", ".png or .svg", "errors.png"]),
        (["--plot", "errors"], ["--plot", ".png or .svg"]),
        (["--plot", "no/where.png"], ["--plot", "no folder 'no'"]),
        (["--plot", "taken.png"], ["--plot", "is a folder"]),
        (["--reproducer", "x.txt"], ["--reproducer", ".py"]),
        (["--reproducer", "no/x.py"], ["no folder 'no'"]),
        (["--quick", "--thorough"], ["exclude each other"]),
        (["--timeout", "0"], ["--timeout"]),
        (["--memory", "1"], ["--memory"]),
        (["--seed", "-1"], ["--seed"]),
        (["--seed", "99999999999"], ["seed"]),
        (["--format", "xml"], ["--format"]),
    ],
)
def test_options_are_checked_first(
    folder: Path, args: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my_model.py").write_text(MODEL + "\nopen('ran', 'w').close()\n")
    Path("taken.png").mkdir()
    assert equidesign("verify", "my_model.py:good", *args) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    for word in words:
        assert word in captured.err
    assert not Path("ran").exists()


def test_a_plot(folder: Path) -> None:
    pytest.importorskip("matplotlib")
    before = {path.name for path in folder.iterdir()}
    for name in ("errors.svg", "errors.png"):
        assert equidesign("verify", "my_model.py:good", "--quick", "--plot", name) == 0
    assert {path.name for path in folder.iterdir()} - before == {"errors.svg", "errors.png"}
    assert Path("errors.png").read_bytes().startswith(b"\x89PNG")
    ElementTree.parse("errors.svg")


def test_a_reproducer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from equidesign.verify import reproducer

    def script(report: Report, job: dict[str, Any]) -> str:
        assert report.exit_code == 1
        return f"# {job['kind']} {job['attribute']}\n"

    monkeypatch.setattr(reproducer, "reproducer_script", script)
    for model, code, text in (("good", 0, None), ("broken", 1, "# file broken\n")):
        path = Path(f"{model}.py")
        target = f"my_model.py:{model}"
        assert equidesign("verify", target, "--quick", "--reproducer", path) == code
        assert (path.read_text() if path.exists() else None) == text
    assert "nothing to reproduce: good.py" in capsys.readouterr().err


def test_a_failure_that_no_script_shows_keeps_its_verdict(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from equidesign.verify import reproducer

    def script(report: Report, job: dict[str, Any]) -> str:
        raise InputError("there is no script for this failure")

    monkeypatch.setattr(reproducer, "reproducer_script", script)
    assert equidesign("verify", "my_model.py:broken", "--quick", "--reproducer", "x.py") == 1
    assert "x.py was not written: there is no script" in capsys.readouterr().err
    assert not Path("x.py").exists()


def test_interrupting_exits_with_130(folder: Path) -> None:
    Path("my_model.py").write_text(
        "import time\nopen('started', 'w').close()\ntime.sleep(300)\n" + MODEL
    )
    command = [sys.executable, "-m", "equidesign", "verify", "my_model.py:good"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not Path("started").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in errors
