"""Every command but verify runs where no numerical library can be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUEST = ROOT / "examples" / "ethanol-forces" / "request.yaml"

# An import of these fails loudly, and no `except ImportError` can hide it.
REFUSING = """
import sys

HEAVY = {"torch", "numpy", "scipy", "e3nn", "escnn", "torch_geometric", "lightning", "matplotlib"}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in HEAVY:
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Refuse())
"""
COMMAND = "from equidesign.cli.app import main\nsys.exit(main())"


def run(code: str, *arguments: str, cwd: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", REFUSING + code, *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=120, input=typed
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("designed")
    result = run(COMMAND, "design", str(REQUEST), "-o", "bundle", cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder / "bundle"


def test_the_guard_refuses(tmp_path: Path) -> None:
    result = run("try:\n    import torch\nexcept ImportError:\n    pass", cwd=tmp_path)
    assert result.returncode != 0
    assert "torch was imported" in result.stderr


def test_design_writes_the_whole_bundle(bundle: Path) -> None:
    assert {path.name for path in bundle.iterdir()} == {
        "request.yaml",
        "architecture.yaml",
        "SPECIFICATION.md",
        "model.py",
        "train.py",
        "test_equivariance.py",
        "requirements.txt",
        "README.md",
    }


def test_design_prints_json(tmp_path: Path) -> None:
    options = ["-o", "bundle", "--format", "json"]
    result = run(COMMAND, "design", str(REQUEST), *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("{")


def test_render_reads_what_design_wrote(bundle: Path, tmp_path: Path) -> None:
    specification = bundle / "architecture.yaml"
    result = run(COMMAND, "render", str(specification), "-o", "again", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    model = (tmp_path / "again" / "model.py").read_text(encoding="utf-8")
    assert model == (bundle / "model.py").read_text(encoding="utf-8")


def test_explain_reads_the_decisions_of_a_specification(bundle: Path, tmp_path: Path) -> None:
    result = run(COMMAND, "explain", str(bundle / "architecture.yaml"), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "nequip" in result.stdout


def test_diff_compares_specifications(bundle: Path, tmp_path: Path) -> None:
    result = run(COMMAND, "diff", str(bundle), str(bundle), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "no difference" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--help"], "design"),
        (["design", "--help"], "--set"),
        (["list", "groups"], "SO(3)"),
        (["list", "domains"], "molecules"),
        (["list", "tasks"], "force_prediction"),
        (["list", "families"], "nequip"),
        (["list", "libraries"], "e3nn"),
        (["list", "rules"], "nequip"),
        (["list", "codes"], "EQ105"),
        (["explain", "EQ105"], "unknown-key"),
        (["explain", "nequip"], "nequip"),
        (["explain", "E(3)"], "E(3)"),
        (["schema", "request"], "symmetry"),
        (["schema", "architecture"], "interface"),
    ],
)
def test_command_prints_its_result(arguments: list[str], expected: str, tmp_path: Path) -> None:
    result = run(COMMAND, *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert expected in result.stdout


def test_a_wrong_request_is_refused_without_them_too(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("version: 1\nname: a\nsymetry: {}\n", encoding="utf-8")
    result = run(COMMAND, "design", "wrong.yaml", cwd=tmp_path)
    assert result.returncode == 2
    assert "wrong.yaml:3" in result.stderr
    assert "symmetry" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("options", [[], ["--format", "sarif"], ["--fix", "--diff"]])
def test_lint_looks_at_the_bundle(bundle: Path, options: list[str]) -> None:
    result = run(COMMAND, "lint", str(bundle), *options, cwd=bundle)
    assert result.returncode == 0, result.stdout + result.stderr


def test_score_measures_the_bundle(bundle: Path) -> None:
    result = run(COMMAND, "score", str(bundle), "--min", "4", cwd=bundle)
    assert result.returncode == 0, result.stderr
    assert "of 5" in result.stdout


def test_new_asks_and_writes(tmp_path: Path) -> None:
    arguments = ["new", "asked", "--plain", "--domain", "sets", "--task", "classification"]
    result = run(COMMAND, *arguments, cwd=tmp_path, typed="\n" * 40)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "asked" / "model.py").is_file()
    assert (tmp_path / "asked.yaml").is_file()
