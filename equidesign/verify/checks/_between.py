"""How well a symmetry holds between the points of a grid, measured against moves that are no symmetry.

f(g·x) differs from g·f(x) in any network on pixels, by the anisotropy of small kernels and by what strides and
nonlinearities alias. So the error is compared with what f makes of two other moves of the same images: a stretch of
the plane, which is no symmetry, and a shift by half a pixel, which is one that only sampling breaks. All are relative
to the spread of the outputs over unlike images, so that scale and offset of the outputs do not matter:

    ratio = sum E / sum sqrt(S² + 6 T² + 0.02), summed over draws of the parameters.

One draw says little: a network with the symmetry of the grid alone may look isotropic with some parameters, and one
with the full symmetry may err much. The constants are those that told best networks of both kinds apart (378
right ones, 294 wrong ones): with eight draws no right one had more than 0.92, half of the wrong ones more than 1.29.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from equidesign.spec.field import Space
from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import Tensors, mix
from equidesign.verify.checks._textures import Move, Textures, disc, resample
from equidesign.verify.element import Element, UnsupportedError
from equidesign.verify.representations import rep_matrix
from equidesign.verify.shaking import duplicate, shake
from equidesign.verify.trials import Context, blocks

STRETCH = 1.2
SHIFT = 0.5
SALT = 29
SHIFTED = 6.0
SPREAD = 0.02
STRENGTH = 0.5
INSIDE = 0.7
TINY = 1e-12


@dataclass(frozen=True)
class Answer:
    """What one draw of the parameters makes of one element: root mean squares over images, relative to ``spread``.

    Attributes:
        label: the element.
        error: f(g·x) against g·f(x).
        stretched, shifted: f of the stretched and of the shifted images against f(x).
        floor: f(x) after the images were turned there and back on the grid; None where that was not run.
    """

    label: str
    error: float
    stretched: float
    shifted: float
    floor: float | None = None

    @property
    def control(self) -> float:
        """What moves do that are no symmetry, or one that sampling breaks."""
        return math.sqrt(self.stretched**2 + SHIFTED * self.shifted**2 + SPREAD)


def ratio(answers: Sequence[Answer]) -> float:
    """Return the error in units of what the other moves do, over all draws."""
    return sum(a.error for a in answers) / sum(a.control for a in answers)


def mean_error(answers: Sequence[Answer]) -> float:
    """Return the mean error, relative to the spread of the outputs over unlike images."""
    return sum(a.error for a in answers) / len(answers)


Answers = dict[tuple[str, str], list[Answer]]
"""By output and block of its components."""


class Between:
    """The measurement on one grid input."""

    def __init__(self, context: Context, name: str) -> None:
        self.context, self.name = context, name
        self.spec = context.interface.inputs[name]
        self.sides = [int(side) for side in self.spec.shape[2:]]
        self.dtype = context.subject.dtypes[0]

    def measure(self, elements: Sequence[Element], draws: int, finer: bool = False) -> Answers:
        """Return the answers of several draws of the parameters, each to one of the elements in turn.

        ``finer``: on a grid of twice the resolution, with waves as long in its pixels: what strides, small kernels
        and the edges of the image do is the same or less, what a network without the symmetry does is the same.
        """
        sides = [2 * side - 1 for side in self.sides] if finer else self.sides
        found: Answers = {}
        generator = self.context.generator(SALT)
        with self._any_size():
            for index, model in enumerate(self._models(draws)):
                textures = self._textures(generator, sides)
                element = elements[index % len(elements)]
                self._draw(model, textures, element, found, sides, floor=index == 0)
        return found

    def same_picture(self, element: Element) -> Answers:
        """Return the first answers for the same pictures at twice the resolution.

        Raises whatever the model raises on that size.
        """
        found: Answers = {}
        generator = self.context.generator(SALT)
        textures = self._textures(generator, self.sides).scaled(2)
        sides = [2 * side - 1 for side in self.sides]
        model = self.context.subject.model(self.dtype, False)
        with self._any_size():
            self._draw(model, textures, element, found, sides, floor=False)
        return found

    @contextlib.contextmanager
    def _any_size(self) -> Iterator[None]:
        """Let outputs on the grid have any size."""
        subject = self.context.subject
        before = subject.free
        subject.free = {
            name: tuple(axis > 1 or free for axis, free in enumerate(before[name]))
            if _on_grid(spec)
            else before[name]
            for name, spec in self.context.interface.outputs.items()
        }
        try:
            yield
        finally:
            subject.free = before

    def _textures(self, generator: torch.Generator, sides: Sequence[int]) -> Textures:
        outputs = self.context.interface.outputs.values()
        reps = [self.context.actor.rep(spec) for spec in outputs if not _on_grid(spec)]
        turning = any(rep is not None and not rep.is_scalar for rep in reps)
        draw = Textures.patches if turning else Textures.gratings
        return draw(int(self.spec.shape[1]), sides, generator)

    def _models(self, count: int) -> Iterator[nn.Module]:
        subject = self.context.subject
        for index in range(count):
            model = subject.model(self.dtype, False)
            if index:
                # In eval mode escnn holds expanded kernels, which can be neither copied nor shaken.
                copy = duplicate(subject.model(self.dtype, True))
                if copy is None:
                    return
                shake(copy, STRENGTH, subject.seed + 1000 * index)
                model = copy.eval()
            yield model

    def _draw(
        self,
        model: nn.Module,
        textures: Textures,
        element: Element,
        found: Answers,
        sides: Sequence[int],
        floor: bool,
    ) -> None:
        eye = torch.eye(len(sides), dtype=torch.float64)
        matrix = eye if element.matrix is None else element.matrix
        turn = Move(matrix)
        stretch = eye.clone()
        stretch[0, 0], stretch[1, 1] = STRETCH, 1 / STRETCH
        moves = [Move(stretch), Move(eye, SHIFT)]
        plain = textures.render(sides)
        turned = self._mixed(textures.render(sides, turn), self.spec, element)
        images = [plain, turned, *(textures.render(sides, move) for move in moves)]
        if floor:
            images.append(resample(resample(plain, turn), Move(matrix.T)))
        outputs = self._run(model, images, len(textures), element)
        for name, spec in self.context.interface.outputs.items():
            if name in self.context.dead:
                continue
            parts = outputs[name].split(len(textures))  # type: ignore[no-untyped-call]
            expected = self._mixed(self._moved(parts[0], spec, turn), spec, element)
            pairs = [(parts[1], expected)]
            pairs += [
                (part, self._moved(parts[0], spec, move))
                for part, move in zip(parts[2:4], moves, strict=True)
            ]
            if floor:
                pairs.append((parts[4], parts[0]))
            self._record(name, spec, parts[0], pairs, element.label, found)

    def _record(
        self,
        name: str,
        spec: TensorSpec,
        plain: Tensor,
        pairs: list[tuple[Tensor, Tensor]],
        label: str,
        found: Answers,
    ) -> None:
        inside = disc(plain.shape[2:], INSIDE) if _on_grid(spec) else None
        rep = self.context.actor.rep(spec)
        for block, index in blocks(plain.dim(), spec, rep):
            keep = plain[index] if inside is None else plain[index][..., inside]
            whole = float(keep.abs().max())
            spread = math.sqrt(2) * _rms(keep - keep.mean(0))
            sizes = []
            for one, other in pairs:
                gap = one[index] - other[index]
                sizes.append(_rms(gap if inside is None else gap[..., inside]))
            answers = found.setdefault((name, block), [])
            if not all(map(math.isfinite, sizes)):
                answers.append(Answer(label, math.inf, 0.0, 0.0))
            elif spread > TINY * whole:
                answers.append(Answer(label, *(size / spread for size in sizes)))

    def _run(self, model: nn.Module, images: list[Tensor], count: int, element: Element) -> Tensors:
        """Run all images in one pass; other inputs are the same for each, turned where the image is."""
        context = self.context
        inputs: Tensors = {self.name: torch.cat(images)}
        others = context.subject.inputs(count, 7) if len(context.interface.inputs) > 1 else {}
        for name, spec in context.interface.inputs.items():
            if name == self.name:
                continue
            value = others[name]
            if spec.shape[0] != "samples" or _on_grid(spec):
                raise UnsupportedError(f"input '{name}' beside the image '{self.name}'")
            moved = context.actor.act(value, spec, element)
            inputs[name] = torch.cat([moved if i == 1 else value for i in range(len(images))])
        return context.subject.call(model, inputs, self.dtype)

    def _moved(self, value: Tensor, spec: TensorSpec, move: Move) -> Tensor:
        return resample(value, move) if _on_grid(spec) else value

    def _mixed(self, value: Tensor, spec: TensorSpec, element: Element) -> Tensor:
        if not _on_grid(spec):
            return self.context.actor.act(value, spec, element)
        rep = self.context.actor.rep(spec)
        if rep is None or rep.is_scalar:
            return value
        return mix(value, rep_matrix(rep, element), 1)


def _on_grid(spec: TensorSpec) -> bool:
    return spec.space in (Space.pixels, Space.voxels)


def _rms(value: Tensor) -> float:
    return float(value.square().mean().sqrt()) if value.numel() else 0.0
