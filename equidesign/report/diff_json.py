"""The comparison of two specifications as plain data."""

from __future__ import annotations

from typing import Any

from equidesign.comparison.change import ABSENT, Change
from equidesign.comparison.compare import Comparison
from equidesign.comparison.interface import TensorChange
from equidesign.comparison.layers import Figure, LayerChange
from equidesign.comparison.measured import Measured
from equidesign.comparison.settings import DecisionChange
from equidesign.comparison.symmetry import Aspect
from equidesign.comparison.types import TypeChange
from equidesign.report.symmetry_words import Setting, gained, lost
from equidesign.spec.yamlio import dotted

FORMAT_VERSION = 1


def diff_data(comparison: Comparison, names: tuple[str, str]) -> dict[str, Any]:
    """Return the comparison as plain data, only what differs; ``before`` and ``after`` of what a side lacks are absent.

    Args:
        names: what the two are called, such as their paths.
    """
    settings = Setting.of(comparison.before.spec), Setting.of(comparison.after.spec)
    symmetry, ledger = comparison.symmetry, comparison.ledger
    data: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "before": _side(names[0], comparison.before),
        "after": _side(names[1], comparison.after),
        "same": comparison.same,
        "basics": [_change(change) for change in comparison.basics],
        "symmetry": {
            "before": symmetry.before.name if symmetry.before else None,
            "after": symmetry.after.name if symmetry.after else None,
            "relation": symmetry.relation.value,
            "lost": [_aspect(one, lost(one, settings[1])) for one in symmetry.lost],
            "gained": [_aspect(one, gained(one, settings[1])) for one in symmetry.gained],
        },
        "exactness": [
            side and {"layer": side[0], **side[1].model_dump(mode="json")}
            for side in (ledger.before, ledger.after)
        ]
        if ledger.changed
        else None,
        "family": None,
        "request": [_change(change) for change in comparison.request],
        "interface": [_tensor(change) for change in comparison.interface],
        "layers": [_layer(change) for change in comparison.layers],
        "settings": [_change(change) for change in comparison.settings],
        "decisions": [_decision(change) for change in comparison.decisions],
        "alternatives": [_change(change) for change in comparison.alternatives],
        "cost": {figure.name: _figure(figure) for figure in comparison.figures},
        "words": [dotted(path) for path in comparison.words],
        "caveats": {"lost": [*comparison.caveats[0]], "gained": [*comparison.caveats[1]]},
    }
    family = comparison.family
    if family:
        data["family"] = {
            "before": family.before,
            "after": family.after,
            "marks": {name: list(pair) for name, pair in family.marks.items()},
            "not_taken_before_because": family.against[0],
        }
    return data


def _side(name: str, side: Measured) -> dict[str, Any]:
    return {
        "file": name,
        "name": side.spec.name,
        "faults": [
            {"layer": one.layer or None, "key": one.key, "message": one.message}
            for one in side.faults
        ],
        "stale": [
            {"where": where, "recorded": recorded, "derived": derived}
            for where, recorded, derived in side.stale()
        ],
    }


def _pair(before: Any, after: Any) -> dict[str, Any]:
    """Return two values; one that is not there is left out."""
    pair = {"before": before, "after": after}
    return {key: value for key, value in pair.items() if value is not ABSENT}


def _change(change: Change) -> dict[str, Any]:
    return {"where": dotted(change.path), **_pair(change.before, change.after)}


def _aspect(aspect: Aspect, meaning: str) -> dict[str, Any]:
    return {
        "part": aspect.part.value,
        "group": aspect.extent.name,
        "remains": aspect.remains.name if aspect.remains else None,
        "built_in": aspect.built_in,
        "meaning": meaning,
    }


def _type(change: TypeChange) -> dict[str, Any]:
    data: dict[str, Any] = {"before": change.before, "after": change.after}
    data["multiplicities"] = {irrep: list(pair) for irrep, pair in change.counts.items()}
    if change.lmax:
        data["lmax"] = list(change.lmax)
    if change.dim:
        data["dimension"] = list(change.dim)
    data["same_components"] = change.relabelled
    return data


def _tensor(change: TensorChange) -> dict[str, Any]:
    def dump(item: Any) -> Any:
        return ABSENT if item is None else item.model_dump(mode="json", exclude_none=True)

    data: dict[str, Any] = {"where": f"{change.role}.{change.name}"}
    if change.before is None or change.after is None:
        return {**data, **_pair(dump(change.before), dump(change.after))}
    if change.rep:
        data["rep"] = _type(change.rep)
    data["changes"] = [_change(part) for part in change.changes]
    return data


def _figure(figure: Figure) -> dict[str, Any]:
    return {"before": figure.before, "after": figure.after, "ratio": figure.ratio}


def _layer(change: LayerChange) -> dict[str, Any]:
    def name(layer: Any) -> Any:
        return ABSENT if layer is None else layer.name

    data: dict[str, Any] = _pair(name(change.before), name(change.after))
    data["moved"] = change.moved
    data["changes"] = [_change(part) for part in change.changes]
    data["types"] = {part.key: _type(part) for part in change.types}
    if change.exactness:
        data["exactness"] = [line and line.model_dump(mode="json") for line in change.exactness]
    data["cost"] = {figure.name: _figure(figure) for figure in change.figures if figure.changed}
    return data


def _decision(change: DecisionChange) -> dict[str, Any]:
    def dump(decision: Any) -> Any:
        keys = {"choice", "rule", "why"}
        return ABSENT if decision is None else decision.model_dump(mode="json", include=keys)

    return {
        "step": change.step.value,
        **_pair(dump(change.before), dump(change.after)),
        "rejected": {"lost": [*change.rejected[0]], "gained": [*change.rejected[1]]},
    }
