"""docs/verify.md against the code: every key, verdict and option, and its examples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from equidesign.report.verify_text import MEANING, NOT_TESTED
from equidesign.spec.yamlio import load_text
from equidesign.verify.interface_file import KEYS, read_interface
from equidesign.verify.tensor_entry import ROLES, SPACES, TENSOR_READERS
from equidesign.verify.verdict import Verdict

TEXT = (Path(__file__).parents[2] / "docs" / "verify.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.S)


def first_cells(heading: str) -> set[str]:
    """The words in code in the first column of the table whose heading starts so."""
    rows = TEXT.split(f"| {heading}")[1].split("\n\n")[0].splitlines()[2:]
    return {
        word for row in rows for word in re.findall(r"`([^`]+)`", re.split(r"(?<!\\)[|]", row)[1])
    }


def test_every_key_is_explained() -> None:
    assert first_cells("key at the top") == set(KEYS)
    assert first_cells("key of a tensor") == set(TENSOR_READERS)
    assert all(word in TEXT for word in (*SPACES, *ROLES))


def test_every_verdict_and_option_is_explained() -> None:
    from equidesign.cli.verify import command

    assert first_cells("verdict") == {str(verdict) for verdict in Verdict} == set(map(str, MEANING))
    assert NOT_TESTED in TEXT
    options = {
        word.split()[0]
        for cell in first_cells("option")
        for word in cell.replace("\\", "").split(",")
    }
    declared = {f"--{name}" for name in command.__annotations__ if name not in ("target", "return")}
    assert options == declared


def test_every_check_is_explained() -> None:
    pytest.importorskip("torch")
    from equidesign.verify.check import CHECKS

    rows = TEXT.split("| check |")[1].split("\n\n")[0].splitlines()[2:]
    named = {name.strip() for row in rows for name in row.split("|")[1].split(",")}
    assert {name for name, _ in CHECKS} <= named


def test_the_interface_is_one() -> None:
    (text,) = blocks("yaml")
    found = read_interface(load_text(text, "docs"))
    assert found.conservative
    assert found.interface.inputs["batch"].dtype == "int64"


def test_the_tests_pass() -> None:
    pytest.importorskip("e3nn")
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    for irreps in ("4x0e", "2x0e + 1x1o"):
        names["test_linear"](irreps)
    names["test_dipole"]()
    names["test_what_it_found_out"]()
