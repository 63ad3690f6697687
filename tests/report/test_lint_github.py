"""Annotations, read back the way GitHub's runner reads workflow commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_reports import BATCH, COSTLY, EVERYTHING, NASTY, NOTHING, POINTWISE, about

from equidesign.lint.finding import Place, Report
from equidesign.report.lint_github import render_github

HERE = Path.cwd()
Command = tuple[str, dict[str, str], str]


def read(line: str) -> Command:
    """Command, properties and message, as in ActionCommand.cs of the runner."""
    match = re.fullmatch(r"::(?P<command>[a-z]+) (?P<properties>.*?)::(?P<message>.*)", line)
    assert match, line
    properties = {}
    for pair in match["properties"].split(","):
        key, _, value = pair.partition("=")
        for escape, sign in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
            value = value.replace(escape, sign)
        properties[key] = value
    message = match["message"].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return match["command"], properties, message


def commands(report: Report, root: Path = HERE) -> list[Command]:
    text = render_github(report, root)
    assert text == "" or text.endswith("\n")
    return [read(line) for line in text.split("\n")[:-1]]


def test_the_most_severe_come_first() -> None:
    backwards = Report((COSTLY, BATCH, POINTWISE), (), {})
    assert [command for command, _, _ in commands(backwards)] == ["error", "warning", "notice"]
    assert commands(NOTHING) == []


def test_an_annotation() -> None:
    command, properties, message = commands(EVERYTHING)[0]
    assert command == "error"
    assert properties == {
        "title": "EQ401 pointwise-on-irreps",
        "file": "models/architecture.yaml",
        "line": "4",
        "endLine": "4",
        "col": "19",
        "endColumn": "23",
    }
    assert message.split("\n") == [
        f"models/architecture.yaml:4:19: EQ401 {POINTWISE.message}",
        f"hint: {POINTWISE.hint}",
        "fix: write gate (--unsafe-fixes)",
    ]


def test_columns_only_within_one_line() -> None:
    _, properties, _ = commands(EVERYTHING)[2]
    assert properties["line"] == "1"
    assert properties["endLine"] == "3"
    assert not {"col", "endColumn"} & set(properties)


def test_paths_start_at_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    for file, expected in {
        "a.yaml": "below/a.yaml",
        "../b.yaml": "b.yaml",
        str(tmp_path / "c.yaml"): "c.yaml",
        "../../d.yaml": "../../d.yaml",
    }.items():
        report = about("", Place(1, 1, 1, 2), file=file)
        assert commands(report, tmp_path)[0][1]["file"] == expected


@given(st.text(alphabet="ab%:,\r\n=0AD25", max_size=30))
def test_any_message_and_any_name_come_back(text: str) -> None:
    one_line = " ".join(text.split())
    command, properties, message = commands(
        about("", Place(1, 1, 1, 2), f"x{text}", file=f"x{text}x")
    )[0]
    assert command == "error"
    assert properties["file"] == f"x{text}x"
    assert message == f"x{text}x:1:1: EQ401 {' '.join(f'x{text}'.split())}"
    assert one_line in message


def test_a_message_starts_no_command_of_its_own() -> None:
    report = about("", Place(1, 1, 1, 2), NASTY, NASTY, NASTY)
    assert len(re.split("[\r\n]", render_github(report, HERE).strip("\n"))) == 1
