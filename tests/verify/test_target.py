"""Targets in every spelling, and what is said of those that do not exist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from equidesign.errors import InputError
from equidesign.verify.target import Kind, defined_in, module_file, parse_target

MODEL = """
from torch import nn
import torch.nn as tnn
class Base(nn.Module):
    def __init__(self, width): ...
class Net(Base):
    def __init__(self, width=3): ...
class Helper: ...
def loss(a, b): ...
def _hidden(): ...
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("my_model.py", "a b/net.py", "odd:name/net.py", "pkg/sub/mod.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MODEL)
    for name in ("pkg/__init__.py", "pkg/sub/__init__.py"):
        (tmp_path / name).write_text("raise SystemExit('imported')")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "path", "attribute"),
    [
        ("my_model.py:Net", "my_model.py", "Net"),
        ("my_model.py::Net", "my_model.py", "Net"),
        ("my_model.py:Net.build", "my_model.py", "Net.build"),
        ("my_model.py:Net()", "my_model.py", "Net"),
        ("./my_model.py:Net", "my_model.py", "Net"),
        ("a b/net.py:Net", "a b/net.py", "Net"),
        ("odd:name/net.py:Net", "odd:name/net.py", "Net"),
        ("my_model.py:größe", "my_model.py", "größe"),
    ],
)
def test_files(folder: Path, text: str, path: str, attribute: str) -> None:
    found = parse_target(text)
    assert found.kind is Kind.file
    assert found.path == Path(path)
    assert found.attribute == attribute


def test_absolute_paths(folder: Path) -> None:
    assert parse_target(f"{folder}/my_model.py:Net").path == folder / "my_model.py"


def test_a_path_of_another_system(folder: Path) -> None:
    Path("C:\\models\\net.py").write_text(MODEL)
    found = parse_target("C:\\models\\net.py:Net")
    assert (found.kind, found.attribute) == (Kind.file, "Net")
    with pytest.raises(InputError, match=r"C:\\models\\not\.py") as caught:
        parse_target("C:\\models\\not.py:Net")
    assert "net.py" in str(caught.value.hint)


@pytest.mark.parametrize(
    "text", ["my_model:Net", "pkg.sub.mod:Net", "pkg:build", "torch.nn:Linear"]
)
def test_modules_are_found_and_not_imported(folder: Path, text: str) -> None:
    found = parse_target(text)
    assert found.kind is Kind.module
    assert found.module == text.partition(":")[0]
    assert found.path is not None
    assert found.path.is_file()


def test_modules_that_are_not_there(folder: Path) -> None:
    assert module_file("pkg.nothing") is None
    assert module_file("my_model.deeper") is None
    assert module_file("sys") is None
    assert parse_target("nothing.here:build").path is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("my_model.py", ["which model to build", "Net", "hint: my_model.py:Net"]),
        ("my_model.py:", ["which model to build", "hint: my_model.py:Net"]),
        ("odd:name/net.py", ["which model", "odd:name/net.py:Net"]),
        ("my_model", ["which model", "my_model:Net"]),
        ("pkg.sub.mod", ["which model", "pkg.sub.mod:Net"]),
        ("pkg.sub.mod.Net", ["colon: pkg.sub.mod:Net"]),
        ("my_modle.py:Net", ["no file 'my_modle.py'", "'my_model.py'"]),
        ("my_modle.py", ["no file 'my_modle.py'", "'my_model.py'"]),
        ("ab/net.py:Net", ["no folder 'ab'", "a b/net.py"]),
        ("pkg:build:x", ["pkg:build"]),
        ("pkg/sub:Net", ["'pkg/sub' is a folder", "pkg/sub/mod.py:Net"]),
        (".", ["no architecture.yaml", "my_model.py:build_model"]),
        ("nowhere", ["nothing at 'nowhere'", "architecture.yaml"]),
        ("architecture.yaml", ["no file 'architecture.yaml'"]),
        ("", ["not a target"]),
        ("  ", ["not a target"]),
        ("a\0b", ["not a target"]),
        (":build", ["names no file"]),
        ("weights.pt", ["neither a Python file", "FILE.py:FUNCTION"]),
        ("weights.pt:load", ["not a Python file"]),
        ("model.ipynb:build", ["notebook"]),
        ("spec.yaml:build", ["name the file alone"]),
    ],
)
def test_mistakes(folder: Path, text: str, words: list[str]) -> None:
    for name in ("weights.pt", "model.ipynb", "spec.yaml"):
        (folder / name).write_text("")
    with pytest.raises(InputError) as caught:
        parse_target(text)
    for word in words:
        assert word in str(caught.value)


def test_what_a_file_defines(folder: Path) -> None:
    found = {each.name: each for each in defined_in(folder / "my_model.py")}
    assert list(found) == ["Base", "Net", "loss"]
    assert found["Net"].is_model
    assert not found["Net"].needs_arguments
    assert found["Base"].needs_arguments
    assert found["loss"].needs_arguments


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("class A(Module): ...\ndef build_model(): ...", "build_model"),
        ("class A(Module): ...\nclass B(Module): ...\ndef make(): ...", "make"),
        ("class A(Module): ...\nclass B(Module): ...", None),
        ("def (:", "add a function"),
        ("", "add a function"),
        ("def make(*, size): ...", None),
        ("def make(*, size=3): ...", "make"),
    ],
)
def test_which_name_is_suggested(folder: Path, text: str, hint: str | None) -> None:
    (folder / "my_model.py").write_text(text)
    with pytest.raises(InputError) as caught:
        parse_target("my_model.py")
    assert (hint in str(caught.value.hint)) if hint else caught.value.hint is None


def test_the_parent_needs_no_torch() -> None:
    code = (
        "import sys, equidesign.verify.api, equidesign.report.verify_text, equidesign.cli.verify;"
        "print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False False"
