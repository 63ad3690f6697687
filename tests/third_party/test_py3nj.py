"""The Clebsch-Gordan coefficients that escnn gets, against identities and an exact reference."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from py3nj import clebsch_gordan
from sympy import Rational
from sympy.physics.quantum.cg import CG

TOLERANCE = 1e-14
LARGEST = 10


def as_escnn_calls(j1: int, j2: int, j3: int) -> np.ndarray:
    """All coefficients of three integer momenta, shape ``(2 j1 + 1, 2 j2 + 1, 2 j3 + 1)``."""
    j = [np.array([value]).reshape(1, 1, 1) for value in (j1, j2, j3)]
    m1 = np.arange(-j1, j1 + 1).reshape(-1, 1, 1)
    m2 = np.arange(-j2, j2 + 1).reshape(1, -1, 1)
    m3 = np.arange(-j3, j3 + 1).reshape(1, 1, -1)
    return clebsch_gordan(2 * j[0], 2 * j[1], 2 * j[2], 2 * m1, 2 * m2, 2 * m3)


@pytest.mark.parametrize(
    ("two_quantum_numbers", "expected"),
    [
        ((1, 1, 2, 1, 1, 2), 1.0),
        ((1, 1, 2, 1, -1, 0), np.sqrt(1 / 2)),
        ((1, 1, 0, 1, -1, 0), np.sqrt(1 / 2)),
        ((1, 1, 0, -1, 1, 0), -np.sqrt(1 / 2)),
        ((2, 2, 0, 0, 0, 0), -np.sqrt(1 / 3)),
        ((2, 2, 4, 0, 0, 0), np.sqrt(2 / 3)),
        ((2, 2, 2, 2, -2, 0), np.sqrt(1 / 2)),
        ((2, 2, 2, 0, 0, 0), 0.0),
        ((4, 2, 6, 0, 0, 0), np.sqrt(3 / 5)),
        ((4, 2, 2, 0, 0, 0), -np.sqrt(2 / 5)),
        ((3, 2, 1, 3, -2, 1), np.sqrt(1 / 2)),
    ],
)
def test_known_values(two_quantum_numbers: tuple[int, ...], expected: float) -> None:
    assert clebsch_gordan(*two_quantum_numbers) == pytest.approx(expected, abs=TOLERANCE)


def test_agrees_with_exact_values_for_whole_and_half_momenta() -> None:
    for two_j in product(range(4), range(4), range(6)):
        for two_m1, two_m2 in product(*(range(-j, j + 1, 2) for j in two_j[:2])):
            two_m3 = two_m1 + two_m2
            if abs(two_m3) > two_j[2] or (two_m3 + two_j[2]) % 2:
                continue
            exact = CG(
                *(
                    Rational(two, 2)
                    for pair in zip(two_j, (two_m1, two_m2, two_m3), strict=True)
                    for two in pair
                )
            ).doit()
            value = float(clebsch_gordan(*two_j, two_m1, two_m2, two_m3))
            assert value == pytest.approx(float(exact), abs=TOLERANCE), (two_j, two_m1, two_m2)


@pytest.mark.parametrize(
    ("j1", "j2"),
    [(0, 0), (0, 7), (1, 1), (1, 2), (3, 3), (5, 2), (6, 9), (LARGEST, 4), (LARGEST, LARGEST)],
)
def test_coupling_is_an_orthogonal_change_of_basis(j1: int, j2: int) -> None:
    blocks = [as_escnn_calls(j1, j2, j3) for j3 in range(abs(j1 - j2), j1 + j2 + 1)]
    coupling = np.concatenate(blocks, axis=-1).reshape((2 * j1 + 1) * (2 * j2 + 1), -1)
    assert coupling.shape[0] == coupling.shape[1]
    identity = np.eye(coupling.shape[0])
    np.testing.assert_allclose(coupling @ coupling.T, identity, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(coupling.T @ coupling, identity, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("j1", "j2", "j3"), [(1, 2, 2), (4, 5, 7), (LARGEST, LARGEST, LARGEST)])
def test_exchanging_the_momenta_gives_the_phase(j1: int, j2: int, j3: int) -> None:
    straight = as_escnn_calls(j1, j2, j3)
    exchanged = np.swapaxes(as_escnn_calls(j2, j1, j3), 0, 1)
    assert np.abs(straight).max() > 0.1
    np.testing.assert_allclose(exchanged, (-1) ** (j1 + j2 - j3) * straight, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("j1", "j2", "j3"), [(1, 1, 2), (2, 3, 4), (6, 5, 3), (10, 9, 10)])
def test_total_raising_operator_commutes_with_coupling(j1: int, j2: int, j3: int) -> None:
    def raising(j: int) -> np.ndarray:
        m = np.arange(-j, j)
        return np.diag(np.sqrt((j - m) * (j + m + 1.0)), -1)

    coefficients = as_escnn_calls(j1, j2, j3)
    apart = np.einsum("ax,xbc->abc", raising(j1), coefficients)
    apart += np.einsum("bx,axc->abc", raising(j2), coefficients)
    together = np.einsum("abx,xc->abc", coefficients, raising(j3))
    assert np.abs(together).max() > 0.1
    # The operator's own entries reach j, which scales the rounding.
    np.testing.assert_allclose(apart, together, rtol=0, atol=2 * (j1 + j2 + j3) * 1e-15)


def test_arguments_broadcast_and_scalars_give_scalars() -> None:
    assert as_escnn_calls(1, 2, 3).shape == (3, 5, 7)
    assert clebsch_gordan(2, 2, 2, 2, 0, 2).shape == ()


def test_vanishes_outside_the_selection_rules() -> None:
    assert clebsch_gordan(2, 2, 4, 2, 0, 0) == 0.0
    assert clebsch_gordan(2, 2, 6, 0, 0, 0) == 0.0
    assert clebsch_gordan(2, 2, 3, 0, 0, 1) == 0.0


@pytest.mark.parametrize(
    "impossible", [(2, 2, 2, 4, 0, 0), (2, 2, 2, 1, 1, 2), (-2, 2, 2, 0, 0, 0)]
)
def test_impossible_projections_are_refused(impossible: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="every m must be"):
        clebsch_gordan(*impossible)
