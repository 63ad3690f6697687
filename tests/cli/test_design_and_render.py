"""design and render as a person uses them: results, refusals, nothing lost, the same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.render.bundle import FILES

REQUEST = """\
version: 1
name: forces
symmetry: {group: "E(3) x S_n"}
data: {domain: molecules, species: [H, C, O]}
task: {type: force_prediction}
"""


def equidesign(*args: str | Path) -> int:
    return run(lambda: app([str(arg) for arg in args], standalone_mode=False))


@pytest.fixture
def request_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "request.yaml"
    path.write_text(REQUEST)
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_design_writes_the_eight_files(request_file: Path) -> None:
    assert equidesign("design", request_file) == 0
    assert sorted(content(Path("forces"))) == sorted(FILES)


def test_json_is_the_only_thing_on_stdout(
    request_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("design", request_file, "-o", "out", "--format", "json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result.keys() == {"specification", "warnings", "bundle"}
    assert result["bundle"] == "out"
    assert result["specification"]["family"] == "nequip"
    assert all(warning.keys() == {"code", "message", "hint"} for warning in result["warnings"])


def test_the_same_request_gives_the_same_bytes(request_file: Path) -> None:
    for name in ("a", "b"):
        assert equidesign("design", request_file, "-o", name) == 0
    assert content(Path("a")) == content(Path("b"))
    assert equidesign("design", "a/request.yaml", "-o", "c") == 0
    assert content(Path("c")) == content(Path("a"))
    assert equidesign("render", "a", "-o", "d") == 0
    assert content(Path("d")) == content(Path("a"))


def test_designing_again_needs_no_force(request_file: Path) -> None:
    assert equidesign("design", request_file, "-o", "out") == 0
    assert equidesign("design", request_file, "-o", "out", "--set", "task.energy=false") == 0
    assert '"energy"' not in Path("out/model.py").read_text()


def test_other_files_are_neither_lost_nor_ignored(
    request_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path("out")
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    assert equidesign("design", request_file, "-o", out) == 2
    assert "thesis.tex" in capsys.readouterr().err
    assert sorted(content(out)) == ["thesis.tex"]
    assert equidesign("design", request_file, "-o", out, "--force") == 0
    assert (out / "thesis.tex").read_text() == "years of work"


def test_edited_files_are_not_replaced_silently(
    request_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path("out")
    assert equidesign("design", request_file, "-o", out) == 0
    model = out / "model.py"
    model.write_text(model.read_text() + "# mine\n")
    assert equidesign("design", request_file, "-o", out) == 2
    assert "model.py" in capsys.readouterr().err
    assert model.read_text().endswith("# mine\n")
    assert equidesign("design", request_file, "-o", out, "--force") == 0
    assert not model.read_text().endswith("# mine\n")


def test_an_edited_specification_is_compiled_in_place(request_file: Path) -> None:
    assert equidesign("design", request_file, "-o", "out") == 0
    path = Path("out/architecture.yaml")
    text = path.read_text()
    before = json.loads(json.dumps(text.count("num_basis: 8")))
    path.write_text(text.replace("num_basis: 8", "num_basis: 10"))
    assert before > 1
    assert equidesign("render", "out") == 0
    assert "10" in Path("out/model.py").read_text()
    assert "num_basis: 10" in path.read_text()
    assert path.read_text() != text.replace("num_basis: 8", "num_basis: 10")  # counted anew


def test_an_ill_typed_specification_is_refused(
    request_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert equidesign("design", request_file, "-o", "out") == 0
    path = Path("out/architecture.yaml")
    path.write_text(path.read_text().replace("nonlinearity: gate", "nonlinearity: relu", 1))
    before = content(Path("out"))
    assert equidesign("render", "out") == 2
    message = capsys.readouterr().err
    assert "relu" in message
    assert "gate" in message
    assert content(Path("out")) == before


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["design", "missing.yaml"], ["missing.yaml"]),
        (["design", "request.yaml", "--set", "task.clases=3"], ["clases"]),
        (["design", "request.yaml", "--set", "constraints.max_parameters=10"], ["smallest"]),
        (["design", "request.yaml", "--set", "symmetry.group=SO(2"], ["SO(2)"]),
        (["design", "request.yaml", "--set", "constraints.family=neqip"], ["nequip"]),
        (["render", "request.yaml"], ["architecture"]),
        (["desing"], ["design"]),
        (["design"], ["REQUEST"]),
        (["list", "family"], ["families"]),
        (["explain", "nequipp"], ["nequip"]),
        (["schema", "spec"], ["architecture"]),
        (["verify", "nowhere"], ["nowhere"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_mistakes_get_an_answer(
    request_file: Path, capsys: pytest.CaptureFixture[str], args: list[str], words: list[str]
) -> None:
    assert equidesign(*args) == 2
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    for word in words:
        assert word in captured.err
    assert captured.out == ""
    assert [path.name for path in Path().iterdir()] == ["request.yaml"]


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "__import__('os')", "a b", "", "ü", "con\0"])
def test_names_cannot_lead_outside(request_file: Path, name: str) -> None:
    request_file.write_text(REQUEST.replace("name: forces", f"name: {json.dumps(name)}"))
    assert equidesign("design", request_file) == 2
    assert [path.name for path in Path().iterdir()] == ["request.yaml"]


def test_text_from_the_request_cannot_break_the_code(request_file: Path) -> None:
    evil = '""" + __import__("os").system("touch pwned") + """ {{ 7 * 7 }} {% raw %} \\ \n # x'
    request_file.write_text(REQUEST + f"description: {json.dumps(evil)}\n")
    assert equidesign("design", request_file, "-o", "out") == 0
    for name in ("model.py", "train.py", "test_equivariance.py"):
        compile(Path("out", name).read_text(), name, "exec")
    docstring = Path("out/model.py").read_text()
    assert "system" not in docstring.split('"""')[2]
    assert not Path("pwned").exists()
