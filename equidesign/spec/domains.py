"""What the data are: one model per domain, under ``data`` of a request."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from equidesign.spec.elements import SYMBOLS, species_numbers
from equidesign.spec.fields import (
    MAX_CHANNELS,
    MAX_DIMENSION,
    MAX_POINTS,
    Checked,
    Line,
    RequestModel,
    Text,
    count_or_text,
    integer,
    labels,
    positive,
    sizes,
)
from equidesign.spec.generators import Generators, refuse_plain_list

_Channels = Annotated[int, integer(1, MAX_CHANNELS)]
_Features = Annotated[
    int | str, count_or_text(0, MAX_CHANNELS, "a representation such as '4x0e + 1x1o'")
]
_Species = Annotated[
    tuple[int, ...],
    Checked(
        species_numbers,
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": len(SYMBOLS)},
                    {"enum": list(SYMBOLS)},
                ]
            },
        },
    ),
]


class DomainData(RequestModel):
    """What every domain takes."""

    samples: Annotated[int, integer(1, 10**12)] | None = None
    """How many training samples there are; bears on whether equivariance or augmentation pays."""
    preferred_axis: Literal["x", "y", "z"] | None = None
    """An axis the data distinguish: gravity, the Earth's axis, an upright camera."""
    notes: Text = ""
    """Free text about the data; read for the words of known traps."""


class Images(DomainData):
    """Pictures on a square grid of pixels."""

    domain: Literal["images"]
    """The kind of data."""
    channels: _Channels = 1
    """Channels of a pixel; with `input: vector`, each channel is a vector (x, y)."""
    size: Annotated[tuple[int, int], sizes(("height", "width"), 4096)] = (28, 28)
    """Height and width in pixels, or one number for both."""
    input: Literal["scalar", "vector"] = "scalar"
    """Whether a channel is a number or a vector that turns with the picture."""


class Volumes(DomainData):
    """Volumes on a cubic grid of voxels."""

    domain: Literal["volumes"]
    """The kind of data."""
    channels: _Channels = 1
    """Channels of a voxel."""
    size: Annotated[tuple[int, int, int], sizes(("depth", "height", "width"), 1024)] = (32, 32, 32)
    """Depth, height and width in voxels, or one number for all."""


class Sphere(DomainData):
    """Functions on the sphere, on a grid of latitudes and longitudes."""

    domain: Literal["sphere"]
    """The kind of data."""
    channels: _Channels = 1
    """Channels of a point of the sphere."""
    bandwidth: Annotated[int, integer(1, 512)] = 16
    """Bandwidth b; the grid has 2b latitudes and 2b longitudes."""


class PointClouds(DomainData):
    """Points in space."""

    domain: Literal["point_clouds"]
    """The kind of data."""
    dimension: Annotated[int, integer(1, MAX_DIMENSION)] = 3
    """Dimension of the space."""
    features: _Features = 0
    """Scalars per point, or a representation."""
    points: Annotated[int, integer(1, MAX_POINTS)] = 256
    """Typical number of points of a sample."""
    cutoff: Annotated[float, positive(1e12)] | None = None
    """Radius within which points interact, in the data's unit; null: nearest neighbours."""
    neighbours: Annotated[int, integer(1, 4096)] = 16
    """Nearest neighbours of a point, or their typical number within the cutoff."""


class Molecules(DomainData):
    """Atoms in space."""

    domain: Literal["molecules"]
    """The kind of data."""
    species: _Species = (1, 6, 7, 8, 9)
    """Chemical elements: atomic numbers or symbols."""
    cutoff: Annotated[float, positive(1000.0)] = 5.0
    """Radius within which atoms interact, in ångström."""
    neighbours: Annotated[float, positive(4096)] = 16.0
    """Average number of neighbours within the cutoff."""
    features: _Features = 0
    """Extra scalars per atom, or a representation."""


class Crystals(Molecules):
    """Atoms in a periodic cell."""

    domain: Literal["crystals"]  # type: ignore[assignment]
    """The kind of data."""
    periodic: bool = True
    """Whether the cell repeats."""


class Sets(DomainData):
    """Sets of elements without order."""

    domain: Literal["sets"]
    """The kind of data."""
    features: _Channels = 1
    """Numbers per element."""
    size: Annotated[int, integer(1, MAX_POINTS)] = 32
    """Typical number of elements."""


class Graphs(DomainData):
    """Nodes and edges."""

    domain: Literal["graphs"]
    """The kind of data."""
    node_features: _Channels = 1
    """Numbers per node."""
    edge_features: Annotated[int, integer(0, MAX_CHANNELS)] = 0
    """Numbers per edge."""
    directed: bool = False
    """Whether edges have a direction."""
    nodes: Annotated[int, integer(1, MAX_POINTS)] = 32
    """Typical number of nodes."""


_AXES = labels(2, 2, "names, such as [rows, columns]")


class Tables(DomainData):
    """Tables whose rows and columns have no order."""

    domain: Literal["tables"]
    """The kind of data."""
    axes: Annotated[tuple[str, str], _AXES] = ("rows", "columns")
    """Names of the two axes."""
    features: _Channels = 1
    """Numbers per cell."""
    size: Annotated[tuple[int, int], sizes(("rows", "columns"), 1_000_000)] = (32, 32)
    """Typical numbers of rows and columns, or one number for both."""
    observed_mask: bool = True
    """Whether some cells are not observed."""


class Sequences(DomainData):
    """Signals on a line or a circle."""

    domain: Literal["sequences"]
    """The kind of data."""
    channels: _Channels = 1
    """Channels of a position."""
    length: Annotated[int, integer(1, MAX_POINTS)] = 128
    """Number of positions."""
    periodic: bool = True
    """Whether the last position is followed by the first."""


class Vectors(DomainData):
    """Vectors on which a matrix group acts."""

    domain: Literal["vectors"]
    """The kind of data."""
    representation: Line
    """How the group acts, such as `5xS + 5xV`: scalars S, vectors V, tensors T(p,q)."""
    generators: Annotated[Generators, BeforeValidator(refuse_plain_list)] | None = None
    """Generators of the group, with `group: custom`."""


DOMAINS: dict[str, type[DomainData]] = {
    "images": Images,
    "volumes": Volumes,
    "sphere": Sphere,
    "point_clouds": PointClouds,
    "molecules": Molecules,
    "crystals": Crystals,
    "sets": Sets,
    "graphs": Graphs,
    "tables": Tables,
    "sequences": Sequences,
    "vectors": Vectors,
}

Data = Annotated[
    Images
    | Volumes
    | Sphere
    | PointClouds
    | Molecules
    | Crystals
    | Sets
    | Graphs
    | Tables
    | Sequences
    | Vectors,
    Field(discriminator="domain"),
]
