"""Specification: the typed architecture, the only input of render, lint, score and verify."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as PydanticField

from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.decision import Decision
from equidesign.spec.fields import SpecificationModel
from equidesign.spec.layer import Layer
from equidesign.spec.request import Request

FORMAT_VERSION = 1


class Symmetry(SpecificationModel):
    """The declared symmetry, and whether the output moves with it."""

    group: str
    canonical: str
    type: Literal["invariant", "equivariant"]
    acts_on_features: str
    facts: dict[str, Any] = PydanticField(default_factory=dict)


class Library(SpecificationModel):
    """The library the model is compiled to, and the versions it is known to work with."""

    name: str
    version: str


class TensorSpec(SpecificationModel):
    """One input or output of the model: all that verify needs to know about it.

    ``shape`` holds numbers and the names ``samples points elements nodes edges``.
    """

    shape: tuple[int | str, ...]
    dtype: str = "float32"
    space: str = "global"
    rep: str | None = None
    translates: bool = False
    role: str | None = None
    layout: str | None = None
    unit: str | None = None
    values: tuple[int, ...] | None = None
    scale: float | None = None
    description: str = ""


class Interface(SpecificationModel):
    """The model's inputs and outputs by name, and the group that acts on them."""

    group: str
    sizes: dict[str, int] = PydanticField(default_factory=dict)
    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]


class Topology(SpecificationModel):
    """How the layers are arranged."""

    pattern: Literal["encoder-pooling", "encoder-decoder", "message-passing", "equivariant-head"]
    why: str = ""


class Parameters(SpecificationModel):
    """Exact numbers of trainable parameters."""

    total: int
    per_layer: dict[str, int]


class CostModel(SpecificationModel):
    """Cost of one sample of typical size; the formulas say how it grows."""

    sizes: dict[str, int]
    flops: int
    activations: int
    memory_mb: float
    formulas: dict[str, str]


class Alternative(SpecificationModel):
    """A family that would also have been legal, best first."""

    family: str
    library: str
    why_not: str
    expressiveness: int
    speed: int
    memory: int


class Specification(SpecificationModel):
    """The content of ``architecture.yaml``."""

    equidesign: int = FORMAT_VERSION
    name: str = PydanticField(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    request: Request
    symmetry: Symmetry
    task: str
    domain: str
    family: str
    library: Library
    interface: Interface
    layers: tuple[Layer, ...]
    topology: Topology
    parameters: Parameters
    cost: CostModel
    decisions: tuple[Decision, ...]
    alternatives: tuple[Alternative, ...] = ()
    dependencies: dict[str, str]
    training: dict[str, Any]
    deployment: dict[str, Any]
    verification: dict[str, Any]
    caveats: tuple[str, ...] = ()

    @property
    def group(self) -> Group:
        """The symmetry group."""
        return parse_group(self.symmetry.canonical)

    @property
    def fiber(self) -> Group:
        """The group that acts on the components of the features."""
        return parse_group(self.symmetry.acts_on_features)

    def to_data(self) -> dict[str, Any]:
        """Return plain ordered data, as written to YAML and JSON."""
        data = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        data["request"] = self.request.to_data()
        for item in (*data["interface"]["inputs"].values(), *data["interface"]["outputs"].values()):
            if not item["translates"]:
                del item["translates"]
        data["layers"] = [_layer_data(layer) for layer in self.layers]
        return data


def _layer_data(layer: Layer) -> dict[str, Any]:
    data = layer.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key in ("nonlinearity", "normalization", "pooling"):
        if data[key] == "none":
            del data[key]
    if data["writes"] == "h":
        del data["writes"]
    if not data["options"]:
        del data["options"]
    return data
