"""Step 1: the request understood: group, feature group, targets, interface."""

from __future__ import annotations

from equidesign.design.interface import build_interface, input_features, typical_sizes
from equidesign.design.problem import Problem
from equidesign.design.targets import targets_of
from equidesign.groups.names import parse_group
from equidesign.spec.decision import Decision, Step
from equidesign.spec.request import Request


def understand(request: Request) -> tuple[Problem, Decision]:
    """Resolve everything in the request that rules and families need.

    Raises:
        InputError: no design could be right for the request; the hint is the nearest that could.
    """
    group = parse_group(request.symmetry.group)
    fiber = group.point_group
    targets = targets_of(request, fiber)
    problem = Problem(
        request=request,
        group=group,
        fiber=fiber,
        targets=targets,
        features=input_features(request, fiber),
        sizes=typical_sizes(request),
        interface=build_interface(request, group, fiber, targets),
        axis=request.data.preferred_axis,
    )
    decision = Decision(
        step=Step.group, choice=group.name, rule="declared", why="declared in the request"
    )
    return problem, decision
