"""Which edges found inside a model belong together in two runs: their order may differ, even their number."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor

from equidesign.verify.traces import Call
from equidesign.verify.trials import Trial

NODES = ("points", "nodes", "elements")
Match = tuple[Tensor, Tensor]


def matched_edges(
    trial: Trial, pairs: Iterable[tuple[Call, Call]], taken: Iterable[int]
) -> dict[tuple[int, int], Match]:
    """Return, by the numbers of edges before and after, the places of the edges that both runs have.

    Lists of pairs of points are looked for in what the layers receive; those with two edges between the same points
    say nothing. Numbers in ``taken`` belong to something else.
    """
    found: dict[tuple[int, int], Match] = {}
    named = set(taken)
    for before, after in pairs:
        for one, other in zip(_lists(before), _lists(after), strict=False):
            sizes = (one.shape[1], other.shape[1])
            if sizes in found or sizes[0] in named or not min(sizes):
                continue
            match = _match(one, _old_names(other, trial.orders, trial.kept))
            if match is not None:
                found[sizes] = match
    return found


def _lists(call: Call) -> Iterator[Tensor]:
    """Yield lists of edges (2, E) among the tensors of a call."""
    values = [c.value for c in (*call.inputs, *call.outputs) if c.value.dtype == torch.int64]
    for value in values:
        if value.dim() == 2 and value.shape[0] == 2:
            yield value
        elif value.dim() == 2 and value.shape[1] == 2:
            yield value.T
    flat = [value for value in values if value.dim() == 1]
    for one, other in itertools.pairwise(flat):
        if one.shape == other.shape:
            yield torch.stack([one, other])


def _old_names(edges: Tensor, orders: Mapping[str, Tensor], kept: Mapping[str, Tensor]) -> Tensor:
    for size in NODES:
        names = orders.get(size, kept.get(size))
        if names is not None and len(names) > int(edges.max()):
            return names[edges]
    return edges


def _match(one: Tensor, other: Tensor) -> Match | None:
    count = int(max(one.max(), other.max())) + 1
    a, b = (edges[0] * count + edges[1] for edges in (one, other))
    if any(bool((keys.sort().values.diff() == 0).any()) for keys in (a, b)):
        return None
    before = torch.isin(a, b).nonzero().flatten()
    after = torch.isin(b, a).nonzero().flatten()
    if not len(before):
        return None
    return before[a[before].argsort()], after[b[after].argsort()]
