"""Verify finds every true mutant of a sample over all operators, names its layer, and lets correct bundles pass.

The whole table is made by ``benchmarks/mutation.py``.
"""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import plain
import pytest
from bundles import CELLS, Bundle, bundle
from harness import FULL, TINY, Mutant, graded, judge, mutant, unmutated
from operators import OPERATORS, Operator

BROKEN = [operator for operator in OPERATORS if not operator.correct]
RIGHT = [operator for operator in OPERATORS if operator.correct]
INDEPENDENT = ("plain.py", "../product/oracle.py", "../product/checks.py")
INDICES = range(len(CELLS))


def ids(index: int) -> str:
    return f"{CELLS[index].family}-{index}"


def turned(operator: Operator) -> list[Bundle]:
    """Return the bundles that an operator applies to; each operator begins at another one."""
    first = 5 * OPERATORS.index(operator)
    order = [(first + step) % len(CELLS) for step in INDICES]
    return [bundle(index) for index in order if operator.places(bundle(index))]


def some(operator: Operator, full: bool) -> Mutant:
    """Return a mutant that counts, broken in full or hardly."""
    found = turned(operator)
    for whole in found if full else [*found[1:], found[0]]:
        places = operator.places(whole)
        place = places[OPERATORS.index(operator) % len(places)]
        made = mutant(whole, operator, place, FULL)
        if not full and operator.graded:
            made = graded(whole, operator, place, TINY) or made
        if made.counts:
            return made
    raise AssertionError(f"{operator.name} breaks nothing")


@pytest.mark.parametrize("index", INDICES, ids=ids)
def test_plain_check_passes_bundles(index: int) -> None:
    whole = bundle(index)
    errors = plain.measure(whole.cell, whole.build, whole.example)
    assert max(errors.values()) < plain.COUNTS / 10, errors


@pytest.mark.parametrize("index", INDICES, ids=ids)
def test_verify_passes_bundles(index: int) -> None:
    for seed in (index, index + 100):
        outcome = unmutated(bundle(index), seed, "quick")
        assert outcome.exit_code == 0, outcome


@pytest.mark.parametrize("full", [True, False], ids=["full", "tiny"])
@pytest.mark.parametrize("operator", BROKEN, ids=lambda operator: operator.name)
def test_mutant_is_found(operator: Operator, full: bool) -> None:
    made = some(operator, full)
    outcome = judge(made)
    assert outcome.found, (str(made), made.error, outcome)
    if outcome.strict is not None and operator.name != "hard cutoff":  # its row names no layer
        # Of what is done between the layers, such as a neighbour list, the next layer may be named.
        named = outcome.strict if made.place else outcome.lenient
        assert named, (str(made), outcome.layers)


@pytest.mark.parametrize("operator", RIGHT, ids=lambda operator: operator.name)
def test_correct_change_passes(operator: Operator) -> None:
    for whole in itertools.islice(turned(operator), 0, None, 7):
        outcome = judge(mutant(whole, operator, operator.places(whole)[0], FULL))
        assert outcome.exit_code == 0, outcome


def test_plain_check_shares_no_code_with_verify() -> None:
    for name in INDEPENDENT:
        tree = ast.parse((Path(__file__).parent / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not any(found.startswith("equidesign") for found in names), (name, names)
