"""Which items of a captured tensor belong together, before and after the inputs were changed.

Nothing says what the axes of a tensor inside a model are. Every reading of its shape that the sizes of the batch allow
is tried; a field that follows the change in any reading is taken to follow it.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from equidesign.spec.field import Space
from equidesign.verify.actions import move_pixels, move_sphere
from equidesign.verify.edges import Match
from equidesign.verify.elements import UnsupportedError
from equidesign.verify.grids import roll
from equidesign.verify.trials import Context, Trial

MOST_READINGS = 64
# (length before, length after, name of the size or None)
Part = tuple[int, int, str | None]


@dataclass(frozen=True)
class Pair:
    """A tensor before the change, brought to the places it should have after it, and the tensor after it.

    Attributes:
        rows: the axes along which the representation acts in the same way everywhere.
    """

    before: Tensor
    after: Tensor
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Rows:
    """How a trial moved points, samples and pixels.

    Attributes:
        edges: by the numbers of edges before and after, the places of those that belong together.
    """

    context: Context
    trial: Trial
    edges: Mapping[tuple[int, int], Match] = field(default_factory=dict)

    @cached_property
    def before(self) -> dict[str, int]:
        """Return the size of every named dimension of the inputs."""
        return self.context.labels.sizes(self.trial.inputs)

    @cached_property
    def after(self) -> dict[str, int]:
        """Return the sizes of the changed inputs."""
        return self.context.labels.sizes(self.trial.moved)

    @property
    def affected(self) -> list[str]:
        """Return the sizes whose items were reordered, dropped or added."""
        return [s for s in (*self.trial.orders, *self.trial.kept) if s in self.before]

    @cached_property
    def is_grid(self) -> bool:
        """Whether the inputs live on a grid that the element moves."""
        element = self.trial.element
        if element is None or (element.matrix is None and element.shift is None):
            return False
        grids = {Space.pixels, Space.voxels, Space.sphere}
        return element.shift is not None or bool(grids & self.context.spaces)

    def pairs(self, before: Tensor, after: Tensor) -> Iterator[Pair]:
        """Yield the tensors in corresponding order, for every reading of their shapes."""
        for one, other, labels in self._readings(before, after):
            rows = tuple(i for i, label in enumerate(labels) if label) or (0,) * (one.dim() > 1)
            if self.is_grid:
                yield from self._on_grids(one, other, rows)
            elif one.shape == other.shape:
                yield Pair(one, other, rows)

    def _readings(
        self, before: Tensor, after: Tensor
    ) -> Iterator[tuple[Tensor, Tensor, list[str | None]]]:
        if before.dim() != after.dim():
            return
        if before.dim() and (before.shape[0], after.shape[0]) in self.edges:
            one, other = self.edges[before.shape[0], after.shape[0]]
            before, after = before[one], after[other]
            if before.shape == after.shape:
                yield before, after, ["edges", *[None] * (before.dim() - 1)]
            return
        options = [self._options(n, m) for n, m in zip(before.shape, after.shape, strict=True)]
        named = (
            [o for o in options[0] if o[0][2] in self.affected and len(o) == 1] if options else []
        )
        if named and before.dim() > 1:
            # Items come first: otherwise what never looks at them would seem to follow them.
            options[0] = named
        for chosen in itertools.islice(itertools.product(*options), MOST_READINGS):
            parts = [part for axis in chosen for part in axis]
            one = before.reshape([n for n, _, _ in parts])
            other = after.reshape([m for _, m, _ in parts])
            labels = [label for _, _, label in parts]
            one = self._masked(one, labels, 0)
            other = self._masked(other, labels, 1)
            for axis, label in enumerate(labels):
                if label is None:
                    continue
                if label in self.trial.orders:
                    one = one.index_select(axis, self.trial.orders[label])
                elif label in self.trial.kept:
                    kept = self.trial.kept[label]
                    if self.after[label] > self.before[label]:
                        other = other.index_select(axis, kept)
                    else:
                        one = one.index_select(axis, kept)
            yield one, other, labels

    def _options(self, n: int, m: int) -> list[list[Part]]:
        """Return the ways to read one axis: one of the sizes, two of them, one times a number, or none."""
        sizes = {s: (self.before[s], self.after.get(s, self.before[s])) for s in self.before}
        found: list[list[Part]] = [[(n, m, name)] for name, pair in sizes.items() if pair == (n, m)]
        for name in self.affected:
            a, b = sizes[name]
            if not a or not b or n % a or m % b or a == n:
                continue
            for other, pair in sizes.items():
                if pair == (n // a, m // b) and other != name:
                    found.append([(a, b, name), (*pair, other)])
                    found.append([(*pair, other), (a, b, name)])
            if n // a == m // b:
                rest: Part = (n // a, n // a, None)
                found += [[(a, b, name), rest], [rest, (a, b, name)]]
        if n == m:
            found.append([(n, m, None)])
        return found

    def _masked(self, value: Tensor, labels: list[str | None], which: int) -> Tensor:
        """Put zeros where the mask says that nothing exists: nobody reads what stands there."""
        tensors = self.trial.moved if which else self.trial.inputs
        for name, spec in self.context.interface.inputs.items():
            width = len(spec.shape)
            if spec.role != "mask" or name not in tensors:
                continue
            for start in range(len(labels) - width + 1):
                if tuple(labels[start : start + width]) == spec.shape:
                    shape = (1,) * start + tuple(tensors[name].shape)
                    mask = tensors[name].reshape(shape + (1,) * (value.dim() - start - width))
                    value = value.masked_fill(~mask.bool(), 0)
        return value

    def _on_grids(self, before: Tensor, after: Tensor, rows: tuple[int, ...]) -> Iterator[Pair]:
        """Yield the pair with the grid moved, in the places where there may be a grid, and without."""
        element, dim = self.trial.element, before.dim()
        assert element is not None
        if element.shift is not None:
            axes = tuple(range(dim - len(element.shift), dim))
            with contextlib.suppress(UnsupportedError):
                if min(axes, default=-1) > 0:
                    moved = roll(before, element.shift, axes)
                    yield Pair(moved, after, (*(r for r in rows if r not in axes), *axes))
            if before.shape == after.shape:
                yield Pair(before, after, rows)
            return
        sphere = Space.sphere in self.context.spaces
        square = dim >= 3 and before.shape[-1] == before.shape[-2]
        if dim >= 3 and min(before.shape[-2:]) > 1 and (square or not sphere):
            spatial = (dim - 2, dim - 1)
            try:
                moved = (move_sphere if sphere else move_pixels)(before, element)
            except UnsupportedError:
                if dim > 3 or not sphere:
                    return
                moved = before
            if moved.shape == after.shape:
                yield Pair(moved, after, (*(r for r in rows if r not in spatial), *spatial))
        for axis in range(dim if dim >= 3 and not sphere else 0):
            tokens = token_grid(before.shape[axis])
            if tokens is not None and before.shape == after.shape:
                extra, side = tokens
                head, body = before.movedim(axis, -1).tensor_split([extra], -1)
                body = move_pixels(body.reshape(*body.shape[:-1], side, side), element).flatten(-2)
                moved = torch.cat([head, body], -1).movedim(-1, axis)
                yield Pair(moved, after, tuple(dict.fromkeys((*rows, axis))))
        if before.shape == after.shape:
            yield Pair(before, after, rows)


def token_grid(length: int) -> tuple[int, int] | None:
    """Return (leading tokens, side) when an axis may list the patches of a square image."""
    for extra in (0, 1):
        side = round(max(length - extra, 0) ** 0.5)
        if side > 1 and side * side + extra == length:
            return extra, side
    return None
