"""Mutation operators: each breaks one promise in one place of a built model, by an amount ``eps``.

``x + eps * (broken(x) - x)`` is the pattern of the continuous ones; ``eps = 1`` is the mistake in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import components
import positions
import sources
from bundles import Bundle
from torch import nn

Build = Callable[[], nn.Module]


@dataclass(frozen=True)
class Operator:
    """A way to break a model.

    Attributes:
        name: as in the documentation.
        places: paths of the modules of a bundle that it can change; empty for the model's own forward.
        make: (bundle, place, eps) -> a function that builds the mutant.
        graded: whether ``eps`` matters.
        correct: whether the mutant is right, and must pass.
    """

    name: str
    places: Callable[[Bundle], list[str]]
    make: Callable[[Bundle, str, float], Build]
    graded: bool = True
    correct: bool = False


def _in_module(change: Callable[..., None]) -> Callable[[Bundle, str, float], Build]:
    """Make a mutant from (bundle, model, path, eps) -> None, which changes a built model in place."""

    def make(bundle: Bundle, path: str, eps: float) -> Build:
        def build() -> nn.Module:
            model = bundle.build()
            change(bundle, model, path, eps)
            return model

        return build

    return make


def _in_text(edit: Callable[[Bundle, float], tuple[str, dict[str, Any]]]) -> Any:
    """Make a mutant from (bundle, eps) -> (text of the model, functions that take the place of its own)."""

    def make(bundle: Bundle, path: str, eps: float) -> Build:
        text, functions = edit(bundle, eps)
        names = bundle.namespace(text)
        for name, wrap in functions.items():
            names[name] = wrap(names[name]) if name in names else wrap(None)
        build: Build = names["build_model"]
        return build

    return make


def _module(name: str, rule: Any, **more: Any) -> Operator:
    return Operator(name, rule.places, _in_module(rule.change), **more)


def _text(name: str, rule: Any, **more: Any) -> Operator:
    return Operator(name, rule.places, _in_text(rule.edit), **more)


OPERATORS = (
    _module("plain ReLU on components", components.relu),
    _module("bias on l>0", components.bias),
    _module("plain linear mixing of components", components.linear),
    _module("BatchNorm over components", components.batch_norm),
    _module("max over components", components.largest),
    _module("dropout on components", components.dropout),
    _module("wrong parity", components.parity),
    _module("swapped axes", components.swap),
    _module("R for Rᵀ", components.transposed),
    _module("train-only", components.train_only),
    _module("eval-only", components.eval_only),
    _module("zero-init hidden", components.hidden),
    _module("absolute positions", positions.absolute),
    _module("index-dependent weights", positions.index),
    _module("un-rotated kernel", positions.kernel),
    _module("one-sided padding", positions.padding),
    _module("misaligned stride", positions.stride),
    _module("batch leak", positions.leak),
    _text("order-dependent pooling", sources.pooling),
    _text("neighbour cap", sources.cap, graded=False),
    _text("hard cutoff", sources.cutoff),
    _text("non-conservative force", sources.forces),
    _module("float32 inside", positions.float32, graded=False, correct=True),
)
