"""How many parameters escnn's planar layers have, counted without escnn.

A steerable kernel from a field of type ρ_in to one of type ρ_out is a sum over rings r and circular
frequencies j of equivariant maps. By Wigner and Eckart (G. Cesa, L. Lang, M. Weiler, "A Program to
Build E(N)-Equivariant Steerable CNNs", ICLR 2022, theorem 2.1 and equation 5) ring r and frequency
j contribute

    d_j = dim Hom_G(ψ_j ⊗ ρ_in, ρ_out) = average over g of χ_j(g) χ_in(g) χ_out(g),

where ψ_j is the action of G on (cos jθ, sin jθ), and on the constants for j = 0. Rings have radius
0, 1, 2, ...; each has its own highest frequency, see `ring_cutoffs`. That is the default basis of
``R2Conv`` in escnn 1.0.11, with ``groups=1``.

After sampling, escnn drops elements that vanish on the pixels. The only ones that do are those of
the ring of radius 0 (width 0.005) when the kernel has no pixel at its centre, i.e. is even.

Sums of characters over rotations count triples of frequencies that add up to 0 (mod N), and ψ_j has
character 0 on reflections for j > 0, so everything is integer arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from equidesign.errors import InputError, nearest
from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep
from equidesign.groups.rep import Rep

Label = tuple[str, int, int]
"""Kind of an irrep, its reflection index j and its frequency k: ``("irrep", 1, 2)``."""

Point = tuple[str, int]
"""Kind and parameter of a planar group, all that the counting needs of it."""


@cache
def ring_cutoffs(kernel_size: int) -> tuple[int, ...]:
    """Highest circular frequency of each ring of an escnn kernel, innermost ring first.

    The centre has frequency 0 only and the outermost ring of an odd kernel at most 2; ring r
    between has at most 2r if r is odd and 2r - 1 if it is even.

    >>> ring_cutoffs(3), ring_cutoffs(7), ring_cutoffs(4)
    ((0, 2), (0, 2, 3, 2), (2,))

    Raises:
        InputError: the size is not a positive number.
    """
    if kernel_size < 1:
        raise InputError(f"a kernel of size {kernel_size} does not exist", expected="1, 3, 5, ...")
    cutoffs = [0] if kernel_size % 2 else []
    for radius in range(1, (kernel_size + 1) // 2):
        outermost = radius == kernel_size // 2
        cutoffs.append(2 if outermost else 2 * radius - (radius + 1) % 2)
    return tuple(cutoffs)


def basis_size(group: Group, irrep_in: Irrep, irrep_out: Irrep, kernel_size: int) -> int:
    """Number of independent kernels from one field to another, both an irrep or ``regular``.

    Raises:
        InputError: the group is not C_N, D_N, SO(2) or O(2).
    """
    return _basis_size(_point(group), _label(irrep_in), _label(irrep_out), kernel_size)


def weight_count(group: Group, rep_in: Rep, rep_out: Rep, kernel_size: int) -> int:
    """Number of weights of an ``R2Conv``; 0 where escnn refuses to build it."""
    point = _point(group)
    return sum(
        count_in * count_out * _basis_size(point, _label(a), _label(b), kernel_size)
        for count_in, a in rep_in.terms
        for count_out, b in rep_out.terms
    )


def bias_parameters(rep: Rep) -> int:
    """Number of bias parameters: one for each trivial irrep, of which ``regular`` holds one."""
    return sum(count for count, irrep in rep.terms if irrep.is_trivial or irrep.kind == "regular")


def conv_parameters(
    group: Group, rep_in: Rep, rep_out: Rep, kernel_size: int, bias: bool = True
) -> int:
    """Number of parameters of ``R2Conv`` or ``R2ConvTransposed`` with default arguments.

    Raises:
        InputError: no equivariant kernel exists, so that escnn refuses to build the layer.
    """
    weights = weight_count(group, rep_in, rep_out, kernel_size)
    if not weights:
        raise InputError(
            f"no {group.name}-equivariant {kernel_size}x{kernel_size} kernel maps "
            f"{rep_in} to {rep_out}",
            hint="use an odd kernel size of at least 3, or let both sides share an irrep",
        )
    return weights + (bias_parameters(rep_out) if bias else 0)


def linear_parameters(group: Group, rep_in: Rep, rep_out: Rep, bias: bool = True) -> int:
    """Number of parameters of ``escnn.nn.Linear``: its map is that of a 1 × 1 kernel.

    Where no irrep is shared escnn builds a layer without weights, which maps all to its bias.
    """
    weights = weight_count(group, rep_in, rep_out, 1)
    return weights + (bias_parameters(rep_out) if bias else 0)


def unreachable(group: Group, rep_in: Rep, rep_out: Rep, kernel_size: int) -> tuple[Irrep, ...]:
    """Output irreps that no kernel reaches: escnn leaves them zero, but for the bias of scalars."""
    return tuple(
        irrep
        for irrep in rep_out.irreps
        if not any(basis_size(group, a, irrep, kernel_size) for a in rep_in.irreps)
    )


PER_FIELD = {
    "InnerBatchNorm": (2, 0, 0),
    "IIDBatchNorm2d": (1, 0, 1),
    "GNormBatchNorm": (0, 1, 1),
    "NormBatchNorm": (1, 0, 0),
    "NormNonLinearity": (1, 0, 0),
    "GatedNonLinearity1": (1, 0, 0),
    "GatedNonLinearity2": (1, 0, 0),
}
"""Parameters per field, per real irrep in it and per trivial irrep in it. For the gated ones the
fields are the gated fields, without their gates."""

PER_MODULE = {"NormNonLinearity": 1}
"""``NormNonLinearity`` registers its ``eps`` as a parameter that is not trained."""

WITHOUT_PARAMETERS = frozenset(
    {"ReLU", "ELU", "LeakyReLU", "PointwiseNonLinearity", "FourierPointwise", "FourierELU"}
    | {"QuotientFourierPointwise", "QuotientFourierELU", "VectorFieldNonLinearity"}
    | {"GroupPooling", "NormPool", "NormMaxPool", "PointwiseMaxPool2D", "PointwiseAvgPool2D"}
    | {"PointwiseAvgPoolAntialiased2D", "PointwiseMaxPoolAntialiased2D", "R2Upsampling"}
    | {"PointwiseAdaptiveAvgPool2D", "PointwiseAdaptiveMaxPool2D", "PointwiseDropout"}
    | {"FieldDropout", "RestrictionModule", "DisentangleModule"}
)


def module_parameters(module: str, fields: Iterable[tuple[int, Rep]]) -> int:
    """Number of parameters of an escnn module that acts on fields one by one, with defaults.

    Args:
        module: the class in ``escnn.nn``.
        fields: how many fields there are of each type; a type may hold several irreps, such as the
            band-limited regular representation ``1xtrivial + 2xirrep(1,1)``.

    Raises:
        InputError: a module that is not known here.
    """
    if module in WITHOUT_PARAMETERS:
        return 0
    if module not in PER_FIELD:
        close = nearest(module, WITHOUT_PARAMETERS | PER_FIELD.keys())
        hint = f"did you mean {close}?" if close else None
        raise InputError(f"the parameters of '{module}' are not known", hint=hint)
    per_field, per_irrep, per_trivial = PER_FIELD[module]
    total = PER_MODULE.get(module, 0)
    for count, rep in fields:
        irreps, trivials = real_irrep_count(rep), bias_parameters(rep)
        total += count * (per_field + per_irrep * irreps + per_trivial * trivials)
    return total


def mask_parameters(size: int) -> int:
    """``MaskModule`` registers its size × size mask as a parameter that is not trained."""
    return size * size


def real_irrep_count(rep: Rep) -> int:
    """How many real irreps a representation of a planar group splits into, as escnn counts them."""
    total = 0
    for count, irrep in rep.terms:
        kind, n = _point(irrep.group)
        if irrep.kind != "regular":
            total += count
        elif kind == "cyclic":
            total += count * (n // 2 + 1)
        else:
            # 2 (odd N) or 4 irreps of dimension 1, and each of dimension 2 occurs twice.
            total += count * (n + (2 if n % 2 == 0 else 1))
    return total


def _point(group: Group) -> Point:
    point = group.point_group
    if point.kind == "trivial":
        return "cyclic", 1
    if point.kind in ("cyclic", "dihedral") and point.n is not None:
        return point.kind, point.n
    if point.kind in ("SO", "O") and point.n == 2:
        return point.kind, 0
    raise InputError(
        f"{group.name} does not act on the pixels of an image",
        expected="C_N, D_N, SO(2) or O(2)",
    )


def _label(irrep: Irrep) -> Label:
    if irrep.kind == "regular":
        return "regular", 0, 0
    if irrep.kind == "trivial":
        return "irrep", 0, 0
    return "irrep", irrep.index[0] if len(irrep.index) == 2 else 0, irrep.index[-1]


@cache
def _character(point: Point, label: Label) -> tuple[dict[int, int], tuple[int, int]]:
    """Multiplicity of each rotation frequency, and the values on the two classes of reflections.

    The classes are the reflections s r^2a and s r^(2a+1); they coincide for odd N and in O(2).
    """
    kind, n = point
    name, j, k = label
    if name == "regular":
        return dict.fromkeys(range(n), 1 if kind == "cyclic" else 2), (0, 0)
    if k == 0 or 2 * k == n:
        sign = -1 if j else 1
        return {k: 1}, (sign, sign if k == 0 else -sign)
    return {k: 1, (-k) % n if n else -k: 1}, (0, 0)


@cache
def _basis_size(point: Point, label_in: Label, label_out: Label, kernel_size: int) -> int:
    return sum(
        _intertwiners(point, label_in, label_out, frequency)
        for cutoff in ring_cutoffs(kernel_size)
        for frequency in range(cutoff + 1)
    )


@cache
def _intertwiners(point: Point, label_in: Label, label_out: Label, frequency: int) -> int:
    """The dimension d_j of the module's docstring, for j = ``frequency``."""
    kind, n = point
    turns_in, mirrors_in = _character(point, label_in)
    turns_out, mirrors_out = _character(point, label_out)
    rotations = 0
    for shift in {frequency, -frequency}:
        for k, count in turns_in.items():
            partner = (-k - shift) % n if n else -k - shift
            rotations += count * turns_out.get(partner, 0)
    if kind in ("cyclic", "SO"):
        return rotations
    mirrors = 0
    if frequency == 0:
        mirrors = sum(a * b for a, b in zip(mirrors_in, mirrors_out, strict=True))
    # Half the elements are rotations, a quarter are in each class of reflections.
    return (2 * rotations + mirrors) // 4
