"""Flow: which question comes next, what an answer changes, how to go back. A value: every step makes a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from equidesign.errors import EquidesignError
from equidesign.wizard.preview import Candidate, candidates, designed
from equidesign.wizard.question import Kind, Question, Stage
from equidesign.wizard.repairing import field_of, offered, repairs
from equidesign.wizard.request_data import FOUND, REPAIRS, fields_of
from equidesign.wizard.stages import data, design, symmetry, task
from equidesign.wizard.view import REPAIR, View

if TYPE_CHECKING:
    from equidesign.design.pipeline import Design

Asks = Callable[[View], Iterator[Question]]


def _refused(a: View) -> Iterator[Question]:
    yield from repairs(a, Stage.group)


STAGES: tuple[Asks, ...] = (
    data.questions,
    task.questions,
    symmetry.questions,
    _refused,
    design.family,
    design.layers,
    design.library,
    design.specification,
)


class Status(StrEnum):
    """How far a step is."""

    done = "done"
    current = "current"
    open = "open"


@dataclass(frozen=True)
class Notice:
    """Something that an answer brought about.

    Attributes:
        sort: ``found`` (what follows), ``warning``, ``contradiction``, ``dropped`` (an answer that no longer fits).
    """

    sort: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Step:
    """A line of the checklist: one of the six steps, how far it is, and what was chosen."""

    stage: Stage
    status: Status
    chosen: str = ""


@dataclass(frozen=True)
class Flow:
    """The state of a conversation.

    Attributes:
        answers: by id of the question. Answers behind the current question stay, and count again once it is answered.
        fixed: ids that were given from outside: they are not asked.
        at: the question that is asked again after going back; None for the first one without an answer.
        kept: ids that came with a request. They count without being asked for, until a question sets them.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    at: str | None = None
    kept: frozenset[str] = frozenset()

    @cached_property
    def view(self) -> View:
        """The answers that count: those of the questions on the way."""
        return View(
            {q.id: self.answers[q.id] for q in self.questions if self._is_answered(q)}
            | self._given()
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question on the way, up to the first one without an answer that fits."""
        found: list[Question] = []
        answered: dict[str, Any] = self._given()
        view = View(answered)
        for asks in STAGES:
            for question in asks(view):
                found.append(question)
                if not self._is_answered(question):
                    return tuple(found)
                answered[question.id] = self.answers[question.id]
        return tuple(found)

    def _given(self) -> dict[str, Any]:
        given = {k: v for k, v in self.answers.items() if k in self.fixed}
        kept = {k: v for k, v in self.answers.items() if k in self.kept}
        return {**fields_of(kept, self.answers), **given}

    def _is_answered(self, question: Question) -> bool:
        if question.id not in self.answers:
            return False
        return question.id in self.fixed or fits(question, self.answers[question.id])

    @property
    def question(self) -> Question | None:
        """The question to ask now; None when everything is answered."""
        asked = [q for q in self.questions if q.id not in self.fixed]
        for question in asked:
            if question.id == self.at or not self._is_answered(question):
                return question
        return None

    @property
    def complete(self) -> bool:
        """Whether every question is answered."""
        return bool(self.questions) and all(self._is_answered(q) for q in self.questions)

    def answer(self, value: Any) -> tuple[Flow, tuple[Notice, ...]]:
        """Answer the current question.

        Returns:
            The flow after it, and what the answer brought about.
        """
        question = self.question
        if question is None:
            return self, ()
        if question.id == REPAIR:
            return self._repaired(bool(value))
        after = replace(self, answers={**self.answers, question.id: value}, at=None)
        return after, tuple(after._notices(self, question))

    def _repaired(self, wanted: bool) -> tuple[Flow, tuple[Notice, ...]]:
        refusal = self.view.refusal
        if refusal is None:
            return self, ()
        if not wanted or not (repair := offered(refusal)):
            where = field_of(refusal)
            about = [q.id for q in self.questions if q.id == where or q.id.startswith(f"{where}.")]
            return self.back(about[0] if where and about else None), ()
        repaired = {**(self.answers.get(REPAIRS) or {}), **repair}
        after = replace(
            self, answers={**self.answers, REPAIRS: repaired}, fixed=self.fixed | {REPAIRS}, at=None
        )
        return after, (Notice("found", f"repaired: {refusal.what}"),)

    def _notices(self, before: Flow, answered: Question) -> Iterator[Notice]:
        """Yield what an answer brought about: answers that no longer fit, and what design warns of."""
        mine = {question.id: question for question in self.questions}
        for question in before.questions:
            old = self.answers.get(question.id)
            if question.id == answered.id or question.id not in before.answers:
                continue
            if question.id not in mine and not self.complete:
                continue  # behind the current question: it may still be asked
            if question.id in mine and not fits(mine[question.id], old):
                yield Notice("dropped", f"'{question.show(old)}' no longer fits: {question.text}")
        if not self._group_is_settled:
            return
        known = {w.code for w in before.view.warnings} if before._group_is_settled else set()
        for warning in self.view.warnings:
            if warning.code not in known:
                yield Notice("warning", warning.message, warning.hint)

    @property
    def _group_is_settled(self) -> bool:
        """Whether the symmetry is known: before that, warnings about what was not said yet are idle."""
        return bool(self.view.get(FOUND)) or "symmetry.group" in self.view

    def back(self, to: str | None = None) -> Flow:
        """Return to the question before the current one, or to one by its id or the name of its stage.

        Later answers stay, and are used again where they still fit.
        """
        asked = [question.id for question in self.questions if question.id not in self.fixed]
        if to is not None:
            place = next(
                (q.id for q in self.questions if to in (q.id, q.stage.name) and q.id in asked), None
            )
        else:
            now = self.question
            at = asked.index(now.id) if now else len(asked)
            place = asked[at - 1] if at else None
        if place is None:
            return self
        rest = {k: v for k, v in self.answers.items() if k != REPAIRS}
        return replace(self, answers=rest, fixed=self.fixed - {REPAIRS}, at=place)

    # --- what to show --------------------------------------------------------------------------

    @property
    def data(self) -> dict[str, Any]:
        """The request that the answers make."""
        return self.view.data

    @property
    def checklist(self) -> tuple[Step, ...]:
        """The six steps, how far each is and what was chosen."""
        now = self.question.stage if self.question else None
        steps = []
        for stage in Stage:
            done = now is None or stage < now
            status = Status.done if done else Status.current if stage is now else Status.open
            steps.append(Step(stage, status, self._chosen(stage) if done else ""))
        return tuple(steps)

    def _chosen(self, stage: Stage) -> str:
        found = self.design
        if found is None:
            return ""
        decision = found.specification.decisions[stage - 1]
        if stage is Stage.layers:
            return f"{decision.choice}: {found.specification.parameters.total:,} parameters"
        return found.specification.name if stage is Stage.specification else decision.choice

    @property
    def design(self) -> Design | None:
        """What design makes of the answers so far; None if they do not make a request yet."""
        try:
            return designed(self.data)
        except EquidesignError:
            return None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The families that can serve the answers, side by side; empty if they do not make a request yet."""
        try:
            return candidates(self.data)
        except EquidesignError:
            return ()


def fits(question: Question, value: Any) -> bool:
    """Tell whether an answer is one of the question's; None leaves its field out."""
    if value is None:
        return True
    if question.options:
        return any(option.value == value for option in question.options)
    if question.check is None:
        return True
    try:
        question.check(question.show(value) if question.kind is Kind.text else value)
    except EquidesignError:
        return False
    return True
