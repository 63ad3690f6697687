"""The interface of a module that already says how it transforms: those of e3nn, and functions with named irreps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.draw import draw_inputs
from equidesign.verify.randomness import seeded
from equidesign.verify.reasons import said
from equidesign.verify.shaking import duplicate
from equidesign.verify.signature import ByPosition, parameters_of

CARTESIAN = "cartesian_points"
GIVE = "give interface=, or irreps_in= and irreps_out= with one entry for each argument and result"
# Unlike any other size that a module has.
PROBE = 5
Examples = Callable[[int, int], Mapping[str, Tensor]]


@dataclass(frozen=True)
class Inferred:
    """A module that takes its inputs by the names of an interface.

    Attributes:
        model: the module, wrapped where it takes its inputs in another way.
        interface: what it takes and returns.
        examples: inputs for (batch size, seed); None: they are drawn from the interface.
    """

    model: nn.Module
    interface: Interface
    examples: Examples | None = None


def infer(
    module: Any,
    *,
    irreps_in: Any = None,
    irreps_out: Any = None,
    group: str | None = None,
    inputs: Any = None,
) -> Inferred:
    """Find out what a module takes and returns.

    Args:
        module: a module of e3nn or escnn, a module with ``irreps_in`` and ``irreps_out``, or any callable.
        irreps_in: representation of each positional argument: text or e3nn's Irreps, ``cartesian_points``
            for positions (N, 3), None for what does not transform. One that is not a list is of the only argument.
        irreps_out: the same of each result.
        group: O(3), or E(3) with positions, unless given; SO(3) and SE(3) leave reflections out.
        inputs: example inputs: a tensor, one for each argument, or a dictionary; drawn unless given.

    Raises:
        InputError: the module does not say enough; the hint says what to give.
    """
    if irreps_in is None and irreps_out is None and hasattr(module, "in_type"):
        from equidesign.verify.infer_escnn import infer_escnn

        return infer_escnn(module, inputs)
    taken = _entries(irreps_in) if irreps_in is not None else _own_inputs(module)
    returned = _entries(irreps_out) if irreps_out is not None else _own_outputs(module)
    moving = CARTESIAN in taken
    group = group or ("E(3)" if moving else "O(3)")
    if parse_group(group).geometric.point_group.name not in ("O(3)", "SO(3)"):
        raise InputError(f"irreps of {group} have no names in e3nn", hint="give interface=")
    size = "points" if moving else "samples"
    space = "points" if moving else "global"
    names = _names(module, len(taken))
    given = _given(inputs, names)
    specs = {
        name: _input(entry, group, size, space, given, name)
        for name, entry in zip(names, taken, strict=True)
    }
    if inputs is None and irreps_in is None:
        specs |= _weights(module)
    model = ByPosition(module, list(specs))
    examples = varied(given) if given else None
    found = Interface(group=group, inputs=specs, outputs={})
    shapes = _shapes(model, found, examples, size)
    if len(shapes) != len(returned):
        raise InputError(
            f"{_name(module)} returned {len(shapes)} tensors, irreps_out has {len(returned)} entries",
            hint="give irreps_out= as a list with one entry for each tensor",
        )
    labels = ["output"] if len(shapes) == 1 else [f"output{i + 1}" for i in range(len(shapes))]
    outputs = {
        name: _output(entry, group, shape, name)
        for name, entry, shape in zip(labels, returned, shapes, strict=True)
    }
    return Inferred(model, found.model_copy(update={"outputs": outputs}), examples)


def _name(module: Any) -> str:
    return str(getattr(module, "__name__", type(module).__name__))


def _entries(irreps: Any) -> list[Any]:
    return list(irreps) if isinstance(irreps, list) else [irreps]


def _own_inputs(module: Any) -> list[Any]:
    """Return the irreps of the arguments, from what modules of e3nn call them."""
    for name in ("irreps_in", "irreps"):
        if (found := getattr(module, name, None)) is not None:
            return _entries(found)
    if hasattr(module, "irreps_in1"):
        return [module.irreps_in1, module.irreps_in2]
    if sizes := _widths(module):
        return [f"{sizes[0]}x0e"]
    raise InputError(f"{_name(module)} does not say what it takes", hint=GIVE)


def _own_outputs(module: Any) -> list[Any]:
    for name in ("irreps_out", "irreps"):
        if (found := getattr(module, name, None)) is not None:
            return _entries(found)
    if sizes := _widths(module):
        return [f"{sizes[-1]}x0e"]
    raise InputError(f"{_name(module)} does not say what it returns", hint=GIVE)


def _widths(module: Any) -> list[int]:
    """Return the layer widths of e3nn's FullyConnectedNet, whose numbers are scalars."""
    return list(module.hs) if type(module).__name__ == "FullyConnectedNet" else []


def _text(irreps: Any, group: str) -> str:
    """Return irreps as text; without parity for groups without reflections."""
    parts = [part.strip() for part in str(irreps).split("+")]
    text = " + ".join(part for part in parts if part and not part.startswith("0x"))
    if not text:
        raise InputError(f"'{irreps}' has no components, so nothing can be tested", hint=GIVE)
    reflections = parse_group(group).geometric.point_group.reflections
    return text if reflections else text.replace("e", "").replace("o", "")


def _dimension(irreps: Any, group: str) -> int:
    text = _text(irreps, group)
    return parse_rep(text, parse_group(group).geometric.point_group).dim


