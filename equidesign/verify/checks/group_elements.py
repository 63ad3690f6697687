"""f(g·x) = g·f(x) for elements of the group, in eval and in train mode."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from equidesign.spec.field import Space
from equidesign.verify.actions import sphere_index
from equidesign.verify.elements import Element, UnsupportedError, point_elements, translations
from equidesign.verify.trials import Context, Trial, check_trials
from equidesign.verify.verdict import Row

COUNT = 6
TRAINED = 6


def check(context: Context) -> Iterator[Row]:
    """Yield a row for turns, mirrors and shifts, in each mode."""
    kinds = trials_by_kind(context)
    for training in (False, True):
        mode = "train mode" if training else "eval mode"
        for kind, trials in kinds.items():
            chosen = _spread(trials, TRAINED if training or context.quick else len(trials))
            row = check_trials(context, "group elements", f"{kind}, {mode}", chosen, training)
            if row is not None:
                yield row


def trials_by_kind(context: Context) -> dict[str, list[Trial]]:
    """Return the trials, grouped by what the elements do."""
    kinds: dict[str, list[Trial]] = {}
    for kind, element in sample(context):
        kinds.setdefault(kind, []).append(element_trial(context, element))
    return kinds


def element_trial(context: Context, element: Element) -> Trial:
    """Return the claim f(g·x) = g·f(x)."""
    actor, base = context.actor, context.base
    return Trial(
        element.label,
        base,
        actor.inputs(base, element),
        lambda outputs: actor.outputs(outputs, element),
    )


def sample(context: Context) -> Iterator[tuple[str, Element]]:
    """Yield elements of the group that act exactly, with their kind."""
    generator = context.generator(2)
    count = 3 if context.quick else COUNT
    elements = point_elements(context.acting, count, generator, context.axis)
    if Space.sphere in _spaces(context):
        elements = _sphere_elements(context, elements)
    for element in elements:
        if exact_here(context, element):
            yield "reflections" if element.flip else "rotations", element
    moving = [s for s in context.interface.inputs.values() if s.translates]
    if not moving:
        return
    name = next(n for n, s in context.interface.inputs.items() if s.translates)
    scale = float(context.base[name].std())
    for label, shift in translations(context.actor.dimension, scale or 1.0, generator):
        identity = Element("no turn", None, translation=shift)
        if elements:
            first = elements[-1]
            yield "rotations and translations", first.shifted(shift, label)
        yield "translations", _plain(context, identity, label)


def _plain(context: Context, element: Element, label: str) -> Element:
    eye = torch.eye(context.actor.dimension, dtype=torch.float64)
    return Element(label, eye, translation=element.translation)


def exact_here(context: Context, element: Element) -> bool:
    """Whether the element maps the grid, if there is one, to itself."""
    spaces = _spaces(context)
    if Space.pixels in spaces:
        return element.quarter_turns is not None
    if Space.sphere in spaces:
        side = next(
            int(spec.shape[-1])
            for spec in context.interface.inputs.values()
            if spec.space == Space.sphere
        )
        return element.matrix is None or sphere_index(side, element.matrix) is not None
    return True


def _spaces(context: Context) -> set[str]:
    return {spec.space for spec in context.interface.inputs.values()}


def _sphere_elements(context: Context, elements: list[Element]) -> list[Element]:
    from equidesign.verify.sphere import grid_elements

    spec = next(s for s in context.interface.inputs.values() if s.space == Space.sphere)
    return [*grid_elements(context.acting, int(spec.shape[-1]), context.generator(3)), *elements]


def _spread(trials: list[Trial], count: int) -> list[Trial]:
    if len(trials) <= count:
        return trials
    step = len(trials) / count
    return [trials[int(i * step)] for i in range(count)]


__all__ = ["UnsupportedError", "check", "element_trial", "exact_here", "sample", "trials_by_kind"]
