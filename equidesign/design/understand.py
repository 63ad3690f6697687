"""Step 1: the request understood: group, feature group, targets, interface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from equidesign.design.consistency import (
    check_answers,
    check_axis,
    check_domain,
    check_task,
    check_turns,
)
from equidesign.design.interface import build_interface, input_features, typical_sizes
from equidesign.design.problem import DesignWarning, Problem
from equidesign.design.resolved import CHIRAL
from equidesign.design.rules.groups import NormalGroup, domain_key, normal_group, with_built_in
from equidesign.design.targets import resolve_targets
from equidesign.design.transformations import group_from_answers
from equidesign.design.traps import minds_mirrors, spring_traps
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.decision import Decision, Rejected, Step
from equidesign.spec.request import UNKNOWN, Request


def understand(request: Request) -> tuple[Problem, Decision]:
    """Resolve everything in the request that rules and families need.

    Raises:
        InputError: no design could be right for the request; the hint and ``repair`` are the nearest that could.
    """
    from equidesign.design.repair import with_repair

    try:
        return resolve(request)
    except InputError as error:
        raise with_repair(request, error) from None


def resolve(request: Request) -> tuple[Problem, Decision]:
    """Do what ``understand`` does; a repair that an error carries has not been tried yet."""
    check_domain(request)
    check_task(request)
    key = domain_key(request) or ""
    warnings: list[DesignWarning] = []
    if request.symmetry.group == UNKNOWN:
        text, answers = group_from_answers(request, key)
        warnings += answers.warnings
        rule, why = "from-transformations", "; ".join(answers.steps)
    else:
        text, rule, why = request.symmetry.group, "declared", "declared in the request"
    declared = parse_group(text)
    normal = normal_group(declared, key)
    if normal.why:
        why = f"{why}; {normal.group.name}: {normal.why}"
    added = with_built_in(normal.group, key)
    if added and not normal.why:
        why = f"{why}; {added}"
    if normal.warn:
        warnings.append(
            DesignWarning(
                normal.warn,
                f"{declared.name} is taken as {normal.group.name}: {normal.why}",
                f"write `symmetry.group: {normal.group.name}` to say so yourself",
            )
        )
    check_turns(request, normal.group)
    sized, size_warnings = _set_size(request, normal.group)
    axis, axis_warnings = check_axis(request, normal)
    resolved = resolve_targets(request, normal.group, normal.fiber)
    warnings += [*size_warnings, *axis_warnings, *resolved.warnings]
    warnings += check_answers(request, normal.group, resolved.targets)
    problem = Problem(
        request=request,
        group=normal.group,
        fiber=normal.fiber,
        targets=resolved.targets,
        features=input_features(request, normal.fiber),
        sizes=typical_sizes(sized),
        interface=build_interface(sized, normal.group, normal.fiber, resolved.targets),
        axis=axis,
        notes=resolved.notes,
    )
    if not problem.group.reflections and minds_mirrors(problem):
        problem = replace(problem, notes=(*problem.notes, CHIRAL))
    problem = replace(problem, warnings=(*warnings, *spring_traps(problem)))
    decision = Decision(
        step=Step.group,
        choice=problem.group.name,
        rule=rule,
        why=why,
        rejected=_rejected(problem, normal),
    )
    return problem, decision


def _set_size(request: Request, group: Group) -> tuple[Request, tuple[DesignWarning, ...]]:
    """S_5 means samples of five elements: check that against the size the request gives."""
    number = next((p.n for p in group.parts if p.kind == "symmetric" and p.n is not None), None)
    field = {"sets": "size", "graphs": "nodes", "point_clouds": "points"}.get(request.data.domain)
    if number is None or field is None:
        return request, ()
    data: Any = request.data
    written = field in data.model_fields_set
    if written and getattr(data, field) != number:
        raise InputError(
            f"S_{number} reorders {number} elements, and `data.{field}` is {getattr(data, field)}",
            where="symmetry.group",
            expected=f"`data.{field}: {number}`, or S_n for any number",
            repair={"symmetry.group": group.name.replace(f"S_{number}", "S_n")},
        )
    warning = DesignWarning(
        "any-number",
        f"the network commutes with S_{number} because it does with every S_n: it takes "
        "samples of any size",
        "write S_n unless the size is always the same",
    )
    fixed = data.model_copy(update={field: number})
    return request.model_copy(update={"data": fixed}), (warning,)


def _rejected(problem: Problem, normal: NormalGroup) -> tuple[Rejected, ...]:
    """Name the neighbouring groups that were not taken, and why."""
    group, found = problem.group, []
    geometric = group.geometric
    if normal.axis:
        full = normal.fiber.name if normal.fiber != group else group.name.replace("(2)", "(3)")
        found.append(
            Rejected(option=full, why=f"the axis is special, and {full} would turn it away")
        )
    elif geometric.kind in ("E", "O", "dihedral"):
        smaller = geometric.name.replace("E(", "SE(").replace("O(", "SO(").replace("D", "C")
        smaller = "T(2)" if smaller == "C1" else smaller
        found.append(
            Rejected(
                option=smaller,
                why=(
                    "mirror images were declared to behave alike; without reflections they would "
                    "have to be learned"
                ),
            )
        )
    elif geometric.kind in ("SE", "SO", "cyclic"):
        larger = geometric.name.replace("SE(", "E(").replace("SO(", "O(")
        larger = larger.replace("C", "D") if geometric.kind == "cyclic" else larger
        found.append(
            Rejected(option=larger, why="reflections were not declared: mirror images may differ")
        )
    return tuple(found)
