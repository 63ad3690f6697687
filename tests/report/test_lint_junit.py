"""JUnit XML of lint against the structure that CI systems read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from lint_reports import BATCH, COSTLY, EVERYTHING, FILES, NASTY, NOTHING, POINTWISE, about
from test_verify_junit import CHILDREN, OPTIONAL, REQUIRED

from equidesign.lint.finding import Place, Report, Severity
from equidesign.report.lint_junit import render_junit


def parse(report: Report, fail_on: Severity = Severity.warning) -> ET.Element:
    text = render_junit(report, fail_on)
    assert text.isascii()
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        required = REQUIRED.get(element.tag, set())
        assert required <= set(element.keys()) <= required | OPTIONAL.get(element.tag, set())
    cases, failures = list(root.iter("testcase")), list(root.iter("failure"))
    for element in (root, *root):
        assert element.get("tests") == str(len(cases))
        assert element.get("failures") == str(len(failures))
        assert element.get("errors") == "0"
    return root


def outcomes(root: ET.Element) -> dict[str, list[str]]:
    return {str(case.get("name")): [each.tag for each in case] for case in root.iter("testcase")}


def test_one_case_a_file() -> None:
    root = parse(EVERYTHING)
    assert outcomes(root) == dict(zip(FILES, [["failure"], [], ["system-out"]], strict=True))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "error"
    assert failure.get("message") == f"line 4: EQ401 {POINTWISE.message} (and 1 more)"
    for text in ("architecture.yaml:4:19: EQ401 error [pointwise-on-irreps]", POINTWISE.hint):
        assert text in str(failure.text)
    assert BATCH.message in str(failure.text)
    assert COSTLY.message in str(root.findtext(".//system-out"))


def test_what_does_not_fail_the_run_fails_no_case() -> None:
    report = Report((BATCH,), FILES, {})
    assert outcomes(parse(report))[BATCH.file] == ["failure"]
    assert outcomes(parse(report, Severity.error))[BATCH.file] == ["system-out"]
    assert outcomes(parse(EVERYTHING, Severity.error))[BATCH.file] == ["failure", "system-out"]


def test_clean_files_pass() -> None:
    assert list(outcomes(parse(NOTHING)).values()) == [[], [], []]
    assert outcomes(parse(Report((), (), {}))) == {}


def test_a_file_that_only_a_finding_names() -> None:
    assert outcomes(parse(Report((POINTWISE,), (), {}))) == {POINTWISE.file: ["failure"]}


def test_only_characters_that_xml_allows() -> None:
    root = parse(about("", Place(1, 1, 1, 1), NASTY, NASTY, NASTY))
    (case,) = root.iter("testcase")
    allowed = NASTY
    for forbidden in "\x00\x1b\x0b\ud800\uffff":
        allowed = allowed.replace(forbidden, "?")
    assert case.get("name") == allowed
