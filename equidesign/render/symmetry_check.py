"""Specification -> the check of its symmetry at the end of train.py."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equidesign.groups.irrep import scheme
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Irrep, Rep
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Specification

GRIDS = ("pixels", "sphere")
Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class SymmetryCheck:
    """What the check is made of.

    Attributes:
        folder: folder of ``templates/train`` with the fragment.
        context: what the fragment's template reads.
        constants: constants of the generated file, with comments.
    """

    folder: str
    context: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, tuple[Any, str]] = field(default_factory=dict)


def symmetry_check(spec: Specification) -> SymmetryCheck:
    """Return how the group acts on inputs and outputs, as Python expressions."""
    if spec.domain in ("molecules", "point_clouds"):
        return _points(spec)
    if spec.domain == "images":
        return _pixels(spec)
    outputs = spec.interface.outputs
    if spec.domain == "sphere":
        actions = {name: _action(_rep(spec, name), False) for name in outputs}
        grids = tuple(name for name, item in outputs.items() if item.space in GRIDS)
        return SymmetryCheck("symmetry_sphere", {"actions": actions}, {"GRIDS": (grids, "")})
    moving = {name: item.space != "global" for name, item in outputs.items()}
    what = "element" if spec.domain == "sets" else "node"
    comment = f"whether there is one for each {what}"
    return SymmetryCheck(f"symmetry_{spec.domain}", {}, {"OUTPUTS": (moving, comment)})


def _rep(spec: Specification, name: str) -> Rep:
    """Return what acts on the columns of an output: a frame turns as its vectors do."""
    if name == "rotation":
        return vector(spec.fiber)
    item = {**spec.interface.inputs, **spec.interface.outputs}[name]
    return parse_rep(item.rep or "", spec.fiber)


def _points(spec: Specification) -> SymmetryCheck:
    inputs, outputs = spec.interface.inputs, spec.interface.outputs
    dim = int(inputs["pos"].shape[-1])
    acting = [name for name, item in (*inputs.items(), *outputs.items()) if item.rep]
    acting = [name for name in acting if name != "t"]
    turns = all(_known(_rep(spec, name), dim) for name in acting)
    reflections = spec.fiber.reflections
    axis = spec.request.data.preferred_axis
    if not turns:
        doc, lines = "no turn: only shifts and orders are tried", [f"return torch.eye({dim})"]
    else:
        doc = "a random orthogonal matrix" if reflections else "a random rotation"
        lines = [
            f"turn = torch.randn({dim}, {dim}, generator=generator, dtype=torch.float64)",
            "turn = torch.linalg.qr(turn).Q",
        ]
        if axis and dim == 3:
            keep = "xyz".index(axis)
            doc = f"a random turn about the {axis} axis"
            others = [i for i in range(3) if i != keep]
            lines = [
                "turn = torch.eye(3, dtype=torch.float64)",
                "plane = torch.randn(2, 2, generator=generator, dtype=torch.float64)",
                "plane = torch.linalg.qr(plane).Q",
            ]
            if not reflections:
                lines.append("plane[:, 0] *= plane.det().sign()")
            lines.append(f"turn[{others[0]} :: {others[1] - others[0]}, {others[0]} :: 1] = plane")
        elif not reflections:
            lines.append("turn[:, 0] *= turn.det().sign()")
        lines.append("return turn")
    actions = {
        name: _action(_rep(spec, name), reflections)
        if turns
        else f"torch.eye({_rep(spec, name).dim})"
        for name in acting
    }
    points = tuple(name for name, item in inputs.items() if item.shape[0] == "points")
    moving = tuple(name for name, item in outputs.items() if item.space != "global")
    context = {"actions": actions, "turn_doc": doc, "turn_lines": lines}
    constants = {"POINT_INPUTS": (points, ""), "POINT_OUTPUTS": (moving, "")}
    return SymmetryCheck("symmetry_points", context, constants)


def _known(rep: Rep, dim: int) -> bool:
    if rep.is_scalar or scheme(rep.group) in ("parity", "degree"):
        return True
    polar = vector(rep.group).irreps
    return len(polar) == 1 and all(i.is_trivial or i == polar[0] for _, i in rep.terms)


def _action(rep: Rep, reflections: bool) -> str:
    """Return the expression of the matrix that an orthogonal ``turn`` has on ``rep``."""
    if rep.is_scalar:
        return f"torch.eye({rep.dim})"
    polar = vector(rep.group).irreps[0]
    simple = {polar: "turn"}
    if reflections and scheme(rep.group) == "parity":
        simple |= {
            Irrep(rep.group, "spherical", (1,), 1): "turn.det() * turn",
            Irrep(rep.group, "spherical", (0,), -1): "turn.det() * torch.eye(1)",
        }
    if all(irrep.is_trivial or irrep in simple for irrep in rep.irreps):
        blocks = [simple.get(i, "torch.eye(1)") for count, i in rep.terms for _ in range(count)]
        return blocks[0] if len(blocks) == 1 else f"torch.block_diag({', '.join(blocks)})"
    parity = "" if scheme(rep.group) == "parity" else "e"
    text = " + ".join(f"{count}x{irrep}{parity}" for count, irrep in rep.terms)
    return f'o3.Irreps("{text}").D_from_matrix(turn)'


def _pixels(spec: Specification) -> SymmetryCheck:
    moves = _moves(spec)
    items = {"x": spec.interface.inputs["x"], **spec.interface.outputs}
    reps = {name: _rep(spec, name) for name in items}
    reps = {n: rep for n, rep in reps.items() if all(i.kind != "regular" for i in rep.irreps)}
    if not moves or "x" not in reps or len(reps) == 1:
        return SymmetryCheck("symmetry_none", {"group": spec.symmetry.canonical})
    matrices = {
        name: tuple(_matrix(rep, *move) for move in moves)
        for name, rep in reps.items()
        if not rep.is_scalar
    }
    grids = tuple(name for name in reps if items[name].space in GRIDS)
    constants = {
        "MOVES": (moves, "quarter turns, and whether a flip y -> -y comes first"),
        "MATRICES": (matrices, "what the moves do to the components"),
        "GRIDS": (grids, "tensors on the pixels"),
        "OUTPUTS": (tuple(name for name in reps if name != "x"), ""),
    }
    return SymmetryCheck("symmetry_grid", {}, constants)


def _moves(spec: Specification) -> tuple[tuple[int, bool], ...]:
    """Return the elements of the group that map pixels to pixels, without the identity."""
    group = spec.fiber
    if scheme(group) == "trivial":
        return ()
    steps = 4 if group.kind in ("SO", "O") else math.gcd(4, group.n or 1)
    height, width = spec.interface.inputs["x"].shape[-2:]
    steps = min(steps, 4 if height == width else 2)
    turns = [4 // steps * i for i in range(steps)]
    moves = [(turn, flip) for flip in (False, True) for turn in turns]
    return tuple(m for m in moves[1:] if group.reflections or not m[1])


def _matrix(rep: Rep, quarters: int, flip: bool) -> Matrix:
    """Return the matrix of a move: whole numbers, as a quarter turn has them."""
    blocks = [_block(i, quarters, flip) for count, i in rep.terms for _ in range(count)]
    size = sum(len(block) for block in blocks)
    rows: list[tuple[int, ...]] = []
    for block in blocks:
        before = len(rows)
        after = size - before - len(block)
        rows += [(0,) * before + row + (0,) * after for row in block]
    return tuple(rows)


def _block(irrep: Irrep, quarters: int, flip: bool) -> Matrix:
    if irrep.is_trivial:
        return ((1,),)
    index = irrep.index
    sign, frequency = index if len(index) == 2 else (0, index[0])
    angle = frequency * quarters * math.pi / 2
    cosine, sine = round(math.cos(angle)), round(math.sin(angle))
    if irrep.dim == 1:
        return ((cosine * (-1 if flip and sign else 1),),)
    mirror = -1 if flip else 1
    return ((cosine, -sine * mirror), (sine, cosine * mirror))
