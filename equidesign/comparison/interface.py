"""Inputs and outputs compared: what they are and how they move, by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from equidesign.comparison.change import ABSENT, Change, differences
from equidesign.comparison.measured import Measured
from equidesign.comparison.types import TypeChange, compare_reps, read_rep
from equidesign.groups.rep import Rep
from equidesign.spec.specification import TensorSpec

Role = Literal["inputs", "outputs"]


@dataclass(frozen=True)
class TensorChange:
    """An input or output that differs, or that one side alone has.

    Attributes:
        reps: the representations, None where a side has none or it cannot be read.
        rep: how the representation differs.
        changes: the other fields that differ; empty when one side alone has the tensor.
    """

    role: Role
    name: str
    before: TensorSpec | None
    after: TensorSpec | None
    reps: tuple[Rep | None, Rep | None]
    rep: TypeChange | None
    changes: tuple[Change, ...]

    @property
    def matters(self) -> bool:
        """Whether more than the names of the irreps differs."""
        return bool(
            self.before is None
            or self.after is None
            or self.changes
            or (self.rep and not self.rep.relabelled)
        )

    def swapped(self) -> TensorChange:
        """Return the change seen from the other side."""
        return TensorChange(
            self.role,
            self.name,
            self.after,
            self.before,
            (self.reps[1], self.reps[0]),
            self.rep and self.rep.swapped(),
            tuple(change.swapped() for change in self.changes),
        )


def compare_interfaces(before: Measured, after: Measured) -> tuple[TensorChange, ...]:
    """Compare inputs and outputs by name; their order and descriptions do not count."""
    return (*_tensors("inputs", before, after), *_tensors("outputs", before, after))


def _tensors(role: Role, before: Measured, after: Measured) -> Iterator[TensorChange]:
    sides = (getattr(before.spec.interface, role), getattr(after.spec.interface, role))
    groups = (before.fiber, after.fiber)
    for name in sorted({*sides[0], *sides[1]}):
        one, other = sides[0].get(name), sides[1].get(name)
        reps = (
            read_rep(one.rep if one else None, groups[0]),
            read_rep(other.rep if other else None, groups[1]),
        )
        rep, changes = None, []
        if one is not None and other is not None:
            if one.rep is not None and other.rep is not None:
                rep = compare_reps(name, (one.rep, other.rep), groups)
            elif one.rep != other.rep:
                values = (ABSENT if rep is None else rep for rep in (one.rep, other.rep))
                changes.append(Change(("rep",), *values))
            changes += differences(_plain(one), _plain(other))
        elif one is other:
            continue
        if one is None or other is None or rep or changes:
            yield TensorChange(role, name, one, other, reps, rep, tuple(changes))


def _plain(item: TensorSpec) -> dict[str, object]:
    return item.model_dump(mode="json", exclude={"rep", "description"}, exclude_none=True)
