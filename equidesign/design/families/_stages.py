"""Where an image network halves its resolution: sizes, widths and kernels of its stages."""

from __future__ import annotations

from dataclasses import dataclass

COARSEST = 8
"""Images are halved until their shorter side is at most this."""
FULL_WIDTH = 64
"""Stages on more pixels a side than this are as cheap as possible: one convolution of the least width."""
STAGES = 3
MAX_FACTOR = 3
MAX_LATE_FACTOR = 4


@dataclass(frozen=True)
class Stage:
    """A run of convolutions at one resolution.

    Attributes:
        size: height and width.
        halved: whether anti-aliased down-sampling comes before it.
        factor: its width, in units of the first stage's.
        depth: number of convolutions.
    """

    size: tuple[int, int]
    halved: bool
    factor: int
    depth: int


def half(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size after one exact halving: n/2 of an even side, (n + 1)/2 of an odd one."""
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def stages(size: tuple[int, int], depth: int, late: bool = False) -> tuple[Stage, ...]:
    """Return the stages of an encoder, ``STAGES`` at least; small images keep their resolution.

    A convolution costs four times as much on twice the resolution. Where no detail is needed again, ``late``
    stages are the cheap ones: widths double, and only the coarsest stage is ``depth`` convolutions deep.

    >>> [(stage.size, stage.factor) for stage in stages((28, 29), 2)]
    [((28, 29), 1), ((14, 15), 2), ((7, 8), 3)]
    >>> [(stage.factor, stage.depth) for stage in stages((28, 29), 2, late=True)]
    [(1, 1), (2, 1), (4, 2)]
    """
    found: list[Stage] = []
    halved, factor = False, 0
    while True:
        large = max(size) > FULL_WIDTH
        wider = min(max(2 * factor, 1), MAX_LATE_FACTOR) if late else min(factor + 1, MAX_FACTOR)
        factor = 1 if large else wider
        halving = min(size) > COARSEST
        last = not halving and len(found) + 1 >= STAGES
        found.append(Stage(size, halved, factor, 1 if large or (late and not last) else depth))
        if last:
            return tuple(found)
        size, halved = half(size) if halving else size, halving


def kernel_that_fits(kernel: int, size: tuple[int, int]) -> int:
    """Return the largest odd kernel up to ``kernel`` whose every pixel can meet the image.

    Weights beyond would never be used. Of an image of one row the longer side counts.
    """
    side = min(size) if min(size) > 1 else max(size)
    return min(kernel, 2 * side - 1)
