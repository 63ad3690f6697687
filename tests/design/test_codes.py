"""Every code that the design warns with has a page, and every page a code."""

from __future__ import annotations

import re
from pathlib import Path

import equidesign.design
from equidesign.design.codes import warning_codes
from equidesign.design.rules.groups import group_table
from equidesign.design.traps import traps

ROOT = Path(equidesign.design.__file__).parent
CALL = re.compile(r"(?:DesignWarning|\bwarn|_said)\(\s*\"([a-z0-9-]+)\"")
EITHER = re.compile(r"\"(reflection-[a-z-]+)\"")


def test_codes_and_pages_agree() -> None:
    used = {trap.id for trap in traps()}
    used |= {row.warn for domain in group_table().values() for row in domain.rows if row.warn}
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(CALL.findall(text)) | set(EITHER.findall(text))
    assert used == set(warning_codes())
    assert all(text.strip() for text in warning_codes().values())
