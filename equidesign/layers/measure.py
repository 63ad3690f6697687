"""What a pipeline costs, exactly: parameters, FLOPs, activations, memory; and its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from equidesign.groups.group import Group
from equidesign.layers.pipeline import completed, layer_costs, memory_mb, total_cost
from equidesign.layers.registry import layer_kind
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import CostModel, Interface, Parameters, Specification

GRADIENT_KINDS = frozenset({"gradient-forces"})


def has_gradient(layers: Sequence[Layer]) -> bool:
    """Tell whether an output is a gradient, so that the forward pass holds a backward pass."""
    return any(layer.kind in GRADIENT_KINDS for layer in layers)


def accelerations_of(layers: Sequence[Layer]) -> frozenset[str]:
    """Return the accelerations that bear on some of the layers.

    torch.compile has no second derivatives, which forces need to be trained when they are a gradient.
    """
    found = {name for layer in layers for name in layer_kind(layer.kind).accelerations}
    return frozenset(found - {"compile"} if has_gradient(layers) else found)


def parameters_of(layers: Sequence[Layer]) -> Parameters:
    """Add up the layers' parameters."""
    return Parameters(
        total=sum(layer.parameters for layer in layers),
        per_layer={layer.name: layer.parameters for layer in layers},
    )


def cost_of(
    layers: Sequence[Layer], group: Group, sizes: Mapping[str, int], batch_size: int
) -> CostModel:
    """Return the cost of one sample of the given sizes, and the memory of one training step."""
    costs = layer_costs(layers, group, sizes)
    total = total_cost(costs.values(), has_gradient(layers))
    parameters = sum(layer.parameters for layer in layers)
    return CostModel(
        sizes=dict(sizes),
        flops=total.flops,
        activations=total.activations,
        memory_mb=memory_mb(parameters, total.activations, batch_size),
        formulas={
            "memory_mb": f"(16 * parameters + 4 * activations * {batch_size} samples) / 10^6",
            "flops": "sum over layers"
            + (", times 3 for the gradient" if has_gradient(layers) else ""),
            **{name: cost.formula for name, cost in costs.items() if cost.formula},
        },
    )


def refreshed(spec: Specification) -> Specification:
    """Return the specification with counts, costs and ledger recomputed from its layers."""
    layers = completed(spec.layers, spec.fiber)
    batch_size = batch_size_of(spec.training)
    return spec.model_copy(
        update={
            "layers": layers,
            "interface": fitted_interface(spec.interface, layers, spec.fiber),
            "parameters": parameters_of(layers),
            "cost": cost_of(layers, spec.fiber, spec.cost.sizes, batch_size),
        }
    )


def batch_size_of(training: Mapping[str, Any]) -> int:
    """Return how many samples a training step holds, 1 where no such number is written."""
    value = training.get("batch_size")
    return value if isinstance(value, int) and value >= 1 else 1


def fitted_interface(interface: Interface, layers: Sequence[Layer], group: Group) -> Interface:
    """Return the interface with the latent code as the layer that writes it makes it.

    Its width is the architecture's choice, not the task's; a latent field on pixels takes its size from the
    layer's option ``size_out``, or ``size``.
    """
    writer = next((layer for layer in reversed(layers) if layer.writes == "latent"), None)
    if "latent" not in interface.outputs or writer is None:
        return interface
    dim = writer.out.typed(group).rep.dim
    shapes: dict[Space, tuple[int | str, ...]] = {
        Space.global_: ("samples", dim),
        Space.elements: ("samples", "elements", dim),
        Space.nodes: ("nodes", dim),
        Space.points: ("points", dim),
        Space.atoms: ("points", dim),
    }
    shape = shapes.get(
        writer.out.space,
        ("samples", dim, *writer.options.get("size_out", writer.options.get("size", ()))),
    )
    update = {"shape": shape, "space": writer.out.space, "rep": writer.out.rep}
    latent = interface.outputs["latent"].model_copy(update=update)
    return interface.model_copy(update={"outputs": {**interface.outputs, "latent": latent}})
