"""The layer that is named is the one that was broken, with a cause that fits; nothing of the model changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from small_models import POINTS, example_points, spec
from torch import Tensor, nn

from equidesign.groups.names import parse_group
from equidesign.spec.specification import Interface
from equidesign.verify.actions import Actor
from equidesign.verify.checks.group_elements import element_trial, elements_by_kind
from equidesign.verify.locate import Place, locate
from equidesign.verify.subject import Subject
from equidesign.verify.traces import traced
from equidesign.verify.trials import Context, Trial

VECTORS = Interface(
    group="E(3) x S_n",
    inputs=POINTS,
    outputs={"output": spec("samples", 2, rep="2x0e", space="global")},
)


def context_of(
    build: Callable[[], nn.Module], interface: Interface, example: Any, types: Any = None
) -> Context:
    group = parse_group(interface.group)
    fiber = group.geometric.point_group
    subject = Subject(build, example, interface)
    return Context(subject, group, fiber, Actor(interface, fiber), types=types or {})


def turned(context: Context, kind: str = "rotations") -> Trial:
    return element_trial(context, elements_by_kind(context)[kind][-1])


def reordered(context: Context, size: str) -> Trial:
    labels, base = context.labels, context.base
    count = labels.sizes(base)[size]
    orders = {size: torch.arange(count - 1, -1, -1)}
    return Trial(
        "reversed",
        base,
        labels.relabel(base, orders),
        lambda out: labels.relabel_outputs(out, orders),
        orders=orders,
    )


def alone(context: Context) -> Trial:
    labels, base = context.labels, context.base
    part, kept = labels.take(base, [1])
    return Trial(
        "alone",
        base,
        part,
        lambda out: labels.select(out, context.interface.outputs, kept),
        kept=kept,
    )


def place(context: Context, trial: Trial, training: bool = False) -> Place:
    found = locate(context, trial, training)
    assert found is not None
    assert found.cause
    assert found.repair
    return found


class Differences(nn.Module):
    """Four vectors for each point, weighted sums of differences to the others of its sample."""

    def forward(self, pos: Tensor, batch: Tensor) -> Tensor:
        away = pos[None] - pos[:, None]
        near = (batch[None] == batch[:, None])[..., None]
        weights = [(-k * away.square().sum(-1, keepdim=True)).exp() for k in (0.1, 0.3, 1.0, 2.0)]
        return torch.stack([(near * w * away).sum(1) for w in weights], dim=1)


class Channels(nn.Module):
    """Mixes the channels of vectors (N, C, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4, bias=False)

    def forward(self, v: Tensor) -> Tensor:
        return self.linear(v.transpose(1, 2)).transpose(1, 2)


class Identity(nn.Module):
    def forward(self, v: Tensor) -> Tensor:
        return 1.0 * v


class Pool(nn.Module):
    def forward(self, h: Tensor, batch: Tensor) -> Tensor:
        return h.new_zeros(int(batch.max()) + 1, h.shape[1]).index_add(0, batch, h)


class Net(nn.Module):
    """Right, with a layer ``suspect`` between two mixings of channels, on the vectors of the points."""

    def __init__(self, suspect: nn.Module) -> None:
        super().__init__()
        self.start, self.first, self.second = Differences(), Channels(), Channels()
        self.suspect = suspect
        self.head = nn.Sequential(nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 2))
        self.pool = Pool()

    def forward(self, pos: Tensor, batch: Tensor) -> Tensor:
        v = self.first(self.start(pos, batch))
        w = self.second(self.suspect(v))
        h = torch.cat([w.square().sum(-1), (v * w).sum(-1)], dim=1)
        return self.pool(self.head(h), batch)


