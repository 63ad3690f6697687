"""Faults of the file itself: what editors, merges and copying from elsewhere do to YAML."""

from __future__ import annotations

import random

from faults.planting import ARCHITECTURE, Planted, fault, planted, replaced
from faults.sheet import Path, Sheet, indent


def _layer_line(sheet: Sheet, rng: random.Random, *keys: str) -> int:
    """Return the line of some key of some layer."""
    paths = [p for key in keys for p in sheet.find("layers", "*", key)]
    return sheet.line(rng.choice(paths))


@fault
def tab_for_indentation(sheet: Sheet, rng: random.Random) -> Planted:
    """An editor wrote a tab for the spaces before a key; YAML forbids tabs there, on that line."""
    line = _layer_line(sheet, rng, "kind", "out", "parameters", "options")
    made = "\t" + sheet.lines[line - 1].lstrip()
    return planted(sheet.joined(line, line, [made]), line)


@fault
def one_space_too_many(sheet: Sheet, rng: random.Random) -> Planted:
    """A key is indented one space further than its siblings: its line no longer fits."""
    line = _layer_line(sheet, rng, "kind", "out", "parameters")
    return planted(sheet.joined(line, line, [" " + sheet.lines[line - 1]]), line)


@fault
def one_space_too_few(sheet: Sheet, rng: random.Random) -> Planted:
    """A key is indented one space less than its siblings: its line no longer fits."""
    line = _layer_line(sheet, rng, "kind", "out", "parameters")
    return planted(sheet.joined(line, line, [sheet.lines[line - 1][1:]]), line)


@fault
def no_break_space(sheet: Sheet, rng: random.Random) -> Planted:
    """Indentation pasted from a web page has a no-break space in it, which is no indentation (the parser may notice
    at the line after)."""
    line = _layer_line(sheet, rng, "kind", "out", "parameters")
    made = "   \u00a0" + sheet.lines[line - 1].lstrip()
    return planted(sheet.joined(line, line, [made]), line, line + 1)


