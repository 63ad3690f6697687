"""The counts of steerable_basis against layers that escnn builds, and arithmetic by hand."""

from __future__ import annotations

import itertools
import math
import random
import warnings
from types import ModuleType
from typing import Any

import pytest

from equidesign.errors import InputError
from equidesign.groups import catalogue
from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, indices
from equidesign.groups.rep import Rep
from equidesign.layers import steerable_basis as counts

SEED = 20
KERNELS = (1, 2, 3, 4, 5, 7)
ROTATIONS = [catalogue.cyclic(n) for n in (*range(1, 13), 16)]
REFLECTIONS = [catalogue.dihedral(n) for n in (*range(1, 9), 12)]
CONTINUOUS = [catalogue.special_orthogonal(2), catalogue.orthogonal(2)]
GROUPS = [*ROTATIONS, *REFLECTIONS, *CONTINUOUS]


@pytest.fixture(scope="module")
def escnn() -> ModuleType:
    pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("escnn.nn")


def labels(group: Group) -> list[Irrep]:
    found = [Irrep(group, "irrep", index) for index in indices(group, 4)]
    if group.kind == "trivial":
        found = [Irrep(group, "trivial")]
    return found + ([Irrep(group, "regular")] if group.finite else [])


def gspace(group: Group) -> Any:
    from escnn import gspaces

    if group.kind in ("trivial", "cyclic"):
        return gspaces.rot2dOnR2(group.n or 1)
    if group.kind == "SO":
        return gspaces.rot2dOnR2(-1, maximum_frequency=8)
    if group.kind == "O":
        return gspaces.flipRot2dOnR2(-1, maximum_frequency=8, axis=0.0)
    return gspaces.flipRot2dOnR2(group.n, axis=0.0)


def field_type(rep: Rep, space: Any) -> Any:
    from escnn import nn

    fields = []
    for count, irrep in rep.terms:
        if irrep.kind == "regular":
            fields += [space.regular_repr] * count
        elif irrep.is_trivial:
            fields += [space.trivial_repr] * count
        elif rep.group.kind == "dihedral" and rep.group.n == 1:
            # escnn builds D_1 as its C_2.
            fields += [space.irrep(1)] * count
        else:
            fields += [space.irrep(*irrep.index)] * count
    return nn.FieldType(space, fields)


def built(layer: Any) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


def some_rep(group: Group, choose: random.Random) -> Rep:
    return Rep(
        group,
        tuple((choose.randint(1, 3), irrep) for irrep in choose.choices(labels(group), k=3)),
    )


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_conv_between_sampled_types(group: Group, escnn: ModuleType) -> None:
    choose = random.Random(f"{SEED} {group}")
    space = gspace(group)
    for kernel in choose.sample(KERNELS, 4):
        rep_in, rep_out = some_rep(group, choose), some_rep(group, choose)
        bias = choose.random() < 0.7
        types = field_type(rep_in, space), field_type(rep_out, space)
        if not counts.weight_count(group, rep_in, rep_out, kernel):
            with pytest.raises(ValueError, match="empty"):
                escnn.R2Conv(*types, kernel, initialize=False)
            with pytest.raises(InputError, match="kernel maps"):
                counts.conv_parameters(group, rep_in, rep_out, kernel)
            continue
        expected = counts.conv_parameters(group, rep_in, rep_out, kernel, bias)
        where = f"{rep_in} -> {rep_out}, kernel {kernel}, bias {bias}"
        layer = escnn.R2Conv(*types, kernel, bias=bias, initialize=False)
        assert built(layer) == expected, where


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_each_pair_of_irreps(group: Group, escnn: ModuleType) -> None:
    choose = random.Random(f"{SEED} pairs {group}")
    space = gspace(group)
    pairs = list(itertools.product(labels(group), repeat=2))
    for a, b in choose.sample(pairs, min(len(pairs), 8)):
        kernel = choose.choice((1, 3, 5, 7))
        types = [field_type(Rep(group, ((1, irrep),)), space) for irrep in (a, b)]
        size = counts.basis_size(group, a, b, kernel)
        if size:
            layer = escnn.R2Conv(*types, kernel, bias=False, initialize=False)
            assert built(layer) == size, (a, b, kernel)
        else:
            with pytest.raises(ValueError, match="empty"):
                escnn.R2Conv(*types, kernel, initialize=False)


