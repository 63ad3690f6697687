"""f(g·x) = g·f(x) for elements of the group, in eval and in train mode."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import torch

from equidesign.groups.group import TRANSLATION_KINDS
from equidesign.spec.field import Space
from equidesign.verify.actions import Tensors, on_grid
from equidesign.verify.elements import Element, translations
from equidesign.verify.grids import grid_shifts
from equidesign.verify.rounding import EPS32, JITTERS
from equidesign.verify.sphere import grid_elements
from equidesign.verify.trials import Context, Trial, check_trials, measure
from equidesign.verify.verdict import Effort, Row, Verdict

FLAT_GRIDS = (Space.pixels, Space.voxels, Space.positions)
GRIDS = (*FLAT_GRIDS, Space.sphere)

COUNT = {Effort.quick: 2, Effort.default: 3, Effort.thorough: 12}
# Of a larger finite group so many are measured in float64; the others are swept in float32, and the worst again.
EXACTLY = {Effort.quick: 3, Effort.default: 4, Effort.thorough: 128}
TRAINED = {Effort.quick: 1, Effort.default: 1, Effort.thorough: 4}

DROPS_COMPONENTS = "dropout that zeroes single components of what turns with the input"
DROP_WHOLE = "drop whole vectors or irreps (one random number a channel), or scalars only"


def check(context: Context) -> Iterator[Row]:
    """Yield a row for turns, mirrors and shifts in eval mode, and one for all of them in train mode."""
    kinds = elements_by_kind(context)
    for kind, elements in kinds.items():
        trials = [element_trial(context, element) for element in _worth(context, elements)]
        row = check_trials(context, "group elements", f"{kind}, eval mode", trials)
        if row is not None:
            yield row
    if kinds:
        yield from _in_training(context, kinds)


def _in_training(context: Context, kinds: dict[str, list[Element]]) -> Iterator[Row]:
    count, shifts = TRAINED[context.effort], kinds.get("translations", [])
    turns = [elements for kind, elements in kinds.items() if kind != "translations"]
    by = shifts[-1].translation if shifts else None
    if by is not None and turns:
        # One element that does all at once: a mirrored turn and a shift.
        label = shifts[-1].label
        chosen = [element.shifted(by, label) for element in turns[-1][-count:]]
    else:
        chosen = [element for elements in kinds.values() for element in elements[-count:]]
    trials = [element_trial(context, element) for element in chosen]
    what = f"{' and '.join(kinds)}, train mode"
    if not context.subject.draws_in_training:
        row = check_trials(context, "group elements", what, trials, training=True)
    else:
        with context.subject.without_dropout():
            row = check_trials(
                context, "group elements", f"{what}, dropout off", trials, training=True
            )
        if row is not None and row.verdict is Verdict.exact and _dropout_must_hold(context):
            on = check_trials(context, "group elements", what, trials, training=True, explain=False)
            if on is not None and on.verdict is Verdict.broken:
                from equidesign.verify.diagnosis import located

                on = located(context, on, trials[-1], training=True)
                row = replace(on, cause=DROPS_COMPONENTS, repair=DROP_WHOLE)
    if row is not None:
        yield row


def _dropout_must_hold(context: Context) -> bool:
    """Whether dropout that draws the same numbers again must keep the symmetry.

    So it is where the group moves components but neither positions in an array nor channels: there dropout may
    only drop whole representations.
    """
    return not context.acting.finite and not context.spaces & set(GRIDS)


def _worth(context: Context, elements: list[Element]) -> list[Element]:
    """Return the elements to measure exactly: all of a few, else some and the worst of a sweep over the others."""
    count = EXACTLY[context.effort]
    if len(elements) <= count:
        return elements
    step = len(elements) / count
    chosen = sorted({int(i * step) for i in range(count)})
    others = [element for i, element in enumerate(elements) if i not in chosen]
    kept = [elements[i] for i in chosen]
    dtype, base = context.dtypes[-1], context.single
    limit = JITTERS * max(context.rounding, EPS32)
    worst: tuple[float, Element] | None = None
    for element in others:
        trial = element_trial(context, element, base)
        errors = [d.error for d in measure(context, trial, dtype, False).values()]
        error = max((math.inf if math.isnan(e) else e for e in errors), default=0.0)
        if worst is None or error > worst[0]:
            worst = error, element
        if error > limit:
            break
    return [*kept, worst[1]] if worst else kept


def element_trial(context: Context, element: Element, base: Tensors | None = None) -> Trial:
    """Return the claim f(g·x) = g·f(x)."""
    actor = context.actor
    inputs = context.base if base is None else base
    return Trial(
        element.label,
        inputs,
        actor.inputs(inputs, element),
        lambda outputs: actor.outputs(outputs, element),
        element=element,
    )


def elements_by_kind(context: Context) -> dict[str, list[Element]]:
    """Return elements of the group that act exactly, by what they do: rotations, reflections, translations."""
    kinds: dict[str, list[Element]] = {}
    for kind, element in sample(context):
        kinds.setdefault(kind, []).append(element)
    return kinds


def sample(context: Context) -> Iterator[tuple[str, Element]]:
    """Yield elements of the group that act exactly, with their kind."""
    elements = context.elements(COUNT[context.effort])
    if Space.sphere in context.spaces:
        elements = _sphere_elements(context, elements)
    for element in elements:
        if exact_here(context, element):
            yield "reflections" if element.flip else "rotations", element
    yield from (("translations", element) for element in _translations(context))


def _translations(context: Context) -> Iterator[Element]:
    """Yield shifts of positions, and cyclic shifts of grids where the group has translations of its own."""
    generator = context.generator(4)
    moving = [n for n, s in context.interface.inputs.items() if s.translates]
    if moving:
        scale = float(context.base[moving[0]].std())
        eye = torch.eye(context.actor.dimension, dtype=torch.float64)
        for label, shift in translations(context.actor.dimension, scale or 1.0, generator):
            yield Element(label, eye, translation=shift)
    elif any(part.kind in TRANSLATION_KINDS for part in context.group.parts):
        grids = _grid_sizes(context)
        if grids:
            yield from grid_shifts(grids, 1, generator)


def _grid_sizes(context: Context) -> list[tuple[int, ...]]:
    """Return the sizes of all grids that cyclic shifts act on."""
    found = []
    outputs = context.outputs(context.base, context.dtypes[0], False)
    for specs, values in (
        (context.interface.inputs, context.base),
        (context.interface.outputs, outputs),
    ):
        for name, spec in specs.items():
            axes = context.actor.layout(spec).grid
            if axes and spec.space in FLAT_GRIDS:
                found.append(tuple(values[name].shape[axis] for axis in axes))
    return found


def exact_here(context: Context, element: Element) -> bool:
    """Whether the element maps every grid among the inputs to itself."""
    return all(
        on_grid(spec.space, element, int(spec.shape[-1]) if spec.space == Space.sphere else None)
        for spec in context.interface.inputs.values()
        if spec.space in GRIDS
    )


def _sphere_elements(context: Context, elements: list[Element]) -> list[Element]:
    spec = next(s for s in context.interface.inputs.values() if s.space == Space.sphere)
    return [*grid_elements(context.acting, int(spec.shape[-1]), context.generator(3)), *elements]
