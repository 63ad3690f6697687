"""What a design must say whatever the family: framework, data, the price of a wish."""

from __future__ import annotations

from equidesign.design.consistency import with_reflections
from equidesign.design.family import Family, all_families
from equidesign.design.problem import DesignWarning, Problem
from equidesign.design.rules.evidence import measured
from equidesign.design.rules.wishes import IN_JAX

FEW, MANY, CROWDED = 1_000, 1_000_000, 10_000
PAIRS = 1_000
"""From this typical size on, comparing all pairs for the nearest neighbours costs more than it should."""


def general_advice(
    problem: Problem, family: Family, best: str, forced: bool
) -> tuple[tuple[DesignWarning, ...], tuple[str, ...]]:
    """Return warnings and caveats that hold for any family.

    Args:
        problem: the problem.
        family: the winner.
        best: the family that the table would choose.
        forced: whether the request names the family.
    """
    warnings: list[DesignWarning] = []
    caveats: list[str] = []
    if forced and best != family.id:
        title = all_families()[best].title
        warnings.append(
            DesignWarning(
                "family-not-the-best",
                f"{family.title} was asked for; the rules would choose {title} here",
                f"leave `constraints.family` out, or write `family: {best}`",
            )
        )
    wishes = problem.request.constraints
    if wishes.framework == "jax":
        warnings.append(_jax(family))
    if wishes.acceleration == "cuequivariance" and wishes.device == "cpu":
        warnings.append(
            DesignWarning(
                "acceleration-on-cpu",
                "cuequivariance has kernels for NVIDIA GPUs; on a CPU it gives the same numbers, slower",
                "leave `constraints.acceleration` out, or train on cuda",
            )
        )
    samples = problem.data.samples
    if samples is not None and samples >= MANY:
        warnings.append(
            DesignWarning(
                "many-samples",
                f"with {samples:,} samples a plain network with augmentation may come close: "
                "equivariance "
                "saves data first, and costs speed",
                "compare with an unconstrained model at equal compute (Brehmer et al., Does "
                "equivariance "
                "matter at scale?, 2024: equivariant transformers keep their lead at every "
                "budget they tried)",
            )
        )
    if samples is not None and samples <= FEW:
        caveats.append(
            f"{samples:,} samples are few: this is where built-in symmetry pays most against "
            "augmentation "
            "(NequIP learns from up to 1000 times fewer frames, Batzner et al. 2022); "
            "regularise, and "
            "validate with several splits"
        )
    if wishes.acceleration == "compile":
        caveats.append(
            "torch.compile needs a C++ compiler, and up to a minute before the first steps: it pays "
            "in a training of minutes"
        )
    caveats += measured(problem)
    if _mirrors_are_free(problem):
        caveats.append(
            f"{problem.group.name} leaves reflections out, and the targets are known to respect them: "
            f"{with_reflections(problem.group)} would hold as well and learn from fewer samples"
        )
    points = problem.sizes.get("points", 0)
    if problem.domain == "point_clouds" and points >= CROWDED:
        caveats.append(
            f"{points:,} points with their neighbours fill the memory before the parameters do: "
            "sample fewer points (farthest point sampling keeps the shape), or use fewer neighbours"
        )
    if problem.domain == "point_clouds" and problem.data.cutoff is None and points >= PAIRS:
        caveats.append(
            f"nearest neighbours are found by comparing all pairs of a sample, {points**2:,} here, in time "
            "and memory; with a `cutoff` in the request the search is linear in the points"
        )
    return tuple(warnings), tuple(caveats)


def _mirrors_are_free(problem: Problem) -> bool:
    """Tell whether physics guarantees the reflections that a group of motions leaves out."""
    group = problem.group.geometric
    if group.kind not in ("SE", "SO") or problem.axis is not None or "chiral" in problem.notes:
        return False
    if problem.domain not in ("molecules", "point_clouds"):
        return False
    return all(target.quantity is not None for target in problem.targets)


def _jax(family: Family) -> DesignWarning:
    exists = IN_JAX.get(family.backend)
    if exists:
        message = f"JAX has {exists} in place of {family.backend}; this version writes PyTorch code"
    else:
        message = f"JAX has no counterpart of {family.backend}; the code is written for PyTorch"
    return DesignWarning(
        "framework-jax",
        message,
        "the specification holds for JAX as well: layers and irreps are the same"
        if exists
        else "use framework: pytorch",
    )
