"""Candidates: which single change of a request could make it say what the rest of the file says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from equidesign.spec.fields import RequestModel
from equidesign.spec.request import Request
from equidesign.spec.specification import Specification, TensorSpec
from equidesign.spec.yamlio import KeyPath

Change = tuple[KeyPath, Any]
"""A path in the request and the value to put there; None leaves the field out."""
_SIZES = {
    "sets": ("size", "elements"),
    "graphs": ("nodes", "nodes"),
    "point_clouds": ("points",) * 2,
}
_OPTIONS = ("cutoff", "neighbours", "species", "bandwidth")


def changes(spec: Specification, request: Request) -> Iterator[Change]:
    """Yield single changes of a request: what the file implies, then other choices, then fields left out."""
    seen: list[Change] = []
    for path, value in (*_implied(spec, request), *_choices(request, ()), *_dropped(request)):
        if (path, value) not in seen and _at(request, path) != value:
            seen.append((path, value))
            yield path, value


def _implied(spec: Specification, request: Request) -> Iterator[Change]:
    """Yield the values that the rest of the file gives for fields of the request."""
    for text in (spec.symmetry.group, spec.symmetry.canonical, spec.interface.group):
        yield ("symmetry", "group"), text
    yield ("task", "type"), spec.task
    yield ("data", "domain"), spec.domain
    yield from _of_outputs(spec, request)
    yield from _of_inputs(spec, request)
    if request.data.domain in _SIZES:
        field, name = _SIZES[request.data.domain]
        yield ("data", field), spec.interface.sizes.get(name)
    for key in _OPTIONS:
        for layer in spec.layers:
            if key in layer.options:
                yield ("data", key), layer.options[key]
    axes = [layer.options["axis"] for layer in spec.layers if "axis" in layer.options]
    yield ("data", "preferred_axis"), axes[0] if axes else None
    yield ("constraints", "family"), spec.family
    yield ("constraints", "library"), spec.library.name


def _of_outputs(spec: Specification, request: Request) -> Iterator[Change]:
    outputs = spec.interface.outputs
    task: Any = request.task
    if "logits" in outputs:
        yield ("task", "classes"), _width(outputs["logits"])
        if getattr(task, "class_names", None):
            yield ("task", "class_names"), None
    if "prediction" in outputs and task.type == "regression":
        prediction = outputs["prediction"]
        yield ("task", "targets"), _width(prediction)
        yield ("task", "representation"), prediction.rep
        yield from ((("task", "targets"), names) for names in _quantities(task, prediction))


def _quantities(task: Any, prediction: TensorSpec) -> Iterator[tuple[str, ...]]:
    """Yield named quantities in place of those asked for: with the unit that the output has."""
    from equidesign.design.quantities import quantities

    if isinstance(task.targets, tuple) and len(task.targets) == 1:
        for quantity in quantities():
            if (quantity.unit or None) == prediction.unit:
                yield (quantity.id,)


def _of_inputs(spec: Specification, request: Request) -> Iterator[Change]:
    inputs, domain = spec.interface.inputs, request.data.domain
    x = inputs.get("x")
    if "pos" in inputs:
        yield ("data", "dimension"), _last(inputs["pos"])
        if x is None:
            yield ("data", "features"), None
    if "z" in inputs and inputs["z"].values is not None:
        yield ("data", "species"), list(inputs["z"].values)
    if "edge_attr" in inputs:
        yield ("data", "edge_features"), _last(inputs["edge_attr"])
    if x is None:
        return
    if domain in ("images", "sphere", "volumes"):
        yield from _of_grids(x.shape, domain)
    elif domain == "graphs":
        yield ("data", "node_features"), _last(x)
    else:
        yield ("data", "features"), _last(x)
        yield ("data", "features"), x.rep


def _of_grids(shape: Sequence[int | str], domain: str) -> Iterator[Change]:
    if len(shape) < 3:
        return
    yield ("data", "channels"), shape[1]
    if domain == "sphere":
        if isinstance(shape[-1], int):
            yield ("data", "bandwidth"), shape[-1] // 2
        return
    if isinstance(shape[1], int) and shape[1] % 2 == 0:
        yield ("data", "channels"), shape[1] // 2
    yield ("data", "size"), list(shape[2:])


def _choices(model: RequestModel, path: KeyPath) -> Iterator[Change]:
    """Yield every other value of the fields that choose among a few."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, RequestModel):
            yield from _choices(value, (*path, name))
        elif name not in ("domain", "type"):
            for other in _values(field.annotation):
                if other != value:
                    yield (*path, name), other


def _values(annotation: Any) -> tuple[Any, ...]:
    if annotation is bool:
        return (True, False)
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(value for part in get_args(annotation) for value in _values(part))


def _dropped(request: Request) -> Iterator[Change]:
    """Yield every optional field that is given, left out."""
    for section in ("data", "task", "constraints"):
        model: RequestModel = getattr(request, section)
        for name, field in type(model).model_fields.items():
            if not field.is_required() and getattr(model, name) != field.default:
                yield (section, name), None


def _at(request: Request, path: KeyPath) -> Any:
    value: Any = request
    for step in path:
        value = getattr(value, str(step), None)
    return list(value) if isinstance(value, tuple) else value


def _width(item: TensorSpec) -> int | str | None:
    """Return the number of channels of an output."""
    numbers = [size for size in item.shape if isinstance(size, int)]
    if item.space in ("pixels", "voxels", "sphere"):
        return item.shape[1] if len(item.shape) > 1 else None
    return numbers[-1] if numbers else None


def _last(item: TensorSpec) -> int | str | None:
    return item.shape[-1] if item.shape else None
