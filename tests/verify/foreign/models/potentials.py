"""Energies and forces, smooth cutoffs, stress; SchNet of torch_geometric."""

import torch
from torch import nn
from torch_geometric.nn import SchNet

CUTOFF = 2.0


def pool(h, batch):
    return h.new_zeros(int(batch.max()) + 1, h.shape[-1]).index_add(0, batch, h)


class Potential(nn.Module):
    """A sum over pairs and triples, smooth at the cutoff; forces by autograd."""

    def __init__(self):
        super().__init__()
        self.species = nn.Embedding(10, 4)
        self.pair = nn.Sequential(nn.Linear(9, 16), nn.SiLU(), nn.Linear(16, 4))
        self.head = nn.Sequential(nn.Linear(4, 8), nn.SiLU(), nn.Linear(8, 1))

    def envelope(self, d):
        return (1 - (d / CUTOFF) ** 2).clamp(min=0) ** 3

    def edges(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = same.nonzero(as_tuple=True)
        near = (pos[i] - pos[j]).norm(dim=-1) < CUTOFF
        return i[near], j[near]

    def states(self, z, pos, batch):
        i, j = self.edges(pos, batch)
        d = (pos[i] - pos[j]).norm(dim=-1, keepdim=True)
        m = self.pair(torch.cat([self.species(z[i]), self.species(z[j]), d], -1)) * self.envelope(d)
        return self.species(z).index_add(0, i, m), (i, j, m)

    def energy(self, z, pos, batch):
        return pool(self.head(self.states(z, pos, batch)[0]), batch)

    def forward(self, z, pos, batch):
        if not pos.requires_grad:
            pos = pos.detach().requires_grad_()
        with torch.enable_grad():
            energy = self.energy(z, pos, batch)
            (gradient,) = torch.autograd.grad(energy.sum(), pos, create_graph=True)
        return {"energy": energy, "forces": -gradient}


class NeedsGrad(Potential):
    """Leaves it to the caller to ask for gradients of the positions, as in a training loop."""

    def forward(self, z, pos, batch):
        energy = self.energy(z, pos, batch)
        (gradient,) = torch.autograd.grad(energy.sum(), pos, create_graph=self.training)
        return {"energy": energy, "forces": -gradient}


class DirectForces(Potential):
    """Equivariant forces of their own, which no energy has."""

    def forward(self, z, pos, batch):
        h, (i, j, m) = self.states(z, pos, batch)
        push = (pos[i] - pos[j]) * (m * h[i].tanh()).sum(-1, keepdim=True)
        return {
            "energy": pool(self.head(h), batch),
            "forces": torch.zeros_like(pos).index_add(0, i, push),
        }


class WrongSign(Potential):
    def forward(self, z, pos, batch):
        out = super().forward(z, pos, batch)
        return {"energy": out["energy"], "forces": -out["forces"]}


class DetachedPart(Potential):
    """Part of the energy does not reach the forces: equivariant, but not the gradient."""

    def energy(self, z, pos, batch):
        h = self.states(z, pos, batch)[0]
        return pool(self.head(h) * h.detach().square().sum(-1, keepdim=True), batch)


class HardCutoff(Potential):
    """No envelope: the energy jumps when a pair crosses the cutoff."""

    def envelope(self, d):
        return torch.ones_like(d)


class Stress(Potential):
    """Virial over the number of atoms: symmetric, (B, 3, 3)."""

    def forward(self, z, pos, batch):
        _, (i, j, m) = self.states(z, pos, batch)
        away = pos[i] - pos[j]
        virial = away[:, :, None] * away[:, None, :] * m.sum(-1)[:, None, None]
        return self.finish(pool(virial.flatten(1), batch[i]).unflatten(-1, (3, 3)))

    def finish(self, virial):
        return virial


class StressWrongAxis(Stress):
    """The pressure is taken off one entry."""

    def finish(self, virial):
        pressure = virial.diagonal(dim1=1, dim2=2).mean(-1)
        return virial - pressure[:, None, None] * torch.diag(torch.tensor([1.0, 1, 0])).to(virial)


class PyGSchNet(nn.Module):
    """SchNet as torch_geometric ships it, with neighbours found without torch_cluster."""

    def __init__(self, graph):
        super().__init__()
        self.net = SchNet(8, 8, 2, 8, cutoff=3.0, interaction_graph=graph)

    def forward(self, z, pos, batch):
        return self.net(z, pos, batch)


def all_within(pos, batch):
    gap = torch.cdist(pos, pos, compute_mode="donot_use_mm_for_euclid_dist")
    near = (gap < 3.0) & (batch[:, None] == batch) & ~torch.eye(len(pos), dtype=torch.bool)
    i, j = near.nonzero(as_tuple=True)
    return torch.stack([j, i]), (pos[i] - pos[j]).norm(dim=-1)


def first_two(pos, batch):
    index, weight = all_within(pos, batch)
    degrees = torch.bincount(index[1], minlength=len(pos))
    rank = torch.cat([torch.arange(int(n)) for n in degrees])
    return index[:, rank < 2], weight[rank < 2]


potential, needs_grad, direct_forces, wrong_sign = Potential, NeedsGrad, DirectForces, WrongSign
detached_part, hard_cutoff, stress, stress_wrong_axis = (
    DetachedPart,
    HardCutoff,
    Stress,
    StressWrongAxis,
)


def schnet():
    return PyGSchNet(all_within)


def schnet_capped():
    return PyGSchNet(first_two)
