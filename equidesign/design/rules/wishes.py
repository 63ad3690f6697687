"""What a request asks for by name: a family, a library, a framework, an acceleration."""

from __future__ import annotations

from collections.abc import Mapping

from equidesign.backends.registry import all_backends
from equidesign.design.family import Family, all_families, family_by_id
from equidesign.design.problem import Problem
from equidesign.design.rules.table import Rule
from equidesign.errors import InputError, nearest
from equidesign.layers.measure import accelerations_of
from equidesign.spec.request import UNACCELERATED

SYNONYMS = {
    "pyg": "pytorch_geometric",
    "torch_geometric": "pytorch_geometric",
    "torch-geometric": "pytorch_geometric",
    "pytorch-geometric": "pytorch_geometric",
    "pytorch": "torch",
    "e2cnn": "escnn",
}
IN_JAX = {"e3nn": "e3nn-jax", "pytorch_geometric": "jraph"}
"""What exists in JAX in place of a library."""
JAX_LIBRARIES = {"e3nn-jax": "e3nn", "e3nn_jax": "e3nn", "jraph": "pytorch_geometric"}
"""Libraries of JAX, and what code is written for instead."""


def library_of_wish(problem: Problem) -> str | None:
    """Return the backend that `constraints.library` means, None when nothing is asked for.

    Raises:
        InputError: no such library, or one that contradicts the framework.
    """
    wishes = problem.request.constraints
    if wishes.library is None:
        return None
    name = SYNONYMS.get(wishes.library, wishes.library)
    if name in JAX_LIBRARIES:
        other = JAX_LIBRARIES[name]
        raise InputError(
            f"'{wishes.library}' is a library of JAX, and this version writes code for "
            "PyTorch only",
            where="constraints.library",
            expected=f"one of {', '.join(all_backends())}",
            hint=f"{other} is its counterpart in PyTorch",
            repair={"constraints.library": other, "constraints.framework": None},
        )
    if name not in all_backends():
        close = nearest(name, (*all_backends(), *SYNONYMS))
        close = SYNONYMS.get(close, close) if close else None
        raise InputError(
            f"unknown library '{wishes.library}'",
            where="constraints.library",
            expected=f"one of {', '.join(all_backends())}",
            hint=f"did you mean '{close}'?" if close else None,
            repair={"constraints.library": close},
        )
    if wishes.framework == "jax":
        exists = IN_JAX.get(name)
        raise InputError(
            f"'{wishes.library}' is a library of PyTorch, and the framework asked for is JAX",
            where="constraints.library",
            hint=(
                f"its counterpart in JAX is {exists}, "
                if exists
                else "it has no counterpart in JAX, "
            )
            + "which this version does not write code for: ask for framework pytorch",
            repair={"constraints.framework": "pytorch"},
        )
    return name


def refuse_family(
    problem: Problem, legal: tuple[str, ...], illegal: Mapping[str, str]
) -> InputError:
    """Return why the family asked for can't serve the problem, and the nearest that can."""
    name = str(problem.request.constraints.family)
    try:
        family = family_by_id(name)
    except InputError as error:
        close = nearest(name, all_families())
        repair = {"constraints.family": close if close in legal else legal[0]}
        return InputError(
            error.what,
            where="constraints.family",
            expected=f"one of {', '.join(legal)}",
            hint=error.hint,
            repair=repair,
        )
    why = illegal.get(name) or (
        f"works on {', '.join(family.domains)}"
        if problem.domain not in family.domains
        else f"works under {', '.join(family.groups)}"
    )
    return InputError(
        f"the family '{name}' cannot serve {problem.task.replace('_', ' ')} on "
        f"{problem.domain.replace('_', ' ')} under {problem.group.name}: {why}",
        where="constraints.family",
        expected=f"one of {', '.join(legal)}",
        repair={"constraints.family": legal[0]},
    )


def refuse_library(problem: Problem, library: str, allowed: tuple[str, ...]) -> InputError:
    """Return why the library asked for can't serve the problem, and which can."""
    families = all_families()
    served = list(dict.fromkeys(families[name].backend for name in allowed))
    return InputError(
        f"no family for {problem.task.replace('_', ' ')} on "
        f"{problem.domain.replace('_', ' ')} under "
        f"{problem.group.name} is written for {library}",
        where="constraints.library",
        expected=f"one of {', '.join(served)}",
        hint=f"{families[allowed[0]].title} is written for {served[0]}",
        repair={"constraints.library": served[0]},
    )


NO_HELP = {
    "compile": "torch.compile has no second derivatives, which forces need that are a gradient, and "
    "is offered where it was measured to help",
    "cuequivariance": "its kernels are for tensor products",
}
"""Why an acceleration is not offered everywhere."""


def accelerated(
    problem: Problem, allowed: Mapping[str, Rule], legal: Mapping[str, Rule]
) -> Mapping[str, Rule]:
    """Keep the families that have the acceleration asked for.

    Raises:
        InputError: none has it; the hint names those that would.
    """
    wish = problem.request.constraints.acceleration
    if wish == UNACCELERATED:
        return allowed

    def having(names: Mapping[str, Rule]) -> dict[str, Rule]:
        return {name: row for name, row in names.items() if wish in possible(family_by_id(name))}

    def possible(family: Family) -> frozenset[str]:
        return accelerations_of(family.build(problem, family.sizes(problem)[-1]))

    if served := having(allowed):
        return served
    others = ", ".join(having(legal))
    raise InputError(
        f"{', '.join(allowed)} cannot be accelerated by {wish}",
        where="constraints.acceleration",
        hint=f"{NO_HELP[wish]}; {others} can" if others else NO_HELP[wish],
        repair={"constraints.acceleration": None},
    )
