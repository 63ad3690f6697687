"""Request -> Specification, in six steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equidesign.backends.registry import backend_by_name
from equidesign.design.family import family_by_id
from equidesign.design.problem import DesignWarning, Problem
from equidesign.design.recipe import deployment, training, verification
from equidesign.design.rules.engine import Choice, choose_family
from equidesign.design.sizing import Fit, batch_size, fit
from equidesign.design.understand import understand
from equidesign.layers.measure import cost_of, fitted_interface, parameters_of
from equidesign.layers.pipeline import completed
from equidesign.spec.decision import Decision, Step
from equidesign.spec.request import UNACCELERATED, Request
from equidesign.spec.specification import (
    Library,
    Specification,
    Symmetry,
    Topology,
)


@dataclass(frozen=True)
class Design:
    """The result of a design: the specification, and what the person should know."""

    specification: Specification
    warnings: tuple[DesignWarning, ...]


def design_architecture(request: Request) -> Design:
    """Walk the six steps from a request to a specification.

    Raises:
        InputError: no design could be right for the request; it carries the nearest that could.
    """
    problem, group_decision = understand(request)
    choice = choose_family(problem)
    family = family_by_id(choice.family)
    backend = backend_by_name(family.backend)
    faster = request.constraints.acceleration
    size = fit(family, problem)
    topology = family.topology(problem)
    decisions = (
        group_decision,
        Decision(
            step=Step.family,
            choice=family.title,
            rule=choice.rule,
            why=choice.why,
            cite=choice.cite,
            rejected=choice.rejected,
        ),
        Decision(
            step=Step.layers,
            choice=str(size.size),
            rule="largest-that-fits",
            why=f"{choice.layers}; {size.why}",
            cite=family.cite,
        ),
        Decision(
            step=Step.topology,
            choice=topology.pattern,
            rule=choice.rule,
            why=topology.why,
        ),
        Decision(
            step=Step.library,
            choice=backend.name,
            rule=choice.rule,
            why=f"{family.id} is written for {backend.title}"
            + (f"; {faster} was asked for" if faster != UNACCELERATED else ""),
        ),
        Decision(
            step=Step.specification,
            choice=f"{len(size.layers)} layers",
            rule="typed-layers",
            why="typed layer by layer; parameters counted from the types, exactly",
        ),
    )
    specification = _specification(problem, choice, size, decisions, topology)
    return Design(specification, (*problem.warnings, *choice.warnings))


def unmet(problem: Problem, choice: Choice) -> tuple[str, ...]:
    """Return what the request says and no specification of it can follow: this remains to be known."""
    said = (*problem.warnings, *choice.warnings)
    return tuple(each.message for each in said if each.code in UNMET)


UNMET: Mapping[str, tuple[str, str]] = {
    "axis-breaks-symmetry": ("data", "preferred_axis"),
    "framework-jax": ("constraints", "framework"),
}
"""Codes of such warnings, and the fields of the request that they are about."""


def _specification(
    problem: Problem, choice: Choice, size: Fit, decisions: Sequence[Decision], topology: Topology
) -> Specification:
    family = family_by_id(choice.family)
    wishes = problem.request.constraints
    backend = backend_by_name(family.backend).accelerated(wishes.acceleration)
    layers = completed(size.layers, problem.fiber)
    moving = any(not target.rep.is_scalar or not target.per_sample for target in problem.targets)
    return Specification(
        name=problem.request.name,
        request=problem.request,
        symmetry=Symmetry(
            group=problem.request.symmetry.group,
            canonical=problem.group.name,
            type="equivariant" if moving else "invariant",
            acts_on_features=problem.fiber.name,
            facts=problem.group.facts(),
        ),
        task=problem.task,
        domain=problem.domain,
        family=family.id,
        library=Library(name=backend.name, version=backend.version),
        interface=fitted_interface(problem.interface, layers, problem.fiber),
        layers=layers,
        topology=topology,
        parameters=parameters_of(layers),
        cost=cost_of(layers, problem.fiber, problem.sizes, batch_size(problem)),
        decisions=tuple(decisions),
        alternatives=choice.alternatives,
        dependencies=dict(backend.dependencies),
        training=training(problem, family),
        deployment=deployment(problem, backend),
        verification=verification(problem),
        caveats=(*choice.caveats, *family.caveats(problem), *unmet(problem, choice)),
    )
