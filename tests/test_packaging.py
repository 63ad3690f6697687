"""The house rules that hold for the whole package: order of imports, no torch, sizes, paths."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "equidesign"

# What each package may import directly; whatever those may import, it may import too.
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "resources": {"errors"},
    "discovery": {"errors"},
    "groups": {"errors", "resources"},
    "spec": {"groups"},
    "layers": {"spec", "discovery"},
    "backends": {"layers"},
    "design": {"backends"},
    "render": {"backends"},
    # They judge a specification by what design and render make of it, so they stand above both.
    "lint": {"design", "render"},
    "scoring": {"lint"},
    "comparison": {"design", "render"},
    "verify": {"render"},
    "report": {"verify", "lint", "scoring", "comparison", "design"},
    "testing": {"report"},
    # It shows what follows from the answers, so it asks design.
    "wizard": {"design"},
    "terminal": {"wizard", "report"},
    "cli": {"report", "terminal"},
    "__main__": {"cli"},
    "__init__": {"errors"},
}
# Only code that runs models may need these, so that everything else works without them.
HEAVY = {"torch", "numpy", "scipy", "e3nn", "escnn", "torch_geometric", "lightning", "matplotlib"}
HEAVY_ALLOWED = {"verify": HEAVY, "testing": {"torch"}, "report": {"matplotlib"}}
# A library may be named, and still not be loaded before it is needed.
LOADED_LATE = {"report"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def allowed(package: str) -> set[str]:
    """The packages that ``package`` may import, itself included."""
    below = BELOW[package]
    return {package}.union(below, *(allowed(lower) for lower in below))


def package_of(path: Path) -> str:
    """The part of the house that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of everything that a file imports, wherever it does so."""
    package = (*("equidesign", *path.relative_to(PACKAGE).with_suffix("").parts),)[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            prefix = ".".join((*base, *filter(None, [node.module])))
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def own_package(name: str) -> str | None:
    """The part of the house that an imported name belongs to; None for a name of others."""
    parts = name.split(".")
    if parts[0] != "equidesign":
        return None
    if len(parts) > 1 and ((PACKAGE / parts[1]).is_dir() or (PACKAGE / f"{parts[1]}.py").exists()):
        return parts[1]
    return "equidesign"


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    package = package_of(path)
    assert package in BELOW, f"say in BELOW what equidesign.{package} may import"
    legal = allowed(package) | {"equidesign"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for line, name in imports(path)
        if (target := own_package(name)) is not None and target not in legal
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_numerical_libraries_are_imported_where_they_may_be(path: Path) -> None:
    found = {name.split(".")[0] for _, name in imports(path)} & HEAVY
    assert found <= HEAVY_ALLOWED.get(package_of(path), set())


def test_order_has_no_cycle_and_keeps_design_and_render_apart() -> None:
    for package, below in BELOW.items():
        assert all(package not in allowed(lower) for lower in below)
    assert "render" not in allowed("design")
    assert "design" not in allowed("render")
    assert "design" not in allowed("verify")
    assert "render" not in allowed("wizard")


def test_the_import_reader_sees_every_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "equidesign"
    (house / "groups").mkdir(parents=True)
    (house / "cli").mkdir()
    source = house / "groups" / "names.py"
    source.write_text(
        "import equidesign.cli.app\nfrom equidesign import cli\nfrom ..cli import app\n"
        "from . import rep\ndef late():\n    from equidesign.cli import app\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", house)
    targets = [(line, own_package(name)) for line, name in sorted(imports(source))]
    assert targets == [(1, "cli"), (2, "cli"), (3, "cli"), (4, "groups"), (6, "cli")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    # Spelled apart, so that this file does not find itself.
    machine_path = re.compile("/(" + "|".join(["work", "tmp", "root"]) + ")/")
    found = []
    for path in tracked_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(lines, 1)
            if machine_path.search(line)
        ]
    assert not found, "\n".join(found)


def loaded_after(code: str, cwd: Path) -> set[str]:
    """Which of the heavy libraries a fresh interpreter holds after running ``code``."""
    report = f"import sys; print(*sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stderr.splitlines()[-1].split())


def test_importing_the_package_loads_no_numerical_library(tmp_path: Path) -> None:
    assert loaded_after("import equidesign", tmp_path) == set()
    assert "numpy" in loaded_after("import numpy", tmp_path)


def test_importing_every_module_but_those_that_run_models_loads_no_numerical_library(
    tmp_path: Path,
) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if package_of(path) not in (HEAVY_ALLOWED.keys() - LOADED_LATE) | {"__main__"}
    ]
    assert loaded_after("\n".join(f"import {name}" for name in names), tmp_path) == set()
