"""Choices: whether nonlinearity, normalisation and pooling are legal, and what illegal ones break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from equidesign.errors import nearest
from equidesign.groups.rep import Rep
from equidesign.layers.base import Fault, LayerKind, TypedLayer
from equidesign.spec.field import Space

_POINTWISE = """
relu relu6 elu selu celu gelu silu swish mish tanh sigmoid hardtanh hardswish leaky_relu leaky-relu leakyrelu prelu
rrelu softplus softsign softmax softshrink tanhshrink shifted_softplus abs sin
"""
_COMPONENT_STATISTICS = """
batch batch-norm batch_norm batchnorm instance instance-norm instance_norm instancenorm group group-norm group_norm
groupnorm layer layer-norm layer_norm layernorm
"""
_ORDERED = """
first last concat concatenate concatenation flatten lstm gru rnn sequence sort sortpool sort-pooling index cat stack
"""
_OTHERS = """
none gate norm norm-relu fourier-relu fourier-elu inner-batch iid-batch sum mean max min median blur attention
sum-mean-max
"""
POINTWISE = frozenset(_POINTWISE.split())
"""Functions that act on every component by itself."""
COMPONENT_STATISTICS = frozenset(_COMPONENT_STATISTICS.split())
"""Normalisations whose statistics are those of single components."""
ORDERED = frozenset(_ORDERED.split())
"""Aggregations that depend on the order in which points, elements or nodes are listed."""
KNOWN = POINTWISE | COMPONENT_STATISTICS | ORDERED | frozenset(_OTHERS.split())
"""Words that mean something, so that they are no misspelling of another one."""
COMPONENT_MAXIMA = re.compile(r".*(max|min|median).*", re.IGNORECASE)
UNORDERED = frozenset({Space.points, Space.atoms, Space.elements, Space.nodes, Space.edges})


def choice_faults(kind: LayerKind, typed: TypedLayer) -> Iterator[Fault]:
    """Yield an illegal nonlinearity, normalisation or pooling."""
    layer = typed.layer
    for key, value, legal in (
        ("nonlinearity", layer.nonlinearity, kind.nonlinearities),
        ("normalization", layer.normalization, kind.normalizations),
        ("pooling", layer.pooling, kind.poolings),
    ):
        if value in legal:
            continue
        label, why = _why_illegal(key, value.lower(), typed)
        message = why or f"'{kind.id}' has no {key} '{_cut(value)}'"
        close = "" if value.lower() in KNOWN else nearest(value, legal) or ""
        yield Fault(key, message, f"legal: {', '.join(legal)}", label, close)


def _why_illegal(key: str, value: str, typed: TypedLayer) -> tuple[str, str]:
    """Return the label of an illegal choice, and what it breaks if that is known."""
    before, after, name = typed.in_.rep, typed.out.rep, typed.group.name
    if key == "nonlinearity" and value in POINTWISE and moves_components(after):
        return (
            "pointwise-on-irreps",
            f"'{value}' acts on single components of {after} and breaks {name}",
        )
    if key == "normalization" and value in COMPONENT_STATISTICS and moves_components(after):
        return (
            "component-statistics",
            f"statistics of single components of {after} do not commute with {name}",
        )
    if key == "pooling" and value in ORDERED and typed.in_.space in UNORDERED:
        return (
            "order-dependent",
            f"'{value}' depends on the order of the {typed.in_.space.value}, which carries no meaning",
        )
    if key == "pooling" and COMPONENT_MAXIMA.fullmatch(value) and moves_components(before):
        return (
            "component-maximum",
            f"'{value}' of single components of {before} does not commute with {name}",
        )
    return "", ""


def moves_components(rep: Rep) -> bool:
    """Tell whether some group element does more to the components than permute them."""
    return any(not irrep.is_trivial and irrep.kind != "regular" for irrep in rep.irreps)


def _cut(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
