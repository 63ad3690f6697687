"""Relabelling: permutations of points, nodes, edges, rows, columns and samples, and single samples of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import Tensors
from equidesign.verify.axes import NODES, Axes

SIZES = ("samples", "points", "elements", "nodes", "edges", "rows", "columns")


@dataclass(frozen=True)
class Labels:
    """The sizes of a batch and how its parts belong to samples.

    A size may have a name in the interface or only be found from the space: the points of ``[samples, 16, 3]``, the
    rows and columns of a table.

    Attributes:
        interface: the tensors.
        fiber: the group whose representations they name; the point group unless given.
    """

    interface: Interface
    fiber: Group | None = None

    @cached_property
    def axes(self) -> Axes:
        """What the axes of the tensors are."""
        fiber = self.fiber or parse_group(self.interface.group).geometric.point_group
        return Axes(self.interface, fiber)

    def names(self, spec: TensorSpec) -> tuple[str | None, ...]:
        """Return what each axis of a tensor counts."""
        return self.axes.names(spec)

    def sizes(self, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Return the size of every dimension of the inputs that counts something."""
        found: dict[str, int] = {}
        for name, spec in self.interface.inputs.items():
            if name in tensors:
                names = self.names(spec)
                sizes = tensors[name].shape
                found.update({n: s for n, s in zip(names, sizes, strict=False) if n is not None})
        owner = self.batch_of(tensors)
        if "samples" not in found and owner:
            found["samples"] = int(next(iter(owner.values())).max()) + 1
        return found

    def batch_of(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the sample of each point, by name of the size."""
        return {
            str(self.names(spec)[0]): tensors[name]
            for name, spec in self.interface.inputs.items()
            if spec.role == "batch" and name in tensors
        }

    @cached_property
    def indexed(self) -> str:
        """What an ``edge_index`` counts: nodes where there are any, else points or elements."""
        found = {
            name
            for spec in self.interface.inputs.values()
            if spec.role != "edge_index"
            for name in self.names(spec)
        }
        return next((name for name in NODES if name in found), NODES[0])

    def relabel(self, tensors: Mapping[str, Tensor], orders: Mapping[str, Tensor]) -> Tensors:
        """Return inputs whose new item i is the old item ``orders[size][i]``, for each size."""
        return self._reorder(tensors, self.interface.inputs, orders)

    def relabel_outputs(
        self, tensors: Mapping[str, Tensor], orders: Mapping[str, Tensor]
    ) -> Tensors:
        """Return the outputs that belong to relabelled inputs."""
        return self._reorder(tensors, self.interface.outputs, orders)

    def _reorder(
        self,
        tensors: Mapping[str, Tensor],
        specs: Mapping[str, TensorSpec],
        orders: Mapping[str, Tensor],
    ) -> Tensors:
        found = self.select(tensors, specs, orders)
        for name, value in found.items():
            role = specs[name].role if name in specs else None
            if role == "batch" and "samples" in orders:
                found[name] = torch.argsort(orders["samples"])[value]
            elif role == "edge_index" and self.indexed in orders:
                found[name] = torch.argsort(orders[self.indexed])[value]
        return found

    def take(self, tensors: Mapping[str, Tensor], samples: list[int]) -> tuple[Tensors, Tensors]:
        """Return the inputs of some samples alone, and the indices kept of every size."""
        chosen = torch.tensor(samples)
        kept: Tensors = {"samples": chosen}
        for size, owner in self.batch_of(tensors).items():
            kept[size] = torch.isin(owner, chosen).nonzero().flatten()
        inputs = self.interface.inputs
        for name, spec in inputs.items():
            if spec.role == "edge_index" and name in tensors and self.indexed in kept:
                edges = torch.isin(tensors[name][0], kept[self.indexed])
                kept["edges"] = edges.nonzero().flatten()
        found = self.select(tensors, inputs, kept)
        for name, spec in inputs.items():
            if name not in found:
                continue
            if spec.role == "batch":
                found[name] = _renumber(found[name], chosen)
            elif spec.role == "edge_index" and self.indexed in kept:
                found[name] = _renumber(found[name], kept[self.indexed])
        return found, kept

    def select(
        self,
        tensors: Mapping[str, Tensor],
        specs: Mapping[str, TensorSpec],
        kept: Mapping[str, Tensor],
    ) -> Tensors:
        """Keep the given indices of every size."""
        found: Tensors = {}
        for name, value in tensors.items():
            for axis, size in enumerate(self.names(specs[name]) if name in specs else ()):
                if size is not None and size in kept:
                    value = value.index_select(axis, kept[size])
            found[name] = value
        return found

    def masked(self, outputs: Mapping[str, Tensor], inputs: Mapping[str, Tensor]) -> Tensors:
        """Return the outputs with zeros where a mask says that nothing exists."""
        found: Tensors = dict(outputs)
        for mask_name, mask_spec in self.interface.inputs.items():
            if mask_spec.role != "mask" or mask_name not in inputs:
                continue
            mask, counted = inputs[mask_name].bool(), self.names(mask_spec)
            if None in counted:
                continue
            for name, value in found.items():
                spec = self.interface.outputs.get(name)
                if spec is not None and self.names(spec)[: len(counted)] == counted:
                    wide = mask[(...,) + (None,) * (value.dim() - mask.dim())]
                    found[name] = value.masked_fill(~wide, 0)
        return found


def _renumber(values: Tensor, chosen: Tensor) -> Tensor:
    table = torch.full((int(max(values.max() if values.numel() else 0, chosen.max())) + 1,), -1)
    table[chosen] = torch.arange(len(chosen))
    return table[values]