@pytest.mark.parametrize("group", [GROUPS[3], GROUPS[16], *CONTINUOUS], ids=str)
def test_transposed_and_linear(group: Group, escnn: ModuleType) -> None:
    from escnn import gspaces

    choose = random.Random(f"{SEED} linear {group}")
    space = gspace(group)
    for kernel in (3, 4):
        rep_in, rep_out = some_rep(group, choose), some_rep(group, choose)
        types = field_type(rep_in, space), field_type(rep_out, space)
        layer = escnn.R2ConvTransposed(*types, kernel, initialize=False)
        assert built(layer) == counts.conv_parameters(group, rep_in, rep_out, kernel)
        flat = gspaces.no_base_space(space.fibergroup)
        dense = escnn.Linear(field_type(rep_in, flat), field_type(rep_out, flat), initialize=False)
        assert built(dense) == counts.linear_parameters(group, rep_in, rep_out)


def test_linear_without_shared_irreps_has_only_its_bias(escnn: ModuleType) -> None:
    from escnn import gspaces

    group = catalogue.cyclic(8)
    space = gspaces.no_base_space(gspace(group).fibergroup)
    rep_in = Rep.parse("2xirrep(1)", group)
    rep_out = Rep.parse("3xtrivial + 1xirrep(2)", group)
    layer = escnn.Linear(field_type(rep_in, space), field_type(rep_out, space), initialize=False)
    assert built(layer) == counts.linear_parameters(group, rep_in, rep_out) == 3
    assert counts.unreachable(group, rep_in, rep_out, 1) == rep_out.irreps
    assert counts.unreachable(group, rep_in, rep_out, 3) == ()


FIELDWISE = {
    "InnerBatchNorm": "3xregular + 2xtrivial",
    "IIDBatchNorm2d": "3xregular + 2xtrivial + 4xirrep(1,1)",
    "GNormBatchNorm": "2xtrivial + 4xirrep(1,1)",
    "NormBatchNorm": "4xirrep(1,1) + 2xirrep(1,0)",
    "NormNonLinearity": "3xregular + 2xtrivial + 4xirrep(1,1)",
    "ReLU": "3xregular + 2xtrivial",
    "ELU": "3xregular",
    "GroupPooling": "3xregular",
    "NormPool": "3xirrep(1,1)",
}


@pytest.mark.parametrize("module", FIELDWISE)
@pytest.mark.parametrize("n", [3, 4, 8])
def test_modules_that_act_on_fields(module: str, n: int, escnn: ModuleType) -> None:
    group = catalogue.dihedral(n)
    rep = Rep.parse(FIELDWISE[module], group)
    fields = [(count, Rep(group, ((1, irrep),))) for count, irrep in rep.terms]
    layer = getattr(escnn, module)(field_type(rep, gspace(group)))
    assert built(layer) == counts.module_parameters(module, fields)


@pytest.mark.parametrize("module", ["GNormBatchNorm", "IIDBatchNorm2d"])
@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_band_limited_and_regular_fields(module: str, n: int, escnn: ModuleType) -> None:
    for group in (catalogue.cyclic(n), catalogue.dihedral(n)):
        space = gspace(group)
        regular = Rep(group, ((1, Irrep(group, "regular")),))
        assert counts.real_irrep_count(regular) == len(space.regular_repr.irreps)
        if module == "IIDBatchNorm2d":
            layer = escnn.IIDBatchNorm2d(escnn.FieldType(space, [space.regular_repr] * 4))
            assert built(layer) == counts.module_parameters(module, [(4, regular)])
    group = catalogue.orthogonal(2)
    space = gspace(group)
    irreps = space.fibergroup.bl_irreps(2)
    field = space.fibergroup.spectral_regular_representation(*irreps)
    rep = Rep.parse("1xtrivial + 1xirrep(1,0) + 2xirrep(1,1) + 2xirrep(1,2)", group)
    layer = getattr(escnn, module)(escnn.FieldType(space, [field] * 5))
    assert built(layer) == counts.module_parameters(module, [(5, rep)])


def test_modules_without_parameters(escnn: ModuleType) -> None:
    space = gspace(catalogue.cyclic(4))
    fields = field_type(Rep.parse("2xregular", catalogue.cyclic(4)), space)
    vectors = field_type(Rep.parse("2xirrep(1)", catalogue.cyclic(4)), space)
    modules = [
        escnn.LeakyReLU(fields),
        escnn.PointwiseNonLinearity(fields),
        escnn.FourierPointwise(space, 2, [(0,), (1,)], N=4, type="regular"),
        escnn.VectorFieldNonLinearity(fields),
        escnn.NormMaxPool(vectors, 2),
        escnn.PointwiseMaxPool2D(fields, 2),
        escnn.PointwiseAvgPool2D(vectors, 2),
        escnn.PointwiseMaxPoolAntialiased2D(fields, 2),
        escnn.PointwiseAvgPoolAntialiased2D(fields, 0.66, stride=2),
        escnn.PointwiseAdaptiveAvgPool2D(fields, 1),
        escnn.PointwiseAdaptiveMaxPool2D(fields, 1),
        escnn.PointwiseDropout(fields),
        escnn.FieldDropout(vectors),
        escnn.R2Upsampling(vectors, 2),
        escnn.DisentangleModule(fields),
        escnn.RestrictionModule(fields, 2),
    ]
    for module in modules:
        assert built(module) == counts.module_parameters(type(module).__name__, []) == 0
    assert all(hasattr(escnn, name) for name in counts.WITHOUT_PARAMETERS)


