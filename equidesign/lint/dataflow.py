"""Dataflow: which variables of the generated ``forward`` every layer reads and writes, and whose they are.

The types say which layer reads which; the generated code says it by variables, several of which (``h``, ``v``,
``edge_sh``) have fixed names. Both have to mean the same layer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from equidesign.backends.base import Backend
from equidesign.backends.registry import backend_by_name
from equidesign.errors import EquidesignError
from equidesign.layers.base import Code, LayerKind, TypedLayer
from equidesign.layers.measure import GRADIENT_KINDS
from equidesign.spec.layer import Layer

if TYPE_CHECKING:
    from equidesign.lint.context import Context

PLACEHOLDERS = ("in", "out", "skip", "self")
MODULES = frozenset({"torch", "nn", "enn", "o3", "math", "itertools", "self"})
INPUT = -1
"""Stands for the layer that writes the inputs of the model."""


@dataclass(frozen=True)
class Step:
    """What a layer does with the variables.

    Attributes:
        fixed: names that its code reads whatever ``source`` says.
        reads_source: whether the code reads the variable of its source.
        writes: names that it assigns.
        writes_fixed: whether all names that it assigns are fixed, so that ``writes`` is ignored.
        calls: names of functions and constants that it uses.
        source, skip: the layers that it reads: an index, `INPUT`, or None.
        variable: of the source.
    """

    layer: Layer
    fixed: frozenset[str]
    reads_source: bool
    writes: tuple[str, ...]
    writes_fixed: bool
    calls: frozenset[str]
    source: int | None
    variable: str
    skip: int | None
    stateful: bool

    @property
    def ignores_name(self) -> bool:
        """Whether the file names a variable for it, and the code writes others."""
        return self.writes_fixed and bool(self.writes) and self.layer.writes != "h"


@dataclass(frozen=True)
class Read:
    """A variable that a layer reads, and the layer that wrote it last: an index, `INPUT`, or None if nothing did."""

    reader: int
    name: str
    owner: int | None


@dataclass(frozen=True)
class Flow:
    """The variables of the whole ``forward``.

    Attributes:
        owners: of every variable at the end.
    """

    steps: tuple[Step, ...]
    reads: tuple[Read, ...]
    owners: dict[str, int]

    def of(self, reader: int, name: str) -> Read | None:
        """Return what a layer reads under a name."""
        return self._reads.get((reader, name))

    @cached_property
    def _reads(self) -> dict[tuple[int, str], Read]:
        return {(each.reader, each.name): each for each in reversed(self.reads)}

    def owner(self, reader: int, *names: str) -> int | None:
        """Return the layer that wrote the first of these variables that ``reader`` reads."""
        for name in names:
            read = self.of(reader, name)
            if read is not None and read.owner not in (None, INPUT):
                return read.owner
        return None


@lru_cache(maxsize=1)
def flow_of(context: Context) -> Flow | None:
    """Return the flow of variables; None if what some layer does can't be told."""
    if context.spec is None or context.interface is None or context.typed is None:
        return None
    if any(complaint.path[:1] == ("layers",) for complaint in context.complaints):
        return None  # keys that were left out because nobody knows them
    try:
        backend = backend_by_name(context.spec.library.name)
    except EquidesignError:
        backend = None
    try:
        steps = tuple(_steps(context, backend))
    except (EquidesignError, ArithmeticError, LookupError, TypeError, ValueError, SyntaxError):
        return None
    reads, owners = _followed(steps, tuple(context.interface.inputs))
    return Flow(steps, reads, owners)


def _steps(context: Context, backend: Backend | None) -> Iterator[Step]:
    assert context.spec is not None
    assert context.interface is not None
    assert context.typed is not None
    inputs = context.interface.inputs
    before: dict[str, int] = {}
    for index, (kind, typed) in enumerate(context.typed):
        layer = typed.layer
        source = index - 1 if layer.source is None else before.get(layer.source)
        variable = context.spec.layers[source].writes if source is not None and source >= 0 else ""
        if source is None and layer.source in inputs:
            source, variable = INPUT, str(layer.source)
        yield _step(kind, typed, backend, source, variable, before)
        before[layer.name] = index


def _step(
    kind: LayerKind,
    typed: TypedLayer,
    backend: Backend | None,
    source: int | None,
    variable: str,
    before: dict[str, int],
) -> Step:
    layer = typed.layer
    skip = before.get(str(layer.options.get("skip", "")))
    if kind.id in GRADIENT_KINDS:  # the template writes it around the whole forward pass
        made: frozenset[str] = frozenset()
        return Step(layer, made, True, (layer.writes,), False, made, source, variable, skip, False)
    code = kind.code(typed, backend or backend_by_name(kind.backends[0]))
    loads, stores, calls = _names(code)
    fixed_stores = [name for name in stores if name != "__out__"]
    writes = tuple(layer.writes if name == "__out__" else name for name in stores)
    return Step(
        layer,
        frozenset(loads - {"__in__", "__skip__", "__out__", *fixed_stores} | _early(code)),
        "__in__" in loads,
        writes,
        "__out__" not in stores,
        calls | {each.name for each in code.constants},
        source,
        variable,
        skip if "__skip__" in loads else None,
        code.create is not None,
    )


def _early(code: Code) -> set[str]:
    """Return the fixed names that the code reads before it assigns them."""
    found: set[str] = set()
    assigned: set[str] = set()
    for line in code.call:
        loads, stores, _ = _line_names(line)
        found |= loads - assigned
        assigned |= set(stores)
    return {name for name in found if not name.startswith("__")}


def _names(code: Code) -> tuple[set[str], list[str], frozenset[str]]:
    loads: set[str] = set()
    stores: list[str] = []
    calls: set[str] = set(code.uses)
    for line in code.call:
        read, written, called = _line_names(line)
        loads |= read
        stores += [name for name in written if name not in stores]
        calls |= called
    return loads, stores, frozenset(calls)


@lru_cache(maxsize=512)
def _line_names(line: str) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Return the variables that a line reads, those that it assigns, and what it calls."""
    for word in PLACEHOLDERS:
        line = line.replace("{" + word + "}", f"__{word}__")
    tree = ast.parse(line)
    called = {node.func.id for node in ast.walk(tree) if _is_named_call(node)}  # type: ignore[attr-defined]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stores = [node.id for node in names if isinstance(node.ctx, ast.Store)]
    loads = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    loads -= called | MODULES | {"__self__"} | {name for name in loads if name.isupper()}
    return frozenset(loads), tuple(stores), frozenset(called - {"__self__"})


def _is_named_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def _followed(
    steps: tuple[Step, ...], inputs: tuple[str, ...]
) -> tuple[tuple[Read, ...], dict[str, int]]:
    owners = dict.fromkeys(inputs, INPUT)
    reads: list[Read] = []
    for index, step in enumerate(steps):
        names = set(step.fixed)
        if step.reads_source and step.variable:
            names.add(step.variable)
        if step.skip is not None:
            names.add(steps[step.skip].layer.writes)
        reads += [Read(index, name, owners.get(name)) for name in sorted(names)]
        owners.update(dict.fromkeys(step.writes, index))
    return tuple(reads), owners
