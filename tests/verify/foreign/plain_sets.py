"""Plain checks on sets, graphs, tables and vectors under matrix groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from foreign.plain import Act, Measure, Tensors, alone, orthogonal, reordered, worst


def stay(name: str, value: Tensor) -> Tensor:
    return value


def set_inputs(masked: bool = True) -> Tensors:
    torch.manual_seed(21)
    x: Tensors = {"x": torch.randn(2, 5, 3, dtype=torch.float64)}
    if masked:
        x["mask"] = torch.arange(5) < torch.tensor([[5], [3]])
    return x


def sets(kind: str, masked: bool = True) -> Measure:
    """Reorder the elements; overwrite the padding; enlarge the padding."""

    def measure(model: nn.Module) -> float:
        x = set_inputs(masked)
        moves: list[tuple[Tensors, Act]] = []
        for seed in (1, 2):
            torch.manual_seed(seed)
            order = torch.randperm(5)
            moved = {k: v[:, order] for k, v in x.items()}
            moves.append((moved, stay if kind == "scalar" else lambda n, o, i=order: o[:, i]))
        if masked:
            noise = torch.randn_like(x["x"])
            padded = torch.where(x["mask"][..., None], x["x"], noise)
            moves.append(({"x": padded, "mask": x["mask"]}, stay))
        found = worst(model, x, moves, ["output"])
        if masked and kind == "scalar":
            wide = {k: torch.cat([v, torch.zeros_like(v[:, :2])], 1) for k, v in x.items()}
            found = max(found, worst(model, x, [(wide, stay)], ["output"]))
        return found

    return measure


def set_alone() -> Measure:
    def build() -> tuple[Tensors, Tensors]:
        both = set_inputs(False)
        return both, {"x": both["x"][:1]}

    return alone(["output"], build)


def graph() -> Tensors:
    """Two graphs of 6 and 5 nodes, undirected, no duplicate edges."""
    torch.manual_seed(22)
    batch = torch.repeat_interleave(torch.arange(2), torch.tensor([6, 5]))
    same = (batch[:, None] == batch).triu(1) & (torch.rand(11, 11) < 0.6)
    edges = (same | same.T).nonzero().T.contiguous()
    return {"x": torch.randn(11, 3, dtype=torch.float64), "edge_index": edges, "batch": batch}


def graphs(kind: str = "scalar") -> Measure:
    """Renumber the nodes of each graph; reorder the edges; swap the graphs."""

    def measure(model: nn.Module) -> float:
        x = graph()
        order = torch.cat([torch.randperm(6), 6 + torch.randperm(5)])
        swap = torch.cat([torch.arange(6, 11), torch.arange(6)])
        swapped = reordered(x, swap)
        swapped["batch"] = 1 - swapped["batch"]
        shuffled = x | {"edge_index": x["edge_index"][:, torch.randperm(x["edge_index"].shape[1])]}
        node = kind == "node"
        moves: list[tuple[Tensors, Act]] = [
            (reordered(x, order), lambda n, o: o[order] if node else o),
            (swapped, lambda n, o: o[swap] if node else o.flip(0)),
            (shuffled, stay),
        ]
        return worst(model, x, moves, ["output"])

    return measure


def graph_alone() -> Measure:
    def build() -> tuple[Tensors, Tensors]:
        both = graph()
        first = both["edge_index"][0] < 6
        return both, {
            "x": both["x"][:6],
            "edge_index": both["edge_index"][:, first],
            "batch": both["batch"][:6],
        }

    return alone(["output"], build)


def pairs(kind: str) -> Measure:
    """Order-two tensors (2, 5, 5, 2): the same permutation of both axes."""

    def measure(model: nn.Module) -> float:
        torch.manual_seed(23)
        x = {"x": torch.randn(2, 5, 5, 2, dtype=torch.float64)}
        i = torch.randperm(5)
        moved = {"x": x["x"][:, i][:, :, i]}
        act: Act = stay if kind == "scalar" else lambda n, o: o[:, i][:, :, i]
        return worst(model, x, [(moved, act)], ["output"])

    return measure


def tables(kind: str, rows: int = 4, columns: int = 5, masked: bool = True) -> Measure:
    """Rows and columns reordered apart; hidden cells overwritten."""

    def measure(model: nn.Module) -> float:
        torch.manual_seed(24)
        x: Tensors = {"x": torch.randn(2, rows, columns, 2, dtype=torch.float64)}
        if masked:
            x["mask"] = torch.rand(2, rows, columns) < 0.7
        i, j = torch.randperm(rows), torch.randperm(columns)
        moved = {k: v[:, i][:, :, j] for k, v in x.items()}
        act: Act = stay if kind == "scalar" else lambda n, o: o[:, i][:, :, j]
        moves = [(moved, act)]
        if masked:
            noise = torch.randn_like(x["x"])
            seen = torch.where(x["mask"][..., None], x["x"], noise)
            moves.append((x | {"x": seen}, stay))
        return worst(model, x, moves, ["output"])

    return measure


def lorentz(reflect: bool = False) -> Tensor:
    """A boost along x after a rotation; time first."""
    c, s = torch.cosh(torch.tensor(0.7).double()), torch.sinh(torch.tensor(0.7).double())
    boost, turn = torch.eye(4, dtype=torch.float64), torch.eye(4, dtype=torch.float64)
    boost[0, 0] = boost[1, 1] = c
    boost[0, 1] = boost[1, 0] = s
    turn[1:, 1:] = orthogonal(3, reflect, 5)
    return boost @ turn


def symplectic(n: int) -> Tensor:
    """exp(J S) with S symmetric, J = [[0, 1], [-1, 0]]."""
    torch.manual_seed(25)
    j = torch.zeros(2 * n, 2 * n, dtype=torch.float64)
    j[:n, n:], j[n:, :n] = torch.eye(n).double(), -torch.eye(n).double()
    s = 0.3 * torch.randn(2 * n, 2 * n, dtype=torch.float64)
    return torch.linalg.matrix_exp(j @ (s + s.T))


def cycle() -> Tensor:
    return torch.eye(3, dtype=torch.float64).roll(1, 0)


def vectors(matrix: Any, k: int, kinds: Mapping[str, str]) -> Measure:
    """x (3, k*d): each of the k vectors is multiplied by the matrix."""

    def measure(model: nn.Module) -> float:
        g: Tensor = matrix() if callable(matrix) else matrix
        d = len(g)
        torch.manual_seed(26)
        x = torch.randn(3, k * d, dtype=torch.float64)
        moved = (x.unflatten(-1, (k, d)) @ g.T).flatten(1)
        act: Act = lambda n, o: o @ g.T if kinds[n] == "vector" else o  # noqa: E731
        return worst(model, {"x": x}, [({"x": moved}, act)], list(kinds))

    return measure
