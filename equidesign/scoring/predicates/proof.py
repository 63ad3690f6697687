"""What other tools found: lint about the text, verify about the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from equidesign.scoring.evidence import Evidence, group_of
from equidesign.scoring.measured import Measure, Measured, held, missed

VERIFY = "run `equidesign verify BUNDLE --format json > FILE`, then score with --verdict FILE"


def lint_clean(evidence: Evidence, up_to: int) -> Measured:
    """Lint has neither errors nor warnings in its groups of codes up to this one.

    Lint shows one finding for each value, the one of the lowest code; groups therefore count together with those
    below, so that no finding can hide another from the score.
    """
    found = evidence.lint.findings(up_to)
    groups = f"EQ1xx to EQ{up_to}xx" if up_to > 1 else "EQ1xx"
    if not found:
        return held(f"lint finds nothing in {groups}")
    counts = Counter(f"EQ{each.code[2]}xx" for each in found)
    shown = ", ".join(f"{count} of {group}" for group, count in sorted(counts.items()))
    first = found[0]
    text = f"lint finds {shown}: {first.code} {first.message}"
    return missed(text, first.path, first.hint or f"`equidesign explain {first.code}`")


def not_refuted(evidence: Evidence) -> Measured:
    """No report of a verification says that the symmetry does not hold."""
    report = evidence.report
    if report is None:
        return held("no report says otherwise")
    if report.refutes:
        text = f"verify found {report.verdict}: {report.failures[0] if report.failures else ''}"
        return missed(text, ("symmetry",), "repair what verify names, and verify again")
    return held(f"verify found {report.verdict}")


def verified(evidence: Evidence) -> Measured:
    """A report says that the symmetry was measured on the model and holds."""
    report, path = evidence.report, ("verification",)
    if report is None:
        return missed("no report of `equidesign verify` was given", (), VERIFY)
    tested, declared = group_of(report.group), evidence.group
    if tested is None or tested != declared:
        text = f"the report is about {report.group}, the specification about {declared}"
        return missed(text, path, VERIFY)
    if not report.passed:
        return missed(f"verify found {report.verdict}", path, "repair what verify names")
    text = f"verify found {report.verdict}; checks of {report.target}: {report.tested}"
    return held(text, path)


PREDICATES: Mapping[str, Measure] = {
    "lint-clean": lint_clean,
    "not-refuted": not_refuted,
    "verified": verified,
}
