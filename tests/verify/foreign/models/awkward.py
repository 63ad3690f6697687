"""Models that are awkward to test: state, in-place edits, caches, frozen structure, no gradients."""

import torch
from torch import nn


def pool(h, batch):
    return h.new_zeros(int(batch.max()) + 1, h.shape[-1]).index_add(0, batch, h)


class Base(nn.Module):
    """Right: scalars (B, 2) and vectors (N, 3) from pairs."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 3))

    def pairs(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        return same.nonzero(as_tuple=True)

    def forward(self, pos, batch):
        i, j = self.pairs(pos, batch)
        away = pos[i] - pos[j]
        m = self.net(away.norm(dim=-1, keepdim=True))
        return {
            "scalar": pool(m[:, 1:].tanh(), batch[i]),
            "vector": torch.zeros_like(pos).index_add(0, i, m[:, :1] * away),
        }


class InPlace(Base):
    """Centres the caller's own tensor: right."""

    def forward(self, pos, batch):
        with torch.no_grad():
            pos -= pos.mean(0)
        return super().forward(pos, batch)


class NoGrad(Base):
    """Decorated for inference: right."""

    @torch.no_grad()
    def forward(self, pos, batch):
        return super().forward(pos, batch)


class Inference(Base):
    @torch.inference_mode()
    def forward(self, pos, batch):
        return super().forward(pos, batch)


class More(Base):
    """Returns more than the interface lists: right."""

    def forward(self, pos, batch, scale=None, return_features=False):
        return super().forward(pos, batch) | {"debug": pos, "n": len(pos), "nothing": None}


class Lazy(Base):
    """Learns its width at the first call: right."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.LazyLinear(8), nn.SiLU(), nn.Linear(8, 3))


class Normed(Base):
    """Spectral and weight normalisation: right."""

    def __init__(self):
        super().__init__()
        norm = nn.utils.parametrizations
        self.net = nn.Sequential(
            norm.weight_norm(nn.Linear(1, 8)), nn.SiLU(), norm.spectral_norm(nn.Linear(8, 3))
        )


class Cross(Base):
    """Levi-Civita's symbol as a frozen parameter: right, though re-randomising it would break it."""

    def __init__(self):
        super().__init__()
        e = torch.zeros(3, 3, 3)
        e[0, 1, 2] = e[1, 2, 0] = e[2, 0, 1] = 1
        e[0, 2, 1] = e[2, 1, 0] = e[1, 0, 2] = -1
        self.epsilon = nn.Parameter(e, requires_grad=False)
        self.register_buffer("identity", torch.eye(3))

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        total = pool(out["vector"] * out["vector"].norm(dim=-1, keepdim=True), batch)[batch]
        axial = torch.einsum("abc,nb,nc->na", self.epsilon, out["vector"], total)
        polar = torch.einsum("abc,nb,nc->na", self.epsilon, axial, out["vector"])
        return out | {"vector": polar @ self.identity}


class Cached(Base):
    """Keeps the neighbour list of the first call for every cloud of the same size."""

    def __init__(self):
        super().__init__()
        self.lists = {}

    def pairs(self, pos, batch):
        if len(pos) not in self.lists:
            i, j = super().pairs(pos, batch)
            near = (pos[i] - pos[j]).norm(dim=-1) < 1.5
            self.lists[len(pos)] = (i[near], j[near])
        return self.lists[len(pos)]


class Counter(Base):
    """Warms up: every call scales its answer a little more."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, pos, batch):
        self.calls += 1
        out = super().forward(pos, batch)
        return out | {"vector": out["vector"] * (1 + 0.01 * self.calls)}


class CellList(Base):
    """Neighbours within the same box of a fixed grid of 4 Å."""

    def pairs(self, pos, batch):
        i, j = super().pairs(pos, batch)
        box = torch.floor(pos / 4)
        near = (box[i] == box[j]).all(-1)
        return i[near], j[near]


class FarAway(Base):
    """Works as long as the molecule stays within 20 Å of the origin."""

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        return out | {"vector": out["vector"] + (pos.abs() > 20).to(pos) * 0.1}


class SmallHandedness(Base):
    """A triple product of directions: breaks under mirrors alone."""

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        a = out["vector"]
        b = pool(a * a.norm(dim=-1, keepdim=True), batch)[batch]
        c = pool(a * a.square().sum(-1, keepdim=True), batch)[batch]
        a, b, c = (v / v.norm(dim=-1, keepdim=True).clamp(min=1e-30) for v in (a, b, c))
        triple = (a * torch.linalg.cross(b, c)).sum(-1, keepdim=True)
        return out | {"scalar": out["scalar"] + 0.05 * pool(triple, batch)}


class Oxygen(nn.Module):
    """An embedding with a direction in it, for one species only."""

    def __init__(self):
        super().__init__()
        self.base = Base()

    def forward(self, z, pos, batch):
        out = self.base(pos, batch)
        tilt = (z == 8).to(pos)[:, None] * torch.tensor([0.0, 0.0, 0.1]).to(pos)
        return out | {"vector": out["vector"] + tilt}


class OneInFive(Base):
    """A break on samples of more than six points."""

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        many = (torch.bincount(batch)[batch] > 6).to(pos)[:, None]
        return out | {
            "vector": out["vector"] * (1 + 0.1 * many * torch.tensor([0, 0, 1.0]).to(pos))
        }


class Hairline(Base):
    """The vector's x component is a hundred-thousandth too long."""

    def forward(self, pos, batch):
        out = super().forward(pos, batch)
        return out | {"vector": out["vector"] * torch.tensor([1 + 2e-5, 1.0, 1.0]).to(pos)}


