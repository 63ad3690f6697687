"""Step 2: the family, chosen by the rule table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equidesign.design.family import Family, all_families
from equidesign.design.problem import DesignWarning, Problem
from equidesign.design.rules.advice import general_advice
from equidesign.design.rules.patterns import matches_any
from equidesign.design.rules.predicates import failing, holds
from equidesign.design.rules.table import Rule, Veto, rules_table, vetoes
from equidesign.design.rules.wishes import (
    accelerated,
    library_of_wish,
    refuse_family,
    refuse_library,
)
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.spec.decision import Rejected
from equidesign.spec.specification import Alternative

__all__ = [
    "Choice",
    "Rule",
    "Veto",
    "choose_family",
    "legal_rules",
    "rules_table",
    "serves_group",
    "vetoes",
]


@dataclass(frozen=True)
class Choice:
    """What the rule table says: the winner, why, and everything else that was legal."""

    family: str
    rule: str
    why: str
    cite: str = ""
    layers: str = ""
    topology: str = ""
    rejected: tuple[Rejected, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    caveats: tuple[str, ...] = ()
    warnings: tuple[DesignWarning, ...] = ()


def choose_family(problem: Problem) -> Choice:
    """Return the family for the problem.

    Raises:
        InputError: no family serves this group, domain and task; the hint is the nearest that is served.
    """
    from equidesign.design.repair import with_repair

    try:
        return choose(problem)
    except InputError as error:
        raise with_repair(problem.request, error) from None


def choose(problem: Problem) -> Choice:
    """Return the family for the problem; errors carry no nearest legal request yet."""
    legal, illegal = legal_rules(problem)
    if not legal:
        raise _none(problem, illegal)
    allowed = _wished(problem, legal, illegal)
    winner, rule = next(iter(allowed.items()))
    families = all_families()
    forced = problem.request.constraints.family is not None
    others = {name: row for name, row in legal.items() if name != winner}
    alternatives = tuple(
        Alternative(
            family=name,
            library=families[name].backend,
            why_not=_why_not(problem, row, families[winner], name in allowed),
            expressiveness=row.expressiveness,
            speed=row.speed,
            memory=row.memory,
        )
        for name, row in others.items()
    )
    warnings, caveats = general_advice(problem, families[winner], next(iter(legal)), forced)
    return Choice(
        family=winner,
        rule=rule.id,
        why=f"asked for; {rule.why}" if forced else rule.why,
        cite=rule.cite,
        layers=rule.layers,
        topology=rule.topology,
        rejected=tuple(Rejected(option=name, why=why) for name, why in illegal.items()),
        alternatives=alternatives,
        caveats=(*rule.caveats, *caveats),
        warnings=warnings,
    )


def legal_rules(problem: Problem) -> tuple[Mapping[str, Rule], Mapping[str, str]]:
    """Return the families that can serve the problem with their first row, best first; and why others can't.

    Only families that some row offers for the domain are looked at. A row may name a family that is not installed.
    """
    families = all_families()
    legal: dict[str, Rule] = {}
    illegal: dict[str, str] = {}
    for row in rules_table():
        if problem.domain not in row.domains or row.family not in families or row.family in legal:
            continue
        why = _objection(families[row.family], row, problem)
        if why is None:
            legal[row.family] = row
        elif why:
            illegal[row.family] = why
    return legal, {name: why for name, why in illegal.items() if name not in legal}


def serves_group(family: Family, group: Group) -> bool:
    """Tell whether some row offers the family for the group (in one domain at least)."""
    return matches_any(family.groups, group) and any(
        row.family == family.id and matches_any(row.groups, group) for row in rules_table()
    )


def objection_to(family: Family, problem: Problem) -> str | None:
    """Say why a family can't serve a problem; None if it can."""
    said: str | None = f"works on {', '.join(family.domains)}"
    for row in rules_table():
        if row.family == family.id and problem.domain in row.domains:
            said = _objection(family, row, problem)
            if said is None:
                return None
    return said or "no rule offers it for this"


def _objection(family: Family, row: Rule, problem: Problem) -> str | None:
    """Say why the row does not give the family; an empty text means that another row may."""
    if not matches_any(family.groups, problem.group) or not matches_any(row.groups, problem.group):
        return f"works under {', '.join(family.groups)}, not under {problem.group.name}"
    if problem.domain not in family.domains:
        return f"works on {', '.join(family.domains)}"
    if problem.task not in family.tasks:
        return f"has no {problem.task.replace('_', ' ')}"
    for veto in vetoes():
        if family.id in veto.families and holds(veto.when, problem):
            return veto.why
    if not holds(row.when, problem):
        missing = failing(row.when, problem)
        return "" if missing else None
    return family.objection(problem)


def _why_not(problem: Problem, row: Rule, winner: Family, allowed: bool) -> str:
    if not allowed:
        return f"{winner.title} was asked for; {row.why_not}"
    return row.why_not


def _wished(
    problem: Problem, legal: Mapping[str, Rule], illegal: Mapping[str, str]
) -> Mapping[str, Rule]:
    """Keep what `constraints.family`, `.library` and `.acceleration` allow."""
    wishes = problem.request.constraints
    allowed = legal
    if wishes.family is not None:
        if wishes.family not in legal:
            raise refuse_family(problem, tuple(legal), illegal)
        allowed = {wishes.family: legal[wishes.family]}
    library = library_of_wish(problem)
    if library is not None:
        families = all_families()
        served = {name: row for name, row in allowed.items() if families[name].backend == library}
        if not served:
            raise refuse_library(problem, library, tuple(allowed))
        allowed = served
    return accelerated(problem, allowed, legal)


def _none(problem: Problem, illegal: Mapping[str, str]) -> InputError:
    reasons = "; ".join(f"{name}: {why}" for name, why in illegal.items())
    return InputError(
        f"no family designs {problem.task.replace('_', ' ')} on {problem.domain.replace('_', ' ')} "
        f"under {problem.group.name}" + (f" ({reasons})" if reasons else ""),
        where="symmetry.group",
    )
