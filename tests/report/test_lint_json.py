"""Findings as JSON: the fields that programs rely on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lint_reports import EVERYTHING, FILES, NASTY, NOTHING, POINTWISE, about

from equidesign.lint.finding import Place, Report
from equidesign.report import lint_json
from equidesign.report.lint_json import render_json


def read(report: Report) -> dict[str, Any]:
    text = render_json(report)
    assert text.isascii()
    assert text.endswith("}\n")
    data: dict[str, Any] = json.loads(text)
    return data


def test_a_finding() -> None:
    data = read(EVERYTHING)
    assert data["findings"][0] == {
        "code": "EQ401",
        "name": "pointwise-on-irreps",
        "severity": "error",
        "file": "models/architecture.yaml",
        "line": 4,
        "column": 19,
        "end_line": 4,
        "end_column": 23,
        "path": "layers[0].nonlinearity",
        "message": POINTWISE.message,
        "hint": POINTWISE.hint,
        "fix": {"title": "write gate", "safe": False},
    }
    assert data["findings"][1]["hint"] is None
    assert data["findings"][2]["fix"] is None
    assert data["findings"][2]["path"] == ""


def test_the_whole() -> None:
    data = read(EVERYTHING)
    assert list(data) == ["version", "summary", "files", "findings"]
    assert data["version"] == 1
    assert data["files"] == list(FILES)
    assert data["summary"] == {
        "files": 3,
        "errors": 1,
        "warnings": 1,
        "infos": 1,
        "fixable": 1,
        "unsafely_fixable": 1,
    }
    assert read(NOTHING)["findings"] == []
    assert set(read(NOTHING)["summary"].values()) == {0, 3}


def test_any_text_survives() -> None:
    finding = read(about("", Place(1, 1, 1, 1), NASTY, NASTY, NASTY))["findings"][0]
    assert finding["message"] == finding["hint"] == finding["file"] == NASTY


@pytest.mark.parametrize("field", [*read(EVERYTHING)["findings"][0], *read(EVERYTHING)["summary"]])
def test_every_field_is_documented(field: str) -> None:
    assert f"``{field}``" in str(lint_json.__doc__) or field in ("errors", "warnings", "infos")
