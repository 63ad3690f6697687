"""Where a point-cloud or molecular pipeline starts: the first features of every node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from equidesign.groups.irreps import trivial, vector
from equidesign.layers.base import (
    Code,
    Constant,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Port,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import in_a_row, kept_field, same
from equidesign.layers.irreps_math import linear_weights
from equidesign.layers.scalar_vector import feature_code
from equidesign.spec.field import Space

TIME_FREQUENCIES = 8
SPECIES = Option(
    list,
    "atomic numbers the model knows, ascending",
    items=Option(int, "an atomic number", minimum=1, maximum=118),
    length=(1, 118),
)


def species_faults(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where the atomic numbers are not listed in ascending order, each once."""
    species = layer.option("species")
    if species != sorted(set(species)):
        message = f"{species} is not ascending, and numbers are looked up by bisection"
        yield Fault("options.species", message, f"write {sorted(set(species))}", "option-value")


def invariant_output(layer: TypedLayer, why: str) -> Iterator[Fault]:
    """Yield a fault where the same numbers for all points are not invariant."""
    if not layer.out.rep.is_scalar:
        message = f"{layer.out.rep.non_scalars} would point in a fixed direction: {why}"
        yield Fault("out.rep", message, f"write {trivial(layer.group)} only", "bias-on-non-scalars")


def leading_scalars(layer: TypedLayer) -> Iterator[Fault]:
    """Yield a fault where the scalars are not the first components."""
    rep = layer.out.rep
    first = rep.terms[0] if rep.terms else None
    if first is None or not first[1].is_trivial or first[0] != rep.scalars:
        message = f"the first components of {rep} are taken for its scalars"
        yield Fault("out.rep", message, "write the scalars first, in one term")


