"""Whether an interface makes sense before anything runs: names, representations, shapes, the group's action. No torch.

Each fault comes with what to write instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from equidesign.errors import InputError, nearest
from equidesign.groups.group import Group
from equidesign.groups.irrep import scheme, spoken_irreps
from equidesign.groups.irreps import vector
from equidesign.groups.names import parse_group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.axes import Axes
from equidesign.verify.cartesian import each_term, is_space_vector
from equidesign.verify.layout import COLUMNS, LAYOUTS, ROWS, Layout, MisfitError, grid_width

Fault = tuple[str, str, str | None, str | None]

SIZES = ("samples", "points", "elements", "nodes", "edges")
ROLES = ("batch", "edge_index", "mask", "cell")
FLOATS = ("float32", "float64", "float16", "bfloat16")
WHOLE = ("int64", "int32", "int16", "int8", "uint8", "bool")
COMPLEX = ("complex64", "complex128")
FLAT = (Space.pixels, Space.positions)


def interface_faults(interface: Interface, fiber: Group) -> list[Fault]:
    """Return what is wrong with an interface: (place, what, expected, hint), the place such as ``inputs.pos.rep``.

    Args:
        interface: as it was read.
        fiber: the group whose representations it names; of a custom group with its number of dimensions.
    """
    try:
        group = parse_group(interface.group)
        scheme(fiber)
    except InputError as error:
        return [("group", error.what, error.expected, error.hint)]
    if not interface.outputs:
        return [("outputs", "there is no output to check", "at least one output", None)]
    found = list(_sizes(interface))
    axes = Axes(interface, fiber)
    for side, specs in (("inputs", interface.inputs), ("outputs", interface.outputs)):
        for name, spec in specs.items():
            place = f"{side}.{name}"
            faults = list(_words(place, spec))
            found += faults or _tensor(place, spec, axes)
    return found or list(_action(interface, group, axes))


def _sizes(interface: Interface) -> Iterator[Fault]:
    for name, size in interface.sizes.items():
        if name not in SIZES:
            yield (f"sizes.{name}", *_unknown("size", name, SIZES))
        elif size < 1:
            yield f"sizes.{name}", f"a size of {size}", "a number from 1", None


def _unknown(what: str, word: str, known: Iterable[str]) -> tuple[str, str, str | None]:
    known = tuple(known)
    close = nearest(word, known)
    hint = f"did you mean '{close}'?" if close else None
    return f"unknown {what} '{word}'", f"one of {', '.join(known)}", hint


def _words(place: str, spec: TensorSpec) -> Iterator[Fault]:
    """Yield the faults of the words of one tensor."""
    if spec.space not in [str(space) for space in Space]:
        yield (f"{place}.space", *_unknown("space", spec.space, [str(space) for space in Space]))
    if spec.dtype in COMPLEX:
        hint = "give real and imaginary parts as components of a float tensor"
        yield f"{place}.dtype", "complex tensors are not supported", "a real dtype", hint
    elif spec.dtype not in (*FLOATS, *WHOLE):
        yield (f"{place}.dtype", *_unknown("dtype", spec.dtype, (*FLOATS, *WHOLE)))
    if spec.role is not None and spec.role not in ROLES:
        yield (f"{place}.role", *_unknown("role", spec.role, ROLES))
    if spec.layout is not None and spec.layout not in LAYOUTS:
        yield (f"{place}.layout", *_unknown("layout", spec.layout, LAYOUTS))
    for size in spec.shape:
        if isinstance(size, str) and size not in SIZES:
            yield (f"{place}.shape", *_unknown("size", size, SIZES))
        elif isinstance(size, int) and size < 1:
            yield f"{place}.shape", f"an axis of length {size}", "a number from 1", None


def _tensor(place: str, spec: TensorSpec, axes: Axes) -> list[Fault]:
    """Return the faults of the representation and the shape of one tensor."""
    try:
        rep = axes.rep(spec)
    except InputError as error:
        return [(f"{place}.rep", _with_column(error), error.expected, error.hint)]
    wide = grid_width(spec)
    free = len(spec.shape) - (spec.shape[:1] == ("samples",))
    if wide and spec.role is None and free < wide:
        text = f"a shape of {len(spec.shape)} axes has no room for the {wide} of {spec.space}"
        return [(f"{place}.shape", text, _expected_shape(spec), None)]
    if spec.role is not None:
        return list(_role(place, spec))
    if spec.translates:
        fault = _translates(place, spec, rep, axes.fiber)
        if fault:
            return [fault]
    if rep is None:
        return []
    if not rep.is_scalar and spec.dtype in WHOLE:
        hint = f"write `dtype: float32`, or a trivial rep such as {_scalars(axes.fiber, rep.dim)}"
        return [(f"{place}.rep", f"{spec.dtype} cannot turn as {rep}", "a float dtype", hint)]
    try:
        layout = axes.layout(spec)
    except MisfitError:
        return [_misfit(place, spec, rep, axes)]
    return list(_ambiguous(place, spec, layout, axes))


def _with_column(error: InputError) -> str:
    return f"{error.what} ({error.where})" if error.where else error.what


def _expected_shape(spec: TensorSpec) -> str:
    tail = {
        Space.pixels: "C, H, W",
        Space.voxels: "C, D, H, W",
        Space.sphere: "C, 2b, 2b",
        Space.positions: "C, L",
        Space.cells: "R, C, F",
    }[Space(spec.space)]
    return f"[samples, {tail}]"


def _role(place: str, spec: TensorSpec) -> Iterator[Fault]:
    count = len(spec.shape)
    if spec.role == "batch" and count != 1:
        yield f"{place}.shape", f"a batch of {count} axes", "one axis, such as [points]", None
    elif spec.role == "edge_index" and (count != 2 or spec.shape[0] != 2):
        yield f"{place}.shape", f"an edge_index of shape {_shown(spec)}", "[2, edges]", None
    elif spec.role == "cell" and (count < 2 or spec.shape[-1] != spec.shape[-2]):
        yield f"{place}.shape", f"a cell of shape {_shown(spec)}", "[samples, 3, 3]", None
    if spec.role in ("batch", "edge_index") and spec.dtype not in WHOLE[:-1]:
        text = f"the role {spec.role} with dtype {spec.dtype}"
        yield f"{place}.dtype", text, "an integer dtype", "write `dtype: int64`"


def _translates(place: str, spec: TensorSpec, rep: Rep | None, fiber: Group) -> Fault | None:
    """Return the fault of a tensor that is said to move with translations although it is no position."""
    if spec.dtype in WHOLE:
        return f"{place}.translates", f"{spec.dtype} cannot move with a translation", None, None
    if scheme(fiber) == "trivial":
        return None
    one = vector(fiber) if fiber.n is not None or scheme(fiber) != "matrix" else None
    if one is None:
        return None
    expected = f"a rep of vectors, such as {one}"
    if rep is None:
        hint = f"write `rep: {one}`, or leave `translates` out"
        return f"{place}.translates", "a tensor without a rep is no position", expected, hint
    count, rest = divmod(rep.dim, one.dim)
    good = not rest and each_term(rep) == each_term(one) * count
    if good or is_space_vector(rep, any_order=True):
        return None
    hint = "leave `translates` out: only positions move with the origin"
    return f"{place}.translates", f"'{rep}' is no position", expected, hint


def _scalars(fiber: Group, count: int) -> str:
    names = {"parity": "0e", "degree": "0", "matrix": "S"}
    return f"{count}x{names.get(scheme(fiber), 'trivial')}"


def _shown(spec: TensorSpec) -> str:
    return f"[{', '.join(map(str, spec.shape))}]"


def _misfit(place: str, spec: TensorSpec, rep: Rep, axes: Axes) -> Fault:
    """Return the fault of a representation that does not fit, with the nearest one that does."""
    numbers = [size for size in spec.shape if isinstance(size, int)]
    candidates = _candidates(spec, numbers)
    size = candidates[0] if candidates else 1
    parts = f"rep {rep} has {rep.dim} component{'s' if rep.dim != 1 else ''}"
    what = f"{parts}, the axis has {size}" if candidates else f"{parts}, but no axis holds them"
    hints = [f"write `rep: {each}`" for each in _repairs(rep, candidates, axes.fiber)]
    hint = " or ".join(hints[:2]) if hints else f"make the axis {rep.dim} long"
    if not candidates:
        hint = f"add an axis: shape [{', '.join([*map(str, spec.shape), str(rep.dim)])}]"
    return f"{place}.rep", what, f"a shape such as {_shape_for(spec, rep)}", hint


def _candidates(spec: TensorSpec, numbers: list[int]) -> list[int]:
    """Return the lengths that components may have: of the axis where they usually lie, of several together."""
    wide = grid_width(spec)
    if wide and spec.space != Space.cells:
        numbers = numbers[: len(numbers) - wide]
    elif spec.space == Space.cells:
        numbers = numbers[wide:] if len(numbers) > wide else numbers[-1:]
    if not numbers:
        return []
    return list(dict.fromkeys([numbers[-1], math.prod(numbers)]))


def _repairs(rep: Rep, sizes: list[int], fiber: Group) -> Iterator[str]:
    for size in sizes:
        if rep.dim and size % rep.dim == 0 and len(rep.terms) == 1:
            yield str(rep * (size // rep.dim))
    for size in sizes:
        more = size - rep.dim
        if more > 0 and not rep.is_scalar:
            scalars = Rep.parse(_scalars(fiber, more), fiber)
            yield str(scalars + rep)
        elif rep.is_scalar:
            yield _scalars(fiber, size)


def _shape_for(spec: TensorSpec, rep: Rep) -> str:
    names = [str(size) for size in spec.shape if isinstance(size, str)]
    if grid_width(spec):
        letter = "F" if spec.space == Space.cells else "C,"
        return _expected_shape(spec).replace(letter, f"{rep.dim}{letter[1:]}", 1)
    return f"[{', '.join([*names, str(rep.dim)])}]"


def _ambiguous(place: str, spec: TensorSpec, layout: Layout, axes: Axes) -> Iterator[Fault]:
    """Yield a fault where the shape may mean two things that differ."""
    table = axes.setting.table
    if not table or axes.setting.cells != (ROWS, COLUMNS) or spec.space != Space.elements:
        return
    if "elements" in layout.names and "elements" not in spec.shape:
        text = "it is not clear whether the elements are rows or columns"
        yield f"{place}.layout", text, "`layout: rows` or `layout: columns`", None


def _action(interface: Interface, group: Group, axes: Axes) -> Iterator[Fault]:
    """Yield faults of a group that does not act on the spaces of the interface, or on nothing."""
    fiber = axes.fiber
    way = scheme(fiber)
    for side, specs in (("inputs", interface.inputs), ("outputs", interface.outputs)):
        for name, spec in specs.items():
            place = f"{side}.{name}.space"
            if spec.space == Space.pixels and way not in ("trivial", "frequency", "reflection"):
                hint = "use SO(2) or O(2) for flat images, or the space `sphere` or `voxels`"
                yield place, f"{fiber.name} does not act on flat pixels", "a planar group", hint
            elif spec.space in (Space.voxels, Space.sphere) and way == "matrix":
                text = f"{fiber.name} does not act on {spec.space}"
                yield place, text, "a group of rotations of space, such as SO(3) or O", None
    if fiber.kind == "custom" and fiber.n is None:
        hint = "write `generators:` with `discrete: [...]` or `lie_algebra: [...]`"
        yield "group", "a custom group needs its generators", None, hint
    elif group.kind != "trivial" and not _moves_anything(interface, group, axes):
        hint = (
            "give an input a rep that is not trivial, a space that it moves, or `translates: true`"
        )
        yield "group", f"{group.name} does nothing to any input", spoken_irreps(fiber), hint


def _moves_anything(interface: Interface, group: Group, axes: Axes) -> bool:
    for spec in interface.inputs.values():
        rep = axes.rep(spec)
        counted = {name for name in axes.names(spec) if name not in (None, "samples")}
        grid = bool(grid_width(spec)) and spec.space != Space.cells
        if (rep is not None and not rep.is_scalar) or spec.role == "cell":
            return True
        if spec.translates or grid or (counted and group.has_permutations):
            return True
    return False
