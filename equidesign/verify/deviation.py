"""How far a tensor is from what it should be, relative to how much it varies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import EllipsisType

from torch import Tensor

from equidesign.groups.rep import Rep
from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import component_axis

# A block smaller than this part of the whole output may be nothing but rounding in float32.
SMALL_BLOCK = 1e-6
# What all samples share, such as the energy of free atoms, is no yardstick; but neither is a spread that is nothing
# beside the values.
SMALL_SPREAD = 1e-4


@dataclass(frozen=True)
class Deviation:
    """Largest relative error of one output, and the block of its components where it is."""

    error: float
    block: str = ""


Index = tuple[slice | EllipsisType, ...]


def deviation(found: Tensor, expected: Tensor, spec: TensorSpec, rep: Rep | None) -> Deviation:
    """Return the error relative to the spread of the values, block by block of the rep; NaN if not finite."""
    if found.shape != expected.shape:
        raise ValueError(
            f"an output changed its shape from {list(expected.shape)} to {list(found.shape)}"
        )
    if not found.numel():
        return Deviation(0.0)
    if not (found.isfinite().all() and expected.isfinite().all()):
        return Deviation(math.nan)
    whole = max(float(found.abs().max()), float(expected.abs().max()))
    if whole == 0:
        return Deviation(0.0)
    worst = Deviation(-1.0)
    axis = component_axis(spec) if len(spec.shape) == found.dim() else found.dim() - 1
    for label, part in blocks(found.dim(), spec, rep):
        a, b = found[part], expected[part]
        size = max(scale_of(a, axis), scale_of(b, axis), SMALL_BLOCK * whole)
        error = float((a - b).abs().max()) / size
        if error > worst.error:
            worst = Deviation(error, label)
    return worst


def scale_of(value: Tensor, axis: int) -> float:
    """Return the largest spread of a component over all samples and points, bounded by the values' own size."""
    size = float(value.abs().max())
    if value.dim() < 2:
        return size
    rows = value.movedim(axis, 0).flatten(1)
    if rows.shape[1] < 2:
        return size
    spread = float((rows.amax(1) - rows.amin(1)).max())
    return min(max(spread, SMALL_SPREAD * size), size)


def blocks(dim: int, spec: TensorSpec, rep: Rep | None) -> list[tuple[str, Index]]:
    """Return the parts of a tensor that transform on their own."""
    everything: list[tuple[str, Index]] = [(str(rep) if rep else "", (...,))]
    if rep is None or len(rep.terms) < 2 or spec.layout or len(spec.shape) != dim:
        return everything
    axis = component_axis(spec)
    if spec.shape[axis] != rep.dim:
        return everything
    found: list[tuple[str, Index]] = []
    start = 0
    for count, irrep in rep.terms:
        stop = start + count * irrep.dim
        index: Index = (*[slice(None)] * axis, slice(start, stop))
        found.append((f"{count}x{irrep}", index))
        start = stop
    return found
