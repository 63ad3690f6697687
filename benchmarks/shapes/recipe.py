"""What all models of the study share: batches, training for a CPU time, scores, and how generated ones are made."""

from __future__ import annotations

import copy
import importlib.util
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import get_ema_multi_avg_fn

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "runs" / "shapes"
BATCH, DECAY, WARMUP, EMA, CLIP = 32, 1e-4, 0.05, 0.99, 10.0
RATES = (1e-3, 3e-3, 1e-2)

Batch = dict[str, Tensor]


@dataclass(frozen=True)
class Entry:
    """A model of the study: how it is built, how it reads a batch, what is done to batches it learns from."""

    build: Callable[[], nn.Module]
    read: Callable[[nn.Module, Batch], Tensor]
    generated: bool = False
    augment: Callable[[Batch], Batch] = lambda batch: batch


@dataclass(frozen=True)
class Task:
    """Data and models; ``split`` draws samples by name of the part, ``collate`` makes a batch of some."""

    title: str
    score: str
    split: Callable[[int], dict[str, list[Any]]]
    collate: Callable[[list[Any]], Batch]
    entries: dict[str, Entry]

    @property
    def classifies(self) -> bool:
        """Whether targets are classes; the score is then a share, and larger is better."""
        return self.score == "accuracy (%)"


def generated(name: str, request: dict[str, Any]) -> Callable[[], nn.Module]:
    """Design, render and import a model, as ``equidesign design`` does; return what builds it."""
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.model import render_model
    from equidesign.spec.request import request_from_data

    name = "".join(c if c.isalnum() else "_" for c in name)
    path = FOLDER / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    request = {"version": 1, "name": "shapes", **request}
    path.write_text(render_model(design_architecture(request_from_data(request)).specification))
    spec = importlib.util.spec_from_file_location(name, path)
    module: Any = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[name] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    build: Callable[[], nn.Module] = module.build_model
    return build


def loss_of(task: Task, output: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy or squared errors."""
    if task.classifies:
        return functional.cross_entropy(output, y)
    return functional.mse_loss(output, y)


def train(
    task: Task, entry: Entry, samples: list[Any], seconds: float, rate: float, seed: int
) -> tuple[nn.Module, int]:
    """Train for CPU seconds; return the model with averaged weights, and its steps."""
    torch.manual_seed(seed)
    model = entry.build()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=DECAY, fused=True)
    weights = model.state_dict()
    average = copy.deepcopy(weights)
    moving = [name for name, value in weights.items() if value.is_floating_point()]
    steps, order = 0, iter(())
    began = time.process_time()
    while (part := (time.process_time() - began) / seconds) < 1:
        chosen = next(order, None)
        if chosen is None:
            order = iter(torch.randperm(len(samples)).split(BATCH))
            continue
        for group in optimizer.param_groups:
            rise = min(part / WARMUP + 0.01, 1.0)
            group["lr"] = rate * rise * 0.5 * (1 + math.cos(math.pi * part))
        batch = entry.augment(task.collate([samples[i] for i in chosen.tolist()]))
        loss = loss_of(task, entry.read(model, batch), batch["y"])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        steps += 1
        update = get_ema_multi_avg_fn(min(EMA, (1 + steps) / (10 + steps)))
        update([average[name] for name in moving], [weights[name] for name in moving], None)
    model.load_state_dict(average)
    return model.eval(), steps


@torch.no_grad()
def evaluate(task: Task, entry: Entry, model: nn.Module, samples: list[Any]) -> float:
    """Return the accuracy in percent, or the mean absolute error."""
    found = []
    for start in range(0, len(samples), 4 * BATCH):
        batch = task.collate(samples[start : start + 4 * BATCH])
        output, y = entry.read(model, batch), batch["y"]
        found.append(100.0 * (output.argmax(1) == y) if task.classifies else (output - y).abs())
    return float(torch.cat([values.flatten() for values in found]).mean())


def best_rate(task: Task, entry: Entry, seconds: float) -> float:
    """Return the learning rate that does best on validation samples, of a split that is not used again."""
    parts = task.split(1000)
    scores = {}
    for rate in RATES:
        model, _ = train(task, entry, parts["train"], seconds, rate, seed=1000)
        score = evaluate(task, entry, model, parts["validation"])
        scores[rate] = score if task.classifies else -score
    return max(scores, key=lambda rate: scores[rate] if math.isfinite(scores[rate]) else -math.inf)
