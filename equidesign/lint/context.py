"""Context: one file under the linter, read as far as it can be read; everything else is derived on demand."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from equidesign.errors import EquidesignError, InputError
from equidesign.groups.group import Group
from equidesign.layers.base import LayerKind, TypedLayer
from equidesign.layers.measure import refreshed
from equidesign.layers.pipeline import typed_pairs
from equidesign.lint.finding import Place
from equidesign.lint.registry import Needs
from equidesign.spec.loading import without_request
from equidesign.spec.problems import Complaint, complaints
from equidesign.spec.request import Request, request_from_data
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import Document, KeyPath

if TYPE_CHECKING:
    from equidesign.design.problem import Problem
    from equidesign.lint.bundle import Bundle
    from equidesign.lint.diagnosis import PlacedFault
    from equidesign.lint.reference import Reference

ABSENT: Any = object()
"""Stands for a value that is not there."""


@dataclass(frozen=True, eq=False)
class Context:
    """What a rule may look at. Nothing in it changes, and nothing in it raises for what a person wrote.

    Attributes:
        file: path as it was given.
        text: content of the file.
        document: its data with places.
        bundle: the folder's other files, if the file lies in one that equidesign wrote.
    """

    file: str
    text: str
    document: Document
    bundle: Bundle | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The file as plain data."""
        data: dict[str, Any] = self.document.data
        return data

    @property
    def is_architecture(self) -> bool:
        """Whether the file is a specification, and not a request."""
        return "layers" in self.data or "equidesign" in self.data

    @property
    def request_path(self) -> KeyPath:
        """Where the request stands in the file."""
        return ("request",) if self.is_architecture else ()

    def value(self, path: KeyPath) -> Any:
        """Return the value at ``path`` as written, `ABSENT` if there is none."""
        return value_at(self.data, path)

    def place(self, path: KeyPath, on_key: bool = False) -> Place:
        """Return the stretch of the file that a caret marks for ``path``, or for its nearest parent."""
        return Place(*self.document.span(path, on_key))

    # --- reading -------------------------------------------------------------------------------

    @cached_property
    def complaints(self) -> tuple[Complaint, ...]:
        """Everything that is wrong with keys and types, with paths in the whole file."""
        return (*self._request_read[1], *self._spec_read[1])

    @property
    def request(self) -> Request | None:
        """The request, if it can be read (without its unknown keys)."""
        return self._request_read[0]

    @property
    def spec(self) -> Specification | None:
        """The specification, if it can be read (without its unknown keys)."""
        return self._spec_read[0]

    @cached_property
    def _request_read(self) -> tuple[Request | None, tuple[Complaint, ...]]:
        prefix = self.request_path
        if prefix and not isinstance(self.data.get("request"), dict):
            return None, ()  # said by the specification's own check
        document = self.document.part(prefix)
        return _read(Request, document, prefix)

    @cached_property
    def _spec_read(self) -> tuple[Specification | None, tuple[Complaint, ...]]:
        if not self.is_architecture:
            return None, ()
        if self.request is None and self._request_read[1]:
            # Check the rest against a stand-in, so that one bad field of the request hides nothing.
            stand_in = request_from_data(_STAND_IN)
            _, found = _read(Specification, self.document, (), {"request": stand_in})
            return None, found
        extra = {"request": self.request} if self.request else {}
        return _read(Specification, self.document, (), extra)

    # --- meaning -------------------------------------------------------------------------------

    @cached_property
    def group(self) -> Group | None:
        """The declared group."""
        try:
            return self.spec.group if self.spec else None
        except EquidesignError:
            return None

    @cached_property
    def fiber(self) -> Group | None:
        """The group that acts on the components of features."""
        try:
            return self.spec.fiber if self.spec else None
        except EquidesignError:
            return None

    @cached_property
    def _understood(self) -> Problem | InputError | None:
        from equidesign.design.understand import understand

        if self.request is None:
            return None
        try:
            return understand(self.request)[0]
        except InputError as error:
            return error

    @property
    def problem(self) -> Problem | None:
        """What the request means: group, targets, interface, sizes; None if it means nothing."""
        found = self._understood
        return None if isinstance(found, InputError) else found

    @property
    def problem_error(self) -> InputError | None:
        """Why the request means nothing."""
        found = self._understood
        return found if isinstance(found, InputError) else None

    @cached_property
    def typed(self) -> tuple[tuple[LayerKind, TypedLayer], ...] | None:
        """Every layer with its kind, if all kinds and representations can be read."""
        if self.spec is None or self.fiber is None:
            return None
        try:
            return tuple(typed_pairs(self.spec.layers, self.fiber))
        except EquidesignError:
            return None

    @cached_property
    def faults(self) -> tuple[PlacedFault, ...]:
        """What does not type-check, each at the value that is to blame."""
        from equidesign.lint.diagnosis import diagnose

        return tuple(diagnose(self))

    @cached_property
    def measured(self) -> Specification | None:
        """The specification with counts, costs and ledger derived anew from its layers; None if they do not fit."""
        if self.spec is None or self.level < Needs.sound:
            return None
        return refreshed(self.spec)

    @cached_property
    def reference(self) -> Reference:
        """What design makes of the request: the evidence by which an edited value is told from a healthy one."""
        from equidesign.lint.reference import Reference

        return Reference(self)

    @cached_property
    def level(self) -> Needs:
        """How far the file can be read."""
        if not self.is_architecture:
            return Needs.request if self.request else Needs.data
        if self.spec is None:
            return Needs.request if self.request else Needs.data
        if self.typed is None:
            return Needs.specification
        return Needs.pipeline if self.faults else Needs.sound


def value_at(data: Any, path: KeyPath) -> Any:
    """Return the value at ``path``, `ABSENT` if there is none."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step, ABSENT)
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return ABSENT
    return data


def leaves(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the path and value of everything that is no mapping; lists of mappings are gone into, others are leaves."""
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list | tuple) and any(isinstance(each, Mapping) for each in data):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
    else:
        yield path, data


_STAND_IN = {
    "name": "x",
    "symmetry": {"group": "S_n"},
    "data": {"domain": "sets"},
    "task": {"type": "regression"},
}


def _read(
    model: Any, document: Document, prefix: KeyPath, extra: Mapping[str, Any] | None = None
) -> tuple[Any, tuple[Complaint, ...]]:
    """Validate; when only unknown keys are wrong, validate again without them."""
    extra = extra or {}
    data = {**document.data, **extra} if isinstance(document.data, dict) else document.data
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        found = (
            without_request(complaints(error, document, model))
            if extra
            else complaints(error, document, model)
        )
    moved = tuple(
        Complaint(each.sort, (*prefix, *each.path), each.error, each.nearest, each.homes)
        for each in found
    )
    if any(each.sort != "unknown" for each in found):
        return None, moved
    stripped = copy.deepcopy(document.data)
    for each in found:
        del value_at(stripped, each.path[:-1])[each.path[-1]]
    try:
        return model.model_validate({**stripped, **extra}), moved
    except ValidationError:
        return None, moved
