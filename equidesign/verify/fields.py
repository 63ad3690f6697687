"""Whether a tensor inside a model follows a change of the inputs, although its representation may not be known.

A known representation is compared component by component. Of an unknown one only this is used: it is orthogonal and
acts in the same way on every row (point, pixel, sample), H' = H Mᵀ. Such an M exists if and only if the Gram matrices
H Hᵀ and H' H'ᵀ are equal (polar decomposition; Horn and Johnson, "Matrix Analysis", 7.3.11). Where no component is
mixed (translations, permutations, single samples) M = 1 and the tensors themselves are compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.groups.rep import Rep
from equidesign.spec.layer import parse_rep
from equidesign.verify.edges import Match
from equidesign.verify.elements import UnsupportedError
from equidesign.verify.representations import rep_matrix
from equidesign.verify.rows import Pair, Rows
from equidesign.verify.traces import Captured
from equidesign.verify.trials import Context, Trial

MOST_ROWS = 256
PROJECTIONS = 3


@dataclass
class Fields:
    """The comparison of tensors before and after a trial's change."""

    context: Context
    trial: Trial
    edges: Mapping[tuple[int, int], Match] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Rows:
        """Return where points, samples, pixels and edges went."""
        return Rows(self.context, self.trial, self.edges)

    @cached_property
    def matrix(self) -> Tensor | None:
        """Return the matrix that moves directions; None where nothing is turned."""
        element = self.trial.element
        if element is None or element.matrix is None:
            return None
        eye = torch.eye(len(element.matrix), dtype=element.matrix.dtype)
        return None if torch.equal(element.matrix, eye) else element.matrix

    @property
    def mixes(self) -> bool:
        """Whether components may be mixed."""
        element = self.trial.element
        return self.matrix is not None or (
            element is not None and (element.flip or element.steps != 0 or element.angle != 0)
        )

    @cached_property
    def is_orthogonal(self) -> bool:
        """Whether directions are moved without changing lengths."""
        if self.matrix is None:
            return True
        eye = torch.eye(len(self.matrix), dtype=self.matrix.dtype)
        return bool((self.matrix @ self.matrix.T - eye).abs().max() < 1e-9)

    def error(self, before: Captured, after: Captured, reps: Iterable[str] = ()) -> float | None:
        """Return how far a tensor is from following the change, relative; None where that cannot be told.

        Args:
            reps: text of representations; one that fits the shape is taken to be its own.
        """
        one, other = before.value, after.value
        if not one.is_floating_point() or not one.numel() or not other.numel():
            return None
        one, other = (_finite(value.double()) for value in (one, other))
        pairs = list(self.rows.pairs(one, other))
        if not self.mixes:
            errors = [error for pair in pairs for error in self._unmixed(pair)]
            if self._is_anonymous(one, self.rows.affected or self.rows.before):
                errors += list(self._as_sets(one, other))
            return min(errors, default=None)
        if self.trial.orders or self.trial.kept:
            pairs = [pair for pair in pairs if pair.rows]
        anonymous = self._is_anonymous(one, self.rows.before)
        known = [e for p in pairs for e in self._typed(p, tuple(reps), before.kind, anonymous)]
        if known:
            return min(known)
        guesses = [e for pair in pairs for _, e in self.natural(pair)]
        guesses += [self._gram(pair) for pair in pairs]
        if anonymous:
            guesses += self._as_sets(one, other)
            if one.shape[1:] == other.shape[1:] and self.is_orthogonal:
                norms = [value.flatten(1).norm(dim=1, keepdim=True) for value in (one, other)]
                guesses.append(self._unordered(norms[0], norms[1]))
        return min(guesses, default=None)

    def _is_anonymous(self, value: Tensor, sizes: Iterable[str]) -> bool:
        """Whether the items along the first axis are none of those with a name."""
        named = {self.rows.before[size] for size in sizes}
        known = any(pair[0] == value.shape[0] for pair in self.edges) if value.dim() else True
        axes = value.shape[:1] if self.mixes else value.shape[:-1]
        return value.dim() > 1 and not known and not named & set(axes)

    def _unmixed(self, pair: Pair) -> Iterator[float]:
        yield relative(pair.before, pair.after)
        element = self.trial.element
        shift = element.translation if element is not None else None
        if shift is not None:
            for axis in self._directions(pair):
                yield relative(_along(shift, pair.before, axis) + pair.before, pair.after)

    def _directions(self, pair: Pair) -> list[int]:
        size = self.context.actor.dimension
        if self.trial.element is not None and self.trial.element.matrix is not None:
            size = len(self.trial.element.matrix)
        shape = pair.before.shape
        return [a for a in range(len(shape)) if shape[a] == size and (a not in pair.rows or a)]

    def _as_sets(self, before: Tensor, after: Tensor) -> Iterator[float]:
        """Compare items of unknown order, such as edges, as multisets, by random projections of them."""
        for depth in range(1, min(before.dim(), 3) + 1):
            one, other = before.flatten(0, depth - 1), after.flatten(0, depth - 1)
            if one.shape[1:] == other.shape[1:]:
                one, other = one.reshape(len(one), -1), other.reshape(len(other), -1)
                generator = self.context.generator(53)
                weights = torch.randn(one.shape[1], PROJECTIONS, generator=generator).double()
                yield self._unordered(one @ weights, other @ weights)

    def _unordered(self, one: Tensor, other: Tensor) -> float:
        """Return the error of columns of numbers whose order is unknown.

        Where samples were dropped, what is left has to be found among what there was. Where all that happened is a
        motion, rounding may replace single edges (at the cutoff, of equal length): half of them have to be found.
        """
        x, y = one.sort(0).values, other.sort(0).values
        size = max(float(x.abs().max()), float(y.abs().max()), 1e-300)
        moved = not self.rows.affected
        if len(x) == len(y) and not moved:
            return float((x - y).abs().max()) / size
        if not moved and not self.trial.kept:
            return math.inf
        few, many = (x, y) if len(x) < len(y) else (y, x)
        place = torch.searchsorted(many.T.contiguous(), few.T.contiguous()).T
        near = [(many.gather(0, (place + k).clamp(0, len(many) - 1)) - few).abs() for k in (-1, 0)]
        nearest = torch.minimum(*near).amax(1) if not moved else torch.minimum(*near)
        return float(nearest.median() if moved else nearest.max()) / size

    def _typed(
        self, pair: Pair, reps: tuple[str, ...], kind: object, anonymous: bool
    ) -> Iterator[float]:
        """Yield the errors with the representations that fit, in both layouts of their channels."""
        one, other = table(pair)
        matrices = [] if kind is None else [escnn_matrix(kind, self.trial)]
        matrices += [matrix for text in reps for matrix in self._matrices(text, one.shape[1])]
        for matrix in matrices:
            if matrix is not None and len(matrix) == one.shape[1]:
                turned = one @ matrix.T
                yield relative(turned, other)
                if anonymous:
                    yield from self._as_sets(turned, other)

    def _matrices(self, text: str, width: int) -> Iterator[Tensor]:
        assert self.trial.element is not None
        for group in (self.context.fiber, parse_group("O(3)")):
            try:
                whole = parse_rep(text.replace(" ", ""), group)
                parts = [whole, whole.filter(lambda i: i.is_trivial), whole.non_scalars]
                parts += [Rep(group, (term,)) for term in whole.terms]
                fitting = dict.fromkeys(part for part in parts if part.dim == width)
                for part in fitting:
                    yield rep_matrix(part, self.trial.element)
                    blocks = [
                        torch.kron(rep_matrix(Rep.of(irrep), self.trial.element), torch.eye(count))
                        for count, irrep in part.terms
                    ]
                    yield torch.block_diag(*blocks)  # type: ignore[no-untyped-call]
                if fitting and whole not in fitting:
                    # Something invariant beside the field may happen to be as wide as a part of it.
                    yield torch.eye(width, dtype=torch.float64)
                if fitting:
                    return
            except (InputError, UnsupportedError):
                continue

    def natural(self, pair: Pair) -> Iterator[tuple[str, float]]:
        """Yield the error for what tensors usually are: scalars, vectors, positions, odd ones."""
        yield "same", relative(pair.before, pair.after)
        element, matrix = self.trial.element, self.matrix
        if element is None:
            return
        sign = -1.0 if element.flip else 1.0
        if element.flip:
            yield "odd", relative(-pair.before, pair.after)
        if matrix is None:
            return
        for axis in self._directions(pair):
            turned = turn(pair.before, matrix, axis)
            yield "vector", relative(turned, pair.after)
            yield "odd vector", relative(sign * turned, pair.after)
            if element.translation is not None:
                moved = turned + _along(element.translation, turned, axis)
                yield "position", relative(moved, pair.after)

    def _gram(self, pair: Pair) -> float:
        """Return the relative difference of the Gram matrices of some rows."""
        one, other = table(pair)
        if not self.is_orthogonal:
            if len(one) <= 2 * one.shape[1]:
                return math.inf
            fit = torch.linalg.lstsq(one, other).solution
            return relative(one @ fit, other)
        if len(one) > MOST_ROWS:
            chosen = torch.randperm(len(one), generator=self.context.generator(59))[:MOST_ROWS]
            one, other = one[chosen], other[chosen]
        return relative(one @ one.T, other @ other.T)


