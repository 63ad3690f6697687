"""How point features become the outputs of the model: readout, pooling, forces, poses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import trivial, vector
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import in_a_row, kept_field, same
from equidesign.layers.irreps_math import linear_weights
from equidesign.layers.kinds.node_embedding import SPECIES, species_faults
from equidesign.layers.kinds.pixels_output import centroid_faults
from equidesign.spec.field import Space

POOLED = ((Space.points, Space.global_), (Space.atoms, Space.global_))


class IrrepsReadout(LayerKind):
    """An equivariant linear map to the irreps of the target; biases, if any, on scalars only."""

    id = "irreps-readout"
    title = "Readout"
    type = "Linear"
    reference = "Geiger & Smidt 2022 (e3nn), sec. 3 (Schur's lemma)"
    backends = ("e3nn",)
    options: ClassVar[Mapping[str, Option]] = {
        "bias": Option(bool, "whether scalars get a bias (default: true)", required=False)
    }
    spaces = same(Space.points, Space.atoms, Space.global_)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Schur: an output irrep that the input lacks would be zero for ever."""
        for irrep in layer.out.rep.irreps:
            if irrep not in layer.in_.rep.irreps:
                yield Fault(
                    "out.rep",
                    f"{irrep} is always zero: {layer.in_.rep} has no such irrep",
                    f"add {irrep} to the layer before",
                    "zero-target",
                )

    def used_irreps(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Schur: those of the output."""
        return frozenset(set(layer.in_.rep.irreps) & set(layer.out.rep.irreps))

    def parameters(self, layer: TypedLayer) -> int:
        """Schur's weights, and one bias for each scalar."""
        biases = layer.out.rep.scalars if layer.option("bias", True) else 0
        return linear_weights(layer.in_.rep, layer.out.rep) + biases

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One small linear map a point, or a sample."""
        weights = sum(
            2 * mul_in * mul_out * irrep.dim
            for mul_in, irrep in layer.in_.rep.terms
            for mul_out, other in layer.out.rep.terms
            if irrep == other
        )
        places = 1 if layer.in_.space is Space.global_ else sizes["points"]
        return Cost(
            places * weights,
            places * layer.out.rep.dim,
            "2 * places * weights * (2l+1)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "o3.Linear",
            (dialect.rep(layer.in_.rep), dialect.rep(layer.out.rep)),
            {"biases": "True"} if layer.option("bias", True) else {},
            call=("{out} = {self}({in})",),
        )


class PoolPoints(LayerKind):
    """Sum or mean over the points of each sample: invariant to their order, equivariant to rotations."""

    id = "pool-points"
    title = "Pooling over points"
    type = "Pooling"
    reference = "Zaheer et al. 2017 (Deep Sets), theorem 2"
    backends = ("e3nn", "torch", "pytorch_geometric")
    poolings = ("sum", "mean")
    spaces = POOLED

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Pooling keeps the representation and leaves the points."""
        yield from kept_field(layer, "pooling", space=False)

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One addition for every number."""
        return Cost(sizes["points"] * layer.in_.rep.dim, layer.in_.rep.dim, "points * dim")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        function = f"{layer.layer.pooling}_per_sample"
        return Code(None, call=(f"{{out}} = {function}({{in}}, batch)",), uses=(function,))


class ScaleShift(LayerKind):
    """Per-species scale and shift of an atomic scalar: set from the training data, not trained."""

    id = "scale-shift"
    title = "Per-species scale and shift"
    type = "Linear"
    reference = "Batzner et al. 2022 (NequIP), Methods"
    backends = ("e3nn", "torch", "pytorch_geometric")
    options: ClassVar[Mapping[str, Option]] = {"species": SPECIES}
    spaces = same(Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """A shift is a bias: legal on scalars only."""
        yield from species_faults(layer)
        if not layer.in_.rep.is_scalar:
            message = f"a shift of {layer.in_.rep.non_scalars} points in a fixed direction"
            yield Fault("in.rep", message, "shift invariant scalars", "bias-on-non-scalars")
        yield from kept_field(layer, "a scale and shift")

    def parameters(self, layer: TypedLayer) -> int:
        """Scale and shift are buffers."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One multiplication and one addition a point."""
        return Cost(2 * sizes["points"], sizes["points"], "2 * points")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        count = str(len(layer.option("species")))
        return Code("ScaleShift", (count,), call=("{out} = {self}({in}, species)",))


class GradientForces(LayerKind):
    """Forces as minus the gradient of the energy: conservative, and equivariant because the energy is invariant."""

    id = "gradient-forces"
    title = "Conservative forces"
    type = "Gradient"
    reference = "Chmiela et al. 2017 (GDML), eq. 1; Batzner et al. 2022 (NequIP), eq. 1"
    backends = ("e3nn", "torch", "pytorch_geometric")
    spaces = ((Space.global_, Space.points), (Space.global_, Space.atoms))

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The gradient of one invariant scalar is one polar vector on every point."""
        if layer.in_.rep.dim != 1 or not layer.in_.rep.is_scalar:
            yield Fault(
                "in.rep",
                f"forces are the gradient of an energy, one invariant scalar, not of {layer.in_.rep}",
                f"write 1x{trivial(layer.group)}",
                "forces-from-energy",
            )
        if layer.out.rep != vector(layer.group):
            message = "a gradient is one polar vector"
            yield Fault("out.rep", message, f"write {vector(layer.group)}", "forces-from-energy")

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """The backward pass costs about twice the forward pass; it is counted in the total."""
        return Cost(0, 3 * sizes["points"], "2 * (all layers before)")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Conservative forces shape the whole ``forward``: the model template writes them."""
        return Code(None)


class OrthonormalFrame(LayerKind):
    """Orthonormalises polar vectors into a rotation (SO, SE) or an orthogonal frame (O, E)."""

    id = "orthonormal-frame"
    title = "Orthonormal frame"
    type = "Gram-Schmidt"
    reference = "Zhou et al. 2019 (Continuity of rotation representations), eq. 14"
    backends = ("e3nn", "torch", "pytorch_geometric", "escnn")
    spaces = same(Space.global_)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Without reflections d - 1 vectors determine the frame; with them all d are needed."""
        one = vector(layer.group)
        count = one.dim if layer.group.reflections else one.dim - 1
        for key, rep, wanted in (("in", layer.in_.rep, count), ("out", layer.out.rep, one.dim)):
            needed = Rep.total([one] * wanted, layer.group)
            if in_a_row(rep) != in_a_row(needed):
                made = "is made of" if key == "in" else "has the columns"
                message = f"a frame under {layer.group.name} {made} {in_a_row(needed)}"
                yield Fault(f"{key}.rep", message, f"write {in_a_row(needed)}")

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A constant number of operations a sample."""
        return Cost(60, layer.out.rep.dim, "60")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        dim = vector(layer.group).dim
        kind = "orthogonal_frame" if layer.group.reflections else "rotation_frame"
        kind = f"plane_{kind}" if dim == 2 else kind
        return Code(
            None,
            call=(f"{{out}} = {kind}({{in}}.view(-1, {layer.in_.rep.dim // dim}, {dim}))",),
            uses=(kind,),
        )


class WeightedCentroid(LayerKind):
    """A point that moves with the cloud: softmax-weighted mean of positions plus an equivariant offset."""

    id = "weighted-centroid"
    title = "Equivariant centre"
    type = "Attention pooling"
    reference = "Satorras et al. 2021 (EGNN), eq. 4"
    backends = ("e3nn", "torch", "pytorch_geometric")
    spaces = POOLED

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """One invariant weight and one polar offset a point."""
        one = vector(layer.group)
        yield from centroid_faults(layer, one, "point")

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A softmax and two weighted sums."""
        return Cost(12 * sizes["points"], sizes["points"] * layer.in_.rep.dim, "12 * points")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call."""
        return Code(
            None, call=("{out} = weighted_centroid({in}, pos, batch)",), uses=("weighted_centroid",)
        )


KINDS = (
    IrrepsReadout(),
    PoolPoints(),
    ScaleShift(),
    GradientForces(),
    OrthonormalFrame(),
    WeightedCentroid(),
)
