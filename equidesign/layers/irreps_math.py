"""Exact sizes of e3nn's linear maps, gates and tensor products, from irreps alone.

The counting rules are Schur's lemma (a linear map exists between equal irreps only) and the
Clebsch-Gordan series; see Geiger & Smidt, "e3nn: Euclidean Neural Networks" (2022), sections 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from equidesign.groups.irreps import product, trivial
from equidesign.groups.rep import Irrep, Rep


@dataclass(frozen=True)
class Gate:
    """How e3nn's ``Gate`` splits its output: scalars activated, non-scalars times gates."""

    scalars: Rep
    gates: int
    gated: Rep

    @property
    def entry(self) -> Rep:
        """What must be produced before the gate: the output, and one more 0e per non-scalar."""
        rep = self.scalars
        if self.gates:
            rep = rep + Rep(rep.group, ((self.gates, trivial(rep.group)),)) + self.gated
        return rep


def is_l0(irrep: Irrep) -> bool:
    """Tell whether ``irrep`` has one component (0e, 0o, 0)."""
    return irrep.dim == 1


@lru_cache(maxsize=2048)
def gate_of(out: Rep) -> Gate:
    """Split ``out`` for a gate."""
    gated = out.filter(lambda irrep: not is_l0(irrep))
    return Gate(out.filter(is_l0), sum(mul for mul, _ in gated.terms), gated)


@lru_cache(maxsize=4096)
def linear_weights(rep_in: Rep, rep_out: Rep) -> int:
    """Return the number of weights of an equivariant linear map (``e3nn.o3.Linear``, no bias)."""
    into: dict[Irrep, int] = {}
    for mul, irrep in rep_in.terms:
        into[irrep] = into.get(irrep, 0) + mul
    return sum(mul * into.get(irrep, 0) for mul, irrep in rep_out.terms)


@dataclass(frozen=True)
class Path:
    """One path of a channelwise tensor product: (mul, ir_in) x ir_edge -> (mul, ir_out)."""

    mul: int
    ir_in: Irrep
    ir_edge: Irrep
    ir_out: Irrep

    @property
    def flops(self) -> int:
        """Multiplications and additions of the path for one pair."""
        return 2 * self.mul * self.ir_in.dim * self.ir_edge.dim * self.ir_out.dim


@lru_cache(maxsize=2048)
def channelwise_paths(rep_in: Rep, rep_edge: Rep, wanted: frozenset[Irrep]) -> tuple[Path, ...]:
    """Return the paths of the channelwise ("uvu") product that end in a ``wanted`` irrep."""
    return tuple(
        Path(mul, ir_in, ir_edge, ir_out)
        for mul, ir_in in rep_in.terms
        for _, ir_edge in rep_edge.terms
        for ir_out in product(ir_in, ir_edge)
        if ir_out in wanted
    )


def paths_rep(paths: tuple[Path, ...], like: Rep) -> Rep:
    """Return the representation the paths produce, sorted and merged."""
    return Rep(like.group, tuple((path.mul, path.ir_out) for path in paths)).simplify()


def reachable(rep_in: Rep, rep_edge: Rep, steps: int) -> frozenset[Irrep]:
    """Return the irreps that ``steps`` products with the edge irreps can produce from ``rep_in``."""
    found = frozenset(rep_in.irreps)
    for _ in range(steps):
        found |= {
            irrep
            for ir_in in found
            for ir_edge in rep_edge.irreps
            for irrep in product(ir_in, ir_edge)
        }
    return found


def mlp_weights(widths: tuple[int, ...], bias: bool) -> int:
    """Return the number of parameters of a multilayer perceptron of these widths."""
    return sum(a * b + (b if bias else 0) for a, b in pairwise(widths))
