"""Findings as SARIF 2.1.0, the format of code scanning: OASIS, Static Analysis Results Interchange Format.

Section numbers are those of the standard. Every rule is described, found or not, so that a service can show what was
looked for.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from equidesign import __version__
from equidesign.lint.finding import Finding, Report, Severity
from equidesign.lint.registry import Rule, all_rules
from equidesign.report.characters import printable
from equidesign.report.lint_common import files_of, lines_of, path_below, repairs
from equidesign.report.lint_replacements import repaired, replacements
from equidesign.spec.yamlio import dotted

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {Severity.error: "error", Severity.warning: "warning", Severity.info: "note"}
BASE = "%SRCROOT%"
FINGERPRINT = "equidesignLint/v1"


def render_sarif(report: Report, root: Path, rules: Mapping[str, Rule] | None = None) -> str:
    """Return the JSON text, in ASCII.

    Args:
        root: the folder of the repository: paths below it are given from there, others as a whole.
        rules: by code; None means all there are.
    """
    described = all_rules() if rules is None else rules
    index = {code: number for number, code in enumerate(described)}
    fingerprints = _Fingerprints(report, root)
    run = {
        "tool": {
            "driver": {
                "name": "equidesign",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in described.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "The folder of the repository."}}},
        "artifacts": [
            {"location": _location(file, root), "roles": ["analysisTarget"]}
            for file in files_of(report)
        ],
        "results": [
            _result(finding, root, index[finding.code], fingerprints.of(finding))
            | _fixes(finding, root, report.texts.get(finding.file))
            for finding in report.findings
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    """Describe a rule (3.49)."""
    sections = dict(rule.sections())
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": " ".join(sections["What it does"].split())},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [f"{rule.code[:3]}xx"]},
    }


def _result(finding: Finding, root: Path, index: int, fingerprint: str) -> dict[str, Any]:
    """Describe a finding (3.27)."""
    at = finding.place
    text = "".join(f"\n{label}: {printable(each)}" for label, each in repairs(finding))
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _location(finding.file, root),
            "region": {
                "startLine": at.line,
                "startColumn": at.column,
                "endLine": at.end_line,
                "endColumn": at.end_column,
            },
        }
    }
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": dotted(finding.path)}]
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{printable(finding.message)}{text}"},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }


def _fixes(finding: Finding, root: Path, text: str | None) -> dict[str, Any]:
    """Describe the repair (3.55), where it is safe and can be made."""
    if text is None or finding.fix is None or (after := repaired(finding, text)) is None:
        return {}
    change = {
        "artifactLocation": _location(finding.file, root),
        "replacements": list(replacements(text, after)),
    }
    return {"fixes": [{"description": {"text": finding.fix.title}, "artifactChanges": [change]}]}


def _location(file: str, root: Path) -> dict[str, str]:
    """Return where a file is (3.4): a URI, relative to the repository if it can be."""
    below = path_below(file, root)
    if below is None:
        return {"uri": Path(os.path.abspath(file)).as_uri()}
    return {"uri": _uri(below), "uriBaseId": BASE}


def _uri(path: PurePath) -> str:
    # A colon in the first part would read as a scheme; quote() escapes it. Surrogates stand for bytes that are no text.
    return quote(path.as_posix().encode("utf-8", "surrogateescape"))


class _Fingerprints:
    """Tells findings apart in a way that survives edits elsewhere in a file (3.27.17)."""

    def __init__(self, report: Report, root: Path) -> None:
        self.lines = {file: lines_of(text) for file, text in report.texts.items()}
        self.root = root
        self.seen: Counter[tuple[str, ...]] = Counter()

    def of(self, finding: Finding) -> str:
        lines, number = self.lines.get(finding.file, []), finding.place.line - 1
        line = lines[number].strip() if number < len(lines) else ""
        uri = _location(finding.file, self.root)["uri"]
        parts = (finding.code, uri, line)
        self.seen[parts] += 1
        text = "\0".join((*parts, str(self.seen[parts])))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
