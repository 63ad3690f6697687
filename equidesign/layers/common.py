"""What every layer kind shares: options, choices, spaces, and the faults that several kinds have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from equidesign.groups.rep import Irrep, Rep
from equidesign.layers.base import Fault, LayerKind, TypedLayer
from equidesign.layers.choices import choice_faults
from equidesign.layers.options import option_faults
from equidesign.spec.field import Space

MAX_WIDTH = 10**6
MAX_COUNT = 10**9
MAX_NEIGHBOURS = 10**6
MAX_TERMS = 200
"""Longest sum that is counted: equal terms can always be merged."""


def common_faults(kind: LayerKind, typed: TypedLayer) -> Iterator[Fault]:
    """Yield what is wrong by the rules that every kind shares."""
    yield from option_faults(kind, typed)
    yield from choice_faults(kind, typed)
    yield from field_faults(kind, typed)


def field_faults(kind: LayerKind, typed: TypedLayer) -> Iterator[Fault]:
    """Yield spaces that the kind does not map between, and representations that are empty or too large."""
    for key, rep in (("in.rep", typed.in_.rep), ("out.rep", typed.out.rep)):
        if not rep.terms:
            yield Fault(key, "a field without components carries nothing", label="empty-field")
        elif len(rep.terms) > MAX_TERMS:
            message = f"a sum of {len(rep.terms)} terms is too long"
            yield Fault(key, message, "merge equal terms", "unreadable-rep")
        elif kind.max_degree is not None and rep.lmax > kind.max_degree:
            message = f"degree {rep.lmax} is beyond the library's tables"
            yield Fault(key, message, f"at most {kind.max_degree}", "degree-limit")
    before, after = typed.in_.space, typed.out.space
    if (before, after) in kind.spaces:
        return
    if before not in {one for one, _ in kind.spaces}:
        wanted = _spoken({one for one, _ in kind.spaces})
        message = f"'{kind.id}' does not read {before.value}"
        yield Fault("in.space", message, f"it reads {wanted}", "space-mismatch")
    else:
        wanted = _spoken({other for one, other in kind.spaces if one is before})
        message = f"'{kind.id}' does not map {before.value} to {after.value}"
        yield Fault("out.space", message, f"write {wanted}", "space-mismatch")


def _spoken(spaces: Iterable[Space]) -> str:
    return " or ".join(sorted(space.value for space in spaces))


def same(*spaces: Space) -> tuple[tuple[Space, Space], ...]:
    """Return the pairs of spaces of a layer that stays on one of these."""
    return tuple((space, space) for space in spaces)


def kept_field(layer: TypedLayer, what: str, *, space: bool = True) -> Iterator[Fault]:
    """Yield a fault where a layer that keeps the field, or at least the representation, does not."""
    if in_a_row(layer.in_.rep) != in_a_row(layer.out.rep):
        message = f"{what} keeps the representation: {layer.in_.rep}"
        yield Fault("out.rep", message, f"write {layer.in_.rep}", "kept-field")
    elif space and layer.in_.space is not layer.out.space:
        message = f"{what} keeps the space: {layer.in_.space.value}"
        yield Fault("out.space", message, f"write {layer.in_.space.value}", "kept-field")


def scalars_only(layer: TypedLayer, what: str) -> Iterator[Fault]:
    """Yield a fault where a map that mixes all components reads or writes something that the group moves."""
    for key, rep in (("in", layer.in_.rep), ("out", layer.out.rep)):
        if not rep.is_scalar:
            yield Fault(
                f"{key}.rep",
                f"{what} mixes the components of {rep} and breaks {layer.group.name}",
                "use invariant scalars only",
                "dense-on-irreps",
            )


def in_a_row(rep: Rep) -> Rep:
    """Return the same components with equal terms that stand in a row counted together."""
    terms: list[tuple[int, Irrep]] = []
    for count, irrep in rep.terms:
        if terms and terms[-1][1] == irrep:
            count += terms.pop()[0]
        terms.append((count, irrep))
    return Rep(rep.group, tuple(terms))
