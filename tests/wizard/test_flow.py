"""The questions, walked in every direction: each answer of each question, back and forth, right and wrong."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice
from typing import Any

import pytest
import yaml
from walking import beginnings, begun, reading, recommended, settled, walk

from equidesign.design.pipeline import design_architecture
from equidesign.errors import InputError
from equidesign.render.architecture import architecture_yaml
from equidesign.spec.request import request_from_data
from equidesign.wizard.flow import Flow, fits
from equidesign.wizard.question import Question, Stage
from equidesign.wizard.request_data import FOUND, REPAIRS
from equidesign.wizard.request_text import request_text
from equidesign.wizard.view import REPAIR

BEGINNINGS = list(beginnings())
NONSENSE = (
    "?!",
    "0",
    "-1",
    "999999999999999999999",
    "nan",
    "yes no",
    "%",
    "\x07",
    "ü" * 500,
    "1e400",
    "--",
    "[]",
    "💥",
)


def named(beginning: tuple[str, str, dict[str, Any]]) -> str:
    """Return a name for a parameter."""
    domain, task, data = beginning
    return "-".join([domain, task, *(f"{k}={v}" for k, v in data.items())])


def paths(beginning: tuple[str, str, dict[str, Any]]) -> list[Flow]:
    """Return some complete flows, in which no answer was repaired."""
    domain, task, data = beginning
    whole = (flow for flow in walk(begun(domain, task, **data), 1) if REPAIRS not in flow.answers)
    return list(islice(whole, 12))


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=named)
def test_every_answer_leads_to_a_design(beginning: tuple[str, str, dict[str, Any]]) -> None:
    domain, task, data = beginning
    seen: Counter[tuple[str, str]] = Counter()
    met: set[tuple[str, str]] = set()
    for flow in walk(begun(domain, task, **data), 1, seen):
        assert flow.complete
        assert flow.question is None
        assert flow.design is not None, flow.view.refusal
        assert flow.design.specification.symmetry.group
        assert all(step.chosen for step in flow.checklist)
        met |= {(q.id, repr(o.value)) for q in flow.questions for o in q.options}
    # Each answer to a question that was asked after the task was given once at least.
    first = {q.id for q in begun(domain, task, **data).questions[:-1]}
    assert {each for each in met if each[0] not in first} <= seen.keys()
    assert met


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=named)
def test_the_request_file_is_the_request(beginning: tuple[str, str, dict[str, Any]]) -> None:
    for flow in paths(beginning)[::4]:
        text = request_text(flow)
        read = request_from_data(yaml.safe_load(text))
        assert read == request_from_data(flow.data)
        assert flow.design is not None
        again = design_architecture(read).specification
        assert architecture_yaml(again) == architecture_yaml(flow.design.specification)
        assert text.isprintable() or all(line.isprintable() for line in text.split("\n"))
        assert max(map(len, text.split("\n"))) <= 120
        if flow.view.get(FOUND) and domain_turns(flow):
            assert "# Found from these answers:" in text or "have no order" in text


def domain_turns(flow: Flow) -> bool:
    """Tell whether samples of the domain can be turned, so that there were questions about it."""
    return flow.view.domain not in ("sets", "graphs")


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=named)
def test_one_can_go_back_to_every_question(beginning: tuple[str, str, dict[str, Any]]) -> None:
    # A repair is asked about again once one has gone back: it is in none of these.
    flow = paths(beginning)[-1]
    for question in flow.questions:
        back = flow.back(question.id)
        assert back.question is not None
        assert back.question.id == question.id
        again, notices = back.answer(flow.answers[question.id])
        assert again.complete, "later answers are kept"
        assert again.data == flow.data
        assert not [each for each in notices if each.sort == "dropped"]
    for stage in Stage:
        asked = [question for question in flow.questions if question.stage is stage]
        if asked:
            first = flow.back(stage.name).question
            assert first is not None
            assert first.id == asked[0].id


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=named)
def test_one_step_back_at_a_time_reaches_the_start(
    beginning: tuple[str, str, dict[str, Any]],
) -> None:
    flow = paths(beginning)[0]
    order = []
    for _ in range(60):
        before = flow.question.id if flow.question else None
        flow = flow.back()
        assert flow.question is not None
        if flow.question.id == before:
            break
        order.append(flow.question.id)
    assert order == [question.id for question in reversed(flow.questions) if question.id in order]
    assert order[-1] == "data.domain"


def test_answers_that_no_longer_fit_are_named_and_asked_again() -> None:
    flow = walked({"data.domain": "images", "task.type": "classification", "name": "mine"})
    assert flow.complete
    flow, _notices = flow.back("task.type").answer("regression")
    assert flow.question is not None
    assert flow.question.id == "task.targets"
    other = walked({"data.domain": "images", "task.type": "regression"}, flow)
    assert other.complete
    assert other.answers["data.size"] == (28, 28)
    assert other.data["name"] == "mine", "what still fits is not asked again"


def walked(script: dict[str, Any], flow: Flow | None = None) -> Flow:
    """Answer by a script, the rest by Enter."""
    flow = flow or Flow()
    while (question := flow.question) is not None:
        given = script.get(question.id, recommended(question))
        flow, _ = flow.answer(
            question.parse(given) if isinstance(given, str) and not question.options else given
        )
    return flow


def all_questions() -> dict[str, Question]:
    """Return a question of every id that walks meet."""
    found: dict[str, Question] = {}
    for beginning in BEGINNINGS:
        domain, task, data = beginning
        for flow in islice(walk(begun(domain, task, **data), 1), 2):
            for question in flow.questions:
                found.setdefault(f"{question.id}:{domain}:{task}", question)
    return found


QUESTIONS = all_questions()


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_question_can_be_understood_and_answered(question: Question) -> None:
    assert question.text.endswith(("?", ".", ":"))
    assert question.picture
    assert question.help
    assert question.stage.title
    values = [option.value for option in question.options]
    assert len(set(map(repr, values))) == len(values)
    for number, option in enumerate(question.options, 1):
        assert question.parse(str(number)) == option.value or str(number) in map(str, values)
        assert question.parse(option.label) == option.value
        assert question.parse(option.label.upper()) == option.value
    if question.options:
        assert question.default == question.options[0].value, "the recommended answer comes first"
    if question.default is not None:
        assert fits(question, recommended(question))
        assert question.parse("") == recommended(question)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_wrong_answer_says_what_is_right(question: Question) -> None:
    rng = random.Random(question.id)
    for typed in (*NONSENSE, "".join(rng.choices("abc0-9.,()x ", k=9))):
        answer = reading(question, typed)
        if isinstance(answer, InputError):
            assert answer.what
            assert answer.expected or answer.hint, typed
        else:
            assert fits(question, answer), typed


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            {
                "data.domain": "molecules",
                "task.type": "regression",
                "task.targets": "dipole",
                "symmetry.transformations.rotation": "invariant",
            },
            "an invariant vector is always zero",
        ),
        (
            {
                "data.domain": "molecules",
                "task.type": "regression",
                "task.targets": "optical rotation",
                "symmetry.transformations.reflection": "invariant",
            },
            "changes sign between mirror images",
        ),
        (
            {"data.domain": "molecules", "symmetry.transformations.rotation": "none"},
            "no motion is a symmetry",
        ),
    ],
)
def test_contradictions_are_asked_about(script: dict[str, Any], said: str) -> None:
    flow = Flow()
    while (question := flow.question) is not None and question.id != REPAIR:
        given = script.get(question.id, recommended(question))
        flow, _ = flow.answer(
            question.parse(given) if isinstance(given, str) and not question.options else given
        )
    assert question is not None
    assert said in question.picture + question.text
    back, _ = flow.answer(False)
    assert (
        back.question is not None and back.question.id in script
    ) or back.question.id.startswith("symmetry.")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"data.domain": "images", "task.type": "classification", "task.classes": "6, 9",
          "symmetry.transformations.rotation": "invariant"}, "half turn"),
        ({"data.domain": "images", "task.type": "classification", "task.classes": "b, d",
          "symmetry.transformations.reflection": "invariant"}, "mirror"),
        ({"data.domain": "molecules", "task.type": "classification", "description": "which enantiomer: chirality",
          "symmetry.transformations.reflection": "invariant"}, "mirror"),
    ],
)  # fmt: skip
def test_traps_are_named_when_the_group_is_known(script: dict[str, Any], code: str) -> None:
    flow, heard = Flow(), []
    while (question := flow.question) is not None:
        given = script.get(question.id, recommended(question))
        flow, notices = flow.answer(
            question.parse(given) if isinstance(given, str) and not question.options else given
        )
        heard += [notice for notice in notices if notice.sort == "warning"]
    assert any(code in notice.text for notice in heard), heard
    assert all(notice.hint for notice in heard)


def test_nothing_is_known_when_everybody_is_unsure() -> None:
    unsure = {
        f"symmetry.transformations.{name}": "unknown"
        for name in ("rotation", "reflection", "translation", "permutation")
    }
    flow = Flow()
    while (question := flow.question) is not None and question.id != REPAIR:
        flow, _ = flow.answer(unsure.get(question.id, recommended(question)))
    assert question is not None
    assert "Nothing is known about the symmetry" in question.picture
    assert question.default is False, "no symmetry is claimed that nobody knows of"


def test_the_group_that_is_named_wins() -> None:
    script = {
        "data.domain": "molecules",
        "symmetry.transformations.reflection": "none",
        FOUND: "",
        "symmetry.group": "E(3)",
    }
    flow = walked(script)
    assert settled(flow) == "E(3)"
    assert "transformations" not in flow.data["symmetry"]
