"""Whatever stands in a file, lint answers with findings in it: no traceback, no hang, nothing hidden elsewhere.

A hang is told by the work that is done, not by the clock: the calls of Python functions are counted.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from faults.corpus import cells, sheet_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equidesign.lint.engine import lint_bytes, lint_paths, lint_text
from equidesign.lint.finding import Finding, Report

NAME = "architecture.yaml"
CALLS = 3_000_000
"""Far more than any specification of the product needs (at most 150,000 calls); a hang needs more."""

fuzzed = settings(
    deadline=None,
    max_examples=150,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class WorkExceeded(BaseException):
    """More calls than any honest file can need."""


@contextmanager
def bounded_work(calls: int = CALLS) -> Iterator[None]:
    """Stop what runs within after so many calls of Python functions."""
    left = calls

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal left
        if event == "call":
            left -= 1
            if left < 0:
                sys.setprofile(None)
                raise WorkExceeded

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def holds(findings: list[Finding], text: str) -> None:
    """Check what must hold of all findings: they are sorted, and their places are in the text."""
    lines = len(text.splitlines()) + 1
    for finding in findings:
        assert finding.file == NAME
        assert finding.message
        assert 1 <= finding.place.line <= lines
        assert finding.place.column >= 1
        start = (finding.place.line, finding.place.column)
        assert start <= (finding.place.end_line, finding.place.end_column)
    assert findings == sorted(findings, key=lambda finding: finding.sort_key)


def answered(text: str) -> list[Finding]:
    """Lint a text within bounds, and check the findings."""
    with bounded_work():
        findings = lint_text(text, NAME)
    holds(findings, text)
    return findings


def some_cells(count: int = 16) -> list[int]:
    """Return cells spread over the product."""
    return random.Random(7).sample(range(len(cells())), count)


CELLS = some_cells()
REPS = st.sampled_from(
    [
        "1x0e",
        "0x0e",
        "1x1o + 1x1o",
        "999999999999x0e",
        "1x999999o",
        "1xregular",
        "1xirrep(99)",
        "-1x0e",
        "x",
        "+",
        "1x0e +",
        "1x1",
        "3xirrep(1,1)",
        "1x0e1x0e",
        "1xtrivial + 1x0e",
        "",
        " ",
        "1x" * 2000,
        "1x0e + " * 3000 + "1x0e",
        "10000x8o",
    ]
)
WORDS = st.sampled_from(
    [
        "none",
        "h",
        "pos",
        "x",
        "null",
        "true",
        "SO(3)",
        "C999999",
        "D0",
        "S_n",
        "custom",
        "unknown",
        "E(3) x S_n x S_n",
        "SO(10000)",
        "x" * 5000,
        "é",
        "\u200b",
        "layers.0",
        "../..",
        "{in}",
        "{{",
        "%s",
        "\\",
        "'",
        '"',
        "atoms",
        "global",
    ]
)
NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.sampled_from([10**6, 10**9, 10**30, -(10**18), 2**63, 10**39]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(min_value=0, max_value=1e-300),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, REPS, WORDS, st.text(max_size=20))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(WORDS, st.text(max_size=8)), inner, max_size=4),
    ),
    max_leaves=8,
)
PLACES = st.lists(st.integers(0, 10**6), min_size=1, max_size=7)
EDITS = st.tuples(
    st.sampled_from(["delete", "replace", "insert", "move", "repeat", "swap"]),
    PLACES,
    PLACES,
    VALUES,
)


def _container(data: Any, steps: list[int]) -> tuple[Any, Any]:
    """Follow the steps down into the data; return the last container and a key or index of it."""
    here, key = data, None
    for step in steps:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = keys[step % len(keys)]
        if not isinstance(here[key], dict | list) or not here[key]:
            break
        here, key = (here[key], key) if step is not steps[-1] else (here, key)
    keys = list(here) if isinstance(here, dict) else list(range(len(here)))
    return here, key if key in keys else (keys[0] if keys else None)


def edited(data: Any, edits: list[tuple[str, list[int], list[int], Any]]) -> Any:
    """Apply random edits to a tree of data."""
    data = copy.deepcopy(data)
    for what, steps, other, value in edits:
        here, key = _container(data, steps)
        there, at = _container(data, other)
        if key is None or at is None:
            continue
        if what == "delete":
            del here[key]
        elif what == "replace":
            here[key] = value
        elif what == "insert":
            if isinstance(here, list):
                here.insert(key, value)
            else:
                here[str(value)[:40]] = value
        elif what == "repeat" and isinstance(here, list):
            here[key:key] = [copy.deepcopy(here[key]) for _ in range(steps[0] % 40)]
        elif what == "swap":
            one, two = copy.deepcopy(here[key]), copy.deepcopy(there[at])
            here[key], there[at] = two, one
        elif what == "move":
            there[at] = copy.deepcopy(here[key])
    return data


@fuzzed
@given(st.sampled_from(CELLS), st.lists(EDITS, min_size=1, max_size=6), st.booleans())
def test_any_change_of_the_data_is_answered(cell: int, edits: list[Any], as_json: bool) -> None:
    data = edited(sheet_of(cell).data, edits)
    text = (
        json.dumps(data) if as_json else yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    )
    answered(text)


@fuzzed
@given(
    st.sampled_from(CELLS),
    st.lists(
        st.tuples(
            st.sampled_from(["in", "out", "kind", "source", "options", "writes"]),
            st.integers(0, 30),
            st.integers(0, 30),
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_layers_with_each_others_values_are_answered(cell: int, edits: list[Any]) -> None:
    data = copy.deepcopy(sheet_of(cell).data)
    layers = data["layers"]
    for key, one, two in edits:
        layer, other = layers[one % len(layers)], layers[two % len(layers)]
        if key in other:
            layer[key] = copy.deepcopy(other[key])
        else:
            layer.pop(key, None)
    answered(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


@fuzzed
@given(st.sampled_from(CELLS), st.sampled_from(CELLS), st.integers(0, 20), st.integers(0, 20))
def test_sections_of_another_cell_are_answered(one: int, two: int, at: int, more: int) -> None:
    data, other = copy.deepcopy(sheet_of(one).data), sheet_of(two).data
    for key in list(other)[at : at + more]:
        data[key] = other[key]
    answered(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


@fuzzed
@given(
    st.sampled_from(CELLS),
    st.lists(
        st.tuples(st.integers(0, 20_000), st.integers(0, 80), st.text(max_size=12)), max_size=4
    ),
)
def test_any_change_of_the_text_is_answered(cell: int, edits: list[tuple[int, int, str]]) -> None:
    text = sheet_of(cell).text
    for at, count, new in edits:
        at %= len(text) + 1
        text = text[:at] + new + text[at + count :]
    answered(text)


@fuzzed
@given(st.sampled_from(CELLS), st.integers(0, 400), st.integers(1, 60), st.integers(0, 40))
def test_lines_repeated_and_moved_are_answered(cell: int, at: int, count: int, times: int) -> None:
    lines = sheet_of(cell).lines
    at %= len(lines)
    block = lines[at : at + count]
    answered("\n".join([*lines[:at], *block * times, *lines[at + count :]]))


@fuzzed
@given(st.sampled_from(CELLS), st.integers(0, 20_000))
def test_truncated_files_are_answered(cell: int, at: int) -> None:
    text = sheet_of(cell).text
    answered(text[: at % len(text)])


@fuzzed
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_any_bytes_are_answered(raw: bytes) -> None:
    with bounded_work():
        report = lint_bytes(raw, NAME)
    assert report.files == (NAME,)
    assert report.findings


@fuzzed
@given(st.sampled_from(CELLS), st.integers(0, 20_000), st.binary(min_size=1, max_size=8))
def test_bytes_within_a_file_are_answered(cell: int, at: int, new: bytes) -> None:
    raw = sheet_of(cell).text.encode()
    at %= len(raw)
    with bounded_work():
        report = lint_bytes(raw[:at] + new + raw[at + len(new) :], NAME)
    assert report.files == (NAME,)


LARGE: dict[str, Callable[[str], str]] = {
    "nested-flow": lambda text: text + "extra: " + "[" * 5000,
    "nested-closed": lambda text: text + "extra: " + "[" * 800 + "]" * 800,
    "nested-block": lambda text: text + "\n".join(" " * n + "a:" for n in range(600)),
    "long-scalar": lambda text: text.replace("family: ", "family: " + "z" * 300_000),
    "long-rep": lambda text: text.replace("rep: ", "rep: " + "1x0e + " * 20_000, 1),
    "long-key": lambda text: "k" * 200_000 + ": 1\n" + text,
    "long-number": lambda text: text.replace("total: ", "total: " + "9" * 4000),
    "many-keys": lambda text: text + "\n".join(f"key_{n}: {n}" for n in range(20_000)),
    "many-fields": lambda text: text.replace(
        "  data:\n", "  data:\n" + "".join(f"    size{n}: 1\n" for n in range(3000)), 1
    ),
    "many-options": lambda text: text.replace(
        "    options:\n", "    options:\n" + "".join(f"      k{n}: 1\n" for n in range(3000)), 1
    ),
    "many-facts": lambda text: text.replace(
        "  facts:\n", "  facts:\n" + "".join(f"    kind{n}: 1\n" for n in range(3000))
    ),
    "many-outputs": lambda text: text.replace(
        "  outputs:\n",
        "  outputs:\n" + "".join(f"    o{n}: {{shape: [1], dtype: int64}}\n" for n in range(3000)),
    ),
    "many-rejected": lambda text: text.replace(
        "rejected: []",
        "rejected:\n" + "".join(f"      - {{option: z{n}, why: w}}\n" for n in range(3000)),
        1,
    ),
    "many-alternatives": lambda text: text.replace(
        "alternatives:\n",
        "alternatives:\n"
        + "  - {family: z, library: z, why_not: z, expressiveness: 1, speed: 1, memory: 1}\n"
        * 3000,
    ),
    "many-packages": lambda text: text.replace(
        "dependencies:\n", "dependencies:\n" + "".join(f"  p{n}: =>1\n" for n in range(3000))
    ),
    "many-entries": lambda text: text.replace(
        "per_layer:\n", "per_layer:\n" + "".join(f"    l{n}: 1\n" for n in range(3000))
    ),
    "many-caveats": lambda text: text.replace("caveats:\n", "caveats:\n" + "  - ''\n" * 3000),
    "many-anchors": lambda text: text + "".join(f"a{n}: &a{n} 1\n" for n in range(5000)),
    "many-aliases": lambda text: text + "a: &a [1, 2]\nb: [" + "*a, " * 3000 + "*a]\n",
    "many-items": lambda text: text + "extra: [" + "1, " * 30_000 + "1]\n",
    "many-comments": lambda text: text + "# equidesign: ignore[EQ401] why\n" * 25_000,
    "many-kinds-of-comments": lambda text: (
        text + "".join(f"# equidesign: ignore[XY{n}]\n" for n in range(5000))
    ),
    "a-comment-a-line": lambda text: text.replace("\n", "  # equidesign: ignore[EQ7] all\n"),
    "comment-bomb": lambda text: text + "# equidesign: ignore[" + "EQ401," * 20_000 + "]\n",
    "alias-bomb": lambda text: (
        text
        + "a0: &a0 [1, 1]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    ),
    "large-group": lambda text: text.replace("canonical: ", "canonical: C1000000000  # "),
    "huge-group-everywhere": lambda text: text.replace("C4", "C100003").replace("D4", "D100003"),
    "huge-multiplicity": lambda text: text.replace("rep: 1", "rep: 1000000000001"),
    "huge-degree": lambda text: text.replace("1o", "9999o").replace("irrep(1", "irrep(99999"),
    "huge-kernel": lambda text: text.replace("kernel: 5", "kernel: 100000001"),
    "huge-size": lambda text: text.replace("size: [12, 12]", "size: [100000000, 100000000]"),
    "huge-bandwidth": lambda text: text.replace("bandwidth: 5", "bandwidth: 500"),
    "many-species": lambda text: text.replace("species: [1", "species: [1" + ", 1" * 50_000),
    "deep-hidden": lambda text: text.replace("hidden: [", "hidden: [" + "32, " * 20_000),
    "huge-hidden": lambda text: text.replace("hidden: [", "hidden: [" + "9" * 30 + ", "),
    "quotes": lambda text: text + '"' * 100_001,
    "braces": lambda text: text + "{" * 50_000,
    "question-marks": lambda text: text + "? " * 20_000,
    "dashes": lambda text: text + "- " * 30_000,
    "percent": lambda text: "%YAML 9.9\n---\n" + text,
    "list-as-key": lambda text: text + "? [a, b]\n: 1\n",
    "mapping-as-key": lambda text: text + "? {a: b}\n: 1\n",
    "number-as-key": lambda text: text + "1: 1\n",
    "no-number": lambda text: text.replace("learning_rate: ", "learning_rate: .nan  # "),
    "no-end": lambda text: text.replace("learning_rate: ", "learning_rate: -.inf  # "),
    "beyond-floats": lambda text: text.replace("learning_rate: ", "learning_rate: 1e999  # "),
    "windows": lambda text: text.replace("\n", "\r\n"),
    "old-macintosh": lambda text: text.replace("\n", "\r"),
    "line-separators": lambda text: text.replace("\n", "\u2028"),
    "byte-order-marks": lambda text: "\ufeff\ufeff" + text,
    "half-a-pair": lambda text: text + 'extra: "\\ud800"\n',
    "joiners": lambda text: text.replace("e", "e\u200d"),
    "zero": lambda text: text[:100] + "\0" + text[100:],
    "bidi": lambda text: text.replace("family", "\u202eylimaf\u202c", 1),
    "every-control": lambda text: text + "".join(map(chr, range(0x20))) + "\x7f\x85\u2028\ufeff",
}


@pytest.mark.parametrize("change", LARGE.values(), ids=LARGE.keys())
def test_large_and_strange_files_are_answered(change: Callable[[str], str]) -> None:
    tried = 0
    for cell in CELLS[:6]:
        text = sheet_of(cell).text
        if (made := change(text)) != text:
            answered(made)
            tried += 1
    if not tried:
        cell = next(i for i in range(len(cells())) if change(sheet_of(i).text) != sheet_of(i).text)
        answered(change(sheet_of(cell).text))


def layers_of(count: int) -> str:
    """Return a specification of many layers, each with a fault in its width."""
    sheet = sheet_of(next(i for i, cell in enumerate(cells()) if cell.data["domain"] == "sets"))
    index = next(i for i, layer in enumerate(sheet.data["layers"]) if layer["in"] == layer["out"])
    data = copy.deepcopy(sheet.data)
    layer = data["layers"][index]
    copies = [
        {
            **layer,
            "name": f"again_{n}",
            "source": layer["name"] if not n else f"again_{n - 1}",
            "parameters": n,
        }
        for n in range(count)
    ]
    data["layers"][index + 1 : index + 1] = copies
    return yaml.safe_dump(data, sort_keys=False)


def calls_for(text: str) -> int:
    """Return how many calls of Python functions lint takes."""
    count = 0

    def counting(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        lint_text(text, NAME)
    finally:
        sys.setprofile(None)
    return count


def test_work_grows_as_the_file() -> None:
    lint_text(layers_of(1), NAME)  # what is read and remembered once
    few, many = calls_for(layers_of(60)), calls_for(layers_of(240))
    assert many < 6 * few


def bad_files(folder: Path) -> dict[str, bytes | None]:
    """Return files that can't be read, each in its own way; None for one that can't even be opened."""
    good = sheet_of(CELLS[0]).text
    return {
        "a_binary.yaml": bytes(range(256)),
        "b_latin.yaml": good.encode().replace(b"name:", b"n\xe4me:"),
        "c_tab.yaml": good.replace("    kind", "\tkind").encode(),
        "d_list.yaml": b"- layers\n- symmetry\n",
        "e_empty.yaml": b"",
        "f_deep.yaml": good.encode() + b"x: " + b"[" * 4000,
        "g_large.yaml": good.encode() + b"# " + b"x" * 1_100_000,
        "h_gone.yaml": None,
        "i_data.yaml": b"layers: 3\nsymmetry: [1]\nrequest: x\nequidesign: 1\n",
        "j_null.yaml": b"layers:\nequidesign: 1\nsymmetry:\n",
    }


def of(report: Report, names: set[str]) -> list[tuple[Any, ...]]:
    """Return the findings of some files."""
    return [
        (Path(f.file).name, f.place, f.code, f.message)
        for f in report.findings
        if Path(f.file).name in names
    ]


def test_a_bad_file_hides_no_other_findings(tmp_path: Path) -> None:
    good: dict[str, str] = {}
    for number, cell in enumerate(CELLS[:8]):
        sheet = sheet_of(cell)
        wrong = sheet.set(("parameters", "total"), str(sheet.get(("parameters", "total")) + 1))
        good[f"{'abcdefghij'[number]}_good.yaml"] = wrong
    for name, text in good.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    alone = of(lint_paths([tmp_path]), set(good))
    assert {name for name, *_ in alone} == set(good)
    for name, raw in bad_files(tmp_path).items():
        if raw is None:
            (tmp_path / name).symlink_to(tmp_path / "nowhere")
        else:
            (tmp_path / name).write_bytes(raw)
        with bounded_work(20 * CALLS):
            report = lint_paths([tmp_path])
        assert of(report, set(good)) == alone, name
    named = {Path(f.file).name for f in report.findings}
    assert named >= set(bad_files(tmp_path)) - {"h_gone.yaml", "d_list.yaml", "e_empty.yaml"}
