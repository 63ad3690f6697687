"""``equidesign new`` as a command: what it takes, what it refuses, and what it writes."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

import pytest
from pseudo_terminal import PROGRAM

EXAMPLES = Path(__file__).parents[2] / "examples"
NO_TORCH = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "numpy", "scipy", "e3nn", "escnn", "torch_geometric"}:
            import traceback
            if any(frame.name == "find_spec" and "importlib" in frame.filename
                   for frame in traceback.extract_stack()):
                return None
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Refuse())
"""


def run(
    folder: Path, *arguments: str, typed: str = "", code: str = PROGRAM
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, input=typed, capture_output=True, text=True, check=False,
        env={"XDG_STATE_HOME": str(folder / "state"), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def new(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run(folder, "new", *arguments, typed=typed)


def alike(first: Path, second: Path) -> bool:
    names = sorted(path.name for path in first.iterdir())
    return len(names) == 8 and filecmp.cmpfiles(first, second, names, shallow=False) == (
        names, [], [],
    )  # fmt: skip


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*/request.yaml")), ids=lambda p: p.parent.name
)
def test_from_a_request_nothing_is_asked_and_the_bundle_is_the_same(
    path: Path, tmp_path: Path
) -> None:
    request = tmp_path / "request.yaml"
    request.write_bytes(path.read_bytes())
    result = new(tmp_path, "out", "--from", "request.yaml", "--plain")
    assert result.returncode == 0, result.stderr
    assert "equidesign design request.yaml -o out" in result.stdout
    assert request.read_bytes() == path.read_bytes()
    assert run(tmp_path, "design", "request.yaml", "-o", "again").returncode == 0
    assert alike(tmp_path / "out", tmp_path / "again")


def test_an_answer_of_a_request_can_be_changed(tmp_path: Path) -> None:
    source = EXAMPLES / "digits-any-way-up" / "request.yaml"
    typed = "back data.channels\n3\n\n"
    result = new(tmp_path, "out", "--from", str(source), "--plain", typed=typed)
    assert result.returncode == 0, result.stderr
    written = (tmp_path / "out.yaml").read_text(encoding="utf-8")
    assert "channels: 3" in written
    assert run(tmp_path, "design", "out.yaml", "-o", "again").returncode == 0
    assert alike(tmp_path / "out", tmp_path / "again")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--domain", "imags"], "did you mean 'images'?"),
        (["--task", "classificaton"], "did you mean 'classification'?"),
        (["--group", "C-four"], "is not a group expression"),
        (["--set", "data.chanels=3"], "did you mean 'channels'?"),
        (["--set", "channels"], "not of the form key=value"),
        (["--set", "nothing.x=1"], "unknown field 'nothing'"),
        (["--domain", "images", "--set", "data.size=none"], "'none' is no size"),
        (["--from", "nowhere.yaml"], "there is no file 'nowhere.yaml'"),
        (["--resume"], "there are no kept answers"),
        (["--resume", "--group", "C4"], "--resume goes on with answers that are kept"),
    ],
)
def test_wrong_options_are_refused_before_the_first_question(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = new(tmp_path, "--plain", *arguments)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())
    assert "What does one sample look like?" not in result.stdout
    assert "Traceback" not in result.stderr


def test_what_the_command_line_says_is_not_asked_and_is_read_as_if_typed(tmp_path: Path) -> None:
    arguments = ["--domain", "pictures", "--group", "p4", "--task", "class"]
    arguments += ["--set", "task.classes=cat, dog", "--set", "data.size=32"]
    result = new(tmp_path, "--plain", *arguments, typed="\n" * 20)
    assert result.returncode == 0, result.stderr
    for text in (
        "What does one sample",
        "How large",
        "What do you want",
        "Which classes",
        "symmetry group",
    ):
        assert text not in result.stdout
    written = (tmp_path / "images-classes.yaml").read_text(encoding="utf-8")
    assert "class_names: [cat, dog]" in written
    assert "group: C4" in written


def test_the_end_of_the_input_keeps_the_answers(tmp_path: Path) -> None:
    first = new(tmp_path, "--plain", typed="sets\n5\n")
    assert first.returncode == 130
    assert "the input ended; the answers are kept: equidesign new --resume" in first.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"state"}
    second = new(tmp_path, "--plain", "--resume", typed="\n" * 20)
    assert second.returncode == 0, second.stderr
    assert "features: 5" in (tmp_path / "sets-regression.yaml").read_text(encoding="utf-8")
    assert new(tmp_path, "--plain", "--resume").returncode == 2


def test_a_state_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")
    stopped = new(tmp_path, "--plain", typed="sets\n5\n")
    assert stopped.returncode == 130
    assert "the answers are not kept: " in stopped.stderr
    assert "cannot be written" in stopped.stderr
    done = new(tmp_path, "--plain", "--domain", "sets", typed="\n" * 20)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sets-regression" / "model.py").is_file()


def test_another_request_and_edited_files_are_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "sets-regression.yaml"
    mine.write_text("mine: true\n", encoding="utf-8")
    answers = ["--plain", "--domain", "sets"]
    result = new(tmp_path, *answers, typed="\n" * 20)
    assert result.returncode == 2
    assert "is another request" in result.stderr
    assert mine.read_text(encoding="utf-8") == "mine: true\n"
    assert not (tmp_path / "sets-regression").exists()
    mine.unlink()
    assert new(tmp_path, *answers, typed="\n" * 20).returncode == 0
    model = tmp_path / "sets-regression" / "model.py"
    model.write_text("# edited\n", encoding="utf-8")
    refused = new(tmp_path, *answers, typed="\n" * 20)
    assert refused.returncode == 2
    assert "edited by hand" in refused.stderr
    assert model.read_text(encoding="utf-8") == "# edited\n"
    assert new(tmp_path, *answers, "--force", typed="\n" * 20).returncode == 0
    assert model.read_text(encoding="utf-8") != "# edited\n"


def test_expert_reads_lines_and_names_the_nearest(tmp_path: Path) -> None:
    typed = "group=D4\nclases=3\nclasses=cat, dog, bird\n? size\nsize=32\nfoo\ngroup=XX\n\n\n"
    result = new(tmp_path, "--expert", "--plain", "--domain", "images", typed=typed)
    assert result.returncode == 0, result.stderr
    text = " ".join(result.stdout.split())
    assert "did you mean 'classes'?" in text
    assert "The size decides which strides" in text
    assert "'foo' is not of the form key=value" in text
    assert "'XX' is not a group expression" in text
    written = (tmp_path / "images-classes.yaml").read_text(encoding="utf-8")
    assert "size: [32, 32]" in written
    assert "group: D4" in written


def test_nothing_numerical_is_imported_before_verify(tmp_path: Path) -> None:
    typed = "\n" * 20
    result = run(
        tmp_path, "new", "--plain", "--domain", "molecules", typed=typed, code=NO_TORCH + PROGRAM
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "molecules-forces" / "model.py").is_file()


def test_verify_is_offered_and_its_verdict_is_the_exit_code(tmp_path: Path) -> None:
    arguments = ["--domain", "sets", "--set", "constraints.priority=speed"]
    result = new(tmp_path, "--plain", *arguments, typed="\n" * 12 + "2\n")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "EXACT" in result.stdout
