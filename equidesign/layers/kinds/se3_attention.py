"""The attention block of SE(3)-Transformers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import ClassVar

from equidesign.groups.irreps import trivial
from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.base import (
    Code,
    Cost,
    Dialect,
    Fault,
    LayerKind,
    Option,
    Sizes,
    TypedLayer,
)
from equidesign.layers.common import same
from equidesign.layers.irreps_math import (
    Path,
    channelwise_paths,
    gate_of,
    linear_weights,
    mlp_weights,
    paths_rep,
)
from equidesign.layers.kinds.nequip_interaction import (
    RADIAL,
    edge_irreps_faults,
    edge_rep,
    gated_order,
    message_cost,
    radial_widths,
    unreached,
)
from equidesign.spec.field import Space


@lru_cache(maxsize=512)
def value_rep(rep: Rep, heads: int) -> Rep:
    """Return the features that are sent: those of the node, every multiplicity filled up to whole heads."""
    return Rep(rep.group, tuple((-(-mul // heads) * heads, ir) for mul, ir in rep.terms))


@lru_cache(maxsize=512)
def key_rep(rep: Rep, out: Rep, heads: int) -> Rep:
    """Return what queries and keys hold: the scalars and vectors that go on, half as many, in whole heads.

    A message that nothing but a key would read costs as much as one that is passed on.
    """
    merged = rep.simplify()
    low = min(irrep.l for irrep in merged.irreps)
    one = trivial(rep.group)
    near = merged.filter(lambda irrep: irrep.l <= max(low, 1))
    sent = near.filter(lambda irrep: irrep == one or irrep in out.irreps)
    terms = sent.terms or near.terms
    return Rep(
        rep.group, tuple((max(mul // (2 * heads), 1) * heads, irrep) for mul, irrep in terms)
    )


def keys_of(layer: TypedLayer) -> Rep:
    """Return the representation of the layer's queries and keys."""
    return key_rep(layer.in_.rep, layer.out.rep, layer.option("heads"))


def attention_paths(layer: TypedLayer) -> tuple[Path, ...]:
    """Return the paths of the messages: what values and keys are made of."""
    heads = layer.option("heads")
    keys = keys_of(layer)
    wanted = frozenset({*layer.out.rep.irreps, *keys.irreps, trivial(layer.group)})
    return channelwise_paths(value_rep(layer.in_.rep, heads), edge_rep(layer), wanted)


class SE3Attention(LayerKind):
    """Messages weighted by the softmax of invariant query-key products, head by head."""

    id = "se3-attention"
    title = "SE(3) attention"
    type = "Attention"
    reference = "Fuchs et al. 2020 (SE(3)-Transformers), eqs. 8-12"
    backends = ("e3nn",)
    accelerations = ("cuequivariance", "compile")
    nonlinearities = ("gate",)
    options: ClassVar[Mapping[str, Option]] = {
        **RADIAL,
        "heads": Option(int, "attention heads", minimum=1, maximum=1024),
    }
    spaces = same(Space.points, Space.atoms)

    def faults(self, layer: TypedLayer) -> Iterator[Fault]:
        """Every output irrep must be reachable by a product with an edge harmonic."""
        if faults := edge_irreps_faults(layer):
            yield from faults
            return
        yield from gated_order(layer)
        yield from unreached(layer, attention_paths(layer))

    def used_harmonics(self, layer: TypedLayer) -> frozenset[Irrep]:
        """Those along which a path goes."""
        return frozenset(path.ir_edge for path in attention_paths(layer))

    def parameters(self, layer: TypedLayer) -> int:
        """Values, queries, keys, output and self-interaction are linear maps; one radial network."""
        before, entry = layer.in_.rep, gate_of(layer.out.rep).entry
        heads: int = layer.option("heads")
        paths = attention_paths(layer)
        message, keys = paths_rep(paths, before), keys_of(layer)
        return (
            linear_weights(before, value_rep(before, heads))
            + mlp_weights(radial_widths(layer, paths), bias=False)
            + linear_weights(before, keys)
            + linear_weights(message, keys)
            + linear_weights(message, entry)
            + linear_weights(before, entry)
            + entry.scalars
        )

    def cost(self, layer: TypedLayer, sizes: Sizes) -> Cost:
        """As a tensor-product convolution, and the keys of every edge."""
        paths = attention_paths(layer)
        base = message_cost(layer, paths, sizes)
        keys = keys_of(layer)
        message = paths_rep(paths, layer.in_.rep)
        per_edge = sum(
            2 * mul_in * mul_out * irrep.dim
            for mul_in, irrep in message.terms
            for mul_out, other in keys.terms
            if irrep == other
        )
        return Cost(
            base.flops + sizes["edges"] * (per_edge + 2 * message.dim),
            base.activations + sizes["edges"] * (keys.dim + message.dim),
            f"{base.formula} + edges * (2 key weights (2l+1) + 2 dim(message))",
        )

    def code(self, layer: TypedLayer, dialect: Dialect) -> Code:
        """Return construction and call."""
        heads = layer.option("heads")
        return Code(
            "AttentionBlock",
            (dialect.rep(layer.in_.rep), dialect.rep(layer.out.rep)),
            {
                "irreps_edge": dialect.rep(edge_rep(layer)),
                "irreps_value": dialect.rep(value_rep(layer.in_.rep, heads)),
                "irreps_key": dialect.rep(keys_of(layer)),
                "num_heads": str(heads),
                "radial_widths": str([layer.option("num_basis"), *layer.option("radial_hidden")]),
            },
            call=("h = {self}(h, edge_index, edge_sh, edge_radial, edge_envelope)",),
        )


KINDS = (SE3Attention(),)
