"""Python source as the formatter would write it: calls, tuples and constants within 88 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 88


def literal(value: Any) -> str:
    """Return ``value`` as a Python literal, strings in double quotes."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    return repr(value)


def wrapped(prefix: str, opening: str, items: Sequence[str], closing: str, indent: int) -> str:
    """Return ``prefix(items)`` on one line, or broken the way ruff and black break it."""
    pad = " " * indent
    single = f"{pad}{prefix}{opening}{', '.join(items)}{closing}"
    if len(single) <= WIDTH or not items:
        return single
    inner = " " * (indent + 4)
    joined = f"{inner}{', '.join(items)}"
    if len(joined) <= WIDTH and opening == "(" and not closing.startswith(",)"):
        return f"{pad}{prefix}{opening}\n{joined}\n{pad}{closing}"
    body = "".join(f"{inner}{item},\n" for item in items)
    return f"{pad}{prefix}{opening}\n{body}{pad}{closing.lstrip(',')}"


def call(prefix: str, args: Sequence[str], kwargs: Mapping[str, str], indent: int) -> str:
    """Return ``prefix(args, key=value)`` formatted."""
    return wrapped(prefix, "(", [*args, *(f"{k}={v}" for k, v in kwargs.items())], ")", indent)


def assignment(name: str, value: Any, comment: str = "") -> str:
    """Return a module constant with its comment."""
    text = f"{name} = {literal(value)}"
    line = f"{text}  # {comment}" if comment else text
    if len(line) <= WIDTH:
        return line
    head = f"# {comment}\n" if comment else ""
    if len(text) <= WIDTH:
        return head + text
    return head + _broken(f"{name} = ", value, "", 0)


def _broken(before: str, value: Any, after: str, indent: int) -> str:
    """Return ``before value after``, on as many lines as it needs."""
    pad = " " * indent
    line = f"{pad}{before}{literal(value)}{after}"
    if len(line) <= WIDTH or not isinstance(value, tuple | list | Mapping) or not value:
        return line
    if isinstance(value, Mapping):
        opening, closing = "{", "}"
        items = [(f"{literal(key)}: ", item) for key, item in value.items()]
    else:
        opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
        items = [("", item) for item in value]
    body = "".join(f"{_broken(key, item, ',', indent + 4)}\n" for key, item in items)
    return f"{pad}{before}{opening}\n{body}{pad}{closing}{after}"


def docstring(text: str) -> str:
    """Return a person's text so that it cannot end the docstring it stands in."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(clean.replace("\\", "\\\\").replace('"', "'").split())


def filled(text: str, indent: int, width: int = WIDTH) -> str:
    """Wrap prose to the width at the given indent."""
    import textwrap

    pad = " " * indent
    return "\n".join(
        textwrap.fill(
            line, width, initial_indent=pad, subsequent_indent=pad, break_long_words=False
        )
        if line.strip()
        else ""
        for line in text.splitlines()
    )


def statement(line: str, indent: int) -> str:
    """Return a statement ``target = function(arguments)`` formatted; any other line as it is."""
    if len(line) + indent <= WIDTH or not line.endswith(")") or "(" not in line:
        return " " * indent + line
    head, _, rest = line.partition("(")
    return call(head, split_arguments(rest[:-1]), {}, indent)


def split_arguments(text: str) -> list[str]:
    """Split at the commas that are not inside brackets."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]
