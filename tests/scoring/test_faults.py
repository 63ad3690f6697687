"""Faults that the tests of lint plant in texts and bundles never raise a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from faults.corpus import bundle_of, faults, legal_edits, plantings, sheet_of
from faults.planting import ARCHITECTURE, Content, Operator
from specimens import rises

from equidesign.errors import InputError
from equidesign.scoring.score import Score, score_path, score_text

SEED = 3


def ids(operator: Operator) -> str:
    return operator.name


@cache
def text_score(index: int) -> Score:
    return score_text(sheet_of(index).text, ARCHITECTURE)


def scored(score: Callable[[], Score]) -> Score | None:
    """Return a score; None for a file that is no specification at all."""
    try:
        return score()
    except InputError:
        return None


def written(files: Mapping[str, Content], folder: Path) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize("operator", [o for o in faults() if o.plant], ids=ids)
def test_fault_in_a_text_raises_nothing(operator: Operator) -> None:
    made = list(plantings(operator, SEED, 1))
    assert made
    for index, planted in made:
        content = planted.files[ARCHITECTURE]
        if not isinstance(content, str):
            continue
        name = "a.json" if content.startswith("{") else ARCHITECTURE
        score = scored(lambda text=content, file=name: score_text(text, file))
        assert score is None or not rises(text_score(index), score), planted.shown


@pytest.mark.parametrize("operator", [o for o in faults() if o.plant_folder], ids=ids)
def test_fault_in_a_bundle_raises_nothing(operator: Operator, tmp_path: Path) -> None:
    made = list(plantings(operator, SEED, 1))
    assert made
    for index, planted in made:
        folder = written(bundle_of(index), tmp_path)
        before = score_path(folder)
        assert [each.level for each in before.criteria] == [4, 4, 5, 5, 5]
        written(planted.files, folder)
        score = scored(lambda path=folder: score_path(path))
        assert score is None or not rises(before, score), planted.shown


@pytest.mark.parametrize("operator", [o for o in legal_edits() if o.plant], ids=ids)
def test_legal_edit_has_a_score(operator: Operator) -> None:
    for index, planted in plantings(operator, SEED, 1):
        name = "a.json" if planted.text.startswith("{") else ARCHITECTURE
        score = score_text(planted.text, name)
        assert not rises(text_score(index), score)
        assert score.passed, planted.shown
