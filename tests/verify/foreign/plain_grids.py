"""Plain checks on images, volumes, the sphere and sequences."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
from torch import Tensor, nn

from foreign.plain import Act, Measure, Tensors, angle_matrix, outputs_of, relative, worst

Field = Callable[[Tensor], Tensor]


def grid(size: tuple[int, ...], moves: list[tuple[Field, Act]], channels: int = 1) -> Measure:
    """Compare on white noise (2, channels, *size); each move acts on the image and on the output."""

    def measure(model: nn.Module) -> float:
        torch.manual_seed(9)
        x = torch.randn(2, channels, *size, dtype=torch.float64)
        pairs: list[tuple[Tensors, Act]] = [({"x": move(x)}, act) for move, act in moves]
        return worst(model, {"x": x}, pairs, ["output"])

    return measure


def quarter(x: Tensor) -> Tensor:
    return torch.rot90(x, 1, (-2, -1))


def mirror(x: Tensor) -> Tensor:
    return x.flip(-1)


def stay(name: str, value: Tensor) -> Tensor:
    return value


def turn_vectors(r: Tensor, move: Field) -> Act:
    """Move the pixels and turn the pair of channels (x, y)."""
    return lambda name, value: torch.einsum("ij,bjhw->bihw", r, move(value))


def image(kind: str, size: int = 9, mirrors: bool = False) -> Measure:
    """C4 or D4 on square images; kind: scalar, map, vectors."""
    moves: list[tuple[Field, Act]] = []
    for move, r in ((quarter, angle_matrix(90)), (mirror, angle_matrix(0, True)))[: 1 + mirrors]:
        act = {
            "scalar": stay,
            "map": lambda n, o, m=move: m(o),
            "vectors": turn_vectors(r, move),
        }[kind]
        moves.append((move, act))
    return grid((size, size), moves)


def shift(kind: str, size: tuple[int, ...], channels: int = 1) -> Measure:
    """Cyclic shifts along every axis; kind: scalar or map."""
    moves: list[tuple[Field, Act]] = []
    for axis, step in itertools.product(range(len(size)), (1, 3)):
        move = lambda x, a=axis, s=step: x.roll(s, 2 + a)  # noqa: E731
        moves.append((move, stay if kind == "scalar" else lambda n, o, m=move: m(o)))
    return grid(size, moves, channels)


def blobs(degrees: float, size: int) -> Tensor:
    """Two images of Gaussian blobs, turned counter-clockwise about the centre; drawn, not resampled."""
    torch.manual_seed(13)
    centres = (torch.rand(2, 6, 2, dtype=torch.float64) - 0.5) * 1.0
    heights = torch.randn(2, 6, dtype=torch.float64)
    centres = centres @ angle_matrix(degrees).T
    line = torch.linspace(-1, 1, size, dtype=torch.float64)
    up, right = torch.meshgrid(-line, line, indexing="ij")
    place = torch.stack([right, up], -1)
    gap = (place[None, None] - centres[:, :, None, None]).square().sum(-1)
    return torch.einsum("bk,bkhw->bhw", heights, torch.exp(-gap / 0.03))[:, None]


def turned_blobs(degrees: float, size: int = 33) -> Measure:
    """Invariant outputs on turned drawings, relative to how much the output differs between images."""

    def measure(model: nn.Module) -> float:
        model.eval()
        with torch.no_grad():
            base, got = model(blobs(0, size)), model(blobs(degrees, size))
        return float((got - base).norm() / (base[0] - base[1]).norm())

    return measure


def volume(kind: str, size: int = 5) -> Measure:
    """Quarter turns about two axes; kind: scalar or map."""
    moves: list[tuple[Field, Act]] = []
    for axes in ((-2, -1), (-3, -2)):
        move = lambda x, a=axes: torch.rot90(x, 1, a)  # noqa: E731
        moves.append((move, stay if kind == "scalar" else lambda n, o, m=move: m(o)))
    return grid((size, size, size), moves)


def quadrature(bandwidth: int) -> Tensor:
    """Weights of the colatitudes (Driscoll and Healy, 1994, lemma 2)."""
    beta = (torch.arange(2 * bandwidth, dtype=torch.float64) + 0.5) * torch.pi / (2 * bandwidth)
    k = torch.arange(bandwidth, dtype=torch.float64)
    return (torch.sin(beta[:, None] * (2 * k + 1)) / (2 * k + 1)).sum(1) * beta.sin()


def sphere(kind: str, bandwidth: int = 6) -> Measure:
    """Band-limited signals, turned exactly in the spectrum; kind: scalar, map (a roll) or field (any turn).

    The polar axis is y and row j has colatitude (j + 1/2)π/2b, as e3nn has them.
    """

    def measure(model: nn.Module) -> float:
        from e3nn import o3

        from foreign.plain import orthogonal

        side, lmax = 2 * bandwidth, bandwidth // 2 - 1
        irreps = o3.Irreps.spherical_harmonics(lmax, p=1)
        angles = torch.arange(side, dtype=torch.float64)
        beta, alpha = (angles + 0.5) * torch.pi / side, angles * 2 * torch.pi / side
        b, a = torch.meshgrid(beta, alpha, indexing="ij")
        place = torch.stack([b.sin() * a.sin(), b.cos(), b.sin() * a.cos()], -1)
        harmonics = o3.spherical_harmonics(irreps, place, False, normalization="norm")
        torch.manual_seed(6)
        spectrum = torch.randn(2, irreps.dim, dtype=torch.float64)
        r = orthogonal(3, False, 8)
        turned = spectrum @ irreps.D_from_matrix(r).double().T
        draw = lambda s: torch.einsum("bk,hwk->bhw", s, harmonics)[:, None]  # noqa: E731
        base, got = {"x": draw(spectrum)}, {"x": draw(turned)}
        if kind == "scalar":
            return worst(model, base, [(got, stay)], ["output"])
        if kind == "map":
            roll = {"x": base["x"].roll(1, -1)}
            return worst(model, base, [(roll, lambda n, o: o.roll(1, -1))], ["output"])
        weights = quadrature(bandwidth)[:, None, None] * harmonics
        weights = weights / (weights * harmonics).sum((0, 1))
        read = lambda o: torch.einsum("bchw,hwk->bck", o, weights)  # noqa: E731
        matrix = irreps.D_from_matrix(r).double()
        made, again = (read(outputs_of(model, x, ["output"], False)["output"]) for x in (base, got))
        return relative(again, made @ matrix.T, made)

    return measure
