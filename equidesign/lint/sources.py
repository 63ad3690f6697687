"""Sources: which files a path stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from equidesign.errors import InputError
from equidesign.lint.settings import Settings
from equidesign.render.bundle import FILES
from equidesign.spec.loading import ARCHITECTURE

SUFFIXES = (".yaml", ".yml", ".json")
OURS = (ARCHITECTURE, "request.yaml")
_SKIPPED = {"node_modules", "__pycache__", "site-packages", "venv", "build", "dist"}
_TOP_KEY = r"(?:^|[{{,]\s*)[\"']?{}[\"']?\s*:"
_SPECIFICATION = re.compile(_TOP_KEY.format("(?:equidesign|layers)"), re.MULTILINE)
_REQUEST = [re.compile(_TOP_KEY.format(key), re.MULTILINE) for key in ("symmetry", "data", "task")]


@dataclass(frozen=True)
class Source:
    """A file to look at.

    Attributes:
        path: the file.
        named: whether it was named by the person: then it has to be one of ours.
    """

    path: Path
    named: bool

    @property
    def file(self) -> str:
        """The path as findings show it."""
        return str(self.path)


def find_sources(paths: Sequence[Path], settings: Settings) -> list[Source]:
    """Return every file that the paths stand for, each once, folders gone through in order of names.

    Raises:
        InputError: a path does not exist.
    """
    found: dict[Path, Source] = {}
    for path in paths:
        if not path.exists():
            hint = "it is a broken link" if path.is_symlink() else None
            raise InputError(f"there is no file or folder '{path}'", hint=hint)
        sources = _walk(path, settings) if path.is_dir() else _named(path)
        for source in sources:
            found.setdefault(source.path, source)
    return list(found.values())


def is_ours(text: str) -> bool:
    """Tell whether a text looks like a specification or a request."""
    return bool(_SPECIFICATION.search(text)) or all(key.search(text) for key in _REQUEST)


def _named(path: Path) -> Iterator[Source]:
    beside = path.parent / ARCHITECTURE
    if path.name in FILES and path.name not in OURS and beside.exists():
        path = beside  # a file of a bundle: the bundle is looked at
    yield Source(path, named=True)


def _walk(folder: Path, settings: Settings) -> Iterator[Source]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not settings.excluded(here / name)
        )
        for name in sorted(names):
            path = here / name
            if name.endswith(SUFFIXES) and not settings.excluded(path):
                yield Source(path, named=name in OURS)
