"""The interface of a module of escnn, from its field types."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.escnn_basis import HINT, group_of, matching_elements, rep_of
from equidesign.verify.infer import Inferred, varied
from equidesign.verify.randomness import seeded
from equidesign.verify.reasons import said
from equidesign.verify.shaking import duplicate

# Odd, so that the usual strides keep the symmetry of the grid; the first that the module takes.
SIDES = {0: ((),), 2: ((17, 17), (29, 29), (33, 33), (9, 9)), 3: ((9,) * 3, (13,) * 3, (17,) * 3)}
SPACES = {0: "global", 2: "pixels", 3: "voxels"}


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
    group = group_of(space)
    elements = list(matching_elements(space, group))
    (rep_in, basis_in), (rep_out, basis_out) = (
        rep_of(kind, group, elements) for kind in (module.in_type, module.out_type)
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
