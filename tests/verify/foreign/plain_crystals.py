"""Plain checks on crystals: rigid motions, re-wrapping, supercells and another choice of the cell."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from foreign.plain import Measure, Tensors, orthogonal, outputs_of, relative

COUNTS = (4, 3)


def example(seed: int = 0) -> Tensors:
    """Two crystals with cells of about 3 Å and skewed angles."""
    torch.manual_seed(seed)
    cell = 3.0 * torch.eye(3, dtype=torch.float64) + 0.3 * torch.randn(2, 3, 3, dtype=torch.float64)
    batch = torch.repeat_interleave(torch.arange(2), torch.tensor(COUNTS))
    frac = torch.rand(len(batch), 3, dtype=torch.float64)
    pos = torch.einsum("ni,nij->nj", frac, cell[batch])
    z = torch.tensor([1, 6, 8])[torch.randint(0, 3, (len(batch),))]
    return {"z": z, "pos": pos, "cell": cell, "batch": batch}


def compare(model: nn.Module, moved: Tensors, r: Tensor | None = None) -> float:
    """The energy has to stay, forces (where there are any) have to turn with r."""
    names = names_of(model)
    base, got = (outputs_of(model, x, names, False) for x in (example(), moved))
    turn = torch.eye(3, dtype=torch.float64) if r is None else r
    expected = {n: o @ turn.T if n == "forces" else o for n, o in base.items()}
    return max(relative(got[n], expected[n], expected[n]) for n in names)


def names_of(model: nn.Module) -> list[str]:
    return list(model(**example()))


def crystals(model: nn.Module) -> float:
    """Rotations, a mirror, a translation."""
    x, errors = example(), []
    for r in (orthogonal(3, False, 1), orthogonal(3, True, 2)):
        moved = x | {"pos": x["pos"] @ r.T, "cell": x["cell"] @ r.T}
        errors.append(compare(model, moved, r=r))
    errors.append(compare(model, x | {"pos": x["pos"] + torch.tensor([0.3, -0.1, 0.2]).double()}))
    return max(errors)


def rewrapped(model: nn.Module) -> float:
    """Atoms moved by lattice vectors, far enough to leave the neighbouring cells."""
    x = example()
    torch.manual_seed(4)
    steps = torch.randint(-3, 4, x["pos"].shape).double()
    return compare(
        model, x | {"pos": x["pos"] + torch.einsum("ni,nij->nj", steps, x["cell"][x["batch"]])}
    )


def recut(model: nn.Module) -> float:
    """Another basis of the same lattice: a -> a + b."""
    x = example()
    shear = torch.eye(3, dtype=torch.float64)
    shear[0, 1] = 1
    return compare(model, x | {"cell": shear @ x["cell"]})


def supercell(energy: float) -> Measure:
    """Two copies along the first lattice vector: ``energy`` times the energy, the same forces."""

    def measure(model: nn.Module) -> float:
        x = example()
        scale = torch.tensor([2.0, 1.0, 1.0], dtype=torch.float64)
        moved = {
            "z": x["z"].repeat(2),
            "pos": torch.cat([x["pos"], x["pos"] + x["cell"][x["batch"], 0]]),
            "cell": scale[:, None] * x["cell"],
            "batch": x["batch"].repeat(2),
        }
        names = names_of(model)
        base, got = (outputs_of(model, i, names, False) for i in (x, moved))
        forces = {"forces": base["forces"].repeat(2, 1)} if "forces" in base else {}
        expected = {"energy": energy * base["energy"]} | forces
        return max(relative(got[n], expected[n], expected[n]) for n in names)

    return measure


def everything(energy: float) -> Measure:
    """The largest of all the measures above."""
    return lambda model: max(
        crystals(model), rewrapped(model), recut(model), supercell(energy)(model)
    )
