"""Faults of the interface: shapes, types, units, representations and roles of inputs and outputs."""

from __future__ import annotations

import random

from faults.planting import Planted, fault, named, planted, replaced
from faults.sheet import Path, Sheet


@fault
def output_channels(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An output's shape has another number of channels than its representation and its layer."""
    paths = [
        p
        for p in sheet.find("interface", "outputs", "*", "shape")
        if p[2] not in ("rotation", "latent")
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    shape = list(sheet.get(path))
    at = next((i for i, side in enumerate(shape) if isinstance(side, int)), None)
    if at is None:
        return None
    shape[at] += rng.choice([1, 2])
    return replaced(sheet, path, "[" + ", ".join(map(str, shape)) + "]")


@fault
def input_channels(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An input's shape has another number of components than its representation."""
    paths = [p for p in sheet.find("interface", "inputs", "*", "shape") if p[2] in ("x", "pos")]
    path = rng.choice(paths)
    shape = list(sheet.get(path))
    at = next(i for i, side in enumerate(shape) if isinstance(side, int))
    shape[at] += 1
    return replaced(sheet, path, "[" + ", ".join(map(str, shape)) + "]")


@fault
def image_size(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The input's height or width is not that of the request and of the first layer."""
    path: Path = ("interface", "inputs", "x", "shape")
    if sheet.get(("domain",)) not in ("images", "sphere"):
        return None
    shape = list(sheet.get(path))
    shape[rng.choice([2, 3])] += 3
    return replaced(sheet, path, "[" + ", ".join(map(str, shape)) + "]")


@fault
def dimension_dropped(sheet: Sheet, rng: random.Random) -> Planted:
    """A shape lost its first dimension."""
    path = rng.choice(sheet.find("interface", "*", "*", "shape"))
    return replaced(sheet, path, "[" + ", ".join(map(str, sheet.get(path)[1:])) + "]")


@fault
def samples_for_points(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A per-point tensor is declared per sample, or the reverse: its space says otherwise."""
    paths = [
        p
        for p in sheet.find("interface", "*", "*", "shape")
        if sheet.get(p)[0] in ("points", "nodes")
        or (sheet.get(p)[0] == "samples" and sheet.has(("interface", "sizes", "points")))
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    shape = list(sheet.get(path))
    shape[0] = "samples" if shape[0] != "samples" else "points"
    return replaced(sheet, path, "[" + ", ".join(map(str, shape)) + "]")


@fault
def output_rep_multiplicity(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An output's representation has another multiplicity than its shape and its layer."""
    paths = [p for p in sheet.find("interface", "outputs", "*", "rep") if p[2] != "latent"]
    path = rng.choice(paths)
    return replaced(sheet, path, more(sheet.get(path)))


@fault
def input_rep_multiplicity(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An input's representation has another multiplicity than its shape."""
    path = rng.choice(sheet.find("interface", "inputs", "*", "rep"))
    return replaced(sheet, path, more(sheet.get(path)))


def more(rep: str) -> str:
    """Return the representation with one copy more of its first term."""
    count, rest = rep.split("x", 1)
    return f"{int(count) + 1}x{rest}"


@fault
def parity_of_an_input(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Positions are polar: declared axial, verify would reflect them wrongly."""
    paths = [p for p in sheet.find("interface", "inputs", "*", "rep") if "1o" in sheet.get(p)]
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(sheet, path, sheet.get(path).replace("1o", "1e"))


@fault
def parity_of_an_output(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An output was declared with the other parity: polar for axial, scalar for pseudoscalar."""
    paths = [
        p
        for p in sheet.find("interface", "outputs", "*", "rep")
        if sheet.get(p)[-1] in "eo" and p[2] != "latent"
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    rep = sheet.get(path)
    return replaced(sheet, path, rep[:-1] + ("o" if rep[-1] == "e" else "e"))


@fault
def degree_of_an_output(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An output was declared with another degree than its layer writes."""
    paths = [
        p
        for p in sheet.find("interface", "outputs", "*", "rep")
        if p[2] != "latent"
        and any(w in sheet.get(p) for w in ("1o", "2e", "1x1", "irrep(1)", "irrep(1,1)"))
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    rep = sheet.get(path)
    for old, new in (
        ("1o", "3o"),
        ("2e", "4e"),
        ("irrep(1,1)", "irrep(0,1)"),
        ("irrep(1)", "irrep(2)"),
        ("x1", "x3"),
    ):
        if old in rep:
            return replaced(sheet, path, rep.replace(old, new, 1))
    return None


@fault
def rep_of_another_group(sheet: Sheet, rng: random.Random) -> Planted:
    """A representation in the notation of another group can't be read under this one."""
    path = rng.choice(sheet.find("interface", "*", "*", "rep"))
    wrong = "1x0e" if sheet.get(("symmetry", "acts_on_features")) != "O(3)" else "1xregular"
    return replaced(sheet, path, wrong)


@fault
def space_of_an_output(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An output lives on another space than its shape and its layer."""
    paths = [p for p in sheet.find("interface", "outputs", "*", "space") if p[2] != "latent"]
    path = rng.choice(paths)
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
def space_of_an_input(sheet: Sheet, rng: random.Random) -> Planted:
    """An input lives on another space than the layers that read it."""
    path = rng.choice(
        [p for p in sheet.find("interface", "inputs", "*", "space") if p[2] in ("x", "pos", "z")]
    )
    return replaced(
        sheet,
        path,
        rng.choice([s for s in ("cells", "positions", "voxels") if s != sheet.get(path)]),
    )


@fault
def integers_for_reals(sheet: Sheet, rng: random.Random) -> Planted:
    """Outputs and positions are real numbers; as integers they have no gradient."""
    paths = [p for p in sheet.find("interface", "*", "*", "dtype") if sheet.get(p) == "float32"]
    return replaced(sheet, rng.choice(paths), "int64")


@fault
def reals_for_indices(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Atomic numbers, sample and edge indices, and masks are no real numbers."""
    paths = [
        p
        for p in sheet.find("interface", "inputs", "*", "dtype")
        if sheet.get(p) in ("int64", "bool")
    ]
    if not paths:
        return None
    return replaced(sheet, rng.choice(paths), "float32")


@fault
def unit_of_another(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The unit of energies, forces or positions is another than the model's fixed one."""
    paths = sheet.find("interface", "*", "*", "unit")
    if not paths:
        return None
    path = rng.choice(paths)
    new = {
        "eV": ["kcal/mol", "eV/Å", "Hartree"],
        "eV/Å": ["eV", "kcal/mol/Å"],
        "Å": ["nm", "bohr", "eV"],
    }[sheet.get(path)]
    return replaced(sheet, path, rng.choice(new))


@fault
def role_of_another(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An input has another role than its name, type and shape have."""
    paths = sheet.find("interface", "inputs", "*", "role")
    if not paths:
        return None
    path = rng.choice(paths)
    roles = ["batch", "mask", "edge_index", "cell"]
    return replaced(sheet, path, rng.choice([r for r in roles if r != sheet.get(path)]))


@fault
def role_missing(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Without its role nothing tells that these integers are sample indices, edges, or a mask (said at the input)."""
    paths = sheet.find("interface", "inputs", "*", "role")
    if not paths:
        return None
    path = rng.choice(paths)
    made = Sheet(sheet.drop(path))
    return planted(made.text, made.span(path[:-1]))


@fault
def translation_forgotten(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Positions move with a translation, and the group has translations (said at the input)."""
    paths = sheet.find("interface", "inputs", "*", "translates")
    if not paths or not sheet.get(("symmetry", "facts", "translations")):
        return None
    made = Sheet(sheet.drop(paths[0]))
    return planted(made.text, made.span(paths[0][:-1]))


@fault
def translation_denied(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Positions move with a translation, and the group has translations."""
    paths = sheet.find("interface", "inputs", "*", "translates")
    if not paths or not sheet.get(("symmetry", "facts", "translations")):
        return None
    return replaced(sheet, paths[0], "false")


@fault
def output_that_translates(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Forces, scores and energies do not move with a translation."""
    paths = [
        p
        for p in sheet.find("interface", "outputs", "*", "dtype")
        if p[2] in ("forces", "energy", "logits", "rotation", "velocity")
    ]
    if not paths:
        return None
    line = sheet.line(rng.choice(paths))
    return planted(sheet.after(line, "      translates: true"), line + 1)


@fault
def output_renamed(sheet: Sheet, rng: random.Random) -> Planted:
    """An output has a name that no layer writes."""
    path = rng.choice(sheet.find("interface", "outputs", "*"))
    return planted(sheet.rename(path, f"{path[-1]}_pred"), sheet.line(path))


@fault
def input_renamed(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An input has another name than the layers read and the domain has."""
    read = {sheet.get(p) for p in sheet.find("layers", "*", "source")}
    paths = [p for p in sheet.find("interface", "inputs", "*") if p[-1] in read]
    if not paths:
        return None
    path = rng.choice(paths)
    new = {"pos": "positions", "x": "features", "z": "numbers"}.get(str(path[-1]), "data")
    return planted(sheet.rename(path, new), sheet.line(path))


@fault
def output_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """An output of the task was deleted from the interface (said there, or at the layer that writes it)."""
    path = rng.choice(sheet.find("interface", "outputs", "*"))
    if len(sheet.get(("interface", "outputs"))) == 1:
        made = Sheet(sheet.set(("interface", "outputs"), "{}"))
    else:
        made = Sheet(sheet.drop(path))
    line = made.line(("interface", "outputs"))
    writers = [
        made.line((*p[:2], "name"))
        for p in made.find("layers", "*", "writes")
        if made.get(p) == path[-1]
    ]
    written = [made.line(p) for p in made.find("layers", "*", "writes") if made.get(p) == path[-1]]
    # Without an energy the request's default, that it is asked for, is what is contradicted.
    asked = [made.line(("request", "task")), made.line(("request", "task", "type"))]
    writers += asked if path[-1] == "energy" else []
    return planted(
        made.text,
        range(line - 1, line + 2),
        sheet.line(path),
        sheet.line(path) - 1,
        writers,
        written,
    )


@fault
def input_missing(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The sample index, the mask or the edges were deleted from the inputs (said there)."""
    paths = [p[:-1] for p in sheet.find("interface", "inputs", "*", "role")]
    if not paths:
        return None
    path = rng.choice(paths)
    made = Sheet(sheet.drop(path))
    line = made.line(("interface", "inputs"))
    return planted(made.text, range(line, line + 2), sheet.line(path), sheet.line(path) - 1)


@fault
def output_nobody_writes(sheet: Sheet, rng: random.Random) -> Planted:
    """An output was copied under another name; no layer writes it."""
    path = rng.choice(sheet.find("interface", "outputs", "*"))
    block = sheet.block(path)
    lines = [block[0].replace(str(path[-1]), "uncertainty"), *block[1:]]
    at = sheet.last(path)
    return planted(sheet.after(at, *lines), at + 1)


@fault
def interface_of_another_task(sheet: Sheet, rng: random.Random) -> Planted:
    """The outputs were copied from a bundle of another task (said anywhere in them)."""
    path: Path = ("interface", "outputs")
    other = {"logits": "prediction"}
    name = other.get(next(iter(sheet.get(path))), "logits")
    lines = [
        "  outputs:",
        f"    {name}:",
        "      shape: [samples, 10]",
        "      dtype: float32",
        "      space: global",
        f"      rep: 10x{_scalar(sheet)}",
        "      description: copied",
    ]
    text = sheet.joined(sheet.line(path), sheet.last(path), lines)
    return planted(text, Sheet(text).span(path))


def _scalar(sheet: Sheet) -> str:
    group = sheet.get(("symmetry", "acts_on_features"))
    return {"O(3)": "0e", "SO(3)": "0"}.get(group, "trivial")


@fault
def species_of_the_interface(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The atomic numbers of the input are not those that the layers and the request know."""
    paths = sheet.find("interface", "inputs", "z", "values")
    if not paths:
        return None
    values = list(sheet.get(paths[0]))
    new = rng.choice([[*values, 35], values[:-1], [*values[:-1], values[-1] + 1]])
    return replaced(sheet, paths[0], str(new))


def _size(key: str, where: str):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        path = (*where.split("."), key)
        if not sheet.has(path):
            return None
        return replaced(sheet, path, str(sheet.get(path) * rng.choice([2, 3]) + 1))

    plant.__module__ = __name__
    return plant


for _where, _text in (("interface.sizes", "interface"), ("cost.sizes", "cost")):
    for _key in ("points", "edges", "nodes", "elements", "height", "bandwidth"):
        if _where == "cost.sizes" or _key in ("points", "edges", "nodes", "elements"):
            named(
                f"{_text}-size-{_key}",
                f"The {_text} is for another number of {_key} than the rest of the file.",
                _size(_key, _where),
            )
