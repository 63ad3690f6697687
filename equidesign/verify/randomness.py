"""Random numbers that a model draws: made repeatable, noticed, and switched off where they are dropout."""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

FUNCTIONAL = (
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "alpha_dropout",
    "feature_alpha_dropout",
)


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Start the global generators of torch, Python and numpy at ``seed``, and put them back afterwards."""
    numpy = sys.modules.get("numpy")
    python_state = random.getstate()
    numpy_state = numpy.random.get_state() if numpy else None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        random.seed(seed)
        if numpy:
            numpy.random.seed(seed % 2**32)
        try:
            yield
        finally:
            random.setstate(python_state)
            if numpy:
                numpy.random.set_state(numpy_state)


@dataclass(frozen=True)
class RandomState:
    """Where the global generators are."""

    torch_state: Tensor
    python_state: Any
    numpy_state: Any

    @staticmethod
    def now() -> RandomState:
        """Return the present state."""
        numpy = sys.modules.get("numpy")
        state = numpy.random.get_state() if numpy else None
        return RandomState(torch.get_rng_state(), random.getstate(), state)

    def same_as(self, other: RandomState) -> bool:
        """Whether nothing was drawn between the two."""
        if not torch.equal(self.torch_state, other.torch_state):
            return False
        if self.python_state != other.python_state:
            return False
        if self.numpy_state is None or other.numpy_state is None:
            return True
        mine, theirs = self.numpy_state, other.numpy_state
        return bool(mine[2] == theirs[2] and (mine[1] == theirs[1]).all())


@contextlib.contextmanager
def quiet(model: nn.Module) -> Iterator[None]:
    """Switch off dropout: modules that are named so, and torch's functions."""
    modules = [m for m in model.modules() if m.training and "dropout" in type(m).__name__.lower()]
    for module in modules:
        module.training = False
    saved = {name: getattr(nn.functional, name) for name in FUNCTIONAL}
    attention = nn.functional.scaled_dot_product_attention
    for name in FUNCTIONAL:
        setattr(nn.functional, name, _identity)
    nn.functional.scaled_dot_product_attention = _without_dropout(attention)
    try:
        yield
    finally:
        nn.functional.scaled_dot_product_attention = attention
        for name, function in saved.items():
            setattr(nn.functional, name, function)
        for module in modules:
            module.training = True


def _identity(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    return input


def _without_dropout(attention: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def call(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        *args: Any,
        **kwargs: Any,
    ) -> Tensor:
        return attention(query, key, value, attn_mask, 0.0, *args, **kwargs)

    return call
