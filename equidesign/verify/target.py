"""What ``equidesign verify`` is pointed at: a bundle, a specification, or a name in a Python file or module. No torch.

Nothing of the target is imported here: what a file defines is read from its syntax tree.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib.machinery import PathFinder
from pathlib import Path

from equidesign.errors import InputError, nearest
from equidesign.spec.loading import ARCHITECTURE

EXPECTED = (
    "a bundle, an architecture.yaml, or a model as my_model.py:factory or package.module:factory"
)
DATA_SUFFIXES = (".yaml", ".yml", ".json")
FACTORY = "build_model"
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
MAX_NAMES = 12


class Kind(StrEnum):
    """The kinds of targets."""

    bundle = "bundle"
    specification = "specification"
    file = "file"
    module = "module"


@dataclass(frozen=True)
class Target:
    """A target that was found to exist, as far as that can be told without importing it.

    Attributes:
        kind: what it is.
        text: as it was written.
        path: the bundle's folder, the specification's file or the Python file; of a module its file if it was found.
        module: dotted name of the module to import, for the kind ``module``.
        attribute: dotted name within the file or module.
    """

    kind: Kind
    text: str
    path: Path | None
    module: str = ""
    attribute: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether the model brings no specification of ours."""
        return self.kind in (Kind.file, Kind.module)


def parse_target(text: str) -> Target:
    """Find out what is meant.

    >>> parse_target("torch.nn:Linear").attribute
    'Linear'

    Raises:
        InputError: there is no such thing, or no name of a factory; the hint is the nearest that exists.
    """
    whole = Path(text)
    if not text.strip() or "\0" in text:
        raise InputError(f"{text!r} is not a target", expected=EXPECTED)
    if whole.is_dir():
        return _folder(text, whole)
    if whole.is_file():
        if whole.suffix == ".py":
            raise _without_factory(text, whole)
        return _data_file(text, whole)
    place, attribute = _split(text)
    if not attribute:
        raise _nothing_there(place)
    if not place:
        raise InputError(f"'{text}' names no file", expected=EXPECTED)
    file = Path(place)
    if file.is_dir() and not (_DOTTED.fullmatch(place) and (file / "__init__.py").is_file()):
        raise InputError(
            f"'{place}' is a folder, not a Python file",
            expected="my_model.py:factory",
            hint=_files_hint(file, attribute),
        )
    if file.is_file():
        _check_python(file, attribute)
        return Target(Kind.file, text, file, attribute=attribute)
    if _is_path(place) or not _DOTTED.fullmatch(place):
        raise _missing(place)
    return Target(Kind.module, text, module_file(place), place, attribute)


def _split(text: str) -> tuple[str, str]:
    """Return the place and the dotted name after the last colon; no name if what follows is none.

    Folders and drives may have colons in their names.
    """
    place, colon, attribute = text.rpartition(":")
    if not colon:
        return text, ""
    attribute = attribute.strip().removesuffix("()")
    if not attribute:
        return place.rstrip(":"), ""
    if not _DOTTED.fullmatch(attribute) or (attribute.endswith(".py") and not _is_path(place)):
        return text, ""
    return place.rstrip(":"), attribute


def _is_path(place: str) -> bool:
    return place.endswith(".py") or "/" in place or "\\" in place


def _folder(text: str, folder: Path) -> Target:
    if not (folder / ARCHITECTURE).is_file():
        raise InputError(
            f"there is no {ARCHITECTURE} in the folder '{text}'",
            expected=EXPECTED,
            hint=_files_hint(folder, FACTORY),
        )
    if not (folder / "model.py").is_file():
        raise InputError(
            "there is no model.py here",
            where=text,
            expected="a bundle, as `equidesign design` or `equidesign render` writes it",
            hint=f"write it with `equidesign render {folder / ARCHITECTURE}`",
        )
    return Target(Kind.bundle, text, folder)


def _files_hint(folder: Path, attribute: str) -> str | None:
    files = sorted(path.name for path in folder.glob("*.py") if path.name != "__init__.py")
    return f"name the file: {folder / files[0]}:{attribute}" if files else None


def _data_file(text: str, path: Path) -> Target:
    if path.suffix not in DATA_SUFFIXES:
        raise InputError(
            f"'{text}' is neither a Python file nor a specification",
            expected=EXPECTED,
            hint="write a Python file with a function that returns the model, and name them FILE.py:FUNCTION",
        )
    return Target(Kind.specification, text, path)


