"""Rotations that do not map the grid to itself.

They are exact on band-limited signals of the sphere, and limited by the resolution on pixels. There
smooth images find wrong representations and gross breaks; a net that has only the symmetry of the grid
may still pass, since any small filter looks isotropic to an image that is smooth enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from equidesign.spec.field import Space
from equidesign.verify.actions import Tensors, mix, sphere_points
from equidesign.verify.checks.group_elements import exact_here
from equidesign.verify.elements import Element, point_elements
from equidesign.verify.trials import Context, Trial, check_trials, with_detail
from equidesign.verify.verdict import Row, Verdict
from equidesign.verify.wigner import harmonics, wigner

DEGREE = 8
COUNT = 4
SHRINKS = 0.7
SMALL = 0.02


def check(context: Context) -> Iterator[Row]:
    """Yield a row for rotations between grid points, where the domain is a grid."""
    spaces = {spec.space for spec in context.interface.inputs.values()}
    elements = [
        element
        for element in point_elements(context.acting, COUNT, context.generator(2), context.axis)
        if not exact_here(context, element)
    ]
    if not elements:
        return
    if Space.sphere in spaces:
        yield from _sphere(context, elements[:COUNT])
    elif Space.pixels in spaces:
        yield from _pixels(context, _spread(elements))


def _spread(elements: list[Element]) -> list[Element]:
    step = max(len(elements) // COUNT, 1)
    return elements[::step][:COUNT]


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
        )
        for element in elements
    ]
    row = check_trials(context, "sampled symmetries", what, trials)
    if row is not None:
        yield row


def _pixels(context: Context, elements: list[Element]) -> Iterator[Row]:
    """Hold the error on smooth images against the same images twice as coarse."""
    what = "turns between pixels, smooth images, eval mode"
    name, spec = next(
        (n, s) for n, s in context.interface.inputs.items() if s.space == Space.pixels
    )
    if any(item.space != Space.global_ for item in context.interface.outputs.values()):
        detail = "outputs on pixels would have to be resampled themselves"
        yield Row("sampled symmetries", what, verdict=None, detail=detail)
        return
    height, width = int(spec.shape[-2]), int(spec.shape[-1])
    rough, fine = (
        max(_error(context, name, element, sizes) for element in elements)
        for sizes in ((height, width, 1.0), (2 * height - 1, 2 * width - 1, 2.0))
    )
    good = fine <= SMALL or fine <= SHRINKS * rough
    verdict = Verdict.resolution_limited if good else Verdict.broken
    row = Row("sampled symmetries", what, None, fine, rough, verdict)
    yield with_detail(
        row,
        f"relative error {rough:.1e} at {height} × {width}, {fine:.1e} at twice the resolution",
    )


def _error(context: Context, name: str, element: Element, sizes: tuple[int, int, float]) -> float:
    """Return the relative error for one turn.

    The image is a function of the plane, so it is turned without resampling.
    """
    spec = context.interface.inputs[name]
    rep = context.actor.rep(spec)
    before = _blobs(context, int(spec.shape[1]), None, sizes)
    after = _blobs(context, int(spec.shape[1]), element, sizes)
    if rep is not None and not rep.is_scalar:
        after = mix(after, context.actor.matrix(rep, spec, element), 1)
    found = context.subject.run({**context.base, name: after})
    outputs = context.subject.run({**context.base, name: before})
    expected = context.actor.outputs(outputs, element)
    worst = 0.0
    for output, value in expected.items():
        if output not in context.dead:
            # What the images have in common, such as a bias, says nothing about the turn.
            size = float((value.amax(0) - value.amin(0)).max())
            error = float((found[output] - value).abs().max())
            worst = max(worst, error / size if size else math.inf)
    return worst if math.isfinite(worst) else math.inf


def _blobs(
    context: Context, channels: int, element: Element | None, sizes: tuple[int, int, float]
) -> Tensor:
    """Return images made of Gaussian blobs near the centre, turned by an element."""
    height, width, zoom = sizes
    generator = context.generator(29)
    shape = (3, channels, 6)
    reach = min(height, width) / zoom
    angle = 2 * math.pi * torch.rand(shape, generator=generator, dtype=torch.float64)
    radius = 0.25 * reach * torch.rand(shape, generator=generator, dtype=torch.float64).sqrt()
    weight = torch.randn(shape, generator=generator, dtype=torch.float64)
    centre = radius[..., None] * torch.stack([angle.cos(), angle.sin()], dim=-1)
    y = ((height - 1) / 2 - torch.arange(height, dtype=torch.float64)) / zoom
    x = (torch.arange(width, dtype=torch.float64) - (width - 1) / 2) / zoom
    points = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
    if element is not None and element.matrix is not None:
        points = points @ element.matrix
    away = (points - centre[..., None, None, :]).square().sum(-1)
    return (weight[..., None, None] * torch.exp(-away / (2 * (0.07 * reach) ** 2))).sum(2)
