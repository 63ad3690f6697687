"""Faults at the end of the pipeline, in the counts, the costs, the budgets and the exactness ledger."""

from __future__ import annotations

import itertools
import random

from faults.building import readers, source_of
from faults.grids import _of
from faults.planting import Planted, fault, named, planted, replaced
from faults.sheet import Path, Sheet


@fault
def width_of_the_last_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The last layer writes another number of channels than the output has and its count is for."""
    index = len(sheet.data["layers"]) - 1
    layer = sheet.data["layers"][index]
    if not layer["parameters"]:
        return None
    count, irrep = layer["out"]["rep"].split("x", 1)
    if "+" in irrep:
        return None
    return replaced(sheet, ("layers", index, "out", "rep"), f"{int(count) + 1}x{irrep}")


@fault
def space_of_the_last_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The last layer writes on another space than its output has."""
    index = len(sheet.data["layers"]) - 1
    path: Path = ("layers", index, "out", "space")
    local = {
        "images": "pixels",
        "sphere": "sphere",
        "point_clouds": "points",
        "molecules": "atoms",
        "sets": "elements",
        "graphs": "nodes",
    }[sheet.get(("domain",))]
    return replaced(sheet, path, local if sheet.get(path) == "global" else "global")


@fault
def frame_of_too_few_vectors(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A frame of d dimensions is made of d vectors, or d - 1 where there are no reflections; the layer's input is
    another number."""
    path = _of(
        sheet,
        rng,
        "in",
        "rep",
        where=lambda layer: layer["kind"] == "orthonormal-frame" and "+" not in layer["in"]["rep"],
    )
    if path is None:
        return None
    count, irrep = sheet.get(path).split("x", 1)
    return replaced(sheet, path, f"{int(count) + 1}x{irrep}")


@fault
def not_conservative(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request says that forces are no gradient, the layers make one (said at either)."""
    if sheet.get(("task",)) != "force_prediction" or sheet.has(("request", "task", "conservative")):
        return None
    index = next(
        i for i, layer in enumerate(sheet.data["layers"]) if layer["kind"] == "gradient-forces"
    )
    line = sheet.line(("request", "task", "type"))
    made = Sheet(sheet.after(line, "    conservative: false"))
    return planted(
        made.text, line + 1, made.line(("layers", index)), made.line(("layers", index, "kind"))
    )


@fault
def conservative_after_all(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request says that forces are the gradient of an energy; no layer takes one (said there, or at the layer that
    writes the forces)."""
    path: Path = ("request", "task", "conservative")
    if sheet.get(path) is not False:
        return None
    writers = [i for i, layer in enumerate(sheet.data["layers"]) if layer.get("writes") == "forces"]
    return planted(
        sheet.set(path, "true"),
        sheet.line(path),
        *(sheet.line(("layers", i, key)) for i in writers for key in ("name", "kind")),
    )


@fault
def energy_not_asked_for(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request does not ask for the energy, the interface has it (said at either)."""
    if sheet.get(("task",)) != "force_prediction" or not sheet.has(
        ("interface", "outputs", "energy")
    ):
        return None
    line = sheet.line(("request", "task", "type"))
    made = Sheet(sheet.after(line, "    energy: false"))
    return planted(made.text, line + 1, made.line(("interface", "outputs", "energy")))


@fault
def topology_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The topology is not the one that the decisions name and the layers have."""
    path: Path = ("topology", "pattern")
    all_ = ["encoder-pooling", "encoder-decoder", "message-passing", "equivariant-head"]
    return replaced(sheet, path, rng.choice([p for p in all_ if p != sheet.get(path)]))


def _count(*patterns: tuple[str, ...], step: int = 0):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        paths = [p for pattern in patterns for p in sheet.find(*pattern)]
        if not paths:
            return None
        path = rng.choice(paths)
        return replaced(sheet, path, _misread(sheet.get(path), rng))

    plant.__module__ = __name__
    return plant


def _misread(number: float, rng: random.Random) -> str:
    """Return a number near another: one more, two digits exchanged, ten times as much."""
    if isinstance(number, float):
        return str(round(number * rng.choice([0.5, 2, 10]) + 0.001, 3))
    text = str(number)
    swapped = (
        text[1] + text[0] + text[2:]
        if len(text) > 1 and text[0] != text[1] and text[1] != "0"
        else text + "0"
    )
    return rng.choice(
        [str(number + 1), swapped if swapped != text and swapped != "00" else str(number + 2)]
    )


for _name, _what, _patterns in (
    (
        "count-of-a-layer",
        "The parameters of a layer are miscounted; all sums have the right number.",
        [("layers", "*", "parameters")],
    ),
    (
        "count-in-the-table",
        "The table of parameters has another number than the layer and the total.",
        [("parameters", "per_layer", "*")],
    ),
    ("count-in-total", "The total is not the sum of the layers.", [("parameters", "total")]),
    ("flops", "The operations are not those of the layers.", [("cost", "flops")]),
    ("activations", "The activations are not those of the layers.", [("cost", "activations")]),
    ("memory", "The memory is not what parameters and activations make.", [("cost", "memory_mb")]),
):
    named(_name, _what, _count(*_patterns))


@fault
def table_without_a_layer(sheet: Sheet, rng: random.Random) -> Planted:
    """The table of parameters lacks a layer (said at the table, or where the entry stood)."""
    path = rng.choice(sheet.find("parameters", "per_layer", "*"))
    made = Sheet(sheet.drop(path))
    line = made.line(("parameters", "per_layer"))
    return planted(made.text, line, line + 1, sheet.line(path), sheet.line(path) - 1)


@fault
def table_with_a_stranger(sheet: Sheet, rng: random.Random) -> Planted:
    """The table of parameters has a layer that the architecture does not have."""
    path = rng.choice(sheet.find("parameters", "per_layer", "*"))
    line = sheet.line(path)
    return planted(sheet.after(line, "    attention_9: 512"), line + 1)


@fault
def table_with_a_misspelt_layer(sheet: Sheet, rng: random.Random) -> Planted:
    """A layer in the table of parameters is misspelt."""
    path = rng.choice(sheet.find("parameters", "per_layer", "*"))
    return planted(sheet.rename(path, f"{path[-1]}x"), sheet.line(path))


@fault
def table_of_numbers_swapped(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Two numbers of the table were exchanged; both lines are wrong, the total is right."""
    paths = sheet.find("parameters", "per_layer", "*")
    pairs = [(a, b) for a, b in itertools.pairwise(paths) if sheet.get(a) != sheet.get(b)]
    if not pairs:
        return None
    one, two = rng.choice(pairs)
    made = Sheet(sheet.set(one, str(sheet.get(two))))
    return planted(made.set(two, str(sheet.get(one))), sheet.line(one), sheet.line(two))


@fault
def formula_of_no_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A formula belongs to a layer that does not exist."""
    names = {layer["name"] for layer in sheet.data["layers"]}
    paths = [p for p in sheet.find("cost", "formulas", "*") if p[-1] in names]
    path = rng.choice(paths)
    return planted(sheet.rename(path, f"{path[-1]}_old"), sheet.line(path))


@fault
def formula_for_another_batch(sheet: Sheet, rng: random.Random) -> Planted:
    """The memory's formula is for another batch than the training's."""
    path: Path = ("cost", "formulas", "memory_mb")
    return replaced(sheet, path, sheet.get(path).replace(" samples", "0 samples"))


@fault
def widths_changed_counts_kept(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A width was changed on both sides of a joint, as types demand, and nothing was counted anew (said at either width
    or at any count)."""
    layers = sheet.data["layers"]
    found = [
        i
        for i, layer in enumerate(layers)
        if len(readers(layers, i)) == 1
        and source_of(layers, readers(layers, i)[0]) == i
        and layer["parameters"]
        and layer["in"] != layer["out"]
        and layers[readers(layers, i)[0]]["parameters"]
        and layers[readers(layers, i)[0]]["in"] != layers[readers(layers, i)[0]]["out"]
        and "+" not in layer["out"]["rep"]
        and "x" in layer["out"]["rep"]
    ]
    if not found:
        return None
    index = rng.choice(found)
    after = readers(layers, index)[0]
    count, irrep = layers[index]["out"]["rep"].split("x", 1)
    rep = f"{2 * int(count)}x{irrep}"
    made = Sheet(sheet.set(("layers", index, "out", "rep"), rep))
    made = Sheet(made.set(("layers", after, "in", "rep"), rep))
    counts: list[Path] = [("layers", i, "parameters") for i in (index, after)]
    counts += [("parameters", "per_layer", layers[i]["name"]) for i in (index, after)]
    counts += [
        ("parameters", "total"),
        ("cost", "flops"),
        ("cost", "activations"),
        ("cost", "memory_mb"),
    ]
    lines = [
        made.line(("layers", index, "out")),
        made.line(("layers", after, "in")),
        *(made.line(p) for p in counts),
    ]
    return planted(made.text, lines)


@fault
def budget_of_parameters(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The total is over the request's budget (said at either)."""
    return _budget(
        sheet,
        "max_parameters",
        max(sheet.get(("parameters", "total")) // 2, 1),
        ("parameters", "total"),
    )


@fault
def budget_of_memory(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The memory is over the request's budget (said at either)."""
    return _budget(
        sheet,
        "max_memory_mb",
        round(sheet.get(("cost", "memory_mb")) / 3 + 0.001, 3),
        ("cost", "memory_mb"),
    )


def _budget(sheet: Sheet, key: str, value: float, spent: Path) -> Planted:
    if sheet.has(("request", "constraints")):
        line = sheet.line(("request", "constraints"))
        made = Sheet(sheet.after(line, f"    {key}: {value}"))
        return planted(made.text, line + 1, made.line(spent))
    line = sheet.last(("request",))
    made = Sheet(sheet.after(line, "  constraints:", f"    {key}: {value}"))
    return planted(made.text, line + 2, made.line(spent))


@fault
def exact_for_approximate(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer claims to be exact under a group of which the grid keeps a part only."""
    path = _of(
        sheet,
        rng,
        "exactness",
        "level",
        where=lambda layer: layer["exactness"]["level"] == "approximate",
    )
    return replaced(sheet, path, "exact") if path else None


@fault
def approximate_for_exact(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer is exact; the ledger says it is not."""
    path = _of(
        sheet, rng, "exactness", "level", where=lambda layer: layer["exactness"]["level"] == "exact"
    )
    return replaced(sheet, path, rng.choice(["approximate", "broken"])) if path else None


@fault
def subgroup_of_the_ledger(sheet: Sheet, rng: random.Random) -> Planted:
    """A layer claims to keep another subgroup than it does."""
    path = rng.choice(sheet.find("layers", "*", "exactness", "subgroup"))
    new = [
        g for g in ("C4", "SO(3)", "O(3)", "D4", "SO(2)", "C8", "trivial") if g != sheet.get(path)
    ]
    return replaced(sheet, path, rng.choice(new))


@fault
def subgroup_that_does_not_exist(sheet: Sheet, rng: random.Random) -> Planted:
    """A layer claims to keep a group that does not exist."""
    path = rng.choice(sheet.find("layers", "*", "exactness", "subgroup"))
    return replaced(sheet, path, rng.choice(["SO(33)x", "everything", "C(4)", "S-n"]))
