"""The Wigner matrices that escnn gets, against what a representation of SO(3) must satisfy."""

from __future__ import annotations

import numpy as np
import pytest
from lie_learn.representations.SO3.wigner_d import wigner_D_matrix
from scipy.spatial.transform import Rotation
from scipy.special import eval_legendre

DEGREES = range(11)
TOLERANCE = 1e-14


def random_rotations(number: int) -> Rotation:
    return Rotation.random(number, random_state=np.random.RandomState(7))


def matrix(degree: int, rotation: Rotation) -> np.ndarray:
    return wigner_D_matrix(degree, *rotation.as_euler("ZYZ"), field="real")


@pytest.mark.parametrize("degree", DEGREES)
def test_orthogonal_with_unit_determinant(degree: int) -> None:
    for rotation in random_rotations(5):
        d = matrix(degree, rotation)
        identity = np.eye(2 * degree + 1)
        np.testing.assert_allclose(d @ d.T, identity, rtol=0, atol=TOLERANCE)
        assert np.linalg.det(d) == pytest.approx(1.0, abs=1e-13)
    np.testing.assert_allclose(wigner_D_matrix(degree, 0, 0, 0), identity, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("degree", DEGREES)
def test_product_of_rotations_is_product_of_matrices(degree: int) -> None:
    for first, second in zip(random_rotations(6), random_rotations(12)[6:], strict=True):
        product = matrix(degree, first) @ matrix(degree, second)
        # The angles of the product are rounded, and a degree l multiplies their error by l.
        np.testing.assert_allclose(
            matrix(degree, first * second), product, rtol=0, atol=(degree + 1) * TOLERANCE
        )


def test_degree_one_is_the_rotation_itself_on_y_z_x() -> None:
    order = np.ix_([1, 2, 0], [1, 2, 0])
    for rotation in random_rotations(20):
        expected = rotation.as_matrix()[order]
        np.testing.assert_allclose(matrix(1, rotation), expected, rtol=0, atol=TOLERANCE)


def test_degree_two_turns_quadratic_forms() -> None:
    def harmonics(x: float, y: float, z: float) -> np.ndarray:
        """Orthogonal, of equal norm, m = -2, ..., 2."""
        return np.array(
            [
                2 * x * y,
                2 * y * z,
                (3 * z * z - 1) / np.sqrt(3),
                2 * x * z,
                x * x - y * y,
            ]
        )

    rng = np.random.default_rng(3)
    for rotation in random_rotations(10):
        point = rng.normal(size=3)
        point /= np.linalg.norm(point)
        turned = harmonics(*rotation.apply(point))
        np.testing.assert_allclose(
            matrix(2, rotation) @ harmonics(*point), turned, rtol=0, atol=TOLERANCE
        )


@pytest.mark.parametrize("degree", DEGREES)
def test_trace_is_the_character(degree: int) -> None:
    for rotation in random_rotations(5):
        angle = rotation.magnitude()
        character = np.sin((degree + 0.5) * angle) / np.sin(0.5 * angle)
        assert np.trace(matrix(degree, rotation)) == pytest.approx(character, abs=1e-12)


@pytest.mark.parametrize("degree", DEGREES)
def test_centre_is_a_legendre_polynomial(degree: int) -> None:
    for beta in np.linspace(0.0, np.pi, 7):
        centre = wigner_D_matrix(degree, 0.4, beta, -1.3)[degree, degree]
        assert centre == pytest.approx(eval_legendre(degree, np.cos(beta)), abs=TOLERANCE)


@pytest.mark.parametrize("degree", DEGREES)
def test_rotations_about_z_mix_only_plus_and_minus_m(degree: int) -> None:
    angle = 0.83
    d = wigner_D_matrix(degree, angle, 0.0, 0.0)
    expected = np.zeros_like(d)
    for m in range(-degree, degree + 1):
        expected[degree + m, degree + m] = np.cos(m * angle)
        if m:
            expected[degree - m, degree + m] = np.sin(m * angle)
    np.testing.assert_allclose(d, expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("j1", "j2", "j3"), [(1, 1, 1), (1, 2, 3), (2, 2, 2), (3, 2, 4), (4, 4, 5)]
)
def test_escnn_couples_the_matrices_with_the_coefficients(j1: int, j2: int, j3: int) -> None:
    from escnn.group import so3_group

    coupling = so3_group(max(j1, j2, j3))._clebsh_gordan_coeff(j1, j2, j3)[:, :, 0, :]
    assert np.linalg.norm(coupling) == pytest.approx(np.sqrt(2 * j3 + 1), abs=1e-13)
    for rotation in random_rotations(3):
        apart = np.einsum("ax,by,xyc->abc", matrix(j1, rotation), matrix(j2, rotation), coupling)
        together = np.einsum("abx,xc->abc", coupling, matrix(j3, rotation))
        np.testing.assert_allclose(apart, together, rtol=0, atol=10 * TOLERANCE)


def test_unknown_degree_and_field_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        wigner_D_matrix(-1, 0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="real field"):
        wigner_D_matrix(1, 0.0, 0.0, 0.0, field="complex")
