"""One model of the study in a process of its own: ``worker.py NAME [MODEL.PY]``.

It obeys a line of JSON at a time, and answers with one: ``{"do": "time", "steps": n}``, ``{"do": "infer", "runs": n}``
or ``{"do": "train", "seconds": s, "seed": k, "lr": x, "trial": b}``. The seed draws the frames to learn, the weights
and the batches; a trial is judged on frames of its own. Everything runs on one thread, and seconds are CPU time of the
process, so that what else the machine does counts little.
"""

from __future__ import annotations

import importlib.util
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peers import CUTOFF, Batch, Output, build_peer
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[2]
TRAIN_FRAMES, TEST_FRAMES, BATCH = 200, 500, 5
EMA, CLIP, WARMUP = 0.99, 10.0, 0.05


class Generated(nn.Module):
    """A model that equidesign wrote; it finds its neighbours itself."""

    def __init__(self, path: str) -> None:
        super().__init__()
        spec = importlib.util.spec_from_file_location("generated", path)
        module: Any = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        sys.modules["generated"] = module
        spec.loader.exec_module(module)  # type: ignore[union-attr]
        self.model = module.build_model()

    def forward(self, batch: Batch) -> Output:
        """Return energies and forces."""
        with torch.set_grad_enabled(self.training):
            found = self.model(batch["z"], batch["pos"], batch["batch"])
        return found["energy"].flatten(), found["forces"]


class Data:
    """Frames of ethanol, in units of the RMS force of the training frames.

    The file's first 1,000 frames are learned from, 200 of them for each seed. The last 1,000 are for tests, but for 500
    that judge trials: learning rates are chosen on them, and so were the designs of the generated models.
    """

    def __init__(self, seed: int, trial: bool) -> None:
        arrays = np.load(ROOT / "examples" / "ethanol-forces" / "data.npz")
        pos, energy, forces = (
            torch.tensor(arrays[k], dtype=torch.float64) for k in ("pos", "energy", "forces")
        )
        self.z = torch.tensor(arrays["z"].astype(np.int64))
        generator = torch.Generator().manual_seed(seed)
        first = torch.randperm(1000, generator=generator)[:TRAIN_FRAMES]
        generator.manual_seed(
            0
        )  # the same test frames for every seed: second draw of this generator
        torch.randperm(1000, generator=generator)
        trials, tests = (1000 + torch.randperm(1000, generator=generator)).split(TEST_FRAMES)
        last = trials if trial else tests
        self.scale = forces[first].square().mean().sqrt().item()
        shift = energy[first].mean()
        scaled = (pos, (energy - shift) / self.scale, forces / self.scale)
        self.train = [t[first].float() for t in scaled]
        self.test = [t[last].float() for t in scaled]

    def batch(self, pos: Tensor) -> Batch:
        """Join frames (B, n, 3), with the graph of all pairs within the cutoff."""
        count, atoms, _ = pos.shape
        near = (torch.cdist(pos, pos) < CUTOFF) & ~torch.eye(atoms, dtype=torch.bool)
        sample, one, other = near.nonzero().T
        species = torch.searchsorted(torch.tensor([1, 6, 8]), self.z)
        return {
            "z": self.z.repeat(count),
            "species": species.repeat(count),
            "pos": pos.reshape(-1, 3),
            "batch": torch.arange(count).repeat_interleave(atoms),
            "edge_index": torch.stack([sample * atoms + other, sample * atoms + one]),
            "ptr": atoms * torch.arange(count + 1),
        }


def loss_of(model: nn.Module, batch: Batch, energy: Tensor, forces: Tensor) -> Tensor:
    """Squared errors of the energy per atom and of the components of the forces."""
    found_energy, found_forces = model(batch)
    per_atom = (found_energy - energy) / (len(forces) / len(energy))
    return per_atom.square().mean() + (found_forces - forces).square().mean()


