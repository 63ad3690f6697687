"""Bundle: the folder around a specification, for the rules that compare its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from equidesign.errors import EquidesignError, InputError
from equidesign.render.bundle import FILES, fingerprint, listed_fingerprints
from equidesign.spec.loading import ARCHITECTURE
from equidesign.spec.request import Request, parse_request
from equidesign.spec.yamlio import Document, load_text, read_text

README = "README.md"
REQUEST = "request.yaml"
CODE = tuple(name for name in FILES if name not in (README, REQUEST, ARCHITECTURE))
"""Files that are generated from the specification and nothing else."""
_VERSION = re.compile(r"^Written by equidesign (\S{1,40})\.(?= )", re.MULTILINE)


@dataclass(frozen=True)
class Bundle:
    """A folder that equidesign wrote, or that holds a part of what it writes.

    Attributes:
        folder: as it was given.
        texts: contents by file name, lines ending in ``\\n`` whatever the checkout made of them; only files that
            exist and can be read.
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

    @property
    def version(self) -> str | None:
        """The version of equidesign that wrote the folder, as README.md says."""
        match = _VERSION.search(self.texts.get(README, ""))
        return match[1] if match else None

    def is_as_written(self, name: str) -> bool:
        """Tell whether a file still has the fingerprint that README.md lists."""
        text = self.texts.get(name)
        return text is not None and self.fingerprints.get(name) == fingerprint(text)

    @cached_property
    def request(self) -> tuple[Document, Request] | None:
        """The request beside the specification, None if there is none or it can't be read."""
        text = self.texts.get(REQUEST)
        if text is None:
            return None
        try:
            document = load_text(text, REQUEST)
            return document, parse_request(document)
        except EquidesignError:
            return None  # said where that file is linted


def bundle_at(folder: Path) -> Bundle | None:
    """Return the bundle in a folder; None if nothing there was made of a specification, or lists one."""
    present = [name for name in FILES if (folder / name).exists()]
    if not {ARCHITECTURE, README} & set(present) or len(present) < 2:
        return None
    texts: dict[str, str] = {}
    unreadable: dict[str, InputError] = {}
    for name in present:
        try:
            texts[name] = unix_lines(read_text(folder / name))
        except InputError as error:
            unreadable[name] = error
    fingerprints = listed_fingerprints(texts.get(README, ""))
    if ARCHITECTURE not in present and ARCHITECTURE not in fingerprints:
        return None
    return Bundle(folder, texts, unreadable, fingerprints)


def unix_lines(text: str) -> str:
    """Return a text as it was before a checkout for Windows."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
