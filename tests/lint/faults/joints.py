"""Faults between layers: types that do not meet, sources and names that do not exist, layers moved about."""

from __future__ import annotations

import random
import re

from faults.building import readers, source_of
from faults.planting import Planted, fault, planted, replaced
from faults.sheet import Path, Sheet, typo

_TERM = re.compile(r"(\d+)x")


def _wider(rep: str, rng: random.Random) -> str:
    """Return the representation with one of its multiplicities changed."""
    terms = list(_TERM.finditer(rep))
    term = rng.choice(terms)
    count = int(term[1])
    new = rng.choice(
        [c for c in (count + 1, count + 3, 2 * count, count - 1) if c > 0 and c != count]
    )
    return f"{rep[: term.start(1)]}{new}{rep[term.end(1) :]}"


def _joined(sheet: Sheet) -> list[int]:
    """Return the layers that read a layer."""
    layers = sheet.data["layers"]
    return [i for i in range(len(layers)) if source_of(layers, i) is not None]


@fault
def input_width(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A multiplicity of a layer's input was changed: the layer before writes another, and the layer's count is that of
    the old one."""
    layers = sheet.data["layers"]
    counted = [i for i in _joined(sheet) if layers[i]["parameters"] > 0]
    if not counted:
        return None
    path: Path = ("layers", rng.choice(counted), "in", "rep")
    return replaced(sheet, path, _wider(sheet.get(path), rng))


@fault
def output_width(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A multiplicity of a layer's output was changed: the layers after read another, and the layer's count is that of
    the old one."""
    layers = sheet.data["layers"]
    counted = [i for i, layer in enumerate(layers) if layer["parameters"] > 0]
    path: Path = ("layers", rng.choice(counted), "out", "rep")
    return replaced(sheet, path, _wider(sheet.get(path), rng))


@fault
def width_of_a_layer_without_weights(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Input or output of a pooling or the like has another width than its neighbours and than itself on the other
    side."""
    layers = sheet.data["layers"]
    free = [i for i in _joined(sheet) if layers[i]["parameters"] == 0]
    if not free:
        return None
    path: Path = ("layers", rng.choice(free), rng.choice(["in", "out"]), "rep")
    return replaced(sheet, path, _wider(sheet.get(path), rng))


@fault
def input_space(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads another space than the layer before writes."""
    path: Path = ("layers", rng.choice(_joined(sheet)), "in", "space")
    spaces = ["pixels", "points", "atoms", "elements", "nodes", "edges", "global", "sphere"]
    return replaced(sheet, path, rng.choice([s for s in spaces if s != sheet.get(path)]))


@fault
def output_space(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer writes another space than the layers after it read."""
    layers = sheet.data["layers"]
    path: Path = (
        "layers",
        rng.choice([i for i in range(len(layers)) if readers(layers, i)]),
        "out",
        "space",
    )
    spaces = ["pixels", "points", "atoms", "elements", "nodes", "edges", "global", "sphere"]
    return replaced(sheet, path, rng.choice([s for s in spaces if s != sheet.get(path)]))


@fault
def irrep_exchanged_in(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads another irrep than the layer before writes."""
    paths = [("layers", i, "in", "rep") for i in _joined(sheet)]
    path = rng.choice(paths)
    new = _other_irrep(sheet.get(path), rng)
    return replaced(sheet, path, new) if new else None


@fault
def irrep_exchanged_out(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer writes another irrep than the layers after it read."""
    layers = sheet.data["layers"]
    paths = [("layers", i, "out", "rep") for i in range(len(layers)) if readers(layers, i)]
    path = rng.choice(paths)
    new = _other_irrep(sheet.get(path), rng)
    return replaced(sheet, path, new) if new else None


def _other_irrep(rep: str, rng: random.Random) -> str | None:
    swap = {
        "0e": "0o",
        "1o": "1e",
        "1e": "1o",
        "2e": "2o",
        "2o": "2e",
        "regular": "trivial",
        "trivial": "regular",
        "irrep(1)": "irrep(2)",
        "irrep(1,1)": "irrep(1,2)",
        "0": "1",
        "1": "2",
    }
    terms = rep.split(" + ")
    at = rng.randrange(len(terms))
    count, name = terms[at].split("x", 1)
    if name not in swap:
        return None
    terms[at] = f"{count}x{swap[name]}"
    return " + ".join(terms)


@fault
def representation_garbled(sheet: Sheet, rng: random.Random) -> Planted:
    """A representation that can't be read."""
    path: Path = (
        "layers",
        rng.randrange(len(sheet.data["layers"])),
        rng.choice(["in", "out"]),
        "rep",
    )
    rep = sheet.get(path)
    wrong = [
        rep.replace("x", "xx", 1),
        rep.replace("x", " ", 1),
        f"-{rep}",
        f"{rep} +",
        f"{rep} + 3x",
        "0x" + rep,
        rep.replace("x", "%", 1),
        "irreps",
        f"{rep}; {rep}",
        f"{rep} + 2x9z",
    ]
    new = rng.choice(wrong)
    return replaced(sheet, path, '"' + new + '"')


@fault
def representation_of_another_group(sheet: Sheet, rng: random.Random) -> Planted:
    """A representation in the notation of another group (parity under SO(3), none under O(3), frequencies on sets)."""
    path: Path = (
        "layers",
        rng.randrange(len(sheet.data["layers"])),
        rng.choice(["in", "out"]),
        "rep",
    )
    rep = sheet.get(path)
    if sheet.get(("symmetry", "acts_on_features")) == "O(3)":
        new = re.sub(r"(\d)[eo]\b", r"\1", rep)
    elif sheet.get(("symmetry", "acts_on_features")) == "SO(3)":
        new = re.sub(r"x(\d+)\b", r"x\1e", rep)
    else:
        new = re.sub(r"x[^+ ]+", "x0e", rep)
    return replaced(sheet, path, new)


@fault
def irrep_that_the_group_lacks(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A frequency that the group does not have."""
    group = sheet.get(("symmetry", "acts_on_features"))
    if not re.fullmatch(r"[CD]\d+", group):
        return None
    n = int(group[1:])
    path: Path = (
        "layers",
        rng.randrange(len(sheet.data["layers"])),
        rng.choice(["in", "out"]),
        "rep",
    )
    return replaced(sheet, path, f"4xirrep({n})" if group[0] == "C" else f"4xirrep(1,{n})")


@fault
def source_misspelt(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads a layer or an input that does not exist."""
    paths = sheet.find("layers", "*", "source")
    paths = [p for p in paths if len(sheet.get(p)) > 2]
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(sheet, path, typo(sheet.get(path), rng).replace("1", "11"))


@fault
def source_that_comes_later(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads a layer that stands after it."""
    layers = sheet.data["layers"]
    paths = [p for p in sheet.find("layers", "*", "source") if p[1] < len(layers) - 1]
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(sheet, path, layers[rng.randrange(path[1] + 1, len(layers))]["name"])


@fault
def source_is_itself(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads itself."""
    path = rng.choice(sheet.find("layers", "*", "source"))
    return replaced(sheet, path, sheet.get((*path[:2], "name")))


@fault
def source_of_another_type(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads an earlier layer whose output is of another type."""
    layers = sheet.data["layers"]
    found = []
    for index in _joined(sheet):
        if "source" not in layers[index]:
            continue
        found += [
            (index, other["name"])
            for other in layers[:index]
            if other["out"] != layers[index]["in"] and other["name"] != layers[index]["source"]
        ]
    if not found:
        return None
    index, name = rng.choice(found)
    return replaced(sheet, ("layers", index, "source"), name)


@fault
def source_one_too_early(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer reads an earlier layer of the same type, and nobody reads the layer between (said there, or here)."""
    layers = sheet.data["layers"]
    found = []
    for index in _joined(sheet):
        before = source_of(layers, index)
        if before is None or "source" not in layers[index] or readers(layers, before) != [index]:
            continue
        if (
            layers[before].get("writes", "h") != layers[index].get("writes", "h")
            or layers[before]["kind"] == "x"
        ):
            continue
        found += [
            (index, before, other["name"])
            for other in layers[:before]
            if other["out"] == layers[index]["in"]
        ]
    if not found:
        return None
    index, before, name = rng.choice(found)
    return planted(
        sheet.set(("layers", index, "source"), name),
        sheet.line(("layers", index, "source")),
        sheet.line(("layers", before, "name")),
    )


@fault
def source_forgotten(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Without its source a layer reads the one before it, which is of another type (said at the layer or its input)."""
    layers = sheet.data["layers"]
    paths = [
        p
        for p in sheet.find("layers", "*", "source")
        if p[1] and layers[p[1] - 1]["out"] != layers[p[1]]["in"]
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    made = Sheet(sheet.drop(path))
    return planted(made.text, made.line(path[:2]), made.line((*path[:2], "in")), sheet.line(path))


@fault
def first_layer_reads_nothing(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The first layer lost its source: there is no layer before it (said at the layer)."""
    if not sheet.has(("layers", 0, "source")):
        return None
    made = Sheet(sheet.drop(("layers", 0, "source")))
    return planted(
        made.text,
        made.line(("layers", 0)),
        made.line(("layers", 0, "in")),
        sheet.line(("layers", 0, "source")),
    )


@fault
def source_of_another_input(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An embedding reads another input than the one it embeds."""
    inputs = list(sheet.get(("interface", "inputs")))
    paths = [p for p in sheet.find("layers", "*", "source") if sheet.get(p) in inputs]
    if not paths or len(inputs) < 2:
        return None
    path = rng.choice(paths)
    return replaced(sheet, path, rng.choice([name for name in inputs if name != sheet.get(path)]))


@fault
def skip_misspelt(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A skip connection comes from a layer that does not exist."""
    paths = sheet.find("layers", "*", "options", "skip")
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(sheet, path, typo(sheet.get(path), rng).replace("1", "11"))


@fault
def skip_from_another_level(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A skip connection comes from a layer of another size or width than is joined here."""
    layers = sheet.data["layers"]
    found = []
    for path in sheet.find("layers", "*", "options", "skip"):
        if "size_out" not in layers[path[1]]["options"]:
            continue
        now = next(layer for layer in layers if layer["name"] == sheet.get(path))
        for other in layers[: path[1]]:
            size = other.get("options", {}).get("size_out", other.get("options", {}).get("size"))
            if size and size != layers[path[1]]["options"]["size_out"] and other is not now:
                found.append((path, other["name"]))
    if not found:
        return None
    path, name = rng.choice(found)
    return replaced(sheet, path, name)


@fault
def layer_renamed_alone(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer was renamed, its readers and counts were not (said at the name, or at a reader)."""
    layers = sheet.data["layers"]
    found = [
        i for i, layer in enumerate(layers) if any(r.get("source") == layer["name"] for r in layers)
    ]
    if not found:
        return None
    index = rng.choice(found)
    name = layers[index]["name"]
    text = sheet.set(("layers", index, "name"), f"my_{name}")
    names = [
        p
        for p in (
            *sheet.find("layers", "*", "source"),
            *sheet.find("layers", "*", "options", "skip"),
        )
        if sheet.get(p) == name
    ]
    return planted(text, sheet.line(("layers", index, "name")), *(sheet.line(p) for p in names))


@fault
def last_layer_renamed_alone(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer that nobody reads by name was renamed; its count still has the old name (said at either)."""
    layers = sheet.data["layers"]
    named = {r.get("source") for r in layers} | {r.get("options", {}).get("skip") for r in layers}
    found = [i for i, layer in enumerate(layers) if layer["name"] not in named]
    index = rng.choice(found)
    name = layers[index]["name"]
    text = sheet.set(("layers", index, "name"), f"my_{name}")
    return planted(
        text, sheet.line(("layers", index, "name")), sheet.line(("parameters", "per_layer", name))
    )


@fault
def two_layers_of_one_name(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Two layers have one name (the second, or the first)."""
    layers = sheet.data["layers"]
    if len(layers) < 3:
        return None
    one = rng.randrange(1, len(layers))
    other = rng.randrange(0, one)
    lines = [sheet.line(("layers", i, "name")) for i in (one, other)]
    return planted(sheet.set(("layers", one, "name"), layers[other]["name"]), *lines)


@fault
def layer_copied(sheet: Sheet, rng: random.Random) -> Planted:
    """A layer was pasted twice, name and all (the copy, or its original)."""
    index = rng.randrange(len(sheet.data["layers"]))
    last = sheet.last(("layers", index))
    block = sheet.block(("layers", index))
    return planted(sheet.after(last, *block), last + 1, sheet.line(("layers", index)))


@fault
def layer_copied_under_a_new_name(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A residual layer was pasted under a new name and nothing was counted anew: the copy is unread, uncounted, or both
    (said at the copy, its original's reader, or the counts)."""
    layers = sheet.data["layers"]
    found = [
        i
        for i, layer in enumerate(layers)
        if layer["in"] == layer["out"] and readers(layers, i) and layer["parameters"]
    ]
    if not found:
        return None
    index = rng.choice(found)
    last = sheet.last(("layers", index))
    block = sheet.block(("layers", index))
    made = Sheet(sheet.after(last, block[0] + "_b", *block[1:]))
    counts = [
        made.line(("parameters", "total")),
        made.line(("parameters", "per_layer")),
        made.line(("parameters", "per_layer")) + 1,
    ]
    return planted(
        made.text,
        made.span(("layers", index + 1)),
        made.line(("layers", index)),
        counts,
        stale=stale_costs(made),
    )


@fault
def layer_deleted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer that others read by name was deleted (said at a reader, or at its orphaned count)."""
    layers = sheet.data["layers"]
    found = [
        i for i, layer in enumerate(layers) if any(r.get("source") == layer["name"] for r in layers)
    ]
    if not found:
        return None
    index = rng.choice(found)
    name = layers[index]["name"]
    made = Sheet(sheet.drop(("layers", index)))
    names = [
        p
        for p in (*made.find("layers", "*", "source"), *made.find("layers", "*", "options", "skip"))
        if made.get(p) == name
    ]
    lines = [made.line(p) for p in names]
    entry = made.line(("parameters", "per_layer", name))
    return planted(made.text, lines, entry, stale=stale_costs(made, name))


def stale_costs(sheet: Sheet, *names: str) -> list[int]:
    """Return the lines of counts and costs that are no longer those of the layers, where ``names`` came or went."""
    paths: list[Path] = [("parameters", "total"), ("cost",)]
    paths += [("cost", key) for key in ("flops", "activations", "memory_mb", "formulas")]
    paths += [("cost", "formulas", name) for name in names]
    paths += [("parameters", "per_layer", name) for name in names]
    paths += [("decisions", 5, "choice")]
    return [sheet.line(path) for path in paths if sheet.has(path)]


@fault
def unnamed_layer_deleted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer in the middle was deleted, the next reads what stands before it now: a type that does not meet, or only
    the orphaned count (said at either)."""
    layers = sheet.data["layers"]
    found = [
        i
        for i in range(1, len(layers) - 1)
        if "source" not in layers[i + 1]
        and not any(r.get("source") == layers[i]["name"] for r in layers)
    ]
    if not found:
        return None
    index = rng.choice(found)
    name = layers[index]["name"]
    made = Sheet(sheet.drop(("layers", index)))
    lines = [
        made.line(p)
        for p in (
            ("layers", index),
            ("layers", index, "in"),
            ("parameters", "per_layer", name),
            ("parameters", "total"),
        )
    ]
    return planted(made.text, lines, stale=stale_costs(made, name))


@fault
def last_layer_deleted(sheet: Sheet, rng: random.Random) -> Planted:
    """The last layer was deleted: an output is written by nobody, or is of another type (said at the output, at the
    layer that is last now, or at the orphaned count)."""
    layers = sheet.data["layers"]
    index = len(layers) - 1
    name, writes = layers[index]["name"], layers[index].get("writes", "h")
    made = Sheet(sheet.drop(("layers", index)))
    lines = [
        *made.span(("interface", "outputs", writes)),
        made.line(("parameters", "per_layer", name)),
        *(
            made.line(("layers", index - 1, key))
            for key in ("name", "kind", "out", "writes")
            if made.has(("layers", index - 1, key))
        ),
    ]
    return planted(made.text, lines, stale=stale_costs(made, name))


@fault
def layers_swapped(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Two neighbours were exchanged: the first reads the second (said in either). Layers of one type that nobody reads
    by name are left out: they may stand in any order."""
    layers = sheet.data["layers"]
    named = {layer.get("source") for layer in layers}
    found = [
        i
        for i in range(len(layers) - 1)
        if source_of(layers, i + 1) == i
        and (
            layers[i]["in"] != layers[i + 1]["out"]
            or "source" in layers[i + 1]
            or named & {layers[i]["name"], layers[i + 1]["name"]}
        )
    ]
    if not found:
        return None
    index = rng.choice(found)
    one, two = sheet.block(("layers", index)), sheet.block(("layers", index + 1))
    text = sheet.joined(
        sheet.line(("layers", index)), sheet.last(("layers", index + 1)), [*two, *one]
    )
    made = Sheet(text)
    lines = [
        made.line(("layers", i, key))
        for i in (index, index + 1)
        for key in ("name", "in", "source", "out")
        if made.has(("layers", i, key))
    ]
    after = [
        made.line(("layers", index + 2, key))
        for key in ("in", "source")
        if made.has(("layers", index + 2, key)) and "source" not in layers[index + 2]
    ]
    return planted(text, lines, after)


@fault
def in_and_out_swapped(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Input and output of a layer were exchanged; both lines are wrong."""
    layers = sheet.data["layers"]
    found = [i for i, layer in enumerate(layers) if layer["in"] != layer["out"]]
    index = rng.choice(found)
    reads, writes = sheet.source(("layers", index, "in")), sheet.source(("layers", index, "out"))
    made = Sheet(sheet.set(("layers", index, "in"), writes))
    text = made.set(("layers", index, "out"), reads)
    return planted(text, sheet.line(("layers", index, "in")), sheet.line(("layers", index, "out")))


@fault
def written_under_another_name(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The last layer writes a variable that is no output (the layer, or the output that is written by nobody)."""
    layers = sheet.data["layers"]
    outputs = list(sheet.get(("interface", "outputs")))
    last = {
        layer.get("writes"): i for i, layer in enumerate(layers) if layer.get("writes") in outputs
    }
    name = rng.choice(sorted(last))
    path: Path = ("layers", last[name], "writes")
    return planted(
        sheet.set(path, f"{name}s"), sheet.line(path), sheet.span(("interface", "outputs", name))
    )


@fault
def writes_over_an_input(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer writes the variable of an input that later layers read."""
    layers = sheet.data["layers"]
    inputs = [
        name
        for name in sheet.get(("interface", "inputs"))
        if name in ("pos", "batch", "mask", "edge_index")
    ]
    found = [
        i
        for i, layer in enumerate(layers[:-1])
        if layer.get("writes", "h") not in sheet.get(("interface", "outputs"))
    ]
    if not inputs or not found:
        return None
    line = sheet.line(("layers", rng.choice(found), "out"))
    return planted(sheet.after(line, f"    writes: {rng.choice(inputs)}"), line + 1)


@fault
def reserved_word_written(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The variable a layer writes is a word of Python: the generated file would not even parse."""
    layers = sheet.data["layers"]
    found = [i for i, layer in enumerate(layers[:-1]) if "writes" not in layer]
    if not found:
        return None
    line = sheet.line(("layers", rng.choice(found), "out"))
    return planted(
        sheet.after(line, f"    writes: {rng.choice(['lambda', 'class', 'return', 'self'])}"),
        line + 1,
    )


@fault
def layer_named_like_a_method(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer's name, changed everywhere, is a word of Python or a method of the module: the model would break (said
    where the layer is named)."""
    layers = sheet.data["layers"]
    index = rng.randrange(len(layers))
    old, new = (
        layers[index]["name"],
        rng.choice(["forward", "train", "class", "parameters", "eval", "import"]),
    )
    text = re.sub(rf"(?<![\w-]){old}(?![\w-])(?=\s*$|:)", new, sheet.text, flags=re.MULTILINE)
    made = Sheet(text)
    if made.data["layers"][index]["name"] != new or old in (
        *sheet.data,
        *sheet.get(("interface", "outputs")),
    ):
        return None
    return planted(text, made.line(("layers", index, "name")))
