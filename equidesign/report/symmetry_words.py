"""What it means to lose or gain a symmetry, in words a user of the model can check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from equidesign.comparison.symmetry import Aspect, Part, SymmetryChange
from equidesign.groups.group import Group
from equidesign.spec.specification import Specification

THINGS = {
    "molecules": "atoms",
    "crystals": "atoms",
    "point_clouds": "points",
    "sets": "elements",
    "graphs": "nodes",
    "tables": "rows",
}
_DIMENSIONS = {
    "images": 2,
    "sequences": 1,
    "volumes": 3,
    "sphere": 3,
    "molecules": 3,
    "crystals": 3,
}
_GRIDS = {"images": "pixels", "volumes": "voxels"}
_READS = {
    Part.shifts: {
        "images": "convolution ignores them",
        "volumes": "convolution ignores them",
        "sequences": "convolution ignores them",
    },
    Part.orders: {},
}
_POINTS_READ = {
    Part.shifts: "relative positions ignore them",
    Part.orders: "sums over neighbours ignore them",
}


@dataclass(frozen=True)
class Setting:
    """What the words depend on besides the groups.

    Attributes:
        invariant: whether the output stays the same under the symmetry, rather than moves along.
        dimension: of the space that is turned, if known.
        domain: of the data; empty if there is none.
    """

    invariant: bool = True
    dimension: int | None = None
    domain: str = ""

    @property
    def things(self) -> str:
        """What is reordered."""
        return THINGS.get(self.domain, "elements")

    @classmethod
    def of(cls, spec: Specification) -> Setting:
        """Return the setting of a specification."""
        data: Any = spec.request.data
        dimension = _DIMENSIONS.get(spec.domain)
        if spec.domain == "point_clouds":
            dimension = getattr(data, "dimension", 3)
        return cls(spec.symmetry.type == "invariant", dimension, spec.domain)


def symmetry_words(
    change: SymmetryChange, before: Setting, after: Setting
) -> Iterator[tuple[str, str]]:
    """Yield a sign and a sentence for each part of the symmetry: ``-`` lost, ``+`` gained, ``=`` kept by design."""
    # Where the data differ, the groups act on different things: what it means for an answer can't be said.
    alike = before.domain == after.domain
    for sign, aspects, setting in (("-", change.lost, before), ("+", change.gained, after)):
        say = lost if sign == "-" else gained
        for aspect in aspects:
            if not alike:
                yield sign, name(aspect, setting)
            else:
                yield "=" if aspect.built_in else sign, say(aspect, after)
    if not change.known and change.before is not None and change.after is not None:
        yield "~", "what a custom group holds is in its generators: its name says nothing about it"


def lost(aspect: Aspect, setting: Setting) -> str:
    """Say what it means that a part of the symmetry is not there any more."""
    if aspect.built_in:
        return f"{name(aspect, setting)} are no longer declared; {_reads(aspect, setting)} all the same"
    return {
        Part.turns: _turns_lost,
        Part.mirrors: _mirrors_lost,
        Part.shifts: _shifts_lost,
        Part.orders: _orders_lost,
    }[aspect.part](aspect, setting)


def gained(aspect: Aspect, setting: Setting) -> str:
    """Say what it means that a part of the symmetry is there now."""
    if aspect.built_in:
        return f"{name(aspect, setting)} are declared now; {_reads(aspect, setting)} anyway"
    return {
        Part.turns: _turns_gained,
        Part.mirrors: _mirrors_gained,
        Part.shifts: _shifts_gained,
        Part.orders: _orders_gained,
    }[aspect.part](aspect, setting)


def promise(part: Part, extent: Group, setting: Setting) -> str:
    """Say what it means to have a part of a symmetry."""
    aspect = Aspect(part, extent)
    if part is not Part.turns:
        return gained(aspect, setting)
    about, _, limits = _turns_gained(aspect, setting).partition(" are built in")
    done = _done(extent)
    return f"{about}: a {done} input gets {'the same' if setting.invariant else f'the {done}'} answer{limits}"


def name(aspect: Aspect, setting: Setting) -> str:
    """Return what a part of a symmetry is called."""
    if aspect.part is Part.turns:
        return turns(aspect.extent, setting)
    if aspect.part is Part.mirrors:
        return "mirror images"
    if aspect.part is Part.orders:
        return f"reorderings of the {setting.things}"
    return "cyclic shifts" if aspect.extent.kind == "cyclic_translation" else "shifts"


def _reads(aspect: Aspect, setting: Setting) -> str:
    return _READS[aspect.part].get(setting.domain) or _POINTS_READ[aspect.part]


def turns(group: Group, setting: Setting) -> str:
    """Return the name of a group of turns.

    >>> from equidesign.groups.names import parse_group
    >>> [turns(parse_group(text), Setting()) for text in ("C2", "C8", "SO(2)", "SO(3)", "O")]
    ['half turns', 'turns by multiples of 45°', 'turns by any angle', 'turns in space', 'the 24 turns of the cube']
    """
    about = " about the axis" if setting.dimension == 3 else ""
    if group.kind == "cyclic":
        return (
            f"half turns{about}"
            if group.n == 2
            else f"turns{about} by multiples of {_angle(group)}"
        )
    if group.kind == "SO" and group.n == 2:
        return f"turns{about} by any angle"
    if group.kind == "SO" and group.n == 3:
        return "turns in space"
    if group.kind in ("octahedral", "icosahedral"):
        return f"the {group.order} turns of the {'cube' if group.kind[0] == 'o' else 'icosahedron'}"
    return group.title


def _angle(group: Group) -> str:
    return f"{360 / (group.n or 1):.4g}°"


def _in_space(group: Group) -> bool:
    return group.kind in ("octahedral", "icosahedral") or (group.kind == "SO" and group.n == 3)


def _done(group: Group) -> str:
    """Return what is done to an input by the elements of a group: turned, or transformed."""
    return "turned" if _planar(group) or _in_space(group) else "transformed"


def _planar(group: Group) -> bool:
    return group.kind == "cyclic" or (group.kind == "SO" and group.n == 2)


def _turns_lost(aspect: Aspect, setting: Setting) -> str:
    extent, remains = aspect.extent, aspect.remains
    what = turns(extent, setting)
    if remains is None:
        done = _done(extent)
        effect = (
            f"a {done} input may get another answer"
            if setting.invariant
            else f"a {done} input need not give the {done} answer"
        )
        return f"{what} are no longer built in: {effect}"
    left = turns(remains, setting)
    if not extent.contains(remains):
        common = aspect.common and turns(aspect.common, setting)
        rest = f"; of them {common} remain" if common else ""
        return f"{what} are no longer built in{rest}"
    if extent.kind == remains.kind == "cyclic":
        return f"turns by {_angle(extent)} are no longer built in: {left} remain"
    finite = ": the group is finite now" if remains.finite and not extent.finite else ""
    if _planar(remains) and _in_space(extent):
        left = turns(remains, Setting(dimension=3)).replace("about the axis", "about one axis")
        finite = ": that axis is special now"
    return f"of {what} only {left} remain{finite}"


def _turns_gained(aspect: Aspect, setting: Setting) -> str:
    extent, before = aspect.extent, aspect.remains
    what = turns(extent, setting)
    grid = _GRIDS.get(setting.domain)
    if before is None or not extent.contains(before):
        text = f"{what} are built in{' as well' if before is not None and aspect.common else ''}"
        if extent.kind == "cyclic" and aspect.common is not None:
            text = f"turns by {_angle(extent)} are built in as well"
    elif extent.kind == before.kind == "cyclic":
        text = f"turns by {_angle(extent)} are built in as well"
    elif _planar(before) and _in_space(extent):
        text = f"{what} are built in, about every axis: no axis is special any more"
    else:
        finite = ": the group is continuous now" if before.finite and not extent.finite else ""
        text = f"{what} are built in, not only {turns(before, setting)}{finite}"
    on_grid = extent.kind == "cyclic" and 4 % (extent.n or 1) == 0
    if grid and not on_grid and extent.kind != "octahedral":
        but = "" if extent.kind == "cyclic" else ", but for right angles"
        text += f"; on {grid} they are exact only up to resampling{but}"
    return text


def _hand(setting: Setting) -> str:
    return "handedness" if setting.dimension == 2 else "chirality"


def _mirrors_lost(aspect: Aspect, setting: Setting) -> str:
    if setting.dimension == 1:
        return "reversed sequences are told apart: the direction is no longer ignored"
    told = (
        "mirror images are told apart"
        if setting.invariant
        else "a mirrored input need not give the mirrored answer"
    )
    return f"{told}: {_hand(setting)} is no longer ignored"


def _mirrors_gained(aspect: Aspect, setting: Setting) -> str:
    if setting.dimension == 1:
        return "a reversed sequence is treated like the sequence: the direction is ignored"
    pair = "b and d" if setting.dimension == 2 else "left and right hand"
    told = (
        f"mirror images get the same answer ({pair} are not told apart)"
        if setting.invariant
        else "a mirrored input gives the mirrored answer"
    )
    return f"{told}: {_hand(setting)} is ignored"


def _shifts_lost(aspect: Aspect, setting: Setting) -> str:
    if aspect.remains is not None and aspect.extent.contains(aspect.remains):
        return f"of {aspect.extent.title} only {aspect.remains.title} are ignored now"
    return f"{name(aspect, setting)} are no longer ignored: the answer may depend on where the input is"


def _shifts_gained(aspect: Aspect, setting: Setting) -> str:
    if aspect.remains is not None and aspect.extent.contains(aspect.remains):
        return f"{aspect.extent.title} are ignored, not only {aspect.remains.title}"
    return f"{name(aspect, setting)} are ignored: the answer does not depend on where the input is"


def _orders_lost(aspect: Aspect, setting: Setting) -> str:
    if aspect.remains is None:
        return (
            f"the order of the {setting.things} is no longer ignored: reordering them may change "
            "the answer"
        )
    left = _orders(aspect.remains, setting)
    return f"{_orders(aspect.extent, setting)} are no longer ignored: {left} still are"


def _orders_gained(aspect: Aspect, setting: Setting) -> str:
    if aspect.remains is None and len(aspect.extent.parts) > 1:
        return f"{_orders(aspect.extent, setting)} are ignored"
    if aspect.remains is None:
        return f"the order of the {setting.things} is ignored"
    had = _orders(aspect.remains, setting)
    return f"{_orders(aspect.extent, setting)} are ignored, not only {had}"


def _orders(group: Group, setting: Setting) -> str:
    if len(group.parts) > 1:
        return f"reorderings along {len(group.parts)} axes"
    return f"reorderings of {'any number of' if group.n is None else group.n} {setting.things}"
