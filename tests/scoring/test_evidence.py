"""What the evidence says is true, stands where it says, and what would raise a score does."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import yaml
from damage import DAMAGES, Data
from specimens import (
    DOMAINS,
    base,
    cells_of,
    damaged,
    data_of,
    drawn,
    held,
    judgements,
    score_of,
    specification,
    text_of,
)

from equidesign.scoring.rubric import load_rubric
from equidesign.scoring.score import Judgement, score_text
from equidesign.spec.yamlio import KeyPath

LOST_BY = {
    "group-named": "group-nonsense",
    "problem-named": "no-task",
    "family-named": "family-invented",
    "request-readable": "request-task-dropped",
    "group-of-request": "interface-group-changed",
    "features-group": "features-group-changed",
    "problem-of-request": "task-changed",
    "symmetry-type": "symmetry-type-changed",
    "group-facts": "fact-flipped",
    "family-legal": "family-changed",
    "family-built": "last-layer-deleted",
    "topology-fits": "topology-changed",
    "library-named": "library-invented",
    "library-fits": "library-changed",
    "interface-readable": "outputs-dropped",
    "outputs-move": "output-rep-changed",
    "inputs-move": "input-translation-flipped",
    "tensors-formed": "input-type-changed",
    "interface-described": "input-undescribed",
    "layers-readable": "kind-unknown",
    "types-fit": "in-widened",
    "outputs-written": "output-invented",
    "ledger-kept": "ledger-flattered",
    "layers-live": "junk-layer",
    "options-of-data": "option-doubled",
    "layers-argued": "layer-unargued",
    "counts-given": "total-as-text",
    "counts-exact": "total-off-by-one",
    "cost-exact": "flops-lowered",
    "sizes-asked": "sizes-emptied",
    "budget-kept": "budget-below",
    "dependencies-pinned": "dependency-dropped",
    "versions-supported": "dependency-too-old",
    "loss-fits": "loss-changed",
    "training-recipe": "rate-too-high",
    "deployment-said": "device-invented",
    "verification-planned": "error-hides-a-break",
    "compiles": "batch-empty",
    "sections-core": "no-request",
    "sections-all": "no-caveats",
    "readable": "key-invented",
    "request-echoed": "name-changed",
    "steps-decided": "decision-deleted",
    "decisions-ruled": "decision-ruled-by-nothing",
    "decisions-consistent": "choice-changed",
    "decisions-argued": "decision-unargued",
    "match-argued": "decision-praised-instead",
    "decisions-sourced": "decision-unsourced",
    "options-rejected": "rejected-forgotten",
    "alternatives-ranked": "alternatives-reversed",
    "alternatives-argued": "alternative-unargued",
    "caveats-told": "caveat-dropped",
    "lint-text": "format-as-text",
    "size-sensible": "memory-below",
    "lint-match": "fact-flipped",
    "lint-layers": "ledger-broken",
    "lint-implementation": "version-too-old",
    "lint-efficiency": "flops-lowered",
}
"""For each clause a damage that it finds somewhere."""
ELSEWHERE = {
    "not-refuted", "verified", "exact-or-measured", "bundle-complete", "bundle-fresh",
    "features-read", "nonlinear", "reach", "family-first",
}  # fmt: skip
"""Clauses with tests of their own: they are about reports, bundles, and models that fit."""


SPELLED_OUT = {
    "problem-named", "family-named", "group-of-request", "features-group", "problem-of-request",
    "symmetry-type", "group-facts", "topology-fits", "library-named", "outputs-move", "inputs-move",
    "tensors-formed", "types-fit", "options-of-data", "counts-exact", "cost-exact",
    "versions-supported", "loss-fits", "deployment-said", "request-echoed", "lint-match",
    "lint-efficiency", "lint-text",
}  # fmt: skip
"""Clauses that name the right value: others say what to do."""


ABSENT = {"translates": False}
"""What a key means that is not there."""


def loss(clause: str) -> tuple[int, Data, Judgement]:
    """Return a cell, its damaged data, and the clause's own judgement of them."""
    damage = DAMAGES[LOST_BY[clause]]
    for attempt in range(8):
        for domain in DOMAINS:
            for index in cells_of(domain):
                data = damaged(damage, index, attempt)
                if data is None:
                    continue
                judgement = judgements(score_of(data))[clause]
                if not judgement.holds and not judgement.blocked:
                    return index, data, judgement
    raise AssertionError(f"{LOST_BY[clause]} never costs {clause}")


