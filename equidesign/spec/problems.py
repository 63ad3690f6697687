"""Turns pydantic's complaints into input errors that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from equidesign.errors import InputError, InputErrors, nearest
from equidesign.spec.choices import choice, literals, misspelt, nearest_option, or_list
from equidesign.spec.descriptions import describe_fields
from equidesign.spec.fields import PROBLEM, describe
from equidesign.spec.models import (
    CHOICES,
    Model,
    field_names,
    homes_of,
    model_at,
    models_in,
    name_of,
)
from equidesign.spec.yamlio import Document, KeyPath, dotted
from equidesign.spec.yamltree import short

MAX_ERRORS = 20
MAX_SPELLED = 1000
"""Unknown keys of one part that are compared with a missing one."""

_NAMES = {
    name for _, models in CHOICES.values() for each in models.values() for name in each.model_fields
}


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong with the fields of a file.

    Attributes:
        sort: ``unknown`` (a field that does not exist), ``missing``, or ``value``.
        path: where; of a missing field, the path it should have.
        details: what words are made of, which takes time.
    """

    sort: Literal["unknown", "missing", "value"]
    path: KeyPath
    details: _Complaint = field(repr=False)

    @property
    def error(self) -> InputError:
        """What is wrong, in words."""
        return self.details.as_error()

    @property
    def nearest(self) -> str | None:
        """Of an unknown field the name that was probably meant, of a wrong value the one from the choices."""
        return self.details.meant[0]

    @property
    def homes(self) -> tuple[str, ...]:
        """Of an unknown field, the parts of the file that have one of that name."""
        return self.details.meant[1]

    def below(self, prefix: KeyPath) -> Complaint:
        """Return the complaint with its path in the file of which this is a part."""
        return replace(self, path=(*prefix, *self.path))


def complaints(error: ValidationError, document: Document, root: Model) -> list[Complaint]:
    """Return everything that pydantic found, sorted by place, for people and for the linter."""
    return [Complaint(each.sort, each.path, each) for each in _found(error, document, root)]


def _found(error: ValidationError, document: Document, root: Model) -> list[_Complaint]:
    found = [_Complaint(details, document, root) for details in error.errors(include_url=False)]
    found.sort(key=lambda complaint: document.order(complaint.path))
    unknown: dict[KeyPath, list[str]] = {}
    for each in found:
        keys = unknown.setdefault(each.path[:-1], [])
        if each.kind == "extra_forbidden" and len(keys) < MAX_SPELLED:
            keys.append(str(each.path[-1])[:100])
    return [each for each in found if not each.is_named_otherwise(unknown)]


def input_error(error: ValidationError, document: Document, root: Model) -> InputError:
    """Return one error, or several sorted by place, each with its place and what was expected."""
    found = _found(error, document, root)
    errors = [complaint.as_error() for complaint in found[:MAX_ERRORS]]
    if len(errors) == 1:
        return errors[0]
    if len(found) > MAX_ERRORS:
        errors.append(InputError(f"and {len(found) - MAX_ERRORS} more", where=document.source))
    return InputErrors(errors)


def _home(root: Model, path: KeyPath, model: Model | None) -> str:
    """Return what a part of a file is called in messages, the whole of it by what it is."""
    return name_of(path, model) if path or "data" in root.model_fields else "the specification"


def unknown_field(root: Model, data: Any, path: KeyPath, where: str) -> InputError:
    """Return the error of a field that does not exist, with the nearest one and its other homes."""
    key, parent = str(path[-1]), path[:-1]
    model = model_at(root, data, parent)
    names = field_names(model) if model else []
    hints = []
    if near := nearest(key[:100], names):
        hints.append(f"did you mean '{near}'?")
    if homes := [home for home in homes_of(root, key) if home != name_of(parent, model)]:
        hints.append(f"'{short(key)}' is a field of {or_list(homes[:4])}")
    home = _home(root, parent, model)
    return InputError(
        f"unknown field '{short(key)}' in {home}",
        where=where,
        expected=f"one of {', '.join(names)}" if names else None,
        hint="; ".join(hints) or None,
    )


