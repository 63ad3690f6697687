"""Bundle: the folder around a specification, for the rules that compare its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from equidesign.errors import InputError
from equidesign.render.bundle import FILES, listed_fingerprints
from equidesign.spec.loading import ARCHITECTURE
from equidesign.spec.yamlio import read_text


@dataclass(frozen=True)
class Bundle:
    """A folder that equidesign wrote, or that holds a part of what it writes.

    Attributes:
        folder: as it was given.
        texts: contents by file name; only files that exist and can be read.
        unreadable: why others can't be read.
        fingerprints: of the generated files by name, as README.md lists them; empty without it.
    """

    folder: Path
    texts: Mapping[str, str]
    unreadable: Mapping[str, InputError]
    fingerprints: Mapping[str, str]

    def file(self, name: str) -> str:
        """Return the path of one of its files, as findings show it."""
        return str(self.folder / name)


def bundle_at(folder: Path) -> Bundle | None:
    """Return the bundle in a folder; None if there is a specification at most."""
    present = [name for name in FILES if (folder / name).exists()]
    if ARCHITECTURE not in present or len(present) < 2:
        return None
    texts: dict[str, str] = {}
    unreadable: dict[str, InputError] = {}
    for name in present:
        try:
            texts[name] = read_text(folder / name)
        except InputError as error:
            unreadable[name] = error
    return Bundle(folder, texts, unreadable, listed_fingerprints(texts.get("README.md", "")))
