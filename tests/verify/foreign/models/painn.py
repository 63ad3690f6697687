"""PaiNN-style scalars and vectors (Schuett et al., 2021); scalars (B, 2) and vectors per point, as a tuple."""

from typing import NamedTuple

import torch
from torch import nn


class Out(NamedTuple):
    scalar: torch.Tensor
    vector: torch.Tensor


class PaiNN(nn.Module):
    width = 6

    def __init__(self):
        super().__init__()
        w = self.width
        self.radial = nn.Sequential(nn.Linear(1, 12), nn.SiLU(), nn.Linear(12, 2 * w))
        self.mix_u, self.mix_v = nn.Linear(w, w, bias=False), nn.Linear(w, w, bias=False)
        self.gate = nn.Sequential(nn.Linear(2 * w, w), nn.SiLU(), nn.Linear(w, 3 * w))
        self.scalar_head, self.vector_head = nn.Linear(w, 2), nn.Linear(w, 1, bias=False)

    def act_scalars(self, s, batch):
        return s

    def act_vectors(self, v, batch):
        return v

    def pool(self, s, batch):
        return s.new_zeros(int(batch.max()) + 1, s.shape[-1]).index_add(0, batch, s)

    def readout(self, s, v, batch):
        return self.pool(self.scalar_head(s), batch), self.vector_head(v).squeeze(-1)

    def forward(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = same.nonzero(as_tuple=True)
        away = pos[i] - pos[j]
        d = away.norm(dim=-1, keepdim=True)
        a, b = (self.radial(d) * torch.exp(-d)).chunk(2, dim=-1)
        s = pos.new_zeros(len(pos), self.width).index_add(0, i, a)
        v = pos.new_zeros(len(pos), 3, self.width).index_add(0, i, away[..., None] * b[:, None])
        s, v = self.act_scalars(s, batch), self.act_vectors(v, batch)
        u, w = self.mix_u(v), self.mix_v(v)
        length = (w.square().sum(1) + 1e-6).sqrt()
        ss, sv, vv = self.gate(torch.cat([s, length], dim=-1)).chunk(3, dim=-1)
        s = s + ss + sv * (u * w).sum(1)
        v = v + vv[:, None] * u
        return self.readout(s, v, batch)


class Named(PaiNN):
    def readout(self, s, v, batch):
        return Out(*super().readout(s, v, batch))


class Relu(PaiNN):
    """ReLU on the components of vectors."""

    def act_vectors(self, v, batch):
        return torch.relu(v)


class Bias(PaiNN):
    """A bias of 1e-3 on vectors."""

    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.full((3, 1), 1e-3))

    def act_vectors(self, v, batch):
        return v + self.shift


class Mix(PaiNN):
    """A linear layer over x, y and z."""

    def __init__(self):
        super().__init__()
        self.components = nn.Linear(3, 3, bias=False)

    def act_vectors(self, v, batch):
        return self.components(v.transpose(1, 2)).transpose(1, 2)


class MaxNorm(PaiNN):
    """The largest component instead of the length."""

    def act_vectors(self, v, batch):
        return v / (1 + v.abs().amax(dim=1, keepdim=True))


class BatchNormVectors(PaiNN):
    """Batch normalisation of the components."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def act_vectors(self, v, batch):
        return self.norm(v)


class BatchNormScalars(PaiNN):
    """Batch normalisation of scalars: right, though samples meet in train mode."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(self.width)

    def act_scalars(self, s, batch):
        return self.norm(s)


