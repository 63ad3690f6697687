"""Representations of escnn in our basis.

The two may differ by a change of basis, which is found numerically: the matrix B with ψ(g) B = B φ(g) for every g,
where ψ is the irrep of escnn and φ ours of the same type. By Schur's lemma B is unique up to scale, for irreps of
complex type up to a rotation as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.layer import parse_rep
from equidesign.verify.elements import Element, is_planar, planar_element
from equidesign.verify.representations import rep_matrix

NAMES = {
    "SO2": "SO(2)",
    "O2": "O(2)",
    "SO3": "SO(3)",
    "O3": "O(3)",
    "Octahedral": "O",
    "Icosahedral": "I",
}
SAMPLES = 8
TOLERANCE = 1e-6
HINT = "wrap the module so that it takes and returns tensors, and give interface="


def group_of(space: Any) -> Group:
    """Return our name of the group of a space.

    Raises:
        InputError: it has none.
    """
    fiber = space.fibergroup
    kind = type(fiber).__name__
    if kind == "CyclicGroup":
        name = f"C{fiber.order()}" if fiber.order() > 1 else "trivial"
        flips = any(_determinant(space, g) < 0 for g in fiber.elements)
        name = "D1" if flips and fiber.order() == 2 else name
    elif kind == "DihedralGroup":
        name = f"D{fiber.rotation_order}"
    elif kind in NAMES:
        name = NAMES[kind]
    elif _is_full_octahedral(fiber):
        name = "O_h"
    else:
        raise InputError(f"the group {fiber.name} of escnn is not supported", hint=HINT)
    return parse_group(name)


def _is_full_octahedral(fiber: Any) -> bool:
    return type(fiber).__name__ == "FullOctahedral" or "octa" in str(fiber.name).lower()


def _matrix(space: Any, g: Any) -> Tensor | None:
    action = space.basespace_action(g) if space.dimensionality else None
    return None if action is None else torch.as_tensor(action, dtype=torch.float64)


def _determinant(space: Any, g: Any) -> float:
    matrix = _matrix(space, g)
    return 1.0 if matrix is None else float(torch.linalg.det(matrix))


def matching_elements(space: Any, group: Group) -> Iterator[tuple[Any, Element]]:
    """Yield elements of escnn's group beside ours, which move the plane or space in the same way."""
    fiber = space.fibergroup
    finite = group.finite and len(fiber.elements) <= 64
    for g in fiber.elements if finite else [fiber.sample() for _ in range(SAMPLES)]:
        matrix = _matrix(space, g)
        if matrix is None:
            matrix = _abstract(fiber, g)
        flip = float(torch.linalg.det(matrix)) < 0
        if not is_planar(group):
            yield g, Element("element", matrix, flip=flip)
            continue
        angle = math.atan2(float(matrix[1, 0]), float(matrix[0, 0]))
        steps = angle * (group.n or 1) / (2 * math.pi) if group.finite else 0.0
        if abs(steps - round(steps)) > TOLERANCE:
            raise InputError(
                "the axis of escnn's reflections is not that of ours, whose first mirror is y → -y",
                hint=f"build the space with axis=0.0, as in gspaces.flipRot2dOnR2({group.n}, axis=0.0)",
            )
        yield g, planar_element(group, angle, flip, round(steps))


def _abstract(fiber: Any, g: Any) -> Tensor:
    """Return the matrix of an element of a group that acts on no space."""
    standard = getattr(fiber, "standard_representation", None)
    if standard is not None:
        return torch.as_tensor(standard()(g), dtype=torch.float64)
    if type(fiber).__name__ == "CyclicGroup":
        angle = 2 * math.pi * g.to("int") / fiber.order()
        flip = False
    elif type(fiber).__name__ == "DihedralGroup":
        turned, steps = g.to("int")
        flip, angle = bool(turned), 2 * math.pi * steps / fiber.rotation_order
    else:
        raise InputError(f"fields of {fiber.name} without a space are not supported", hint=HINT)
    cos, sin = math.cos(angle), math.sin(angle)
    sign = -1.0 if flip else 1.0
    return torch.tensor([[cos, -sign * sin], [sin, sign * cos]], dtype=torch.float64)