def table(pair: Pair) -> tuple[Tensor, Tensor]:
    """Return both tensors as (rows, components)."""
    rest = [a for a in range(pair.before.dim()) if a not in pair.rows]
    count = math.prod(pair.before.shape[a] for a in pair.rows)
    order = [*pair.rows, *rest]
    return (
        pair.before.permute(order).reshape(count, -1),
        pair.after.permute(order).reshape(count, -1),
    )


def relative(one: Tensor, other: Tensor) -> float:
    """Return the largest difference relative to the largest value."""
    if not one.numel():
        return 0.0
    size = max(float(one.abs().max()), float(other.abs().max()))
    return float((one - other).abs().max()) / size if size else 0.0


def turn(value: Tensor, matrix: Tensor, axis: int) -> Tensor:
    """Multiply the vectors along an axis by a matrix."""
    return (value.movedim(axis, -1) @ matrix.T.to(value)).movedim(-1, axis)


def _along(shift: Tensor, value: Tensor, axis: int) -> Tensor:
    return shift.to(value).reshape([-1 if a == axis else 1 for a in range(value.dim())])


def _finite(value: Tensor) -> Tensor:
    return value.nan_to_num(0.0, 0.0, 0.0)


def escnn_matrix(kind: object, trial: Trial) -> Tensor | None:
    """Return the matrix by which an escnn field type turns its channels, found by how it moves the plane."""
    element = trial.element
    try:
        group, space = kind.fibergroup, kind.gspace  # type: ignore[attr-defined]
        if element is None or element.matrix is None:
            return None
        if group.continuous:
            angles = [k * math.pi / 2 + s * element.angle for k in range(4) for s in (1, -1)]
            values = [(f, a) for a in angles for f in (0, 1)] if group.name == "O(2)" else angles
            elements = [group.element(value) for value in values]
        else:
            elements = group.elements
        for g in elements:
            moved = torch.as_tensor(space.basespace_action(g)).double()
            if moved.shape == element.matrix.shape and torch.allclose(moved, element.matrix):
                return torch.as_tensor(kind.representation(g)).double()  # type: ignore[attr-defined]
    except Exception:
        return None
    return None
