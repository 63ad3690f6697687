"""Rotations that do not map the grid to itself.

They are exact on band-limited signals of the sphere, and limited by the resolution on pixels and voxels. There the
error is held against that of moves that are no symmetry (``_between``). Wrong representations and gross breaks are
found, a network that has only the symmetry of the grid often: with small kernels some are as isotropic as a right one,
since any small filter looks isotropic to an image that is smooth enough, and the row says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from equidesign.groups.group import Group
from equidesign.spec.field import Space
from equidesign.verify.actions import Tensors, mix, on_grid, sphere_points
from equidesign.verify.checks._between import Answer, Answers, Between, mean_error, ratio
from equidesign.verify.checks.group_elements import exact_here
from equidesign.verify.element import Element, in_space, is_planar, planar_element
from equidesign.verify.elements import point_elements
from equidesign.verify.trials import Context, Trial, check_trials, gravest, with_detail
from equidesign.verify.verdict import Measured, Row, Verdict
from equidesign.verify.wigner import harmonics, wigner

DEGREE = 8
COUNT = 4
GRID_DIM = {Space.pixels: 2, Space.voxels: 3}
DRAWS, DRAWS_QUICK = 8, 4
NO_LARGER = "the model takes no images of twice the size"
# The ratio that a network with the symmetry does not reach, by the number of draws; see ``_between``.
LIMITS = ((6, 1.1), (4, 1.4), (2, 2.5), (0, 5.0))
UNCLEAR = 0.5
# Half way between quarter turns the grid's own symmetry helps least; 22.5 degrees tells frequencies 8 apart.
ANGLES = (45.0, 22.5, 135.0, 45.0)


def check(context: Context) -> Iterator[Row]:
    """Yield a row for rotations between grid points, where the domain is a grid."""
    spaces = {spec.space for spec in context.interface.inputs.values()}
    if Space.sphere in spaces:
        elements = [
            element
            for element in point_elements(context.acting, COUNT, context.generator(2), context.axis)
            if not exact_here(context, element)
        ]
        if elements:
            yield from _sphere(context, elements[:COUNT])
    for space in (Space.pixels, Space.voxels):
        if space in spaces:
            yield from _pixels(context, space)


def _sphere(context: Context, elements: list[Element]) -> Iterator[Row]:
    what = "rotations between grid points, band-limited signals, eval mode"
    name, spec = next(
        (n, s) for n, s in context.interface.inputs.items() if s.space == Space.sphere
    )
    side, channels = int(spec.shape[-1]), int(spec.shape[1])
    if any(item.space != Space.global_ for item in context.interface.outputs.values()):
        detail = "outputs on the grid need not be band-limited, so they cannot be turned exactly"
        yield Row("sampled symmetries", what, verdict=None, detail=detail)
        return
    degree = min(DEGREE, side // 2 - 1)
    basis = harmonics(degree, sphere_points(side).reshape(-1, 3))
    generator = context.generator(23)
    coefficients = [
        torch.randn(3, channels, 2 * l + 1, generator=generator, dtype=torch.float64) / (l + 1)
        for l in range(degree + 1)
    ]
    rep = context.actor.rep(spec)

    def signal(element: Element | None) -> Tensors:
        total: Tensor = torch.zeros(3, channels, side * side, dtype=torch.float64)
        for l, values in enumerate(coefficients):
            if element is not None and element.matrix is not None:
                sign = -1 if element.flip else 1
                values = values @ (sign**l * wigner(l, sign * element.matrix)).T
            total = total + values @ basis[l].T
        value = total.view(3, channels, side, side)
        if element is not None and rep is not None and not rep.is_scalar:
            value = mix(value, context.actor.matrix(rep, spec, element), 1)
        return {**context.base, name: value}

    base = signal(None)
    trials = [
        Trial(
            element.label,
            base,
            signal(element),
            lambda out, element=element: context.actor.outputs(out, element),  # type: ignore[misc]
            element=element,
        )
        for element in elements
    ]
    row = check_trials(context, "sampled symmetries", what, trials)
    if row is not None:
        yield row


def _pixels(context: Context, space: Space) -> Iterator[Row]:
    """Hold the error of turns between pixels against moves that are no symmetry."""
    unit = "pixels" if space is Space.pixels else "voxels"
    what = f"turns between {unit}, windowed gratings, eval mode"
    elements = _most_unlike_the_grid(context, space)
    if not elements:
        return
    name, spec = next((n, s) for n, s in context.interface.inputs.items() if s.space == space)
    if len(spec.shape) != GRID_DIM[space] + 2 or spec.shape[0] != "samples":
        detail = f"input '{name}' of shape {list(spec.shape)} cannot be drawn as pictures"
        yield Row("sampled symmetries", what, verdict=None, detail=detail)
        return
    between = Between(context, name)
    draws = DRAWS_QUICK if context.quick else DRAWS
    found = between.measure(elements, draws)
    lost = _lost_in_the_edges(context, space)
    if lost:
        detail = f"{' and '.join(lost)}: the edges of a square turn with no element of {context.acting.name}"
        yield Row("sampled symmetries", f"{what}, vectors", verdict=None, detail=detail)
    found = {key: answers for key, answers in found.items() if key[0] not in lost}
    row = _gravest(what, found)
    if row is None:
        return
    if row.verdict is Verdict.broken:
        row = _confirmed(row, what, between, elements, found)
    elif not context.quick:
        row = with_detail(row, _at_twice(between, elements[0], found))
    yield row


def _lost_in_the_edges(context: Context, space: Space) -> list[str]:
    """Return the outputs that turn, of the whole image, under a group that shares no turn with a square.

    There the edges add a constant to a vector, which is no smaller than what the image makes in networks with the
    symmetry that were tried, and does not vanish as the image grows.
    """
    group = context.acting
    if space is not Space.pixels or not group.finite or math.gcd(group.n or 1, 4) > 1:
        return []
    reps = {name: context.actor.rep(spec) for name, spec in context.interface.outputs.items()}
    return [
        name
        for name, spec in context.interface.outputs.items()
        if spec.space != space and (rep := reps[name]) is not None and not rep.is_scalar
    ]


def _gravest(what: str, found: Answers) -> Row | None:
    rows = [
        _judged(what, f"output '{output}'" + (f" ({block})" if block else ""), answers)
        for (output, block), answers in found.items()
        if answers
    ]
    return gravest(rows) if rows else None


def _confirmed(
    row: Row, what: str, between: Between, elements: list[Element], found: Answers
) -> Row:
    """Return a row that says broken only if the symmetry is as bad on a larger image, where the edges count less."""
    draws = max(map(len, found.values()))
    try:
        larger = between.measure(elements, draws, finer=True)
    except Exception:
        return with_detail(row, NO_LARGER)
    finer = _gravest(what, {key: larger[key] for key in found})
    if finer is None or finer.verdict is Verdict.broken:
        return row
    detail = (
        f"that comes from the edges and the size of the image: on twice the size {finer.detail}"
    )
    return with_detail(replace(row, verdict=finer.verdict), detail)


def _judged(what: str, where: str, answers: list[Answer]) -> Row:
    by_label: dict[str, list[Answer]] = {}
    for answer in answers:
        by_label.setdefault(answer.label, []).append(answer)
    errors = {label: mean_error(group) for label, group in by_label.items()}
    worst = max(errors, key=lambda label: ratio(by_label[label]))
    error, found = mean_error(answers), ratio(answers)
    limit = _limit(answers)
    failing = [label for label, group in by_label.items() if ratio(group) > _limit(group)]
    if not math.isfinite(error):
        verdict = Verdict.vacuous
    else:
        verdict = Verdict.broken if found > limit or failing else Verdict.resolution_limited
    floor = answers[0].floor
    detail = (
        f"{where}: between grid points the error is {_percent(error)} of what the output varies over unlike images"
        + (f", against {_percent(floor)} for resampling alone" if floor is not None else "")
        + f"; {found:.2f} times what moves that are no symmetry do, the limit is {limit:g}"
    )
    if verdict is Verdict.resolution_limited and found > UNCLEAR:
        detail += "; a network with no more than the grid's own symmetry can do as well"
    measured = tuple(Measured(label, None, value) for label, value in errors.items())
    return Row(
        "sampled symmetries", what, None, error, floor, verdict, detail, worst, elements=measured
    )


def _limit(answers: Sequence[Answer]) -> float:
    return next(limit for count, limit in LIMITS if len(answers) >= count)


def _percent(value: float) -> str:
    return f"{100 * value:.2g} %"


def _at_twice(between: Between, element: Element, found: Answers) -> str:
    """Say how the error of the first draw falls when the resolution doubles."""
    try:
        fine = between.same_picture(element)
    except Exception:
        return NO_LARGER
    pairs = [
        (found[key][0].error, answers[0].error)
        for key, answers in fine.items()
        if answers and found[key]
    ]
    if not pairs:
        return ""
    before, after = (max(values) for values in zip(*pairs, strict=True))
    return (
        f"with one set of parameters {_percent(before)}, at twice the resolution {_percent(after)}"
    )


def _most_unlike_the_grid(context: Context, space: Space) -> list[Element]:
    """Return elements as far as can be from those that map the grid to itself, a few nearer ones among them."""
    group, generator = context.acting, context.generator(2)
    if is_planar(group) and not group.finite:
        turns = [planar_element(group, math.radians(a), False) for a in ANGLES]
        if group.reflections:
            turns[2] = planar_element(group, math.radians(ANGLES[2]), True)
        return [in_space(each, context.axis) for each in turns] if context.axis else turns
    elements = [
        element
        for element in point_elements(group, COUNT, generator, context.axis)
        if element.matrix is not None and not on_grid(space, element)
    ]
    if not is_planar(group):
        return elements[:COUNT]
    elements.sort(key=lambda each: -_away(each, group))
    return elements[:COUNT]


def _away(element: Element, group: Group) -> float:
    """Return how far, in radians, an element is from the group's elements that map the grid to itself."""
    step = 2 * math.pi / math.gcd(group.n or 1, 4)
    rest = element.angle % step
    return round(min(rest, step - rest), 9)
