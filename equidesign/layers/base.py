"""What every layer kind must say about itself: type, legality, parameters, cost, exactness, code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from equidesign.groups.group import Group
from equidesign.groups.rep import Irrep, Rep
from equidesign.spec.field import Field, Space
from equidesign.spec.layer import Exactness, Layer, Level

Sizes = Mapping[str, int]
"""Typical sizes of one sample: ``points``, ``edges``, ``height``, ``width``, ``bandwidth``, ``elements``, ..."""


@dataclass(frozen=True)
class Fault:
    """Why a layer does not type-check.

    Attributes:
        key: the key of the layer that is at fault: ``in``, ``out``, ``nonlinearity``, ``options.stride``, ...
        message: what is wrong.
        hint: what would be right.
        label: what sort of fault it is, in the words of the lint rule that reports it: ``even-kernel``, ``dead-path``.
        nearest: the legal word that was probably meant, where a name or choice is misspelt.
    """

    key: str
    message: str
    hint: str = ""
    label: str = ""
    nearest: str = ""

    @property
    def sort(self) -> str:
        """The label, or what faults of that key usually are."""
        return self.label or _USUAL.get(self.key.split(".")[0], "option-value")


_USUAL = {
    "in": "layer-input",
    "out": "layer-output",
    "nonlinearity": "illegal-nonlinearity",
    "normalization": "illegal-normalization",
    "pooling": "illegal-pooling",
}


@dataclass(frozen=True)
class Cost:
    """Cost of one forward pass over one sample.

    Attributes:
        flops: multiplications and additions.
        activations: numbers kept for the backward pass.
        formula: how ``flops`` comes about, in terms of the sizes and the layer's widths.
    """

    flops: int
    activations: int
    formula: str = ""


@dataclass(frozen=True)
class Option:
    """One setting of a layer kind.

    Attributes:
        minimum, maximum: of a number, both legal.
        above: what a number has to exceed.
        items: what each item of a list has to be.
        length: least and largest number of items.
    """

    type: type | tuple[type, ...]
    doc: str
    required: bool = True
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    items: Option | None = None
    length: tuple[int, int] | None = None


Grid = tuple[int, int]
"""Rows and columns of a field on pixels, or on the sphere."""
Bundles = tuple[tuple[int, Rep], ...]
"""The fields that a steerable representation is bundled into, runs of equal ones counted together."""


@dataclass(frozen=True)
class Port:
    """What the two ends of a connection have to agree on besides the field.

    Attributes:
        grid: rows and columns; None where there is no grid.
        bundles: how components are bundled into fields; empty for a plain tensor, None if the layer takes either.
        apart: whether scalars and vectors are two variables, ``h`` and ``v``; None if the layer takes either.
    """

    grid: Grid | None = None
    bundles: Bundles | None = ()
    apart: bool | None = False


@dataclass(frozen=True)
class Constant:
    """A named constant at the top of the generated file."""

    name: str
    value: Any
    comment: str = ""


@dataclass(frozen=True)
class Code:
    """How a layer appears in the generated file.

    Attributes:
        create: class or factory to construct, or None for a layer without state.
        args: its arguments: Python expressions, or a `Constant`.
        call: lines of ``forward``; ``{self}`` stands for the attribute, ``{in}`` and ``{out}`` for the variables read
            and written, ``{skip}`` for the output of the layer that the option ``skip`` names.
        uses: functions and classes of the fragment library that ``call`` needs.
        constants: named constants that ``call`` mentions.
    """

    create: str | None
    args: tuple[str | Constant, ...] = ()
    kwargs: Mapping[str, str | Constant] = field(default_factory=dict)
    call: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    constants: tuple[Constant, ...] = ()


class Dialect(Protocol):
    """What a backend tells a layer about its library's way of writing things."""

    @property
    def name(self) -> str:
        """Id of the backend."""
        ...

    def rep(self, rep: Rep) -> str:
        """Return ``rep`` as an expression of the library."""
        ...


@dataclass(frozen=True)
class TypedLayer:
    """A layer with its fields parsed under the feature group."""

    layer: Layer
    group: Group
    in_: Field
    out: Field

    @classmethod
    def of(cls, layer: Layer, group: Group) -> TypedLayer:
        """Parse both fields of ``layer`` under ``group``."""
        return cls(layer, group, layer.in_.typed(group), layer.out.typed(group))

    @property
    def name(self) -> str:
        """Name of the layer."""
        return self.layer.name

    def option(self, key: str, default: Any = None) -> Any:
        """Return the option ``key``."""
        return self.layer.options.get(key, default)


class LayerKind(ABC):
    """One kind of layer; a file in ``layers/kinds`` registers one or more as ``KINDS``."""

    id: ClassVar[str]
    title: ClassVar[str]
    type: ClassVar[str]
    """Convolution, Tensor Product, Message Passing, Linear, Pooling, Embedding, ... (the output template's word)."""
    reference: ClassVar[str]
    backends: ClassVar[tuple[str, ...]]
    accelerations: ClassVar[tuple[str, ...]] = ()
    """What was measured to make it faster: kernels of other libraries, and ``compile`` (torch.compile)."""
    options: ClassVar[Mapping[str, Option]] = {}
    nonlinearities: ClassVar[tuple[str, ...]] = ("none",)
    normalizations: ClassVar[tuple[str, ...]] = ("none",)
    poolings: ClassVar[tuple[str, ...]] = ("none",)
    spaces: ClassVar[tuple[tuple[Space, Space], ...]]
    """The pairs of spaces it maps from and to."""
    stacks_skip: ClassVar[bool] = False
    """Whether the fields of the layer that the option ``skip`` names stand behind its own in what it writes."""
    relative: ClassVar[bool] = False
    """Whether positions that it reads enter through their differences only, or not at all."""
    max_degree: ClassVar[int | None] = None
    """Largest degree of an irrep that its library has tables for."""

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Yield why the layer does not type-check; the kind's own rules come on top of the common ones."""
        yield from ()

    def ports(self, layer: TypedLayer) -> tuple[Port, Port]:
        """Return what it reads and writes besides the fields: grids, bundles."""
        return Port(), Port()

    def skip_faults(self, layer: TypedLayer, skip: TypedLayer) -> Iterator[Fault]:
        """Yield why the layer that the option ``skip`` names does not fit."""
        yield from ()

    def previous_faults(self, layer: TypedLayer, before: TypedLayer) -> Iterator[Fault]:
        """Yield why it does not fit the layer listed before it, where it reads an input and adds to that layer."""
        yield from ()

    def used_irreps(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Return the irreps of its input that bear on its output."""
        return frozenset(layer.in_.rep.irreps)

    def used_harmonics(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Return the harmonics of the edges that bear on its output; empty if it reads no edges."""
        return frozenset()

    @abstractmethod
    def parameters(self, layer: TypedLayer) -> int:
        """Return the exact number of trainable parameters of the built layer."""

    @abstractmethod
    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """Return the cost of one sample of the given typical sizes."""

    @abstractmethod
    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return how the layer is created and called in the generated file."""

    def exactness(self, layer: TypedLayer) -> Exactness:
        """Return the layer's line of the exactness ledger."""
        return Exactness(level=Level.exact, subgroup=layer.group.name, why="exact by construction")
