"""Specification -> model.py: every decision about the generated module is made here, none in the template."""

from __future__ import annotations

import ast
import math
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from equidesign.backends.base import Backend
from equidesign.backends.registry import backend_of
from equidesign.layers.base import Code, Constant
from equidesign.layers.measure import has_gradient
from equidesign.layers.pipeline import typed_pairs
from equidesign.render import pycode
from equidesign.render.environment import linker, render_template
from equidesign.render.linker import parse_fragment, sorted_imports
from equidesign.spec.layer import Layer
from equidesign.spec.specification import Specification, TensorSpec


@dataclass(frozen=True)
class Built:
    """A layer with its code, and the variables it reads and writes."""

    layer: Layer
    code: Code
    reads: str
    writes: str
    skip: str

    def lines(self) -> list[str]:
        """Return the lines of ``forward``."""
        names = {
            "self": f"self.{self.layer.name}",
            "in": self.reads,
            "out": self.writes,
            "skip": self.skip,
        }
        return [_fill(line, names) for line in self.code.call]


def _fill(line: str, names: Mapping[str, str]) -> str:
    for key, value in names.items():
        line = line.replace("{" + key + "}", value)
    return line


def built_layers(spec: Specification, backend: Backend) -> list[Built]:
    """Return every layer with its code and variables."""
    written: dict[str, str] = {name: name for name in spec.interface.inputs}
    result: list[Built] = []
    previous = ""
    for kind, typed in typed_pairs(spec.layers, spec.fiber):
        layer = typed.layer
        reads = written[layer.source or previous]
        skip = written.get(str(layer.options.get("skip", "")), "")
        result.append(Built(layer, kind.code(typed, backend), reads, layer.writes, skip))
        written[layer.name] = layer.writes
        previous = layer.name
    return result


class Constants:
    """Named constants of the file: one name, one value; a second value is written inline."""

    def __init__(self) -> None:
        self.known: dict[str, Constant] = {}

    def text(self, value: str | Constant) -> str:
        """Return the expression for an argument."""
        if isinstance(value, str):
            return value
        first = self.known.setdefault(value.name, value)
        return value.name if first.value == value.value else pycode.literal(value.value)

    def lines(self) -> list[str]:
        """Return the assignments, formatted."""
        return [pycode.assignment(c.name, c.value, c.comment) for c in self.known.values()]


def render_model(spec: Specification) -> str:
    """Return the text of ``model.py``.

    Raises:
        InputError: the specification names an unknown library or layer kind.
    """
    backend = backend_of(spec)
    layers = built_layers(spec, backend)
    constants = Constants()
    for built in layers:
        for constant in built.code.constants:
            constants.text(constant)
    create = [_create(built, constants) for built in layers if built.code.create]
    model = render_template("model.py.jinja", _model_context(spec, layers, create))
    examples = render_template(f"examples/{spec.domain}.py.jinja", _example_context(spec))
    uses = [name for built in layers for name in built.code.uses]
    return _assemble(spec, backend, model, examples, uses, constants)


def _model_context(spec: Specification, layers: list[Built], create: list[str]) -> dict[str, Any]:
    names = list(spec.interface.inputs)
    outputs = spec.interface.outputs
    conservative = has_gradient(spec.layers)
    steps = [line for built in layers for line in built.lines()]
    returns = "Tensor" if len(outputs) == 1 else "dict[str, Tensor]"
    arguments = ["self", *(f"{name}: Tensor" for name in names)]
    return {
        "class_doc": f"{family_title(spec)}: {spec.task.replace('_', ' ')} on {spec.domain.replace('_', ' ')}.",
        "create": create,
        "steps": [pycode.statement(line, 8) for line in steps],
        "conservative": conservative,
        "potential_signature": pycode.wrapped("def potential", "(", arguments, ") -> Tensor:", 4),
        "potential_call": pycode.statement(f"energy = self.potential({', '.join(names)})", 12),
        "forward_signature": pycode.wrapped("def forward", "(", arguments, f") -> {returns}:", 4),
        "forward_doc": f"Map the inputs to {' and '.join(outputs)}.",
        "inputs": [_describe(name, item) for name, item in spec.interface.inputs.items()],
        "outputs": [_describe(name, item) for name, item in outputs.items()],
        "output_names": list(outputs),
        "return_dict": pycode.wrapped(
            "return ", "{", [f'"{name}": {name}' for name in outputs], "}", 8
        ),
    }


