"""JUnit XML against the structure that CI systems read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from reports import BROKEN, CRASHED, EVERYTHING, EXACT, UNTESTED, report

from equidesign.report.verify_junit import render_junit
from equidesign.verify.verdict import Report, Row, Verdict

# Jenkins' junit-10.xsd: what may stand in an element, and which attributes it must and may have.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    "skipped": set(),
    "error": set(),
    "failure": set(),
    "system-out": set(),
}
COUNTS = {"tests", "failures", "errors", "time"}
REQUIRED = {"testsuite": {"name"}, "testcase": {"name"}, "property": {"name"}}
OPTIONAL = {
    "testsuites": {"name", *COUNTS},
    "testsuite": {*COUNTS, "skipped"},
    "testcase": {"classname", "time"},
    "property": {"value"},
    "skipped": {"message", "type"},
    "error": {"message", "type"},
    "failure": {"message", "type"},
}


def parse(result: Report) -> ET.Element:
    text = render_junit(result)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        required = REQUIRED.get(element.tag, set())
        assert required <= set(element.keys()) <= required | OPTIONAL.get(element.tag, set())
    (suite,) = root
    cases = suite.findall("testcase")
    found = [child.tag for case in cases for child in case]
    expected = {"tests": len(cases), "failures": found.count("failure")}
    expected |= {"errors": found.count("error"), "skipped": found.count("skipped")}
    assert {key: int(suite.attrib[key]) for key in expected} == expected
    return root


def outcomes(root: ET.Element) -> list[str]:
    return [
        next((c.tag for c in case if c.tag != "system-out"), "passed")
        for case in root.iter("testcase")
    ]


def test_one_case_a_row() -> None:
    root = parse(EVERYTHING)
    assert outcomes(root) == ["passed", "passed", "failure", "passed", "skipped", "error"]
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "BROKEN"
    for text in (BROKEN.worst, BROKEN.layer, BROKEN.cause, BROKEN.repair, "1.2e-01"):
        assert text in (failure.text or "")
    names = [case.get("name") for case in root.iter("testcase")]
    assert names[1] == f"{EXACT.check}: {EXACT.what}"
    properties = {item.get("name"): item.get("value") for item in root.iter("property")}
    assert properties["group"] == "E(3) x S_n"
    assert properties["seed"] == "3"


@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_every_verdict(verdict: Verdict | None) -> None:
    (outcome,) = outcomes(parse(report(EXACT, Row("a", "b", verdict=verdict))))[1:]
    failed = verdict in (Verdict.broken, Verdict.vacuous, Verdict.wrong_harness)
    assert (outcome == "failure") == failed
    assert (outcome == "error") == (verdict is Verdict.error)
    assert (outcome == "skipped") == (verdict is None)


@pytest.mark.parametrize("rows", [(), (UNTESTED,)])
def test_nothing_tested_is_no_success(rows: tuple[Row, ...]) -> None:
    assert outcomes(parse(report(*rows)))[-1] == "error"


def test_only_characters_that_xml_allows() -> None:
    parse(report(CRASHED))
    nasty = "\x00\x0b]]><&\"'\ud800\uffff\U0001f600é\r\n"
    row = Row(nasty, nasty, verdict=Verdict.broken, detail=nasty, worst=nasty)
    root = parse(Report(nasty, nasty, (row,), notes=(nasty,)))
    (case,) = root.iter("testcase")
    assert case.get("classname") == nasty.replace("\x00", "?").replace("\x0b", "?").replace(
        "\ud800", "?"
    ).replace("\uffff", "?")
