"""Vectors under matrix groups: invariants of pairs, and combinations of the vectors themselves."""

import torch
from torch import nn

MINKOWSKI = (1.0, -1.0, -1.0, -1.0)


class Products(nn.Module):
    """x (B, k*d), k vectors: all products under a metric (or a symplectic form) -> MLP -> 2 scalars, 1 vector."""

    def __init__(self, form, k):
        super().__init__()
        self.form, self.k = torch.as_tensor(form, dtype=torch.float64), k
        self.net = nn.Sequential(nn.Linear(k * k, 8), nn.Tanh(), nn.Linear(8, 2 + k))

    def mix(self, weights, v):
        return torch.einsum("bk,bkd->bd", weights, v)

    def forward(self, x):
        v = x.unflatten(-1, (self.k, -1))
        products = torch.einsum("bid,de,bje->bij", v, self.form.to(x), v).flatten(1)
        made = self.net(products / 4)
        return {"scalar": made[:, :2], "vector": self.mix(made[:, 2:], v)}


class Bent(Products):
    """tanh on the components of the vector."""

    def mix(self, weights, v):
        return torch.tanh(super().mix(weights, v))


class MixedComponents(nn.Module):
    """An MLP on all components: no symmetry."""

    def __init__(self, n):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, x):
        return self.net(x)


class CyclicProducts(nn.Module):
    """Invariant under cyclic permutation of three components: circular correlations of two vectors."""

    def __init__(self, broken=False):
        super().__init__()
        self.broken = broken
        self.net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, x):
        a, b = x[:, :3], x[:, 3:]
        if self.broken:
            a = a * torch.tensor([1.0, 1.0, 1.1]).to(x)
        return self.net(torch.stack([(a * b.roll(k, 1)).sum(1) for k in range(3)], 1))


def symplectic(n):
    j = torch.zeros(2 * n, 2 * n)
    j[:n, n:], j[n:, :n] = torch.eye(n), -torch.eye(n)
    return j


def lorentz():
    return Products(torch.diag(torch.tensor(MINKOWSKI)), 3)


def lorentz_euclidean():
    return Products(torch.eye(4), 3)


def lorentz_bent():
    return Bent(torch.diag(torch.tensor(MINKOWSKI)), 3)


def euclidean4():
    return Products(torch.eye(4), 3)


def euclidean4_bent():
    return Bent(torch.eye(4), 3)


def euclidean5():
    return Products(torch.eye(5), 3)


def determinant4():
    """A determinant: invariant under SO(4), a pseudoscalar under O(4)."""

    class Determinant(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, x):
            return self.scale * torch.linalg.det(x.unflatten(-1, (4, 4)))[:, None]

    return Determinant()


def sp4():
    return Products(symplectic(2), 3)


def sp4_euclidean():
    return Products(torch.eye(4), 3)


def mlp():
    return MixedComponents(12)


def cyclic():
    return CyclicProducts()


def cyclic_broken():
    return CyclicProducts(broken=True)