class EdgeVectors(nn.Module):
    """The loader gives vectors along the edges; right."""

    def __init__(self, broken=False):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 3))
        self.broken = broken

    def forward(self, edge_vec, edge_index, batch):
        m = self.net(edge_vec.norm(dim=-1, keepdim=True))
        push = (edge_vec.abs() if self.broken else edge_vec) * m[:, :1]
        vector = push.new_zeros(len(batch), 3).index_add(0, edge_index[1], push)
        return {"scalar": pool(m[:, 1:], batch[edge_index[1]]), "vector": vector}


class Padded(nn.Module):
    """Padded clouds: pos (B, N, 3), mask (B, N)."""

    def __init__(self, leak=False):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 1))
        self.leak = leak

    def forward(self, pos, mask):
        m = mask[..., None].to(pos)
        if self.leak:
            centre = pos.mean(1, keepdim=True)
        else:
            centre = (pos * m).sum(1, keepdim=True) / m.sum(1, keepdim=True).clamp(min=1)
        away = pos - centre
        return (self.net(away.norm(dim=-1, keepdim=True)) * away * m).sum(1)


class Gravity(nn.Module):
    """Points with an up: turns about z only. A vector per point."""

    def __init__(self, broken=False):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 2))
        self.broken = broken

    def forward(self, pos, batch):
        same = (batch[:, None] == batch) & ~torch.eye(len(batch), dtype=torch.bool)
        i, j = same.nonzero(as_tuple=True)
        away = pos[i] - pos[j]
        flat = away[:, 1:] if self.broken else away[:, :2]
        up = away[:, 2:]
        m = self.net(torch.cat([flat.norm(dim=-1, keepdim=True), up], -1))
        made = torch.cat([away[:, :2] * m[:, :1], m[:, 1:].tanh()], -1)
        return torch.zeros_like(pos).index_add(0, i, made)


class PerPointTensor(Base):
    """A symmetric tensor on every point, (N, 3, 3)."""

    def __init__(self, broken=False):
        super().__init__()
        self.broken = broken

    def forward(self, pos, batch):
        i, j = self.pairs(pos, batch)
        away = pos[i] - pos[j]
        m = self.net(away.norm(dim=-1, keepdim=True))[:, :1, None]
        made = pos.new_zeros(len(pos), 3, 3).index_add(0, i, m * away[:, :, None] * away[:, None])
        return made.triu() if self.broken else made


base, in_place, no_grad, inference, more, lazy = Base, InPlace, NoGrad, Inference, More, Lazy
normed, cross, cached, counter, cell_list, far_away = (
    Normed,
    Cross,
    Cached,
    Counter,
    CellList,
    FarAway,
)
small_handedness, oxygen, one_in_five, hairline = SmallHandedness, Oxygen, OneInFive, Hairline
edge_vectors, padded, gravity, tensor = EdgeVectors, Padded, Gravity, PerPointTensor


def edge_vectors_abs():
    return EdgeVectors(True)


def padded_leak():
    return Padded(True)


def gravity_wrong_axis():
    return Gravity(True)


def tensor_triangle():
    return PerPointTensor(True)


def scripted():
    class Script(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 2))

        def forward(self, pos):
            away = pos[:, :, None] - pos[:, None]
            return self.net(away.square().sum(-1, keepdim=True)).tanh().sum((1, 2))

    return torch.jit.trace(Script(), torch.randn(2, 7, 3), check_trace=False)
