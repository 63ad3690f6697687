"""Dipoles, torques, handedness, principal axes; dense batches and single samples."""

import torch
from torch import nn


def pool(h, batch):
    return h.new_zeros(int(batch.max()) + 1, h.shape[-1]).index_add(0, batch, h)


def centred(pos, batch):
    return pos - (pool(pos, batch) / pool(torch.ones_like(pos), batch))[batch]


class Charges(nn.Module):
    """A charge per point from distances to the centre; base of the models below."""

    def __init__(self, out=1):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, out))

    def charges(self, away):
        return self.net(away.square().sum(-1, keepdim=True))


class Dipole(Charges):
    def forward(self, pos, batch):
        away = centred(pos, batch)
        return pool(self.charges(away) * away, batch)


class DipoleUncentred(Charges):
    """The charges do not sum to zero and the positions are not centred."""

    def forward(self, pos, batch):
        return pool(self.charges(centred(pos, batch)) * pos, batch)


class Torque(Charges):
    """Sum of r x v, an axial vector."""

    def forward(self, pos, v, batch):
        away = centred(pos, batch)
        return pool(self.charges(away) * torch.linalg.cross(away, v), batch)


class Handedness(Charges):
    """A triple product: a pseudoscalar."""

    def __init__(self):
        super().__init__(3)

    def forward(self, pos, batch):
        away = centred(pos, batch)
        q = self.charges(away)
        a, b, c = (pool(q[:, k : k + 1] * away, batch) for k in range(3))
        return (a * torch.linalg.cross(b, c)).sum(-1, keepdim=True)


class FrameNet(nn.Module):
    """Coordinates in the frame of the principal axes, then an MLP on every point, then a sum."""

    signs = ((1.0, 1.0, 1.0),)

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 16), nn.SiLU(), nn.Linear(16, 2))

    def forward(self, pos, batch):
        rows = []
        for b in range(int(batch.max()) + 1):
            x = pos[batch == b]
            x = x - x.mean(0)
            _, axes = torch.linalg.eigh(x.T @ x)
            local = x @ axes
            made = [self.net(local * torch.tensor(s).to(x)).sum(0) for s in self.signs]
            rows.append(torch.stack(made).mean(0))
        return torch.stack(rows)


class FrameAveraging(FrameNet):
    """Frame averaging (Puny et al., 2022): all eight choices of signs."""

    signs = tuple((a, b, c) for a in (1.0, -1.0) for b in (1.0, -1.0) for c in (1.0, -1.0))


class FrameTwoSigns(FrameNet):
    """Only half of the signs."""

    signs = ((1.0, 1.0, 1.0), (-1.0, -1.0, -1.0), (1.0, 1.0, -1.0), (-1.0, -1.0, 1.0))


class Dense(nn.Module):
    """Dense batches: pos (B, N, 3) to scalars (B, 2) and vectors (B, N, 3)."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 3))

    def weights(self, m):
        return m

    def forward(self, pos):
        away = pos[:, :, None] - pos[:, None]
        m = self.weights(self.net(away.square().sum(-1, keepdim=True)))
        return {"scalar": m[..., 1:].tanh().sum((1, 2)), "vector": (m[..., :1] * away).sum(2)}


class DensePositional(Dense):
    """A positional embedding of the second point."""

    def __init__(self):
        super().__init__()
        self.place = nn.Parameter(0.1 * torch.randn(64, 1))

    def weights(self, m):
        return m + self.place[: m.shape[2]]


class DenseLeak(Dense):
    """Divides by a mean over the batch."""

    def weights(self, m):
        return m / (1 + m.abs().mean((0, 1, 2)))


class Single(nn.Module):
    """One cloud without a batch: pos (N, 3) to scalars (2,)."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 2))

    def forward(self, pos):
        return self.net(torch.pdist(pos)[:, None]).sum(0)


class SingleFlat(nn.Module):
    """An MLP on the flattened distance matrix."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(15, 16), nn.SiLU(), nn.Linear(16, 2))

    def forward(self, pos):
        return self.net(torch.pdist(pos))


class FromOrigin(nn.Module):
    """Lengths of the positions themselves: O(3), no translations."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 2))

    def forward(self, pos, batch):
        return pool(self.net(pos.norm(dim=-1, keepdim=True)), batch)


class Orientation(Charges):
    """Two vectors made orthonormal, as columns: (B, 3, 3). A cross product: SE(3), not E(3)."""

    transpose = False

    def __init__(self):
        super().__init__(2)

    def forward(self, pos, batch):
        away = centred(pos, batch)
        q = self.charges(away)
        a, b = pool(q[:, :1] * away, batch), pool(q[:, 1:] * away, batch)
        a = a / a.norm(dim=-1, keepdim=True)
        b = b - (a * b).sum(-1, keepdim=True) * a
        b = b / b.norm(dim=-1, keepdim=True)
        return torch.stack([a, b, torch.linalg.cross(a, b)], dim=1 if self.transpose else 2)


dipole, dipole_uncentred, torque, handedness = Dipole, DipoleUncentred, Torque, Handedness
frame_net, frame_averaging, frame_two_signs = FrameNet, FrameAveraging, FrameTwoSigns
dense, dense_positional, dense_leak = Dense, DensePositional, DenseLeak
single, single_flat, from_origin, orientation = Single, SingleFlat, FromOrigin, Orientation
