"""``symmetry.group: unknown``: the group that the answers about transformations describe."""

from __future__ import annotations

from equidesign.design.answers import (
    PLURAL,
    TURNS,
    WHERE,
    Answers,
    mirror,
    mirror_default,
    need,
    nothing,
)
from equidesign.errors import InputError
from equidesign.spec.request import Request


def group_from_answers(request: Request, key: str) -> tuple[str, Answers]:
    """Return the group that the answers describe, as an expression, and the steps that led there.

    Raises:
        InputError: the answers contradict each other or the domain, or do not say enough.
    """
    answers = Answers(request, key)
    _scale(answers)
    _contradictions(answers)
    find = {"images": _picture, "sphere": _sphere, "sets": _bare, "graphs": _bare}.get(key, _points)
    return find(answers), answers


def _scale(a: Answers) -> None:
    if a.yes("scale"):
        a.warn(
            "scale-not-built-in",
            "changes of scale are a symmetry of the data, and no family here builds them in",
            "normalise every sample to unit size, or augment with scales",
        )
        a.step("scale: a symmetry, left to normalisation or augmentation")


def _contradictions(a: Answers) -> None:
    for big, small in (
        ("rotation", "rotation_90"),
        ("rotation", "rotation_180"),
        ("rotation_90", "rotation_180"),
    ):
        if a.yes(big) and a.no(small):
            raise InputError(
                f"the answers contradict each other: {PLURAL[big]} are a symmetry, "
                f"{PLURAL[small]} are not, "
                "yet the former contain the latter",
                where=f"{WHERE}.{small}",
                hint=f"if {PLURAL[small]} change the answer, so do {PLURAL[big]}",
                repair={f"{WHERE}.{big}": "none"},
            )


def _picture(a: Answers) -> str:
    if a.yes("permutation"):
        raise InputError(
            "permutations are no symmetry of a picture: the places of its pixels are the picture",
            where=f"{WHERE}.permutation",
            hint="if the elements of a sample have no order, the domain is `sets`",
            repair={f"{WHERE}.permutation": "none"},
        )
    upright = a.axis and a.request.data.preferred_axis != "z"
    turning = next((name for name in TURNS if a.yes(name)), None)
    if upright and turning:
        raise InputError(
            "the answers contradict each other: a picture with a preferred axis is not the "
            "same after "
            f"{PLURAL[turning]}",
            where=f"{WHERE}.preferred_axis",
            hint=(
                "say `none` for the rotations if up and down matter, or leave the preferred axis "
                "out"
            ),
            repair={f"{WHERE}.preferred_axis": None, "data.preferred_axis": None},
        )
    if all(a.open(name) for name in (*TURNS, "reflection")) and not upright:
        if a.open("translation"):
            raise need(a, "rotation", "reflection")
        a.warn("rotation-not-assumed", "nothing is said about rotations and reflections; they are left out",
               "add `rotation`, `rotation_90` and `reflection` under "
               "`transformations`")  # fmt: skip
    if a.no("translation"):
        a.warn(
            "translations-built-in",
            "translations are not a symmetry, but every convolution has them",
            "give the network the place as extra channels, such as the coordinates of each pixel",
        )
    turns = 1
    if turning == "rotation":
        a.step(f"rotation: {a.given['rotation']}, so every angle: SO(2)")
    elif turning == "rotation_90":
        turns = 4
        a.step(f"rotation_90: {a.given['rotation_90']}, not known of every angle: C4")
    elif turning == "rotation_180":
        turns = 2
        a.step(f"rotation_180: {a.given['rotation_180']}, not of smaller angles: C2")
    else:
        a.step(
            "rotation: "
            + ("excluded by the preferred axis" if upright else "none")
            + ", so no rotations"
        )
    mirrors = mirror(a, False, "the smaller group claims less")
    if turning == "rotation":
        return "O(2)" if mirrors else "SO(2)"
    if turns == 1:
        a.step("translation: convolution has it")
        return "D1" if mirrors else "T(2)"
    return f"D{turns}" if mirrors else f"C{turns}"