class Bias(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(0.1 * torch.randn(3))

    def forward(self, v: Tensor) -> Tensor:
        return v + self.bias


class Function(nn.Module):
    """A layer made of a function."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, v: Tensor) -> Tensor:
        return self.function(v)


def gated(v: Tensor) -> Tensor:
    return v * v.square().sum(-1, keepdim=True).tanh()


def index_weights(v: Tensor) -> Tensor:
    return v * (1 + 1e-4 * torch.arange(len(v)).to(v))[:, None, None]


def batch_leak(v: Tensor) -> Tensor:
    return v / (1 + v.square().mean().sqrt())


def preferred(v: Tensor) -> Tensor:
    return v * torch.tensor([1.0, 1.0, 1 + 1e-5]).to(v)


SUSPECTS: dict[str, tuple[Callable[[], nn.Module], str, str]] = {
    "relu": (nn.ReLU, "rotations", "nonlinearity acts on each component"),
    "softplus": (lambda: Function(nn.functional.softplus), "rotations", "nonlinearity acts"),
    "bias": (Bias, "rotations", "bias"),
    "mixing": (lambda: nn.Linear(3, 3, bias=False), "rotations", "mixes the components"),
    "layer norm": (lambda: nn.LayerNorm(3), "rotations", "normalisation"),
    "preferred axis": (lambda: Function(preferred), "rotations", "scale of its own"),
    "swapped axes": (lambda: Function(lambda v: v[..., [1, 0, 2]]), "rotations", "swapped axes"),
    "index": (lambda: Function(index_weights), "points", "order or index"),
    "samples": (lambda: Function(batch_leak), "alone", "influence each other"),
}


def points(suspect: Callable[[], nn.Module]) -> Context:
    return context_of(lambda: Net(suspect()), VECTORS, example_points)


@pytest.mark.parametrize("name", SUSPECTS)
def test_vectors_on_points(name: str) -> None:
    suspect, kind, cause = SUSPECTS[name]
    context = points(suspect)
    trial = {"points": lambda c: reordered(c, "points"), "alone": alone}.get(kind, turned)(context)
    found = place(context, trial)
    assert found.layer == "suspect"
    assert cause in found.cause


@pytest.mark.parametrize("kind", ["rotations", "translations"])
def test_the_models_own_forward(kind: str) -> None:
    class Own(Net):
        def forward(self, pos: Tensor, batch: Tensor) -> Tensor:
            h = self.first(self.start(pos, batch)).square().sum(-1)
            extra = pos.relu() if kind == "rotations" else pos.square().sum(-1, keepdim=True)
            h = torch.cat([h, h * (1 + 0.1 * extra[:, :1])], dim=1)
            return self.pool(self.head(h), batch)

    context = context_of(lambda: Own(Identity()), VECTORS, example_points)
    found = place(context, turned(context, kind))
    assert found.layer == "the model's own forward, after 'first'"
    assert kind == "rotations" or "absolute positions" in found.cause


def test_the_layer_inside_a_block_is_named() -> None:
    context = points(lambda: nn.Sequential(Function(gated), nn.Sequential(Channels(), nn.ELU())))
    assert place(context, turned(context)).layer == "suspect.1.1"


def test_wrong_parity() -> None:
    def crossed(v: Tensor) -> Tensor:
        return v + torch.linalg.cross(v, v.roll(1, 1))

    context = points(lambda: Function(crossed))
    found = place(context, turned(context, "reflections"))
    assert found.layer == "suspect"
    assert "rotations hold, reflections do not" in found.cause


@pytest.mark.parametrize("training", [False, True])
def test_only_one_mode(training: bool) -> None:
    class Moody(nn.Module):
        def forward(self, v: Tensor) -> Tensor:
            return v.relu() if self.training == training else 1.0 * v

    context = points(Moody)
    found = place(context, turned(context), training)
    assert found.layer == "suspect"
    assert f"only in {'train' if training else 'eval'} mode" in found.cause


def test_known_types_see_a_change_of_basis() -> None:
    context = context_of(
        lambda: Net(Function(lambda v: v.flip(1)[..., [2, 0, 1]])),
        VECTORS,
        example_points,
        {"start": "4x1o", "first": "4x1o", "suspect": "4x1o"},
    )
    assert place(context, turned(context)).layer == "suspect"


def test_nothing_of_the_model_changes() -> None:
    context = points(nn.ReLU)
    subject = context.subject
    before = subject.run(context.base)["output"]
    model = subject.model(torch.float64, False)
    place(context, turned(context))
    assert torch.equal(subject.run(context.base)["output"], before)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_hooks_are_taken_off_when_the_model_raises() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(4, 2)).train()
    mean = model[0].running_mean.clone()
    with pytest.raises(RuntimeError, match="mat1"), traced(model):
        model(torch.randn(5, 3))
    assert torch.equal(model[0].running_mean, mean)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_a_surprise_is_no_error() -> None:
    context = points(nn.ReLU)
    trial = turned(context)
    assert locate(context, Trial("nothing", trial.inputs, {}, trial.expected), False) is None


def test_a_right_model_has_no_place() -> None:
    context = points(lambda: Function(gated))
    found = locate(context, turned(context), False)
    assert found is None or found.layer.startswith("the model's own forward")


SETS = Interface(
    group="S_n",
    inputs={
        "x": spec("samples", "elements", 3, rep="3xtrivial", space="elements"),
        "mask": spec("samples", "elements", dtype="bool", space="elements", role="mask"),
    },
    outputs={"output": spec("samples", 2, rep="2xtrivial", space="global")},
)


def example_sets(batch: int, seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, 7, 3, generator=generator)
    return {"x": x, "mask": torch.ones(batch, 7, dtype=torch.bool)}


class Sets(nn.Module):
    def __init__(self, suspect: nn.Module) -> None:
        super().__init__()
        self.embedding, self.suspect = nn.Linear(3, 8), suspect
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 2)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        h = self.suspect(self.embedding(x))
        h = h[0] if isinstance(h, tuple) else h
        h = h + self.attention(h, h, h, key_padding_mask=~mask, need_weights=False)[0]
        return self.head((h.tanh() * mask[..., None]).sum(1))


class Positions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(0.01 * torch.randn(7, 8))

    def forward(self, h: Tensor) -> Tensor:
        return h + self.table


@pytest.mark.parametrize(
    ("suspect", "kind", "cause"),
    [
        (lambda: nn.GRU(8, 8, batch_first=True), "elements", "recurrent"),
        (Positions, "elements", "positional encoding"),
        (lambda: Function(lambda h: h.cumsum(1)), "elements", "order or index"),
        (lambda: Function(lambda h: h - h.mean(0)), "alone", "influence each other"),
    ],
)
def test_sets(suspect: Callable[[], nn.Module], kind: str, cause: str) -> None:
    context = context_of(lambda: Sets(suspect()), SETS, example_sets)
    found = place(context, alone(context) if kind == "alone" else reordered(context, kind))
    assert found.layer == "suspect"
    assert cause in found.cause


IMAGES = Interface(
    group="C4",
    inputs={"x": spec("samples", 1, 9, 9, rep="1xtrivial", space="pixels")},
    outputs={"output": spec("samples", 2, rep="2xtrivial", space="global")},
)


def example_images(batch: int, seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {"x": torch.randn(batch, 1, 9, 9, generator=generator)}


class Isotropic(nn.Module):
    """A convolution whose kernels are constant along rings: exactly symmetric under C4."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels_out, channels_in, 3))
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        ring = torch.tensor([[2, 1, 2], [1, 0, 1], [2, 1, 2]])
        return nn.functional.conv2d(x, self.weight[..., ring], padding=1, stride=self.stride)


class Images(nn.Module):
    def __init__(self, suspect: nn.Module) -> None:
        super().__init__()
        self.first, self.suspect, self.last = Isotropic(1, 4), suspect, Isotropic(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.suspect(self.first(x).relu()).relu()).mean((2, 3))


@pytest.mark.parametrize(
    ("suspect", "cause"),
    [
        (lambda: nn.Conv2d(4, 4, 3, padding=1), "kernels do not turn"),
        (lambda: nn.MaxPool2d(2, 2), "stride leaves"),
        (lambda: nn.Conv2d(4, 4, 4, padding=2), "even kernel"),
        (lambda: Function(lambda x: x.cumsum(-1)), "where on the grid"),
    ],
)
def test_images(suspect: Callable[[], nn.Module], cause: str) -> None:
    context = context_of(lambda: Images(suspect()), IMAGES, example_images)
    found = place(context, turned(context))
    assert found.layer == "suspect"
    assert cause in found.cause


@pytest.mark.parametrize("broken", ["gate", "linear"])
def test_e3nn(broken: str) -> None:
    o3 = pytest.importorskip("e3nn.o3")

    class Harmonic(Net):
        def __init__(self) -> None:
            super().__init__(Identity())
            self.harmonics = o3.SphericalHarmonics("1x1o + 1x2e", normalize=False)
            self.linear = o3.Linear("4x1o + 4x2e", "4x1o + 4x2e")
            self.gate = nn.SiLU() if broken == "gate" else Identity()
            self.mix = nn.Linear(32, 32, bias=False) if broken == "linear" else Identity()
            self.product = o3.FullyConnectedTensorProduct("4x1o + 4x2e", "4x1o + 4x2e", "2x0e")

        def forward(self, pos: Tensor, batch: Tensor) -> Tensor:
            h = self.harmonics(self.start(pos, batch))
            h = torch.cat([h[..., :3].flatten(1), h[..., 3:].flatten(1)], dim=1)
            h = self.mix(self.gate(self.linear(h)))
            return self.pool(self.product(h, h), batch)

    context = context_of(Harmonic, VECTORS, example_points)
    assert place(context, turned(context)).layer == {"gate": "gate", "linear": "mix"}[broken]


def test_escnn() -> None:
    gspaces = pytest.importorskip("escnn.gspaces")
    from escnn import nn as enn

    space = gspaces.rot2dOnR2(4)
    vectors = enn.FieldType(space, [space.irrep(1)] * 4)

    class Plain(nn.Module):
        def forward(self, h: Any) -> Any:
            return enn.GeometricTensor(h.tensor.relu(), h.type)

    class Steerable(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.entry = enn.FieldType(space, [space.trivial_repr])
            self.first = enn.R2Conv(self.entry, vectors, 3, padding=1, bias=False)
            self.suspect = Plain()
            self.last = enn.R2Conv(
                vectors, enn.FieldType(space, [space.trivial_repr] * 2), 3, padding=1
            )

        def forward(self, x: Tensor) -> Tensor:
            h = self.last(self.suspect(self.first(self.entry(x))))
            return h.tensor.mean((2, 3))

    context = context_of(Steerable, IMAGES, example_images)
    assert place(context, turned(context)).layer == "suspect"


def test_the_cause_is_seen_in_the_forward_of_a_block() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix = Channels()

        def forward(self, v: Tensor) -> Tensor:
            return nn.functional.elu(self.mix(v))

    found = place(context := points(Block), turned(context))
    assert found.layer == "suspect"
    assert "nonlinearity acts on each component" in found.cause
    assert "after 'suspect.mix'" in found.cause


def test_neighbours_found_in_another_order() -> None:
    """Rounding may change the order of edges; the layers that read them are not to blame."""

    class Edges(Net):
        def __init__(self) -> None:
            super().__init__(nn.ReLU())
            self.message = nn.Linear(1, 4)
            self.gather = Gather()

        def forward(self, pos: Tensor, batch: Tensor) -> Tensor:
            i, j = ((batch[:, None] == batch) & ~torch.eye(len(batch)).bool()).nonzero().T
            order = pos[i][:, 0].argsort()
            i, j = i[order], j[order]
            away = pos[j] - pos[i]
            weight = self.message(away.norm(dim=1, keepdim=True)).tanh()
            v = self.gather(weight[..., None] * away[:, None], torch.stack([i, j]), len(pos))
            h = self.suspect(v).square().sum(-1)
            return self.pool(self.head(torch.cat([h, v.square().sum(-1)], dim=1)), batch)

    class Gather(nn.Module):
        def forward(self, message: Tensor, edges: Tensor, count: int) -> Tensor:
            return message.new_zeros(count, *message.shape[1:]).index_add(0, edges[0], message)

    context = context_of(Edges, VECTORS, example_points)
    assert place(context, turned(context)).layer == "suspect"


def test_masked_content_that_is_read() -> None:
    context = context_of(lambda: Sets(Function(lambda h: h - h.mean(1, True))), SETS, example_sets)
    base = context.base
    base["mask"][0, 5:] = False
    moved = {**base, "x": torch.where(base["mask"][..., None], base["x"], 3.0)}
    trial = Trial("another content of the masked elements", base, moved, lambda out: out)
    found = place(context, trial)
    assert found.layer == "suspect"
    assert "masked places" in found.cause