def test_gates_fourier_and_masks(escnn: ModuleType) -> None:
    group = catalogue.orthogonal(2)
    space = gspace(group)
    gated = Rep.parse("3xirrep(1,1) + 2xirrep(1,2)", group)
    gates = field_type(Rep.parse("5xtrivial", group), space)
    layer = escnn.GatedNonLinearity1(
        gates + field_type(gated, space), gates=["gate"] * 5 + ["gated"] * 5
    )
    fields = [(count, Rep(group, ((1, irrep),))) for count, irrep in gated.terms]
    assert built(layer) == counts.module_parameters("GatedNonLinearity1", fields) == 5
    fourier = escnn.FourierELU(space, 4, space.fibergroup.bl_irreps(2), type="regular", N=8)
    assert built(fourier) == counts.module_parameters("FourierELU", []) == 0
    quotient = escnn.QuotientFourierELU(
        space, (0.0, 1), 4, space.fibergroup.bl_irreps(2), type="regular", N=8
    )
    assert built(quotient) == counts.module_parameters("QuotientFourierELU", []) == 0
    mask = escnn.MaskModule(field_type(gated, space), 9)
    assert built(mask) == counts.mask_parameters(9)


def test_by_hand() -> None:
    c4 = catalogue.cyclic(4)
    regular = Irrep(c4, "regular")
    # Centre: 4 intertwiners; rings 1 and 2: 4 + 8 + 8 for the frequencies 0, 1, 2.
    assert counts.basis_size(c4, regular, regular, 5) == 4 + 20 + 20
    so2 = catalogue.special_orthogonal(2)
    vector = Irrep(so2, "irrep", (1,))
    # 2 complex numbers at frequency |1 - 1| = 0 and at 1 + 1 = 2.
    assert counts.basis_size(so2, vector, vector, 3) == 2 + 2 + 2
    assert counts.basis_size(so2, Irrep(so2, "trivial"), Irrep(so2, "irrep", (4,)), 5) == 0
    trivial = catalogue.trivial()
    scalar = Irrep(trivial, "trivial")
    assert counts.basis_size(trivial, scalar, scalar, 3) == 1 + 5
    assert counts.conv_parameters(c4, *[Rep(c4, ((8, regular),))] * 2, 5) == 64 * 44 + 8


@pytest.mark.parametrize("kernel", range(1, 16))
def test_no_other_basis_element_vanishes_on_the_grid(kernel: int) -> None:
    """Whatever the reflection axis, cos j(θ - φ) on ring r is not zero on all pixels."""
    centre = (kernel - 1) / 2
    pixels = [(x - centre, y - centre) for x in range(kernel) for y in range(kernel)]
    radii = range(0 if kernel % 2 else 1, (kernel + 1) // 2)
    assert len(radii) == len(counts.ring_cutoffs(kernel))
    for radius, cutoff in zip(radii, counts.ring_cutoffs(kernel), strict=True):
        width = 0.005 if radius == 0 else 0.4
        for frequency, step in itertools.product(range(cutoff + 1), range(24)):
            phase = math.pi * step / 24 if frequency else 0.0
            norm = 0.0
            for x, y in pixels:
                profile = math.exp(-0.5 * ((math.hypot(x, y) - radius) / width) ** 2)
                norm += (profile * math.cos(frequency * math.atan2(y, x) - phase)) ** 2
            assert math.sqrt(norm) > 1e-2, (radius, frequency, step)


def test_the_centre_of_an_even_kernel_is_empty(escnn: ModuleType) -> None:
    c4 = catalogue.cyclic(4)
    scalar = Rep.parse("1xtrivial", c4)
    assert counts.ring_cutoffs(2) == ()
    with pytest.raises(InputError, match="2x2 kernel"):
        counts.conv_parameters(c4, scalar, scalar, 2)


def test_refusals() -> None:
    octahedral = catalogue.octahedral()
    scalar = Irrep(octahedral, "trivial")
    with pytest.raises(InputError, match="does not act on the pixels"):
        counts.basis_size(octahedral, scalar, scalar, 3)
    with pytest.raises(InputError, match="size 0"):
        counts.ring_cutoffs(0)
    with pytest.raises(InputError, match="InnerBatchNorm"):
        counts.module_parameters("InnerBatchNrm", [])
