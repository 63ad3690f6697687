"""What is built and installed: contents of the wheel, pinned versions against declared ranges."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from equidesign import __version__
from equidesign.resources import data_dir

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins() -> list[Requirement]:
    lines = [
        line
        for name in ("stack.txt", "dev.txt")
        for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    ]
    return [Requirement(line) for line in lines if line and line[0] not in "#-."]


def declared() -> list[Requirement]:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    return [Requirement(text) for group in groups for text in group]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and with the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def wheel_files(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder: str) -> set[str]:
    listing = ["git", "ls-files", folder]
    result = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in result.stdout.splitlines() if (ROOT / name).is_file()}


def test_wheel_holds_the_package_and_its_data_and_nothing_else(built: Path) -> None:
    files = wheel_files(built)
    expected = tracked("equidesign") | {"equidesign/py.typed"}
    for folder in ("templates", "rubrics", "examples"):
        expected |= {f"equidesign/_data/{name}" for name in tracked(folder)}
    assert expected <= files
    assert {name.split("/")[0] for name in files} == {
        "equidesign",
        f"equidesign-{__version__}.dist-info",
    }
    assert not [name for name in files if "__pycache__" in name or name.endswith(".pyc")]


def test_wheel_names_its_command_and_its_licence(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    information = f"equidesign-{__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        entry_points = archive.read(f"{information}/entry_points.txt").decode()
        licence = archive.read(f"{information}/licenses/LICENSE").decode()
    assert "equidesign = equidesign.cli.app:main" in entry_points
    assert "equidesign contributors" in licence


def test_source_archive_can_run_the_tests(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as contents:
        names = {name.split("/", 1)[1] for name in contents.getnames() if "/" in name}
    needed = {"Makefile", "LICENSE", "requirements/stack.txt", "tests/test_packaging.py"}
    assert needed | tracked("third_party") <= names


def test_data_folders_are_found_in_the_checkout() -> None:
    for name in ("templates", "rubrics", "examples"):
        assert data_dir(name) == ROOT / name


@pytest.mark.parametrize("pin", pins(), ids=str)
def test_pinned_versions_are_installed_and_lie_in_the_declared_ranges(pin: Requirement) -> None:
    assert pin.specifier.contains(version(pin.name)), version(pin.name)
    ranges = [wanted for wanted in declared() if wanted.name == pin.name]
    for wanted in ranges:
        assert wanted.specifier.contains(version(pin.name)), wanted


def test_every_optional_library_is_pinned() -> None:
    optional = PROJECT["optional-dependencies"].values()
    wanted = {Requirement(text).name for group in optional for text in group} - {"equidesign"}
    assert wanted <= {pin.name for pin in pins()}


def test_base_needs_no_numerical_library() -> None:
    base = {Requirement(text).name for text in PROJECT["dependencies"]}
    assert base == {"jinja2", "packaging", "prompt_toolkit", "pydantic", "pyyaml", "rich", "typer"}


def test_scikit_learn_stays_out_of_the_environment() -> None:
    # escnn would call it, with a np.matrix that it refuses: see requirements/stack.txt.
    assert find_spec("sklearn") is None
