"""Runs all checks on a model: ``verify_model`` in this process, which the child process calls."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn

from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.specification import Interface
from equidesign.verify.actions import Actor
from equidesign.verify.checks import (
    cutoff,
    forces,
    gradients,
    group_elements,
    order,
    representations,
    resampled,
    samples,
    vacuity,
)
from equidesign.verify.elements import UnsupportedError
from equidesign.verify.subject import Subject, UnusableError
from equidesign.verify.trials import Claims, Context
from equidesign.verify.verdict import Report, Row, Verdict

CHECKS = (
    ("representations", representations.check),
    ("vacuity", vacuity.check),
    ("group elements", group_elements.check),
    ("sampled symmetries", resampled.check),
    ("permutation", order.check),
    ("samples", samples.check),
    ("gradients", gradients.check),
    ("conservative forces", forces.check),
    ("cutoff", cutoff.check),
)


def verify_model(
    model: nn.Module | Callable[[], nn.Module],
    interface: Interface,
    *,
    example_inputs: Callable[[int, int], Mapping[str, Tensor]],
    target: str = "model",
    fiber: Group | None = None,
    axis: str | None = None,
    claims: Claims | None = None,
    seed: int = 0,
    quick: bool = False,
    progress: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Measure whether a model has the symmetry that its interface declares.

    Args:
        model: a module, or a function that builds one in float32 (built several times, with equal seeds).
        interface: the group, and every input and output with its representation.
        example_inputs: called with (batch size, seed); floats in float32.
        fiber: the group whose representations the interface names; the point group unless given.
        axis: the axis of space that a planar group turns about.
        claims: what is claimed beyond the interface.
        progress: told the name of each check before it runs.

    Returns:
        The report. Errors of the model itself become rows with the verdict ERROR.
    """
    start = time.monotonic()
    group = parse_group(interface.group)
    fiber = fiber or group.geometric.point_group
    build: Callable[[], nn.Module]
    if isinstance(model, nn.Module):
        given = model
        build = lambda: copy.deepcopy(given)  # noqa: E731
    else:
        build = model
    context = Context(
        subject=Subject(build, example_inputs, interface, seed),
        group=group,
        fiber=fiber,
        actor=Actor(interface, fiber),
        preferred_axis=axis,
        claims=claims or Claims(permutations=group.has_permutations),
        seed=seed,
        quick=quick,
    )
    rows: list[Row] = []
    for name, check in CHECKS:
        progress(name)
        try:
            rows += _guarded(name, check, context)
        except UnusableError as error:
            rows.append(Row(name, "model", verdict=Verdict.error, detail=str(error)))
            break
    return Report(target, group.name, tuple(rows), seed, time.monotonic() - start)


def _guarded(name: str, check: Callable[[Context], Iterator[Row]], context: Context) -> list[Row]:
    """Run one check; what the model or torch raises becomes a row."""
    rows: list[Row] = []
    try:
        for row in check(context):
            rows.append(row)
    except UnsupportedError as error:
        rows.append(Row(name, "not tested", verdict=Verdict.error, detail=str(error)))
    except UnusableError:
        raise
    except (MemoryError, torch.OutOfMemoryError):
        rows.append(Row(name, "model", verdict=Verdict.error, detail="out of memory"))
    except Exception as error:
        detail = f"the model failed: {type(error).__name__}: {_first_line(error)}"
        rows.append(Row(name, "model", verdict=Verdict.error, detail=detail))
    return rows


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:300] if text else ""
