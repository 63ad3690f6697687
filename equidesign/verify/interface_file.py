"""``interface.yaml``: what a foreign model takes and returns, read with the place of every mistake. No torch."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from equidesign.errors import InputError, InputErrors, nearest
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.fields import describe
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.spec.yamlio import Document, KeyPath, dotted, load_file
from equidesign.verify.tensor_entry import (
    SIZES,
    TENSOR_READERS,
    Refusal,
    axis,
    flag,
    generators,
    number,
    size_hint,
    usual_dtype,
)

INTERFACE = "interface.yaml"
KEYS = ("group", "inputs", "outputs", "sizes", "axis", "generators", "conservative", "cutoff")
SIDES = ("inputs", "outputs")
MAX_SIZE = 100_000
MAX_ERRORS = 20


@dataclass(frozen=True)
class ForeignInterface:
    """What is said of a foreign model.

    Attributes:
        interface: group, inputs and outputs.
        axis: the axis of space that a planar group turns about, if one was named.
        generators: of a custom group: ``discrete`` elements and ``lie_algebra`` generators, lists of matrices.
        conservative: whether forces are the negative gradient of the energy; None where nothing is said.
        cutoff: radius beyond which points do not interact.
        places: ``file:line:col`` of entries such as ``inputs.pos``, for messages.
    """

    interface: Interface
    axis: str | None = None
    generators: Mapping[str, Any] | None = None
    conservative: bool | None = None
    cutoff: float | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def fiber(self) -> Group:
        """The group whose representations the entries name; of a custom one with its number of dimensions."""
        group = parse_group(self.interface.group).geometric.point_group
        matrices = [matrix for kind in (self.generators or {}).values() for matrix in kind]
        if group.kind == "custom" and matrices:
            return replace(group, n=len(matrices[0]))
        return group

    def to_data(self) -> dict[str, Any]:
        """Return plain data, for the job of the child process."""
        return {
            "interface": self.interface.model_dump(mode="json"),
            "axis": self.axis,
            "generators": self.generators,
            "conservative": self.conservative,
            "cutoff": self.cutoff,
            "places": dict(self.places),
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> ForeignInterface:
        """Read what ``to_data`` wrote."""
        return ForeignInterface(
            **{**data, "interface": Interface.model_validate(data["interface"])}
        )


def load_interface(path: str | os.PathLike[str]) -> ForeignInterface:
    """Read an interface from a YAML or JSON file.

    Raises:
        InputError: with ``file:line:col``; InputErrors when there are several.
    """
    return read_interface(load_file(path))


def read_interface(document: Document) -> ForeignInterface:
    """Check an interface that was loaded from a file, or given as a dictionary.

    Raises:
        InputError: with the place of the mistake; InputErrors when there are several.
    """
    data = document.data
    if "layers" in data and "interface" in data:
        raise InputError(
            "this is a specification, not an interface",
            where=document.where(()),
            expected="`group`, `inputs` and `outputs` at the top",
            hint="copy what stands below its `interface:` into a file of its own",
        )
    reader = _Reader(document)
    found = reader.read()
    if reader.errors:
        errors = sorted(reader.errors, key=lambda item: document.order(item[0]))
        parts = [error for _, error in errors[:MAX_ERRORS]]
        raise parts[0] if len(parts) == 1 else InputErrors(parts)
    assert found is not None
    _refuse_faults(found, document)
    return found


def _refuse_faults(found: ForeignInterface, document: Document) -> None:
    """Refuse entries that are well formed but do not fit together."""
    from equidesign.verify.fit import interface_faults

    errors = [
        InputError(
            _entry(place) + what, where=document.where(_path(place)), expected=expected, hint=hint
        )
        for place, what, expected, hint in interface_faults(found.interface, found.fiber)
    ]
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)


def _entry(place: str) -> str:
    """Return which entry a place belongs to, in words."""
    side, _, rest = place.partition(".")
    return f"{side.removesuffix('s')} '{rest.split('.')[0]}': " if side in SIDES and rest else ""


def _path(place: str) -> KeyPath:
    steps = re.findall(r"[^.\[\]]+", place)
    return tuple(int(step) if step.isdecimal() else step for step in steps)


class _Reader:
    """Reads an interface and collects what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: dict[str, Any] = document.data
        self.errors: list[tuple[KeyPath, InputError]] = []

    def read(self) -> ForeignInterface | None:
        """Return what was read; None when that is impossible, and then there are errors."""
        self.known_keys((), self.data, KEYS)
        group = self.group()
        inputs, outputs = (self.tensors(key, group) for key in SIDES)
        more = {
            "axis": self.value("axis", axis),
            "generators": self.value("generators", generators),
            "conservative": self.value("conservative", flag),
            "cutoff": self.value("cutoff", number),
        }
        sizes = self.value("sizes", lambda value: value) or {}
        if not isinstance(sizes, dict):
            self.refuse(("sizes",), Refusal(f"is {describe(sizes)}", "a mapping: {points: 8}"))
            sizes = {}
        self.known_keys(("sizes",), sizes, SIZES, size_hint)
        for name, count in sizes.items():
            if not (type(count) is int and 1 <= count <= MAX_SIZE):
                expected = f"a whole number from 1 to {MAX_SIZE}"
                self.refuse(("sizes", name), Refusal(f"is {describe(count)}", expected))
        if group is None or self.errors:
            return None
        interface = Interface(group=group.name, sizes=sizes, inputs=inputs, outputs=outputs)
        places = {
            f"{part}.{name}": self.document.where_key((part, name))
            for part in SIDES
            for name in self.data[part]
        }
        return ForeignInterface(interface, **more, places=places)

    def refuse(self, path: KeyPath, refusal: Refusal, *, key: bool = False) -> None:
        """Note an error; its text starts with the dotted name of the entry."""
        if key:
            what, where = refusal.what, self.document.where_key(path)
        else:
            path = (*path, *refusal.at)
            what = f"'{dotted(path)}' {refusal.what}"
            where = self.document.where(path)
        error = InputError(what, where=where, expected=refusal.expected, hint=refusal.hint)
        self.errors.append((path, error))

    def known_keys(
        self,
        path: KeyPath,
        data: Mapping[str, Any],
        known: Iterable[str],
        hint: Callable[[str], str | None] | None = None,
    ) -> None:
        """Refuse keys that nobody reads."""
        names = tuple(known)
        home = f"'{dotted(path)}'" if path else "the interface"
        for key in data:
            if key in names:
                continue
            near = nearest(str(key)[:100], names)
            help_ = (hint and hint(str(key))) or (f"did you mean '{near}'?" if near else None)
            what = f"unknown field '{key}' in {home}"
            refusal = Refusal(what, f"one of {', '.join(names)}", help_)
            self.refuse((*path, str(key)), refusal, key=True)

    def missing(self, path: KeyPath, expected: str, hint: str | None = None) -> None:
        """Note that an entry is missing, unless a misspelt one was reported."""
        name, parent = str(path[-1]), self.data
        known = (*KEYS, *TENSOR_READERS)
        for step in path[:-1]:
            parent = parent[step]  # type: ignore[index]
        if any(key not in known and nearest(str(key)[:100], [name]) for key in parent):
            return
        self.refuse(path, Refusal(f"'{dotted(path)}' is missing", expected, hint), key=True)

    def value(self, key: str, read: Callable[[Any], Any]) -> Any:
        """Return an optional top-level value, None when it is absent or wrong."""
        value = self.data.get(key)
        if value is None:
            return None
        try:
            return read(value)
        except Refusal as refusal:
            self.refuse((key,), refusal)
            return None

    def group(self) -> Group | None:
        """Return the group."""
        if self.data.get("group") is None:
            self.missing(("group",), "a group such as E(3) x S_n, C4, SO(2), S_n")
            return None
        try:
            return parse_group(self.data["group"])
        except InputError as error:
            where = self.document.where(("group",))
            self.errors.append(
                (
                    ("group",),
                    InputError(error.what, where=where, expected=error.expected, hint=error.hint),
                )
            )
            return None

    def tensors(self, key: str, group: Group | None) -> dict[str, TensorSpec]:
        """Return the inputs or the outputs."""
        entries = self.data.get(key)
        example = "{pos: {shape: [points, 3], space: points, rep: 1x1o, translates: true}}"
        if key == "outputs":
            example = "{output: {shape: [samples, 1], rep: 1x0e}}"
        if entries is None and key not in self.data:
            self.missing((key,), f"a mapping of names: {example}")
        elif not isinstance(entries, dict) or not entries:
            self.refuse((key,), Refusal(f"is {describe(entries)}", f"names, such as {example}"))
        if not isinstance(entries, dict):
            return {}
        found = {name: self.tensor((key, name), entry, group) for name, entry in entries.items()}
        return {name: spec for name, spec in found.items() if spec is not None}

    def tensor(self, path: KeyPath, entry: Any, group: Group | None) -> TensorSpec | None:
        """Return one input or output."""
        if not isinstance(entry, dict):
            expected = "a mapping such as {shape: [points, 3], space: points, rep: 1x1o}"
            self.refuse(path, Refusal(f"is {describe(entry)}", expected))
            return None
        self.known_keys(path, entry, TENSOR_READERS)
        if entry.get("shape") is None:
            self.missing((*path, "shape"), "the size of each axis, such as [points, 3]")
        found: dict[str, Any] = {}
        for name, read in TENSOR_READERS.items():
            if entry.get(name) is None:
                continue
            try:
                found[name] = read(entry[name])
            except Refusal as refusal:
                self.refuse((*path, name), refusal)
        self.rep((*path, "rep"), found.get("rep"), group)
        if "shape" not in found:
            return None
        found.setdefault("dtype", usual_dtype(found))
        return TensorSpec(**found)

    def rep(self, path: KeyPath, text: str | None, group: Group | None) -> None:
        """Refuse a representation that the group does not have."""
        if text is None or group is None:
            return
        try:
            parse_rep(text, group.geometric.point_group)
        except InputError as error:
            refusal = Refusal(f"is '{text}': {error.what}", error.expected, error.hint)
            self.refuse(path, refusal)
