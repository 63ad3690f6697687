"""A case: a model, the interface a user would write for it, what verify must answer, and a plain check."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

MODELS = Path(__file__).parent / "models"

RIGHT, BROKEN, COULD_NOT_RUN = 0, 1, 2


@dataclass(frozen=True)
class Case:
    """One foreign model.

    Attributes:
        target: ``file.py:factory`` in the folder ``models``.
        interface: what goes into interface.yaml.
        exit: the exit code that verify owes.
        why: what is right or wrong with the model.
        plain: independent measure of the relative error on a double precision model; None where there is
            nothing to measure.
        limit: the largest plain error of a right model; larger than rounding where constants are float32.
        verdicts: the verdicts that may be given, where the design fixes them.
        truth: for an interface that is wrong about a right model, the plain check of what the model does.
        tag: distinguishes cases of the same target.
        single: the model's library computes in single precision only (escnn's GroupPooling), so the plain
            check runs it so.
        mention: what the message of a case that cannot be run has to name.
        timeout: limit in seconds that verify is given.
    """

    target: str
    interface: Mapping[str, Any]
    exit: int
    why: str
    plain: Callable[[nn.Module], float] | None = None
    limit: float = 1e-10
    verdicts: tuple[str, ...] | None = None
    truth: Callable[[nn.Module], float] | None = None
    tag: str = ""
    single: bool = False
    mention: str = ""
    timeout: float = 300.0

    @property
    def name(self) -> str:
        file, factory = self.target.split(":")
        return f"{Path(file).stem}-{factory}" + (f"-{self.tag}" if self.tag else "")

    @property
    def path(self) -> Path:
        return MODELS / self.target.split(":")[0]

    def factory(self) -> Callable[[], nn.Module]:
        made: Callable[[], nn.Module] = getattr(load(self.path), self.target.split(":")[1])
        return made

    def measure(self, plain: Callable[[nn.Module], float]) -> float:
        """Return what a plain check says of a freshly built model."""
        torch.manual_seed(0)
        model = self.factory()()
        return plain(InSingle(model) if self.single else model.double())


class InSingle(nn.Module):
    """Runs a model in single precision, whatever comes in."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *args: Tensor, **inputs: Tensor) -> Any:
        def cast(x: Tensor) -> Tensor:
            return x.float() if x.is_floating_point() else x

        made = self.model(*map(cast, args), **{k: cast(v) for k, v in inputs.items()})
        return made.double()


@cache
def load(path: Path) -> ModuleType:
    """Import a file of models once."""
    name = f"foreign_models_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def t(
    *shape: int | str, rep: str | None = None, space: str = "global", **more: Any
) -> dict[str, Any]:
    """Return one tensor of an interface."""
    entry: dict[str, Any] = {"shape": list(shape), "space": space}
    return entry | ({"rep": rep} if rep else {}) | more


def face(
    group: str, inputs: dict[str, Any], outputs: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Return an interface; without outputs there is a single one to be given as ``output=``."""
    if outputs is None:
        outputs = {"output": more.pop("output")}
    return {"group": group, "inputs": inputs, "outputs": outputs} | more


POS = t("points", 3, rep="1x1o", space="points", translates=True)
BATCH = t("points", space="points", dtype="int64", role="batch")
Z = t("points", space="atoms", dtype="int64", values=[1, 6, 8])
