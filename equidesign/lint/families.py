"""Families: which one a pipeline was built by, whatever name the file gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equidesign.spec.specification import Specification

if TYPE_CHECKING:
    from equidesign.design.family import Family
    from equidesign.design.problem import Problem


def believed_family(spec: Specification) -> str:
    """Return the family that a specification names, or the one that all its characteristic layers belong to."""
    from equidesign.design.family import all_families

    families = all_families()
    named = families.get(spec.family)
    if named is not None and any(map(named.owns, spec.layers)):
        return spec.family
    owners = [
        {name for name, family in families.items() if family.owns(layer)} for layer in spec.layers
    ]
    owners = [each for each in owners if each]
    common = set.intersection(*owners) if owners else set()
    return common.pop() if len(common) == 1 else spec.family


def unserved(family: Family, problem: Problem) -> str | None:
    """Say why a family does not serve the group, the domain or the task of a problem; None if it serves all."""
    from equidesign.design.rules.engine import objection_to
    from equidesign.design.rules.patterns import matches_any

    fits = matches_any(family.groups, problem.group)
    if fits and problem.domain in family.domains and problem.task in family.tasks:
        return None
    return objection_to(family, problem)
