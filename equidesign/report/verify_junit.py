"""A verification as JUnit XML, for the test pages of CI systems: one test case a row.

Elements and attributes are those of Jenkins' ``junit-10.xsd``, which GitLab, Azure and others read.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from equidesign.report.characters import xml_text
from equidesign.report.verify_text import MEANING, number, title
from equidesign.verify.verdict import Report, Row, Verdict

KINDS = {
    Verdict.broken: "failure",
    Verdict.vacuous: "failure",
    Verdict.wrong_harness: "failure",
    Verdict.error: "error",
}


def render_junit(report: Report) -> str:
    """Return the XML document; a report in which nothing was tested counts as one error."""
    rows = list(report.rows)
    if report.verdict is Verdict.error and not any(row.verdict is Verdict.error for row in rows):
        rows.append(
            Row("run", "", verdict=Verdict.error, detail="nothing could be tested on this model")
        )
    kinds = [_kind(row) for row in rows]
    counts = {
        "tests": str(len(rows)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "time": f"{report.seconds:.3f}",
    }
    root = ET.Element("testsuites", {"name": "equidesign verify", **counts})
    skipped = {"skipped": str(kinds.count("skipped"))}
    suite = ET.SubElement(root, "testsuite", {"name": xml_text(report.target), **counts, **skipped})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", {"name": name, "value": xml_text(value)})
    for row, kind in zip(rows, kinds, strict=True):
        _case(suite, report, row, kind)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _kind(row: Row) -> str:
    return "skipped" if row.verdict is None else KINDS.get(row.verdict, "")


def _properties(report: Report) -> dict[str, str]:
    return {
        "group": report.group,
        "verdict": str(report.verdict),
        "seed": str(report.seed),
        "floor_float32": number(report.floor32),
        "floor_float64": number(report.floor64),
        **{f"note_{index}": note for index, note in enumerate(report.notes, 1)},
    }


def _case(suite: ET.Element, report: Report, row: Row, kind: str) -> None:
    names = {"classname": xml_text(report.target), "name": xml_text(title(row))}
    case = ET.SubElement(suite, "testcase", names)
    if kind == "skipped":
        ET.SubElement(case, kind, {"message": xml_text(row.detail or "not tested")})
    elif kind and row.verdict is not None:
        message = row.detail or MEANING[row.verdict]
        attributes = {"type": str(row.verdict), "message": xml_text(message)}
        ET.SubElement(case, kind, attributes).text = xml_text(_numbers(row))
    else:
        ET.SubElement(case, "system-out").text = xml_text(_numbers(row))


def _numbers(row: Row) -> str:
    """Return every number and every hint of a row, one a line."""
    values = {
        "error in float32": number(row.error32),
        "error in float64": number(row.error64),
        "floor": number(row.floor),
        "detail": row.detail,
        "worst": row.worst,
        "layer": row.layer,
        "cause": row.cause,
        "repair": row.repair,
    }
    return "\n".join(f"{name}: {value}" for name, value in values.items() if value)
