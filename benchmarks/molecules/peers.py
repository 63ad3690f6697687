"""Peers of the study, each as a module that maps a batch to energies (B,) and forces (N, 3).

A batch has ``z``, ``species`` (0, 1, 2), ``pos``, ``batch``, ``edge_index`` (neighbour, centre) and ``ptr``. The graph
is given, so a peer does not pay for its neighbour search. Sizes are near 220,000 parameters.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

CUTOFF = 5.0
NEIGHBOURS = 8.0
ATOMIC_NUMBERS = [1, 6, 8]
Batch = dict[str, Tensor]
Output = tuple[Tensor, Tensor]


class Conservative(nn.Module):
    """Forces as the negative gradient of a peer's energy."""

    def __init__(self, model: nn.Module, energy: Callable[[nn.Module, Batch], Tensor]) -> None:
        super().__init__()
        self.model = model
        self.energy = energy

    def forward(self, batch: Batch) -> Output:
        """Return energies and forces; the graph of the gradient is kept while training."""
        batch = {**batch, "pos": batch["pos"].detach().requires_grad_()}
        with torch.enable_grad():
            energy = self.energy(self.model, batch).flatten()
            (gradient,) = torch.autograd.grad(
                energy.sum(), batch["pos"], create_graph=self.training
            )
        return energy, -gradient


class GivenGraph(nn.Module):
    """Stands in for PyG's radius graph, which needs a compiled extension."""

    def __init__(self, loops: bool, vectors: bool) -> None:
        super().__init__()
        self.loops, self.vectors = loops, vectors
        self.edge_index: Tensor | None = None

    def forward(self, pos: Tensor, batch: Tensor) -> Any:
        """Return the edges, their lengths, and for ViSNet their vectors."""
        edges = self.edge_index
        assert edges is not None
        if not self.vectors:
            return edges, (pos[edges[0]] - pos[edges[1]]).norm(dim=1)
        if self.loops:
            own = torch.arange(len(pos))
            edges = torch.cat([edges, torch.stack([own, own])], dim=1)
        vector = pos[edges[0]] - pos[edges[1]]
        proper = edges[0] != edges[1]
        length = torch.zeros(len(vector), dtype=pos.dtype)
        length[proper] = vector[proper].norm(dim=1)
        return edges, length, vector


def pyg_schnet() -> nn.Module:
    """SchNet of PyTorch Geometric (Schütt et al. 2017)."""
    from torch_geometric.nn import SchNet

    graph = GivenGraph(loops=False, vectors=False)
    model = SchNet(128, 128, 3, 50, CUTOFF, interaction_graph=graph)

    def energy(model: nn.Module, batch: Batch) -> Tensor:
        graph.edge_index = batch["edge_index"]
        return model(batch["z"], batch["pos"], batch["batch"])

    return Conservative(model, energy)


def pyg_visnet() -> nn.Module:
    """ViSNet of PyTorch Geometric (Wang et al. 2024)."""
    from torch_geometric.nn.models import ViSNet

    model = ViSNet(lmax=1, num_layers=3, hidden_channels=64, num_heads=8, max_z=10, cutoff=CUTOFF)
    graph = GivenGraph(loops=True, vectors=True)
    model.representation_model.distance = graph

    def energy(model: nn.Module, batch: Batch) -> Tensor:
        graph.edge_index = batch["edge_index"]
        return model(batch["z"], batch["pos"], batch["batch"])[0]

    return Conservative(model, energy)


def e3nn_v2106() -> nn.Module:
    """The network that ships with e3nn 0.6, ``v2106.SimpleNetwork``, at l = 1."""
    from e3nn.nn.models.v2106.gate_points_networks import SimpleNetwork

    model = SimpleNetwork("3x0e", "0e", CUTOFF, NEIGHBOURS, num_nodes=9, mul=92, layers=2, lmax=1)

    def energy(model: nn.Module, batch: Batch) -> Tensor:
        x = nn.functional.one_hot(batch["species"], 3).to(batch["pos"])
        return model({"pos": batch["pos"], "batch": batch["batch"], "x": x})

    return Conservative(model, energy)


