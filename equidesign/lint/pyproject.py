"""``[tool.equidesign.lint]`` of the nearest ``pyproject.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from equidesign.errors import InputError, nearest
from equidesign.lint.finding import Severity
from equidesign.lint.settings import FAIL_ON, Settings, prefix_of

FILE = "pyproject.toml"
TABLE = "tool.equidesign.lint"
KEYS = ("select", "ignore", "per-file-ignores", "exclude", "fail-on")


def load_settings(start: Path) -> Settings:
    """Return the settings for files below a folder.

    They stand in the table ``[tool.equidesign.lint]`` of the nearest ``pyproject.toml`` that has one, in the folder
    or above it. Without one they are the defaults.

    Raises:
        InputError: such a file cannot be read, or says what cannot be: with the place.
    """
    folder = start.resolve()
    for place in (folder, *folder.parents):
        file = place / FILE
        if file.is_file() and (found := _read(file)) is not None:
            return found
    return Settings()


def read_settings(file: Path) -> Settings:
    """Return the settings that one TOML file holds.

    Raises:
        InputError: the file cannot be read, lacks the table, or says what cannot be.
    """
    found = _read(file)
    if found is None:
        raise InputError(f"there is no table [{TABLE}]", where=str(file), expected=f"[{TABLE}]")
    return found


def _read(file: Path) -> Settings | None:
    """Return a file's settings; None where it lacks the table."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(f"there is no file '{file}'", expected="a TOML file") from None
    except OSError as error:
        raise InputError(f"cannot read '{file}': {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text: byte {error.start + 1}", where=str(file)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
        where = f"{file}:{place[1]}:{place[2]}" if place else str(file)
        message = str(error).split(" (at ")[0] or "nested too deeply"
        raise InputError(f"not valid TOML: {message}", where=where) from None
    table: Any = data
    for step in TABLE.split("."):
        if not isinstance(table, dict) or step not in table:
            return None
        table = table[step]
    return _Reader(file, text).settings(table)


class _Reader:
    """Turns the table into settings, and blames the place of what cannot be."""

    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self.text = _own_lines(text)

    def settings(self, table: Any) -> Settings:
        if not isinstance(table, dict):
            self.refuse((), f"[{TABLE}] is {_kind(table)}", "a table")
        for key in table:
            if key not in KEYS:
                close = nearest(key, KEYS)
                hint = f"did you mean '{close}'?" if close else None
                expected = f"one of {', '.join(KEYS)}"
                self.refuse((key,), f"unknown key '{key}' in [{TABLE}]", expected, hint)
        return Settings(
            select=self.rules(("select",), table.get("select", [])),
            ignore=self.rules(("ignore",), table.get("ignore", [])),
            per_file_ignores=self.per_file(table.get("per-file-ignores", {})),
            exclude=self.texts(("exclude",), table.get("exclude", []), "patterns of files"),
            fail_on=self.fail_on(table.get("fail-on", Severity.warning.value)),
            root=self.file.parent,
        )

    def texts(self, path: tuple[str, ...], value: Any, what: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.refuse(path, f"'{path[-1]}' is {_kind(value)}", f"a list of {what}")
        for item in value:
            if not isinstance(item, str) or not item.strip():
                wrong = "empty text" if isinstance(item, str) else _kind(item)
                self.refuse(path, f"'{path[-1]}' holds {wrong}", f"a list of {what}")
        return tuple(value)

    def rules(self, path: tuple[str, ...], value: Any) -> tuple[str, ...]:
        selectors = self.texts(path, value, 'codes of rules, such as ["EQ4", "EQ501"]')
        for selector in selectors:
            try:
                prefix_of(selector)
            except InputError as error:
                self.refuse(path, error.what, error.expected, error.hint, selector)
        return selectors

    def per_file(self, value: Any) -> Mapping[str, tuple[str, ...]]:
        key = "per-file-ignores"
        if not isinstance(value, dict):
            expected = 'a table such as {"old/*.yaml" = ["EQ7"]}'
            self.refuse((key,), f"'{key}' is {_kind(value)}", expected)
        for pattern in value:
            if not pattern.removeprefix("!").strip():
                self.refuse((key, pattern), f"'{key}' holds an empty pattern", "a pattern of files")
        found = {pattern: self.rules((key, pattern), codes) for pattern, codes in value.items()}
        return MappingProxyType(found)

    def fail_on(self, value: Any) -> Severity:
        names = [severity.value for severity in FAIL_ON]
        if value not in names:
            close = nearest(value, names) if isinstance(value, str) else None
            wrong = f"'{value}'" if isinstance(value, str) else _kind(value)
            hint = f"did you mean '{close}'?" if close else None
            self.refuse(("fail-on",), f"'fail-on' is {wrong}", " or ".join(names), hint)
        return Severity(value)

    def refuse(
        self,
        path: tuple[str, ...],
        what: str,
        expected: str | None,
        hint: str | None = None,
        value: str | None = None,
    ) -> NoReturn:
        """Blame a key, or a text below it."""
        raise InputError(what, where=self.where(path, value), expected=expected, hint=hint)

    def where(self, path: tuple[str, ...], value: str | None = None) -> str:
        """Return ``file:line:col``.

        The standard library's parser keeps no places, so they are looked for in the text. What is written in a way
        that is not found is placed at its table, or only in its file.
        """
        patterns = [_HEADER, *map(_key, path)]
        if value is not None:
            patterns.append(re.compile(rf"(?P<at>([\"']){re.escape(value)}\2)"))
        at, end = -1, 0
        for pattern in patterns:
            match = pattern.search(self.text, end)
            if match is None:
                break
            at, end = match.start("at"), match.end()
        if at < 0:
            return str(self.file)
        line, column = self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)
        return f"{self.file}:{line}:{column}"


_STEPS = r"\s*\.\s*".join(rf"[\"']?{step}[\"']?" for step in TABLE.split("."))
_HEADER = re.compile(rf"^\s*(?P<at>\[\s*{_STEPS}\s*[\].])", re.MULTILINE)
_ANY_HEADER = re.compile(r"\s*\[{1,2}[\w\s.\"'-]+\]{1,2}\s*(#.*)?")


def _key(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<at>(?<![\w-])[\"']?{re.escape(name)}[\"']?)\s*[=.\]]")


def _own_lines(text: str) -> str:
    """Return the text with nothing in the lines that belong to other tables, or are comments."""
    lines, inside = [], False
    for line in text.split("\n"):
        if _ANY_HEADER.fullmatch(line):
            inside = _HEADER.match(line) is not None
        lines.append(line if inside and not line.lstrip().startswith("#") else "")
    return "\n".join(lines)


def _kind(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, dict) else "a date or time")
