"""e3nn, built as people build it: under the default float32, whose Clebsch-Gordan constants stay float32."""

import torch
from e3nn import nn as enn
from e3nn import o3
from torch import nn


class Conv(nn.Module):
    """Tensor field network: spherical harmonics, FullyConnectedTensorProduct, Gate, BatchNorm, Linear."""

    norm = False

    def __init__(self):
        super().__init__()
        self.sh = o3.Irreps("1x0e+1x1o+1x2e")
        gate = enn.Gate("4x0e", [torch.nn.functional.silu], "4x0e", [torch.sigmoid], "2x1o+2x2e")
        self.tp = o3.FullyConnectedTensorProduct(
            "2x0e", self.sh, gate.irreps_in, shared_weights=False
        )
        self.radial = enn.FullyConnectedNet([4, 8, self.tp.weight_numel], torch.nn.functional.silu)
        self.gate = gate
        self.bn = enn.BatchNorm(gate.irreps_out) if self.norm else None
        self.tp2 = o3.FullyConnectedTensorProduct(gate.irreps_out, self.sh, "8x0e+4x1o+2x2e")
        self.lin = o3.Linear("8x0e+4x1o+2x2e", "2x0e+1x1o+1x2e")
        self.start = nn.Parameter(torch.randn(1, 2))

    def harmonics(self, away):
        return o3.spherical_harmonics(self.sh, away, True, normalization="component")

    def middle(self, h):
        return h

    def forward(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = same.nonzero(as_tuple=True)
        away = pos[i] - pos[j]
        y, d = self.harmonics(away), away.norm(dim=-1)
        basis = torch.exp(-(d[:, None] - torch.linspace(0, 2, 4).to(d)).square())
        message = self.tp(self.start.expand(len(i), -1), y, self.radial(basis))
        h = message.new_zeros(len(pos), message.shape[1]).index_add(0, i, message)
        h = self.gate(h)
        h = self.middle(h if self.bn is None else self.bn(h))
        near = torch.exp(-d)[:, None]
        h = self.lin(h.new_zeros(len(pos), 30).index_add(0, i, near * self.tp2(h[j], y)))
        out = h.new_zeros(int(batch.max()) + 1, 10).index_add(0, batch, h)
        return self.finish(out)

    def finish(self, out):
        return {"energy": out[:, :2], "dipole": out[:, 2:5], "quadrupole": out[:, 5:]}


class Normalised(Conv):
    norm = True


class SwappedAxes(Conv):
    """Harmonics of (z, x, y): an older convention, mixed into the new one."""

    def finish(self, out):
        made = super().finish(out)
        return made | {"quadrupole": made["quadrupole"].roll(1, dims=-1)}


class PlainLinear(Conv):
    """torch.nn.Linear where o3.Linear belongs."""

    def __init__(self):
        super().__init__()
        width = self.gate.irreps_out.dim
        self.plain = nn.Linear(width, width, bias=False)

    def middle(self, h):
        return h + 0.1 * self.plain(h)


class PlainActivation(Conv):
    """tanh on everything that leaves the gate."""

    def middle(self, h):
        return torch.tanh(h)


class LayerNormAll(Conv):
    """LayerNorm over all components, with its mean."""

    def __init__(self):
        super().__init__()
        self.ln = nn.LayerNorm(self.gate.irreps_out.dim)

    def middle(self, h):
        return self.ln(h)


conv, normalised, swapped_axes = Conv, Normalised, SwappedAxes
plain_linear, plain_activation, layer_norm = PlainLinear, PlainActivation, LayerNormAll
