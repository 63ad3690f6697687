"""Specification -> the context of test_equivariance.py: what moves, how, and which test applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, scheme
from equidesign.groups.rep import Rep
from equidesign.render import pycode
from equidesign.spec.field import Space
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Specification, TensorSpec

AXES = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}
PARTIALS = {
    "images": "images",
    "sphere": "sphere",
    "point_clouds": "points",
    "molecules": "points",
    "sets": "sets",
    "graphs": "graphs",
}
ONE, DET = "one", "det * one"


def testing_context(spec: Specification) -> dict[str, Any]:
    """Return what ``test_equivariance.py.jinja`` and its partials read."""
    tensors = {**spec.interface.inputs, **spec.interface.outputs}
    moving = {
        name: rep
        for name, item in tensors.items()
        if (rep := moving_rep(item, spec.fiber)) is not None
    }
    acting = spec.group.geometric.point_group
    planar = scheme(acting) in ("frequency", "reflection")
    irreps = spec.library.name == "e3nn" and scheme(spec.fiber) in ("parity", "degree")
    names = list(spec.interface.outputs)
    context: dict[str, Any] = {
        "partial": f"tests/{PARTIALS[spec.domain]}.jinja",
        "parameters": spec.parameters.total,
        "single": names[0] if len(names) == 1 else None,
        "equivariant": tuple(name for name in names if name in moving or tensors[name].translates),
        "irreps": bool(irreps and moving),
        "moving": _moving_lines(moving, irreps),
        "shifted": tuple(name for name, item in tensors.items() if item.translates),
        "reflections": acting.reflections,
        "planar": planar,
        "turns": acting.n if acting.finite else None,
        "plane": AXES[spec.request.data.preferred_axis or "z"],
        "dimension": _dimension(spec),
        "bandwidth": None,
        "group_acts": scheme(acting) != "trivial",
    }
    context.update(_extra(spec, acting, moving))
    return {**context, **(_matrices(moving, spec.fiber) if moving and not irreps else EMPTY)}


EMPTY: dict[str, Any] = {"kinds": (), "setup": (), "helpers": ()}


def _extra(spec: Specification, acting: Group, moving: dict[str, Rep]) -> dict[str, Any]:
    """Return what the partial of the domain reads."""
    inputs, outputs = spec.interface.inputs, spec.interface.outputs

    def sized(items: Mapping[str, TensorSpec], size: str) -> tuple[str, ...]:
        return tuple(name for name, item in items.items() if size in item.shape)

    if spec.domain == "images":
        return {"elements": grid_elements(acting)}
    if spec.domain == "sphere":
        bandwidth = spec.request.data.bandwidth  # type: ignore[union-attr]
        spatial = scheme(acting) in ("parity", "degree")
        global_ = all(item.space == Space.global_ for item in outputs.values())
        any_rotation = spatial and global_
        return {
            "elements": sphere_elements(acting, bandwidth),
            "bandwidth": bandwidth if moving or any_rotation else None,
            "any_rotation": any_rotation,
            "irreps": bool(moving) or any_rotation,
            "degree": min(bandwidth - 1, 6),
            "channels": inputs["x"].shape[1],
            "dimension": 3,
        }
    names = sorted({*sized(inputs, "points"), *sized(outputs, "points")})
    return {
        "per_point_text": "{" + ", ".join(f'"{name}"' for name in names) + "}",
        "sample_inputs": sized(inputs, "samples"),
        "sample_outputs": sized(outputs, "samples"),
        "node_outputs": sized(outputs, "nodes"),
        "element_outputs": sized(outputs, "elements"),
        "edges": "edge_index" in inputs,
        "edge_inputs": tuple(n for n in sized(inputs, "edges") if n != "edge_index"),
    }


def sphere_elements(group: Group, bandwidth: int) -> tuple[tuple[int, bool, bool], ...]:
    """Return (columns, turned over, mirrored) of some elements that map the grid to itself."""
    columns = [1, bandwidth] if bandwidth > 1 else [1]
    if scheme(group) in ("frequency", "reflection"):
        if group.finite:
            columns = (
                [2 * bandwidth // (group.n or 1)] if not 2 * bandwidth % (group.n or 1) else []
            )
        found = [(column, False, False) for column in columns]
        return (*found, *([(0, False, True)] if group.reflections else []))
    if scheme(group) == "trivial":
        return ()
    found = [(column, over, False) for over in (False, True) for column in columns]
    return (*found, *([(0, False, True), (1, True, True)] if group.reflections else []))


def _dimension(spec: Specification) -> int:
    shifted = [item for item in spec.interface.inputs.values() if item.translates]
    return int(shifted[0].shape[-1]) if shifted else 2


def moving_rep(item: TensorSpec, fiber: Group) -> Rep | None:
    """Return how the components of a tensor (of one column of it) move, None if they stay."""
    if item.rep is None:
        return None
    rep = parse_rep(item.rep, fiber)
    if rep.is_scalar:
        return None
    if item.layout != "columns":
        return rep
    terms: list[tuple[int, Irrep]] = []
    left = int(item.shape[-1])
    for count, irrep in rep.terms:
        taken = min(count, left // irrep.dim)
        terms.append((taken, irrep))
        left -= taken * irrep.dim
    return Rep(fiber, tuple(terms))


def grid_elements(group: Group) -> tuple[tuple[int, bool], ...]:
    """Return (quarter turns, mirrored) of the elements that map pixels to pixels, without the identity."""
    if scheme(group) == "trivial":
        return ()
    turns = (group.n or 1) if group.finite else 4
    quarters = [quarter for quarter in range(4) if quarter * turns % 4 == 0]
    flips = (False, True) if group.reflections else (False,)
    return tuple((q, flip) for flip in flips for q in quarters if q or flip)


def _moving_lines(moving: dict[str, Rep], irreps: bool) -> tuple[str, ...]:
    """Return the entries of the dictionary of representations, formatted."""
    lines = []
    for name, rep in moving.items():
        if irreps:
            text = " + ".join(f"{count}x{_with_parity(irrep)}" for count, irrep in rep.terms)
            lines.append(f"    {pycode.literal(name)}: {pycode.literal(text)},")
        else:
            terms = [f'({count}, "{irrep}")' for count, irrep in rep.terms]
            prefix = f"{pycode.literal(name)}: "
            line = f"    {prefix}[{', '.join(terms)}],"
            if len(line) > pycode.WIDTH:
                body = "".join(f"        {term},\n" for term in terms)
                line = f"    {prefix}[\n{body}    ],"
            lines.append(line)
    return tuple(lines)


def _with_parity(irrep: Irrep) -> str:
    """e3nn's name; rotations alone do not see the parity, so SO(3) takes the even one."""
    return str(irrep) if irrep.parity else f"{irrep.l}e"