def _check_python(file: Path, attribute: str) -> None:
    if file.suffix == ".py":
        return
    hint = f"name the file alone: {file}" if file.suffix in DATA_SUFFIXES else None
    if file.suffix == ".ipynb":
        hint = "move the model from the notebook to a .py file"
    raise InputError(
        f"'{file}' is not a Python file, so it has no '{attribute}'",
        expected="my_model.py:factory",
        hint=hint,
    )


def module_file(name: str) -> Path | None:
    """Return the file of a module by its dotted name without importing anything, None if it is not found."""
    search: list[str] | None = ["", *sys.path]
    origin = None
    for part_count in range(1, name.count(".") + 2):
        full = ".".join(name.split(".")[:part_count])
        try:
            spec = PathFinder.find_spec(full, search)
        except (ImportError, ValueError, OSError):
            return None
        if spec is None:
            return None
        origin, search = spec.origin, list(spec.submodule_search_locations or [])
    return Path(origin) if origin and origin.endswith(".py") else None


@dataclass(frozen=True)
class Defined:
    """A public function or class at the top of a file."""

    name: str
    is_model: bool
    needs_arguments: bool


def defined_in(path: Path) -> list[Defined]:
    """Return the public functions and model classes that a file defines; none if it cannot be read."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    found: list[Defined] = []
    models = {"Module"}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            if not any(base in models or base.endswith("Module") for base in bases):
                continue
            models.add(node.name)
            init = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
            needs = bool(init) and _needs_arguments(init[0], 1)
            found.append(Defined(node.name, True, needs))
        elif isinstance(node, ast.FunctionDef):
            found.append(Defined(node.name, False, _needs_arguments(node, 0)))
    return [each for each in found if not each.name.startswith("_")]


def _needs_arguments(function: ast.FunctionDef, bound: int) -> bool:
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args) - bound
    return positional > len(arguments.defaults) or None in arguments.kw_defaults


def _suggested(found: list[Defined]) -> str | None:
    """Return the factory that is most likely meant, if there is one."""
    usable = [each for each in found if not each.needs_arguments]
    if any(each.name == FACTORY for each in usable):
        return FACTORY
    for models in (True, False):
        names = [each.name for each in usable if each.is_model is models]
        if len(names) == 1:
            return names[0]
    return None


def _without_factory(place: str, file: Path | None) -> InputError:
    found = defined_in(file) if file else []
    name = _suggested(found)
    names = [each.name for each in found if not each.needs_arguments] or [e.name for e in found]
    listed = f", where NAME is one of {', '.join(names[:MAX_NAMES])}" if names else ""
    hint = "add a function without arguments that returns the model, and name it"
    return InputError(
        f"'{place}' does not say which model to build",
        expected=f"{place}:NAME{listed}",
        hint=f"{place}:{name}" if name else None if names else hint,
    )


def _nothing_there(place: str) -> InputError:
    """Return the error of a target without a name that is no file either."""
    if Path(place).is_file():
        return _without_factory(place, Path(place))
    if not _is_path(place) and _DOTTED.fullmatch(place):
        parent, _, last = place.rpartition(".")
        if last not in ("yaml", "yml", "json") and (file := module_file(place)):
            return _without_factory(place, file)
        if parent and module_file(parent):
            return InputError(
                f"there is no module '{place}'",
                expected=EXPECTED,
                hint=f"the name within the module follows a colon: {parent}:{last}",
            )
    return _missing(place)


def _missing(place: str) -> InputError:
    """Return the error of a path that does not exist, with the nearest one that does."""
    path = Path(place)
    folder = path.parent
    if not folder.is_dir():
        near = nearest(folder.name, _names(folder.parent, folders=True))
        return InputError(
            f"there is no folder '{folder}'",
            expected=EXPECTED,
            hint=f"did you mean '{folder.parent / near / path.name}'?" if near else None,
        )
    near = nearest(path.name, _names(folder, folders=path.suffix == ""))
    return InputError(
        f"there is no file '{place}'" if path.suffix else f"there is nothing at '{place}'",
        expected=EXPECTED,
        hint=f"did you mean '{folder / near}'?" if near else None,
    )


def _names(folder: Path, *, folders: bool) -> list[str]:
    """Return the names in a folder that a target could have."""
    try:
        return sorted(
            path.name
            for path in folder.iterdir()
            if (path.suffix in (".py", *DATA_SUFFIXES) and path.is_file())
            or (folders and path.is_dir() and not path.name.startswith("."))
        )
    except OSError:
        return []
