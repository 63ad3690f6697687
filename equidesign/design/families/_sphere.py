"""The features of a spherical network block by block: which degrees, how many channels, what is impossible."""

from __future__ import annotations

from collections.abc import Iterator

from equidesign.design.family import Size
from equidesign.design.making import scalars
from equidesign.design.problem import Problem, Target
from equidesign.groups.irreps import irreps_of
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.kinds._spherical import field_rep, signal_rep
from equidesign.layers.kinds.spectral_block import reach
from equidesign.spec.field import Space

MAX_DEGREE = 12  # of a target: Clebsch-Gordan tables beyond take minutes to build
MAX_DEPTH = 6
LATENT_LMAX = 3


def bandwidth(problem: Problem) -> int:
    """Return the bandwidth b of the grid."""
    return int(problem.data.bandwidth)


def channels_in(problem: Problem) -> int:
    """Return the number of signals of a sample."""
    return int(problem.data.channels)


def per_point(problem: Problem) -> bool:
    """Tell whether the outputs are signals on the sphere."""
    return any(target.space is Space.sphere for target in problem.targets)


def tensor_field(problem: Problem) -> Rep | None:
    """Return the representation of an output field of vectors or tensors, None if there is none."""
    for target in problem.targets:
        if target.space is Space.sphere and not target.rep.is_scalar:
            return target.rep
    return None


def field_degree(problem: Problem, lmax: int) -> int:
    """Return the largest degree of the components of a tensor field whose coefficients reach ``lmax``."""
    field = tensor_field(problem)
    return min(bandwidth(problem) - 1, lmax - field.lmax) if field else lmax


def target_irreps(problem: Problem) -> tuple[Irrep, ...]:
    """Return the irreps of the outputs of each sample that some group element moves."""
    if problem.task == "generation":
        return ()
    moved = (target.rep.non_scalars.irreps for target in problem.targets if target.per_sample)
    return tuple(dict.fromkeys(irrep for irreps in moved for irrep in irreps))


def needed_irreps(problem: Problem, lmax: int) -> tuple[Irrep, ...]:
    """Return the irreps that the last block must make, other than invariants and what signals have anyway."""
    if (field := tensor_field(problem)) is not None:
        return field_rep(field, field_degree(problem, lmax)).non_scalars.irreps
    return target_irreps(problem)


def least_lmax(problem: Problem) -> int:
    """Return the smallest band limit of the blocks that can make the outputs."""
    if (field := tensor_field(problem)) is not None:
        return field.lmax + 1
    return max((irrep.l for irrep in target_irreps(problem)), default=0)


def most_lmax(problem: Problem) -> int:
    """Return the largest band limit that the grid gives a use for."""
    field = tensor_field(problem)
    return bandwidth(problem) - 1 + (field.lmax if field else 0)


def natural(irrep: Irrep) -> bool:
    """Tell whether a scalar signal has such coefficients: parity (-1)^l, or no parity at all."""
    return irrep.parity in (0, (-1) ** irrep.l)


def input_rep(problem: Problem, lmax: int) -> Rep:
    """Return the coefficients that the first block reads."""
    one = scalars(1, problem.fiber)
    return signal_rep(channels_in(problem), min(lmax, bandwidth(problem) - 1), one)


