"""Findings as JUnit XML, for the test pages of CI systems: one test case a file.

Elements and attributes are those of Jenkins' ``junit-10.xsd``, which GitLab, Azure and others read.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from equidesign.lint.finding import Finding, Report, Severity
from equidesign.report.characters import xml_text
from equidesign.report.lint_common import files_of, place, repairs

NAME = "equidesign lint"


def render_junit(report: Report, fail_on: Severity = Severity.warning) -> str:
    """Return the XML document.

    Args:
        fail_on: the least severity that makes a file's test case fail; other findings stand in its output.
    """
    files = files_of(report)
    of_file: dict[str, list[Finding]] = {file: [] for file in files}
    for finding in report.findings:
        of_file[finding.file].append(finding)
    failed = [file for file in files if any(_fails(each, fail_on) for each in of_file[file])]
    tally = {"tests": str(len(files)), "failures": str(len(failed)), "errors": "0"}
    root = ET.Element("testsuites", {"name": NAME, **tally})
    suite = ET.SubElement(root, "testsuite", {"name": NAME, **tally, "skipped": "0"})
    for file in files:
        case = ET.SubElement(suite, "testcase", {"classname": NAME, "name": xml_text(file)})
        _outcome(case, of_file[file], fail_on)
    ET.indent(root)
    # In ASCII, so that it is what it says it is in every encoding.
    text = ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _fails(finding: Finding, fail_on: Severity) -> bool:
    return finding.severity.rank >= fail_on.rank


def _outcome(case: ET.Element, findings: Sequence[Finding], fail_on: Severity) -> None:
    bad = [finding for finding in findings if _fails(finding, fail_on)]
    rest = [finding for finding in findings if not _fails(finding, fail_on)]
    if bad:
        first = bad[0]
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        message = f"line {first.place.line}: {first.code} {first.message}{more}"
        attributes = {"type": first.severity.value, "message": xml_text(message)}
        ET.SubElement(case, "failure", attributes).text = xml_text(_text(bad))
    if rest:
        ET.SubElement(case, "system-out").text = xml_text(_text(rest))


def _text(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        severity = finding.severity.value
        lines.append(
            f"{place(finding)}: {finding.code} {severity} [{finding.name}] {finding.message}"
        )
        lines += [f"  {label}: {text}" for label, text in repairs(finding)]
    return "\n".join(lines)
