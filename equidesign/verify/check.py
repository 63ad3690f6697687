"""Runs all checks on a model: ``verify_model`` in this process, which the child process calls."""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.generators import Generators
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import Actor
from equidesign.verify.checks import (
    cutoff,
    forces,
    gradients,
    group_elements,
    order,
    periodic,
    representations,
    resampled,
    samples,
    vacuity,
)
from equidesign.verify.context import Claims, Context
from equidesign.verify.elements import UnsupportedError
from equidesign.verify.reasons import said, speaks_of_memory
from equidesign.verify.rounding import EPS32, EPS64
from equidesign.verify.shaking import duplicate
from equidesign.verify.subject import Subject, UnusableError
from equidesign.verify.verdict import Effort, Report, Row, Verdict

CHECKS = (
    ("representations", representations.check),
    ("vacuity", vacuity.check),
    ("group elements", group_elements.check),
    ("sampled symmetries", resampled.check),
    ("permutation", order.check),
    ("samples", samples.check),
    ("periodicity", periodic.check),
    ("gradients", gradients.check),
    ("conservative forces", forces.check),
    ("cutoff", cutoff.check),
)
# Checks that try elements of the group.
TRIES = ("group elements", "sampled symmetries", "permutation")
Examples = Callable[[int, int], Mapping[str, Tensor]]


def verify_model(
    model: nn.Module | Callable[..., Any],
    interface: Interface,
    *,
    example_inputs: Examples | None = None,
    target: str = "model",
    fiber: Group | None = None,
    axis: str | None = None,
    claims: Claims | None = None,
    types: Mapping[str, str] | None = None,
    generators: Generators | None = None,
    reproduce: bool = False,
    seed: int = 0,
    effort: Effort | str = Effort.default,
    progress: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Measure whether a model has the symmetry that its interface declares.

    Args:
        model: a module, or a function without arguments that builds one.
        interface: the group, and every input and output with its representation.
        example_inputs: called with (batch size, seed); drawn from the interface unless given.
        fiber: the group whose representations the interface names; the point group unless given.
        axis: the axis of space that a planar group turns about.
        claims: what is claimed beyond the interface.
        types: representations of intermediate fields by the path of their module, to name a broken layer with.
        generators: of a custom group.
        reproduce: keep what a script needs that shows the worst failure, ``Report.reproduction``.
        seed: of parameters, inputs and group elements.
        effort: ``quick``, ``default`` or ``thorough``: how many elements, inputs and modes.
        progress: told the name of each check before it runs.

    Returns:
        The report. Errors of the model itself become rows with the verdict ERROR.
    """
    start = time.monotonic()
    group = parse_group(interface.group)
    fiber = fiber or group.geometric.point_group
    actor = Actor(interface, fiber)
    subject = Subject(
        _builder(model),
        example_inputs or _drawn(interface),
        interface,
        seed,
        rebuilds=not isinstance(model, nn.Module),
        free={name: _free(actor, spec) for name, spec in interface.outputs.items()},
    )
    context = Context(
        subject=subject,
        group=group,
        fiber=fiber,
        actor=actor,
        preferred_axis=axis,
        claims=claims or Claims.of(interface),
        seed=seed,
        effort=Effort(effort),
        types=types or {},
        generators=generators,
        reproduce=reproduce,
    )
    with warnings.catch_warnings():
        # What the model's libraries warn of is no finding.
        warnings.simplefilter("ignore")
        rows = _rows(context, progress)
    floor = None if subject.failed else max(context.rounding, EPS32)
    return Report(
        target,
        group.name,
        tuple(rows),
        seed,
        time.monotonic() - start,
        floor32=floor,
        floor64=floor * EPS64 / EPS32 if floor else None,
        notes=tuple(dict.fromkeys(subject.notes)),
        reproduction=context.reproduction,
    )


def _rows(context: Context, progress: Callable[[str], None]) -> list[Row]:
    progress("first run")
    rows = _guarded("first run", _first_run, context)
    if rows:
        return rows
    for name, check in CHECKS:
        progress(name)
        rows += _guarded(name, check, context)
    return [*rows, *_untested(context, rows)]


def _builder(model: nn.Module | Callable[..., Any]) -> Callable[[], nn.Module]:
    if isinstance(model, nn.Module):
        return lambda: duplicate(model) or copy.deepcopy(model)

    def build() -> nn.Module:
        built = model()
        return built if isinstance(built, nn.Module) else _Function(built)

    return build


class _Function(nn.Module):
    """A plain function as a module."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, **inputs: Tensor) -> Any:
        return self.function(**inputs)


def _drawn(interface: Interface) -> Examples:
    from equidesign.verify.draw import draw_inputs

    return lambda batch, seed: draw_inputs(interface, batch, seed)


def _free(actor: Actor, spec: TensorSpec) -> tuple[bool, ...]:
    """Return which axes of an output may have another length than declared: all but those of components."""
    try:
        layout = actor.layout(spec)
    except UnsupportedError:
        return (False,) * len(spec.shape)
    names = actor.axes.names(spec)
    return tuple(name is not None or axis in layout.grid for axis, name in enumerate(names))


def _first_run(context: Context) -> Iterator[Row]:
    """Run the model once in each precision; a model that cannot be run ends here, with a row."""
    subject = context.subject
    subject.failed = True
    only = [str(dtype).removeprefix("torch.") for dtype in context.dtypes]
    subject.settle_randomness()
    if not isinstance(context.rounding, float):
        raise UnusableError("the outputs cannot be compared")
    subject.failed = False
    if len(only) == 1:
        subject.notes.append(f"the model runs in {only[0]} only, so one precision is measured")
    yield from ()


def _untested(context: Context, rows: list[Row]) -> list[Row]:
    """Return a row that says so where no element of the group was tried."""
    tested = any(row.check in TRIES and row.verdict is not None for row in rows)
    if tested or context.group.order == 1:
        return []
    detail = (
        f"no element of {context.group.name} acts on the tensors of the interface: name the space they live on "
        "(pixels, points, elements, ...) and what turns with `rep`"
    )
    return [Row("group elements", "not tested", verdict=Verdict.error, detail=detail)]


def _guarded(name: str, check: Callable[[Context], Iterator[Row]], context: Context) -> list[Row]:
    """Run one check; what the model or torch raises becomes a row."""
    rows: list[Row] = []
    try:
        for row in check(context):
            rows.append(row)
    except (UnsupportedError, InputError) as error:
        rows.append(Row(name, "not tested", verdict=Verdict.error, detail=str(error)))
    except UnusableError as error:
        rows.append(Row(name, "model", verdict=Verdict.error, detail=str(error)))
    except (Exception, SystemExit) as error:
        detail = f"the model failed: {said(error)}"
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or speaks_of_memory(detail):
            detail = "out of memory"
        elif name == "first run":
            detail += f"; its inputs were {_shapes(context)}"
        rows.append(Row(name, "model", verdict=Verdict.error, detail=detail))
    return rows


def _shapes(context: Context) -> str:
    try:
        base = context.base
    except Exception:
        return "not drawn"
    return ", ".join(
        f"{name} {list(value.shape)} {str(value.dtype).removeprefix('torch.')}"
        for name, value in base.items()
    )
