"""Plain checks: f(g·x) against g·f(x) in float64, written by hand for each kind of data.

Nothing here uses equidesign: these measures decide which cases are right and which are broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

Tensors = dict[str, Tensor]
Act = Callable[[str, Tensor], Tensor]
Measure = Callable[[nn.Module], float]

SIZES = (6, 5)  # points of the two samples


def outputs_of(model: nn.Module, inputs: Tensors, names: Iterable[str], train: bool) -> Tensors:
    """Run with the same random numbers every time; outputs by name, detached."""
    model.train(train)
    torch.manual_seed(7)
    made: Any = model(**{k: v.clone() for k, v in inputs.items()})
    if isinstance(made, Mapping):
        return {name: made[name].detach() for name in names}
    if isinstance(made, Tensor):
        made = (made,)
    return {name: value.detach() for name, value in zip(names, made, strict=True)}


def relative(got: Tensor, wanted: Tensor, base: Tensor) -> float:
    assert got.shape == wanted.shape, (got.shape, wanted.shape)
    assert torch.isfinite(got).all()
    return float((got.double() - wanted.double()).norm() / base.double().norm())


def worst(
    model: nn.Module,
    inputs: Tensors,
    moves: Iterable[tuple[Tensors, Act]],
    names: Iterable[str],
    train: bool = False,
) -> float:
    """Return the largest relative error over moves, each the moved inputs and the action on outputs."""
    names = list(names)
    base = outputs_of(model, inputs, names, train)
    errors = []
    for moved, act in moves:
        got = outputs_of(model, moved, names, train)
        errors += [relative(got[n], act(n, base[n]), base[n]) for n in names]
    return max(errors)


def shake(model: nn.Module, scale: float = 0.3) -> None:
    """Replace parameters, zero ones too, by random ones."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(scale * torch.randn_like(parameter))


def orthogonal(dim: int, reflect: bool, seed: int) -> Tensor:
    """Return a random rotation, or one with determinant -1."""
    torch.manual_seed(seed)
    q = torch.linalg.qr(torch.randn(dim, dim, dtype=torch.float64))[0]
    if (torch.linalg.det(q) < 0) != reflect:
        q[:, 0] *= -1
    return q


def angle_matrix(degrees: float, flip: bool = False) -> Tensor:
    a = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64))
    r = torch.stack([torch.stack([a.cos(), -a.sin()]), torch.stack([a.sin(), a.cos()])])
    return r @ torch.diag(torch.tensor([-1.0, 1.0], dtype=torch.float64)) if flip else r


def wigner(l: int, r: Tensor) -> Tensor:
    """Return e3nn's matrix of the irrep (l, natural parity) for an orthogonal matrix."""
    from e3nn import o3

    sign = torch.linalg.det(r).round()
    return o3.Irrep(l, 1).D_from_matrix(sign * r).double() * sign**l


def transform(kind: str, value: Tensor, r: Tensor, shift: Tensor) -> Tensor:
    """Act on one output: scalar pseudo vector axial position matrix columns l2, chunks of the last axis."""
    sign = torch.linalg.det(r)
    d = len(r)
    if kind == "scalar":
        return value
    if kind == "pseudo":
        return value * sign
    if kind == "matrix":
        return r @ value @ r.T
    if kind == "columns":
        return r @ value
    if kind == "l2":
        return value @ wigner(2, r).T
    turned = (value.unflatten(-1, (-1, d)) @ r.T).flatten(-2)
    return {"vector": turned, "axial": turned * sign, "position": turned + shift}[kind]


