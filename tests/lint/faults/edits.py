"""Legal edits: what a careful colleague does. None of them may give a finding."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from equidesign.design.family import family_by_id
from equidesign.design.problem import Problem
from equidesign.design.understand import understand
from equidesign.layers.measure import refreshed
from equidesign.render.architecture import architecture_yaml
from equidesign.spec.layer import FieldText
from equidesign.spec.specification import Specification
from faults.building import readers, rewritten, source_of, specification, with_options, written
from faults.planting import Planted, legal, planted
from faults.sheet import Path, Sheet, flow, indent


@legal
def comment_between_lines(sheet: Sheet, rng: random.Random) -> Planted:
    """A comment on a line of its own."""
    line = sheet.line(rng.choice(sheet.find("layers", "*", "kind")))
    return planted(
        sheet.after(line, "    # tried 3 first: see notebook 12 (EQ401 does not apply here)")
    )


@legal
def comment_at_the_end_of_a_line(sheet: Sheet, rng: random.Random) -> Planted:
    """A comment behind a value."""
    line = sheet.line(rng.choice(sheet.find("layers", "*", "parameters")))
    return planted(sheet.joined(line, line, [sheet.lines[line - 1] + "  # as in the paper"]))


@legal
def comments_removed(sheet: Sheet, rng: random.Random) -> Planted:
    """All comments are gone."""
    return planted("\n".join(line for line in sheet.lines if not line.lstrip().startswith("#")))


@legal
def blank_lines(sheet: Sheet, rng: random.Random) -> Planted:
    """Blank lines between layers and sections, spaces at the ends of lines."""
    lines = []
    for line in sheet.lines:
        lines += ["", line] if line.startswith("  - name") or re.match(r"[a-z]", line) else [line]
    return planted("\n".join(line + "  " if line.endswith(":") else line for line in lines))


@legal
def windows_line_ends(sheet: Sheet, rng: random.Random) -> Planted:
    """CR LF at the ends of lines."""
    return planted(sheet.text.replace("\n", "\r\n"))


@legal
def byte_order_mark(sheet: Sheet, rng: random.Random) -> Planted:
    """A byte order mark, as Windows editors write it."""
    return planted("\ufeff" + sheet.text)


@legal
def no_line_end_at_the_end(sheet: Sheet, rng: random.Random) -> Planted:
    """The last line has no line break."""
    return planted(sheet.text.rstrip("\n"))


@legal
def document_marks(sheet: Sheet, rng: random.Random) -> Planted:
    """The marks of a document's start and end."""
    return planted("---\n" + sheet.text + "...\n")


@legal
def json_form(sheet: Sheet, rng: random.Random) -> Planted:
    """The same data as JSON."""
    return planted(json.dumps(sheet.data, ensure_ascii=False, indent=2) + "\n")


@legal
def json_on_one_line(sheet: Sheet, rng: random.Random) -> Planted:
    """The same data as JSON on one line."""
    return planted(json.dumps(sheet.data) + "\n")


@legal
def fields_in_block_style(sheet: Sheet, rng: random.Random) -> Planted:
    """Fields on lines of their own instead of in braces."""
    lines = []
    for line in sheet.lines:
        if match := re.fullmatch(r"( +)(in|out): \{space: (\w+), rep: (.+)\}", line):
            pad = match[1]
            lines += [f"{pad}{match[2]}:", f"{pad}  space: {match[3]}", f"{pad}  rep: {match[4]}"]
        else:
            lines.append(line)
    return planted("\n".join(lines))


