"""Drift: where the files of a bundle are not those that render makes of its specification."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

from equidesign.errors import EquidesignError
from equidesign.lint.bundle import CODE, README, Bundle, unix_lines
from equidesign.lint.finding import Place
from equidesign.lint.reading import ABSENT, leaves, value_at
from equidesign.lint.suppression import suppressions
from equidesign.render.bundle import FILES, fingerprint, render_bundle
from equidesign.spec.loading import ARCHITECTURE
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context

_MOST_LINES = 3000
_MOST_RENDERED = 8
_ROW = re.compile(rf"^(\| `(?:{'|'.join(map(re.escape, FILES))})` \|[^|\n]*\|).*$", re.MULTILINE)
_WRITTEN_BY = re.compile(r"^Written by equidesign \S+ ", re.MULTILINE)
_DERIVED = {"request", "parameters", "cost"}
_DERIVED_OF_LAYERS = {"parameters", "exactness"}


@dataclass(frozen=True)
class Change:
    """The first line of a file that render would write otherwise.

    Attributes:
        place: the line in the file; where lines are missing, the one before which they belong.
        written: what stands there, None if lines are missing.
        right: what render would write there, None if the line is too much.
    """

    place: Place
    written: str | None
    right: str | None


@dataclass(frozen=True, eq=False)
class Drift:
    """A bundle beside what render makes of its specification."""

    context: Context
    bundle: Bundle
    rendered: Mapping[str, str]

    def change(self, name: str) -> Change | None:
        """Return the first difference of a file from what render writes, None if there is none."""
        text, right = self.bundle.texts.get(name), self.rendered[name]
        if text is None or text == right:
            return None
        return first_change(text, right)

    @cached_property
    def differing(self) -> dict[str, Change]:
        """The code, tests and documents that differ, with their first difference."""
        changes = {name: self.change(name) for name in CODE}
        return {name: change for name, change in changes.items() if change is not None}

    @cached_property
    def stale(self) -> tuple[str, ...]:
        """Files that nobody edited, and that render would write otherwise."""
        if README not in self.bundle.texts and len(self.differing) > 1:
            return tuple(self.differing)  # nobody edits all of them by hand
        return tuple(name for name in self.differing if self.bundle.is_as_written(name))

    @cached_property
    def edited(self) -> tuple[str, ...]:
        """Files that a person edited."""
        return tuple(name for name in self.differing if name not in self.stale)

    @property
    def is_specification_as_written(self) -> bool:
        """Whether the specification has the fingerprint that README.md lists."""
        known = self.bundle.fingerprints.get(ARCHITECTURE)
        return known == fingerprint(unix_lines(self.context.text))

    @cached_property
    def edited_values(self) -> tuple[KeyPath, ...]:
        """Values of the specification that design would write otherwise, but for derived ones."""
        spec = self.context.spec
        if spec is None or self.context.reference.specification is None:
            return ()
        return tuple(
            path
            for path, _ in leaves(spec.to_data())
            if path[0] not in _DERIVED
            and not (path[0] == "layers" and path[2:3] and path[2] in _DERIVED_OF_LAYERS)
            and self.context.reference.edited(path)
        )

    @property
    def changed_value(self) -> KeyPath:
        """The value of the specification that was changed after the files were written.

        With several that design would write otherwise it is the one without whose change render would write the
        files that are there; if there is no such one, what all have in common.
        """
        paths = self.edited_values
        if len(paths) > 1:
            for path in paths[:_MOST_RENDERED]:
                if self._explains(path):
                    return path
        return common_path(paths)

    def _explains(self, path: KeyPath) -> bool:
        """Tell whether render wrote the stale files before a value was changed from what design writes."""
        spec, before = self.context.spec, self.context.reference.value(path)
        if spec is None or before is ABSENT:
            return False
        data = copy.deepcopy(spec.to_data())
        parent = value_at(data, path[:-1])
        parent[path[-1]] = before
        try:
            old = render_bundle(Specification.model_validate({**data, "request": spec.request}))
        except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
            return False
        return all(first_change(self.bundle.texts[name], old[name]) is None for name in self.stale)


def common_path(paths: tuple[KeyPath, ...]) -> KeyPath:
    """Return the steps with which all paths begin.

    >>> common_path((("training", "epochs"), ("training", "patience")))
    ('training',)
    """
    common: list[str | int] = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        common.append(steps[0])
    return tuple(common)


def drift(context: Context) -> Drift | None:
    """Return how a bundle differs from its specification, None without a bundle or where nothing can be rendered."""
    if context.bundle is None or context.spec is None or context.measured is None:
        return None
    try:
        rendered = render_bundle(context.spec)
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
        return None
    return Drift(context, context.bundle, rendered)


def first_change(text: str, right: str, below: bool = False) -> Change | None:
    """Return the first line of a text that is not that of another; suppression comments do not count.

    Args:
        below: whether people may write more below.
    """
    lines = list(_without_comments(text))
    wanted = right.splitlines()
    lines = lines[: len(wanted)] if below else lines
    step = _first_step([line for _, line in lines], wanted)
    if step is None:
        return None
    kind, here, there = step
    number, line = lines[here] if here < len(lines) else (max(len(text.splitlines()), 1), "")
    place = Place(number, 1, number, max(len(line), 1) + 1)
    return Change(
        place,
        None if kind == "insert" else line,
        None if kind == "delete" else wanted[there],
    )


def _first_step(written: list[str], wanted: list[str]) -> tuple[str, int, int] | None:
    """Return what the first difference is (insert, delete, replace) and where, in both texts."""
    if written == wanted:
        return None
    same = 0
    while same < min(len(written), len(wanted)) and written[same] == wanted[same]:
        same += 1
    if max(len(written), len(wanted)) > _MOST_LINES:
        rest = len(written) - same, len(wanted) - same
        return ("insert" if not rest[0] else "delete" if not rest[1] else "replace"), same, same
    matcher = SequenceMatcher(None, written[same:], wanted[same:], autojunk=False)
    kind, start, _, there, _ = next(each for each in matcher.get_opcodes() if each[0] != "equal")
    return kind, same + start, same + there


def _without_comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and content of every line, without suppression comments and lines that hold nothing else."""
    hidden = {each.comment.line: each.comment.column - 1 for each in suppressions(text)}
    for number, line in enumerate(text.splitlines(), 1):
        if number not in hidden:
            yield number, line
        elif line[: hidden[number]].strip():
            yield number, line[: hidden[number]]


def neutral(readme: str) -> str:
    """Return README.md without what changes with the version and with the other files."""
    return _WRITTEN_BY.sub("Written by equidesign ", _ROW.sub(r"\1", readme))


def row_place(readme: str, name: str) -> Place | None:
    """Return where README.md lists a file."""
    for number, line in enumerate(readme.splitlines(), 1):
        if line.startswith(f"| `{name}` |"):
            return Place(number, 1, number, len(line) + 1)
    return None


def missing_row_place(readme: str, name: str) -> Place:
    """Return where README.md should list a file: at the next file that it lists, else at the one before."""
    at = FILES.index(name)
    for other in (*FILES[at + 1 :], *reversed(FILES[:at])):
        place = row_place(readme, other)
        if place is not None:
            return place
    return line_place(readme, "## Files")


def line_place(text: str, beginning: str) -> Place:
    """Return the first line that begins so, else the first line."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(beginning):
            return Place(number, 1, number, len(line) + 1)
    return Place(1, 1, 1, 2)
