"""Operators on what a model does between its modules: the functions and the text of ``model.py``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from bundles import Bundle
from surgery import space
from torch import Tensor

KEPT = 3
POOLINGS = ("sum_per_sample", "mean_per_sample", "pool_elements", "pool_nodes")
Edit = tuple[str, dict[str, Callable[[Any], Any]]]


@dataclass(frozen=True)
class TextRule:
    """The module that is to blame, and the change."""

    places: Callable[[Bundle], list[str]]
    edit: Callable[[Bundle, float], Edit]


def _pooling_places(bundle: Bundle) -> list[str]:
    """Return where the pooling function is first called: in a block of deepsets, else between modules."""
    if not any(layer.kind.startswith("pool-") for layer in bundle.spec.layers):
        return []
    return ["block_1"] if bundle.family == "deepsets" else [""]


def _edit_pooling(bundle: Bundle, eps: float) -> Edit:
    """Weigh points by their index, pixels by their place, before they are summed."""

    def weighed(values: Tensor, axis: int) -> Tensor:
        place = torch.arange(values.shape[axis]).to(values)
        shape = [1] * values.dim()
        shape[axis] = -1
        return values * (1 + eps * (1.7 * place + 0.3).sin().view(shape))

    def wrap(original: Any) -> Any:
        axis = 1 if bundle.domain == "sets" else 0
        return lambda values, *rest: original(weighed(values, axis), *rest)

    def pixels(original: Any) -> Any:
        return lambda image: weighed(weighed(image, 2), 3).mean(dim=(2, 3))

    text = re.sub(r"(\w+)\.mean\(dim=\(2, 3\)\)", r"mutant_pool(\1)", bundle.text)
    functions: dict[str, Callable[[Any], Any]] = {
        name: wrap for name in POOLINGS if f"def {name}(" in bundle.text
    }
    if text != bundle.text:
        functions["mutant_pool"] = pixels
    return text, functions


pooling = TextRule(_pooling_places, _edit_pooling)


def _graph(bundle: Bundle) -> str:
    found = [name for name in ("radius_graph", "knn_graph") if f"def {name}(" in bundle.text]
    return found[0] if found else ""


def _cap_places(bundle: Bundle) -> list[str]:
    return [""] if _graph(bundle) or "edge_index" in bundle.spec.interface.inputs else []


def _edit_cap(bundle: Bundle, eps: float) -> Edit:
    """Keep the first few neighbours of every point, in the order of their indices."""

    def kept(centre: Tensor, neighbour: Tensor) -> Tensor:
        order = neighbour.argsort(stable=True)
        before = torch.zeros_like(order)
        count: dict[int, int] = {}
        for edge in order.tolist():
            point = int(centre[edge])
            before[edge] = count.get(point, 0)
            count[point] = count.get(point, 0) + 1
        return (before < KEPT).nonzero().flatten()

    def wrap(original: Any) -> Any:
        def capped(*args: Any) -> Any:
            edge_index, vectors, *rest = original(*args)
            keep = kept(edge_index[1], edge_index[0])
            rest = [r[keep] if _per_edge(r, edge_index) else r for r in rest]
            return (edge_index[:, keep], vectors[keep], *rest)

        return capped

    def wrap_model(original: Any) -> Any:
        class Capped(original):  # type: ignore[misc, valid-type]
            def forward(self, **inputs: Tensor) -> Any:
                source, target = inputs["edge_index"]
                keep = kept(target, source)
                inputs["edge_index"] = inputs["edge_index"][:, keep]
                if "edge_attr" in inputs:
                    inputs["edge_attr"] = inputs["edge_attr"][keep]
                return super().forward(**inputs)

        return Capped

    name = _graph(bundle)
    return bundle.text, {name: wrap} if name else {"Model": wrap_model}


def _per_edge(value: Any, edge_index: Tensor) -> bool:
    return isinstance(value, Tensor) and value.dim() > 0 and len(value) == edge_index.shape[1]


cap = TextRule(_cap_places, _edit_cap)

SINC = "basis = torch.sin(self.frequencies * length) * envelope"


def _cutoff_places(bundle: Bundle) -> list[str]:
    if "def smooth_cutoff(" not in bundle.text and SINC not in bundle.text:
        return []
    edges = [name for name in bundle.layers if space(bundle, name) == "edges"]
    return edges[:1] or [""]


def _edit_cutoff(bundle: Bundle, eps: float) -> Edit:
    """Leave the envelope out: neighbours vanish all at once."""

    def wrap(original: Any) -> Any:
        return lambda x: original(x) + eps * (1 - original(x)) * (x < 1)

    if SINC in bundle.text:
        return bundle.text.replace(SINC, f"{SINC} + {eps} * torch.cos(self.frequencies)"), {}
    return bundle.text, {"smooth_cutoff": wrap}


cutoff = TextRule(_cutoff_places, _edit_cutoff)


def _force_places(bundle: Bundle) -> list[str]:
    return [""] if bundle.conservative else []


def _edit_forces(bundle: Bundle, eps: float) -> Edit:
    text = bundle.text.replace('"forces": -gradient', f'"forces": -gradient * (1 + {eps})')
    assert text != bundle.text
    return text, {}


forces = TextRule(_force_places, _edit_forces)
