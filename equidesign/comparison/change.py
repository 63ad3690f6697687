"""Change: one value that two specifications do not share, and the walk over plain data that finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal

from equidesign.spec.yamlio import KeyPath

Sort = Literal["gained", "lost", "changed"]


class Absent(Enum):
    """Stands for a value that one side does not have; null is a value."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Change:
    """A value before and after; `ABSENT` where a side has none.

    Attributes:
        path: where it stands in the specification: ``("training", "batch_size")``.
    """

    path: KeyPath
    before: Any
    after: Any

    @property
    def sort(self) -> Sort:
        """Whether the value is gained, lost or changed."""
        if self.before is ABSENT:
            return "gained"
        return "lost" if self.after is ABSENT else "changed"

    def swapped(self) -> Change:
        """Return the change seen from the other side."""
        return replace(self, before=self.after, after=self.before)


def same(one: Any, other: Any) -> bool:
    """Tell whether two plain values are the same: 5 is 5.0, true is not 1, keys have no order.

    >>> same({"a": 5, "b": [1]}, {"b": (1,), "a": 5.0}), same(True, 1)
    (True, False)
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def differences(before: Any, after: Any, path: KeyPath = ()) -> Iterator[Change]:
    """Yield every leaf that differs; mappings are gone into, lists are compared as wholes.

    >>> [(c.path, c.sort) for c in differences({"a": 1, "b": {"c": 2}}, {"b": {"c": 3}, "d": 0})]
    [(('a',), 'lost'), (('b', 'c'), 'changed'), (('d',), 'gained')]
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))
    elif isinstance(before, Mapping) and after is ABSENT:
        yield from differences(before, {}, path)
    elif before is ABSENT and isinstance(after, Mapping):
        yield from differences({}, after, path)
    elif not same(before, after):
        yield Change(path, before, after)
