"""The page of a group: facts, what it promises, subgroups, representations, what may act on which features."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from equidesign.comparison.symmetry import compare_groups, parts_of
from equidesign.design.family import all_families
from equidesign.design.rules.engine import serves_group
from equidesign.errors import EquidesignError
from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, indices, scheme
from equidesign.groups.irreps import irrep as make_irrep
from equidesign.groups.irreps import irreps_of, regular_content, vector
from equidesign.groups.lattice import notable_subgroups
from equidesign.groups.names import known_groups, spellings
from equidesign.report.layout import Line, columns, facts, heading
from equidesign.report.sample_designs import legal_nonlinearities, sample_designs
from equidesign.report.spoken import spoken_irrep
from equidesign.report.symmetry_words import Setting, lost, name, promise

# Of larger finite groups only the irreps of low frequency are listed.
MAX_ORDER = 60

FIELD_TYPES = {
    "scalars": "any function of the value: the group does not move it",
    "regular": "any function applied to each component: the group only permutes the components",
    "band-limited": "functions on sampled group elements, between two Fourier transforms; exact up to aliasing",
    "irreps": "functions of the norm, gates by scalars (silu and the like act on the scalars), tensor products; a "
    "function of single components would mix them differently after a turn",
}
"""What may act on which features, and why."""


def group_page(group: Group) -> list[Line]:
    """Return the page of a group."""
    others = [text for text in spellings(group)[1:] if text == text.strip() and " ( " not in text]
    lines = [Line(group.name, style="bold"), Line(group.title)]
    if others:
        lines.append(Line(f"also written {', '.join(others)}", style="dim"))
    lines += [*heading("Facts"), *facts(_facts(group))]
    promises = [*_promises(group)]
    if promises:
        lines += [*heading("What it means for an invariant output"), *promises]
    lines += _subgroups(group)
    lines += _representations(group)
    lines += _nonlinearities(group)
    served = [
        family
        for family in all_families().values()
        if serves_group(family, group) and sample_designs(family.id, group.name)
    ]
    lines += heading("Families")
    lines += facts((family.id, family.idea) for family in served)
    if not served:
        lines.append(Line("none in this version", indent=2))
    return lines


def _facts(group: Group) -> Iterator[tuple[str, str]]:
    found = group.facts()
    words = ("finite", "compact", "abelian", "connected")
    known = [word if found[word] else f"not {word}" for word in words if found[word] is not None]
    yield "kind", ", ".join(known) or "not known before the generators are read"
    yield "order", str(found.get("order", ""))
    yield "dimension", str(found.get("dimension", ""))
    holds = ("translations", "reflections", "permutations")
    yield "contains", ", ".join(word for word in holds if found[word])
    if group.point_group != group:
        yield "point group", f"{group.point_group.name}: what acts on the components of features"


def _setting(group: Group) -> Setting:
    n = next((part.n for part in group.parts if part.kind in ("SO", "O", "SE", "E")), None)
    planar = any(part.kind in ("cyclic", "dihedral") for part in group.parts)
    reversal = group.name == "Z_n x D1" or "Z_n" in group.name
    return Setting(dimension=1 if reversal else 2 if planar or n == 2 else n)


def _promises(group: Group) -> Iterator[Line]:
    for part, extent in parts_of(group).items():
        yield Line(promise(part, extent, _setting(group)), head="+ ", indent=2, head_style="green")


def _subgroups(group: Group) -> Iterator[Line]:
    found = notable_subgroups(group)
    if found:
        yield from heading("Subgroups, and what going there gives up")
        yield from facts((other.name, _given_up(group, other)) for other in found)
    larger = [g.name for g in known_groups() if g != group and g.contains(group)]
    if larger and group.kind != "trivial":
        yield from heading("Groups that contain it")
        yield Line(", ".join(larger), indent=2)


def _given_up(group: Group, other: Group) -> str:
    said = []
    for aspect in compare_groups(group, other).lost:
        said.append((name if aspect.remains is None else lost)(aspect, _setting(group)))
    return "; ".join(said)


def _representations(group: Group) -> Iterator[Line]:
    point = group.point_group
    try:
        way = scheme(point)
    except EquidesignError:
        return
    yield from heading(f"Representations of {point.name}")
    if way == "trivial":
        yield Line(
            "plain channels, written 'trivial'; features live on a space that is moved", indent=2
        )
        return
    listed = point.order is not None and point.order <= MAX_ORDER
    found = irreps_of(point) if listed or not point.finite else _lowest(point)
    times = {irrep: count for count, irrep in regular_content(point).terms} if listed else {}
    rows = [["irrep", "dimension", "is a", "times in regular" if listed else ""]]
    for irrep in found:
        rows.append([str(irrep), _dimension(irrep), spoken_irrep(irrep), str(times.get(irrep, ""))])
    for index, text in enumerate(columns(rows)):
        yield Line(text, indent=2, keep=True, style="" if index else "dim")
    if not listed:
        more = "tensors T(p,q)" if way == "matrix" else "one for every degree or frequency"
        yield Line(f"and so on: {more}", indent=2, style="dim")
    with contextlib.suppress(EquidesignError):
        yield Line(f"a vector of space is {vector(point)}", indent=2)
    if point.order is not None:
        yield Line(f"regular has {point.order} components: one for each element", indent=2)


def _lowest(point: Group) -> tuple[Irrep, ...]:
    return tuple(make_irrep(point, *index) for index in indices(point, 3))


def _dimension(irrep: Irrep) -> str:
    try:
        return str(irrep.dim)
    except EquidesignError:
        return "?"


def _nonlinearities(group: Group) -> Iterator[Line]:
    found = legal_nonlinearities(group)
    point = group.point_group
    sorts = [*found]
    if point.kind != "trivial":
        sorts += ["scalars", "irreps"] + ["regular"] * (point.order is not None)
    sorts = [sort for sort in FIELD_TYPES if sort in sorts]
    if sorts:
        yield from heading("What may act on which features")
    for sort in sorts:
        yield Line(FIELD_TYPES[sort], head=f"{sort}: ", indent=2, head_style="cyan")
        for acts, kinds in sorted(found.get(sort, {}).items()):
            yield Line(f"in {', '.join(kinds)}", head=f"{acts} ", indent=6, head_style="green")
