"""The comparison of two specifications as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from equidesign.comparison.change import Change
from equidesign.comparison.family import FamilyChange, compare_families
from equidesign.comparison.interface import TensorChange, compare_interfaces
from equidesign.comparison.layers import Figure, LayerChange, compare_layers
from equidesign.comparison.measured import Measured, measure
from equidesign.comparison.settings import (
    DecisionChange,
    canonical,
    changed_words,
    compare_alternatives,
    compare_caveats,
    compare_decisions,
    compare_requests,
    compare_settings,
)
from equidesign.comparison.symmetry import SymmetryChange, compare_groups
from equidesign.spec.layer import Exactness
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import KeyPath


@dataclass(frozen=True)
class Ledger:
    """How well the pipelines keep their symmetry: the line, and the layer, that keeps it least.

    The texts are names of layers; None where there is no layer.
    """

    before: tuple[str, Exactness] | None
    after: tuple[str, Exactness] | None

    @property
    def changed(self) -> bool:
        """Whether the levels differ."""
        levels = [side and side[1].level for side in (self.before, self.after)]
        return levels[0] != levels[1]

    def swapped(self) -> Ledger:
        """Return the ledger seen from the other side."""
        return Ledger(self.after, self.before)


@dataclass(frozen=True)
class Comparison:
    """Two specifications, compared; only what differs is in the tuples.

    Attributes:
        before, after: the specifications, measured anew.
        symmetry: which symmetries are lost and gained.
        basics: names of the groups, output type, task and domain, where they differ.
        ledger: how well the symmetry is kept.
        family: None if it is the same.
        request: what was asked for otherwise.
        settings: library, dependencies, sizes, topology, training, deployment, verification.
        figures: parameters, flops, activations and memory_mb, all four.
        words: where only prose differs.
        caveats: those that are gone, and those that are new.
    """

    before: Measured
    after: Measured
    symmetry: SymmetryChange
    basics: tuple[Change, ...]
    ledger: Ledger
    family: FamilyChange | None
    request: tuple[Change, ...]
    interface: tuple[TensorChange, ...]
    layers: tuple[LayerChange, ...]
    settings: tuple[Change, ...]
    decisions: tuple[DecisionChange, ...]
    alternatives: tuple[Change, ...]
    figures: tuple[Figure, ...]
    words: tuple[KeyPath, ...]
    caveats: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def same(self) -> bool:
        """Whether the two mean the same: prose, caveats, order and recorded numbers do not count."""
        return not (
            self.basics
            or self.family
            or self.request
            or self.interface
            or self.layers
            or self.settings
            or self.decisions
            or self.alternatives
        )

    @property
    def empty(self) -> bool:
        """Whether nothing at all differs, prose included."""
        return self.same and not self.words and not any(self.caveats)

    def swapped(self) -> Comparison:
        """Return the comparison seen from the other side: what ``compare(after, before)`` returns."""
        return Comparison(
            before=self.after,
            after=self.before,
            symmetry=self.symmetry.swapped(),
            basics=tuple(change.swapped() for change in self.basics),
            ledger=self.ledger.swapped(),
            family=self.family and self.family.swapped(),
            request=tuple(change.swapped() for change in self.request),
            interface=tuple(change.swapped() for change in self.interface),
            layers=tuple(change.swapped() for change in self.layers),
            settings=tuple(change.swapped() for change in self.settings),
            decisions=tuple(change.swapped() for change in self.decisions),
            alternatives=tuple(change.swapped() for change in self.alternatives),
            figures=tuple(figure.swapped() for figure in self.figures),
            words=self.words,
            caveats=(self.caveats[1], self.caveats[0]),
        )


def compare_specifications(before: Specification, after: Specification) -> Comparison:
    """Compare two specifications; those that do not type-check as far as possible."""
    one, other = measure(before), measure(after)
    return Comparison(
        before=one,
        after=other,
        symmetry=compare_groups(one.group, other.group, (one.built_in, other.built_in)),
        basics=_basics(before, after),
        ledger=Ledger(_worst(one), _worst(other)),
        family=compare_families(before, after),
        request=compare_requests(before, after),
        interface=compare_interfaces(one, other),
        layers=compare_layers(one, other),
        settings=compare_settings(before, after),
        decisions=compare_decisions(before, after),
        alternatives=compare_alternatives(before, after),
        figures=(
            Figure("parameters", one.parameters, other.parameters),
            Figure("flops", one.flops, other.flops),
            Figure("activations", one.activations, other.activations),
            Figure("memory_mb", one.memory_mb, other.memory_mb),
        ),
        words=changed_words(before, after),
        caveats=compare_caveats(before, after),
    )


def _basics(before: Specification, after: Specification) -> tuple[Change, ...]:
    one, other = _basic(before), _basic(after)
    return tuple(Change(path, one[path], other[path]) for path in one if one[path] != other[path])


def _basic(spec: Specification) -> dict[KeyPath, str]:
    return {
        ("symmetry", "canonical"): canonical(spec.symmetry.canonical),
        ("symmetry", "group"): canonical(spec.symmetry.group),
        ("symmetry", "type"): spec.symmetry.type,
        ("symmetry", "acts_on_features"): canonical(spec.symmetry.acts_on_features),
        ("task",): spec.task,
        ("domain",): spec.domain,
    }


def _worst(side: Measured) -> tuple[str, Exactness] | None:
    return (side.worst.layer.name, side.worst.exactness) if side.worst else None
