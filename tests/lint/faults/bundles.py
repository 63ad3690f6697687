"""Faults of bundles: files that no longer belong together, were edited alone, or are gone."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from equidesign.layers.measure import refreshed
from equidesign.render.architecture import architecture_yaml
from faults.building import specification
from faults.planting import ARCHITECTURE, Planted, folder_fault, legal_folder
from faults.sheet import Sheet, typo

Files = Mapping[str, str]


def changed(files: Files, name: str, line: int, new: str, *also: tuple[str, int | None]) -> Planted:
    """Replace one line of a file of the bundle."""
    lines = files[name].split("\n")
    lines[line - 1] = new
    return Planted(
        {name: "\n".join(lines)}, frozenset({(name, line), *also}), f"{name}: {new.strip()}"
    )


def _lines(files: Files, name: str, pattern: str) -> list[int]:
    return [n for n, line in enumerate(files[name].split("\n"), 1) if re.search(pattern, line)]


def _edited(files: Files, rng: random.Random, name: str, pattern: str, new: str) -> Planted | None:
    """Replace what a pattern finds on one line."""
    found = _lines(files, name, pattern)
    if not found:
        return None
    line = rng.choice(found)
    text = files[name].split("\n")[line - 1]
    return changed(files, name, line, re.sub(pattern, new, text, count=1))


@folder_fault
def architecture_widened_alone(files: Files, rng: random.Random) -> Planted | None:
    """The hidden width of a head was changed with all counts; nothing was rendered anew (said at the stale files, or at
    the changed lines)."""
    sheet = Sheet(files[ARCHITECTURE])
    paths = [
        p for p in sheet.find("layers", "*", "options", "hidden") if isinstance(sheet.get(p), list)
    ]
    if not paths:
        return None
    spec = specification(sheet.text)
    index = int(paths[0][1])
    layer = spec.layers[index].model_copy(
        update={"options": {**spec.layers[index].options, "hidden": [24]}}
    )
    layers = (*spec.layers[:index], layer, *spec.layers[index + 1 :])
    made = architecture_yaml(refreshed(spec.model_copy(update={"layers": layers})))
    if made == files[ARCHITECTURE]:
        return None  # it had that width
    pairs = zip(files[ARCHITECTURE].split("\n"), made.split("\n"), strict=True)
    lines = {(ARCHITECTURE, n) for n, (old, new) in enumerate(pairs, 1) if old != new}
    stale: set[tuple[str, int | None]] = {
        (name, None) for name in ("SPECIFICATION.md", "model.py", "README.md")
    }
    return Planted({ARCHITECTURE: made}, frozenset(lines | stale), "hidden: [24]")


@folder_fault
def architecture_trained_otherwise(files: Files, rng: random.Random) -> Planted | None:
    """The learning rate was changed in the architecture, train.py still has the old one (said at either)."""
    sheet = Sheet(files[ARCHITECTURE])
    path = ("training", "learning_rate")
    stale: set[tuple[str, int | None]] = {
        (name, None) for name in ("SPECIFICATION.md", "train.py", "README.md")
    }
    line: tuple[str, int | None] = (ARCHITECTURE, sheet.line(path))
    return Planted(
        {ARCHITECTURE: sheet.set(path, "0.0007")},
        frozenset({line, *stale}),
        "learning_rate: 0.0007",
    )


@folder_fault
def request_of_another_group(files: Files, rng: random.Random) -> Planted | None:
    """The request asks for another group; nothing was designed anew (said at either's group)."""
    found = _lines(files, "request.yaml", r"^  group: ")
    echo = Sheet(files[ARCHITECTURE]).line(("request", "symmetry", "group"))
    return changed(
        files,
        "request.yaml",
        found[0],
        "  group: SO(2)" if "SO(2)" not in files["request.yaml"] else "  group: C4",
        (ARCHITECTURE, echo),
    )


@folder_fault
def request_of_another_size(files: Files, rng: random.Random) -> Planted | None:
    """A number of the request was changed; nothing was designed anew (said at either's number)."""
    sheet, echo = Sheet(files["request.yaml"]), Sheet(files[ARCHITECTURE])
    keys = [
        "points",
        "nodes",
        "neighbours",
        "features",
        "node_features",
        "bandwidth",
        "channels",
        "classes",
        "samples",
    ]
    paths = [("data", k) for k in keys if isinstance(sheet.get(("data", k)), int | float)]
    paths += [("task", k) for k in keys if isinstance(sheet.get(("task", k)), int)]
    if not paths:
        return None
    path = rng.choice(paths)
    text = sheet.set(path, str(sheet.get(path) + 1))
    guilty = {("request.yaml", sheet.line(path)), (ARCHITECTURE, echo.line(("request", *path)))}
    return Planted({"request.yaml": text}, frozenset(guilty), f"{path[-1]} + 1")


@folder_fault
def request_misspelt(files: Files, rng: random.Random) -> Planted | None:
    """A key of request.yaml is misspelt."""
    sheet = Sheet(files["request.yaml"])
    path = rng.choice(
        [*sheet.find("data", "*"), *sheet.find("task", "type"), *sheet.find("symmetry", "group")]
    )
    line = sheet.line(path)
    text = sheet.rename(path, typo(str(path[-1]), rng))
    return Planted(
        {"request.yaml": text},
        frozenset({("request.yaml", line)}),
        text.split("\n")[line - 1].strip(),
    )


@folder_fault
def document_of_another_count(files: Files, rng: random.Random) -> Planted | None:
    """SPECIFICATION.md has another number of parameters than the architecture."""
    total = Sheet(files[ARCHITECTURE]).get(("parameters", "total"))
    return _edited(files, rng, "SPECIFICATION.md", rf"{total:,}", f"{total + 100:,}")


@folder_fault
def document_of_another_group(files: Files, rng: random.Random) -> Planted | None:
    """SPECIFICATION.md names another group than the architecture."""
    group = re.escape(Sheet(files[ARCHITECTURE]).get(("symmetry", "canonical")))
    return _edited(files, rng, "SPECIFICATION.md", rf"{group}(?![\w(])", "SU(2)")


@folder_fault
def document_of_another_layer(files: Files, rng: random.Random) -> Planted | None:
    """SPECIFICATION.md has another representation of a layer than the architecture."""
    return _edited(
        files, rng, "SPECIFICATION.md", r"(?<![\w.])(\d+)x(?=0e|0\b|trivial|regular|irrep)", "7777x"
    )


@folder_fault
def model_of_another_number(files: Files, rng: random.Random) -> Planted | None:
    """A constant of model.py was changed by hand; the architecture has the old one."""
    found = _lines(files, "model.py", r"^[A-Z][A-Z_]+ = [\d.]+\b")
    if not found:
        found = _lines(files, "model.py", r"nn\.(Linear|Embedding)\(\d+, \d+\)")
        if not found:
            return None
        line = rng.choice(found)
        text = files["model.py"].split("\n")[line - 1]
        return changed(
            files, "model.py", line, re.sub(r"\((\d+), (\d+)\)", r"(\1, \g<2>1)", text, count=1)
        )
    line = rng.choice(found)
    text = files["model.py"].split("\n")[line - 1]
    return changed(files, "model.py", line, re.sub(r"= [\d.]+", "= 97", text, count=1))


@folder_fault
def model_with_another_activation(files: Files, rng: random.Random) -> Planted | None:
    """An activation of model.py was exchanged by hand."""
    return _edited(files, rng, "model.py", r"\b(silu|SiLU|ELU|elu|ReLU|relu|gelu|GELU)\b", "tanh")


@folder_fault
def model_with_a_lost_line(files: Files, rng: random.Random) -> Planted | None:
    """A line of the model's forward was deleted (said where it stood)."""
    found = _lines(files, "model.py", r"^        h = self\.|^        \w+ = self\.\w+\(")
    if not found:
        return None
    line = rng.choice(found)
    lines = files["model.py"].split("\n")
    text = "\n".join([*lines[: line - 1], *lines[line:]])
    return Planted(
        {"model.py": text},
        frozenset({("model.py", n) for n in (line - 1, line, line + 1)}),
        lines[line - 1].strip(),
    )


@folder_fault
def test_with_a_loose_tolerance(files: Files, rng: random.Random) -> Planted | None:
    """The tolerance of the generated test was raised until it passes."""
    return _edited(files, rng, "test_equivariance.py", r"\b1e-\d+\b|\b\d\.\d?e-\d+\b", "1e3")


@folder_fault
def training_edited(files: Files, rng: random.Random) -> Planted | None:
    """A constant of train.py was changed by hand; the architecture has the old one."""
    found = _lines(files, "train.py", r"^[A-Z][A-Z_]+ = [\d.]+")
    if not found:
        return None
    line = rng.choice(found)
    text = files["train.py"].split("\n")[line - 1]
    return changed(files, "train.py", line, re.sub(r"= [\d.e-]+", "= 7", text, count=1))


@folder_fault
def requirement_of_another_version(files: Files, rng: random.Random) -> Planted | None:
    """requirements.txt asks for another version than the architecture."""
    return _edited(files, rng, "requirements.txt", r"(?<=[=<>~])\d[\w.]*", "0.1")


@folder_fault
def requirement_misspelt(files: Files, rng: random.Random) -> Planted | None:
    """A package in requirements.txt is misspelt."""
    return _edited(files, rng, "requirements.txt", r"^torch", "troch")


@folder_fault
def requirement_missing(files: Files, rng: random.Random) -> Planted | None:
    """A package is gone from requirements.txt (said in that file)."""
    found = _lines(files, "requirements.txt", r"^[a-z]")
    line = rng.choice(found)
    lines = files["requirements.txt"].split("\n")
    text = "\n".join([*lines[: line - 1], *lines[line:]])
    return Planted(
        {"requirements.txt": text}, frozenset({("requirements.txt", None)}), f"- {lines[line - 1]}"
    )


@folder_fault
def fingerprint_edited(files: Files, rng: random.Random) -> Planted | None:
    """A fingerprint in README.md is not that of its file."""
    return _edited(files, rng, "README.md", r"`[0-9a-f]{16}`", "`0123456789abcdef`")


def _missing(name: str) -> None:
    def plant(files: Files, rng: random.Random) -> Planted | None:
        rows = [(n, None) for n in (name,)]
        readme = _lines(files, "README.md", rf"`{re.escape(name)}`") if name != "README.md" else []
        guilty = {*rows, *(("README.md", n) for n in readme), (ARCHITECTURE, 1), (".", None)}
        return Planted({name: None}, frozenset(guilty), f"- {name}")

    plant.__name__ = f"missing_{re.sub(r'[^a-z]', '_', name.lower())}"
    plant.__doc__ = (
        f"{name} is gone from the bundle (said of the file, its row in README.md, or the folder)."
    )
    plant.__module__ = __name__
    folder_fault(plant)


for _name in (
    ARCHITECTURE,
    "model.py",
    "request.yaml",
    "SPECIFICATION.md",
    "requirements.txt",
    "test_equivariance.py",
    "train.py",
):
    _missing(_name)


@folder_fault
def model_of_another_bundle(files: Files, rng: random.Random) -> Planted | None:
    """model.py was copied from another bundle: it has other widths throughout (said anywhere in it)."""
    text = re.sub(
        r"(?<![\w.\-])(\d{2,})(?![\w.\-])", lambda m: str(int(m[1]) + 8), files["model.py"]
    )
    if text == files["model.py"]:
        return None
    return Planted({"model.py": text}, frozenset({("model.py", None)}), "other widths throughout")


@folder_fault
def empty_model(files: Files, rng: random.Random) -> Planted | None:
    """model.py is empty."""
    return Planted({"model.py": ""}, frozenset({("model.py", None)}), "(empty)")


@folder_fault
def document_of_another_encoding(files: Files, rng: random.Random) -> Planted | None:
    """SPECIFICATION.md was saved in UTF-16."""
    raw = files["SPECIFICATION.md"].encode("utf-16")
    return Planted({"SPECIFICATION.md": raw}, frozenset({("SPECIFICATION.md", None)}), "(UTF-16)")


@folder_fault
def architecture_fault_in_a_bundle(files: Files, rng: random.Random) -> Planted | None:
    """A fault of a specification, in a bundle: a layer's count is wrong, and the line is the one of the lone file."""
    sheet = Sheet(files[ARCHITECTURE])
    path = rng.choice(sheet.find("layers", "*", "parameters"))
    text = sheet.set(path, str(sheet.get(path) + 1))
    return Planted(
        {ARCHITECTURE: text},
        frozenset({(ARCHITECTURE, sheet.line(path))}),
        text.split("\n")[sheet.line(path) - 1].strip(),
    )


@legal_folder
def bundle_with_other_files(files: Files, rng: random.Random) -> Planted | None:
    """Data, notes and checkpoints lie beside the generated files."""
    return Planted(
        {"notes.md": "# Notes\n", "data/train.npz": b"\x93NUMPY\x00", "last.ckpt": b"\x00\x01"},
        frozenset(),
    )


@legal_folder
def bundle_with_notes_in_the_readme(files: Files, rng: random.Random) -> Planted | None:
    """Somebody wrote below the README."""
    return Planted(
        {"README.md": files["README.md"] + "\n## Our runs\n\n3.1 meV on split 2.\n"}, frozenset()
    )


@legal_folder
def bundle_commented(files: Files, rng: random.Random) -> Planted | None:
    """A comment in request.yaml, and one in the architecture."""
    request = "# agreed on Monday\n" + files["request.yaml"]
    return Planted(
        {"request.yaml": request, ARCHITECTURE: files[ARCHITECTURE] + "# end\n"}, frozenset()
    )


@legal_folder
def bundle_checked_out_on_windows(files: Files, rng: random.Random) -> Planted | None:
    """Every file has CR LF at the ends of its lines, as git makes them on Windows."""
    return Planted(
        {name: text.replace("\n", "\r\n").encode() for name, text in files.items()}, frozenset()
    )
