"""Questions as values: what is asked, what it means, what may be answered, and how a typed answer is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from equidesign.errors import InputError


class Stage(IntEnum):
    """The six steps from data to a specification."""

    group = 1
    family = 2
    layers = 3
    topology = 4
    library = 5
    specification = 6

    @property
    def title(self) -> str:
        """What the step decides, in plain words."""
        return _TITLES[self]


_TITLES = {
    Stage.group: "Your data and its symmetry",
    Stage.family: "Kind of network",
    Stage.layers: "Layers and size",
    Stage.topology: "How the layers are arranged",
    Stage.library: "Library",
    Stage.specification: "Name and specification",
}


class Kind(StrEnum):
    """How a question is answered."""

    choice = "choice"
    """One of the options."""
    number = "number"
    """A number, whole or not."""
    text = "text"
    """Anything that fits on one line; may be empty if the default is."""
    names = "names"
    """A list of words, separated by commas or blanks."""


@dataclass(frozen=True)
class Option:
    """One answer of a choice.

    Attributes:
        value: what the answer stands for.
        label: the answer in plain words.
        why: why one would take it.
        cost: what it costs against the others.
        words: further words by which it may be typed.
    """

    value: Any
    label: str
    why: str = ""
    cost: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: the request's field that it sets (``data.domain``), or ``ask.NAME`` for one from which fields are inferred.
        text: the question in plain words.
        picture: what it means, concretely: "if you turn the molecule, does its energy change?"
        help: what ``?`` shows: the terms of the field, what each answer means, what to do when unsure.
        options: of a choice, the recommended one first.
        default: the recommended answer; None if there is none.
        unit: of a number.
        check: turns what was read into the value, or refuses it with an `InputError`.
    """

    id: str
    stage: Stage
    kind: Kind
    text: str
    picture: str
    help: str
    options: tuple[Option, ...] = ()
    default: Any = None
    unit: str = ""
    check: Callable[[Any], Any] | None = None

    def parse(self, typed: str) -> Any:
        """Return the answer that a person typed; nothing typed is the default.

        Raises:
            InputError: what was expected, and the nearest answer.
        """
        typed = typed.strip()
        if not typed and self.default is not None:
            if self.options:
                return self.default
            typed = self.show(self.default)
        value = _READERS[self.kind](self, typed)
        return self.check(value) if self.check else value

    def show(self, value: Any) -> str:
        """Return an answer as it would be typed and read."""
        for option in self.options:
            if option.value == value:
                return option.label
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list | tuple):
            return ", ".join(map(str, value))
        return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def _choice(question: Question, typed: str) -> Any:
    return pick(typed, question.options)


def pick(typed: str, options: Sequence[Option]) -> Any:
    """Return the value of the option that was typed: its number, label, value, one of its words, or their beginning.

    Raises:
        InputError: none or several are meant; it names the nearest.
    """
    word = typed.strip().lower()
    if word.isdecimal() and 1 <= int(word) <= len(options):
        return options[int(word) - 1].value
    names = [(name.lower(), option) for option in options for name in _names(option)]
    exact = [option for name, option in names if name == word]
    begun = [option for name, option in names if word and name.startswith(word)]
    meant = exact or begun
    if len({id(option) for option in meant}) == 1:
        return meant[0].value
    labels = ", ".join(f"{i} {option.label}" for i, option in enumerate(options, 1))
    if meant:
        both = " or ".join(dict.fromkeys(option.label for option in meant))
        raise InputError(f"'{typed}' may mean {both}", expected=labels, hint="type more of it")
    close = difflib.get_close_matches(word, [name for name, _ in names], n=1, cutoff=0.5)
    near = next((option.label for name, option in names if close and name == close[0]), None)
    raise InputError(
        f"'{typed}' is none of the answers" if typed else "an answer is needed",
        expected=f"a number from 1 to {len(options)}, or one of {labels}",
        hint=f"did you mean '{near}'?" if near else None,
    )


def _names(option: Option) -> tuple[str, ...]:
    return (option.label, str(option.value), *option.words)


def _number(question: Question, typed: str) -> int | float:
    bare = typed.replace(",", "").replace("_", "").replace(" ", "")
    bare = bare.removesuffix(question.unit).removesuffix("k") if question.unit else bare
    if not _NUMBER.fullmatch(bare):
        raise InputError(
            f"'{typed}' is no number" if typed else "a number is needed",
            expected=f"a number{f' in {question.unit}' if question.unit else ''}"
            + (f", such as {question.show(question.default)}" if question.default else ""),
        )
    number = float(bare)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _text(question: Question, typed: str) -> str:
    if not typed.isprintable():
        raise InputError("the text holds characters that can't be shown", expected="plain text")
    return typed


def _list(question: Question, typed: str) -> tuple[str, ...]:
    words = tuple(word for word in re.split(r"[,;\s]+", typed.strip("[]() ")) if word)
    if not words:
        raise InputError("at least one is needed", expected="words separated by commas or blanks")
    return words


_READERS: dict[Kind, Callable[[Question, str], Any]] = {
    Kind.choice: _choice,
    Kind.number: _number,
    Kind.text: _text,
    Kind.names: _list,
}