def value_at(data: Any, path: KeyPath) -> Any:
    for step in path:
        data = data[step]
    return data


def test_every_clause_is_tested() -> None:
    assert LOST_BY.keys() | ELSEWHERE == load_rubric().clauses.keys()
    assert not LOST_BY.keys() & ELSEWHERE


def spelled_out(repair: str, key: object) -> str | None:
    """Return the value that a repair says to write, None where it describes what to do."""
    found = re.fullmatch(rf"(?:write (?:one of )?|{re.escape(str(key))}: )([^;]+)", repair)
    return found[1] if found else None


@pytest.mark.parametrize("clause", LOST_BY)
def test_loss_is_said_and_what_is_to_be_written_mends_it(clause: str) -> None:
    index, data, judgement = loss(clause)
    measured = judgement.measured
    assert measured.text.strip()
    assert measured.repair.strip()
    assert "None" not in measured.text + measured.repair
    if not measured.path:
        return
    *parents, key = measured.path
    wanted = spelled_out(measured.repair, key)
    assert (wanted is not None) == (clause in SPELLED_OUT), measured.repair
    if wanted is None:
        assert value_at(data, tuple(parents)) is not None
        return
    right = value_at(data_of(index), tuple(parents)).get(key, ABSENT.get(key))
    assert str(right) in wanted.split(", ") or yaml.safe_load(wanted) == right
    mended = copy.deepcopy(data)
    value_at(mended, tuple(parents))[key] = right
    before, after = score_of(data), score_of(mended)
    assert clause in held(after) - held(before)
    assert before.total < after.total <= base(index).total


@pytest.mark.parametrize("domain", DOMAINS)
def test_evidence_shows_what_the_specification_holds(domain: str) -> None:
    for index in cells_of(domain):
        spec, said = (
            specification(index),
            {k: j.measured.text for k, j in judgements(base(index)).items()},
        )
        assert spec.symmetry.canonical in said["group-named"]
        assert f"{spec.task} on {spec.domain}" in said["problem-named"]
        assert f"{len(spec.layers)} layers" in said["types-fit"]
        assert f"{spec.parameters.total:,} parameters" in said["counts-exact"]
        assert f"{spec.cost.flops:,} FLOPs" in said["cost-exact"]
        assert f"{spec.cost.memory_mb} MB" in said["cost-exact"]
        for name, size in spec.cost.sizes.items():
            assert f"{name} {size}" in said["sizes-asked"]
        assert f"{spec.library.name} {spec.library.version}" in said["library-named"]
        assert str(spec.training["epochs"]) in said["training-recipe"]
        assert str(spec.training["loss"]) in said["loss-fits"]
        assert str(spec.topology.pattern) in said["topology-fits"]
        for name in spec.interface.outputs:
            assert name in said["outputs-written"]
        exact = sum(layer.exactness.level == "exact" for layer in spec.layers)
        assert f"{exact} of {len(spec.layers)} layers exact" in said["ledger-kept"]
        nonlinear = sum(layer.nonlinearity != "none" for layer in spec.layers)
        assert said["nonlinear"].startswith(f"nonlinear layers: {nonlinear} (")
        rule = next(each.rule for each in spec.decisions if each.step == "family")
        asked = spec.request.constraints.family
        assert (rule if asked is None else "asked for") in said["family-first"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_evidence_stands_on_the_line_that_it_names(domain: str) -> None:
    index = drawn("lines", domain).choice(cells_of(domain))
    text = text_of(index)
    lines = text.splitlines()
    for judgement in judgements(score_text(text, "architecture.yaml")).values():
        path = judgement.measured.path
        if path:
            key = path[-1] if isinstance(path[-1], str) else "-"
            assert str(key) in lines[judgement.line - 1], judgement.clause.id
        value_at(data_of(index), path)
