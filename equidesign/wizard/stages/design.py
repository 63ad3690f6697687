"""Kind of network, size, library, name: what is left to choose once the symmetry is known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from equidesign.errors import EquidesignError, InputError
from equidesign.wizard.preview import Candidate, candidates, designed, si, with_constraint
from equidesign.wizard.question import Kind, Option, Question, Stage
from equidesign.wizard.request_data import default_name
from equidesign.wizard.view import View

FAMILY = "constraints.family"
PRIORITY = "constraints.priority"
BUDGET = "constraints.max_parameters"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


def family(a: View) -> Iterator[Question]:
    """Yield the choice of the family, if there is one."""
    found = candidates(a.data)
    buildable = [each for each in found if each.design is not None] or list(found)
    if len(buildable) < 2 and FAMILY not in a:
        return
    options = tuple(_family_option(each, first=each is found[0]) for each in buildable)
    yield Question(
        FAMILY,
        Stage.family,
        Kind.choice,
        "Which kind of network?",
        "All of these have your symmetry. They differ in what they can tell apart, and in speed.",
        "The first one is what the rule table recommends for your group, data and task; `equidesign explain FAMILY` "
        "tells more. Marks from 1 to 5: expressiveness, speed, memory; 5 is best.",
        options,
        options[0].value,
    )


def _family_option(each: Candidate, first: bool) -> Option:
    e, s, m = each.marks
    cost = f"{each.cost}; expressiveness {e}, speed {s}, memory {m}"
    return Option("" if first else each.family, each.title, each.why, cost, (each.family,))


def layers(a: View) -> Iterator[Question]:
    """Yield the questions about size."""
    options = []
    for value, label, why in (
        ("balanced", "balanced", "a size that most problems of this kind are solved with"),
        ("speed", "fast", "fewer and narrower layers"),
        ("accuracy", "accurate", "more layers, higher degrees"),
    ):
        try:
            spec = designed(with_constraint(a.data, priority=value)).specification
            cost = f"{spec.parameters.total:,} parameters, {si(spec.cost.flops)}FLOP a sample"
        except EquidesignError as error:
            cost = error.what
        options.append(Option(value, label, why, cost, (value,)))
    yield Question(
        PRIORITY,
        Stage.layers,
        Kind.choice,
        "What matters most?",
        "The exact number of parameters and the cost of each are shown beside it.",
        "You can edit widths, degrees and depth in architecture.yaml afterwards; `equidesign render` checks the types "
        "and compiles it.",
        tuple(options),
        "balanced",
    )

    def check(value: str) -> int | str:
        return _budget(value, a)

    yield Question(
        BUDGET,
        Stage.layers,
        Kind.text,
        "Is there a limit on the number of parameters?",
        "For instance 100000 or 100k; Enter for none.",
        "The largest width within the limit is taken, never one above it.",
        default="",
        check=check,
    )


def _budget(value: str, a: View) -> int | str:
    bare = value.lower().replace(",", "").replace("_", "").replace(" ", "")
    if not bare or bare in ("none", "no"):
        return ""
    factor = {"k": 1000, "m": 1_000_000}.get(bare[-1], 1)
    try:
        limit = int(float(bare.rstrip("km")) * factor)
    except (ValueError, OverflowError):
        limit = 0
    if not 1 <= limit <= 10**12:
        raise InputError(
            f"'{value}' is no number of parameters",
            expected="a number such as 100000 or 100k, or nothing",
        )
    designed(with_constraint(a.data, max_parameters=limit))  # says which limit would do
    return limit


def library(a: View) -> Iterator[Question]:
    """Yield the questions about where it runs."""
    yield Question(
        "constraints.device",
        Stage.library,
        Kind.choice,
        "Where will it be trained?",
        "The code runs on both; this is only the default.",
        "Automatic takes a GPU if there is one.",
        (
            Option("", "automatic", "a GPU if there is one", words=("auto",)),
            Option("cuda", "GPU", words=("cuda", "gpu")),
            Option("cpu", "CPU", words=("cpu",)),
        ),
        "",
    )


def specification(a: View) -> Iterator[Question]:
    """Yield the name."""

    def check(value: str) -> str:
        if not _NAME.fullmatch(value):
            slug = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-0123456789")[:63].rstrip("-")
            raise InputError(
                f"'{value}' is no name for files",
                expected="a lower-case letter, then letters, digits or hyphens",
                hint=f"for example {slug}" if slug else None,
            )
        return value

    yield Question(
        "name",
        Stage.specification,
        Kind.text,
        "What shall it be called?",
        "A short name for the folder and the titles.",
        "Lower-case letters, digits and hyphens.",
        default=default_name(a.answers),
        check=check,
    )
