"""Ranges of versions, as dependencies write them: ``>=0.5.6,<0.7``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLAUSE = re.compile(r"(>=|<=|==|~=|>|<)\s*([0-9]+(?:\.[0-9]+)*)(\.\*)?")

Version = tuple[int, ...]


@dataclass(frozen=True)
class Range:
    """All versions from ``low`` to ``high``; None where there is no bound.

    Attributes:
        open: whether ``high`` itself is left out.
    """

    low: Version | None = None
    high: Version | None = None
    open: bool = True

    @classmethod
    def read(cls, text: object) -> Range | None:
        """Return the range that a text writes; None if it writes none, or an empty one.

        >>> Range.read(">=0.5.6,<0.7")
        Range(low=(0, 5, 6), high=(0, 7), open=True)
        """
        if not isinstance(text, str):
            return None
        lows: list[Version] = []
        highs: list[tuple[Version, bool]] = []
        for part in text.split(","):
            match = _CLAUSE.fullmatch(part.strip())
            if match is None or (match[3] and match[1] != "=="):
                return None
            sign, numbers = match[1], tuple(map(int, match[2].split(".")))
            if sign in (">=", ">", "==", "~="):
                lows.append(_plain(numbers))
            if sign in ("<=", "<") or (sign == "==" and not match[3]):
                highs.append((_plain(numbers), sign == "<"))
            elif sign == "==":
                highs.append(((*numbers[:-1], numbers[-1] + 1), True))
            elif sign == "~=":
                if len(numbers) < 2:
                    return None
                highs.append(((*numbers[:-2], numbers[-2] + 1), True))
        low = max(lows, default=None)
        high, open_ = min(highs, key=lambda each: (each[0], not each[1]), default=(None, True))
        if low is not None and high is not None and (low > high or (low == high and open_)):
            return None
        return cls(low, high, open_)

    def within(self, other: Range) -> bool:
        """Tell whether every version of this range lies in another.

        >>> supported = Range(low=(0, 5, 6), high=(0, 7))
        >>> Range(low=(0, 6), high=(0, 6), open=False).within(supported)
        True
        >>> Range(low=(0, 6)).within(supported)
        False
        """
        above = other.low is None or (self.low is not None and self.low >= other.low)
        if other.high is None:
            return above
        below = self.high is not None and (
            self.high < other.high or (self.high == other.high and (self.open or not other.open))
        )
        return above and below


def _plain(numbers: Version) -> Version:
    """Return a version without the zeros at its end: 1.0 is 1."""
    kept = list(numbers)
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return tuple(kept)