@fault
def bracket_left_open(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The closing bracket of a list is missing: said where it opens, wherever the parser notices."""
    paths = list(sheet.find("interface", "*", "*", "shape"))
    path = rng.choice(paths)
    return planted(sheet.set(path, sheet.source(path)[:-1]), sheet.line(path))


@fault
def brace_left_open(sheet: Sheet, rng: random.Random) -> Planted:
    """The closing brace of a field is missing: said where it opens, wherever the parser notices."""
    path = rng.choice(sheet.find("layers", "*", "out"))
    return planted(sheet.set(path, sheet.source(path)[:-1]), sheet.line(path))


@fault
def quote_left_open(sheet: Sheet, rng: random.Random) -> Planted:
    """The closing quote of the library's version is missing: that line is at fault, wherever the parser notices."""
    path: Path = ("library", "version")
    text = sheet.set(path, sheet.source(path)[:-1])
    return planted(text, sheet.line(path))


@fault
def colon_forgotten(sheet: Sheet, rng: random.Random) -> Planted:
    """The colon after a key is missing (the parser may notice at the line after)."""
    path = rng.choice([("family",), ("task",), ("domain",)])
    line = sheet.line(path)
    made = sheet.lines[line - 1].replace(":", "", 1)
    return planted(sheet.joined(line, line, [made]), line, line + 1)


@fault
def space_after_colon_forgotten(sheet: Sheet, rng: random.Random) -> Planted:
    """Without the space after its colon a key and its value are one word (noticed at the line after)."""
    line = _layer_line(sheet, rng, "kind", "parameters")
    made = sheet.lines[line - 1].replace(": ", ":", 1)
    return planted(sheet.joined(line, line, [made]), line, line + 1)


@fault
def unquoted_colon(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The quotes around a text with a colon in it were taken away: YAML reads a second key on that line."""
    paths = [
        p
        for p in (*sheet.find("layers", "*", "why"), *sheet.find("cost", "formulas", "*"))
        if ": " in sheet.get(p) and sheet.source(p).startswith('"')
    ]
    if not paths:
        paths = [("training", "augmentation")]
    path = rng.choice(paths)
    return replaced(sheet, path, sheet.get(path))


@fault
def key_twice(sheet: Sheet, rng: random.Random) -> Planted:
    """A key stands twice in one layer with different values; one of the two is too many."""
    path = rng.choice(sheet.find("layers", "*", "parameters"))
    line = sheet.line(path)
    copy = sheet.lines[line - 1].replace(str(sheet.get(path)), str(sheet.get(path) + 1))
    return planted(sheet.after(line, copy), line, line + 1)


@fault
def section_twice(sheet: Sheet, rng: random.Random) -> Planted:
    """A whole section was pasted a second time at the end of the file."""
    key = rng.choice(["topology", "training", "library", "verification"])
    block = sheet.block((key,))
    end = len(sheet.lines) - 1
    first = sheet.line((key,))
    return planted(sheet.after(end, *block), end + 1, first)


@fault
def conflict_markers(sheet: Sheet, rng: random.Random) -> Planted:
    """A merge conflict was committed: said at the first marker."""
    line = _layer_line(sheet, rng, "kind", "out", "parameters")
    mine = sheet.lines[line - 1]
    lines = ["<<<<<<< HEAD", mine, "=======", mine, ">>>>>>> wider"]
    return planted(sheet.joined(line, line, lines), line)


@fault
def undefined_alias(sheet: Sheet, rng: random.Random) -> Planted:
    """An alias stands for an anchor that the file does not have."""
    path = rng.choice(sheet.find("layers", "*", "out"))
    return replaced(sheet, path, "*field")


@fault
def merge_key(sheet: Sheet, rng: random.Random) -> Planted:
    """YAML 1.1 merge keys are not part of YAML 1.2; the line with '<<' can't be read."""
    path = rng.choice(sheet.find("layers", "*", "kind"))
    line = sheet.line(path)
    return planted(sheet.after(line, "    <<: {parameters: 0}"), line + 1)


@fault
def python_tag(sheet: Sheet, rng: random.Random) -> Planted:
    """A value carries a YAML tag that asks for a Python object, which no reader should make."""
    path = rng.choice(sheet.find("interface", "*", "*", "shape"))
    return replaced(sheet, path, "!!python/tuple " + sheet.source(path))


@fault
def control_character(sheet: Sheet, rng: random.Random) -> Planted:
    """A control character came along with a paste; YAML forbids it, on that line."""
    path = rng.choice(sheet.find("layers", "*", "kind"))
    return replaced(sheet, path, sheet.source(path) + "\x08")


@fault
def second_document(sheet: Sheet, rng: random.Random) -> Planted:
    """A line of three dashes in the middle starts another document: the first ends too early (it may be said of the
    first line of the second)."""
    line = sheet.line((rng.choice(["layers", "decisions", "training"]),))
    return planted(sheet.after(line - 1, "---"), line, line + 1)


@fault
def cut_off(sheet: Sheet, rng: random.Random) -> Planted:
    """The file ends in the middle, in a bracket: what was being written is lost (the end of the file, or the line on
    which the bracket opens, which is the last but one)."""
    path = rng.choice(sheet.find("layers", "*", "in"))
    line = sheet.line(path)
    text = "\n".join(
        [*sheet.lines[: line - 1], sheet.lines[line - 1][: indent(sheet.lines[line - 1]) + 14]]
    )
    return planted(text + "\n", line, line + 1)


@fault
def curly_quotes(sheet: Sheet, rng: random.Random) -> Planted:
    """A word processor's quotes are part of the text: no group has that name."""
    return replaced(sheet, ("symmetry", "canonical"), f"“{sheet.get(('symmetry', 'canonical'))}”")


@fault
def not_a_number(sheet: Sheet, rng: random.Random) -> Planted:
    """A number that is not one: nothing can be trained or compared with it."""
    path = rng.choice([("training", "learning_rate"), ("cost", "memory_mb")])
    return replaced(sheet, path, rng.choice([".nan", ".inf"]))


@fault
def not_utf8(sheet: Sheet, rng: random.Random) -> Planted:
    """A byte of Latin-1 in a file that is UTF-8: that line can't be read."""
    path = rng.choice(sheet.find("interface", "inputs", "*", "description"))
    line = sheet.line(path)
    text = sheet.set(path, sheet.source(path) + " @@")
    raw = text.encode().replace(b" @@", " für".encode("latin-1"))
    return Planted(
        {ARCHITECTURE: raw}, frozenset({(ARCHITECTURE, line)}), "description: ... f\\xfcr"
    )
