"""Outputs of points that carry scalars ``h`` and polar vectors ``v``."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.groups.irreps import vector
from equidesign.layers.base import Code, Cost, Dialect, Fault, LayerKind, Port, Sizes, TypedLayer
from equidesign.layers.common import same
from equidesign.layers.irreps_math import mlp_weights
from equidesign.layers.kinds.mlp_head import MLPHead
from equidesign.layers.scalar_vector import others, scalars_and_vectors, two_variables
from equidesign.spec.field import Space


class ScalarHead(MLPHead):
    """A multilayer perceptron that reads the scalars of every point and leaves its vectors alone."""

    id = "scalar-head"
    title = "Head on the scalars"
    reference = "Schuett et al. 2021 (PaiNN), sec. 3"
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The output is invariant; the input has scalars and perhaps vectors."""
        if not layer.out.rep.is_scalar:
            message = f"a head on scalars makes invariants only, not {layer.out.rep.non_scalars}"
            yield Fault("out.rep", message, "use gated-readout for vectors", "dense-on-irreps")
        if others(layer.in_.rep).dim:
            message = f"scalars and polar vectors are expected, not {others(layer.in_.rep)}"
            yield Fault("in.rep", message)
        elif not layer.in_.rep.scalars:
            yield Fault("in.rep", "a head on scalars has none to read")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Scalars and vectors are read apart, and written as one tensor."""
        return two_variables(layer)[0], Port()

    def widths(self, layer: TypedLayer) -> tuple[int, ...]:
        """Return all widths; vectors are not read."""
        return (layer.in_.rep.scalars, *layer.option("hidden"), layer.out.rep.dim)

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call: the scalars are always called ``h``."""
        made = super().code(layer, dialect)
        return Code(made.create, made.args, call=("{out} = {self}(h)",))


class GatedReadout(LayerKind):
    """Scalars and vectors, gated: what every point says about targets that hold vectors."""

    id = "gated-readout"
    title = "Gated equivariant readout"
    type = "Gated Linear"
    reference = "Schuett et al. 2021 (PaiNN), fig. 3; Weiler et al. 2018 (3D steerable CNNs), eq. 6"
    backends = ("torch", "pytorch_geometric")
    nonlinearities = ("silu",)
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Only scalars and polar vectors can come out, and vectors must be there."""
        for key, rep in (("in", layer.in_.rep), ("out", layer.out.rep)):
            if others(rep).dim:
                message = f"{others(rep)} is neither a scalar nor a polar vector"
                yield Fault(f"{key}.rep", message)
            elif not scalars_and_vectors(rep).vectors:
                message = f"{rep} has no vectors"
                yield Fault(f"{key}.rep", message, "use scalar-head for invariants")
        if not layer.in_.rep.scalars:
            yield Fault("in.rep", "gates are made of scalars, and there are none")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Scalars and vectors are read apart, and written as one tensor."""
        return two_variables(layer)[0], Port()

    def widths(self, layer: TypedLayer) -> tuple[int, int, int]:
        """Return the widths of the network that makes scalars and gates."""
        before, after = scalars_and_vectors(layer.in_.rep), scalars_and_vectors(layer.out.rep)
        return (before.scalars + before.vectors, before.scalars, after.scalars + after.vectors)

    def parameters(self, layer: TypedLayer) -> int:
        """Two linear maps of the vectors without bias, and the network."""
        before, after = scalars_and_vectors(layer.in_.rep), scalars_and_vectors(layer.out.rep)
        mixes = before.vectors * (before.vectors + after.vectors)
        return mixes + mlp_weights(self.widths(layer), bias=True)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Everything runs on points."""
        before, after = scalars_and_vectors(layer.in_.rep), scalars_and_vectors(layer.out.rep)
        dim = vector(layer.group).dim
        weights = mlp_weights(self.widths(layer), bias=False)
        mixes = dim * before.vectors * (before.vectors + after.vectors)
        kept = sum(self.widths(layer)) + 2 * dim * before.vectors + 2 * dim * after.vectors
        return Cost(
            sizes["points"] * 2 * (weights + mixes),
            sizes["points"] * kept,
            "points * 2 (weights of the gates + d * weights of the vectors)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call; the components are put into the order of the target."""
        before, after = scalars_and_vectors(layer.in_.rep), scalars_and_vectors(layer.out.rep)
        widths = (str(before.scalars), str(before.vectors))
        if not after.scalars:
            return Code(
                "VectorReadout",
                (*widths, str(after.vectors)),
                call=("{out} = {self}(h, v).flatten(1)",),
            )
        return Code(
            "ScalarVectorReadout",
            (*widths, str(after.scalars), str(after.vectors)),
            call=("scalars, vectors = {self}(h, v)", f"{{out}} = {in_order(layer)}"),
        )


def in_order(layer: TypedLayer) -> str:
    """Return the expression that joins ``scalars`` and ``vectors`` in the order of the output."""
    after = scalars_and_vectors(layer.out.rep)
    total, used = (after.vectors, after.scalars), [0, 0]
    parts: list[str] = []
    for mul, irrep in layer.out.rep.terms:
        which = int(irrep.is_trivial)
        name = ("vectors", "scalars")[which]
        first, last = used[which], used[which] + mul
        used[which] = last
        if mul < total[which]:
            name += f"[:, {first or ''}:{last if last < total[which] else ''}]"
        parts.append(name if which else f"{name}.flatten(1)")
    return f"torch.cat([{', '.join(parts)}], dim=1)"


KINDS = (ScalarHead(), GatedReadout())