@legal
def options_in_flow_style(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Options in braces instead of on lines of their own."""
    made = sheet
    for path in sheet.find("layers", "*", "options"):
        line, last = made.line(path), made.last(path)
        pad = " " * indent(made.lines[line - 1])
        made = Sheet(made.joined(line, last, [f"{pad}options: {flow(sheet.get(path))}"]))
    return planted(made.text) if made is not sheet else None


@legal
def lists_on_several_lines(sheet: Sheet, rng: random.Random) -> Planted:
    """Shapes as lists on lines of their own."""
    made = sheet
    for path in sheet.find("interface", "*", "*", "shape"):
        line = made.line(path)
        pad = " " * indent(made.lines[line - 1])
        items = [f"{pad}- {item}" for item in sheet.get(path)]
        made = Sheet(made.joined(line, line, [f"{pad}shape:", *items]))
    return planted(made.text)


@legal
def lists_wrapped(sheet: Sheet, rng: random.Random) -> Planted:
    """A list in brackets over several lines, with a comma at its end."""
    path = rng.choice(sheet.find("interface", "*", "*", "shape"))
    pad = " " * (indent(sheet.lines[sheet.line(path) - 1]) + 2)
    items = f",\n{pad}".join(map(str, sheet.get(path)))
    return planted(sheet.set(path, f"[\n{pad}{items},\n{pad}]"))


@legal
def other_quotes(sheet: Sheet, rng: random.Random) -> Planted:
    """Single quotes for double ones, and quotes where none are needed."""
    lines = []
    for line in sheet.lines:
        line = re.sub(r'^( *[\w-]+: )"([^"\\\']*)"$', r"\1'\2'", line)
        lines.append(
            re.sub(r"^( +(?:- )?(?:kind|source|name|family|step): )([\w-]+)$", r'\1"\2"', line)
        )
    return planted("\n".join(lines))


@legal
def keys_of_layers_reordered(sheet: Sheet, rng: random.Random) -> Planted:
    """The keys of layers in another order."""
    made = sheet
    for index in range(len(sheet.data["layers"])):
        keys = [key for key in sheet.data["layers"][index] if key != "name"]
        blocks = [made.block(("layers", index, key)) for key in keys]
        head = made.block(("layers", index, "name"))
        rng.shuffle(blocks)
        lines = [*head, *(line for block in blocks for line in block)]
        made = Sheet(made.joined(made.line(("layers", index)), made.last(("layers", index)), lines))
    return planted(made.text)


@legal
def sections_reordered(sheet: Sheet, rng: random.Random) -> Planted:
    """The sections in another order."""
    blocks = [sheet.block((key,)) for key in sheet.data]
    rng.shuffle(blocks)
    return planted("\n".join(line for block in blocks for line in block) + "\n")


@legal
def table_reordered(sheet: Sheet, rng: random.Random) -> Planted:
    """The table of parameters in another order."""
    paths = sheet.find("parameters", "per_layer", "*")
    lines = [line for path in reversed(paths) for line in sheet.block(path)]
    return planted(sheet.joined(sheet.line(paths[0]), sheet.last(paths[-1]), lines))


@legal
def list_without_indentation(sheet: Sheet, rng: random.Random) -> Planted:
    """The layers' dashes at the margin."""
    first, last = sheet.line(("layers",)), sheet.last(("layers",))
    lines = [line[2:] if line.startswith("  ") else line for line in sheet.lines[first:last]]
    return planted(sheet.joined(first + 1, last, lines))


@legal
def texts_unfolded(sheet: Sheet, rng: random.Random) -> Planted:
    """Folded texts in quotes on one line."""
    made = sheet
    paths = [p for p in sheet.scalars() if len(sheet.block(p)) > 1]
    for path in paths:
        made = Sheet(
            made.set(path, json.dumps(sheet.get(path), ensure_ascii=False))
            if isinstance(path[-1], str)
            else made.text
        )
    return planted(made.text)


@legal
def anchors_and_aliases(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A list that occurs several times, written once."""
    groups: dict[str, list[Path]] = {}
    for path in (
        *sheet.find("layers", "*", "options", "size"),
        *sheet.find("layers", "*", "options", "radial_hidden"),
        *sheet.find("layers", "*", "options", "hidden"),
    ):
        groups.setdefault(f"{path[-1]} {sheet.get(path)}", []).append(path)
    paths = next((found for found in groups.values() if len(found) > 1), None)
    if paths is None:
        return None
    made = Sheet(sheet.set(paths[0], f"&shared {sheet.source(paths[0])}"))
    for path in paths[1:]:
        made = Sheet(made.set(path, "*shared"))
    return planted(made.text)


@legal
def numbers_written_otherwise(sheet: Sheet, rng: random.Random) -> Planted:
    """The same numbers, written in another way."""
    text = sheet.text.replace("1.0e-05", "0.00001").replace("0.0001\n", "1e-4\n")
    text = re.sub(r"(cutoff|neighbours): (\d+)\.0$", r"\1: \2", text, flags=re.MULTILINE)
    return planted(text)


@legal
def representations_written_otherwise(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The same representations without spaces about the plus."""
    text = re.sub(r"(rep: .*)", lambda m: m[1].replace(" + ", "+"), sheet.text)
    return planted(text) if text != sheet.text else None


@legal
def group_spelled_otherwise(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another spelling of the same group in the request and in its echo."""
    now = sheet.get(("symmetry", "group"))
    new = {
        "C4": "C_4",
        "D4": "p4m",
        "C8": "C₈",
        "S_n": "Sn",
        "E(3) x S_n": "E(3) × Sₙ",
        "C6": "Z6",
    }.get(now)
    if new is None:
        return None
    made = Sheet(sheet.set(("symmetry", "group"), new))
    return planted(made.set(("request", "symmetry", "group"), new))


@legal
def explicit_defaults(sheet: Sheet, rng: random.Random) -> Planted:
    """Defaults written out."""
    made = sheet
    for index, layer in reversed(list(enumerate(sheet.data["layers"]))):
        line = made.line(("layers", index, "out"))
        extra = [
            f"    {key}: {value}"
            for key, value in (
                ("nonlinearity", "none"),
                ("pooling", "none"),
                ("writes", "h"),
                ("options", "{}"),
            )
            if key not in layer
        ]
        made = Sheet(made.after(line, *extra))
    for path in sheet.find("interface", "outputs", "*", "dtype"):
        made = (
            Sheet(made.after(made.line(path), "      translates: false"))
            if not sheet.has((*path[:-1], "translates"))
            else made
        )
    return planted(made.text)


@legal
def sources_written_out(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Each layer names the layer before it as its source."""
    layers = sheet.data["layers"]
    made = sheet
    for index in range(len(layers) - 1, 0, -1):
        if "source" not in layers[index]:
            line = made.line(("layers", index, "out"))
            made = Sheet(made.after(line, f"    source: {layers[index - 1]['name']}"))
    return planted(made.text) if made is not sheet else None


@legal
def sources_left_out(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Layers that read the layer before them do not say so."""
    layers = sheet.data["layers"]
    made = sheet
    for index in range(len(layers) - 1, 0, -1):
        if layers[index].get("source") == layers[index - 1]["name"]:
            made = Sheet(made.drop(("layers", index, "source")))
    return planted(made.text) if made is not sheet else None


@legal
def layer_renamed_everywhere(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer has another name, in all places."""
    layers = sheet.data["layers"]
    old = rng.choice([layer["name"] for layer in layers])
    if old in sheet.get(("interface", "outputs")) or old in sheet.get(("interface", "inputs")):
        return None
    text = re.sub(
        rf"(name: |source: |skip: ){old}$", rf"\1my_{old}", sheet.text, flags=re.MULTILINE
    )
    return planted(re.sub(rf"^(    ){old}:", rf"\1my_{old}:", text, flags=re.MULTILINE))


@legal
def variable_renamed(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A hidden variable has another name; the layer after it reads what it wrote all the same."""
    layers = sheet.data["layers"]
    outputs = sheet.get(("interface", "outputs"))
    if len(outputs) != 1 or sheet.get(("library", "name")) != "escnn":
        return None
    found = [
        i for i, layer in enumerate(layers) if layer.get("writes") in outputs and readers(layers, i)
    ]
    if len(found) < 2:
        return None
    path: Path = ("layers", found[0], "writes")
    return planted(sheet.set(path, "invariants"))


@legal
def other_learning_rate(sheet: Sheet, rng: random.Random) -> Planted:
    """Another learning rate."""
    return planted(
        sheet.set(("training", "learning_rate"), rng.choice(["0.001", "3.0e-04", "0.01"]))
    )


@legal
def other_schedule(sheet: Sheet, rng: random.Random) -> Planted:
    """More epochs, more patience, another decay of the weights and the mean, a lower clip."""
    made = Sheet(sheet.set(("training", "epochs"), "300"))
    for key, value in (
        ("patience", "80"),
        ("weight_decay", "0.0"),
        ("ema_decay", "0.999"),
        ("gradient_clip", "1.0"),
    ):
        made = Sheet(made.set(("training", key), value))
    return planted(made.text)


@legal
def stricter_tolerance(sheet: Sheet, rng: random.Random) -> Planted:
    """A stricter expected error."""
    return planted(sheet.set(("verification", "expected_relative_error", "float32"), "5.0e-06"))


@legal
def on_a_gpu(sheet: Sheet, rng: random.Random) -> Planted:
    """Deployed on a GPU."""
    return planted(sheet.set(("deployment", "device"), "cuda"))


@legal
def one_caveat_more(sheet: Sheet, rng: random.Random) -> Planted:
    """A caveat of our own."""
    line = sheet.line(("caveats",))
    text = '  - "measured at 300 K only: do not use above 400 K"'
    if sheet.get(("caveats",)):
        return planted(sheet.after(line, text))
    return planted(sheet.joined(line, line, ["caveats:", text]))


@legal
def reasons_reworded(sheet: Sheet, rng: random.Random) -> Planted:
    """Reasons in our own words."""
    made = sheet
    for path in (
        rng.choice(sheet.find("layers", "*", "why")),
        ("topology", "why"),
        rng.choice(sheet.find("decisions", "*", "why")),
    ):
        made = Sheet(made.set(path, "because our own ablation says so"))
    return planted(made.text)


@legal
def described_otherwise(sheet: Sheet, rng: random.Random) -> Planted:
    """Descriptions of inputs and outputs in our own words, and one for the request."""
    made = sheet
    for path in sheet.find("interface", "*", "*", "description"):
        made = Sheet(made.set(path, "as the instrument delivers it"))
    if not made.has(("request", "description")):
        made = Sheet(
            made.after(made.line(("request", "name")), "  description: for the spring campaign")
        )
    return planted(made.text)


@legal
def fewer_alternatives(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An alternative that does not interest us is gone."""
    paths = sheet.find("alternatives", "*")
    if len(paths) < 2:
        return None
    return planted(sheet.drop(rng.choice(paths)))


@legal
def samples_noted(sheet: Sheet, rng: random.Random) -> Planted:
    """The number of training samples was noted in the request."""
    line = sheet.line(("request", "data", "domain"))
    return planted(sheet.after(line, "    samples: 50000"))


@legal
def generous_budget(sheet: Sheet, rng: random.Random) -> Planted:
    """A budget that is kept."""
    limit = 2 * sheet.get(("parameters", "total"))
    if sheet.has(("request", "constraints")):
        return planted(
            sheet.after(sheet.line(("request", "constraints")), f"    max_parameters: {limit}")
        )
    line = sheet.last(("request",))
    return planted(sheet.after(line, "  constraints:", f"    max_parameters: {limit}"))


@legal
def double_precision(sheet: Sheet, rng: random.Random) -> Planted:
    """float64, in the request and in the deployment."""
    made = Sheet(sheet.set(("deployment", "precision"), "float64"))
    if made.has(("request", "constraints")):
        return planted(made.after(made.line(("request", "constraints")), "    precision: float64"))
    line = made.last(("request",))
    return planted(made.after(line, "  constraints:", "    precision: float64"))


@legal
def larger_batch(sheet: Sheet, rng: random.Random) -> Planted:
    """A larger batch, memory computed anew."""
    spec = specification(sheet.text)
    training = {**spec.training, "batch_size": 2 * spec.training["batch_size"]}
    return planted(architecture_yaml(refreshed(spec.model_copy(update={"training": training}))))


def _resized(sheet: Sheet, **changes: int) -> Planted | None:
    """Return the specification as its family builds it in another size, counted anew."""
    spec = specification(sheet.text)
    problem, _ = understand(spec.request)
    family = family_by_id(spec.family)
    size = family.sizes(problem)[0]
    if "width" in changes:
        size = size.with_width(size.width + changes["width"] * family.step)
    if "depth" in changes:
        from dataclasses import replace

        size = replace(size, depth=size.depth + changes["depth"])
    made = written(spec, list(_built(family, problem, size)))
    if made is None or made.data["layers"] == sheet.data["layers"]:
        return None
    again = specification(made.text)
    decisions = list(again.decisions)
    decisions[2] = decisions[2].model_copy(update={"choice": str(size)})
    decisions[5] = decisions[5].model_copy(update={"choice": f"{len(again.layers)} layers"})
    return planted(architecture_yaml(again.model_copy(update={"decisions": tuple(decisions)})))


def _built(family: Any, problem: Problem, size: Any) -> tuple[Any, ...]:
    return tuple(family.build(problem, size))


@legal
def wider_throughout(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another width, everything counted anew."""
    return _resized(sheet, width=rng.choice([1, 2]))


@legal
def deeper(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another depth, everything counted anew."""
    return _resized(sheet, depth=1)


@legal
def other_head(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another hidden width of a head, everything counted anew."""
    paths = [
        p for p in sheet.find("layers", "*", "options", "hidden") if isinstance(sheet.get(p), list)
    ]
    if not paths:
        return None
    hidden = rng.choice([[48], [24, 24], [100]])
    made = rewritten(sheet, {int(paths[0][1]): lambda layer: with_options(layer, hidden=hidden)})
    return planted(made.text) if made else None


@legal
def other_radial_network(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another radial network, everything counted anew."""
    paths = sheet.find("layers", "*", "options", "radial_hidden")
    if not paths:
        return None
    made = rewritten(
        sheet, {int(p[1]): lambda layer: with_options(layer, radial_hidden=[32, 32]) for p in paths}
    )
    return planted(made.text) if made else None


@legal
def more_radial_functions(sheet: Sheet, rng: random.Random) -> Planted | None:
    """More radial functions in all layers, everything counted anew."""
    paths = sheet.find("layers", "*", "options", "num_basis")
    if not paths:
        return None
    if sheet.get((*paths[0][:2], "kind")) != "spherical-edge-embedding":
        return None  # others carry their basis in the representation of the edges
    made = rewritten(
        sheet,
        {
            int(p[1]): lambda layer: with_options(layer, num_basis=layer.options["num_basis"] + 4)
            for p in paths
        },
    )
    return planted(made.text) if made else None


@legal
def smaller_kernels(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another odd kernel, everything counted anew."""
    paths = [
        p for p in sheet.find("layers", "*", "options", "kernel") if sheet.has((*p[:-1], "layout"))
    ]
    if not paths:
        return None
    made = rewritten(sheet, {int(p[1]): lambda layer: with_options(layer, kernel=3) for p in paths})
    return planted(made.text) if made else None


@legal
def one_layer_wider(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A hidden width of one joint was changed on both sides, everything counted anew."""
    layers = sheet.data["layers"]
    found = []
    for index, layer in enumerate(layers):
        after = readers(layers, index)
        if (
            (
                len(after) == 1
                and layer["in"] != layer["out"]
                and _mixes(layer)
                and _mixes(layers[after[0]])
            )
            and "+" not in layer["out"]["rep"]
            and source_of(layers, after[0]) == index
        ):
            found.append((index, after[0]))
    if not found:
        return None
    index, after = rng.choice(found)
    count, irrep = layers[index]["out"]["rep"].split("x", 1)
    rep = f"{int(count) * 2}x{irrep}"
    field = FieldText(space=layers[index]["out"]["space"], rep=rep)
    made = rewritten(
        sheet,
        {
            index: lambda layer: layer.model_copy(update={"out": field}),
            after: lambda layer: layer.model_copy(update={"in_": field}),
        },
    )
    return planted(made.text) if made else None


def _mixes(layer: dict[str, Any]) -> bool:
    """Tell whether input and output of a layer are free of each other."""
    kinds = (
        "steerable-conv",
        "lifting-conv",
        "mlp-head",
        "pixel-head",
        "nequip-interaction",
        "tfn-convolution",
        "spectral-block",
        "irreps-readout",
        "invariant-map",
    )
    return layer["kind"] in kinds


@legal
def one_residual_layer_more(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A layer that keeps its field was repeated under a name of its own, everything counted anew."""
    layers = sheet.data["layers"]
    blocks = (
        "deep-sets-block",
        "graph-isomorphism-block",
        "nequip-interaction",
        "tfn-convolution",
        "egnn-layer",
        "steerable-conv",
        "set-attention-block",
        "schnet-interaction",
    )
    found = [
        i
        for i, layer in enumerate(layers)
        if layer["in"] == layer["out"] and layer["kind"] in blocks and len(readers(layers, i)) == 1
    ]
    if not found:
        return None
    index = rng.choice(found)
    after = readers(layers, index)[0]
    spec = specification(sheet.text)
    copy = spec.layers[index].model_copy(
        update={"name": f"{layers[index]['name']}_b", "source": layers[index]["name"]}
    )
    made = list(spec.layers)
    if made[after].source is not None:
        made[after] = made[after].model_copy(update={"source": copy.name})
    made.insert(index + 1, copy)
    decisions = list(spec.decisions)
    decisions[5] = decisions[5].model_copy(update={"choice": f"{len(made)} layers"})
    result = written(Specification(**{**dict(spec), "decisions": tuple(decisions)}), made)
    return planted(result.text) if result else None


@legal
def other_cutoff(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Another cutoff, in the request and where the edges are made."""
    paths = [p for p in sheet.find("layers", "*", "options", "cutoff") if sheet.get(p)]
    if not paths:
        return None
    made = sheet
    for path in paths:
        made = Sheet(made.set(path, "6.5"))
    asked: Path = ("request", "data", "cutoff")
    if made.has(asked):
        return planted(made.set(asked, "6.5"))
    return planted(made.after(made.line(("request", "data", "domain")), "    cutoff: 6.5"))


@legal
def names_of_classes(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The classes were given names."""
    if not sheet.has(("request", "task", "classes")) or sheet.get(("task",)) != "classification":
        return None
    count = sheet.get(("request", "task", "classes"))
    names = ["oak", "beech", "pine", "larch", "elm", "ash", "fir", "yew", "lime"][:count]
    if len(names) < count or sheet.has(("request", "task", "class_names")):
        return None
    line = sheet.line(("request", "task", "classes"))
    return planted(sheet.after(line, f"    class_names: [{', '.join(names)}]"))


@legal
def named_otherwise(sheet: Sheet, rng: random.Random) -> Planted:
    """Another name, in both places."""
    made = Sheet(sheet.set(("name",), "spring-campaign-2"))
    return planted(made.set(("request", "name"), "spring-campaign-2"))
