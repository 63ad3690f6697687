"""Crystals: the choice of the cell and of the periodic image of an atom has no meaning."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import Tensors
from equidesign.verify.trials import Context, Trial, check_trials
from equidesign.verify.verdict import Row

# The same lattice in another basis: rows are the new vectors in terms of the old.
UNIMODULAR = ((1, 1, 0), (0, 1, 0), (0, -1, 1))
COPIES = 2


def check(context: Context) -> Iterator[Row]:
    """Yield rows where an input is a lattice: atoms wrapped anew, another cell of the lattice, a supercell."""
    inputs = context.interface.inputs
    cells = [name for name, spec in inputs.items() if spec.role == "cell"]
    moving = [name for name, spec in inputs.items() if spec.translates]
    owners = context.labels.batch_of(context.base)
    if len(cells) != 1 or len(moving) != 1:
        return
    cell, pos, base = cells[0], moving[0], context.base
    owner = next(iter(owners.values()), None)
    lattice = base[cell]
    lattice = lattice if lattice.dim() == 3 else lattice[None]
    if owner is None:
        owner = torch.zeros(len(base[pos]), dtype=torch.long)
    steps = torch.randint(-2, 3, (len(owner), 3), generator=context.generator(61)).double()
    shift = torch.einsum("ni,nij->nj", steps, lattice[owner])
    wrapped = {**base, pos: base[pos] + shift}
    change = torch.tensor(UNIMODULAR, dtype=torch.float64)
    sheared = {**base, cell: (change @ lattice).view(base[cell].shape)}

    def moved_along(outputs: Tensors) -> Tensors:
        """Return the outputs, positions among them shifted as the atoms were."""
        specs = context.interface.outputs
        return {
            name: value + shift if specs[name].translates and len(value) == len(shift) else value
            for name, value in outputs.items()
        }

    claims = (
        ("atoms in other periodic images", wrapped, moved_along),
        ("another cell of the same lattice", sheared, lambda outputs: outputs),
    )
    for label, moved, expected in claims:
        trial = Trial(label, base, moved, expected)
        row = check_trials(context, "periodicity", f"{label}, eval mode", [trial])
        if row is not None:
            yield row
    row = _supercell(context, cell, pos, lattice, owner)
    if row is not None:
        yield row


def _supercell(context: Context, cell: str, pos: str, lattice: Tensor, owner: Tensor) -> Row | None:
    """Double every cell along its first vector: each copy of an atom must get what the atom got.

    Outputs per sample may double, as an energy, or stay, as a density does.
    """
    base, inputs = context.base, context.interface.inputs
    size = str(context.labels.names(inputs[pos])[0])
    moved: Tensors = {}
    for name, value in base.items():
        spec = inputs[name]
        if size in spec.shape:
            value = torch.cat([value] * COPIES, dim=spec.shape.index(size))
        moved[name] = value
    shift = lattice[owner][:, 0]
    moved[pos] = torch.cat([base[pos] + k * shift for k in range(COPIES)])
    larger = lattice.clone()
    larger[:, 0] *= COPIES
    moved[cell] = larger.view(base[cell].shape)
    # Batches of points are usually sorted by sample.
    order = torch.argsort(torch.cat([owner] * COPIES), stable=True)
    for name in moved:
        if size in inputs[name].shape:
            moved[name] = moved[name].index_select(inputs[name].shape.index(size), order)

    def expected(outputs: Tensors) -> Tensors:
        found: Tensors = {}
        for name, value in outputs.items():
            spec = context.interface.outputs[name]
            if size in spec.shape and not spec.translates:
                axis = spec.shape.index(size)
                found[name] = torch.cat([value] * COPIES, dim=axis).index_select(axis, order)
            elif _extensive(context, spec, name, value, moved):
                found[name] = COPIES * value
            elif size not in spec.shape:
                found[name] = value
        return found

    trial = Trial("every cell doubled along its first vector", base, moved, expected)
    return check_trials(context, "periodicity", "supercell, eval mode", [trial])


def _extensive(
    context: Context, spec: TensorSpec, name: str, value: Tensor, moved: Tensors
) -> bool:
    """Whether an output per sample grows with the number of atoms: nearer to twice than to once."""
    if "samples" not in spec.shape and spec.space != "global":
        return False
    found = context.outputs(moved, context.dtypes[0], False)[name]
    return bool((found - COPIES * value).abs().sum() < (found - value).abs().sum())
