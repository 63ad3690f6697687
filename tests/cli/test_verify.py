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
from own_models import INTERFACE, MODEL, equidesign, folder, interruptible

from equidesign.errors import InputError
from equidesign.verify.verdict import Report

__all__ = ["folder"]

pytest.importorskip("torch")


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
        assert "no weights here (my_model.py line 45)" in report["rows"][0]["detail"]
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
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, preexec_fn=interruptible
    )
    while not Path("started").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in errors
