"""Spherical CNN: convolutions over SO(3) in the spectral domain, Clebsch-Gordan nonlinearities."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from equidesign.design.families._sphere import (
    LATENT_LMAX,
    bandwidth,
    field_degree,
    filled,
    hidden_rep,
    input_rep,
    least_depth,
    least_lmax,
    most_lmax,
    natural_irreps,
    obstacle,
    per_point,
    read_as_invariants,
    target_irreps,
    tensor_field,
    trunk_reps,
)
from equidesign.design.family import Family, Size
from equidesign.design.making import make_layer
from equidesign.design.problem import Problem, Target
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep
from equidesign.layers.kinds._spherical import field_rep, signal_rep
from equidesign.spec.field import Space
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Topology

SIZES = {"speed": (12, 2, 4), "balanced": (24, 3, 8), "accuracy": (48, 4, 10)}
FIELD_LMAX = 6  # of vector and tensor fields, which need both parities of each degree
DETAIL = 4  # linear filters see degrees up to this multiple of the trunk's


class SphericalCNN(Family):
    """The spherical CNN of Cohen et al. 2018, computed in the spectral domain as in Kondor et al. 2018."""

    id = "spherical-cnn"
    title = "Spherical CNN"
    idea = (
        "exact spherical Fourier transform, convolutions over SO(3) as linear maps of each degree, "
        "Clebsch-Gordan products as nonlinearity"
    )
    cite = (
        "Cohen et al., Spherical CNNs, ICLR 2018; Kondor, Lin and Trivedi, Clebsch-Gordan Nets: "
        "a fully Fourier space spherical convolutional neural network, NeurIPS 2018"
    )
    backend = "e3nn"
    groups = ("SO(3)", "O(3)")
    domains = ("sphere",)
    tasks = ("classification", "regression", "segmentation", "pose_estimation", "generation")
    expressiveness = 5
    speed = 3
    memory = 4
    trunk = ("spectral-block",)
    step = 4

    def objection(self, problem: Problem) -> str | None:
        """Small grids hold too little to tell a direction."""
        return obstacle(problem)

    def sizes(self, problem: Problem) -> tuple[Size, ...]:
        """Degrees up to 4, 8 or 10, never beyond the grid's; as many blocks as the targets need."""
        width, depth, lmax = SIZES[problem.request.constraints.priority]
        least, most = least_lmax(problem), most_lmax(problem)
        if tensor_field(problem):
            most = min(most, FIELD_LMAX)

        def shape(depth: int, lmax: int) -> Size:
            lmax = max(min(lmax, most), least)
            needed = least_depth(problem, lmax) or 1
            return Size(width, max(depth, needed), lmax)

        return tuple(dict.fromkeys((shape(depth, lmax), shape(depth, 4), shape(2, 3), shape(1, 2))))

    def topology(self, problem: Problem) -> Topology:
        """Degrees fall towards one output a sample, stay for signals, fall and rise for an autoencoder."""
        if problem.task == "generation":
            return Topology(
                pattern="encoder-decoder",
                why="the band limit falls to a code of low degrees and rises again",
            )
        if per_point(problem):
            return Topology(
                pattern="equivariant-head",
                why="the outputs are signals on the sphere: all degrees are kept",
            )
        if target_irreps(problem):
            return Topology(
                pattern="equivariant-head",
                why="the band limit falls block by block to the degrees of the output",
            )
        return Topology(
            pattern="encoder-pooling",
            why="the band limit falls block by block to degree 0, the invariants",
        )

    def caveats(self, problem: Problem) -> tuple[str, ...]:
        """Say which signals the symmetry is exact on."""
        side = bandwidth(problem)
        text = [
            f"exact on signals of degrees l < {side}, the band limit of the grid; a signal with finer detail is exact "
            "for the grid's own symmetries, and for other rotations as far as sampling it loses nothing",
            "the polar axis of the grid is e3nn's y axis: "
            "row j is the colatitude π(j + 1/2)/2b, column k the longitude πk/b",
        ]
        if per_point(problem) and problem.task != "generation":
            text.append(
                "outputs on the sphere are band-limited: a jump between classes is as sharp as the degrees allow"
            )
        return tuple(text)

    def build(self, problem: Problem, size: Size) -> tuple[Layer, ...]:
        """Analysis, blocks, and what turns coefficients into the outputs."""
        rep = input_rep(problem, size.lmax)
        if problem.features is None:
            raise ValueError("a sphere carries signals")
        layers = [
            make_layer(
                "analysis",
                "sphere-analysis",
                (Space.sphere, problem.features),
                (Space.global_, rep),
                "exact quadrature: rotations act on the coefficients, degree by degree",
                source="x",
                options={"bandwidth": bandwidth(problem)},
            )
        ]
        if problem.task == "generation":
            return (*layers, *autoencoder(problem, size, rep))
        reps = trunk_reps(problem, size)
        layers += blocks("block", "analysis", reps, size.width)
        for target in problem.targets:
            layers += outputs(problem, target, size, layers[size.depth].name, reps[-1])
        return tuple(layers)