def _sphere(a: Answers) -> str:
    if a.yes("permutation"):
        raise InputError(
            "permutations are no symmetry of a signal on the sphere: the places are the signal",
            where=f"{WHERE}.permutation",
            hint="if the elements of a sample have no order, the domain is `sets`",
            repair={f"{WHERE}.permutation": "none"},
        )
    turning = a.yes("rotation") or (a.open("rotation") and a.yes("translation"))
    if not turning and a.open("rotation") and not a.axis:
        raise need(a, "rotation", "reflection")
    if not a.yes("rotation") and a.yes("translation"):
        a.step("translation: on a sphere, moving a signal is turning it, so it counts as rotation")
    if a.axis:
        if a.no("rotation"):
            raise need(a, "rotation")
        a.step("preferred axis: only the rotations about it remain: SO(2)")
        if a.yes("reflection"):
            a.warn(
                "reflection-not-assumed",
                "mirrors through the axis are not built in on the sphere",
                "augment with them",
            )
        return "SO(2)"
    if not turning:
        raise nothing(a)
    a.step("rotation: a symmetry, about every axis: SO(3)")
    return "O(3)" if mirror(a, False, "the smaller group claims less") else "SO(3)"


def _bare(a: Answers) -> str:
    what = a.request.data.domain
    motions = [name for name in (*TURNS, "reflection", "translation") if a.yes(name)]
    if motions:
        moved = motions[0]
        raise InputError(
            f"{what} have no places, so {PLURAL[moved]} have nothing to act upon",
            where=f"{WHERE}.{moved}",
            hint="if the elements have positions in space, the domain is "
            + ("`point_clouds`" if what == "sets" else "`molecules` or `point_clouds`"),
            repair={
                **{f"{WHERE}.{name}": "none" for name in motions},
                f"{WHERE}.permutation": "invariant",
            },
        )
    if a.no("permutation"):
        raise InputError(
            f"the order matters by these answers, but {what} have none",
            where=f"{WHERE}.permutation",
            hint="with an order the domain is `sequences`, which this version does not design "
            "for yet; an order may also be given as a feature of the elements",
            repair={f"{WHERE}.permutation": "invariant"},
        )
    if a.open("permutation"):
        a.step(f"permutation: unknown; {what} have no order, so it is a symmetry")
    else:
        a.step(f"permutation: {a.given['permutation']}, so every reordering: S_n")
    return "S_n"


def _points(a: Answers) -> str:
    small = next((name for name in TURNS[1:] if a.yes(name)), None)
    if a.open("rotation") and small and not a.axis:
        raise InputError(
            f"{PLURAL[small]} alone have no design for points; rotations by any angle have",
            where=f"{WHERE}.rotation",
            hint=(
                "say `rotation: equivariant` if every angle is a symmetry, with `preferred_axis: "
                "true` if about one axis only"
            ),
            repair={f"{WHERE}.rotation": "equivariant", f"{WHERE}.preferred_axis": True},
        )
    if a.open("rotation") and not small and not a.axis:
        raise need(a, "rotation", "reflection")
    if a.no("rotation"):
        raise nothing(a)
    if a.no("translation"):
        a.warn(
            "translations-built-in",
            "translations are not a symmetry, but relative positions have them: the network "
            "cannot see where the origin is",
            "give the distance from the origin as a feature, or add a point there",
        )
    if a.no("permutation"):
        a.warn(
            "order-matters",
            "reordering points changes the answer, but messages between points do not see "
            "their order",
            "give the place in the order as a feature of each point",
        )
    tail = " x S_n" if a.yes("permutation") else ""
    a.step("permutation: " + ("a symmetry" if tail else "implied: points have no order"))
    number = 2 if a.key == "plane" else 3
    if a.axis and number == 3:
        a.step("preferred axis: of the rotations only those about it remain")
        mirrors = mirror(a, False, "the smaller group claims less")
        return ("O(2)" if mirrors else "SO(2)") + tail
    a.step(
        f"rotation: {a.given['rotation']}, by every angle"
        + (" about every axis" if number == 3 else "")
    )
    physics, why = mirror_default(a.request)
    mirrors = mirror(a, physics, why)
    a.step(
        "translation: " + ("a symmetry" if a.yes("translation") else "relative positions have it")
    )
    letter = "E" if mirrors else "SE"
    if a.no("translation"):
        letter = "O" if mirrors else "SO"
    return f"{letter}({number}){tail}"