class _Complaint:
    """One of pydantic's errors, with its path in the file."""

    def __init__(self, details: Any, document: Document, root: Model) -> None:
        self.document, self.root = document, root
        self.kind: str = details["type"]
        self.input = details["input"]
        self.context: Mapping[str, Any] = details.get("ctx", {})
        self.message: str = details["msg"]
        path: KeyPath = details["loc"]
        if len(path) > 1 and path[0] in CHOICES and path[1] in CHOICES[str(path[0])][1]:
            path = (path[0], *path[2:])
        self.misspelt: str | None = None
        if self.kind.startswith("union_tag"):
            tag = CHOICES[str(path[0])][0]
            self.misspelt = misspelt(self.input, tag, _NAMES)
            path = (*path, self.misspelt or tag)
        self.path = (*path, *self.context.get("at", ()))

    @property
    def sort(self) -> Literal["unknown", "missing", "value"]:
        if self.kind == "extra_forbidden" or self.misspelt:
            return "unknown"
        return "missing" if self.kind == "missing" or self._lacks_tag() else "value"

    @cached_property
    def meant(self) -> tuple[str | None, tuple[str, ...]]:
        """Return the absent name or the value that was meant, and of a name the parts that have it."""
        if self.misspelt:
            return CHOICES[str(self.path[0])][0], ()
        if self.sort != "unknown":
            value = self._chosen()
            return nearest_option(value, self._options()) if self.sort == "value" else None, ()
        parent: Any = self.document.data
        for step in self.path[:-1]:
            parent = parent[step]
        model = model_at(self.root, self.document.data, self.path[:-1])
        absent = [name for name in field_names(model) if name not in parent] if model else []
        key = str(self.path[-1])
        return nearest(key[:100], absent), tuple(homes_of(self.root, key))

    def as_error(self) -> InputError:
        if self.misspelt:
            tag, models = CHOICES[str(self.path[0])]
            return InputError(
                f"unknown field '{short(self.misspelt)}' in '{self.path[0]}'",
                where=self.document.where_key(self.path),
                expected=f"{tag}, one of {', '.join(models)}",
                hint=f"did you mean '{tag}'?",
            )
        if self.kind == "extra_forbidden":
            where = self.document.where_key(self.path)
            return unknown_field(self.root, self.document.data, self.path, where)
        if self.kind == "missing" or self._lacks_tag():
            return self.missing()
        what, expected, hint = self.explain()
        subject = f"'{dotted(self.path)}'" if self.path else "the request"
        return InputError(
            f"{subject} {what}",
            where=self.document.where(self.path),
            expected=expected or None,
            hint=hint or None,
        )

    def _lacks_tag(self) -> bool:
        if not self.kind.startswith("union_tag"):
            return False
        return isinstance(self.input, dict) and self.path[-1] not in self.input

    def missing(self) -> InputError:
        name, parent = str(self.path[-1]), self.path[:-1]
        if self.kind == "missing":
            model = model_at(self.root, self.document.data, parent)
            about = describe_fields(model).get(name) if model else None
        else:
            model, about = None, f"one of {', '.join(CHOICES[str(parent[0])][1])}"
        return InputError(
            f"'{dotted(self.path)}' is missing in {_home(self.root, parent, model)}",
            where=self.document.where_key(parent),
            expected=about,
        )

    def explain(self) -> tuple[str, str, str]:
        """Return what is wrong, what was expected and a hint."""
        got = f"is {describe(self.input)}"
        field = self._field()
        about = self._about()
        if self.kind == PROBLEM:
            context = self.context
            return str(context["what"]), str(context["expected"]), str(context["hint"])
        if options := self._options():
            return choice(self._chosen(), options)
        if self.kind == "bool_type":
            hint = "only true and false are booleans here" if isinstance(self.input, str) else about
            return got, "true or false", hint
        if self.kind == "string_type":
            return got, "text", "put it in quotes to make it text"
        if self.kind == "string_too_long":
            return "is too long", f"at most {self.context['max_length']} characters", ""
        if self.kind == "string_too_short":
            return "is empty", "text", about
        if self.kind == "string_pattern_mismatch":
            return got, f"text of the form {self.context['pattern']}", about
        if self.kind in ("model_type", "model_attributes_type", "dict_type"):
            model = next(models_in(field.annotation), self.root) if field else self.root
            names = "" if self.path and self.path[0] in CHOICES else ", ".join(field_names(model))
            return got, f"a mapping of fields{': ' if names else ''}{names}", about
        return f"{got}: {self.message}", about, ""

    def is_named_otherwise(self, unknown: Mapping[KeyPath, list[str]]) -> bool:
        """Tell whether a missing field is there, misspelt, which is reported already."""
        if self.kind != "missing":
            return False
        name = str(self.path[-1])
        return any(nearest(key, [name]) for key in unknown[self.path[:-1]])

    def _options(self) -> list[Any]:
        """Return the values that a field chooses from, where this is about a value that is none of them."""
        if self.kind.startswith("union_tag"):
            return list(CHOICES[str(self.path[0])][1])
        return literals(self._field()) if self.kind == "literal_error" else []

    def _chosen(self) -> Any:
        below = self.kind.startswith("union_tag") and isinstance(self.input, dict)
        return self.input.get(self.path[-1]) if below else self.input

    def _about(self) -> str:
        model = model_at(self.root, self.document.data, self.path[:-1]) if self.path else None
        return describe_fields(model).get(str(self.path[-1]), "") if model else ""

    def _field(self) -> FieldInfo | None:
        model = model_at(self.root, self.document.data, self.path[:-1]) if self.path else None
        return model.model_fields.get(str(self.path[-1])) if model else None