def multiplicity(width: int, irrep: Irrep) -> int:
    """Return the channels of an irrep: fewer at high degrees, which cost more, and of unnatural parity."""
    if irrep.l > 4 or not natural(irrep):
        return max(width // 4, 1)
    return width if irrep.l <= 1 else max(width // 2, 1)


def filled(problem: Problem, width: int, irreps: Iterator[Irrep]) -> Rep:
    """Return the irreps, each with its channels."""
    terms = tuple((multiplicity(width, irrep), irrep) for irrep in sorted(irreps))
    return Rep(problem.fiber, terms)


def first_pseudoscalar(problem: Problem) -> int:
    """Return after how many blocks there can be pseudoscalars.

    Of one signal of degrees 0 to 2, a vector v and a matrix Q, the simplest is det(v, Qv, QQv): degree 6 in
    the signal, and k blocks make polynomials of degree 2^k.
    """
    return 3 if bandwidth(problem) == 3 and channels_in(problem) == 1 else 1


def hidden_rep(problem: Problem, width: int, before: Rep, lmax: int, step: int = MAX_DEPTH) -> Rep:
    """Return the features after block ``step``: all degrees up to ``lmax`` that it can make.

    Irreps of unnatural parity come from products with l1 + l2 + l odd; two of them have such products
    again, so a few low degrees are enough, unless a pseudoscalar is wanted: each degree has its own there.
    """
    twisted = [irrep.l for irrep in needed_irreps(problem, lmax) if not natural(irrep)]
    planar = bandwidth(problem) <= 2 and channels_in(problem) <= 2
    top = max([2, *twisted]) if twisted or not planar else 0
    if 0 in twisted or tensor_field(problem):
        top = lmax
    first = first_pseudoscalar(problem)
    wanted = (
        irrep
        for irrep in irreps_of(problem.fiber, lmax)
        if natural(irrep) or (irrep.l <= top and (irrep.l or (0 in twisted and step >= first)))
    )
    made = reach(before, lmax)
    return filled(problem, width, (irrep for irrep in wanted if irrep in made))


def last_rep(problem: Problem, size: Size) -> Rep:
    """Return what the outputs are read from, and nothing else."""
    if (field := tensor_field(problem)) is not None:
        coefficients = field_rep(field, field_degree(problem, size.lmax))
        return filled(problem, size.width, iter(coefficients.irreps))
    if per_point(problem):
        return filled(problem, size.width, natural_irreps(problem, size.lmax))
    if irreps := target_irreps(problem):
        invariant = scalars(1, problem.fiber).irreps
        kept = {irrep for target in problem.targets for irrep in target.rep.irreps}
        return filled(problem, size.width, iter({*irreps, *(kept & set(invariant))}))
    return scalars(size.width, problem.fiber)


def natural_irreps(problem: Problem, lmax: int) -> Iterator[Irrep]:
    """Yield the irreps of the coefficients of scalar signals."""
    return (irrep for irrep in irreps_of(problem.fiber, lmax) if natural(irrep))


def trunk_reps(problem: Problem, size: Size) -> list[Rep]:
    """Return the features before the first block and after each: the band limit falls from block to block.

    Where the outputs are signals themselves, every block keeps all degrees.
    """
    reps = [input_rep(problem, size.lmax)]
    least = max((irrep.l for irrep in target_irreps(problem)), default=0)
    least = max(least, min(2, size.lmax))
    for left in range(size.depth - 1, 0, -1):
        lmax = size.lmax
        if not per_point(problem):
            lmax = max(least, round(size.lmax * left / size.depth))
        reps.append(hidden_rep(problem, size.width, reps[-1], lmax, len(reps)))
    return [*reps, last_rep(problem, size)]


def least_depth(problem: Problem, lmax: int) -> int | None:
    """Return how many blocks the irreps of the targets need at least, None if no number is enough."""
    needed = set(needed_irreps(problem, lmax))
    pseudoscalar = any(irrep.l == 0 for irrep in needed)
    first = max(3, first_pseudoscalar(problem) + 1) if pseudoscalar else 1
    for depth in range(first, MAX_DEPTH + 1):
        before = trunk_reps(problem, Size(4, depth, lmax))[-2]
        if needed <= reach(before, lmax):
            return depth
    return None


def obstacle(problem: Problem) -> str | None:
    """Return why no network on this grid can make the outputs, None if one can."""
    signals, degree = channels_in(problem), bandwidth(problem) - 1
    for target in problem.targets:
        if target.rep.lmax > MAX_DEGREE and problem.task != "generation":
            return f"degree {target.rep.lmax} of '{target.rep}' is above {MAX_DEGREE}, the largest it makes"
    if tensor_field(problem) and degree <= 1:
        return "a field of vectors or tensors needs a grid of bandwidth 3 or more"
    if not (needed := target_irreps(problem)):
        return None
    if degree == 0:
        return (
            "a grid of bandwidth 1 holds the mean of each signal only: nothing there turns; "
            "use a bandwidth of 3 or more"
        )
    if degree == 1 and (reason := _flat(problem, needed, signals)):
        return (
            f"a grid of bandwidth 2 holds one vector a signal, and {reason}; "
            "use a bandwidth of 3 or more"
        )
    return None


def _flat(problem: Problem, needed: tuple[Irrep, ...], signals: int) -> str | None:
    """Return what vectors alone, one a signal, can't determine."""
    if problem.task == "pose_estimation":
        least = 3 if problem.fiber.reflections else 2
        return f"a frame needs {least}" if signals < least else None
    twisted = [irrep for irrep in needed if not natural(irrep)]
    least = 3 if any(irrep.l == 0 for irrep in twisted) else 2
    if twisted and signals < least:
        return f"a mirror plane holds them all, so that {twisted[0]} vanishes"
    return None


def read_as_invariants(target: Target) -> bool:
    """Tell whether a perceptron on invariants makes the output."""
    return target.per_sample and target.rep.is_scalar
