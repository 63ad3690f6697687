"""The plain questions that find the symmetry for those who do not know its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.errors import InputError
from equidesign.wizard.question import Kind, Option, Question, Stage
from equidesign.wizard.view import TRANSFORMATIONS, View, key

if TYPE_CHECKING:
    from equidesign.groups.rep import Rep

MOVING = {"force_prediction", "pose_estimation"}
"""Tasks whose answer turns with the sample, whatever the person says."""
STILL = {"classification"}
"""Tasks whose answer stays."""
_BUILT_IN = "built in: it holds exactly, and needs no samples to be learned"
_CAUTIOUS = {"rotation": "unknown", "rotation_180": "none", "reflection": "none"}
"""What is recommended of pictures: the answer that claims less."""


def plain_questions(a: View) -> Iterator[Question]:
    """Yield the plain questions that find the group, by domain."""
    if a.domain == "images":
        yield from _about_pictures(a)
    elif a.domain == "sphere":
        yield from _about_the_sphere(a)
    else:
        yield from _about_points(a)


def _about_pictures(a: View) -> Iterator[Question]:
    yield _motion(
        a, "rotation",
        "If you turn the picture by any angle, is it still a picture you might meet?",
        "Galaxies, cells and satellite pictures have no up; faces and street scenes do.",
        "Say that it stays the same (or turns along) only if every angle is alike: not for pictures that come in "
        "quarter turns, and not for upright ones.",
    )  # fmt: skip
    if a[TRANSFORMATIONS + "rotation"] in ("none", "unknown"):
        yield _motion(
            a, "rotation_90",
            "And by a quarter turn?",
            "Board games, tiles, chips and microscope slides laid down in four ways.",
            "Quarter turns map the grid of pixels to itself, so they can be built in without any error.",
        )  # fmt: skip
        if a[TRANSFORMATIONS + "rotation_90"] in ("none", "unknown"):
            yield _motion(
                a, "rotation_180",
                "And upside down?",
                "Playing cards look the same upside down; 6 and 9 do not.",
                "A half turn alone is the group C2.",
            )  # fmt: skip
    yield _mirror(a, "If you look at the picture in a mirror, is it still a picture you might meet?",
                  "Cells and clouds have no handedness; writing, clocks and left hands do.")  # fmt: skip


def _about_the_sphere(a: View) -> Iterator[Question]:
    yield _axis(
        a,
        "Is the axis through the poles special?",
        "On the Earth it is: the equator is warm and the poles are cold. For an object seen from all sides it is "
        "not.",
    )
    if a[TRANSFORMATIONS + "preferred_axis"]:
        yield _motion(
            a, "rotation",
            "If the signal is turned about that axis, is it still one you might meet?",
            "Weather moved to other longitudes, at the same latitude. If places matter (land and sea), it is not.",
            "Turning about the axis through the poles is SO(2).",
        )  # fmt: skip
    else:
        yield _motion(
            a, "rotation",
            "If the signal is turned on the sphere in any way, is it still one you might meet?",
            "An object scanned from all around, the sky's background radiation.",
            "Turning about every axis is SO(3).",
        )  # fmt: skip
        yield _mirror(a, "And its mirror image?", "Left and right hands differ by just that.")


def _about_points(a: View) -> Iterator[Question]:
    flat = key(a) == "plane"
    yield _motion(
        a, "rotation",
        f"If you turn the {a.things} by any angle, does nature treat it the same?",
        "Turn a molecule, and its energy stays; its forces turn along. In a scan of a street up and down differ: "
        "then say it is so about one axis, in the next question.",
        "If gravity or a field acts on the sample, turning it is a symmetry about one axis only.",
    )  # fmt: skip
    if not flat:
        yield _axis(
            a,
            "Is one direction special, such as gravity or an outside field?",
            "A molecule in empty space has none; a falling stone, a parked car and a room have an up.",
        )
        if a[TRANSFORMATIONS + "preferred_axis"]:
            yield Question(
                "data.preferred_axis", Stage.group, Kind.choice,
                "Which coordinate points that way?",
                "Usually z; in many scans and games y.",
                "The network gets this direction as an input and keeps the turns about it.",
                (Option("z", "z", "usual"), Option("y", "y", "many scans and games"), Option("x", "x")), "z",
            )  # fmt: skip
    yield _mirror(
        a,
        f"Does the mirror image of a {a.things} behave alike?",
        "Energies and forces do. The two hands of a chiral molecule smell different, and rotate light the other way.",
    )
    yield _motion(
        a, "translation",
        f"If you shift the whole {a.things} elsewhere, does it behave the same?",
        "There is no special place in empty space; around a fixed star or a fixed origin there is.",
        "Networks on points read differences of positions, so they cannot see where the origin is. If the origin "
        "matters, add a point there.",
    )  # fmt: skip
    yield _motion(
        a, "permutation",
        f"If you list the {'atoms' if a.domain == 'molecules' else 'points'} in another order, is it the same "
        f"{a.things}?",
        "A molecule does not know which atom is number one.",
        "It is, unless the place in the list means something (a time, an index along a chain).",
        only_yes="invariant",
    )  # fmt: skip


def _motion(
    a: View, name: str, text: str, picture: str, help: str, only_yes: str | None = None
) -> Question:
    """Return the question about one transformation: what the right answer does under it."""
    moves = _turns(a) or (name == "reflection" and _flips(a))
    along = "changes its sign" if moves and not _turns(a) else "turns along"
    stays = Option(
        "invariant", "yes, the answer stays the same", _BUILT_IN,
        words=("yes", "same", "stays", "invariant"),
    )  # fmt: skip
    turns = Option(
        "equivariant", f"yes, the answer {along}", _BUILT_IN,
        words=("turns", "along", "sign", "equivariant"),
    )  # fmt: skip
    no = Option(
        "none", "no, it becomes another sample", "nothing is claimed that the data do not have",
        "what is alike in them has to be learned from samples", ("no", "none", "different"),
    )  # fmt: skip
    unsure = Option(
        "unknown", "not sure", "where it matters, the smaller symmetry is taken",
        "if it was a symmetry, it has to be learned from samples", ("unsure", "don't know", "unknown"),
    )  # fmt: skip
    yes = [turns, stays] if moves else [stays, turns]
    if a.task in STILL or only_yes or name == "translation":
        yes = [stays]
    elif a.task in MOVING:
        yes = [turns]
    if name == "translation" and a.task in ("pose_estimation", "generation"):
        yes = [turns]
    if len(yes) == 1:
        short = "yes" if yes[0] is stays else "yes, and the answer turns along"
        yes = [Option(yes[0].value, short, _BUILT_IN, words=("yes", *yes[0].words))]
    default = yes[0].value
    if a.domain == "images":
        default = "unknown" if name == "rotation" else "none"
    options = tuple(sorted((*yes, no, unsure), key=lambda each: each.value != default))
    return Question(
        TRANSFORMATIONS + name, Stage.group, Kind.choice, text, picture,
        f"{help}\nNot sure: the smaller symmetry is taken, which claims less.", options, default,
    )  # fmt: skip


def _turns(a: View) -> bool:
    """Tell whether what is predicted turns with the sample."""
    if a.task in MOVING or a.task == "generation":
        return True
    if a.get("ask.shape") in ("vector", "tensor"):
        return True
    return any(rep.lmax > 0 for rep in _reps(a)) or a.get("ask.shape") == "axial"


def _flips(a: View) -> bool:
    """Tell whether mirrors change what is predicted: vectors, and numbers with a handedness."""
    return any(not rep.is_scalar for rep in _reps(a))


def _reps(a: View) -> list[Rep]:
    """Return how the known quantities among the targets transform, in a plane if the samples lie in one."""
    from equidesign.design.quantities import find_quantity
    from equidesign.groups.catalogue import orthogonal

    names = a.get("task.targets")
    found = [find_quantity(name) for name in names] if isinstance(names, tuple) else []
    flat = a.domain == "images" or a.get("data.dimension") == 2
    reps = []
    for each in found:
        try:
            reps += [each.under(orthogonal(2 if flat else 3))] if each else []
        except InputError:
            continue  # nothing in a plane answers to it: design says so
    return reps


def _mirror(a: View, text: str, picture: str) -> Question:
    return _motion(
        a, "reflection", text, picture,
        "Mirror images matter where handedness does: chirality, writing, screws, left and right. "
        "Physics without the weak force is alike in a mirror.",
    )  # fmt: skip


def _axis(a: View, text: str, picture: str) -> Question:
    special = a.domain == "sphere"
    options = (
        Option(False, "no", "turns about every axis can be built in", words=("n",)),
        Option(True, "yes", "the network can see the direction", "only turns about it are built in", ("y",)),
    )  # fmt: skip
    return Question(
        TRANSFORMATIONS + "preferred_axis", Stage.group, Kind.choice, text, picture,
        "With a preferred axis only the turns about it are a symmetry. Building in more would hide the axis from "
        "the network.",
        options[::-1] if special else options, special,
    )  # fmt: skip