def blocks(name: str, source: str, reps: list[Rep], width: int) -> Iterator[Layer]:
    """Yield the spectral blocks between the given features."""
    for step, (before, after) in enumerate(pairwise(reps), 1):
        yield make_layer(
            f"{name}_{step}",
            "spectral-block",
            (Space.global_, before),
            (Space.global_, after),
            "a convolution mixes the channels of a degree, products mix the degrees",
            source=source,
            nonlinearity="gate",
            normalization="layer",
            options={"channels": width},
        )
        source = f"{name}_{step}"


def readout(target: Target, trunk: str, rep: Rep, out: Rep) -> Layer:
    """Return the linear map from the trunk to the coefficients of an output."""
    return make_layer(
        f"{target.name}_readout",
        "irreps-readout",
        (Space.global_, rep),
        (Space.global_, out),
        f"Schur: linear from the features to the irreps of the {target.name}",
        source=trunk,
        writes=target.name,
    )


def outputs(problem: Problem, target: Target, size: Size, trunk: str, rep: Rep) -> Iterator[Layer]:
    """Yield the layers from the trunk to one output."""
    name, fiber = target.name, problem.fiber
    if target.space is Space.sphere and not target.rep.is_scalar:
        yield from field_output(problem, target, size, trunk, rep)
    elif target.space is Space.sphere:
        yield from signal_output(problem, target, trunk, rep, detail=True)
    elif read_as_invariants(target):
        yield make_layer(
            f"{name}_head",
            "mlp-head",
            (Space.global_, rep),
            (Space.global_, target.rep),
            "on invariants any nonlinearity is legal",
            source=trunk,
            writes=name,
            nonlinearity="silu",
            options={"hidden": [size.width]},
        )
    elif name == "rotation":
        one = vector(fiber)
        needed = one * (one.dim if fiber.reflections else one.dim - 1)
        yield readout(target, trunk, rep, needed)
        yield make_layer(
            "frame",
            "orthonormal-frame",
            (Space.global_, needed),
            (Space.global_, target.rep),
            "orthonormal columns that turn with the input",
            writes=name,
        )
    else:
        yield readout(target, trunk, rep, target.rep)


def signal_output(
    problem: Problem, target: Target, trunk: str, rep: Rep, detail: bool
) -> Iterator[Layer]:
    """Yield the layers from the trunk to signals on the sphere."""
    side, lmax = bandwidth(problem), rep.lmax
    yield readout(target, trunk, rep, signal_rep(target.rep.dim, lmax, rep))
    yield make_layer(
        f"{target.name}_synthesis",
        "sphere-synthesis",
        (Space.global_, signal_rep(target.rep.dim, lmax, rep)),
        (Space.sphere, target.rep),
        "a finite sum of harmonics, evaluated on the grid",
        writes=target.name,
        options={"bandwidth": side},
    )
    if detail and problem.features is not None and side - 1 > lmax:
        yield make_layer(
            f"{target.name}_detail",
            "zonal-convolution",
            (Space.sphere, problem.features),
            (Space.sphere, target.rep),
            "linear filters add the fine detail beyond the degrees of the trunk",
            source="x",
            writes=target.name,
            options={
                "bandwidth": side,
                "lmax": min(side - 1, DETAIL * max(lmax, 1)),
                "skip": f"{target.name}_synthesis",
            },
        )


def field_output(
    problem: Problem, target: Target, size: Size, trunk: str, rep: Rep
) -> Iterator[Layer]:
    """Yield the layers from the trunk to a field of vectors or tensors."""
    lmax = field_degree(problem, size.lmax)
    coefficients = field_rep(target.rep, lmax)
    yield readout(target, trunk, rep, coefficients)
    yield make_layer(
        f"{target.name}_synthesis",
        "field-synthesis",
        (Space.global_, coefficients),
        (Space.sphere, target.rep),
        "a finite sum of vector or tensor harmonics, evaluated on the grid in components of space",
        writes=target.name,
        options={"bandwidth": bandwidth(problem), "lmax": lmax},
    )


def autoencoder(problem: Problem, size: Size, rep: Rep) -> Iterator[Layer]:
    """Yield encoder, code and decoder: the band limit falls, then rises."""
    low, top = min(LATENT_LMAX, rep.lmax), rep.lmax
    code = filled(problem, size.width // 2, natural_irreps(problem, low))
    reps = [rep]
    for left in range(size.depth - 1, 0, -1):
        lmax = max(low, round(top * left / size.depth))
        reps.append(hidden_rep(problem, size.width, reps[-1], lmax))
    reps.append(code)
    encoder = [*blocks("encoder", "analysis", reps, size.width)]
    yield from encoder
    yield readout(problem.target("latent"), encoder[-1].name, code, code)
    reps = [code]
    while reps[-1].lmax < top or len(reps) < size.depth:
        lmax = min(2 * max(reps[-1].lmax, 1), top)
        if lmax == top and len(reps) + 1 >= size.depth:
            reps.append(filled(problem, size.width, natural_irreps(problem, top)))
            break
        reps.append(hidden_rep(problem, size.width, reps[-1], lmax))
    decoder = [*blocks("decoder", "latent_readout", reps, size.width)]
    yield from decoder
    target = problem.target("reconstruction")
    last = decoder[-1].name if decoder else "latent_readout"
    yield from signal_output(problem, target, last, reps[-1], detail=False)


FAMILY = SphericalCNN()
