"""The axes of every tensor of an interface, told apart once. No torch here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.groups.rep import Rep
from equidesign.spec.field import Space
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.layout import (
    COLUMNS,
    ITEMS,
    ROWS,
    Layout,
    MisfitError,
    Setting,
    free_layout,
    layout_of,
)

NODES = ("nodes", "points", "elements")


@dataclass(frozen=True)
class Axes:
    """What the axes of the tensors are.

    Attributes:
        interface: the tensors.
        fiber: the group whose representations they name.
    """

    interface: Interface
    fiber: Group
    _known: dict[tuple[object, ...], Layout] = field(default_factory=dict)

    def rep(self, spec: TensorSpec) -> Rep | None:
        """Return the representation of a tensor, None for one that the group leaves alone."""
        return parse_rep(spec.rep, self.fiber) if spec.rep else None

    def layout(self, spec: TensorSpec) -> Layout:
        """Return what the axes of a tensor are.

        Raises:
            MisfitError: its representation does not fit its shape.
            InputError: it is no representation of the group.
        """
        key = (spec.shape, spec.space, spec.rep, spec.role, spec.layout)
        if key not in self._known:
            self._known[key] = layout_of(spec, self.rep(spec), self.setting)
        return self._known[key]

    def names(self, spec: TensorSpec) -> tuple[str | None, ...]:
        """Return what each axis counts; None for the axes of components and grids."""
        return _names(self, spec, self.setting)

    @property
    def specs(self) -> Iterator[TensorSpec]:
        """All inputs, then all outputs."""
        yield from self.interface.inputs.values()
        yield from self.interface.outputs.values()

    @cached_property
    def group(self) -> Group:
        """The symmetry group."""
        return parse_group(self.interface.group)

    @cached_property
    def setting(self) -> Setting:
        """What the tensors say about each other."""
        items = {ITEMS[spec.space] for spec in self.specs if spec.space in ITEMS}
        items |= {str(size) for spec in self.specs for size in spec.shape if size in NODES}
        item = next((name for name in NODES if name in items), "points")
        joint = item if items & set(NODES) else NODES[0]
        permutations = sum(part.kind == "symmetric" for part in self.group.parts)
        setting = Setting(
            cells=(ROWS, COLUMNS) if permutations > 1 else (joint, joint),
            table=self._table(),
            item=item,
            dense=any(s.space in ITEMS and s.shape[:1] == ("samples",) for s in self.specs),
        )
        for spec in self.interface.inputs.values():
            names = _names(self, spec, setting)
            if "samples" in names:
                size = spec.shape[names.index("samples")]
                if isinstance(size, int):
                    return replace(setting, batch=size)
        return setting

    def _table(self) -> tuple[int | str, int | str] | None:
        for spec in self.interface.inputs.values():
            sizes = [size for size in spec.shape if size != "samples"]
            if spec.space == Space.cells and len(sizes) > 1:
                return sizes[0], sizes[1]
        return None


def _names(axes: Axes, spec: TensorSpec, setting: Setting) -> tuple[str | None, ...]:
    try:
        return layout_of(spec, axes.rep(spec), setting).names
    except (MisfitError, InputError):
        return free_layout(spec, setting).names