def rep_of(kind: Any, group: Group, elements: Sequence[tuple[Any, Element]]) -> tuple[str, Tensor]:
    """Return a field type as a sum of ours, and the matrix from our components to escnn's.

    What is equivalent to the regular representation stays whole: a path to only some of its irreps is no fault.
    """
    known: dict[Any, tuple[str, Tensor]] = {}
    names: list[str] = []
    blocks: list[Tensor] = []
    for rep in kind.representations:
        if group.finite and (basis := _regular(rep, group, elements)) is not None:
            names.append("1xregular")
            blocks.append(basis)
            continue
        parts = []
        for index in rep.irreps:
            if index not in known:
                known[index] = _irrep(rep.group.irrep(*index), group, elements)
            names.append(f"1x{known[index][0]}")
            parts.append(known[index][1])
        change = torch.as_tensor(rep.change_of_basis, dtype=torch.float64)
        blocks.append(change @ torch.block_diag(*parts))  # type: ignore[no-untyped-call]
    whole: Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
    return " + ".join(names), whole


def _regular(rep: Any, group: Group, elements: Sequence[tuple[Any, Element]]) -> Tensor | None:
    """Return the matrix from our regular representation to an equivalent one of escnn; None if it is none.

    The mean of ρ(g) X φ(g)⁻¹ over the group commutes with both for any X, and is invertible for almost every one.
    """
    order = group.order or 0
    if rep.size != order or order < 2 or len(elements) != order:
        return None
    if sorted(rep.irreps) != sorted(rep.group.regular_representation.irreps):
        return None
    ours = parse_rep("1xregular", group)
    mixed = torch.randn(
        order, order, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    total = sum(
        (
            torch.as_tensor(rep(g), dtype=torch.float64) @ mixed @ rep_matrix(ours, element).T
            for g, element in elements
        ),
        torch.zeros(order, order, dtype=torch.float64),
    )
    return _orthogonal(total)


def _orthogonal(matrix: Tensor) -> Tensor:
    """Return the nearest orthogonal matrix; of a matrix that commutes with orthogonal ones it does so too."""
    left, _, right = torch.linalg.svd(matrix)
    found: Tensor = left @ right
    return found


def _irrep(irrep: Any, group: Group, elements: Sequence[tuple[Any, Element]]) -> tuple[str, Tensor]:
    """Return the name of our irrep of the same type, and the change of basis to escnn's."""
    for name in _candidates(irrep, group):
        try:
            rep = parse_rep(f"1x{name}", group)
        except InputError:
            continue
        if rep.dim == irrep.size and (basis := _intertwiner(irrep, rep, elements)) is not None:
            return name, basis
    raise InputError(f"the irrep {irrep.name} of {irrep.group.name} is not supported", hint=HINT)


def _candidates(irrep: Any, group: Group) -> Iterator[str]:
    yield "trivial" if is_planar(group) or group.finite else ("0e" if group.reflections else "0")
    if group.finite:
        yield from (f"irrep({k})" for k in range(-1, max(group.n or 0, 5) + 1))
        yield from (f"irrep({j},{k})" for j in (0, 1) for k in range(-1, max(group.n or 0, 5) + 1))
        return
    highest = int(irrep.attributes.get("frequency", irrep.size))
    if is_planar(group):
        yield f"irrep({highest})"
        yield from (f"irrep({j},{highest})" for j in (0, 1))
    else:
        yield from (f"{highest}{parity}" for parity in (("e", "o") if group.reflections else ("",)))


def _intertwiner(irrep: Any, rep: Any, elements: Sequence[tuple[Any, Element]]) -> Tensor | None:
    """Return an orthogonal matrix B with ψ(g) B = B φ(g), None if the two irreps are of different type."""
    size, eye = rep.dim, torch.eye(rep.dim, dtype=torch.float64)
    equations = []
    for g, element in elements:
        theirs = torch.as_tensor(irrep(g), dtype=torch.float64)
        ours = rep_matrix(rep, element)
        # Row-major: the entries of A B C are (A ⊗ Cᵀ) times those of B.
        equations.append(torch.kron(theirs, eye) - torch.kron(eye, ours.T.contiguous()))
    _, values, vectors = torch.linalg.svd(torch.cat(equations))
    if float(values[-1]) > TOLERANCE:
        return None
    return _orthogonal(vectors[-1].reshape(size, size))
