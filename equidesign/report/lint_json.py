"""Findings as JSON.

One object:

- ``version``: 1; it changes when a field changes its meaning or goes.
- ``summary``: ``files`` looked at, ``errors``, ``warnings``, ``infos``, and of all findings how many are ``fixable``
  (with ``--fix``) and ``unsafely_fixable`` (with ``--unsafe-fixes``).
- ``files``: the files looked at.
- ``findings``: sorted by file and place. Each has ``code``, ``name``, ``severity`` (``error``, ``warning`` or
  ``info``), ``file``, ``line``, ``column``, ``end_line``, ``end_column`` (from 1, the end is exclusive), ``path``
  (where in the data, such as ``layers[2].out.rep``), ``message``, ``hint`` (or null) and ``fix`` (null, or ``title``
  and ``safe``).
"""

from __future__ import annotations

import json
from typing import Any

from equidesign.lint.finding import Finding, Report, Severity
from equidesign.report.lint_common import counts, fixable
from equidesign.spec.yamlio import dotted

VERSION = 1


def render_json(report: Report) -> str:
    """Return the JSON text, in ASCII, so that it survives every encoding."""
    return json.dumps(_data(report), indent=2) + "\n"


def _data(report: Report) -> dict[str, Any]:
    number, (safe, unsafe) = counts(report), fixable(report)
    return {
        "version": VERSION,
        "summary": {
            "files": len(report.files),
            "errors": number[Severity.error],
            "warnings": number[Severity.warning],
            "infos": number[Severity.info],
            "fixable": safe,
            "unsafely_fixable": unsafe,
        },
        "files": list(report.files),
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    place, fix = finding.place, finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "file": finding.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "path": dotted(finding.path),
        "message": finding.message,
        "hint": finding.hint or None,
        "fix": None if fix is None else {"title": fix.title, "safe": fix.safe},
    }
