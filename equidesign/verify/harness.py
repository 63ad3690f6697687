"""The usual mistakes of a test, tried before a model is called broken: is it the declared action that is wrong?

Each hypothesis changes the declared action of one tensor. If under it every trial holds up to rounding, the model has
a symmetry and the interface names another one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import Tensors, component_axis, mix
from equidesign.verify.deviation import deviation
from equidesign.verify.elements import Element, UnsupportedError
from equidesign.verify.rounding import RATIO, ROUNDING64
from equidesign.verify.trials import Context, Trial

TRIALS = 3
# With float32 constants inside, what holds up to rounding holds up to this.
HOLDS = {False: 1e-9, True: 4e-6}
Action = Callable[[Tensor, TensorSpec, Element], Tensor]


@dataclass(frozen=True)
class Hypothesis:
    """A mistake in the declaration of one tensor, and the action that would be right."""

    name: str
    text: str
    hint: str
    act: Action
    is_input: bool = False


def wrong_harness(context: Context, trials: list[Trial], training: bool) -> Hypothesis | None:
    """Return the mistake of the interface that explains all errors, if there is one."""
    moving = [t for t in trials if t.element is not None and not t.kept and not t.orders][-TRIALS:]
    if not moving:
        return None
    dtype = context.dtypes[0]
    found = [context.subject.run(trial.moved, dtype, training) for trial in moving]
    plain = [context.outputs(trial.inputs, dtype, training) for trial in moving]
    broken = [
        name
        for name in context.interface.outputs
        if name not in context.dead
        and any(
            not _same(context, name, f, trial.expected(p))
            for f, p, trial in zip(found, plain, moving, strict=True)
        )
    ]
    if len(broken) == 1:
        for hypothesis in _outputs(context, broken[0]):
            if _explains_output(context, hypothesis, moving, plain, found):
                return hypothesis
    for hypothesis in _inputs(context):
        if _explains_input(context, hypothesis, moving, plain, training):
            return hypothesis
    return None


def _same(context: Context, name: str, found: Tensors, expected: Tensors) -> bool:
    spec = context.interface.outputs[name]
    error = deviation(found[name], expected[name], spec, context.actor.rep(spec)).error
    rounded = context.precision.constants or bool(context.precision.noise64)
    strict = HOLDS[rounded] if context.dtypes[0] == torch.float64 else 1e-4
    return error <= max(strict, ROUNDING64, RATIO * context.rounding)


def _explains_output(
    context: Context,
    hypothesis: Hypothesis,
    trials: list[Trial],
    plain: list[Tensors],
    found: list[Tensors],
) -> bool:
    spec = context.interface.outputs[hypothesis.name]
    for trial, before, after in zip(trials, plain, found, strict=True):
        assert trial.element is not None
        try:
            expected = hypothesis.act(before[hypothesis.name], spec, trial.element)
        except (UnsupportedError, ValueError, RuntimeError):
            return False
        if not _same(context, hypothesis.name, after, {hypothesis.name: expected}):
            return False
    return True


def _explains_input(
    context: Context,
    hypothesis: Hypothesis,
    trials: list[Trial],
    plain: list[Tensors],
    training: bool,
) -> bool:
    spec, dtype = context.interface.inputs[hypothesis.name], context.dtypes[0]
    for trial, before in zip(trials, plain, strict=True):
        assert trial.element is not None
        value = trial.inputs[hypothesis.name]
        try:
            moved = {**trial.moved, hypothesis.name: hypothesis.act(value, spec, trial.element)}
            if all(torch.equal(moved[name], other) for name, other in trial.inputs.items()):
                return False  # that an input which is left alone gives the same output explains nothing
            after = context.subject.run(moved, dtype, training)
        except (UnsupportedError, ValueError, RuntimeError):
            return False
        expected = trial.expected(before)
        for name in expected:
            if name not in context.dead and not _same(context, name, after, expected):
                return False
    return True


def _outputs(context: Context, name: str) -> Iterator[Hypothesis]:
    actor, spec = context.actor, context.interface.outputs[name]
    what = f"output '{name}'"
    bare = spec.model_copy(update={"rep": None, "translates": False})
    yield Hypothesis(
        name,
        f"{what} does not change at all when the input moves",
        "declare it with a trivial rep, such as 0e or trivial, and without `translates`",
        lambda value, _, element: actor.act(value, bare, element),
    )
    yield from _common(context, name, spec, what, is_input=False)
    rep = actor.rep(spec)
    if rep is not None and not rep.is_scalar:
        yield Hypothesis(
            name,
            f"{what} turns by the inverse of the declared action",
            "the test or the model uses the transposed matrix (R against Rᵀ, rows for columns, y down for y up)",
            lambda value, tensor, element: actor.act(value, tensor, _inverse(element)),
        )


def _inputs(context: Context) -> Iterator[Hypothesis]:
    actor = context.actor
    for name, spec in context.interface.inputs.items():
        if spec.role is not None or not spec.dtype.startswith("float"):
            continue
        rep = actor.rep(spec)
        what = f"input '{name}'"
        if rep is not None and (not rep.is_scalar or spec.translates):
            bare = spec.model_copy(update={"rep": None, "translates": False})
            yield Hypothesis(
                name,
                f"the model takes {what} as scalars",
                "declare it with a trivial rep",
                lambda value, _, element, bare=bare: actor.act(value, bare, element),  # type: ignore[misc]
                is_input=True,
            )
        if rep is not None and rep.is_scalar and not spec.translates:
            size = spec.shape[-1] if spec.shape else 0
            if isinstance(size, int) and actor.dimension and size % actor.dimension == 0:
                yield Hypothesis(
                    name,
                    f"the model takes {what} as vectors",
                    "declare it with the vector rep, such as 1x1o",
                    _as_vectors,
                    is_input=True,
                )
        yield from _common(context, name, spec, what, is_input=True)


def _common(
    context: Context, name: str, spec: TensorSpec, what: str, is_input: bool
) -> Iterator[Hypothesis]:
    actor = context.actor
    rep = actor.rep(spec)
    if rep is None:
        return
    if context.acting.reflections:
        yield Hypothesis(
            name,
            f"{what} has the other parity",
            "exchange e and o in its rep (a cross product of two vectors is axial, 1e; a triple product is 0o)",
            lambda value, tensor, element: (
                _determinant(element) * actor.act(value, _still(tensor), element)
            ),
            is_input,
        )
    if not rep.is_scalar:
        toggled = spec.model_copy(update={"translates": not spec.translates})
        yield Hypothesis(
            name,
            f"{what} {'does not move' if spec.translates else 'moves'} with a translation",
            f"set `translates: {str(not spec.translates).lower()}` for it",
            lambda value, _, element: actor.act(value, toggled, element),
            is_input,
        )
    if rep.dim == 3 and not rep.is_scalar and not spec.layout and spec.shape[-1:] == (3,):
        for order in itertools.permutations(range(3)):
            if order != (0, 1, 2):
                text = ", ".join("xyz"[axis] for axis in order)
                yield Hypothesis(
                    name,
                    f"the components of {what} are in the order {text}",
                    "vectors are (x, y, z); reorder the components, or write so in the model",
                    lambda value, tensor, element, order=order: _reordered(  # type: ignore[misc]
                        context, value, tensor, element, order
                    ),
                    is_input,
                )


def _still(spec: TensorSpec) -> TensorSpec:
    return spec.model_copy(update={"translates": False}) if spec.translates else spec


def _determinant(element: Element) -> int:
    return -1 if element.flip else 1


def _inverse(element: Element) -> Element:
    """Return the inverse, of a planar element as well; a translation is left out."""
    matrix = None if element.matrix is None else torch.linalg.inv(element.matrix)
    if element.flip and matrix is not None and len(matrix) == 2:
        return replace(element, translation=None)
    return replace(
        element,
        matrix=matrix,
        angle=-element.angle if not element.flip else element.angle,
        steps=-element.steps if not element.flip else element.steps,
        translation=None,
        label=f"inverse of {element.label}",
    )


def _as_vectors(value: Tensor, spec: TensorSpec, element: Element) -> Tensor:
    if element.matrix is None:
        return value
    size = len(element.matrix)
    axis = component_axis(spec)
    count = value.shape[axis] // size
    matrix: Tensor = torch.block_diag(*[element.matrix] * count)  # type: ignore[no-untyped-call]
    return mix(value, matrix, axis)


def _reordered(
    context: Context, value: Tensor, spec: TensorSpec, element: Element, order: tuple[int, ...]
) -> Tensor:
    """Act on components that are stored in another order."""
    places = torch.tensor(order)
    back = torch.argsort(places)
    straight = value.index_select(-1, back)
    return context.actor.act(straight, spec, element).index_select(-1, places)
