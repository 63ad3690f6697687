"""Real Wigner D matrices in the basis that escnn works in.

Conventions: intrinsic ZYZ Euler angles; rows and columns run over m = -l, ..., l of the real
spherical harmonics, so that l = 1 is the rotation matrix itself on (y, z, x). The same matrices as
those of D. Pinchon and P. Hoggan, J. Phys. A 40 (2007) 1597.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def _rotation_about_z(l: int, angle: float) -> Matrix:
    frequencies = np.arange(-l, l + 1)
    return np.diag(np.cos(frequencies * angle)) - np.fliplr(np.diag(np.sin(frequencies * angle)))


@cache
def _z_to_y(l: int) -> Matrix:
    """The quarter turn Q about x for which a rotation about y is Q Z Q^T."""
    m = np.arange(-l, l)
    raising = np.diag(np.sqrt((l - m) * (l + m + 1.0)), -1)
    spin_x = (raising + raising.T) / 2
    # A spin's eigenvalues are known: the integers keep the result orthogonal to rounding.
    _, vectors = np.linalg.eigh(spin_x)
    phases = np.exp(0.5j * np.pi * np.arange(-l, l + 1))
    quarter_turn = (vectors * phases) @ vectors.T
    real = _complex_from_real(l)
    return np.ascontiguousarray((real.conj().T @ quarter_turn @ real).real)


def _complex_from_real(l: int) -> NDArray[np.complex128]:
    """Columns: the real harmonics written in the complex ones."""
    basis = np.zeros((2 * l + 1, 2 * l + 1), dtype=np.complex128)
    basis[l, l] = 1.0
    for m in range(1, l + 1):
        sign = (-1) ** m
        basis[l - m, l - m], basis[l + m, l - m] = 1j / np.sqrt(2), -1j * sign / np.sqrt(2)
        basis[l - m, l + m], basis[l + m, l + m] = 1 / np.sqrt(2), sign / np.sqrt(2)
    return basis


def wigner_D_matrix(
    l: int,
    alpha: float,
    beta: float,
    gamma: float,
    field: str = "real",
) -> Matrix:
    """Matrix of the rotation Z(alpha) Y(beta) Z(gamma) in the irrep of degree ``l``.

    Args:
        l: degree, 0 or more.
        alpha: first Euler angle, in radians.
        beta: second Euler angle, in radians.
        gamma: third Euler angle, in radians.
        field: only ``"real"`` is provided: escnn asks for nothing else.

    Returns:
        Orthogonal matrix of shape ``(2l + 1, 2l + 1)``.

    Raises:
        ValueError: ``l`` is negative, or ``field`` is not ``"real"``.
    """
    if l < 0:
        raise ValueError(f"the degree must be 0 or more, got {l}")
    if field != "real":
        raise ValueError(f"only the real field is provided, got {field!r}")
    turn = _z_to_y(int(l))
    about_y = turn @ _rotation_about_z(l, beta) @ turn.T
    return _rotation_about_z(l, alpha) @ about_y @ _rotation_about_z(l, gamma)
