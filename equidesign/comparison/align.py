"""Alignment of two pipelines: which layer of one is which of the other.

Layers are paired by name first: the longest sequence of common names that keeps its order stays in place, the other
common names have moved. Between these anchors, layers whose names the other side lacks are paired by kind, as a renamed
layer is, by the alignment of largest similarity (S. B. Needleman, C. D. Wunsch, J. Mol. Biol. 48, 443 (1970)). What
is left is inserted or removed.
"""

from __future__ import annotations

import bisect
import difflib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from equidesign.spec.layer import Layer

# Beyond this many pairs of layers between two anchors, kinds alone are aligned.
MAX_CELLS = 40_000


@dataclass(frozen=True)
class Pair:
    """Indices of a layer in both pipelines, None where there is none; whether it has moved past others."""

    before: int | None
    after: int | None
    moved: bool = False

    def swapped(self) -> Pair:
        """Return the pair seen from the other side."""
        return replace(self, before=self.after, after=self.before)


def align(before: Sequence[Layer], after: Sequence[Layer]) -> tuple[Pair, ...]:
    """Pair the layers of two pipelines, in the order of the pipelines.

    ``align(b, a)`` is ``align(a, b)`` seen from the other side: of several best alignments the choice does not depend
    on which pipeline comes first.
    """
    one, other = list(map(_content, before)), list(map(_content, after))
    if other < one:
        return tuple(pair.swapped() for pair in _in_order(list(_align(after, before))))
    return _in_order(list(_align(before, after)))


def _content(layer: Layer) -> str:
    return json.dumps(layer.model_dump(mode="json"), sort_keys=True, default=str)


def _align(before: Sequence[Layer], after: Sequence[Layer]) -> Iterator[Pair]:
    places = {layer.name: index for index, layer in reversed(list(enumerate(after)))}
    named: dict[int, int] = {}
    for index, layer in enumerate(before):
        # Of layers with one name, which is a fault, the first are paired.
        if layer.name in places:
            named[index] = places.pop(layer.name)
    kept = _longest_increasing(list(named.items()))
    for i, j in named.items():
        yield Pair(i, j, moved=(i, j) not in kept)
    taken = set(named.values())
    left_a = [i for i in range(len(before)) if i not in named]
    left_b = [j for j in range(len(after)) if j not in taken]
    found: dict[int, int] = {}
    anchors = [(-1, -1), *sorted(kept), (len(before), len(after))]
    for (i0, j0), (i1, j1) in itertools.pairwise(anchors):
        gap_a = [i for i in left_a if i0 < i < i1]
        gap_b = [j for j in left_b if j0 < j < j1]
        found.update(_by_kind(before, after, gap_a, gap_b))
    yield from (Pair(i, j) for i, j in found.items())
    twins: dict[str, list[int]] = {}
    for j in reversed([j for j in left_b if j not in set(found.values())]):
        twins.setdefault(_nameless(after[j]), []).append(j)
    for i in left_a:
        if i not in found:
            same = twins.get(_nameless(before[i]))
            yield Pair(i, same.pop(), moved=True) if same else Pair(i, None)
    yield from (Pair(None, j) for rest in twins.values() for j in rest)


def _longest_increasing(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return a largest set of pairs that keeps its order on both sides (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, place) in enumerate(pairs):
        at = bisect.bisect_left(tails, place)
        previous.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [place]
        ends[at : at + 1] = [index]
    kept = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(pairs[index])
        index = previous[index]
    return kept


def _by_kind(
    before: Sequence[Layer], after: Sequence[Layer], rows: list[int], columns: list[int]
) -> dict[int, int]:
    """Pair renamed layers of one kind between two anchors, in order, with the largest total similarity."""
    if not rows or not columns:
        return {}
    if len(rows) * len(columns) > MAX_CELLS:
        kinds = [before[i].kind for i in rows], [after[j].kind for j in columns]
        blocks = difflib.SequenceMatcher(None, *kinds, autojunk=False).get_matching_blocks()
        return {rows[b.a + k]: columns[b.b + k] for b in blocks for k in range(b.size)}
    alike = [[similarity(before[i], after[j]) for j in columns] for i in rows]
    best = [[0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for r in range(len(rows) - 1, -1, -1):
        for c in range(len(columns) - 1, -1, -1):
            both = alike[r][c] + best[r + 1][c + 1] if alike[r][c] else 0
            best[r][c] = max(best[r + 1][c], best[r][c + 1], both)
    found, r, c = {}, 0, 0
    while r < len(rows) and c < len(columns):
        if alike[r][c] and best[r][c] == alike[r][c] + best[r + 1][c + 1]:
            found[rows[r]] = columns[c]
            r, c = r + 1, c + 1
        elif best[r][c] == best[r + 1][c]:
            r += 1
        else:
            c += 1
    return found


def similarity(one: Layer, other: Layer) -> int:
    """Return how much alike two layers of one kind are; 0 for layers of different kinds."""
    if one.kind != other.kind:
        return 0
    alike = (
        one.out == other.out,
        one.in_ == other.in_,
        one.writes == other.writes,
        one.options == other.options,
        _stem(one.name) == _stem(other.name),
    )
    return 4 + sum(alike)


def _stem(name: str) -> str:
    return name.rstrip("0123456789_")


def _nameless(layer: Layer) -> str:
    """Return what a layer is, but for its name and place."""
    ignored = {"name", "source", "why", "parameters", "exactness"}
    return json.dumps(layer.model_dump(mode="json", exclude=ignored), sort_keys=True, default=str)


def _in_order(pairs: list[Pair]) -> tuple[Pair, ...]:
    """Sort: what stayed in place in its order; before each such pair what has moved, or one side alone has."""
    fixed = [pair for pair in pairs if pair.before is not None and pair.after is not None]
    fixed = sorted((pair for pair in fixed if not pair.moved), key=lambda pair: pair.before or 0)
    befores = [pair.before or 0 for pair in fixed]
    afters = [pair.after or 0 for pair in fixed]

    def key(pair: Pair) -> tuple[int, int, int]:
        if pair.before is not None:
            at = bisect.bisect_left(befores, pair.before)
            return at, 0 if pair.moved or pair.after is None else 2, pair.before
        return bisect.bisect_left(afters, pair.after or 0), 1, pair.after or 0

    return tuple(sorted(pairs, key=key))
