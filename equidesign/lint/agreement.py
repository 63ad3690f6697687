"""Agreement: what a request says about the rest of a specification, and where the file says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.layers.measure import GRADIENT_KINDS, fitted_interface, has_gradient
from equidesign.layers.pipeline import typed_pairs
from equidesign.spec.layer import Layer, parse_rep
from equidesign.spec.request import UNACCELERATED, UNKNOWN
from equidesign.spec.specification import Interface, Specification, TensorSpec
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.design.problem import Problem

NOTHING: Any = object()
"""Stands for an entry that should not be there."""
GROUP_PATHS: tuple[KeyPath, ...] = (
    ("symmetry", "group"),
    ("symmetry", "canonical"),
    ("symmetry", "acts_on_features"),
    ("interface", "group"),
)
"""Where a group is named, outside of the request."""
TENSOR_FIELDS = ("shape", "dtype", "space", "rep", "translates", "role", "layout", "unit", "values")


@dataclass(frozen=True)
class Difference:
    """A value that is not what the request implies.

    Attributes:
        path: where it stands, or should stand.
        written: what the file says; `NOTHING` if the entry is missing.
        implied: what the request implies; `NOTHING` if there should be no entry.
    """

    path: KeyPath
    written: Any
    implied: Any


def differences(spec: Specification, problem: Problem) -> tuple[Difference, ...]:
    """Return every value outside of the request that contradicts it, whoever is to blame."""
    return tuple(_differences(spec, problem))


def _differences(spec: Specification, problem: Problem) -> Iterator[Difference]:
    yield from _symmetry(spec, problem)
    for path, written, implied in (
        (("task",), spec.task, problem.task),
        (("domain",), spec.domain, problem.domain),
    ):
        if written != implied:
            yield Difference(path, written, implied)
    yield from _wishes(spec, problem)
    yield from _interface(spec, problem)
    yield from _options(spec.layers, problem)
    yield from _forces(spec.layers, problem)
    for name, size in problem.sizes.items():
        written = spec.cost.sizes.get(name, NOTHING)
        if written != size:
            yield Difference(("cost", "sizes", name), written, size)


def _symmetry(spec: Specification, problem: Problem) -> Iterator[Difference]:
    symmetry = spec.symmetry
    asked = problem.request.symmetry.group
    if not same_group(symmetry.group, asked):
        yield Difference(("symmetry", "group"), symmetry.group, asked)
    for path, written, group in (
        (("symmetry", "canonical"), symmetry.canonical, problem.group),
        (("symmetry", "acts_on_features"), symmetry.acts_on_features, problem.fiber),
        (("interface", "group"), spec.interface.group, problem.group),
    ):
        if readable_group(written) != group:
            yield Difference(path, written, group.name)
    moving = "equivariant" if is_moving(problem) else "invariant"
    if symmetry.type != moving:
        yield Difference(("symmetry", "type"), symmetry.type, moving)
    facts = _facts(problem.group)
    for name in (*facts, *(each for each in symmetry.facts if each not in facts)):
        written, implied = symmetry.facts.get(name, NOTHING), facts.get(name, NOTHING)
        if written != implied or isinstance(written, bool) != isinstance(implied, bool):
            yield Difference(("symmetry", "facts", name), written, implied)


@lru_cache(maxsize=64)
def _facts(group: Group) -> Mapping[str, Any]:
    return MappingProxyType(group.facts())


def _wishes(spec: Specification, problem: Problem) -> Iterator[Difference]:
    from equidesign.design.rules.wishes import SYNONYMS

    wishes = problem.request.constraints
    library = SYNONYMS.get(wishes.library or "", wishes.library)
    for path, written, wanted in (
        (("family",), spec.family, wishes.family),
        (("library", "name"), spec.library.name, library),
        (("deployment", "precision"), spec.deployment.get("precision", NOTHING), wishes.precision),
        (("deployment", "device"), spec.deployment.get("device", NOTHING), wishes.device or "auto"),
        (
            ("deployment", "acceleration"),
            spec.deployment.get("acceleration", UNACCELERATED),
            wishes.acceleration,
        ),
    ):
        if wanted is not None and written != wanted:
            yield Difference(path, written, wanted)


def _interface(spec: Specification, problem: Problem) -> Iterator[Difference]:
    implied = implied_interface(spec, problem)
    root: KeyPath = ("interface",)
    yield from _tensors((*root, "inputs"), spec.interface.inputs, implied.inputs, problem.fiber)
    yield from _tensors((*root, "outputs"), spec.interface.outputs, implied.outputs, problem.fiber)
    sizes = spec.interface.sizes
    for name in (*implied.sizes, *(each for each in sizes if each not in implied.sizes)):
        written, size = sizes.get(name, NOTHING), implied.sizes.get(name, NOTHING)
        if written != size:
            yield Difference((*root, "sizes", name), written, size)


def implied_interface(spec: Specification, problem: Problem) -> Interface:
    """Return the interface that the request implies, with the latent code as the layers make it."""
    try:
        return fitted_interface(problem.interface, spec.layers, problem.fiber)
    except (EquidesignError, TypeError, ValueError):
        return _without_latent(problem.interface, spec)


def _without_latent(interface: Interface, spec: Specification) -> Interface:
    """Take the latent code as it is written where the layers do not say what it is."""
    written = spec.interface.outputs.get("latent")
    if written is None or "latent" not in interface.outputs:
        return interface
    return interface.model_copy(update={"outputs": {**interface.outputs, "latent": written}})


def _tensors(
    root: KeyPath,
    written: Mapping[str, TensorSpec],
    implied: Mapping[str, TensorSpec],
    fiber: Group,
) -> Iterator[Difference]:
    for name in (*implied, *(each for each in written if each not in implied)):
        path = (*root, name)
        if name not in written:
            yield Difference(path, NOTHING, implied[name])
        elif name not in implied:
            yield Difference(path, written[name], NOTHING)
        else:
            for key in TENSOR_FIELDS:
                one, other = getattr(written[name], key), getattr(implied[name], key)
                if one != other and not (key == "rep" and same_rep(one, other, fiber)):
                    yield Difference((*path, key), one, other)


def _options(layers: tuple[Layer, ...], problem: Problem) -> Iterator[Difference]:
    """Yield options of layers that repeat what the request says, and say otherwise."""
    for index, layer in enumerate(layers):
        for key, implied in implied_options(problem).items():
            if key in layer.options and not _same(layer.options[key], implied):
                yield Difference(("layers", index, "options", key), layer.options[key], implied)


def _forces(layers: tuple[Layer, ...], problem: Problem) -> Iterator[Difference]:
    """Yield the layer that makes forces the other way than the request says: by a gradient, or directly."""
    task = problem.request.task
    if task.type != "force_prediction":
        return
    for index, layer in enumerate(layers):
        if layer.kind in GRADIENT_KINDS and not task.conservative:
            yield Difference(("layers", index, "kind"), layer.kind, "a readout of forces")
    if task.conservative and not has_gradient(layers):
        makers = [index for index, layer in enumerate(layers) if layer.writes == "forces"]
        if makers:
            path: KeyPath = ("layers", makers[-1], "kind")
            yield Difference(path, layers[makers[-1]].kind, "gradient-forces")


def implied_options(problem: Problem) -> dict[str, Any]:
    """Return the options of layers, by name, whose values are those of the request."""
    data = problem.data
    found: dict[str, Any] = {}
    if problem.domain in ("point_clouds", "molecules"):
        found = {"cutoff": data.cutoff, "neighbours": data.neighbours, "axis": problem.axis}
        found["num_species"] = 1
    if problem.domain == "molecules":
        found |= {"species": list(data.species), "num_species": len(data.species)}
    if problem.domain == "sphere":
        found = {"bandwidth": data.bandwidth}
    if problem.domain == "sets":
        found = {"typical_size": data.size}
    if problem.domain == "graphs":
        found = {"typical_size": data.nodes, "directed": data.directed}
        found["edge_features"] = data.edge_features
    return found


def _same(written: Any, implied: Any) -> bool:
    if _is_number(implied) and _is_number(written):
        return bool(
            written == implied or (implied < 1 and written == 1)
        )  # fewer than one neighbour
    return bool(written == implied)


def _is_number(value: Any) -> bool:
    """Tell a number from a boolean, which Python counts among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_moving(problem: Problem) -> bool:
    """Tell whether some output moves when the input is transformed."""
    return any(not target.rep.is_scalar or not target.per_sample for target in problem.targets)


def readable_group(text: str) -> Group | None:
    """Return the group of an expression, None if it is none."""
    try:
        return parse_group(text)
    except EquidesignError:
        return None


def same_group(one: str, other: str) -> bool:
    """Tell whether two expressions mean the same group; ``unknown`` is only itself."""
    if one == other or UNKNOWN in (one, other):
        return one == other
    group = readable_group(one)
    return group is not None and group == readable_group(other)


def same_rep(one: Any, other: Any, group: Group) -> bool:
    """Tell whether two texts mean the same representation of a group."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return bool(one == other)
    try:
        return parse_rep(one, group) == parse_rep(other, group)
    except EquidesignError:
        return False


def fits_layers(spec: Specification, group: Group) -> bool:
    """Tell whether the representations of all layers can be read under a group."""
    try:
        return len(list(typed_pairs(spec.layers, group))) == len(spec.layers)
    except EquidesignError:
        return False
