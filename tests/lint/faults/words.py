"""Words that are misspelt or do not exist, one operator for each vocabulary of the file."""

from __future__ import annotations

import random

from faults.planting import Planted, fault, named, planted, replaced
from faults.sheet import Sheet, typo


def _misspelt(*patterns: tuple[str | int, ...]):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        paths = [p for pattern in patterns for p in sheet.find(*pattern)]
        paths = [p for p in paths if isinstance(sheet.get(p), str) and len(sheet.get(p)) > 2]
        if not paths:
            return None
        path = rng.choice(paths)
        return replaced(sheet, path, typo(sheet.get(path), rng))

    plant.__module__ = __name__
    return plant


for _name, _what, _patterns in (
    ("misspelt-kind", "kind of layer", [("layers", "*", "kind")]),
    ("misspelt-nonlinearity", "nonlinearity", [("layers", "*", "nonlinearity")]),
    ("misspelt-normalization", "normalisation", [("layers", "*", "normalization")]),
    ("misspelt-pooling", "pooling", [("layers", "*", "pooling")]),
    ("misspelt-space", "space", [("layers", "*", "in", "space"), ("layers", "*", "out", "space")]),
    ("misspelt-interface-space", "space of an input or output", [("interface", "*", "*", "space")]),
    ("misspelt-level", "level of exactness", [("layers", "*", "exactness", "level")]),
    ("misspelt-pattern", "topology", [("topology", "pattern")]),
    ("misspelt-step", "step of the decisions", [("decisions", "*", "step")]),
    ("misspelt-family", "family", [("family",)]),
    ("misspelt-alternative", "family among the alternatives", [("alternatives", "*", "family")]),
    ("misspelt-library", "library", [("library", "name"), ("alternatives", "*", "library")]),
    ("misspelt-type", "type of symmetry", [("symmetry", "type")]),
    ("misspelt-task", "task", [("task",)]),
    ("misspelt-domain", "domain", [("domain",)]),
    ("misspelt-request-task", "task of the request", [("request", "task", "type")]),
    ("misspelt-request-domain", "domain of the request", [("request", "data", "domain")]),
    ("misspelt-loss", "loss", [("training", "loss")]),
    ("misspelt-optimizer", "optimiser", [("training", "optimizer")]),
    ("misspelt-dtype", "type of the numbers", [("interface", "*", "*", "dtype")]),
    ("misspelt-role", "role of an input", [("interface", "inputs", "*", "role")]),
    ("misspelt-precision", "precision", [("deployment", "precision")]),
    ("misspelt-device", "device", [("deployment", "device")]),
    ("misspelt-layout", "layout", [("layers", "*", "options", "layout")]),
    ("misspelt-border", "border", [("layers", "*", "options", "border")]),
    ("misspelt-dependency", "package among the dependencies", []),
):
    if _patterns:
        named(_name, f"The {_what} is misspelt: there is no such one.", _misspelt(*_patterns))


@fault
def misspelt_dependency(sheet: Sheet, rng: random.Random) -> Planted:
    """A package is misspelt: another one would be installed, if any."""
    path = rng.choice(sheet.find("dependencies", "*"))
    return planted(sheet.rename(path, typo(str(path[-1]), rng)), sheet.line(path))


@fault
def dimension_misspelt(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A dimension of a shape is misspelt: the name stands for no size."""
    found = [
        (p, i)
        for p in sheet.find("interface", "*", "*", "shape")
        for i, side in enumerate(sheet.get(p))
        if isinstance(side, str)
    ]
    path, at = rng.choice(found)
    shape = list(sheet.get(path))
    shape[at] = rng.choice([typo(shape[at], rng), shape[at][:-1]])
    return replaced(sheet, path, "[" + ", ".join(map(str, shape)) + "]")


@fault
def foreign_kind(sheet: Sheet, rng: random.Random) -> Planted:
    """A layer of a kind that belongs to another library or does not take such fields: that line is at fault."""
    path = rng.choice(sheet.find("layers", "*", "kind"))
    here = {sheet.get(p) for p in sheet.find("layers", "*", "kind")}
    other = [
        "conv-block",
        "steerable-conv",
        "tfn-convolution",
        "painn-message",
        "deep-sets-block",
        "graph-isomorphism-block",
        "spectral-block",
        "schnet-interaction",
    ]
    return replaced(sheet, path, rng.choice([kind for kind in other if kind not in here]))


@fault
def invented_kind(sheet: Sheet, rng: random.Random) -> Planted:
    """A kind of layer that does not exist."""
    path = rng.choice(sheet.find("layers", "*", "kind"))
    return replaced(
        sheet,
        path,
        rng.choice(["linear", "conv2d", "transformer", "mace-interaction", "e3nn-conv"]),
    )


@fault
def nonlinearity_from_elsewhere(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A nonlinearity that exists, but not for this kind of layer."""
    paths = sheet.find("layers", "*", "nonlinearity")
    if not paths:
        return None
    path = rng.choice(paths)
    other = ["tanh", "sigmoid", "softmax", "leaky-relu", "maxout", "swish"]
    return replaced(sheet, path, rng.choice(other))


@fault
def nonlinearity_where_none_is(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A nonlinearity was added to a layer that has none (pooling, readout, embedding)."""
    kinds = {
        "pool-points",
        "pool-pixels",
        "irreps-readout",
        "field-readout",
        "pool-elements",
        "pool-nodes",
        "species-embedding",
        "constant-embedding",
        "blur-pool",
        "sphere-analysis",
        "element-embedding",
    }
    paths = [p for p in sheet.find("layers", "*", "kind") if sheet.get(p) in kinds]
    if not paths:
        return None
    line = sheet.line(rng.choice(paths))
    return planted(
        sheet.after(line, f"    nonlinearity: {rng.choice(['relu', 'silu', 'gate'])}"), line + 1
    )
