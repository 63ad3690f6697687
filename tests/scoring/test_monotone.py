"""No damage ever raises a score, and praise changes none: on every cell of the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from damage import DAMAGES, SECTIONS, STYLES, Damage, Data, praised
from specimens import (
    DOMAINS,
    base,
    cells,
    cells_of,
    damaged,
    data_of,
    drawn,
    held,
    judgements,
    own_criteria,
    rises,
    score_of,
    specification,
)

from equidesign.backends.registry import all_backends
from equidesign.scoring.score import Score

HARMLESS = {
    "layers-swapped": "of layers that do not read each other",
    "nonlinearity-pointwise": "legal on invariant fields",
    "written-elsewhere": "a variable that nothing else reads",
}
"""Damages that leave some specifications as good as they were: where they do."""
MEASURED = {"verified", "exact-or-measured"}
IN_A_BUNDLE = {"bundle-complete", "bundle-fresh"}


def check_fall(before: Score, after: Score, name: str) -> None:
    """What was lost lowers each criterion that asks for it, and nothing rises."""
    assert not rises(before, after)
    lost = held(before) - held(after)
    assert lost or name in HARMLESS
    fallen = {
        new.criterion.id
        for old, new in zip(before.criteria, after.criteria, strict=True)
        if new.score < old.score
    }
    assert fallen == own_criteria(lost)
    assert (after.total < before.total) == bool(lost)


def check_same(before: Score, after: Score) -> None:
    assert held(before) == held(after)
    assert before.total == after.total


def without(data: Data, section: str) -> Data:
    return {key: value for key, value in data.items() if key != section}


def victims(damage: Damage) -> Iterator[int]:
    """Yield a cell of every domain, and of every library, that the damage applies to."""
    rng = drawn("victims", damage.name)
    libraries: set[str] = set()
    spare: list[int] = []
    for domain in DOMAINS:
        found = cells_of(domain)
        fit = [i for i in rng.sample(found, len(found)) if damaged(damage, i) is not None]
        spare += fit[1:]
        for index in fit[:1]:
            libraries.add(specification(index).library.name)
            yield index
    for index in spare:
        if specification(index).library.name not in libraries:
            libraries.add(specification(index).library.name)
            yield index


@pytest.mark.parametrize("index", range(len(cells())), ids=lambda index: cells()[index].id)
def test_cell(index: int) -> None:
    """What design writes has all that needs neither a bundle nor a measurement, and can only lose it."""
    rng, score, data = drawn("cell", index), base(index), data_of(index)
    assert [each.level for each in score.criteria] == [4, 4, 4, 5, 5]
    missing = judgements(score).keys() - held(score)
    assert {"verified"} | IN_A_BUNDLE <= missing <= MEASURED | IN_A_BUNDLE
    if index % 2:
        style = rng.choice(list(STYLES))
        check_same(score, score_of(praised(data, STYLES[style])))
        return
    harmed = {name: damaged(DAMAGES[name], index) for name in rng.sample(list(DAMAGES), 4)}
    name = next(name for name, each in harmed.items() if each is not None)
    check_fall(score, score_of(harmed[name] or {}), name)


@pytest.mark.parametrize("name", DAMAGES)
def test_damage(name: str) -> None:
    """In every domain and library a damage lowers the score; praise can't hide it, nor can a lost section."""
    damage, rng = DAMAGES[name], drawn("damage", name)
    indices = list(victims(damage))
    assert indices, f"{name} applies to no cell"
    chosen = rng.choice(indices)
    for index in indices:
        harmed = damaged(damage, index)
        assert harmed is not None
        score = score_of(harmed)
        check_fall(base(index), score, name)
        if index == chosen:
            style = rng.choice(list(STYLES))
            check_same(score, score_of(praised(harmed, STYLES[style])))
            section = rng.choice([key for key in SECTIONS if key in harmed])
            assert not rises(score, score_of(without(harmed, section))), section


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_section_and_every_style(domain: str) -> None:
    index = drawn("sections", domain).choice(cells_of(domain))
    score, data = base(index), data_of(index)
    for section in SECTIONS:
        check_fall(score, score_of(without(data, section)), f"no-{section}")
    for style in STYLES.values():
        check_same(score, score_of(praised(data, style)))


def test_harmless_damages_harm_elsewhere() -> None:
    for name in HARMLESS:
        indices = list(victims(DAMAGES[name]))
        falls = [score_of(damaged(DAMAGES[name], i) or {}).total < base(i).total for i in indices]
        assert any(falls), name


def test_sample_has_every_library() -> None:
    found = {specification(index).library.name for domain in DOMAINS for index in cells_of(domain)}
    assert found == set(all_backends())
    assert len(cells()) == 525
