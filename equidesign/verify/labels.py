"""Relabelling: permutations of points, elements, nodes, edges and samples, and taking single samples out of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import Tensors

SIZES = ("samples", "points", "elements", "nodes", "edges")


@dataclass(frozen=True)
class Labels:
    """The sizes of a batch and how its parts belong to samples."""

    interface: Interface

    def sizes(self, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Return the size of every named dimension of the inputs."""
        found: dict[str, int] = {}
        for name, spec in self.interface.inputs.items():
            for axis, size in enumerate(spec.shape):
                if isinstance(size, str) and name in tensors:
                    found[size] = tensors[name].shape[axis]
        owner = self.batch_of(tensors)
        if "samples" not in found and owner:
            found["samples"] = int(next(iter(owner.values())).max()) + 1
        return found

    def batch_of(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the sample of each point, by name of the size."""
        return {
            str(spec.shape[0]): tensors[name]
            for name, spec in self.interface.inputs.items()
            if spec.role == "batch"
        }

    def relabel(self, tensors: Mapping[str, Tensor], orders: Mapping[str, Tensor]) -> Tensors:
        """Return inputs whose new item i is the old item ``orders[size][i]``, for each named size."""
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
        inverse = {size: torch.argsort(order) for size, order in orders.items()}
        found: Tensors = {}
        for name, value in tensors.items():
            spec = specs.get(name)
            if spec is not None:
                for axis, size in enumerate(spec.shape):
                    if isinstance(size, str) and size in orders:
                        value = value.index_select(axis, orders[size])
                if spec.role == "batch" and "samples" in inverse:
                    value = inverse["samples"][value]
                if spec.role == "edge_index" and "nodes" in inverse:
                    value = inverse["nodes"][value]
            found[name] = value
        return found

    def take(self, tensors: Mapping[str, Tensor], samples: list[int]) -> tuple[Tensors, Tensors]:
        """Return the inputs of some samples alone, and the indices kept of every named size."""
        chosen = torch.tensor(samples)
        kept: Tensors = {"samples": chosen}
        for size, owner in self.batch_of(tensors).items():
            kept[size] = torch.isin(owner, chosen).nonzero().flatten()
        for name, spec in self.interface.inputs.items():
            if spec.role == "edge_index" and "nodes" in kept:
                edges = torch.isin(tensors[name][0], kept["nodes"])
                kept["edges"] = edges.nonzero().flatten()
        found = self.select(tensors, self.interface.inputs, kept)
        for name, spec in self.interface.inputs.items():
            if spec.role == "batch":
                found[name] = _renumber(found[name], chosen)
            elif spec.role == "edge_index" and "nodes" in kept:
                found[name] = _renumber(found[name], kept["nodes"])
        return found, kept

    @staticmethod
    def select(
        tensors: Mapping[str, Tensor], specs: Mapping[str, TensorSpec], kept: Mapping[str, Tensor]
    ) -> Tensors:
        """Keep the given indices of every named size."""
        found: Tensors = {}
        for name, value in tensors.items():
            for axis, size in enumerate(specs[name].shape if name in specs else ()):
                if isinstance(size, str) and size in kept:
                    value = value.index_select(axis, kept[size])
            found[name] = value
        return found

    def masked(self, outputs: Mapping[str, Tensor], inputs: Mapping[str, Tensor]) -> Tensors:
        """Return the outputs with zeros where the mask says that nothing exists."""
        masks = [n for n, spec in self.interface.inputs.items() if spec.role == "mask"]
        if not masks:
            return dict(outputs)
        mask, shape = inputs[masks[0]], self.interface.inputs[masks[0]].shape
        found: Tensors = {}
        for name, value in outputs.items():
            spec = self.interface.outputs.get(name)
            if spec is not None and spec.shape[: len(shape)] == shape:
                value = value.masked_fill(~mask[(...,) + (None,) * (value.dim() - mask.dim())], 0)
            found[name] = value
        return found


def _renumber(values: Tensor, chosen: Tensor) -> Tensor:
    table = torch.full((int(max(values.max() if values.numel() else 0, chosen.max())) + 1,), -1)
    table[chosen] = torch.arange(len(chosen))
    return table[values]
