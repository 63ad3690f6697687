"""Holds the inputs of an interface against the parameters of ``forward``, before anything is run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from equidesign.errors import InputError, InputErrors, nearest
from equidesign.verify.module import callable_of

# What a single parameter for everything is usually called.
BUNDLED = ("data", "batch", "batch_data", "graph", "inputs", "sample", "g", "input_dict", "d")
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)


class ByPosition(nn.Module):
    """Hands named inputs to a model that takes them by position only."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = tuple(names)

    def forward(self, **inputs: Any) -> Any:
        """Run the model."""
        return self.model(*(inputs[name] for name in self.names))


def parameters_of(model: Any) -> list[inspect.Parameter] | None:
    """Return the parameters of ``forward``; None where they cannot be known (scripted modules).

    Raises:
        InputError: the module defines no ``forward``.
    """
    function = callable_of(model)
    if getattr(function, "__name__", "") == "_forward_unimplemented":
        raise InputError(
            f"{type(model).__name__} defines no forward()",
            expected="a module with a method `forward` that takes the interface's inputs by name",
        )
    schema = getattr(function, "schema", None)
    if schema is not None:
        named = [a for a in schema.arguments if a.name != "self"]
        return [
            inspect.Parameter(
                a.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=a.default_value if a.has_default_value() else inspect.Parameter.empty,
            )
            for a in named
        ]
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


def fitted(model: Any, inputs: Sequence[str], places: Mapping[str, str]) -> Callable[[Any], Any]:
    """Return what to apply to every model that was built so that it takes its inputs by name.

    Args:
        model: one that was built.
        inputs: names of the interface's inputs, in their order.
        places: ``file:line:col`` of ``inputs.NAME``.

    Raises:
        InputError: the names do not fit the parameters; says what to rename.
    """
    found = parameters_of(model)
    if found is None or any(p.kind is p.VAR_KEYWORD for p in found):
        return lambda built: built
    by_position = any(p.kind in POSITIONAL for p in found)
    open_ended = any(p.kind is p.VAR_POSITIONAL for p in found)
    named = [p for p in found if p.kind is not p.VAR_POSITIONAL]
    names = [p.name for p in named]
    if open_ended and len(inputs) >= sum(p.default is p.empty for p in named):
        return lambda built: ByPosition(built, inputs)
    if isinstance(model, nn.Sequential) and len(inputs) == 1:
        return lambda built: ByPosition(built, inputs)
    needed = [p.name for p in named if p.default is p.empty and p.name not in inputs]
    unknown = [name for name in inputs if name not in names]
    if needed or unknown:
        raise _misfit(names, needed, unknown, list(inputs), places)
    if by_position:
        order = [name for name in names if name in inputs]
        return lambda built: ByPosition(built, order)
    return lambda built: built


def _misfit(
    names: list[str],
    needed: list[str],
    unknown: list[str],
    inputs: list[str],
    places: Mapping[str, str],
) -> InputError:
    takes = f"forward() takes {', '.join(names) or 'nothing'}"
    if (
        len(names) == 1
        and len(inputs) > 1
        and (names[0] in BUNDLED or not set(names) & set(inputs))
    ):
        arguments = ", ".join(inputs)
        return InputError(
            f"forward() takes one argument, '{names[0]}', where the interface has {arguments}",
            where=places.get(f"inputs.{inputs[0]}"),
            expected="the inputs by their names in the interface",
            hint=f"name a wrapper whose `def forward(self, {arguments})` makes '{names[0]}' of them "
            "and calls the model",
        )
    errors = []
    left = list(needed)
    for name in unknown:
        near = nearest(name, left) or (left[0] if len(left) == len(unknown) == 1 else None)
        if near is not None:
            left.remove(near)
            hint = f"rename the input '{name}' to '{near}'"
        elif already := nearest(name, [each for each in names if each not in inputs]):
            hint = f"did you mean '{already}'?"
        else:
            hint = f"leave '{name}' out of the interface, or add it to forward()"
        errors.append(
            InputError(
                f"the interface has the input '{name}', which forward() does not take",
                where=places.get(f"inputs.{name}"),
                expected=takes,
                hint=hint,
            )
        )
    for name in left:
        errors.append(
            InputError(
                f"forward() needs '{name}', which the interface does not have",
                where=places.get(f"inputs.{inputs[0]}") if not errors else None,
                expected=takes,
                hint=f"add '{name}' below `inputs`, or give it a default",
            )
        )
    return errors[0] if len(errors) == 1 else InputErrors(errors)
