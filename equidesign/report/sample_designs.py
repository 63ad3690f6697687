"""Small designs of a family: what it is built of, and what may act on which of its features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from equidesign.comparison.measured import is_sound
from equidesign.design.family import Family, all_families
from equidesign.design.pipeline import design_architecture
from equidesign.design.rules.engine import serves_group
from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.groups.names import known_groups, parse_group
from equidesign.layers.base import LayerKind, TypedLayer
from equidesign.layers.pipeline import typed_pairs
from equidesign.layers.registry import layer_kinds
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification

DATA: Mapping[str, dict[str, Any]] = {
    "images": {"size": [12, 12]},
    "sphere": {"bandwidth": 5},
    "point_clouds": {"points": 24, "neighbours": 6},
    "molecules": {"species": [1, 6, 8]},
    "sets": {"size": 7},
    "graphs": {"nodes": 9},
}
TASKS: Mapping[str, dict[str, Any]] = {
    "classification": {"classes": 3},
    "segmentation": {"classes": 3},
    "regression": {},
    "force_prediction": {},
    "pose_estimation": {},
    "generation": {},
}


@lru_cache(maxsize=256)
def sample_designs(family: str, group: str) -> tuple[Specification, ...]:
    """Return one small design for each domain and task that the family serves under a group."""
    return tuple(_designs(all_families()[family], group))


def _designs(family: Family, group: str) -> Iterator[Specification]:
    for domain in family.domains:
        for task in family.tasks:
            request = {
                "version": 1,
                "name": "sample",
                "symmetry": {"group": group},
                "data": {"domain": domain, **DATA.get(domain, {})},
                "task": {"type": task, **TASKS.get(task, {})},
                "constraints": {"family": family.id},
            }
            try:
                yield design_architecture(request_from_data(request)).specification
            except EquidesignError:
                continue  # not every task is posed on every domain


@lru_cache(maxsize=64)
def usual_group(family: str) -> str:
    """Return the first of the known groups under which the family designs anything; the largest of space for points."""
    preferred = ("C4", "E(3)", "SO(3)", "S_n", "T(2)", "SO(2)")
    names = [*preferred, *(group.name for group in known_groups())]
    chosen = all_families()[family]
    for name in names:
        if serves_group(chosen, parse_group(name)) and sample_designs(family, name):
            return name
    return ""


def kinds_of(family: str) -> tuple[LayerKind, ...]:
    """Return the kinds of layers that a family's designs are made of, in the order of their first use."""
    group = usual_group(family)
    names = dict.fromkeys(
        layer.kind for spec in sample_designs(family, group) for layer in spec.layers
    )
    return tuple(layer_kinds()[name] for name in names)


def families_of(kind: str) -> tuple[str, ...]:
    """Return the families whose designs contain a kind of layer."""
    return tuple(name for name in all_families() if kind in {found.id for found in kinds_of(name)})


def field_type(layer: TypedLayer) -> str:
    """Return the sort of features that a layer makes: scalars, regular, band-limited or irreps."""
    rep = layer.out.rep
    if rep.is_scalar:
        return "scalars"
    if all(irrep.kind == "regular" or irrep.is_trivial for irrep in rep.irreps):
        return "regular"
    return "band-limited" if layer.option("layout") == "spectral" else "irreps"


def legal_nonlinearities(group: Group) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the nonlinearities that are legal on each sort of features, with the kinds of layers that have them.

    Every layer of every sample design under the group is tried with each nonlinearity of its kind: the kind's own
    typing rule decides.
    """
    found: dict[str, dict[str, dict[str, None]]] = {}
    for family in all_families().values():
        if not serves_group(family, group):
            continue
        for spec in sample_designs(family.id, group.name):
            for kind, typed in typed_pairs(spec.layers, spec.fiber):
                for name in kind.nonlinearities:
                    changed = typed.layer.model_copy(update={"nonlinearity": name})
                    if name != "none" and is_sound(changed, spec.fiber):
                        kinds = found.setdefault(field_type(typed), {}).setdefault(name, {})
                        kinds[kind.id] = None
    return {
        sort: {name: tuple(kinds) for name, kinds in names.items()} for sort, names in found.items()
    }