def points(
    per_sample: Mapping[str, str] | None = None,
    per_point: Mapping[str, str] | None = None,
    *,
    dim: int = 3,
    extra: Iterable[str] = (),
    batched: bool = True,
    matrices: Iterable[Tensor] | None = None,
    reflect: bool = True,
    translate: bool = True,
    permute: bool = True,
    train: bool = False,
    shaken: bool = False,
    dtype: torch.dtype = torch.float64,
    spread: float = 1.0,
    grad: bool = False,
) -> Measure:
    """Clouds of points: turn, mirror, shift, reorder the points in each sample, swap the samples.

    Inputs: pos (N, dim), batch (N,); extra of z, v (vectors, (N, dim)), edge_index.
    """
    sample_kinds, point_kinds = dict(per_sample or {}), dict(per_point or {})
    kinds = sample_kinds | point_kinds

    def measure(model: nn.Module) -> float:
        if shaken:
            shake(model)
        torch.manual_seed(11)
        sizes = SIZES if batched else SIZES[:1]
        n = sum(sizes)
        x: Tensors = {"pos": spread * torch.randn(n, dim, dtype=dtype)}
        if batched:
            x["batch"] = torch.repeat_interleave(torch.arange(2), torch.tensor(sizes))
        if "z" in extra:
            x["z"] = torch.tensor([1, 6, 8])[torch.randint(0, 3, (n,))]
        if "v" in extra:
            x["v"] = torch.randn(n, dim, dtype=dtype)
        if "edge_index" in extra:
            same = x["batch"][:, None] == x["batch"]
            x["edge_index"] = (same & ~torch.eye(n, dtype=torch.bool)).nonzero().T.contiguous()
        if grad:
            x["pos"].requires_grad_()
        return worst(model, x, moves(x, n), kinds, train)

    def moves(x: Tensors, n: int) -> Iterable[tuple[Tensors, Act]]:
        chosen = matrices
        if chosen is None:
            chosen = [orthogonal(dim, False, s) for s in (1, 2)]
            chosen += [orthogonal(dim, True, 3)] if reflect else []
        zero = torch.zeros(dim, dtype=dtype)
        for full in chosen:
            r = full.to(dtype)
            turned = {k: x[k] @ r.T for k in ("pos", "v") if k in x}
            yield x | turned, lambda k, o, r=r: transform(kinds[k], o, r, zero)
        if translate:
            shift = torch.tensor([3.0, -2.0, 5.0], dtype=dtype)[:dim]
            eye = torch.eye(dim, dtype=dtype)
            yield x | {"pos": x["pos"] + shift}, lambda k, o: transform(kinds[k], o, eye, shift)
        if permute:
            order = torch.cat([torch.randperm(SIZES[0]), SIZES[0] + torch.randperm(n - SIZES[0])])
            yield reordered(x, order), lambda k, o: o[order] if k in point_kinds else o
        if permute and batched:
            swap = torch.cat([torch.arange(SIZES[0], n), torch.arange(SIZES[0])])
            swapped = reordered(x, swap)
            swapped["batch"] = 1 - swapped["batch"]
            yield swapped, lambda k, o: o[swap] if k in point_kinds else o.flip(0)

    return measure


def reordered(x: Tensors, order: Tensor) -> Tensors:
    """Reorder everything per point; edges follow their ends."""
    moved = {k: v[order] for k, v in x.items() if k != "edge_index"}
    if "edge_index" in x:
        place = torch.argsort(order)
        moved["edge_index"] = place[x["edge_index"]]
    return moved


def alone(
    names: Iterable[str], build: Callable[[], tuple[Tensors, Tensors]], train: bool = False
) -> Measure:
    """The first sample by itself against the same sample in a batch.

    ``build`` returns the inputs of the batch and of the first sample; outputs are compared on the rows the
    second call returns.
    """
    names = list(names)

    def measure(model: nn.Module) -> float:
        both, one = build()
        got, base = (outputs_of(model, x, names, train) for x in (both, one))
        return max(relative(got[n][: len(base[n])], base[n], base[n]) for n in names)

    return measure


def two_clouds() -> tuple[Tensors, Tensors]:
    torch.manual_seed(5)
    pos = torch.randn(11, 3, dtype=torch.float64)
    batch = torch.repeat_interleave(torch.arange(2), torch.tensor(SIZES))
    return {"pos": pos, "batch": batch}, {"pos": pos[:6], "batch": batch[:6]}


def constant(names: Iterable[str], inputs: Callable[[int], Tensors], to: float = 1e-12) -> Measure:
    """Vacuity: zero when the outputs at two random inputs agree (or are not finite), else their distance."""
    names = list(names)

    def measure(model: nn.Module) -> float:
        a, b = (outputs_of(model, inputs(seed), names, False) for seed in (1, 2))
        if any(not torch.isfinite(a[n]).all() for n in names):
            return 0.0
        gap = max(float((a[n] - b[n]).abs().max()) for n in names)
        return 0.0 if gap < to else gap

    return measure
