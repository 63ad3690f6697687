"""Images: exact turns, turns between pixels, and nets that break them."""

from __future__ import annotations

import pytest
import torch
from small_models import check, spec
from torch import Tensor, nn

from equidesign.spec.specification import Interface
from equidesign.verify.verdict import Report, Row, Verdict

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


def sampled(report: Report) -> Row:
    (row,) = [row for row in report.rows if row.check == "sampled symmetries"]
    return row


class Halves(Averaged):
    """The mean over half turns: exactly C2-invariant, no more."""

    def forward(self, x: Tensor) -> Tensor:
        return (self.answer(x) + self.answer(x.rot90(2, (2, 3)))) / 2


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("group", ["C6", "SO(2)"])
def test_the_symmetry_of_the_grid_is_not_enough(group: str, seed: int) -> None:
    model = Halves if group == "C6" else Averaged
    row = sampled(check(model, interface(group), example=example, seed=seed))
    assert row.error64 is not None
    assert row.floor is not None
    if group == "C6":
        assert row.verdict is Verdict.broken, row.detail
    right = sampled(check(Isotropic, interface(group), example=example, seed=seed))
    assert right.verdict is Verdict.resolution_limited, right.detail
    assert right.error64 is not None
    assert right.error64 < row.error64 / 5
    assert {item.label for item in row.elements} >= {row.worst}


class Field(nn.Module):
    """Scores for every pixel, from round filters or from any."""

    def __init__(self, isotropic: bool) -> None:
        super().__init__()
        self.isotropic = isotropic
        self.weight = nn.Parameter(torch.randn(6, 1, 7, 7))
        self.mixing = nn.Parameter(torch.randn(3, 6))

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.weight
        if self.isotropic:
            line = torch.arange(-3.0, 4.0).to(x)
            away = line[:, None].square() + line.square()
            widths = torch.linspace(0.9, 1.6, 6).to(x)[:, None, None]
            round_ = torch.exp(-away / (2 * widths.square())) / widths.square()
            kernel = kernel[:, :, 3:4, 3:4] * round_[:, None]
        h = nn.functional.silu(nn.functional.conv2d(x, kernel, padding=3))
        return torch.einsum("oc,bchw->bohw", self.mixing, h)


def test_fields_on_pixels() -> None:
    outputs = {"logits": spec("samples", 3, SIDE, SIDE, rep="3xtrivial", space="pixels")}
    fields = interface("C3").model_copy(update={"outputs": outputs})
    right = sampled(check(lambda: Field(True), fields, example=example))
    wrong = sampled(check(lambda: Field(False), fields, example=example))
    assert right.verdict is Verdict.resolution_limited, right.detail
    assert wrong.verdict is Verdict.broken, wrong.detail


def test_a_model_of_one_size_only() -> None:
    class Fixed(Isotropic):
        def answer(self, x: Tensor) -> Tensor:
            if x.shape[-1] != SIDE:
                raise ValueError("another size")
            return super().answer(x)

    report = check(Fixed, interface("SO(2)"), example=example)
    assert sampled(report).verdict is Verdict.resolution_limited


class Volume(nn.Module):
    """Scores of a volume, from round filters or from any."""

    def __init__(self, isotropic: bool) -> None:
        super().__init__()
        self.isotropic = isotropic
        self.weight = nn.Parameter(torch.randn(6, 1, 5, 5, 5))
        self.head = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.weight
        if self.isotropic:
            line = torch.arange(-2.0, 3.0).to(x).square()
            away = line[:, None, None] + line[:, None] + line
            widths = torch.linspace(0.7, 1.1, 6).to(x)[:, None, None, None]
            kernel = kernel[:, :, 2:3, 2:3, 2:3] * torch.exp(-away / (2 * widths.square()))[:, None]
        h = nn.functional.silu(nn.functional.conv3d(x, kernel, padding=2))
        return self.head(h.mean((2, 3, 4)))


def test_volumes() -> None:
    volumes = Interface(
        group="SO(3)",
        inputs={"x": spec("samples", 1, 11, 11, 11, rep="1x0", space="voxels")},
        outputs={"logits": spec("samples", 3, rep="3x0", space="global")},
    )

    def drawn(batch: int, seed: int) -> dict[str, Tensor]:
        generator = torch.Generator().manual_seed(seed)
        return {"x": torch.randn(batch, 1, 11, 11, 11, generator=generator)}

    right = sampled(check(lambda: Volume(True), volumes, example=drawn))
    wrong = sampled(check(lambda: Volume(False), volumes, example=drawn))
    assert right.verdict is Verdict.resolution_limited, right.detail
    assert wrong.verdict is Verdict.broken, wrong.detail
