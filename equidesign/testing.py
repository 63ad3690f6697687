"""``assert_equivariant``: the symmetry of a module, in a test. Imports torch."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.report.verify_text import MEANING, render_report
from equidesign.spec.specification import Interface
from equidesign.spec.yamlio import Document
from equidesign.verify.check import verify_model
from equidesign.verify.draw import draw_inputs
from equidesign.verify.examples import example_function
from equidesign.verify.infer import infer, varied
from equidesign.verify.interface_file import ForeignInterface, load_interface, read_interface
from equidesign.verify.signature import fitted
from equidesign.verify.trials import Claims
from equidesign.verify.verdict import Effort, Report

__all__ = ["assert_equivariant", "interface_of"]

AnyInterface = Interface | Mapping[str, Any] | str | os.PathLike[str]


def assert_equivariant(
    module: nn.Module | Callable[..., Any],
    interface: AnyInterface | None = None,
    *,
    irreps_in: Any = None,
    irreps_out: Any = None,
    group: str | None = None,
    inputs: Any = None,
    seed: int = 0,
    effort: Effort | str = Effort.default,
) -> Report:
    """Assert that a module has its symmetry, in eval and in train mode, to the last digit of float64.

    The module itself is left as it is: copies are run, with their parameters shaken, so that nothing hides behind
    a zero.

    Args:
        module: a module, or a function of tensors.
        interface: what it takes and returns: an ``Interface``, the same as a dictionary, or the path of an
            ``interface.yaml``. It may be left out for modules of e3nn and escnn, and where irreps are given.
        irreps_in: as e3nn's ``assert_equivariant`` takes it: for each argument irreps, ``"cartesian_points"`` for
            positions, or None for what does not transform.
        irreps_out: the same for each result.
        group: with irreps: O(3) by default, E(3) with positions; SO(3) or SE(3) leave reflections out.
        inputs: example inputs, by name or in order, or a function of (batch size, seed) that returns them; drawn from
            the interface unless given.
        seed: of parameters, inputs and group elements.
        effort: ``quick``, ``default`` or ``thorough``.

    Returns:
        The report, of a module that has its symmetry.

    Raises:
        AssertionError: it does not, it is vacuous, or it cannot be run; the message is the table.
        InputError: the interface is missing or does not fit the module.

    >>> import torch
    >>> squares = lambda x: x.square().sum(dim=-1, keepdim=True)
    >>> str(assert_equivariant(squares, irreps_in="1x1o", irreps_out="1x0e", effort="quick").verdict)
    'EXACT'
    """
    __tracebackhide__ = True
    if str(effort) not in tuple(Effort):
        raise InputError(f"unknown effort '{effort}'", expected=f"one of {', '.join(Effort)}")
    name = str(getattr(module, "__name__", type(module).__name__))
    if interface is None:
        found = infer(
            module,
            irreps_in=irreps_in,
            irreps_out=irreps_out,
            group=group,
            inputs=None if callable(inputs) else inputs,
        )
        examples = example_function(inputs, found.interface) if callable(inputs) else found.examples
        report = verify_model(
            found.model,
            found.interface,
            example_inputs=examples,
            target=name,
            seed=seed,
            effort=effort,
        )
    else:
        if irreps_in is not None or irreps_out is not None or group is not None:
            raise InputError(
                "interface= says everything; irreps_in=, irreps_out= and group= cannot add to it"
            )
        report = _verified(module, _foreign(interface), inputs, name, seed, effort)
    if not report.passed:
        raise AssertionError(f"{name}: {MEANING[report.verdict]}\n\n{render_report(report)}")
    return report


def interface_of(
    module: nn.Module | Callable[..., Any],
    *,
    irreps_in: Any = None,
    irreps_out: Any = None,
    group: str | None = None,
    inputs: Any = None,
) -> Interface:
    """Return the interface that ``assert_equivariant`` finds out by itself.

    The components of fields of escnn are those of our irreps, into which its representations are decomposed.

    Raises:
        InputError: the module does not say enough; the hint says what to give.
    """
    return infer(
        module, irreps_in=irreps_in, irreps_out=irreps_out, group=group, inputs=inputs
    ).interface


def _foreign(interface: AnyInterface) -> ForeignInterface:
    if isinstance(interface, Interface):
        return ForeignInterface(interface)
    if isinstance(interface, Mapping):
        return read_interface(Document(dict(interface), "interface"))
    return load_interface(interface)


def _verified(
    module: Any, found: ForeignInterface, inputs: Any, name: str, seed: int, effort: Effort | str
) -> Report:
    interface = found.interface
    fit = fitted(module, list(interface.inputs), found.places)
    model = fit(module)
    return verify_model(
        model if isinstance(model, nn.Module) else lambda: model,
        interface,
        example_inputs=_examples(inputs, module, found),
        target=name,
        axis=found.axis,
        claims=Claims(
            permutations=parse_group(interface.group).has_permutations,
            conservative=bool(found.conservative),
            cutoff=found.cutoff,
        ),
        seed=seed,
        effort=effort,
    )


def _examples(
    inputs: Any, module: Any, found: ForeignInterface
) -> Callable[[int, int], Mapping[str, Tensor]]:
    """Return a function of (batch size, seed) that gives the inputs."""
    interface = found.interface
    if inputs is None:
        inputs = getattr(module, "example_inputs", None)
    if inputs is None:
        return lambda batch, seed: draw_inputs(interface, batch, seed, cutoff=found.cutoff)
    if callable(inputs):
        return example_function(inputs, interface)
    checked = example_function(lambda: inputs, interface)
    return varied(checked(2, 0))
