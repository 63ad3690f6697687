"""What the data are: the domain, and the few sizes that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from equidesign.errors import InputError
from equidesign.wizard.question import Kind, Option, Question, Stage
from equidesign.wizard.stages import reading
from equidesign.wizard.view import View

DOMAIN = Question(
    "data.domain",
    Stage.group,
    Kind.choice,
    "What does one sample look like?",
    "One molecule, one picture, one graph ...: what you would hand to the network at a time.",
    "The domain says where the numbers live, and so what can be turned, shifted or reordered.\n"
    "Molecules are atoms with elements and positions; point clouds are any other positions (LiDAR, particles, "
    "meshes); pictures and signals on the sphere have a grid; sets and graphs have no positions at all.\n"
    "Crystals, volumes, tables and sequences can be written in a request, but this version designs no network "
    "for them yet.",
    (
        Option("molecules", "molecules", "atoms: an element and a position each", words=("atoms",)),
        Option(
            "point_clouds", "points in space", "positions, perhaps with features: scans, particles",
            words=("point clouds", "points", "lidar", "particles", "meshes"),
        ),
        Option("images", "pictures", "numbers on a flat grid of pixels", words=("images", "photos")),
        Option(
            "sphere", "signals on a sphere", "numbers on latitudes and longitudes",
            words=("spherical", "globe", "earth", "weather"),
        ),
        Option("sets", "sets", "elements without order and without positions", words=("bags",)),
        Option("graphs", "graphs", "nodes and edges, without positions", words=("networks",)),
    ),
    "molecules",
)  # fmt: skip


def number(
    name: str, text: str, picture: str, help: str, default: int, low: int, high: int
) -> Question:
    """Return the question for a whole number within bounds."""

    def check(value: Any) -> int:
        if not isinstance(value, int) or not low <= value <= high:
            raise InputError(
                f"{value} is not possible", expected=f"a whole number from {low} to {high}"
            )
        return value

    return Question(
        name, Stage.group, Kind.number, text, picture, help, default=default, check=check
    )


def _molecules(a: View) -> Iterator[Question]:
    yield Question(
        "data.species",
        Stage.group,
        Kind.names,
        "Which chemical elements occur?",
        "Symbols or atomic numbers, for instance H C N O.",
        "The network learns one embedding for each element and refuses others. Name all that will ever occur.",
        default=("H", "C", "N", "O", "F"),
        check=reading.species,
    )


def _points(a: View) -> Iterator[Question]:
    yield Question(
        "data.dimension",
        Stage.group,
        Kind.choice,
        "Do the points lie in space or in a plane?",
        "In space a point has x, y, z; in a plane x, y.",
        "A picture is not meant here: its pixels lie on a grid. Points of a plane are tracks seen from above, "
        "key points of a drawing, particles of a layer.",
        (
            Option(3, "space", "x, y, z", words=("3d", "three")),
            Option(2, "plane", "x, y", words=("2d", "two")),
        ),
        3,
    )
    yield number(
        "data.points",
        "How many points has a typical sample?",
        "Roughly: it is used to estimate cost and memory, and samples may differ.",
        "The network takes any number of points. This number only scales the cost that is shown.",
        256, 1, 10_000_000,
    )  # fmt: skip
    yield Question(
        "data.features",
        Stage.group,
        Kind.text,
        "How many plain numbers does each point carry besides its position?",
        "Charge, mass, colour channels: numbers that do not change when everything is turned. 0 for none.",
        "Numbers that turn with the sample (velocities, normals) are vectors. Give them as a representation: "
        "4x0e + 1x1o is four numbers and one vector.",
        default=0,
        check=reading.features,
    )


def _images(a: View) -> Iterator[Question]:
    yield Question(
        "data.size",
        Stage.group,
        Kind.text,
        "How large are the pictures, in pixels?",
        "Height x width, for instance 28 x 28, or one number for a square.",
        "The size decides which strides keep the symmetry of the grid exactly; the design chooses layers that do.",
        default="28 x 28",
        check=reading.size,
    )
    yield number(
        "data.channels",
        "How many channels has a pixel?",
        "1 for grey, 3 for colour; for wind or flow: the number of arrows.",
        "A channel is one number, or one arrow if the next answer says so.",
        1, 1, 4096,
    )  # fmt: skip
    yield Question(
        "data.input",
        Stage.group,
        Kind.choice,
        "Is a channel a plain number or an arrow?",
        "Brightness is a number; wind, flow and displacement are arrows that turn with the picture.",
        "If you turn a wind map, the arrows have to turn too, not only move: as plain channels the network would "
        "see a wind from the wrong direction.",
        (
            Option(
                "scalar",
                "a number",
                "stays when the picture is turned",
                words=("plain number", "scalar"),
            ),
            Option(
                "vector",
                "an arrow",
                "turns with the picture",
                "two values a channel",
                ("vector", "arrows"),
            ),
        ),
        "scalar",
    )


def _sphere(a: View) -> Iterator[Question]:
    yield number(
        "data.bandwidth",
        "What is the bandwidth b of the grid?",
        "The grid has 2b latitudes and 2b longitudes: 16 means 32 x 32.",
        "Signals hold spherical harmonics of degree below b. Doubling b costs about four times the memory.",
        16, 1, 512,
    )  # fmt: skip
    yield number(
        "data.channels",
        "How many channels has a place on the sphere?",
        "Temperature and pressure are two channels.",
        "Each channel is one number at each place.",
        1, 1, 4096,
    )  # fmt: skip


def _sets(a: View) -> Iterator[Question]:
    yield number(
        "data.features",
        "How many numbers has each element?",
        "For a set of purchases: price and quantity are two.",
        "Positions in space do not belong here: elements that have some are points.",
        1, 1, 4096,
    )  # fmt: skip
    yield number(
        "data.size",
        "How many elements has a typical set?",
        "Roughly: it is used to estimate cost and memory, and sets may differ.",
        "The network takes any number of elements.",
        32, 1, 10_000_000,
    )  # fmt: skip


def _graphs(a: View) -> Iterator[Question]:
    yield number(
        "data.node_features",
        "How many numbers has each node?",
        "For a person in a social network: age and number of posts are two.",
        "Categories are given one-hot: one number for each.",
        1, 1, 4096,
    )  # fmt: skip
    yield number(
        "data.edge_features",
        "How many numbers has each edge?",
        "0 if an edge only says that two nodes are joined; a kind of bond or a weight is 1 or more.",
        "Edges with numbers need messages that read them; the design takes care of that.",
        0, 0, 4096,
    )  # fmt: skip
    yield number(
        "data.nodes",
        "How many nodes has a typical graph?",
        "Roughly: it is used to estimate cost and memory.",
        "The network takes any number of nodes.",
        32, 1, 10_000_000,
    )  # fmt: skip


FIELDS: dict[str, Callable[[View], Iterator[Question]]] = {
    "molecules": _molecules,
    "point_clouds": _points,
    "images": _images,
    "sphere": _sphere,
    "sets": _sets,
    "graphs": _graphs,
}

ABOUT = Question(
    "description",
    Stage.group,
    Kind.text,
    "In a few words: what is in the data, and what do you want to know?",
    "For instance: handwritten digits at any angle. Enter leaves it out.",
    "It becomes the description in the files, and it is read for words of known traps: digits and mirror images, "
    "gravity, chirality, text that always stands upright.",
    default="",
)
SAMPLES = Question(
    "data.samples",
    Stage.group,
    Kind.text,
    "How many training samples are there?",
    "A number, or Enter if you don't know yet.",
    "Built-in symmetry pays most with few samples; with very many, a plain network with augmentation comes close. "
    "The specification says so where it matters.",
    default="",
)


def questions(a: View) -> Iterator[Question]:
    """Yield the questions about the data."""
    from dataclasses import replace

    yield DOMAIN
    yield from FIELDS[a.domain](a)
    yield ABOUT
    yield replace(SAMPLES, check=reading.samples)
