"""Matrices of named representations, by group element; written without e3nn and escnn.

Conventions are those of ``equidesign.groups.irrep``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from equidesign.groups.irrep import Irrep
from equidesign.groups.rep import Rep
from equidesign.verify.elements import Element, UnsupportedError, is_planar, is_spatial
from equidesign.verify.wigner import wigner


def rep_matrix(rep: Rep, element: Element) -> Tensor:
    """Return the matrix (dim, dim) of the whole sum, float64.

    Raises:
        UnsupportedError: a representation whose matrices are not implemented.
    """
    blocks: list[Tensor] = []
    for count, irrep in rep.terms:
        blocks += [irrep_matrix(irrep, element)] * count
    if not blocks:
        return torch.zeros(0, 0, dtype=torch.float64)
    matrix: Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
    return matrix


def irrep_matrix(irrep: Irrep, element: Element) -> Tensor:
    """Return the matrix of one term.

    Raises:
        UnsupportedError: a representation whose matrices are not implemented.
    """
    if irrep.is_trivial:
        return torch.ones(1, 1, dtype=torch.float64)
    if is_spatial(irrep.group) and element.matrix is not None:
        sign = -1 if element.flip else 1
        matrix = wigner(irrep.l, sign * element.matrix)
        return matrix * (irrep.parity if element.flip else 1)
    if is_planar(irrep.group):
        return _regular(irrep, element) if irrep.kind == "regular" else _planar(irrep, element)
    raise UnsupportedError(
        f"the matrices of '{irrep}' under {irrep.group.name} are not implemented"
    )


def _planar(irrep: Irrep, element: Element) -> Tensor:
    k = irrep.index[-1]
    reflected = bool(element.flip)
    if irrep.dim == 1:
        value = math.cos(k * element.angle)
        if irrep.group.finite:
            value = -1.0 if k and element.steps % 2 else 1.0
        if reflected and irrep.index[0] == 1:
            value = -value
        return torch.tensor([[value]], dtype=torch.float64)
    cos, sin = math.cos(k * element.angle), math.sin(k * element.angle)
    sign = -1.0 if reflected else 1.0
    return torch.tensor([[cos, -sin * sign], [sin, cos * sign]], dtype=torch.float64)


def _regular(irrep: Irrep, element: Element) -> Tensor:
    """Element g maps the basis vector of h to that of gh; h = r^k s^f has index fN + k."""
    n, order = irrep.group.n or 1, irrep.group.order or 1
    matrix = torch.zeros(order, order, dtype=torch.float64)
    for index in range(order):
        flip, k = divmod(index, n)
        k = (element.steps + (-k if element.flip else k)) % n
        matrix[(flip ^ int(element.flip)) * n + k, index] = 1
    return matrix
