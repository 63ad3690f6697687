"""Domain and task -> interface: every input and output with shape, dtype, space, representation and unit."""

from __future__ import annotations

from typing import Any

from equidesign.design.making import vectors
from equidesign.design.problem import Target
from equidesign.design.written_rep import written_rep
from equidesign.groups.group import Group
from equidesign.groups.irreps import trivial, vector
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.request import Request
from equidesign.spec.specification import Interface, TensorSpec

TYPICAL_ATOMS = 12
TYPICAL_DEGREE = 4


def input_features(request: Request, fiber: Group) -> Rep | None:
    """Return the representation of the input features ``x``, None when there are none.

    Raises:
        InputError: a representation that is not one of the group.
    """
    data: Any = request.data
    one = Rep(fiber, ((1, trivial(fiber)),))
    if data.domain == "images" and data.input == "vector":
        if fiber.order == 1:  # nothing turns: both components are plain channels
            return one * (2 * int(data.channels))
        return vectors(int(data.channels), fiber)
    if data.domain in ("point_clouds", "molecules", "crystals"):
        if isinstance(data.features, str):
            return written_rep(data.features, request, fiber, "data.features")[0]
        return one * int(data.features) if data.features else None
    count = {
        "images": "channels",
        "volumes": "channels",
        "sphere": "channels",
        "sequences": "channels",
        "sets": "features",
        "tables": "features",
        "graphs": "node_features",
    }.get(data.domain)
    return one * int(getattr(data, count)) if count else None


def typical_sizes(request: Request) -> dict[str, int]:
    """Return the typical sizes of one sample, by name."""
    data: Any = request.data
    if data.domain == "images":
        return {"height": data.size[0], "width": data.size[1]}
    if data.domain == "sphere":
        return {"bandwidth": data.bandwidth}
    if data.domain == "point_clouds":
        return {
            "points": data.points,
            "edges": data.points * min(data.neighbours, max(data.points - 1, 1)),
        }
    if data.domain in ("molecules", "crystals"):
        return {
            "points": TYPICAL_ATOMS,
            "edges": round(TYPICAL_ATOMS * min(data.neighbours, TYPICAL_ATOMS - 1)),
        }
    if data.domain == "sets":
        return {"elements": data.size}
    if data.domain == "graphs":
        return {"nodes": data.nodes, "edges": data.nodes * TYPICAL_DEGREE}
    return {}


def build_interface(
    request: Request, group: Group, fiber: Group, targets: tuple[Target, ...]
) -> Interface:
    """Return the interface: names and shapes are those of the domain, fixed for all families."""
    sizes = {
        k: v
        for k, v in typical_sizes(request).items()
        if k in ("points", "elements", "nodes", "edges")
    }
    return Interface(
        group=group.name,
        sizes=sizes,
        inputs=_inputs(request, fiber, targets),
        outputs={target.name: _output(request, target) for target in targets},
    )


def _inputs(request: Request, fiber: Group, targets: tuple[Target, ...]) -> dict[str, TensorSpec]:
    data: Any = request.data
    features = input_features(request, fiber)
    rep = str(features) if features else None
    items: dict[str, TensorSpec] = {}
    if data.domain == "images":
        shape = ("samples", features.dim if features else 0, *data.size)
        items["x"] = TensorSpec(
            shape=shape, space=Space.pixels, rep=rep, description="image, y up and x right"
        )
    elif data.domain == "sphere":
        side = 2 * data.bandwidth
        text = "signal on the sphere, colatitude by longitude, polar axis y"
        items["x"] = TensorSpec(
            shape=("samples", data.channels, side, side),
            space=Space.sphere,
            rep=rep,
            description=text,
        )
    elif data.domain in ("point_clouds", "molecules"):
        items.update(_points(request, fiber, rep, features.dim if features else 0))
    elif data.domain == "sets":
        items["x"] = TensorSpec(
            shape=("samples", "elements", data.features),
            space=Space.elements,
            rep=rep,
            description="features of the elements",
        )
        items["mask"] = TensorSpec(
            shape=("samples", "elements"),
            dtype="bool",
            space=Space.elements,
            role="mask",
            description="true where an element exists",
        )
    elif data.domain == "graphs":
        items["x"] = TensorSpec(
            shape=("nodes", data.node_features),
            space=Space.nodes,
            rep=rep,
            description="features of the nodes",
        )
        items["edge_index"] = TensorSpec(
            shape=(2, "edges"),
            dtype="int64",
            space=Space.edges,
            role="edge_index",
            description="source and target of every edge"
            + ("" if data.directed else ", listed in both directions"),
        )
        if data.edge_features:
            items["edge_attr"] = TensorSpec(
                shape=("edges", data.edge_features),
                space=Space.edges,
                rep=f"{data.edge_features}xtrivial",
                description="features of the edges",
            )
        items["batch"] = _batch("nodes", Space.nodes)
    if any(target.name == "velocity" for target in targets):
        items["t"] = TensorSpec(
            shape=("samples",),
            rep=str(Rep(fiber, ((1, trivial(fiber)),))),
            description="flow time in [0, 1]",
        )
    return items


def _points(request: Request, fiber: Group, rep: str | None, dim: int) -> dict[str, TensorSpec]:
    data: Any = request.data
    molecules = data.domain == "molecules"
    space = Space.atoms if molecules else Space.points
    one = vector(fiber)
    items: dict[str, TensorSpec] = {}
    if data.domain == "molecules":
        items["z"] = TensorSpec(
            shape=("points",),
            dtype="int64",
            space=space,
            values=tuple(data.species),
            description="atomic numbers",
        )
    items["pos"] = TensorSpec(
        shape=("points", 3 if molecules else data.dimension),
        space=space,
        rep=str(one),
        translates=True,
        unit="Å" if molecules else None,
        description="positions",
    )
    items["batch"] = _batch("points", space)
    if dim:
        items["x"] = TensorSpec(
            shape=("points", dim), space=space, rep=rep, description="input features"
        )
    return items


def _batch(size: str, space: Space) -> TensorSpec:
    return TensorSpec(
        shape=(size,),
        dtype="int64",
        space=space,
        role="batch",
        description="sample of each " + size[:-1],
    )


PER = {
    Space.points: "points",
    Space.atoms: "points",
    Space.nodes: "nodes",
}


def _output(request: Request, target: Target) -> TensorSpec:
    dim = target.rep.dim
    side = vector(target.rep.group).dim if target.name == "rotation" else 0
    shape: tuple[int | str, ...]
    if target.name == "rotation":
        shape = ("samples", side, side)
    elif target.per_sample:
        shape = ("samples", dim)
    elif target.space in PER:
        shape = (PER[target.space], dim)
    elif target.space is Space.elements:
        shape = ("samples", "elements", dim)
    elif request.data.domain == "images":
        shape = ("samples", dim, *request.data.size)
    elif request.data.domain == "sphere":
        shape = ("samples", dim, 2 * request.data.bandwidth, 2 * request.data.bandwidth)
    else:
        shape = ("samples", dim)
    return TensorSpec(
        shape=shape,
        space=target.space,
        rep=str(target.rep),
        translates=target.translates,
        layout="columns" if target.name == "rotation" else None,
        unit=target.unit,
        description=DESCRIPTIONS.get(target.name, target.name),
    )


DESCRIPTIONS = {
    "logits": "unnormalised class scores",
    "prediction": "predicted values",
    "energy": "energy of each sample",
    "forces": "force on each point",
    "rotation": "frame whose columns turn with the input",
    "translation": "centre that moves with the input",
    "velocity": "velocity of the flow",
    "reconstruction": "reconstructed input",
    "latent": "code",
}
