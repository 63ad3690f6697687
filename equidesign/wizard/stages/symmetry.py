"""The symmetry: named by those who know it, found by plain questions for the others."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.errors import EquidesignError, InputError
from equidesign.wizard.question import Kind, Option, Question, Stage
from equidesign.wizard.repairing import repairs
from equidesign.wizard.request_data import FOUND
from equidesign.wizard.stages.plain import plain_questions
from equidesign.wizard.view import View, key

KNOWS = "ask.knows_group"
EVERY = "every"
DIRECTIONS = Question(
    "ask.directions", Stage.group, Kind.choice,
    "How finely shall turns be built in?",
    "Pixels map onto each other under quarter turns only. In between a network can treat every angle alike, as well "
    "as the grid resolves it, or a number of directions.",
    "Every angle: kernels are built from circular harmonics. A number N of directions: every feature is kept N times, "
    "once for each, and the usual nonlinearities are legal. The best published networks for rotated "
    "digits used 16 (Weiler and Cesa 2019). Quarter turns are exact on the grid.",
    (
        Option(EVERY, "every angle", "no direction is left out", words=("continuous", "all")),
        Option(8, "8 directions", "usual for cells, galaxies and flows", "8 copies of every feature"),
        Option(16, "16 directions", "closer to every angle", "16 copies of every feature"),
        Option(12, "12 directions", "for hexagons and dozens", "12 copies of every feature"),
        Option(6, "6 directions", "for hexagons", "6 copies of every feature"),
        Option(3, "3 directions", "for triangles", "3 copies of every feature"),
        Option(4, "4 directions", "quarter turns only, exact on the grid", "4 copies of every feature",
               ("quarter turns",)),
    ),
    EVERY,
)  # fmt: skip


def questions(a: View) -> Iterator[Question]:
    """Yield the questions about the symmetry."""
    from equidesign.design.rules.groups import group_table

    table = group_table()[key(a)]
    if len(table.order) == 1:  # sets and graphs: there is one answer
        yield _accept(a, table.order[0], (f"{a.things}s have no order and no positions",))
        return
    if "symmetry.group" not in a:
        yield _knows(a)
    if "symmetry.group" in a or a[KNOWS]:
        yield name_question(a)
        return
    yield from plain_questions(a)
    yield from repairs(a, Stage.group)  # answers that contradict each other
    if turning(a):
        yield DIRECTIONS
    found, steps = inference(a)
    yield _accept(a, found, steps)
    if not a[FOUND]:
        yield name_question(a)


def _knows(a: View) -> Question:
    return Question(
        KNOWS,
        Stage.group,
        Kind.choice,
        "Do you know the symmetry group of your data?",
        "Its name, such as E(3), C4 or S_n; if that says nothing to you, answer a few plain questions instead.",
        "The group is the set of changes of a sample after which the right answer is known: unchanged, or turned "
        "along. Everything else follows from it.",
        (
            Option(False, "no, ask me", "two to five plain questions", words=("no", "ask")),
            Option(True, "yes", "you type its name, in any spelling", words=("know", "yes, I type it")),
        ),
        False,
    )  # fmt: skip


def name_question(a: View) -> Question:
    """Return the question for the name of the group."""
    from equidesign.design.rules.groups import group_table

    order = group_table()[key(a)].order

    def check(value: str) -> str:
        return checked_group(value, a)

    return Question(
        "symmetry.group",
        Stage.group,
        Kind.text,
        "What is the symmetry group?",
        f"For instance {', '.join(order[:-1])} or {order[-1]}.",
        "Any usual spelling: p4, C_4 and C4 are the same. `equidesign explain GROUP` tells what a group does. "
        f"On {a.domain.replace('_', ' ')} these have a design: {', '.join(order)}.",
        default=order[0],
        check=check,
    )


def checked_group(value: str, a: View) -> str:
    """Return the canonical name of a group that has a design on the domain.

    Raises:
        InputError: no such group, or none that means something there; with the nearest.
    """
    from equidesign.design.rules.groups import normal_group
    from equidesign.groups.names import parse_group

    try:
        group = parse_group(value)
        normal_group(group, key(a))
    except EquidesignError as error:
        repair = (error.repair or {}).get("symmetry.group")
        hint = f"the nearest that has one is {repair}" if repair else error.hint
        raise InputError(error.what, expected=error.expected, hint=hint) from None
    return group.name


def turning(a: View) -> bool:
    """Tell whether pictures may be turned by every angle, so that it is asked how finely."""
    return a.domain == "images" and described(a)[0] in ("SO(2)", "O(2)")


def inference(a: View) -> tuple[str, tuple[str, ...]]:
    """Return the group that the plain answers describe, and what followed from which."""
    found, steps = described(a)
    directions = a.get(DIRECTIONS.id, EVERY)
    if directions == EVERY or not turning(a):
        return found, steps
    found = f"{'D' if found == 'O(2)' else 'C'}{directions}"
    return found, (*steps, f"turns in {directions} directions: {found}")


def described(a: View) -> tuple[str, tuple[str, ...]]:
    """Return the largest group that the answers about transformations describe; empty if there is none."""
    from equidesign.design.transformations import group_from_answers
    from equidesign.groups.names import parse_group
    from equidesign.spec.request import UNKNOWN

    request = a.request
    if request is None:
        return "", ()
    if request.symmetry.group != UNKNOWN:  # a repair has named it
        return parse_group(request.symmetry.group).name, ("so the answers go together",)
    try:
        text, answers = group_from_answers(request, key(a))
    except InputError:
        return "", ()
    return parse_group(text).name, tuple(answers.steps)


def _accept(a: View, found: str, steps: tuple[str, ...]) -> Question:
    from equidesign.groups.names import parse_group

    options = [Option(found, f"yes, {found}", parse_group(found).title, words=("yes", found))]
    if key(a) not in ("sets", "graphs"):
        options.append(
            Option("", "no, I name another", "you type a group", words=("no", "another"))
        )
    return Question(
        FOUND,
        Stage.group,
        Kind.choice,
        f"So the symmetry is {found}: {options[0].why}. Is that right?",
        "; ".join(steps),
        "Each step names the answer that it follows from. Go back to change one; later answers stay.\n"
        f"`equidesign explain '{found}'` tells more about the group.",
        tuple(options),
        options[0].value,
    )  # fmt: skip
