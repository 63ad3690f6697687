"""Context: one file under the linter, read as far as it can be read; everything else is derived on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.layers.base import LayerKind, TypedLayer
from equidesign.layers.measure import refreshed
from equidesign.layers.pipeline import typed_pairs
from equidesign.lint.finding import Place
from equidesign.lint.reading import ABSENT, leaves, read_model, stand_in_request, value_at
from equidesign.lint.registry import Needs
from equidesign.spec.problems import Complaint
from equidesign.spec.request import Request
from equidesign.spec.specification import Interface, Specification
from equidesign.spec.yamlio import Document, KeyPath

__all__ = ["ABSENT", "Context", "leaves", "value_at"]

if TYPE_CHECKING:
    from equidesign.design.problem import Problem
    from equidesign.design.rules.engine import Choice
    from equidesign.lint.agreement import Difference
    from equidesign.lint.bundle import Bundle
    from equidesign.lint.candidates import Change
    from equidesign.lint.decided import Decided
    from equidesign.lint.diagnosis import PlacedFault
    from equidesign.lint.drift import Drift
    from equidesign.lint.reference import Reference
    from equidesign.lint.understood import Understood
    from equidesign.lint.witness import Suspicion


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

    @property
    def wrong_tag(self) -> Change | None:
        """The task or domain of the request, where its fields and all else speak for another: path in it, and which."""
        return self._request_read[2]

    @cached_property
    def _request_read(self) -> tuple[Request | None, tuple[Complaint, ...], Change | None]:
        prefix = self.request_path
        if prefix and not isinstance(self.data.get("request"), dict):
            return None, (), None  # said by the specification's own check
        document = self.document.part(prefix)
        request, found = read_model(Request, document, prefix)
        return self._retagged(document) or (request, found, None) if found else (request, (), None)

    def _retagged(self, document: Document) -> tuple[Request, tuple[Complaint, ...], Change] | None:
        """Read the request with another task or domain, if that is all that is wrong with its fields."""
        from equidesign.lint.tags import architecture_beside, other_tags

        around = self.data if self.is_architecture else architecture_beside(self.bundle)
        for (section, tag), implied in other_tags(document.data, around):
            changed = {**document.data, section: {**document.data[section], tag: implied}}
            healed = Document(changed, document.source, document.root)
            request, found = read_model(Request, healed, self.request_path)
            if request is not None and not found:
                return request, (), ((section, tag), implied)
        return None

    @cached_property
    def _spec_read(self) -> tuple[Specification | None, tuple[Complaint, ...]]:
        if not self.is_architecture:
            return None, ()
        if self.request is None and self._request_read[1]:
            # Check the rest against a stand-in, so that one bad field of the request hides nothing.
            stand_in = stand_in_request()
            _, found = read_model(Specification, self.document, (), {"request": stand_in})
            return None, found
        extra = {"request": self.request} if self.request else {}
        return read_model(Specification, self.document, (), extra)

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
        """The group that acts on the components of features: as written, unless the request speaks against it."""
        if self.problem is not None:
            return self.problem.fiber
        try:
            return self.spec.fiber if self.spec else None
        except EquidesignError:
            return None

    @cached_property
    def understood(self) -> Understood:
        """What the request means as it is written, and what contradicts it."""
        from equidesign.lint.understood import understood

        return understood(self.request, self.spec)

    @cached_property
    def suspicion(self) -> Suspicion | None:
        """The field of the request that was edited, if the rest of the file speaks against it."""
        from equidesign.lint.witness import suspicion

        return suspicion(self)

    @property
    def request_suspects(self) -> tuple[KeyPath, ...]:
        """The paths in the request that are to blame; then nothing that contradicts it is."""
        return (self.suspicion.path,) if self.suspicion else ()

    @cached_property
    def believed_request(self) -> Request | None:
        """The request; where a field of it is to blame, with the value that everything else speaks for."""
        return self.suspicion.request if self.suspicion else self.request

    @cached_property
    def believed_family(self) -> str | None:
        """The family; where all characteristic layers are another's, that one."""
        from equidesign.lint.families import believed_family

        return believed_family(self.spec) if self.spec else None

    @cached_property
    def problem(self) -> Problem | None:
        """What the believed request means: group, targets, interface, sizes; None if it means nothing."""
        from equidesign.lint.understood import understood

        if self.suspicion is None:
            return self.understood.problem
        return understood(self.believed_request, None).problem

    @cached_property
    def contradictions(self) -> Mapping[KeyPath, Difference]:
        """What the file says otherwise than the believed request implies, by path."""
        from equidesign.lint.agreement import differences

        if self.suspicion is None:
            found = self.understood.differences
        elif self.spec is not None and self.problem is not None:
            found = differences(self.spec, self.problem)
        else:
            found = ()
        return {each.path: each for each in found}

    @cached_property
    def interface(self) -> Interface | None:
        """The interface, with the names that the believed request implies; what stands under them is as written."""
        from equidesign.lint.names import believed_interface

        if self.spec is None or self.problem is None:
            return self.spec.interface if self.spec else None
        return believed_interface(self.spec.interface, self.problem.interface)

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
    def miscounted(self) -> frozenset[int]:
        """The layers whose written parameter count is not what their types say."""
        return frozenset(i for i, pair in enumerate(self.typed or ()) if _is_miscounted(*pair))

    @cached_property
    def faults(self) -> tuple[PlacedFault, ...]:
        """What does not type-check, each at the value that is to blame."""
        from equidesign.lint.diagnosis import diagnose

        return tuple(diagnose(self))

    @cached_property
    def measured(self) -> Specification | None:
        """The specification with counts, costs and ledger derived anew from its layers; None if they do not fit."""
        if self.spec is None or self.fiber is None or self.level < Needs.sound:
            return None
        symmetry = self.spec.symmetry.model_copy(update={"acts_on_features": self.fiber.name})
        sizes = {**(self.problem.sizes if self.problem else {}), **self.spec.cost.sizes}
        cost = self.spec.cost.model_copy(update={"sizes": sizes})
        try:
            return refreshed(self.spec.model_copy(update={"symmetry": symmetry, "cost": cost}))
        except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
            return None  # numbers without bounds

    @cached_property
    def choice(self) -> Choice | None:
        """What the rules choose for the believed request, None if they refuse it."""
        from equidesign.lint.refusals import chosen_family

        return chosen_family(self.problem) if self.problem else None

    @cached_property
    def decided(self) -> Decided | None:
        """What the rules decide for the believed request and the file's family."""
        from equidesign.lint.decided import decided

        return decided(self)

    @cached_property
    def drift(self) -> Drift | None:
        """How the files of the bundle differ from what render makes of the specification."""
        from equidesign.lint.drift import drift

        return drift(self)

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
        blocked = any(fault.blocks for fault in self.faults)
        return Needs.pipeline if blocked else Needs.sound


def _is_miscounted(kind: LayerKind, typed: TypedLayer) -> bool:
    try:
        return kind.parameters(typed) != typed.layer.parameters
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError):
        return True  # types at fault need not have a count