def family_title(spec: Specification) -> str:
    """Return the family's name as the field writes it: the choice of the family step."""
    return next((d.choice for d in spec.decisions if d.step == "family"), spec.family)


def _assemble(
    spec: Specification,
    backend: Backend,
    model: str,
    examples: str,
    uses: Iterable[str],
    constants: Constants,
) -> str:
    library = linker(
        backend.fragments,
        {
            "parity": spec.fiber.kind == "O",
            "vector_irrep": "1o" if spec.fiber.kind == "O" else "1e",
            **backend.context(spec),
        },
        stand_in=backend.stand_in,
    )
    roots = [*uses, *_created_names(model)]
    parts = [parse_fragment(model, "model.py.jinja"), parse_fragment(examples, "examples")]
    used = {name for part in parts for d in part.definitions for name in d.uses}
    definitions = library.closure([*roots, *sorted(used & library.definitions.keys())])
    imports = {"from __future__ import annotations"}
    available = {**library.imports, **{k: v for part in parts for k, v in part.imports.items()}}
    for name in used | {name for d in definitions for name in d.uses}:
        if name in available:
            imports.add(available[name])
    header = render_template("header.jinja", _header_context(spec)).strip("\n")
    future = "from __future__ import annotations"
    blocks = [header, future, sorted_imports(imports - {future})]
    if lines := constants.lines():
        blocks.append("\n".join(lines))
    defined = {d.name for d in definitions if not d.is_constant}
    first = [d for d in definitions if d.is_constant and not d.uses & defined]
    blocks += [d.source for d in first]
    body = [d.source for d in definitions if d not in first]
    body += [d.source for part in parts for d in part.definitions]
    return "\n\n".join(blocks) + "\n\n\n" + "\n\n\n".join(body) + "\n"


def _header_context(spec: Specification) -> dict[str, Any]:
    decision = next(d for d in spec.decisions if d.step == "family")
    group = spec.symmetry.canonical
    task = spec.task.replace("_", " ").capitalize()
    summary = f"{task} on {spec.domain.replace('_', ' ')}, {spec.symmetry.type} under {group}."
    return {
        "title": f"{spec.name}: {decision.choice} with {group} symmetry.",
        "summary": pycode.docstring(spec.request.description) or summary,
        "cite": pycode.docstring(decision.cite),
    }


def _created_names(model: str) -> list[str]:
    """Return the names the model uses, in the order in which they first appear."""
    tree = ast.parse(model)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(node.id for node in nodes))


def _create(built: Built, constants: Constants) -> str:
    args = [constants.text(arg) for arg in built.code.args]
    kwargs = {key: constants.text(value) for key, value in built.code.kwargs.items()}
    return pycode.call(f"self.{built.layer.name} = {built.code.create}", args, kwargs, 8)


SYMBOLS = {"samples": "B", "points": "N", "elements": "N", "nodes": "N", "edges": "E"}


def shape_text(item: TensorSpec) -> str:
    """Return the shape as written in docstrings: ``(N, 3)``."""
    dims = [str(SYMBOLS.get(str(size), size)) for size in item.shape]
    return "(" + ", ".join(dims) + ("," if len(dims) == 1 else "") + ")"


def _describe(name: str, item: TensorSpec) -> str:
    shape = shape_text(item).replace(" ", "\xa0")  # a shape stays on one line
    text = f"{name}: {item.description or name} {shape}"
    if item.unit:
        text += f" in {item.unit}"
    pad = " " * 12
    filled = textwrap.fill(text, pycode.WIDTH, initial_indent=pad, subsequent_indent=pad + "    ")
    return filled.replace("\xa0", " ")


def _example_context(spec: Specification) -> dict[str, Any]:
    sizes = spec.interface.sizes
    typical = sizes.get("points") or sizes.get("nodes") or sizes.get("elements") or 1
    # Fewer than five points may lie in a plane, where a frame under reflections is undetermined.
    least = 5 if spec.task == "pose_estimation" else 2
    low, high = max(2 * typical // 3, least), max(4 * typical // 3, least + 1)
    return {
        "inputs": spec.interface.inputs,
        "data": spec.request.data,
        "low": low,
        "high": high,
        "side": math.ceil(high ** (1 / 3)),
    }