class LeakyNorm(PaiNN):
    """Batch normalisation that keeps no statistics: in eval mode samples change each other."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(self.width, track_running_stats=False)

    def act_scalars(self, s, batch):
        return self.norm(s)


class CentredOverBatch(PaiNN):
    """Scalars minus their mean over everything in the batch."""

    def act_scalars(self, s, batch):
        return s - s.mean(0, keepdim=True)


class FirstSample(PaiNN):
    """Everything is compared with the first sample."""

    def readout(self, s, v, batch):
        scalar, vector = super().readout(s, v, batch)
        return scalar - 0.1 * scalar[:1].tanh(), vector


class Dropout(PaiNN):
    """Dropout of scalar features: right."""

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.3)

    def act_scalars(self, s, batch):
        return self.drop(s)


class DropoutChannels(PaiNN):
    """Dropout of whole vectors: right, the three components live and die together."""

    def act_vectors(self, v, batch):
        keep = nn.functional.dropout(torch.ones_like(v[:, :1]), 0.3, self.training)
        return v * keep


class DropoutComponents(PaiNN):
    """Dropout of single components: wrong in train mode only."""

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.3)

    def act_vectors(self, v, batch):
        return self.drop(v)


class EvalOnly(PaiNN):
    """A cheaper path at inference that forgets the symmetry."""

    def act_vectors(self, v, batch):
        return v if self.training else v * torch.tensor([[1.0], [1.0], [1.01]]).to(v)


class Noise(PaiNN):
    """Noise that is never switched off."""

    def readout(self, s, v, batch):
        scalar, vector = super().readout(s, v, batch)
        return scalar, vector + 0.01 * torch.randn_like(vector)


class HiddenByZero(PaiNN):
    """Breaks on a branch whose last layer starts at zero."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Linear(3, self.width, bias=False)
        nn.init.zeros_(self.branch.weight)

    def act_vectors(self, v, batch):
        return v + self.branch(torch.sigmoid(v.mean(-1)))[:, None]


class OrderPooling(PaiNN):
    """Points are weighed by their place in the list."""

    def pool(self, s, batch):
        return super().pool(s * torch.linspace(0.5, 1.5, len(s), dtype=s.dtype)[:, None], batch)


class LastPoint(PaiNN):
    """The state of the last point of each sample stands for the sample."""

    def pool(self, s, batch):
        last = torch.cumsum(torch.bincount(batch), 0) - 1
        return s[last]


class Accumulator(PaiNN):
    """A running sum, so rounding depends on the order, and a large reference energy per point: right."""

    def pool(self, s, batch):
        s = s - 100.0
        rows = [s[batch == b].cumsum(0)[-1] for b in range(int(batch.max()) + 1)]
        return torch.stack(rows)


class Float32Inside(PaiNN):
    """Casts to single precision and back: right."""

    def forward(self, pos, batch):
        dtype = pos.dtype
        super().float()
        return tuple(o.to(dtype) for o in super().forward(pos.float(), batch))


class Float64Only(PaiNN):
    """Refuses anything but double precision."""

    def __init__(self):
        super().__init__()
        self.double()

    def forward(self, pos, batch):
        self.double()
        return super().forward(pos.double(), batch)


class BrokenFloat32Inside(Float32Inside):
    def act_vectors(self, v, batch):
        return v * torch.tensor([[1.0], [1.0], [1.001]]).to(v)


class Huge(PaiNN):
    def readout(self, s, v, batch):
        return tuple(1e8 * o for o in super().readout(s, v, batch))


class Tiny(PaiNN):
    def readout(self, s, v, batch):
        return tuple(1e-8 * o for o in super().readout(s, v, batch))


class HugeBroken(Huge):
    def act_vectors(self, v, batch):
        return torch.relu(v)


class TinyBroken(Tiny):
    def act_vectors(self, v, batch):
        return v + 1e-3 * torch.relu(v)


painn, named, relu, bias, mix, max_norm = PaiNN, Named, Relu, Bias, Mix, MaxNorm
batchnorm_vectors, batchnorm_scalars, leaky_norm = BatchNormVectors, BatchNormScalars, LeakyNorm
centred_over_batch, first_sample = CentredOverBatch, FirstSample
dropout, dropout_channels, dropout_components = Dropout, DropoutChannels, DropoutComponents
eval_only, noise, hidden_by_zero = EvalOnly, Noise, HiddenByZero
order_pooling, last_point, accumulator = OrderPooling, LastPoint, Accumulator
float32_inside, float64_only, broken_float32_inside = (
    Float32Inside,
    Float64Only,
    BrokenFloat32Inside,
)
huge, tiny, huge_broken, tiny_broken = Huge, Tiny, HugeBroken, TinyBroken
