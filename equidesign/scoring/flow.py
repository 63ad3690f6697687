"""Flow: which layer reads which, taken from the code that the layers become."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equidesign.groups.group import Group
from equidesign.layers.base import TypedLayer
from equidesign.layers.pipeline import typed_pairs
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Interface

EDGES = "edge_index"
"""The variable of the generated code that says which nodes are neighbours."""


@dataclass(frozen=True)
class Flow:
    """A pipeline as a graph.

    Attributes:
        typed: the layers with their fields.
        reads: for each layer the indices of the layers that it reads.
        variables: for each layer the variables that its code reads.
        outputs: for each output of the model the index of the layer that writes it.
    """

    typed: tuple[TypedLayer, ...]
    reads: tuple[frozenset[int], ...]
    variables: tuple[frozenset[str], ...]
    outputs: dict[str, int]

    @property
    def live(self) -> frozenset[int]:
        """The layers that some output depends on."""
        return self.before(self.outputs.values())

    def before(self, ends: Iterable[int]) -> frozenset[int]:
        """Return the layers that some layers depend on, themselves included."""
        found: set[int] = set()
        ahead = list(ends)
        while ahead:
            index = ahead.pop()
            if index not in found:
                found.add(index)
                ahead += self.reads[index]
        return frozenset(found)

    def readers(self, index: int) -> tuple[int, ...]:
        """Return the layers that read a layer."""
        return tuple(i for i, reads in enumerate(self.reads) if index in reads)


class _Plain:
    """Writes representations in no library's way: only the variables matter here."""

    name = "plain"

    def rep(self, rep: object) -> str:
        """Return nothing in particular."""
        return "rep"


def flow_of(layers: Sequence[Layer], group: Group, interface: Interface) -> Flow:
    """Return the graph of a pipeline that type-checks.

    A layer reads the one before it or its ``source``, the one that its option ``skip`` names, and whoever wrote the
    other variables that its code mentions: edges, an embedding that it adds to.
    """
    named: dict[str, int] = {}
    wrote: dict[str, int] = {}
    typed: list[TypedLayer] = []
    reads: list[frozenset[int]] = []
    variables: list[frozenset[str]] = []
    for index, (kind, layer) in enumerate(typed_pairs(layers, group)):
        source = layer.layer.source
        chosen = named.get(source) if source else index - 1
        found = {chosen} if chosen is not None and chosen >= 0 else set()
        if (skip := layer.option("skip")) in named:
            found.add(named[skip])
        loaded, stored = _variables(kind.code(layer, _Plain()).call)
        # The variable that a layer writes is also what it reads, unless its source is an input.
        own = {layer.layer.writes} if source not in interface.inputs else set()
        found |= {wrote[name] for name in loaded - own if name in wrote}
        typed.append(layer)
        reads.append(frozenset(found))
        variables.append(frozenset(loaded))
        named[layer.name] = index
        wrote |= dict.fromkeys((*stored, layer.layer.writes), index)
    outputs = {name: wrote[name] for name in interface.outputs if name in wrote}
    return Flow(tuple(typed), tuple(reads), tuple(variables), outputs)


def _variables(lines: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the names that lines of code read and write, placeholders aside."""
    loaded: set[str] = set()
    stored: set[str] = set()
    for line in lines:
        for name in ("self", "in", "out", "skip"):
            line = line.replace("{" + name + "}", f"_{name}")
        for node in ast.walk(ast.parse(line)):
            if isinstance(node, ast.Name):
                (stored if isinstance(node.ctx, ast.Store) else loaded).add(node.id)
    return loaded, stored
