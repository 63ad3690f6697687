"""Periodic crystals: pos (N, 3), cell (B, 3, 3) with lattice vectors as rows, batch, species."""

import itertools

import torch
from torch import nn

CUTOFF = 2.0


def pool(h, batch):
    return h.new_zeros(int(batch.max()) + 1, h.shape[-1]).index_add(0, batch, h)


class Crystal(nn.Module):
    """Right: all images within the cutoff, whatever the cell's shape; energy and forces by autograd."""

    def __init__(self):
        super().__init__()
        self.species = nn.Embedding(10, 4)
        self.pair = nn.Sequential(nn.Linear(9, 8), nn.SiLU(), nn.Linear(8, 4))
        self.head = nn.Sequential(nn.Linear(4, 8), nn.SiLU(), nn.Linear(8, 1))

    def images(self, pos, cell):
        """Return i, j and the vectors from j's images to i, for one crystal."""
        volume = torch.linalg.det(cell).abs()
        faces = torch.linalg.cross(cell.roll(-1, 0), cell.roll(-2, 0)).norm(dim=-1)
        heights = volume / faces
        counts = [int(c) for c in torch.ceil(CUTOFF / heights.detach())]
        ranges = [range(-c, c + 1) for c in counts]
        shifts = torch.tensor(list(itertools.product(*ranges))).to(pos) @ cell
        frac = torch.linalg.solve(cell.T, pos.T).T
        pos = pos - torch.floor(frac).detach() @ cell
        away = pos[:, None, None] - pos[None, :, None] - shifts
        return self.near(away)

    def near(self, away):
        d = away.square().sum(-1)
        i, j, s = ((d < CUTOFF**2) & (d > 1e-8)).nonzero(as_tuple=True)
        return i, j, away[i, j, s]

    def extra(self, cell):
        return 0.0

    def pooled(self, h, batch):
        return pool(self.head(h), batch)

    def energy(self, z, pos, cell, batch):
        h = self.species(z)
        add = torch.zeros_like(h)
        for b in range(len(cell)):
            (own,) = (batch == b).nonzero(as_tuple=True)
            i, j, away = self.images(pos[own], cell[b])
            d = away.norm(dim=-1, keepdim=True)
            m = self.pair(torch.cat([h[own[i]], h[own[j]], d], -1))
            add = add.index_add(0, own[i], m * (1 - (d / CUTOFF) ** 2).clamp(min=0) ** 3)
        return self.pooled(h + add, batch) + self.extra(cell)

    def forward(self, z, pos, cell, batch):
        if not pos.requires_grad:
            pos = pos.detach().requires_grad_()
        with torch.enable_grad():
            energy = self.energy(z, pos, cell, batch)
            (gradient,) = torch.autograd.grad(energy.sum(), pos, create_graph=True)
        return {"energy": energy, "forces": -gradient}


class PerAtom(Crystal):
    """Right: the mean over the atoms, which a supercell leaves alone."""

    def pooled(self, h, batch):
        return super().pooled(h, batch) / pool(torch.ones_like(h[:, :1]), batch)

    def forward(self, z, pos, cell, batch):
        return {"energy": self.energy(z, pos, cell, batch)}


class Molecule(Crystal):
    """Ignores the cell: an atom that leaves through a face does not come back through the other."""

    def images(self, pos, cell):
        return self.near(pos[:, None, None] - pos[None, :, None])


class NoRewrap(Crystal):
    """Looks at 27 images of the atoms as they are given, without wrapping them first."""

    def images(self, pos, cell):
        shifts = torch.tensor(list(itertools.product((-1, 0, 1), repeat=3))).to(pos) @ cell
        return self.near(pos[:, None, None] - pos[None, :, None] - shifts)


class MinimumImage(Crystal):
    """Only the nearest image of each neighbour, with a cutoff that small cells do not allow."""

    def images(self, pos, cell):
        away = pos[:, None] - pos[None]
        away = (
            away
            - torch.round(torch.linalg.solve(cell.T, away.flatten(0, 1).T).T)
            .unflatten(0, away.shape[:2])
            .detach()
            @ cell
        )
        return self.near(away[:, :, None])


class CellLengths(Crystal):
    """The lengths of the lattice vectors as features: another cell of the same crystal, another energy."""

    def extra(self, cell):
        return cell.norm(dim=-1).sum(-1, keepdim=True).tanh() + cell.norm(dim=-1).sum(
            -1, keepdim=True
        )


class CellAxis(Crystal):
    """The x component of the first lattice vector."""

    def extra(self, cell):
        return cell[:, 0, :1]


class ColumnsForRows(Crystal):
    """Takes the columns of the cell for lattice vectors."""

    def images(self, pos, cell):
        return super().images(pos, cell.T)


crystal, per_atom, molecule, no_rewrap = Crystal, PerAtom, Molecule, NoRewrap
minimum_image, cell_lengths, cell_axis = MinimumImage, CellLengths, CellAxis
columns_for_rows = ColumnsForRows
