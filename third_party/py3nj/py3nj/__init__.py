"""Clebsch-Gordan coefficients by exact integer arithmetic."""

from __future__ import annotations

from functools import lru_cache
from math import comb, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["clebsch_gordan"]


def clebsch_gordan(
    two_j1: ArrayLike,
    two_j2: ArrayLike,
    two_j3: ArrayLike,
    two_m1: ArrayLike,
    two_m2: ArrayLike,
    two_m3: ArrayLike,
) -> NDArray[np.float64]:
    """Coefficient <j1 m1 j2 m2 | j3 m3>, Condon-Shortley phase, element by element.

    Args:
        two_j1: twice the first angular momentum; every argument is an integer or an array of
            integers, and all six broadcast together.
        two_j2: twice the second angular momentum.
        two_j3: twice the total angular momentum.
        two_m1: twice the first projection.
        two_m2: twice the second projection.
        two_m3: twice the total projection.

    Returns:
        Array of the broadcast shape; 0 where m1 + m2 is not m3 or the triangle rule fails.

    Raises:
        ValueError: some j is negative, or some m is not one of its projections.
    """
    arguments = np.broadcast_arrays(two_j1, two_j2, two_j3, two_m1, two_m2, two_m3)
    for two_j, two_m in zip(arguments[:3], arguments[3:], strict=True):
        if np.any(two_j < 0) or np.any(np.abs(two_m) > two_j) or np.any((two_j + two_m) % 2):
            raise ValueError("every m must be one of -j, -j + 1, ..., j, and every j 0 or more")
    values = [
        _coefficient(*map(int, row)) for row in zip(*(a.flat for a in arguments), strict=True)
    ]
    return np.array(values, dtype=np.float64).reshape(arguments[0].shape)


@lru_cache(maxsize=1 << 16)
def _coefficient(
    two_j1: int, two_j2: int, two_j3: int, two_m1: int, two_m2: int, two_m3: int
) -> float:
    """L. Wei, Comput. Phys. Commun. 120 (1999) 222: the 3j symbol in binomials, times its phase."""
    total = two_j1 + two_j2 + two_j3
    if two_m1 + two_m2 != two_m3 or total % 2 or 2 * max(two_j1, two_j2, two_j3) > total:
        return 0.0
    # Numbers of contracted pairs, and of the particles with spin up.
    pairs_12, pairs_13, pairs_23 = (total // 2 - two_j for two_j in (two_j3, two_j2, two_j1))
    down_1, up_2 = (two_j1 - two_m1) // 2, (two_j2 + two_m2) // 2
    alternating = sum(
        (-1) ** k * comb(pairs_12, k) * comb(pairs_13, down_1 - k) * comb(pairs_23, up_2 - k)
        for k in range(max(0, down_1 - pairs_13, up_2 - pairs_23), min(pairs_12, down_1, up_2) + 1)
    )
    numerator = comb(two_j1, pairs_12) * comb(two_j2, pairs_12)
    denominator = (
        comb(total // 2 + 1, pairs_12)
        * comb(two_j1, down_1)
        * comb(two_j2, up_2)
        * comb(two_j3, (two_j3 - two_m3) // 2)
    )
    # One square root of one exactly rounded quotient: no cancellation is left to lose digits.
    magnitude = sqrt(alternating * alternating * numerator / denominator)
    return magnitude if alternating >= 0 else -magnitude
