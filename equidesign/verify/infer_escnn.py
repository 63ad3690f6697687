"""The interface of a module of escnn, from its field types.

escnn's representations and ours may differ by a change of basis, which is found numerically: the matrix B with
ψ(g) B = B φ(g) for every g, where ψ is the irrep of escnn and φ ours of the same type. By Schur's lemma B is unique
up to scale, for irreps of complex type up to a rotation as well.
"""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.elements import Element, is_planar, planar_element
from equidesign.verify.infer import Inferred, varied
from equidesign.verify.randomness import seeded
from equidesign.verify.reasons import said
from equidesign.verify.representations import rep_matrix
from equidesign.verify.shaking import duplicate

# Odd, so that the usual strides keep the symmetry of the grid; the first that the module takes.
SIDES = {0: ((),), 2: ((17, 17), (29, 29), (33, 33), (9, 9)), 3: ((9,) * 3, (13,) * 3, (17,) * 3)}
SPACES = {0: "global", 2: "pixels", 3: "voxels"}
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


class OnTensors(nn.Module):
    """A module of escnn on tensors (B, C, ...) in our basis of every irrep."""

    def __init__(self, model: nn.Module, basis_in: Tensor, basis_out: Tensor) -> None:
        super().__init__()
        self.model = model
        # No buffers, which a change of precision would round.
        self.basis_in = basis_in
        self.basis_out = torch.linalg.inv(basis_out)

    def forward(self, x: Tensor) -> Tensor:
        """Run the module."""
        from escnn.nn import GeometricTensor

        field = GeometricTensor(_changed(x, self.basis_in), self.model.in_type)
        return _changed(self.model(field).tensor, self.basis_out)

    def __deepcopy__(self, memo: dict[int, Any]) -> OnTensors:
        """Return a copy that shares groups and spaces, whose elements escnn 1.0.11 cannot copy."""
        new = OnTensors.__new__(OnTensors)
        memo[id(self)] = new
        with _shared_in_copies():
            new.__dict__.update({k: copy.deepcopy(v, memo) for k, v in self.__dict__.items()})
        return new


@contextlib.contextmanager
def _shared_in_copies() -> Iterator[None]:
    """Let copies share what never changes."""
    from escnn.group import Group, GroupElement, Representation
    from escnn.gspaces import GSpace

    kinds = [
        k for k in (Group, GroupElement, Representation, GSpace) if not hasattr(k, "__deepcopy__")
    ]
    for kind in kinds:
        kind.__deepcopy__ = lambda self, memo: self
    try:
        yield
    finally:
        for kind in kinds:
            del kind.__deepcopy__


def _changed(x: Tensor, basis: Tensor) -> Tensor:
    return torch.einsum("ij,bj...->bi...", basis.to(x), x)


def infer_escnn(module: Any, inputs: Any = None) -> Inferred:
    """Return the interface of a module with ``in_type`` and ``out_type``.

    Raises:
        InputError: the group space or a representation has no counterpart, or the module does not run.
    """
    if not hasattr(module, "out_type"):
        raise InputError(f"{type(module).__name__} has an in_type but no out_type", hint=HINT)
    space = module.in_type.gspace
    dimension = space.dimensionality
    if dimension not in SPACES:
        raise InputError(f"fields on {space.name} are not supported", hint=HINT)
    group = _group(space)
    elements = list(_elements(space, group))
    (rep_in, basis_in), (rep_out, basis_out) = (
        _rep(kind, group, elements) for kind in (module.in_type, module.out_type)
    )
    model = OnTensors(module, basis_in, basis_out)
    given = _given(inputs)
    sizes = [tuple(given.shape[2:])] if given is not None else SIDES[dimension]
    side, shape = _run(model, len(basis_in), sizes)
    where = SPACES[dimension]
    specs = {
        "x": TensorSpec(shape=("samples", len(basis_in), *side), space=where, rep=rep_in),
        "output": TensorSpec(shape=("samples", *shape), space=where, rep=rep_out),
    }
    interface = Interface(
        group=group.name, inputs={"x": specs["x"]}, outputs={"output": specs["output"]}
    )
    if given is None:
        return Inferred(model, interface)
    start = _changed(given.double(), torch.linalg.inv(basis_in)).to(given)
    return Inferred(model, interface, varied({"x": start}))


def _given(inputs: Any) -> Tensor | None:
    if isinstance(inputs, dict):
        inputs = list(inputs.values())
    value = inputs[0] if isinstance(inputs, list | tuple) and len(inputs) == 1 else inputs
    value = getattr(value, "tensor", value)
    if value is not None and not isinstance(value, Tensor):
        raise InputError(
            "inputs= is no tensor", expected="a tensor (B, C, ...) or a GeometricTensor"
        )
    return value


def _group(space: Any) -> Group:
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


def _elements(space: Any, group: Group) -> Iterator[tuple[Any, Element]]:
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


def _rep(kind: Any, group: Group, elements: Sequence[tuple[Any, Element]]) -> tuple[str, Tensor]:
    """Return a field type as a sum of our irreps, and the matrix from our components to escnn's."""
    known: dict[Any, tuple[str, Tensor]] = {}
    names: list[str] = []
    blocks: list[Tensor] = []
    for rep in kind.representations:
        parts = []
        for index in rep.irreps:
            if index not in known:
                known[index] = _irrep(rep.group.irrep(*index), group, elements)
            names.append(f"1x{known[index][0]}")
            parts.append(known[index][1])
        change = torch.as_tensor(rep.change_of_basis, dtype=torch.float64)
        blocks.append(change @ torch.block_diag(*parts))  # type: ignore[no-untyped-call]
    basis: Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
    return " + ".join(names), basis


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
    basis = vectors[-1].reshape(size, size)
    # The nearest orthogonal matrix; B is a multiple of one.
    left, _, right = torch.linalg.svd(basis)
    orthogonal: Tensor = left @ right
    return orthogonal


def _run(
    model: nn.Module, channels: int, sizes: Sequence[tuple[int, ...]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first size of the grid that the module takes, and the shape of what it returns of one sample."""
    copy = duplicate(model) or model
    reason = ""
    for side in sizes:
        try:
            with seeded(0), torch.no_grad():
                return side, tuple(copy(torch.randn(2, channels, *side)).shape[1:])
        except Exception as error:
            reason = said(error)
    tried = ", ".join(" × ".join(map(str, side)) for side in sizes)
    raise InputError(
        f"the module fails on grids of {tried}: {reason}", hint="give inputs= with an example"
    )
