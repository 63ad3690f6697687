"""Does the specification name its symmetry, and is it the one that the problem has?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from equidesign.design.family import all_families
from equidesign.design.targets import POINT_SPACE
from equidesign.groups.group import Group
from equidesign.scoring.evidence import Evidence, group_of
from equidesign.scoring.measured import (
    Defect,
    Measure,
    Measured,
    held,
    judged,
    missed,
    shown,
    spoken,
)
from equidesign.scoring.words import covers
from equidesign.spec.request import UNKNOWN

CANONICAL = ("symmetry", "canonical")
TASKS = (
    "classification",
    "regression",
    "segmentation",
    "force_prediction",
    "pose_estimation",
    "generation",
)
_DESCRIPTION = "description"


def group_named(evidence: Evidence) -> Measured:
    """`symmetry.group` and `symmetry.canonical` name groups, the latter by its canonical name."""

    def defects() -> Iterator[Defect]:
        declared = evidence.value("symmetry", "group")
        if declared != UNKNOWN and group_of(declared) is None:
            yield Defect(
                f"symmetry.group is {shown(declared)}",
                ("symmetry", "group"),
                "name the declared group",
            )
        name, group = evidence.value(*CANONICAL), evidence.group
        if group is None:
            yield Defect(
                f"symmetry.canonical is {shown(name)}", CANONICAL, "name the group canonically"
            )
        elif group.name != name:
            yield Defect(f"{name} is no canonical name", CANONICAL, f"write {group.name}")

    return judged(defects(), f"the group is {evidence.value(*CANONICAL)}", CANONICAL)


def problem_named(evidence: Evidence) -> Measured:
    """`domain` and `task` are known ones."""

    def defects() -> Iterator[Defect]:
        for key, known in (("domain", tuple(POINT_SPACE)), ("task", TASKS)):
            value = evidence.value(key)
            if value not in known:
                yield Defect(f"{key} is {shown(value)}", (key,), f"write one of {', '.join(known)}")

    domain, task = evidence.value("domain"), evidence.value("task")
    return judged(defects(), f"{task} on {domain}", ("task",))


def request_readable(evidence: Evidence) -> Measured:
    """The echo of the request is valid, and some design is right for it."""
    if evidence.request is None:
        what = "is not valid" if "request" in evidence.data else "is missing"
        return missed(f"request {what}", ("request",), "echo the request that the design answers")
    if evidence.reference is None:
        what = "no design could be right for the request"
        return missed(what, ("request",), "see `equidesign design request.yaml`")
    return held("the request is valid and can be served", ("request",))


def group_of_request(evidence: Evidence) -> Measured:
    """Group, interface and request speak of one group, in the normal form of the domain."""
    assert evidence.reference is not None
    assert evidence.request is not None
    group = evidence.reference.problem.group.name
    asked = evidence.request.symmetry.group

    def defects() -> Iterator[Defect]:
        for path, expected in (
            (CANONICAL, group),
            (("interface", "group"), group),
            (("symmetry", "group"), asked),
        ):
            value = evidence.value(*path)
            if value != expected:
                text = f"{'.'.join(path)} is {shown(value)}, and the request asks for {expected}"
                yield Defect(text, path, f"write {expected}")

    return judged(defects(), f"the request asks for {asked}: {group}", CANONICAL)


def features_group(evidence: Evidence) -> Measured:
    """`symmetry.acts_on_features` is what the group does to the components of a feature in this domain."""
    assert evidence.reference is not None
    path, expected = ("symmetry", "acts_on_features"), evidence.reference.problem.fiber.name
    value = evidence.value(*path)
    if value != expected:
        text = f"features are said to turn with {shown(value)}, and {spoken(expected)} acts on them"
        return missed(text, path, f"write {expected}")
    return held(f"{spoken(expected)} acts on the components of features", path)


def problem_of_request(evidence: Evidence) -> Measured:
    """`domain` and `task` are those of the request."""
    assert evidence.request is not None
    asked = {"domain": evidence.request.data.domain, "task": evidence.request.task.type}
    defects = (
        Defect(
            f"{key} is {shown(evidence.value(key))}, the request says {value}",
            (key,),
            f"write {value}",
        )
        for key, value in asked.items()
        if evidence.value(key) != value
    )
    return judged(defects, f"the request asks for {asked['task']} on {asked['domain']}", ("task",))


def symmetry_type(evidence: Evidence) -> Measured:
    """`symmetry.type` follows from what the outputs do."""
    assert evidence.designed is not None
    path, expected = ("symmetry", "type"), evidence.designed.symmetry.type
    value = evidence.value(*path)
    moving = "some output moves" if expected == "equivariant" else "no output moves"
    if value != expected:
        return missed(
            f"{moving} with the input, and the type is {shown(value)}", path, f"write {expected}"
        )
    return held(f"{moving} with the input: {expected}", path)


def group_facts(evidence: Evidence) -> Measured:
    """`symmetry.facts` are the facts of the group."""
    assert evidence.group is not None
    facts = _facts(evidence.group)
    written = evidence.mapping("symmetry", "facts")

    def defects() -> Iterator[Defect]:
        for key, expected in facts.items():
            value, path = written.get(key), ("symmetry", "facts", key)
            right = covers(value, str(expected)) if key == _DESCRIPTION else value == expected
            if not right:
                text = f"{key} of {evidence.group} is {shown(value)}"
                yield Defect(text, path, f"{key}: {expected}")
        for key in sorted(written.keys() - facts.keys()):
            yield Defect(f"'{key}' is no known fact", ("symmetry", "facts", key), "leave it out")

    return judged(defects(), f"{len(facts)} facts of the group recomputed", ("symmetry", "facts"))


@lru_cache(maxsize=128)
def _facts(group: Group) -> Mapping[str, Any]:
    return MappingProxyType(group.facts())


def family_named(evidence: Evidence) -> Measured:
    """`family` is a known one."""
    known, family = all_families(), evidence.value("family")
    if not isinstance(family, str) or family not in known:
        return missed(f"family is {shown(family)}", ("family",), f"write one of {', '.join(known)}")
    return held(known[family].title, ("family",))


PREDICATES: Mapping[str, Measure] = {
    "group-named": group_named,
    "problem-named": problem_named,
    "family-named": family_named,
    "request-readable": request_readable,
    "group-of-request": group_of_request,
    "features-group": features_group,
    "problem-of-request": problem_of_request,
    "symmetry-type": symmetry_type,
    "group-facts": group_facts,
}
