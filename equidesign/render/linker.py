"""Puts generated files together: only the definitions that are used, their imports merged and sorted.

The fragment library under ``templates/code`` is ordinary Python: functions and classes with their own imports.
A definition is included when something that is included names it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from equidesign.errors import EquidesignError
from equidesign.render.pycode import WIDTH


@dataclass(frozen=True)
class Definition:
    """One top-level function, class or constant of a fragment."""

    name: str
    source: str
    uses: frozenset[str]

    @property
    def is_constant(self) -> bool:
        """Whether it is an assignment."""
        return self.source.startswith(f"{self.name} =")


@dataclass(frozen=True)
class Fragment:
    """The definitions of one file, and the imports it makes, by bound name."""

    definitions: tuple[Definition, ...]
    imports: Mapping[str, str]


def names_used(tree: ast.AST) -> frozenset[str]:
    """Return every plain name that is read in ``tree``."""
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def parse_fragment(source: str, where: str) -> Fragment:
    """Split Python source into definitions and imports."""
    lines = source.splitlines()
    definitions: list[Definition] = []
    imports: dict[str, str] = {}
    for node in ast.parse(source, filename=where).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = (alias.asname or alias.name).split(".")[0]
                imports[bound] = f"import {alias.name}" + (
                    f" as {alias.asname}" if alias.asname else ""
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                text = alias.name + (f" as {alias.asname}" if alias.asname else "")
                imports[alias.asname or alias.name] = f"from {node.module} import {text}"
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            text = "\n".join(lines[start - 1 : node.end_lineno])
            definitions.append(Definition(node.name, text, names_used(node)))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            definitions.append(Definition(node.targets[0].id, text, names_used(node)))
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            raise EquidesignError(f"{where}:{node.lineno}: a fragment holds definitions only")
    return Fragment(tuple(definitions), imports)


class Linker:
    """The fragments one generated file may draw from."""

    def __init__(self, fragments: Iterable[Fragment]) -> None:
        self.definitions: dict[str, Definition] = {}
        self.imports: dict[str, str] = {}
        for fragment in fragments:
            for definition in fragment.definitions:
                if definition.name in self.definitions:
                    raise EquidesignError(f"two fragments define '{definition.name}'")
                self.definitions[definition.name] = definition
            self.imports.update(fragment.imports)

    def closure(self, names: Iterable[str]) -> list[Definition]:
        """Return the definitions that ``names`` need, each after what it uses."""
        done: dict[str, Definition] = {}

        def visit(name: str) -> None:
            definition = self.definitions.get(name)
            if definition is None or name in done:
                return
            for used in sorted(definition.uses - {name}):
                visit(used)
            done[name] = definition

        for name in names:
            visit(name)
        return list(done.values())


def sorted_imports(statements: Iterable[str]) -> str:
    """Merge and order import statements the way ruff's isort does."""
    plain: dict[bool, set[str]] = {True: set(), False: set()}
    members: dict[bool, dict[str, set[str]]] = {True: {}, False: {}}
    for statement in statements:
        words = statement.split()
        standard = words[1].split(".")[0] in sys.stdlib_module_names
        if words[0] == "import":
            plain[standard].add(statement)
        else:
            members[standard].setdefault(words[1], set()).add(" ".join(words[3:]))
    blocks = []
    for standard in (True, False):
        lines = sorted(plain[standard])
        for module in sorted(members[standard]):
            names = sorted(members[standard][module], key=_member_key)
            plain_names = [name for name in names if " as " not in name]
            if plain_names:
                lines.append(_from_import(module, plain_names))
            lines += [f"from {module} import {name}" for name in names if " as " in name]
        if lines:
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _from_import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _member_key(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name
