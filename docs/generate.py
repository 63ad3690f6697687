"""Writes the pages of the documentation that are made from the program: ``python docs/generate.py``."""

from __future__ import annotations

from pathlib import Path

from equidesign.report.rubric_markdown import rubric_markdown
from equidesign.report.rules_markdown import rules_markdown

HERE = Path(__file__).parent


def main() -> None:
    """Write every page beside this file."""
    (HERE / "lint-rules.md").write_text(rules_markdown(), encoding="utf-8")
    (HERE / "score.md").write_text(rubric_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
