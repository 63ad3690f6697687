"""Does every layer work for some output, and do they see far enough?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equidesign.groups.irrep import scheme
from equidesign.groups.irreps import product
from equidesign.groups.rep import Irrep
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.flow import EDGES, Flow
from equidesign.scoring.measured import Defect, Measure, Measured, held, judged, missed, spoken
from equidesign.spec.field import Space
from equidesign.spec.layer import parse_rep

LAYERS = ("layers",)
LINEAR_READOUT = "irreps-readout"
"""The kind that takes from a field the irreps that it writes, and leaves the others."""
DEGREES = ("parity", "degree")
GRIDS = (Space.pixels, Space.sphere)
TAPS = 4
"""Reach of the filter of an anti-aliased halving, in pixels of its input."""


def layers_live(evidence: Evidence) -> Measured:
    """Every layer is read by another, or writes an output."""
    flow = evidence.flow
    if flow is None:
        return missed("the flow between layers can't be followed", LAYERS, "see the layers' kinds")
    idle = [(i, each) for i, each in enumerate(flow.typed) if i not in flow.live]
    defects = (
        Defect(f"nothing reads '{layer.name}'", ("layers", index), f"drop {layer.name}, or read it")
        for index, layer in idle
    )
    return judged(defects, f"all {len(flow.typed)} layers contribute to an output", LAYERS)


def features_read(evidence: Evidence) -> Measured:
    """Every degree that a layer or the edges carry is used by some layer that reads it."""
    flow, fiber = evidence.flow, evidence.fiber
    assert flow is not None
    assert fiber is not None
    if scheme(fiber) not in DEGREES:
        return held(f"fields of {spoken(fiber)} are read as a whole", LAYERS)

    def defects() -> Iterator[Defect]:
        for index, layer in enumerate(flow.typed):
            unread = _unread(flow, index)
            if unread:
                names = ", ".join(map(str, sorted(unread)))
                text = f"{names} of '{layer.name}' is used by nothing that reads it"
                yield Defect(text, ("layers", index, "out", "rep"), f"drop {names}")

    top = max((each.out.rep.lmax for each in flow.typed), default=0)
    return judged(defects(), f"every degree up to {top} is used", LAYERS)


def _unread(flow: Flow, index: int) -> frozenset[Irrep]:
    layer = flow.typed[index]
    written = frozenset(layer.out.rep.irreps)
    edges = layer.out.space is Space.edges
    if index in flow.outputs.values():
        return frozenset()
    used: set[Irrep] = set()
    for reader in (flow.typed[i] for i in flow.readers(index)):
        harmonics = reader.option("edge_irreps")
        if reader.layer.kind == LINEAR_READOUT:
            used |= set(reader.out.rep.irreps)
        elif edges and isinstance(harmonics, str):
            made = {*reader.out.rep.irreps, *(i for i in written if i.is_trivial)}
            used |= {
                edge
                for edge in parse_rep(harmonics, reader.group).irreps
                if any(made & set(product(one, edge)) for one in reader.in_.rep.irreps)
            }
        else:
            used |= written
    if edges:  # harmonics come as all degrees up to one
        top = max((each.l for each in used), default=-1)
        used |= {each for each in written if each.l <= top}
    return written - used


def nonlinear(evidence: Evidence, at_least: int) -> Measured:
    """Between input and outputs stand enough nonlinearities that commute with the group."""
    flow = evidence.flow
    assert flow is not None
    acting = [i for i in sorted(flow.live) if flow.typed[i].layer.nonlinearity != "none"]
    kinds = dict.fromkeys(flow.typed[i].layer.nonlinearity for i in acting)
    text = f"nonlinear layers: {len(acting)}" + (f" ({', '.join(kinds)})" if kinds else "")
    if len(acting) < at_least:
        return missed(text, LAYERS, f"at least {at_least} layers with a nonlinearity")
    return held(text, LAYERS)


def reach(evidence: Evidence, rounds: int, share: float) -> Measured:
    """What an output sees: rounds of messages on points and graphs, the receptive field on grids."""
    flow = evidence.flow
    assert flow is not None
    spaces = {each.in_.space for each in flow.typed}
    if spaces & set(GRIDS):
        return _receptive_field(flow, share)
    if not any(EDGES in names for names in flow.variables):
        return held("every element meets all others", LAYERS)
    count = _rounds(flow)
    text = f"rounds of messages between neighbours: {count}"
    if count < rounds:
        return missed(text, LAYERS, f"at least {rounds}, to see beyond the nearest neighbours")
    return held(text, LAYERS)


def _rounds(flow: Flow) -> int:
    return sum(
        EDGES in flow.variables[i] and flow.typed[i].in_.space is flow.typed[i].out.space
        for i in flow.live
    )


def _receptive_field(flow: Flow, share: float) -> Measured:
    """Add up kernels at the distance of their taps; halvings double it (Araujo et al. 2019, eq. 2)."""
    field, spacing, side = 1.0, 1.0, 0
    for layer in (flow.typed[i] for i in sorted(flow.live)):
        option, kernel = layer.option, layer.option("kernel")
        if layer.in_.space in GRIDS and layer.out.space is Space.global_ and not field > 1:
            return held("the whole sphere, by its harmonics", LAYERS)
        size = option("size") or [2 * option("bandwidth", 0)]
        side = side or max(size)
        if isinstance(kernel, int):
            convolutions = 2 if layer.layer.kind.startswith("residual") else 1
            field += convolutions * (kernel - 1) * spacing * option("dilation", 1)
            spacing *= option("stride", 1)
        elif layer.layer.pooling == "blur" and option("size_out") != size:
            field += TAPS * spacing
            spacing *= 2
        elif option("size_out") is not None and max(option("size_out")) > max(size):
            spacing /= 2
    text = f"the receptive field is {field:.0f} of {side} pixels"
    if field < share * side:
        repair = f"see {share:.0%} of the side: more depth, larger kernels or one halving more"
        return missed(text, LAYERS, repair)
    return held(text, LAYERS)


PREDICATES: Mapping[str, Measure] = {
    "layers-live": layers_live,
    "features-read": features_read,
    "nonlinear": nonlinear,
    "reach": reach,
}