class Trainer:
    """The recipe of all models: AdamW, warm-up, cosine to zero at the end of the budget, EMA, clipping."""

    def __init__(self, model: nn.Module, data: Data, lr: float, seed: int) -> None:
        self.model, self.data, self.lr = model, data, lr
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=1e-4, fused=True)
        self.average = [p.detach().clone() for p in model.parameters()]
        self.generator = torch.Generator().manual_seed(seed)
        self.order: list[Tensor] = []
        self.steps = 0

    def step(self, part: float) -> None:
        """Learn from the next batch; ``part`` of the budget is spent."""
        if not self.order:
            self.order = list(torch.randperm(TRAIN_FRAMES, generator=self.generator).split(BATCH))
        pos, energy, forces = (t[self.order[-1]] for t in self.data.train)
        self.order.pop()
        rate = self.lr * min(part / WARMUP, 1.0) * 0.5 * (1 + math.cos(math.pi * min(part, 1.0)))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(self.model, self.data.batch(pos), energy, forces.flatten(0, 1))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self.steps += 1
        decay = min(EMA, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.average, [p.detach() for p in self.model.parameters()], 1 - decay)

    def errors(self) -> dict[str, float]:
        """Return the mean absolute errors of the averaged weights on the test frames: meV/Å, and meV an atom."""
        for parameter, value in zip(self.model.parameters(), self.average, strict=True):
            parameter.data.copy_(value)
        self.model.eval()
        energies, forces = [], []
        for pos, energy, force in zip(*(t.split(50) for t in self.data.test), strict=True):
            found = self.model(self.data.batch(pos))
            energies.append((found[0].detach() - energy).abs() / pos.shape[1])
            forces.append((found[1].detach() - force.flatten(0, 1)).abs())
        unit = 1000 * self.data.scale
        return {
            "force": unit * torch.cat(forces).mean().item(),
            "energy": unit * torch.cat(energies).mean().item(),
        }


class Worker:
    """Answers the commands."""

    def __init__(self, name: str, path: str | None) -> None:
        self.name, self.path = name, path
        self.trainer = self.fresh(Data(0, trial=True), 0, 1e-3)

    def fresh(self, data: Data, seed: int, lr: float) -> Trainer:
        """Return a trainer of a new model."""
        torch.manual_seed(seed)
        model = Generated(self.path) if self.path else build_peer(self.name)
        return Trainer(model.train(), data, lr, seed)

    def size(self) -> dict[str, Any]:
        """Count the parameters that learn."""
        return {
            "parameters": sum(p.numel() for p in self.trainer.model.parameters() if p.requires_grad)
        }

    def time(self, steps: int) -> dict[str, Any]:
        """Return the CPU seconds of each of some training steps."""
        seconds = []
        self.trainer.model.train()
        for _ in range(steps):
            began = time.process_time()
            self.trainer.step(0.06)
            seconds.append(time.process_time() - began)
        return {"seconds": seconds}

    def infer(self, runs: int) -> dict[str, Any]:
        """Return the CPU seconds of each of some passes over one batch with forces."""
        data = self.trainer.data
        batch = data.batch(data.test[0][:BATCH])
        self.trainer.model.eval()
        seconds = []
        for _ in range(runs):
            began = time.process_time()
            self.trainer.model(batch)
            seconds.append(time.process_time() - began)
        return {"seconds": seconds}

    def train(self, seconds: float, seed: int, lr: float, trial: bool) -> dict[str, Any]:
        """Train a new model for so many CPU seconds of steps, after three steps that do not count."""
        data = Data(seed, trial)
        warm = self.fresh(data, seed, lr)
        for _ in range(3):
            warm.step(0.0)
        trainer = self.fresh(data, seed, lr)
        began = time.process_time()
        while (spent := time.process_time() - began) < seconds:
            trainer.step(spent / seconds)
        return {"steps": trainer.steps, **trainer.errors()}


def main() -> None:
    """Answer commands until the input ends."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    worker = Worker(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    print(json.dumps(worker.size()), file=answers, flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        found = getattr(worker, command.pop("do"))(**command)
        print(json.dumps(found), file=answers, flush=True)


if __name__ == "__main__":
    main()
