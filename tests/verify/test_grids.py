"""Images: exact turns, turns between pixels, and nets that break them."""

from __future__ import annotations

import pytest
import torch
from small_models import check, spec
from torch import Tensor, nn

from equidesign.spec.specification import Interface
from equidesign.verify.verdict import Verdict

SIDE = 15


def interface(group: str) -> Interface:
    return Interface(
        group=group,
        inputs={"x": spec("samples", 1, SIDE, SIDE, rep="1xtrivial", space="pixels")},
        outputs={"logits": spec("samples", 3, rep="3xtrivial", space="global")},
    )


def example(batch: int, seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {"x": torch.randn(batch, 1, SIDE, SIDE, generator=generator)}


class Plain(nn.Module):
    """An ordinary convolutional net."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.SiLU(), nn.Conv2d(6, 6, 5, padding=2), nn.SiLU()
        )
        self.head = nn.Linear(6, 3)

    def answer(self, x: Tensor) -> Tensor:
        return self.head(self.body(x).mean((2, 3)))

    def forward(self, x: Tensor) -> Tensor:
        return self.answer(x)


class Averaged(Plain):
    """The mean over the eight turns and mirror images of the grid: exactly D4-invariant."""

    def forward(self, x: Tensor) -> Tensor:
        images = [y.rot90(k, (2, 3)) for y in (x, x.flip(2)) for k in range(4)]
        return torch.stack([self.answer(image) for image in images]).mean(0)


class Isotropic(Plain):
    """Gaussian filters only: invariant under all turns as far as pixels allow."""

    def answer(self, x: Tensor) -> Tensor:
        grid = torch.arange(-4.0, 5.0).to(x)
        distance = grid[:, None].square() + grid.square()
        kernels = torch.stack([torch.exp(-distance / (2 * s * s)) / s**2 for s in (1.0, 1.4, 1.8)])
        h = nn.functional.conv2d(x, kernels[:, None], padding=4)
        return self.head(torch.cat([h.square(), torch.sin(h)], dim=1).mean((2, 3)))


@pytest.mark.parametrize("group", ["C4", "D4", "D2", "C2", "D1"])
def test_exact_groups(group: str) -> None:
    assert check(Averaged, interface(group), example=example).verdict is Verdict.exact
    assert check(Plain, interface(group), example=example).verdict is Verdict.broken


@pytest.mark.parametrize("seed", range(3))
def test_turns_between_pixels(seed: int) -> None:
    good = check(Isotropic, interface("O(2)"), example=example, seed=seed)
    assert good.verdict is Verdict.resolution_limited, good.rows


def test_misaligned_stride() -> None:
    class Strided(Averaged):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x[..., : SIDE - 1, : SIDE - 1])

    assert check(Strided, interface("C4"), example=example).verdict is Verdict.broken


class Gradient(nn.Module):
    """The first moment of the image, a vector (x, y)."""

    def __init__(self, up: float) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.up = up

    def forward(self, x: Tensor) -> Tensor:
        h = x.square()
        across = torch.arange(x.shape[3]).to(x) - (x.shape[3] - 1) / 2
        down = torch.arange(x.shape[2]).to(x) - (x.shape[2] - 1) / 2
        parts = [(h * across).sum((2, 3)), self.up * (h * down[:, None]).sum((2, 3))]
        return self.scale * torch.cat(parts, dim=1)


def moments(group: str, rep: str) -> Interface:
    outputs = {"v": spec("samples", 2, rep=rep, space="global")}
    return interface(group).model_copy(update={"outputs": outputs})


def test_vectors_turn_with_the_image() -> None:
    vectors = moments("D4", "1xirrep(1,1)")
    assert check(lambda: Gradient(-1.0), vectors, example=example).verdict is Verdict.exact
    assert check(lambda: Gradient(1.0), vectors, example=example).verdict is Verdict.broken


def test_a_frequency_that_only_the_grid_confuses() -> None:
    """Quarter turns cannot tell the frequencies 1 and 5; other angles can."""
    right = check(lambda: Gradient(-1.0), moments("O(2)", "1xirrep(1,1)"), example=example)
    assert right.verdict is Verdict.resolution_limited
    wrong = check(lambda: Gradient(-1.0), moments("O(2)", "1xirrep(1,5)"), example=example)
    broken = {row.check for row in wrong.rows if row.verdict is Verdict.broken}
    assert broken == {"sampled symmetries"}