class SpeciesEmbedding(LayerKind):
    """Atomic number -> learned scalars; a number that the model does not know is refused."""

    id = "species-embedding"
    title = "Species embedding"
    type = "Embedding"
    reference = "Schuett et al. 2017 (SchNet), eq. 1; Batzner et al. 2022 (NequIP), Methods"
    backends = ("e3nn", "torch", "pytorch_geometric")
    options: ClassVar[Mapping[str, Option]] = {"species": SPECIES}
    spaces = same(Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Only scalars can be embedded: a species does not point anywhere."""
        yield from species_faults(layer)
        yield from invariant_output(layer, "a species does not point anywhere")

    def parameters(self, layer: TypedLayer) -> int:
        """One row of scalars a species."""
        return len(layer.option("species")) * layer.out.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A table look-up."""
        return Cost(0, sizes["points"] * layer.out.rep.dim, "0 (table look-up)")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        species = Constant("SPECIES", tuple(layer.option("species")), "atomic numbers")
        return Code(
            "nn.Embedding",
            (str(len(layer.option("species"))), str(layer.out.rep.dim)),
            call=("species = species_index(z, SPECIES)", "h = {self}(species)"),
            uses=("species_index",),
            constants=(species,),
        )


class ConstantEmbedding(LayerKind):
    """The same learned scalars on every point: positions alone carry the information."""

    id = "constant-embedding"
    title = "Constant embedding"
    type = "Embedding"
    reference = "Thomas et al. 2018 (Tensor field networks), sec. 4"
    backends = ("e3nn", "torch", "pytorch_geometric")
    spaces = same(Space.points, Space.atoms)
    relative = True

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The same numbers on every point: they can't point anywhere."""
        yield from invariant_output(layer, "all points get the same")

    def parameters(self, layer: TypedLayer) -> int:
        """One number a channel."""
        return layer.out.rep.dim

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A broadcast."""
        return Cost(0, sizes["points"] * layer.out.rep.dim, "0 (broadcast)")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code("ConstantEmbedding", (str(layer.out.rep.dim),), call=("h = {self}(pos)",))


class FeatureEmbedding(LayerKind):
    """Adds a linear map of the input features ``x``, irrep by irrep."""

    id = "feature-embedding"
    title = "Feature embedding"
    type = "Linear"
    reference = "Geiger & Smidt 2022 (e3nn), sec. 3"
    backends = ("e3nn", "torch", "pytorch_geometric")
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Schur: what the features lack can't be made of them; the scalars of ``h`` come first."""
        yield from leading_scalars(layer)
        for irrep in layer.out.rep.irreps:
            if not irrep.is_trivial and irrep not in layer.in_.rep.irreps:
                yield Fault(
                    "out.rep",
                    f"{irrep} is always zero: the features {layer.in_.rep} have no such irrep",
                    "drop it here",
                    "dead-path",
                )
        if not linear_weights(layer.in_.rep, layer.out.rep):
            message = f"nothing of {layer.in_.rep} is used"
            yield Fault("out.rep", message, f"add {layer.in_.rep}", "dead-path")

    def previous_faults(self, layer: TypedLayer, before: TypedLayer) -> Iterator[Fault]:
        """It adds to the scalars of the layer before, which stay as many."""
        if before.out.rep.is_scalar and before.out.rep.dim != layer.out.rep.scalars:
            message = f"adds to the {before.out.rep.dim} scalars of '{before.name}'"
            hint = f"write {before.out.rep} before the rest"
            yield Fault("out.rep", message, hint, "field-mismatch")

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """It reads the columns of the input; what it writes has the form of the library."""
        return Port(), Port(apart=None)

    def parameters(self, layer: TypedLayer) -> int:
        """Schur: one weight for every pair of equal irreps."""
        return linear_weights(layer.in_.rep, layer.out.rep)

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One linear map a point."""
        return Cost(
            2 * sizes["points"] * layer.in_.rep.dim * max(1, layer.out.rep.dim),
            sizes["points"] * layer.out.rep.dim,
            "2 * points * dim(in) * dim(out)",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call: the result extends or adds to ``h``."""
        if dialect.name != "e3nn":
            return feature_code(layer)
        return Code(
            "FeatureEmbedding",
            (dialect.rep(layer.in_.rep), dialect.rep(layer.out.rep)),
            call=("h = {self}(h, x)",),
        )


class TimeEmbedding(LayerKind):
    """Adds sinusoidal features of the flow time ``t`` to the scalars of every node of the sample."""

    id = "time-embedding"
    title = "Time embedding"
    type = "Embedding"
    reference = "Lipman et al. 2023 (Flow matching); Vaswani et al. 2017, sec. 3.5"
    backends = ("e3nn", "torch", "pytorch_geometric")
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Time is a scalar: it is added to scalars, which come first."""
        yield from kept_field(layer, "the time embedding")
        yield from leading_scalars(layer)

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """It adds to scalars and vectors in either form."""
        return Port(apart=None), Port(apart=None)

    def parameters(self, layer: TypedLayer) -> int:
        """A linear layer with bias from sines and cosines to the scalars."""
        return (2 * TIME_FREQUENCIES + 1) * layer.out.rep.scalars

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """One small linear layer a sample, one addition a node."""
        scalars = layer.out.rep.scalars
        return Cost(
            4 * TIME_FREQUENCIES * scalars + sizes["points"] * scalars,
            sizes["points"] * scalars,
            "4 * frequencies * scalars + points * scalars",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        return Code(
            "TimeEmbedding",
            (str(layer.out.rep.scalars), str(TIME_FREQUENCIES)),
            call=("h = {self}(h, t, batch)",),
        )


class AxisEmbedding(LayerKind):
    """Gives every node the preferred axis as a vector: the symmetry that is left fixes that axis."""

    id = "axis-embedding"
    title = "Preferred-axis embedding"
    type = "Embedding"
    reference = (
        "Han et al. 2022 (Subequivariant GNNs), sec. 4; Smidt et al. 2021 (symmetry breaking)"
    )
    backends = ("e3nn",)
    options: ClassVar[Mapping[str, Option]] = {
        "axis": Option(str, "the axis that rotations leave fixed", choices=("x", "y", "z"))
    }
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """The output is the input with one polar vector appended."""
        expected = layer.in_.rep + vector(layer.group)
        if in_a_row(layer.out.rep) != in_a_row(expected):
            message = "the axis adds exactly one polar vector, at the end"
            yield Fault("out.rep", message, f"write {expected}")

    def parameters(self, layer: TypedLayer) -> int:
        """Nothing is learned."""
        return 0

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """A broadcast."""
        return Cost(0, 3 * sizes["points"], "0 (broadcast)")

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return the call; the axis is a constant of the file."""
        axis = Constant(
            "AXIS", tuple(float(a == layer.option("axis")) for a in "xyz"), "preferred axis"
        )
        return Code("AxisEmbedding", (axis,), call=("h = {self}(h)",))


KINDS = (
    SpeciesEmbedding(),
    ConstantEmbedding(),
    FeatureEmbedding(),
    TimeEmbedding(),
    AxisEmbedding(),
)
