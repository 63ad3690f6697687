"""The conditions of the tables: what ``when`` may ask of a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from equidesign.design.problem import Problem, Target
from equidesign.design.rules.patterns import geometric_part, matches_any
from equidesign.groups.rep import Rep

Predicate = Callable[[Problem, Any], bool]


@lru_cache(maxsize=1024)
def _word(text: str) -> re.Pattern[str]:
    body = re.escape(text).replace(r"\*", r"\w*")
    return re.compile(rf"(?<!\w){body}(?!\w)")


@lru_cache(maxsize=64)
def _even(text: str) -> str:
    """Small letters, with one blank for any run of blanks, hyphens and underscores."""
    return re.sub(r"[\s_-]+", " ", text.lower())


def find_word(words: Iterable[str], text: str) -> str | None:
    """Return the first of ``words`` that stands in ``text``.

    Case does not count, ``*`` ends a stem, and blanks, hyphens and underscores are the same.
    """
    plain = _even(text)
    for word in words:
        wanted = re.sub(r"[\s_-]+", " ", word.lower())
        # Most words are not there, and finding that out must not cost a compiled pattern.
        if wanted.split("*")[0] in plain and _word(wanted).search(plain):
            return word
    return None


def prose(problem: Problem) -> str:
    """Return everything a person wrote in words: name, description, notes, names of classes and targets."""
    request = problem.request
    return "\n".join((request.name, request.description, request.data.notes, labels(problem)))


def labels(problem: Problem) -> str:
    """Return the names of classes and targets, one a line."""
    task: Any = problem.request.task
    names = getattr(task, "class_names", None) or getattr(task, "targets", None)
    return "\n".join(names) if isinstance(names, tuple) else ""


def outputs(problem: Problem) -> tuple[Target, ...]:
    """Return the targets that the features must carry: not forces that are a gradient."""
    task = problem.request.task
    if task.type == "force_prediction" and task.conservative:
        return tuple(t for t in problem.targets if t.name != "forces")
    return problem.targets


def output_rep(problem: Problem) -> Rep:
    """Return everything the features must carry, as one representation."""
    return Rep.total((target.rep for target in outputs(problem)), problem.fiber)


def sample_size(problem: Problem) -> int:
    """Return the typical number of points, elements or nodes of a sample; pixels of an image."""
    sizes = problem.sizes
    for name in ("points", "elements", "nodes"):
        if name in sizes:
            return sizes[name]
    return sizes.get("height", 1) * sizes.get("width", 1)


def _polar(problem: Problem) -> bool:
    """Only true scalars and polar vectors: what scalar-vector networks carry."""
    return all(
        irrep.is_trivial or (irrep.l == 1 and irrep.parity <= 0)
        for irrep in output_rep(problem).irreps
    )


def _rotations(problem: Problem) -> int:
    part = geometric_part(problem.group)
    if part.kind in ("cyclic", "dihedral"):
        return part.n or 1
    return 10**9 if part.kind in ("SO", "O", "SE", "E") else 1


def _at_least(value: float | None, bound: float) -> bool:
    return value is not None and value >= bound


def _at_most(value: float | None, bound: float) -> bool:
    return value is not None and value <= bound


PREDICATES: Mapping[str, Predicate] = {
    "groups": lambda p, v: matches_any(v, p.group),
    "domains": lambda p, v: p.domain in v,
    "tasks": lambda p, v: p.task in v,
    "priority": lambda p, v: p.request.constraints.priority in v,
    "device": lambda p, v: p.request.constraints.device == v,
    "scalar": lambda p, v: output_rep(p).is_scalar is v,
    "polar": lambda p, v: _polar(p) is v,
    "lmax_at_least": lambda p, v: output_rep(p).lmax >= v,
    "lmax_at_most": lambda p, v: output_rep(p).lmax <= v,
    "per_point": lambda p, v: (not p.targets[0].per_sample) is v,
    "quantities": lambda p, v: any(t.quantity in v for t in p.targets),
    "samples_at_least": lambda p, v: _at_least(p.data.samples, v),
    "samples_at_most": lambda p, v: _at_most(p.data.samples, v),
    "size_at_least": lambda p, v: sample_size(p) >= v,
    "size_at_most": lambda p, v: sample_size(p) <= v,
    "parameters_at_most": lambda p, v: _at_most(p.request.constraints.max_parameters, v),
    "dimension": lambda p, v: getattr(p.data, "dimension", 3) == v,
    "axis": lambda p, v: (p.axis is not None) is v,
    "declared_axis": lambda p, v: p.data.preferred_axis in v,
    "chiral": lambda p, v: ("chiral" in p.notes) is v,
    "vector_input": lambda p, v: (p.features is not None and not p.features.is_scalar) is v,
    "features": lambda p, v: getattr(p.data, "features", None) in v,
    "channels": lambda p, v: getattr(p.data, "channels", None) in v,
    "square": lambda p, v: (p.sizes.get("height") == p.sizes.get("width")) is v,
    "reflections": lambda p, v: p.group.reflections is v,
    "rotations_at_least": lambda p, v: _rotations(p) >= v,
    "rotations_at_most": lambda p, v: _rotations(p) <= v,
    "half_turn": lambda p, v: (_rotations(p) % 2 == 0) is v,
    "words": lambda p, v: find_word(v, prose(p)) is not None,
    "labels": lambda p, v: find_word(v, labels(p)) is not None,
}


def holds(when: Mapping[str, Any], problem: Problem) -> bool:
    """Tell whether all conditions hold."""
    return all(PREDICATES[name](problem, value) for name, value in when.items())


def failing(when: Mapping[str, Any], problem: Problem) -> tuple[str, ...]:
    """Return the names of the conditions that do not hold."""
    return tuple(name for name, value in when.items() if not PREDICATES[name](problem, value))
