"""What is predicted: the task, the quantity, and how it turns."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.errors import InputError
from equidesign.wizard.question import Kind, Option, Question, Stage
from equidesign.wizard.view import View

LABELS = {
    "force_prediction": ("forces", "an energy for the sample and a force on every point"),
    "classification": ("a class", "which of a few kinds the sample is"),
    "regression": ("numbers", "a quantity: an energy, a dipole, a temperature, any numbers"),
    "segmentation": ("a class everywhere", "which kind each point, pixel, element or node is"),
    "pose_estimation": ("a pose", "how the sample is turned, and where it is"),
    "generation": ("new samples", "more of the same kind"),
}
WORDS = {
    "force_prediction": ("force field", "forces", "potential"),
    "classification": ("classify", "class", "label"),
    "regression": ("regress", "value", "property"),
    "segmentation": ("segment", "class per point", "mask"),
    "pose_estimation": ("pose", "orientation"),
    "generation": ("generate", "generative", "samples"),
}
FIRST = {
    "molecules": "force_prediction",
    "graphs": "regression",
    "sets": "regression",
}
SHAPE = "ask.shape"
PLACES = {
    "molecules": "atom",
    "point_clouds": "point",
    "images": "pixel",
    "sphere": "place",
    "sets": "element",
    "graphs": "node",
}
DIRECTED = ("molecules", "point_clouds", "images", "sphere")
"""Domains in which something can point in a direction."""


def questions(a: View) -> Iterator[Question]:
    """Yield the questions about the task."""
    yield _task(a)
    yield from {
        "classification": _classes,
        "segmentation": _classes,
        "regression": _regression,
        "force_prediction": _forces,
        "pose_estimation": _pose,
        "generation": _nothing_more,
    }[a.task](a)


def _nothing_more(a: View) -> Iterator[Question]:
    yield from ()


def _task(a: View) -> Question:
    legal = [name for name in LABELS if _has(a.domain, name)]
    first = FIRST.get(a.domain, "classification")
    legal.sort(key=lambda name: name != first)
    options = tuple(
        Option(name, LABELS[name][0], LABELS[name][1], words=(name, *WORDS[name])) for name in legal
    )
    return Question(
        "task.type",
        Stage.group,
        Kind.choice,
        "What do you want to predict?",
        f"For one {a.things}: one answer for the whole, or one for every {PLACES[a.domain]}.",
        "One answer for the whole is pooled over the sample; an answer for every place keeps its place. "
        "What the answer does when the sample is turned is asked later.",
        options,
        first,
    )


def _has(domain: str, task: str) -> bool:
    """Tell whether some family serves the task in the domain, and the task means something there."""
    from equidesign.design.consistency import MEANINGLESS
    from equidesign.design.family import all_families

    served = any(domain in each.domains and task in each.tasks for each in all_families().values())
    return served and (domain, task) not in MEANINGLESS


def _read_classes(value: str) -> int | tuple[str, ...]:
    bare = value.strip()
    if bare.isdecimal():
        if not 2 <= int(bare) <= 100_000:
            raise InputError(f"{bare} classes are not possible", expected="from 2 to 100000")
        return int(bare)
    names = tuple(name.strip() for name in bare.split(",") if name.strip())
    if len(names) < 2:
        raise InputError(
            f"'{value}' is neither a number nor two names" if bare else "a number is needed",
            expected="how many classes, or their names separated by commas",
        )
    if len(set(names)) < len(names):
        raise InputError("a class is named twice", expected="different names")
    return names


def _classes(a: View) -> Iterator[Question]:
    names = a.task == "classification"
    yield Question(
        "task.classes",
        Stage.group,
        Kind.text,
        "Which classes are there?",
        "A number, or names separated by commas: cat, dog, bird." if names else "A number.",
        "Names are worth typing: 6 and 9, b and d, left and right are classes that some symmetries turn into each "
        "other, and you are warned." if names else "How many kinds a place can be of.",
        default=2 if not names else 10,
        check=_read_classes if names else _count,
    )  # fmt: skip


def _count(value: str) -> int:
    found = _read_classes(value)
    return found if isinstance(found, int) else len(found)


def _forces(a: View) -> Iterator[Question]:
    yield Question(
        "task.conservative",
        Stage.group,
        Kind.choice,
        "Do the forces come from an energy?",
        "If you carry an atom around in a circle, is no energy won or lost?",
        "Forces as the gradient of an energy conserve it exactly, which molecular dynamics needs; a direct "
        "prediction is about three times cheaper and drifts.",
        (
            Option(True, "yes", "the gradient of an energy: conserves energy", "three times the cost of a pass"),
            Option(False, "no", "predicted directly", "energy drifts in dynamics"),
        ),
        True,
    )  # fmt: skip


def _pose(a: View) -> Iterator[Question]:
    if a.domain == "sphere":
        return  # a signal on the sphere has no position
    yield Question(
        "task.translation",
        Stage.group,
        Kind.choice,
        "Do you want the position as well, or only the orientation?",
        "Where it is, and how it is turned; or only how it is turned.",
        "The position moves along when the sample is shifted; the orientation does not.",
        (
            Option(
                True,
                "both",
                "how it is turned and where it is",
                words=("position and orientation",),
            ),
            Option(False, "orientation only", "how it is turned", words=("rotation",)),
        ),
        True,
    )


def _targets(value: str) -> int | tuple[str, ...]:
    bare = value.strip()
    if bare.isdecimal():
        if not 1 <= int(bare) <= 10_000:
            raise InputError(f"{bare} numbers are not possible", expected="from 1 to 10000")
        return int(bare)
    names = tuple(name.strip() for name in bare.split(",") if name.strip())
    if not names or not all(name[0].isalpha() and len(name) <= 100 for name in names):
        raise InputError(
            f"'{value}' is neither a number nor a name",
            expected="how many numbers, or names such as dipole_moment",
        )
    return names


def _regression(a: View) -> Iterator[Question]:
    from equidesign.design.quantities import find_quantity

    yield Question(
        "task.targets",
        Stage.group,
        Kind.text,
        "What is the quantity called, or how many numbers are there?",
        "Names that are known bring their physics: energy, dipole_moment, polarizability, torque, charge ...",
        "`equidesign list quantities` shows what is known: how each turns, its unit, one a sample or one a point. "
        "Separate several by commas.",
        default=1,
        check=_targets,
    )  # fmt: skip
    named = a["task.targets"]
    if isinstance(named, tuple) and all(find_quantity(name) is not None for name in named):
        return
    count = named if isinstance(named, int) else len(named)
    if count == 1 and a.domain in DIRECTED:
        yield from _shape(a)
    place = PLACES[a.domain]
    yield Question(
        "task.per",
        Stage.group,
        Kind.choice,
        f"One answer for the whole {a.things}, or one for every {place}?",
        f"A total is one for the whole; a field has one at every {place}.",
        "Answers for the whole are pooled over the sample; answers for every place are not.",
        (
            Option(
                "sample",
                f"one for the whole {a.things}",
                "gathered over it",
                words=("whole", "sample", "one"),
            ),
            Option(
                "point",
                f"one for every {place}",
                "keeps its place",
                words=("every", "each", "point", place),
            ),
        ),
        "sample",
    )


def _shape(a: View) -> Iterator[Question]:
    flat = a.domain == "images" or a.get("data.dimension") == 2
    options = [
        Option("scalar", "a plain number", "stays what it is when the sample is turned"),
        Option(
            "vector", "an arrow", "a force, a velocity, a dipole: turns along", words=("polar",)
        ),
    ]
    if not flat:
        why = "a torque, a spin, a magnetic moment: turns along, and keeps its sign in a mirror"
        options.append(Option("axial", "an axis of turning", why, words=("axial vector",)))
        why = "a polarizability, a stress: six numbers that turn together"
        options.append(Option("tensor", "a symmetric matrix", why, words=("symmetric tensor",)))
    yield Question(
        SHAPE,
        Stage.group,
        Kind.choice,
        "Is it a plain number, or does it point somewhere?",
        f"Turn the {a.things} by a quarter: does the right answer turn too?",
        "A number such as an energy has no direction. An arrow turns along; its length does not change. An axial "
        "vector turns like an arrow and keeps its sign in a mirror. A symmetric matrix turns as six numbers.",
        tuple(options),
        "scalar",
    )