def _names(module: Any, count: int) -> list[str]:
    """Return the names of the first ``count`` arguments."""
    try:
        found = parameters_of(module) or []
    except InputError:
        found = []
    names = [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names[:count] if len(names) >= count else [f"x{i + 1}" for i in range(count)]


def _given(inputs: Any, names: Sequence[str]) -> dict[str, Tensor]:
    """Return the example inputs by name."""
    if inputs is None:
        return {}
    if isinstance(inputs, Tensor):
        inputs = [inputs]
    values = list(inputs.values()) if isinstance(inputs, Mapping) else list(inputs)
    if isinstance(inputs, Mapping) and set(inputs) == set(names):
        values = [inputs[name] for name in names]
    if len(values) != len(names) or not all(isinstance(value, Tensor) for value in values):
        raise InputError(
            f"inputs= has {len(values)} entries, the module takes {len(names)}",
            expected=f"one tensor for each of {', '.join(names)}",
        )
    return dict(zip(names, values, strict=True))


def _input(
    entry: Any, group: str, size: str, space: str, given: Mapping[str, Tensor], name: str
) -> TensorSpec:
    value = given.get(name)
    if entry is None and value is None:
        raise InputError(
            f"nothing is known of the argument '{name}', whose irreps are None",
            hint="give inputs= with an example of every argument",
        )
    dim = 3 if entry == CARTESIAN else _dimension(entry, group) if entry is not None else 0
    shape: tuple[int | str, ...] = (size, dim)
    dtype = "float32"
    if value is not None:
        shape = tuple(value.shape)
        if entry is not None and (not shape or shape[-1] != dim):
            raise InputError(
                f"the example of '{name}' has shape {list(shape)}", expected=f"[..., {dim}]"
            )
        count = _count(given)
        shape = (size, *shape[1:]) if len(shape) > bool(entry) and shape[0] == count else shape
        dtype = "float32" if value.is_floating_point() else str(value.dtype).split(".")[1]
    if entry is None:
        return TensorSpec(shape=shape, dtype=dtype, space=space if size in shape else "global")
    rep = "1x1o" if entry == CARTESIAN else str(entry)
    return TensorSpec(
        shape=shape,
        space=space if size in shape else "global",
        rep=_text(rep, group),
        translates=entry == CARTESIAN,
    )


def _count(given: Mapping[str, Tensor]) -> int:
    """Return the length of the first axis of the first input that has two."""
    return next((value.shape[0] for value in given.values() if value.dim() > 1), 0)


def _weights(module: Any) -> dict[str, TensorSpec]:
    """Return the weights that a tensor product or linear map of e3nn is given from outside."""
    count = getattr(module, "weight_numel", 0)
    if not count or getattr(module, "internal_weights", True):
        return {}
    shape = (count,) if getattr(module, "shared_weights", True) else ("samples", count)
    return {"weight": TensorSpec(shape=shape)}


def varied(given: Mapping[str, Tensor]) -> Examples:
    """Return examples that are the given inputs for seed 0, and with noise of their own size for any other."""

    def examples(batch: int, seed: int) -> Mapping[str, Tensor]:
        generator = torch.Generator().manual_seed(seed)
        found = {}
        for name, value in given.items():
            value = value.detach().cpu()
            if seed and value.is_floating_point():
                size = value.std() if value.numel() > 1 else value.abs().max()
                noise = torch.randn(value.shape, generator=generator).to(value)
                value = value + 0.5 * (size if float(size) > 0 else 1.0) * noise
            found[name] = value
        return found

    return examples


def _shapes(
    model: nn.Module, interface: Interface, examples: Examples | None, size: str
) -> list[tuple[int | str, ...]]:
    """Run the module once; return the shape of each tensor it returns, with the name of the size of the inputs."""
    found = examples(PROBE, 0) if examples else draw_inputs(interface, PROBE)
    counts = [
        found[name].shape[0] for name, spec in interface.inputs.items() if size in spec.shape[:1]
    ]
    copy = duplicate(model) or model
    try:
        with seeded(0), torch.enable_grad():
            result = copy(**found)
    except Exception as error:
        shapes = ", ".join(f"{name} {list(value.shape)}" for name, value in found.items())
        raise InputError(
            f"the module fails on inputs of the shapes its irreps ask for ({shapes}): {said(error)}",
            hint="give inputs= with an example of every argument, or interface=",
        ) from error
    results = list(result) if isinstance(result, tuple | list) else [result]
    if not all(isinstance(value, Tensor) for value in results):
        kinds = ", ".join(type(value).__name__ for value in results)
        raise InputError(f"the module returned {kinds}, not tensors", hint="give interface=")
    return [
        (size, *value.shape[1:])
        if counts and value.dim() > 1 and value.shape[0] == counts[0]
        else tuple(value.shape)
        for value in results
    ]


def _output(entry: Any, group: str, shape: tuple[int | str, ...], name: str) -> TensorSpec:
    space = "points" if "points" in shape else "global"
    if entry is None:
        return TensorSpec(shape=shape, space=space)
    rep = "1x1o" if entry == CARTESIAN else str(entry)
    dim = _dimension(rep, group)
    if not shape or shape[-1] != dim:
        raise InputError(
            f"'{name}' has shape {list(shape)}, but '{entry}' has {dim} components",
            hint="correct irreps_out=",
        )
    return TensorSpec(
        shape=shape, space=space, rep=_text(rep, group), translates=entry == CARTESIAN
    )
