"""The buffers of a model, put back as they were after it wrote into them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class _Kept:
    """A buffer's content, and which tensor in which version holds it."""

    tensor: Tensor
    version: int
    content: Tensor

    @staticmethod
    def of(buffer: Tensor) -> _Kept:
        return _Kept(buffer, buffer._version, buffer.detach().clone())

    def holds(self, buffer: Tensor) -> bool:
        return self.tensor is buffer and self.version == buffer._version


class Buffers:
    """What the buffers of a model hold."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.kept: dict[str, _Kept] = {}
        self.keep()

    def keep(self) -> None:
        """Take what the buffers hold now for what they should hold."""
        self.kept = {
            name: old if (old := self.kept.get(name)) and old.holds(buffer) else _Kept.of(buffer)
            for name, buffer in self.model.named_buffers()
        }

    def restore(self) -> None:
        """Undo what a call did: a batch normalisation counts what it sees."""
        for name, buffer in self.model.named_buffers():
            old = self.kept.get(name)
            # Batch normalisation writes its running statistics without counting a new version.
            silent = "running_" in name and self.model.training
            if old is None or (old.holds(buffer) and not silent):
                continue
            if old.content.shape == buffer.shape:
                with torch.no_grad():
                    buffer.copy_(old.content)
                self.kept[name] = _Kept(buffer, buffer._version, old.content)
