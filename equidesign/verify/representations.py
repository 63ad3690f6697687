"""Matrices of named representations, by group element; written without e3nn and escnn.

Conventions are those of ``equidesign.groups.irrep``; ``polyhedral`` and ``matrix_groups`` say more about theirs.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

from equidesign.groups.irrep import Irrep, scheme
from equidesign.groups.rep import Rep
from equidesign.verify.element import (
    Element,
    UnsupportedError,
    is_planar,
    is_polyhedral,
    is_spatial,
)
from equidesign.verify.polyhedral import index_of, polyhedral_matrix
from equidesign.verify.wigner import wigner

MAX_CACHED = 1024


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


def apply_rep(value: Tensor, rep: Rep, element: Element) -> Tensor:
    """Multiply the components along the last axis by the matrix of a representation, term by term.

    Raises:
        UnsupportedError: another number of components, or a representation whose matrices are not implemented.
    """
    if value.shape[-1] != rep.dim:
        raise UnsupportedError(
            f"the representation {rep} has {rep.dim} components, the tensor {value.shape[-1]}"
        )
    parts, start = [], 0
    for count, irrep in rep.terms:
        part = value.narrow(-1, start, count * irrep.dim)
        start += count * irrep.dim
        if not irrep.is_trivial:
            matrix = irrep_matrix(irrep, element).to(value)
            shape = part.shape
            part = (part.reshape(*shape[:-1], count, irrep.dim) @ matrix.T).reshape(shape)
        parts.append(part)
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1)


@lru_cache(maxsize=MAX_CACHED)
def irrep_matrix(irrep: Irrep, element: Element) -> Tensor:
    """Return the matrix of one term. It is remembered, so nobody may write into it.

    Raises:
        UnsupportedError: a representation whose matrices are not implemented.
    """
    if irrep.is_trivial or scheme(irrep.group) == "trivial":
        return torch.ones(1, 1, dtype=torch.float64)
    if is_planar(irrep.group):
        return _regular(irrep, element) if irrep.kind == "regular" else _planar(irrep, element)
    if element.matrix is None:  # it moves no directions: the identity, perhaps with a translation
        return torch.eye(irrep.dim, dtype=torch.float64)
    if is_spatial(irrep.group):
        _check_size(element.matrix, 3, irrep)
        sign = -1 if element.flip else 1
        matrix = wigner(irrep.l, sign * element.matrix)
        return matrix * (irrep.parity if element.flip else 1)
    if is_polyhedral(irrep.group):
        _check_size(element.matrix, 3, irrep)
        place = index_of(irrep.group, element.matrix)
        if place is None:
            raise UnsupportedError(f"{element.label} is no element of {irrep.group.name}")
        return polyhedral_matrix(irrep.group, irrep.kind, irrep.index, place)
    _check_size(element.matrix, Irrep(irrep.group, "V").dim, irrep)
    return _tensor(irrep, element.matrix)


def _check_size(matrix: Tensor, size: int, irrep: Irrep) -> None:
    if len(matrix) != size:
        raise UnsupportedError(
            f"a matrix of size {len(matrix)} has no '{irrep}' of {irrep.group.name}"
        )


def _tensor(irrep: Irrep, matrix: Tensor) -> Tensor:
    """Return V, or T(p,q): p factors V, then q factors of its dual, whose matrix is the inverse transposed."""
    if irrep.kind == "V":
        return matrix
    p, q = irrep.index
    found = torch.ones(1, 1, dtype=torch.float64)
    dual = torch.linalg.inv(matrix).T if q else matrix
    for factor in (*[matrix] * p, *[dual] * q):
        found = torch.kron(found, factor.contiguous())
    return found


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
