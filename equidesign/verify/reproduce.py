"""Makes a ``Reproduction`` of a failed trial, and tries it out: what is returned does show the failure."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from equidesign.verify.actions import Tensors
from equidesign.verify.deviation import blocks
from equidesign.verify.reproducer import script_of
from equidesign.verify.reproduction import RELATION, VACUOUS, Reproduction
from equidesign.verify.shaking import STRENGTHS
from equidesign.verify.signature import ByPosition
from equidesign.verify.trials import Context, Trial

# More numbers than this are written as bytes; and of still larger tensors there is no script.
READABLE, LARGEST = 2_000, 300_000
LARGEST_MATRIX = 128
CLOSE = 1e-9

Step = dict[str, Any]


def reproduction_of(
    context: Context, trial: Trial, training: bool, title: str
) -> Reproduction | None:
    """Return the worst output of a trial as a case for a script; None if no script shows the failure.

    The model's own parameters are tried first, then shaken ones, then those with shaken statistics.
    """
    subject, dtype = context.subject, context.dtypes[0]
    results = context.outputs(trial.inputs, dtype, training)
    wanted = trial.expected(results)
    found = subject.run(trial.moved, dtype, training)
    found = trial.observed(found) if trial.observed else found
    deviations = context.deviations(found, wanted)
    if not deviations:
        return None
    name = max(deviations, key=lambda key: _rank(deviations[key].error))
    expected = steps_of(lambda y: trial.expected({**results, name: y})[name], results[name])
    moved_results = subject.run(trial.moved, dtype, training)
    observe = trial.observed
    observed: list[Step] | None = []
    if observe is not None:
        observed = steps_of(
            lambda y: observe({**moved_results, name: y})[name], moved_results[name]
        )
    if expected is None or observed is None:
        return None
    case = _case(context, trial.inputs, trial.moved, training, title, name)
    if case is None:
        return None
    case = replace(case, label=trial.label, expected=tuple(expected), observed=tuple(observed))
    spec = context.interface.outputs[name]
    for label, index in blocks(found[name].dim(), spec, context.actor.rep(spec)):
        cut = [(axis, part) for axis, part in enumerate(index) if part not in (..., slice(None))]
        if label == deviations[name].block and len(cut) == 1:
            case = replace(case, part=(cut[0][0], cut[0][1].start, cut[0][1].stop))
    return _shortest(context, case)


def vacuous_reproduction(
    context: Context, name: str, training: bool, title: str
) -> Reproduction | None:
    """Return the case of an output that is not finite, zero, or the same for two inputs; None if no script shows it."""
    case = _case(context, context.base, context.larger, training, title, name)
    return _shortest(context, replace(case, kind=VACUOUS)) if case else None


def _case(
    context: Context, inputs: Tensors, moved: Tensors, training: bool, title: str, name: str
) -> Reproduction | None:
    if sum(value.numel() for value in (*inputs.values(), *moved.values())) > LARGEST:
        return None
    model = context.subject.model(context.dtypes[0], training)
    order = getattr(model, "names", ()) if isinstance(model, ByPosition) else ()
    order = order or tuple(inputs)
    return Reproduction(
        kind=RELATION,
        title=title,
        label="",
        output=name,
        names=tuple(context.interface.outputs),
        inputs={key: tensor_data(inputs[key]) for key in order},
        moved={key: tensor_data(moved[key]) for key in order},
        by_position=isinstance(model, ByPosition),
        needs_grad=context.subject.grad_mode == 2,
        training=training,
        dtype=str(context.dtypes[0]).removeprefix("torch."),
        seed=context.subject.seed,
    )


def _shortest(context: Context, case: Reproduction) -> Reproduction | None:
    """Return the simplest variant of a case that fails."""
    for strength in (0.0, *(value for value in STRENGTHS if value)):
        for statistics in (False, True) if strength else (False,):
            variant = replace(case, shake=strength, statistics=statistics)
            if shows(variant, context.subject.build):
                return variant
    return None


def shows(case: Reproduction, build: Callable[[], Any]) -> bool:
    """Whether the script of a case fails, run here on a model that ``build`` makes."""
    names: dict[str, Any] = {"__name__": "reproduction"}
    exec(script_of(case, {"kind": "module", "module": "model", "attribute": "build"}), names)

    def unwrapped() -> Any:
        model = build()
        return model.model if isinstance(model, ByPosition) and case.by_position else model

    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            error = names["measure"](names["prepared"](unwrapped))
    except Exception:
        return False
    return not error <= case.tolerance


def tensor_data(value: Tensor) -> dict[str, Any]:
    """Return a tensor as plain data; floats as float64."""
    value = value.detach().cpu()
    value = value.double() if value.is_floating_point() else value
    data = {"dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape)}
    if value.numel() <= READABLE:
        return {**data, "values": value.tolist()}
    raw = bytes(value.contiguous().view(torch.uint8).flatten().tolist())
    return {**data, "base64": base64.b64encode(raw).decode("ascii")}


def steps_of(function: Callable[[Tensor], Tensor], example: Tensor) -> list[Step] | None:
    """Return an affine map of one tensor as steps; None if it is no mixing of components, relabelling and shift.

    It is probed: with distinct numbers to see where each goes, with ones along each axis to see a matrix.
    """
    offset = function(torch.zeros_like(example))

    def linear(y: Tensor) -> Tensor:
        return function(y) - offset

    added = [] if not bool(offset.any()) else [{"do": "add", "vector": tensor_data(offset)}]
    for mixed, undo in _mixings(linear, example):
        moved = _relabelling(lambda y, undo=undo: linear(undo(y)), example)  # type: ignore[misc]
        if moved is not None:
            return [*mixed, *moved, *added]
    return None


def _mixings(
    linear: Callable[[Tensor], Tensor], example: Tensor
) -> Iterator[tuple[list[Step], Callable[[Tensor], Tensor]]]:
    """Yield mixings of components that may be part of the map, none first, each with its inverse."""
    yield [], lambda y: y
    dims = example.dim()
    spans = [(dims - 1, 1), (1, 1), (dims - 2, 2), *((axis, 1) for axis in range(dims))]
    for axis, axes in dict.fromkeys(span for span in spans if 0 <= span[0] < dims):
        matrix = _matrix(linear, example, axis, axes)
        if matrix is None or float(torch.linalg.cond(matrix)) > 1e6:
            continue
        place = axis if axes == 1 and axis < dims - 1 else -axes
        step: Step = {"do": "mix", "axis": place, "axes": axes, "matrix": matrix.tolist()}
        back = torch.linalg.inv(matrix)
        yield [step], lambda y, back=back, axis=axis, axes=axes: _mixed(y, back, axis, axes)  # type: ignore[misc]


def _mixed(y: Tensor, matrix: Tensor, axis: int, axes: int) -> Tensor:
    if axes > 1:
        return (y.flatten(-axes) @ matrix.T.to(y)).reshape(y.shape)
    return (y.movedim(axis, -1) @ matrix.T.to(y)).movedim(-1, axis)


def _matrix(
    linear: Callable[[Tensor], Tensor], example: Tensor, axis: int, axes: int
) -> Tensor | None:
    """Return the matrix along an axis, if the map has the same one everywhere."""
    size = math.prod(example.shape[axis : axis + axes])
    if size < 2 or size > LARGEST_MATRIX:
        return None
    columns = []
    for index in range(size):
        unit = torch.zeros(size, dtype=example.dtype)
        unit[index] = 1
        ones = torch.zeros_like(example)
        ones += (
            unit.view(example.shape[axis:])
            if axes > 1
            else unit.view(-1, *[1] * (example.dim() - axis - 1))
        )
        found = linear(ones)
        flat = found.flatten(-axes) if axes > 1 else found.movedim(axis, -1)
        if flat.shape[-1] != size:
            return None
        rows = flat.reshape(-1, size)
        kept = rows[rows.abs().amax(1) > CLOSE]
        if not len(kept) or float((kept - kept[0]).abs().max()) > CLOSE:
            return None
        columns.append(kept[0])
    return torch.stack(columns, dim=1)


def _relabelling(linear: Callable[[Tensor], Tensor], example: Tensor) -> list[Step] | None:
    """Return a map that moves numbers about, or hides some, as steps; None if it does anything else."""
    count = example.numel()
    numbers = torch.arange(1, count + 1, dtype=example.dtype).reshape(example.shape)
    found = linear(numbers)
    whole = found.round()
    if not found.numel() or float((found - whole).abs().max()) > 1e-6 * count:
        return None
    indices = whole.long() - 1
    if int(indices.min()) < -1 or int(indices.max()) >= count:
        return None
    hidden = indices < 0
    generator = torch.Generator().manual_seed(0)
    probe = torch.randn(example.shape, generator=generator, dtype=example.dtype)
    picked = probe.flatten()[indices.clamp(min=0).flatten()].reshape(found.shape)
    if float((picked.masked_fill(hidden, 0) - linear(probe)).abs().max()) > 1e-6:
        return None
    steps: list[Step] = []
    if found.shape != example.shape or not torch.equal(
        indices[~hidden], (numbers.long() - 1)[~hidden]
    ):
        steps.append(_moved(indices.clamp(min=0), example, hidden))
    if bool(hidden.any()):
        steps.append({"do": "hide", "keep": tensor_data((~hidden).double())})
    return steps


def _moved(indices: Tensor, example: Tensor, hidden: Tensor) -> Step:
    """Return a relabelling along one axis if it is one, else of the flat tensor."""
    places = torch.arange(example.numel()).reshape(example.shape)
    for axis in range(example.dim()):
        if hidden.any() or indices.dim() != example.dim():
            break
        stride = places.select(axis, 1).flatten()[0] if example.shape[axis] > 1 else 1
        first = indices.movedim(axis, 0).reshape(indices.shape[axis], -1)[:, 0]
        order = first.div(int(stride), rounding_mode="floor") % example.shape[axis]
        if indices.shape == places.index_select(axis, order).shape and torch.equal(
            places.index_select(axis, order), indices
        ):
            return {"do": "pick", "axis": axis, "indices": order.tolist()}
    return {"do": "gather", "indices": indices.flatten().tolist(), "shape": list(indices.shape)}


def _rank(error: float) -> float:
    return math.inf if math.isnan(error) else error


__all__ = ["reproduction_of", "shows", "steps_of", "tensor_data", "vacuous_reproduction"]