class Nequip(nn.Module):
    """The ``nequip`` package (Batzner et al. 2022): no features of the other parity."""

    def __init__(self, l_max: int, channels: int) -> None:
        super().__init__()
        from nequip.model import NequIPGNNModel
        from nequip.utils.global_state import set_global_state

        set_global_state()
        self.model = NequIPGNNModel(
            seed=torch.initial_seed(),
            model_dtype="float32",
            type_names=["H", "C", "O"],
            r_max=CUTOFF,
            num_layers=3,
            l_max=l_max,
            parity=False,
            num_features=channels,
            radial_mlp_width=64,
            avg_num_neighbors=NEIGHBOURS,
            per_type_energy_scales=1.0,
            per_type_energy_shifts=0.0,
        )

    def forward(self, batch: Batch) -> Output:
        """Return energies and forces."""
        found = self.model(
            {
                "pos": batch["pos"].detach(),
                "atom_types": batch["species"],
                "edge_index": batch["edge_index"].flip(0),  # (centre, neighbour)
                "batch": batch["batch"],
                "num_atoms": batch["ptr"].diff(),
            }
        )
        return found["total_energy"].flatten(), found["forces"]


class Mace(nn.Module):
    """The ``mace-torch`` package (Batatia et al. 2022): two layers, three-body products."""

    def __init__(self, hidden: str, max_ell: int) -> None:
        super().__init__()
        torch.serialization.add_safe_globals([slice])  # e3nn 0.4.4 reads its constants so
        import numpy as np
        from e3nn import o3
        from mace.modules import ScaleShiftMACE, interaction_classes

        self.model = ScaleShiftMACE(
            atomic_inter_scale=1.0,
            atomic_inter_shift=0.0,
            r_max=CUTOFF,
            num_bessel=8,
            num_polynomial_cutoff=5,
            max_ell=max_ell,
            interaction_cls=interaction_classes["RealAgnosticResidualInteractionBlock"],
            interaction_cls_first=interaction_classes["RealAgnosticResidualInteractionBlock"],
            num_interactions=2,
            num_elements=3,
            hidden_irreps=o3.Irreps(hidden),
            MLP_irreps=o3.Irreps("16x0e"),
            atomic_energies=np.zeros(3),
            avg_num_neighbors=NEIGHBOURS,
            atomic_numbers=ATOMIC_NUMBERS,
            correlation=3,
            gate=torch.nn.functional.silu,
        )

    def forward(self, batch: Batch) -> Output:
        """Return energies and forces."""
        edges = batch["edge_index"]
        found = self.model(
            {
                "positions": batch["pos"].detach(),
                "node_attrs": nn.functional.one_hot(batch["species"], 3).to(batch["pos"]),
                "edge_index": edges,
                "shifts": torch.zeros(edges.shape[1], 3),
                "unit_shifts": torch.zeros(edges.shape[1], 3),
                "cell": torch.zeros(3 * (len(batch["ptr"]) - 1), 3),
                "batch": batch["batch"],
                "ptr": batch["ptr"],
            },
            training=self.training,
        )
        return found["energy"].flatten(), found["forces"]


PEERS: dict[str, Callable[[], nn.Module]] = {
    "PyG SchNet": pyg_schnet,
    "PyG ViSNet": pyg_visnet,
    "e3nn v2106, l=1": e3nn_v2106,
    "nequip, l=1": lambda: Nequip(1, 36),
    "nequip, l=2": lambda: Nequip(2, 30),
    "mace, l=1": lambda: Mace("80x0e + 80x1o", 2),
}
ENVIRONMENT = {
    "nequip, l=1": ".venv-nequip",
    "nequip, l=2": ".venv-nequip",
    "mace, l=1": ".venv-mace",
}


def build_peer(name: str) -> nn.Module:
    """Build a peer with fresh parameters from torch's seed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PEERS[name]()