def _matrices(moving: dict[str, Rep], fiber: Group) -> dict[str, Any]:
    """Return the lines that build the matrix of each irrep, without any library."""
    irreps = dict.fromkeys(irrep for rep in moving.values() for irrep in rep.irreps)
    found = {str(irrep): _matrix(irrep, fiber) for irrep in irreps}
    text = " ".join(found.values())
    setup = []
    turning = "turn" in text or "angle" in text
    mirrored = turning and scheme(fiber) == "reflection"
    if "one" in text:
        setup.append("one = torch.ones(1, 1, dtype=torch.float64)")
    if "det" in text or mirrored:
        setup.append("det = torch.linalg.det(matrix)")
    if mirrored:
        setup.append("mirror = torch.diag(torch.stack([det.abs(), det]))")
    if turning:
        setup.append("turn = matrix @ mirror" if mirrored else "turn = matrix")
    if "angle" in text:
        setup.append("angle = torch.atan2(turn[1, 0], turn[0, 0])")
    helpers = [name for name in ("quadrupole", "regular") if name in text]
    kinds = tuple(f"        {pycode.literal(name)}: {value}," for name, value in found.items())
    return {"kinds": kinds, "setup": tuple(setup), "helpers": tuple(helpers)}


def _matrix(irrep: Irrep, fiber: Group) -> str:
    way = scheme(fiber)
    if irrep.is_trivial:
        return ONE
    if way in ("parity", "degree"):
        body = {0: "one", 1: "matrix", 2: "quadrupole(matrix)"}[irrep.l]
        natural = (-1) ** irrep.l
        return f"det * {body}" if irrep.parity == -natural else body
    if irrep.kind == "regular":
        return f"regular(matrix, {fiber.n}, {fiber.order})"
    k = irrep.index[-1]
    odd = way == "reflection" and irrep.index[0] == 1
    if irrep.dim == 1:
        if k == 0:
            return DET
        sign = "det * " if odd else ""
        return f"{sign}torch.cos({k} * angle) * one"
    if k == 1:
        return "matrix"
    power = f"torch.linalg.matrix_power(turn, {k})"
    return f"{power} @ mirror" if way == "reflection" else power
