"""Faults of networks on points, atoms, sets and graphs: edges, cutoffs, species, gates, aggregation, widths."""

from __future__ import annotations

import random

from faults.building import readers, rewritten, source_of, with_fields, with_options
from faults.grids import _of
from faults.planting import Planted, fault, planted, replaced
from faults.sheet import Path, Sheet

INTERACTIONS = ("nequip-interaction", "tfn-convolution", "se3-attention")


@fault
def pointwise_for_gate(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A pointwise nonlinearity on the components of vectors and tensors does not commute with rotations."""
    path = _of(
        sheet,
        rng,
        "nonlinearity",
        where=lambda layer: layer["kind"] in (*INTERACTIONS, "spectral-block"),
    )
    return replaced(sheet, path, rng.choice(["relu", "silu", "tanh", "sigmoid"])) if path else None


@fault
def gate_removed(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The gate was deleted; without one the layer is not what its count says (said at the layer)."""
    path = _of(
        sheet,
        rng,
        "nonlinearity",
        where=lambda layer: (
            layer["kind"] in ("nequip-interaction", "se3-attention", "spectral-block")
        ),
    )
    if path is None:
        return None
    made = Sheet(sheet.drop(path))
    return planted(made.text, made.span(path[:2]))


@fault
def batch_norm_on_components(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Batch statistics over the components of vectors break rotations; the layer knows no such norm."""
    path = _of(
        sheet,
        rng,
        "out",
        where=lambda layer: layer["kind"] in (*INTERACTIONS, "egnn-layer", "painn-message"),
    )
    if path is None:
        return None
    line = sheet.line(path)
    return planted(
        sheet.after(line, f"    normalization: {rng.choice(['batch', 'layer'])}"), line + 1
    )


@fault
def batch_norm_for_layer_norm(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Batch statistics tie samples and padding together."""
    path = _of(sheet, rng, "normalization", where=lambda layer: layer["normalization"] == "layer")
    return replaced(sheet, path, rng.choice(["batch", "instance", "graph"])) if path else None


@fault
def bias_on_vectors(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A bias is legal on scalars only; this readout has none."""
    path = _of(
        sheet,
        rng,
        "out",
        where=lambda layer: (
            layer["kind"] in ("irreps-readout", "field-readout")
            and layer["out"]["rep"]
            in (
                "1x1o",
                "1x1e",
                "2x1o",
                "3x1o",
                "1x1",
                "2x1",
                "1xirrep(1)",
                "1xirrep(1,1)",
                "2xirrep(1)",
                "2xirrep(1,1)",
            )
        ),
    )
    if path is None:
        return None
    options: Path = (*path[:2], "options")
    if sheet.has((*options, "bias")):
        return replaced(sheet, (*options, "bias"), "true")
    if sheet.has(options):
        line = sheet.line(options)
        return planted(sheet.after(line, "      bias: true"), line + 1)
    line = sheet.line((*path[:2], "parameters"))
    return planted(sheet.after(line - 1, "    options:", "      bias: true"), line + 1, line)


@fault
def bias_not_counted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The bias of a readout of scalars was switched on; no count of the file has it."""
    path = _of(
        sheet,
        rng,
        "options",
        "bias",
        where=lambda layer: layer["out"]["rep"] in ("1x0e", "1x0", "1xtrivial"),
    )
    return replaced(sheet, path, "true") if path else None


@fault
def max_over_points(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A maximum over points, component by component, does not commute with rotations; nor does the layer have one."""
    path = _of(sheet, rng, "pooling", where=lambda layer: layer["kind"] == "pool-points")
    return replaced(sheet, path, "max") if path else None


@fault
def order_dependent_pooling(sheet: Sheet, rng: random.Random) -> Planted | None:
    """First, last, concatenation, sorting or a recurrent network over the elements depend on their order."""
    path = _of(
        sheet,
        rng,
        "pooling",
        where=lambda layer: layer["kind"].startswith(("pool-", "deep-", "graph-")),
    )
    return (
        replaced(sheet, path, rng.choice(["last", "first", "concat", "lstm", "flatten", "sort"]))
        if path
        else None
    )


@fault
def pooling_forgotten(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A pooling layer does not say what it takes: sum, mean or maximum (said at the layer)."""
    path = _of(sheet, rng, "pooling", where=lambda layer: layer["kind"].startswith("pool-"))
    if path is None:
        return None
    made = Sheet(sheet.drop(path))
    return planted(made.text, made.span(path[:2]))


@fault
def statistics_and_width(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Sum, mean and maximum together make three times the channels; one of them alone does not."""
    path = _of(
        sheet, rng, "pooling", where=lambda layer: layer["kind"] in ("pool-elements", "pool-nodes")
    )
    return replaced(sheet, path, rng.choice(["sum", "mean", "max"])) if path else None


@fault
def edges_too_poor(sheet: Sheet, rng: random.Random) -> Planted | None:
    """With fewer harmonics the output's irreps can't be reached, and the layer's count is that of the old ones."""
    path = _of(
        sheet,
        rng,
        "options",
        "edge_irreps",
        where=lambda layer: (
            layer["kind"] in INTERACTIONS
            and layer["in"]["rep"].count("+") == 0
            and "+" in layer["out"]["rep"]
        ),
    )
    return replaced(sheet, path, sheet.get(path).split(" + ")[0]) if path else None


@fault
def edges_too_rich(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The layer couples with a harmonic that the edge embedding does not make."""
    path = _of(sheet, rng, "options", "edge_irreps")
    if path is None:
        return None
    rep = sheet.get(path)
    made = max(
        (
            sheet.get(p)
            for p in sheet.find("layers", "*", "out", "rep")
            if sheet.get((*p[:2], "kind")) == "spherical-edge-embedding"
        ),
        key=len,
    )
    degree = made.count("+") + 1
    parity = ("e", "o")[degree % 2] if rep[-1] in "eo" else ""
    return replaced(sheet, path, f"{rep} + 1x{degree}{parity}")


@fault
def axial_harmonics(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Harmonics of a polar vector have parity (-1)^l: an axial one is none of them."""
    path = _of(
        sheet,
        rng,
        "options",
        "edge_irreps",
        where=lambda layer: "1x1o" in layer["options"]["edge_irreps"],
    )
    return replaced(sheet, path, sheet.get(path).replace("1x1o", "1x1e")) if path else None


@fault
def axial_edge_embedding(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The edge embedding can't write an axial vector: a harmonic of a polar vector has parity (-1)^l."""
    path = _of(
        sheet,
        rng,
        "out",
        "rep",
        where=lambda layer: (
            layer["kind"] == "spherical-edge-embedding" and "1x1o" in layer["out"]["rep"]
        ),
    )
    return replaced(sheet, path, sheet.get(path).replace("1x1o", "1x1e")) if path else None


@fault
def edges_with_two_copies(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Each harmonic stands on an edge once, not several times."""
    path = _of(
        sheet, rng, "out", "rep", where=lambda layer: layer["kind"] == "spherical-edge-embedding"
    )
    return replaced(sheet, path, sheet.get(path).replace("1x", "2x")) if path else None


@fault
def lmax_that_nobody_uses(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The edge embedding makes a degree that no layer couples with: it costs and does nothing."""
    path = _of(
        sheet, rng, "out", "rep", where=lambda layer: layer["kind"] == "spherical-edge-embedding"
    )
    if path is None:
        return None
    rep = sheet.get(path)
    degree = rep.count("+") + 1
    parity = ("e", "o")[degree % 2] if rep[-1] in "eo" else ""
    return replaced(sheet, path, f"{rep} + 1x{degree}{parity}")


@fault
def axial_positions_embedded(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An embedding reads positions as axial vectors; they are polar."""
    path = _of(
        sheet,
        rng,
        "in",
        "rep",
        where=lambda layer: layer.get("source") == "pos" and "1o" in layer["in"]["rep"],
    )
    return replaced(sheet, path, "1x1e") if path else None


@fault
def irrep_out_of_reach(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An output irrep that no product of the layer's input with the harmonics makes: it would be zero for ever."""
    path = _of(sheet, rng, "out", "rep", where=lambda layer: layer["kind"] in INTERACTIONS)
    if path is None:
        return None
    return replaced(
        sheet, path, f"{sheet.get(path)} + 8x{'7o' if sheet.get(path)[-1] in 'eo' else '7'}"
    )


@fault
def dead_irrep_counted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An irrep out of reach in a layer's output and in its readers' input, all counts made anew: dead weight (said at
    any of these)."""
    layers = sheet.data["layers"]
    found = [
        i for i, layer in enumerate(layers) if layer["kind"] in INTERACTIONS and readers(layers, i)
    ]
    if not found:
        return None
    index = rng.choice(found)
    dead = " + 8x7o" if layers[index]["out"]["rep"][-1] in "eo" else " + 8x7"
    rep = layers[index]["out"]["rep"] + dead
    after = readers(layers, index)
    made = rewritten(
        sheet,
        {
            index: lambda layer: with_fields(layer, writes=rep),
            **{i: lambda layer: with_fields(layer, reads=rep) for i in after},
        },
    )
    if made is None:
        return None
    return planted(
        made.text,
        made.line(("layers", index, "out")),
        *(made.line(("layers", i, "in")) for i in after),
    )


@fault
def target_forced_to_zero(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The features before a readout lost the irrep that the target has, counts made anew: by Schur's lemma the target
    is zero (said at the readout, or where the irrep was dropped)."""
    layers = sheet.data["layers"]
    found = [
        i
        for i, layer in enumerate(layers)
        if layer["kind"] in ("irreps-readout",)
        and source_of(layers, i) is not None
        and "1" in layer["out"]["rep"].split("x", 1)[1]
        and layers[source_of(layers, i) or 0]["kind"] in INTERACTIONS
    ]
    if not found:
        return None
    index = rng.choice(found)
    before = source_of(layers, index)
    assert before is not None
    if readers(layers, before) != [index]:
        return None
    if layers[index]["out"]["rep"].split("x")[1][0] == "0":
        return None
    rep = f"16x{'0e' if layers[index]['out']['rep'][-1] in 'eo' else '0'}"
    made = rewritten(
        sheet,
        {
            before: lambda layer: with_fields(layer, writes=rep),
            index: lambda layer: with_fields(layer, reads=rep),
        },
    )
    if made is None:
        return None
    return planted(
        made.text,
        made.line(("layers", index, "out")),
        made.line(("layers", index, "in")),
        made.line(("layers", before, "out")),
    )


@fault
def irrep_nobody_reads(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The last features carry vectors that the readout of scalars can't use, counts made anew: lmax beyond use (said at
    any of these)."""
    layers = sheet.data["layers"]
    found = []
    for index, layer in enumerate(layers):
        before = source_of(layers, index)
        if (
            (
                layer["kind"] == "irreps-readout"
                and before is not None
                and "+" not in layer["in"]["rep"]
                and (layers[before]["kind"] in INTERACTIONS)
                and readers(layers, before) == [index]
            )
            and layer["in"]["rep"].split("x")[1][0] == "0"
            and "+" in layers[before]["in"]["rep"]
        ):
            found.append((before, index))
    if not found:
        return None
    before, index = rng.choice(found)
    rep = layers[before]["in"]["rep"]
    made = rewritten(
        sheet,
        {
            before: lambda layer: with_fields(layer, writes=rep),
            index: lambda layer: with_fields(layer, reads=rep),
        },
    )
    if made is None:
        return None
    return planted(
        made.text,
        made.line(("layers", before, "out")),
        made.line(("layers", index, "in")),
        made.line(("layers", index, "out")),
    )


@fault
def gate_without_scalars(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Vectors in, and scalar harmonics alone: no product makes the scalars that would open the gates, and the layer's
    count is that of the old input (said at the input or the harmonics; the layer before still writes scalars)."""
    layers = sheet.data["layers"]
    found = [
        i
        for i, layer in enumerate(layers)
        if layer["kind"] in INTERACTIONS
        and "+" in layer["in"]["rep"]
        and "+" in layer["out"]["rep"]
    ]
    if not found:
        return None
    index = rng.choice(found)
    vectors = [t for t in layers[index]["in"]["rep"].split(" + ") if t.split("x")[1][0] == "1"]
    scalar = layers[index]["options"]["edge_irreps"].split(" + ")[0]
    if not vectors:
        return None
    made = Sheet(sheet.set(("layers", index, "in", "rep"), vectors[0]))
    text = made.set(("layers", index, "options", "edge_irreps"), scalar)
    return planted(
        text,
        made.line(("layers", index, "in")),
        made.line(("layers", index, "options", "edge_irreps")),
        made.line(("layers", index, "out")),
    )


def _other(key: str, change: str = "+1"):  # type: ignore[no-untyped-def]
    """Return a planter that changes an option of one of several layers that have it alike."""

    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        paths = sheet.find("layers", "*", "options", key)
        if len(paths) < 2 and key not in ("cutoff",):
            return None
        paths = [p for p in paths if isinstance(sheet.get(p), int | float)]
        if not paths:
            return None
        path = rng.choice(paths)
        now = sheet.get(path)
        return replaced(sheet, path, str(now + 1 if change == "+1" else now * 2))

    return plant


@fault
def radial_basis_of_one_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One layer reads another number of radial functions than the edge embedding makes, or the reverse."""
    made: Planted | None = _other("num_basis")(sheet, rng)
    return made


@fault
def radial_network_not_counted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The radial network of one layer was widened; the counts are those of the old one."""
    path = _of(sheet, rng, "options", "radial_hidden")
    return replaced(sheet, path, rng.choice(["[128]", "[32]", "[64, 64]", "[]"])) if path else None


@fault
def neighbours_of_one_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One layer normalises by another number of neighbours than the others, the request and the edges."""
    made: Planted | None = _other("neighbours", "*2")(sheet, rng)
    return made


@fault
def cutoff_of_the_edges(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The edges' cutoff is not the request's (or, where the request has one written, either)."""
    path = _of(sheet, rng, "options", "cutoff", where=lambda layer: layer["options"]["cutoff"])
    if path is None:
        return None
    asked: Path = ("request", "data", "cutoff")
    return replaced(sheet, path, str(sheet.get(path) + 1.5), *([asked] if sheet.has(asked) else []))


@fault
def neighbours_for_a_cutoff(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Nearest neighbours for a cutoff: atoms enter and leave the list abruptly, energies jump (or, where the request
    has a cutoff written, either)."""
    path = _of(sheet, rng, "options", "cutoff", where=lambda layer: layer["options"]["cutoff"])
    if path is None:
        return None
    asked: Path = ("request", "data", "cutoff")
    return replaced(sheet, path, "null", *([asked] if sheet.has(asked) else []))


@fault
def cutoff_for_neighbours(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A cutoff where the request asks for nearest neighbours (it has no cutoff)."""
    path = _of(
        sheet, rng, "options", "cutoff", where=lambda layer: layer["options"]["cutoff"] is None
    )
    return replaced(sheet, path, "3.0") if path else None


@fault
def species_of_one_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One layer knows other elements than the input, the request and the rest."""
    path = _of(sheet, rng, "options", "species")
    if path is None:
        return None
    now = list(sheet.get(path))
    return replaced(sheet, path, str(rng.choice([[*now, 17], now[:-1], [1, 6, 9, 16]])))


@fault
def species_in_disorder(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Elements stand in ascending order; in another the rows of the table are exchanged."""
    path = _of(sheet, rng, "options", "species")
    if path is None:
        return None
    return replaced(sheet, path, str(list(reversed(sheet.get(path)))))


@fault
def species_twice_or_unknown(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An element that stands twice, or that does not exist."""
    path = _of(sheet, rng, "options", "species")
    if path is None:
        return None
    now = list(sheet.get(path))
    return replaced(
        sheet,
        path,
        str(rng.choice([[now[0], *now[:-1]], [0, *now[1:]], [*now[:-1], 200], [*now[:-1], -8]])),
    )


@fault
def number_of_species(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer has self-connections for another number of elements than there are; no count of the file has them."""
    path = _of(sheet, rng, "options", "num_species")
    return replaced(sheet, path, str(sheet.get(path) + rng.choice([1, 2]))) if path else None


@fault
def heads_that_do_not_divide(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Attention heads share the width evenly; this number does not divide it."""
    path = _of(
        sheet,
        rng,
        "options",
        "heads",
        where=lambda layer: "set" in layer["kind"] or "pool" in layer["kind"],
    )
    return replaced(sheet, path, "7") if path else None


@fault
def heads_not_counted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The number of attention heads was changed so that the layer has other weights; the counts are the old ones."""
    path = _of(sheet, rng, "options", "heads", where=lambda layer: layer["kind"] == "se3-attention")
    if path is None:
        return None
    for heads in (5, 3, 6, 7, 12):
        made = rewritten(sheet, {int(path[1]): lambda layer, n=heads: with_options(layer, heads=n)})  # type: ignore[misc]
        if made and made.get((*path[:2], "parameters")) != sheet.get((*path[:2], "parameters")):
            return replaced(sheet, path, str(heads))
    return None


@fault
def head_not_counted(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The hidden width of a head was changed; the counts are those of the old one."""
    path = _of(
        sheet,
        rng,
        "options",
        "hidden",
        where=lambda layer: isinstance(layer["options"]["hidden"], list),
    )
    return replaced(sheet, path, rng.choice(["[48]", "[24, 24]", "[]", "[100]"])) if path else None


@fault
def code_of_the_decoder(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The decoder reads a code of another width than the encoder writes."""
    path = _of(sheet, rng, "options", "code")
    return replaced(sheet, path, str(sheet.get(path) + 8)) if path else None


@fault
def typical_size_of_another(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Sums are scaled by another typical size than the request's."""
    path = _of(sheet, rng, "options", "typical_size")
    return replaced(sheet, path, str(sheet.get(path) * 10)) if path else None


@fault
def direction_of_the_edges(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One layer treats directions in another way than the request says and the counts are for."""
    path = _of(sheet, rng, "options", "directed")
    return replaced(sheet, path, "false" if sheet.get(path) else "true") if path else None


@fault
def edge_features_of_one_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One layer reads another number of edge features than the edges have."""
    path = _of(sheet, rng, "options", "edge_features")
    return replaced(sheet, path, str(sheet.get(path) + 1)) if path else None


@fault
def layer_norm_on_vectors(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer norm over the components of vectors was put in; it breaks rotations (said in the new layer)."""
    layers = sheet.data["layers"]
    found = [
        i
        for i, layer in enumerate(layers)
        if layer["kind"] in (*INTERACTIONS, "egnn-layer", "spectral-block")
        and "+" in layer["out"]["rep"]
    ]
    if not found:
        return None
    index = rng.choice(found)
    field = sheet.source(("layers", index, "out"))
    lines = [
        "  - name: norm_inserted",
        "    kind: layer-norm",
        f"    in: {field}",
        f"    out: {field}",
        f"    source: {layers[index]['name']}",
        "    normalization: layer",
        "    parameters: 0",
        "    why: keeps activations in range",
    ]
    at = sheet.last(("layers", index))
    text = sheet.after(at, *lines)
    return planted(text, range(at + 1, at + 1 + len(lines)))


@fault
def forces_pooled_away(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A pooling over points was put behind a per-point output: what each point says is gone (said in the new layer)."""
    outputs = sheet.get(("interface", "outputs"))
    layers = sheet.data["layers"]
    last = {layer.get("writes"): i for i, layer in enumerate(layers)}
    found = [
        name
        for name, item in outputs.items()
        if item["space"] in ("points", "atoms")
        and name in last
        and layers[last[name]]["kind"] != "gradient-forces"
    ]
    if not found:
        return None
    name = rng.choice(found)
    index = last[name]
    layer = layers[index]
    rep = layer["out"]["rep"]
    lines = [
        f"  - name: {name}_mean",
        "    kind: pool-points",
        f"    in: {{space: {layer['out']['space']}, rep: {rep}}}",
        f"    out: {{space: global, rep: {rep}}}",
        f"    source: {layer['name']}",
        f"    writes: {name}",
        "    pooling: mean",
        "    parameters: 0",
        "    why: one answer",
    ]
    at = sheet.last(("layers", index))
    return planted(sheet.after(at, *lines), range(at + 1, at + 1 + len(lines)))


@fault
def polar_for_axial_forces(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The gradient of an energy is a polar vector, not an axial one or a scalar."""
    path = _of(sheet, rng, "out", "rep", where=lambda layer: layer["kind"] == "gradient-forces")
    if path is None:
        return None
    return replaced(sheet, path, {"1x1o": "1x1e", "1x1": "1x2"}.get(sheet.get(path), "2x1o"))


@fault
def vectors_into_an_invariant_layer(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A dense or invariant layer reads vectors: it would mix their components."""
    path = _of(
        sheet,
        rng,
        "in",
        "rep",
        where=lambda layer: (
            layer["kind"] in ("mlp-head", "schnet-interaction", "layer-norm")
            and layer["in"]["rep"].split("x")[1] in ("0e", "0")
        ),
    )
    return replaced(sheet, path, sheet.get(path).replace("x0", "x1")) if path else None


@fault
def tensors_into_scalar_vector_layers(sheet: Sheet, rng: random.Random) -> Planted | None:
    """EGNN and PaiNN carry scalars and polar vectors, nothing else."""
    path = _of(
        sheet,
        rng,
        "in",
        "rep",
        where=lambda layer: (
            layer["kind"] in ("egnn-layer", "painn-message", "gated-readout")
            and "1o" in layer["in"]["rep"]
        ),
    )
    return (
        replaced(sheet, path, sheet.get(path).replace("1o", rng.choice(["2e", "1e"])))
        if path
        else None
    )


@fault
def head_of_vectors(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A dense head can't write vectors: its matrix mixes components."""
    path = _of(
        sheet, rng, "out", "rep", where=lambda layer: layer["kind"] in ("mlp-head", "scalar-head")
    )
    if path is None:
        return None
    now = sheet.get(path)
    return (
        replaced(sheet, path, now.replace("0e", "1o") if "0e" in now else now.replace("x0", "x1"))
        if "x0" in now
        else None
    )


@fault
def radial_basis_of_all_but_one(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The edge embedding was given more radial functions, counts made anew; the layers read the old number (said at the
    embedding or at a layer)."""
    paths = sheet.find("layers", "*", "options", "num_basis")
    if len(paths) < 2:
        return None
    if sheet.get((*paths[0][:2], "kind")) != "spherical-edge-embedding":
        return None
    index = int(paths[0][1])
    made = rewritten(
        sheet, {index: lambda layer: with_options(layer, num_basis=layer.options["num_basis"] + 4)}
    )
    if made is None:
        return None
    return planted(made.text, *(made.line(p) for p in paths))
