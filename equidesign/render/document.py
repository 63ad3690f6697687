"""Specification -> SPECIFICATION.md, README.md and requirements.txt."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from equidesign.backends.registry import backend_of
from equidesign.layers.registry import layer_kind
from equidesign.render.model import family_title, shape_text
from equidesign.spec.layer import Layer, Level
from equidesign.spec.specification import Specification

PURPOSE = {
    "request.yaml": "what was asked for; `equidesign design request.yaml` makes this folder again",
    "architecture.yaml": "the typed architecture: edit it, then `equidesign render architecture.yaml`",
    "SPECIFICATION.md": "the same to read, with the reasons",
    "model.py": "the model; needs only its library",
    "train.py": "training on your data: `python train.py --help`",
    "test_equivariance.py": "pytest: does the model still have its symmetry?",
    "requirements.txt": "what to install",
}


def requirements(spec: Specification) -> str:
    """Return the text of ``requirements.txt``: model and training."""
    extra = {"lightning": ">=2.4", "matplotlib": ">=3.8", "numpy": "", "pytest": "", "tqdm": ""}
    if spec.domain == "molecules":
        extra["ase"] = ">=3.23"
    notes = backend_of(spec).install_notes
    comments = [line for note in notes for line in textwrap.wrap(note, 86, break_on_hyphens=False)]
    lines = [*(f"# {line}" for line in comments)]
    lines += ["# the model", *(f"{name}{version}" for name, version in spec.dependencies.items())]
    lines += ["# training and the test", *(f"{name}{version}" for name, version in extra.items())]
    return "\n".join(lines) + "\n"


def _cells(spec: Specification, layer: Layer) -> dict[str, Any]:
    kind = layer_kind(layer.kind)
    return {
        "title": kind.title,
        "layer": layer,
        "type": kind.type,
        "reference": kind.reference,
        "mark": {Level.exact: "exact", Level.approximate: "approximate", Level.broken: "BROKEN"}[
            layer.exactness.level
        ],
    }


def specification_context(spec: Specification, model: str) -> dict[str, Any]:
    """Return the context of ``SPECIFICATION.md``."""
    skeleton = model[model.index("class Model(") :]
    return {
        "spec": spec,
        "family": family_title(spec),
        "backend": backend_of(spec),
        "layers": [_cells(spec, layer) for layer in spec.layers],
        "inputs": [(name, item, shape_text(item)) for name, item in spec.interface.inputs.items()],
        "outputs": [
            (name, item, shape_text(item)) for name, item in spec.interface.outputs.items()
        ],
        "skeleton": skeleton.split("\n\n\n")[0].rstrip(),
        "inexact": [layer for layer in spec.layers if layer.exactness.level is not Level.exact],
    }


def readme_context(spec: Specification, hashes: Mapping[str, str], version: str) -> dict[str, Any]:
    """Return the context of the bundle's ``README.md``."""
    return {
        "spec": spec,
        "family": family_title(spec),
        "backend": backend_of(spec),
        "version": version,
        "files": [(name, PURPOSE[name], mark) for name, mark in hashes.items()],
        "inputs": [(name, item, shape_text(item)) for name, item in spec.interface.inputs.items()],
        "outputs": [
            (name, item, shape_text(item)) for name, item in spec.interface.outputs.items()
        ],
    }
