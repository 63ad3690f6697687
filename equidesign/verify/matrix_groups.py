"""Random elements of matrix groups: SO(n), O(n), Lorentz, Sp(n), SU(n), and groups given by generators.

Conventions of the defining representation V:

- Lorentz groups: components (t, x, y, ...), metric diag(-1, 1, 1, ...). SO(1,n) is sampled in its connected component,
  SO⁺(1,n); O(1,n) with parity, time reversal and both.
- Sp(2m): components (q₁, ..., qₘ, p₁, ..., pₘ) with the form J = [[0, 1], [-1, 0]].
- SU(n): 2n real components, the n real parts first, then the n imaginary parts.

Sources: F. Mezzadri, "How to Generate Random Matrices from the Classical Compact Groups", Notices of the AMS 54 (2007)
592, section 5 (Haar measure by QR with the signs of R); B. C. Hall, "Lie Groups, Lie Algebras, and Representations",
chapters 1 and 3 (exponentials of Lie algebras).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.spec.generators import Generators

# Groups that are not compact are sampled near the identity: far from it rounding is all that a test would see.
RAPIDITY = 1.0
STRETCH = 0.6
MAX_WORDS = 128
WORD_LENGTH = 3

Named = tuple[str, Tensor]


def haar_orthogonal(n: int, generator: torch.Generator) -> Tensor:
    """Return a matrix (n, n) uniform under the Haar measure of O(n), float64."""
    normal = torch.randn(n, n, generator=generator, dtype=torch.float64)
    q, r = torch.linalg.qr(normal)
    found: Tensor = q * torch.sign(torch.diagonal(r))
    return found


def haar_special_orthogonal(n: int, generator: torch.Generator) -> Tensor:
    """Return a matrix (n, n) uniform under the Haar measure of SO(n), float64."""
    found = haar_orthogonal(n, generator)
    if torch.linalg.det(found) < 0:
        found[:, 0] = -found[:, 0]
    return found


def haar_special_unitary(n: int, generator: torch.Generator) -> Tensor:
    """Return an element of SU(n), uniform under the Haar measure, as a real matrix (2n, 2n)."""
    parts = torch.randn(2, n, n, generator=generator, dtype=torch.float64)
    q, r = torch.linalg.qr(torch.complex(parts[0], parts[1]))
    diagonal = torch.diagonal(r)
    unitary = q * (diagonal / diagonal.abs())
    unitary[:, 0] = unitary[:, 0] / torch.linalg.det(unitary)
    real, imaginary = unitary.real, unitary.imag
    return torch.cat([torch.cat([real, -imaginary], 1), torch.cat([imaginary, real], 1)])


def boost(n: int, generator: torch.Generator) -> Tensor:
    """Return a boost (n, n) along a random direction with a rapidity between 0.3 and 1."""
    direction = torch.randn(n - 1, generator=generator, dtype=torch.float64)
    direction = direction / direction.norm()
    rapidity = RAPIDITY * (0.3 + 0.7 * torch.rand(1, generator=generator, dtype=torch.float64))
    cosh, sinh = torch.cosh(rapidity), torch.sinh(rapidity)
    found = torch.eye(n, dtype=torch.float64)
    found[0, 0] = cosh
    found[0, 1:] = found[1:, 0] = sinh * direction
    found[1:, 1:] += (cosh - 1) * torch.outer(direction, direction)
    return found


def symplectic(n: int, generator: torch.Generator) -> Tensor:
    """Return the exponential (n, n) of a random Hamiltonian matrix [[A, B], [C, -Aᵀ]], B and C symmetric."""
    m = n // 2
    a, b, c = torch.randn(3, m, m, generator=generator, dtype=torch.float64)
    hamiltonian = torch.cat([torch.cat([a, b + b.T], 1), torch.cat([c + c.T, -a.T], 1)])
    return _exponential(STRETCH * hamiltonian / hamiltonian.norm())


def sample_matrices(
    group: Group, count: int, generator: torch.Generator, given: Generators | None = None
) -> Iterator[Named]:
    """Yield elements as labels and matrices of V: ``count`` random ones, and one or two of every other component."""
    n = group.n or 0
    if group.kind == "custom":
        if given is not None:
            yield from _custom(given, count, generator)
    elif group.kind == "lorentz":
        yield from _lorentz(group, count, generator)
    else:
        for index in range(count):
            if group.kind == "SU":
                yield f"random element {index + 1}", haar_special_unitary(n, generator)
            elif group.kind == "Sp":
                yield f"random symplectic map {index + 1}", symplectic(n, generator)
            else:
                yield f"random rotation {index + 1}", haar_special_orthogonal(n, generator)
        if group.kind == "O":
            yield from _improper(n, generator)


def _improper(n: int, generator: torch.Generator) -> Iterator[Named]:
    normal = torch.randn(n, generator=generator, dtype=torch.float64)
    eye = torch.eye(n, dtype=torch.float64)
    mirror = eye - 2 * torch.outer(normal, normal) / normal.square().sum()
    yield "inversion", -eye
    yield "mirror", mirror
    yield "rotation and mirror", haar_special_orthogonal(n, generator) @ mirror


def _lorentz(group: Group, count: int, generator: torch.Generator) -> Iterator[Named]:
    n = group.n or 0

    def rotation() -> Tensor:
        found = torch.eye(n, dtype=torch.float64)
        if n > 2:
            found[1:, 1:] = haar_special_orthogonal(n - 1, generator)
        return found

    yield "boost", boost(n, generator)
    if n > 2:
        yield "rotation", rotation()
    for index in range(max(count - 2, 1)):
        yield f"boost and rotation {index + 1}", rotation() @ boost(n, generator)
    if group.reflections:
        # An even number of mirrors would be a rotation.
        mirrors = n - 1 if n % 2 == 0 else n - 2
        parity = torch.diag(_signs(range(1, mirrors + 1), n))
        yield "parity", parity
        yield "time reversal", torch.diag(_signs([0], n))
        yield "boost and parity", boost(n, generator) @ parity


def _signs(negative: Iterable[int], n: int) -> Tensor:
    found = torch.ones(n, dtype=torch.float64)
    found[list(negative)] = -1
    return found


def _custom(given: Generators, count: int, generator: torch.Generator) -> Iterator[Named]:
    """Yield all elements of a finite group that is small, else random words in the generators."""
    algebra = [torch.tensor(matrix, dtype=torch.float64) for matrix in given.lie_algebra]
    discrete = [torch.tensor(matrix, dtype=torch.float64) for matrix in given.discrete]
    if not algebra:
        every = closure(discrete)
        if every is not None:
            yield from ((f"element {index}", m) for index, m in enumerate(every) if index)
            return
    yield from ((f"generator {index + 1}", matrix) for index, matrix in enumerate(discrete))
    letters = discrete + [torch.linalg.inv(matrix) for matrix in discrete]
    for index in range(count):
        word = _flow(algebra, generator)
        for _ in range(WORD_LENGTH if letters else 0):
            place = int(torch.randint(len(letters), (1,), generator=generator))
            word = letters[place] @ word if word is not None else letters[place]
        if word is not None:
            yield f"random product of generators {index + 1}", word


def _flow(algebra: list[Tensor], generator: torch.Generator) -> Tensor | None:
    if not algebra:
        return None
    size = 2 * STRETCH / len(algebra) ** 0.5
    weights = torch.randn(len(algebra), generator=generator, dtype=torch.float64)
    total = torch.stack(
        [w * a / a.norm().clamp_min(1e-30) for w, a in zip(weights, algebra, strict=True)]
    )
    return _exponential(size * total.sum(0))


def closure(letters: list[Tensor], limit: int = MAX_WORDS) -> list[Tensor] | None:
    """Return all products of matrices, the identity first; None if there are more than ``limit``."""
    found = [torch.eye(len(letters[0]), dtype=torch.float64)]
    for known in found:
        for letter in letters:
            product = letter @ known
            stack = torch.stack(found)
            size = product.abs().max().clamp_min(1.0)
            if float((stack - product).abs().amax((1, 2)).min()) > 1e-9 * float(size):
                if len(found) == limit:
                    return None
                found.append(product)
    return found


def _exponential(matrix: Tensor) -> Tensor:
    found: Tensor = torch.linalg.matrix_exp(matrix)
    return found
