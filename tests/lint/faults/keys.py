"""Faults of keys: misspelt, misplaced, unknown, missing; and values of the wrong type."""

from __future__ import annotations

import random

from faults.planting import Planted, fault, named, planted, replaced
from faults.sheet import Path, Sheet, indent, typo


def absent(sheet: Sheet, path: Path) -> Planted:
    """Drop the entry at ``path``: said at its parent, or where it stood."""
    text = sheet.drop(path)
    made, parent, was = Sheet(text), path[:-1], sheet.line(path)
    lines = {was, max(was - 1, 1)}
    if parent:
        lines.add(made.line(parent))
        value = made.get(parent)
        if isinstance(value, dict) and value:
            lines.add(made.line((*parent, next(iter(value)))))
    else:
        lines |= {1, made.line((next(iter(made.data)),))}
    if parent[:1] == ("layers",) and len(parent) > 1:
        lines.add(made.line(parent[:2]))
    return planted(text, sorted(lines))


def _misspelt(*patterns: tuple[str, ...]):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        paths = [p for pattern in patterns for p in sheet.find(*pattern)]
        paths = [p for p in paths if isinstance(p[-1], str)]
        if not paths:
            return None
        path = rng.choice(paths)
        return planted(sheet.rename(path, typo(str(path[-1]), rng)), sheet.line(path))

    plant.__module__ = __name__
    return plant


for _name, _what, _patterns in (
    ("misspelt-section", "section of the file", [("*",)]),
    (
        "misspelt-layer-key",
        "key of a layer",
        [
            ("layers", "*", k)
            for k in (
                "kind",
                "in",
                "out",
                "source",
                "writes",
                "nonlinearity",
                "normalization",
                "pooling",
                "options",
                "parameters",
                "exactness",
                "why",
            )
        ],
    ),
    ("misspelt-option", "option of a layer", [("layers", "*", "options", "*")]),
    (
        "misspelt-field-key",
        "key of a field",
        [("layers", "*", "in", "*"), ("layers", "*", "out", "*")],
    ),
    ("misspelt-ledger-key", "key of the exactness ledger", [("layers", "*", "exactness", "level")]),
    (
        "misspelt-symmetry-key",
        "key of the symmetry",
        [("symmetry", k) for k in ("group", "canonical", "type")],
    ),
    ("misspelt-fact", "fact of the group", [("symmetry", "facts", "*")]),
    (
        "misspelt-interface-key",
        "key of an input or output",
        [
            ("interface", "*", "*", k)
            for k in ("shape", "dtype", "space", "rep", "translates", "role", "unit", "values")
        ],
    ),
    (
        "misspelt-request-key",
        "key of the request",
        [("request", "data", "*"), ("request", "symmetry", "group")],
    ),
    ("misspelt-constraint", "constraint", [("request", "constraints", "*")]),
    (
        "misspelt-cost-key",
        "key of the cost",
        [("cost", k) for k in ("flops", "activations", "memory_mb")],
    ),
    ("misspelt-parameters-key", "key of the parameter counts", [("parameters", "*")]),
    (
        "misspelt-decision-key",
        "key of a decision",
        [("decisions", "*", k) for k in ("choice", "rule", "why")],
    ),
    ("misspelt-alternative-key", "key of an alternative", [("alternatives", "*", "*")]),
    (
        "misspelt-training-key",
        "key of the training",
        [("training", k) for k in ("loss", "optimizer", "learning_rate", "batch_size", "epochs")],
    ),
    (
        "misspelt-deployment-key",
        "key of the deployment",
        [("deployment", "precision"), ("deployment", "device")],
    ),
    (
        "misspelt-verification-key",
        "key of the verification",
        [
            ("verification", "command"),
            ("verification", "expected_relative_error"),
            ("verification", "expected_relative_error", "float32"),
        ],
    ),
):
    named(_name, f"A {_what} is misspelt: nothing reads it under that name.", _misspelt(*_patterns))


@fault
def section_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """A required section was deleted: said at the top of the file, or where it stood."""
    keys = [
        "request",
        "symmetry",
        "task",
        "domain",
        "family",
        "library",
        "interface",
        "topology",
        "parameters",
        "cost",
        "decisions",
        "dependencies",
        "training",
        "deployment",
        "verification",
        "name",
    ]
    return absent(sheet, (rng.choice(keys),))


@fault
def layer_key_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """A layer without its kind or one of its fields: said at the layer, or where it stood."""
    path = rng.choice([p for key in ("kind", "in", "out") for p in sheet.find("layers", "*", key)])
    return absent(sheet, path)


@fault
def field_key_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """A field without its representation or space."""
    path = rng.choice(
        sheet.find("layers", "*", rng.choice(["in", "out"]), rng.choice(["space", "rep"]))
    )
    return planted(sheet.drop(path), sheet.line(path))


@fault
def option_missing(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An option that the layer can't do without was deleted: said at the layer, its options, or where it stood."""
    optional = {"bias", "stride", "layout_in", "envelope"}
    paths = [
        p
        for p in sheet.find("layers", "*", "options", "*")
        if p[-1] not in optional and len(sheet.get(p[:-1])) > 1
    ]
    if not paths:
        return None
    return absent(sheet, rng.choice(paths))


@fault
def interface_key_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """An input or output without its shape or, where it transforms, without its representation."""
    paths = [
        *sheet.find("interface", "*", "*", "shape"),
        *sheet.find("interface", "outputs", "*", "rep"),
    ]
    return absent(sheet, rng.choice(paths))


@fault
def option_beside_options(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An option was written beside `options` instead of in it; the layer does not know it there."""
    paths = [
        p
        for p in sheet.find("layers", "*", "options", "*")
        if len(sheet.block(p)) == 1 and len(sheet.get(p[:-1])) > 1
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    line = sheet.line(path)
    text = sheet.drop(path)
    at = sheet.line(path[:-1]) - 1  # above `options`
    made = Sheet(text).after(at, "    " + sheet.lines[line - 1].strip())
    return planted(made, at + 1)


@fault
def key_among_options(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A key of the layer (nonlinearity, normalization, pooling) slipped in among its options."""
    paths = [
        p
        for key in ("nonlinearity", "normalization", "pooling")
        for p in sheet.find("layers", "*", key)
        if sheet.has((*p[:2], "options"))
    ]
    if not paths:
        return None
    path = rng.choice(paths)
    made = Sheet(sheet.drop(path))
    at = made.line((*path[:2], "options"))
    return planted(made.after(at, f"      {path[-1]}: {sheet.get(path)}"), at + 1)


@fault
def interface_key_outdented(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A line of an output lost its indentation and became a key of the interface."""
    paths = [
        p
        for p in sheet.find("interface", "outputs", "*", "description")
        if p[2] == list(sheet.get(("interface", "outputs")))[-1]
    ]
    if not paths:
        return None
    line = sheet.line(paths[0])
    return planted(sheet.joined(line, line, ["  " + sheet.lines[line - 1].strip()]), line)


@fault
def request_key_at_the_top(sheet: Sheet, rng: random.Random) -> Planted:
    """A constraint was written at the top level, where it limits nothing."""
    line = sheet.line(("library",)) - 1
    return planted(sheet.after(line, "max_parameters: 100000"), line + 1)


def _added(where: str, lines: tuple[str, ...]):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        paths = {
            "layer": sheet.find("layers", "*", "kind"),
            "option": sheet.find("layers", "*", "options"),
            "convolution": [
                p for p in sheet.find("layers", "*", "options") if sheet.has((*p, "kernel"))
            ],
            "points": [
                p for p in sheet.find("layers", "*", "options") if sheet.has((*p, "neighbours"))
            ],
            "training": [("training", "loss")],
            "symmetry": [("symmetry", "group")],
            "interface": sheet.find("interface", "outputs", "*", "shape"),
        }[where]
        if not paths:
            return None
        at = sheet.line(rng.choice(paths))
        spaces = indent(sheet.lines[at - 1]) + (
            2 if sheet.lines[at - 1].strip() == "options:" else 0
        )
        return planted(sheet.after(at, " " * spaces + rng.choice(lines)), at + 1)

    plant.__module__ = __name__
    return plant


for _name, _where, _lines, _why in (
    (
        "dropout-in-layer",
        "layer",
        ("dropout: 0.1",),
        "No layer has a dropout; the key changes nothing.",
    ),
    (
        "bias-in-layer",
        "layer",
        ("bias: true",),
        "A layer has no key `bias`; a bias on components would break it.",
    ),
    (
        "padding-option",
        "convolution",
        ("padding: 0", "padding: 1", "groups: 2"),
        "Convolutions pad by kernel // 2; the option does not exist.",
    ),
    (
        "neighbour-cap",
        "points",
        ("max_neighbours: 16", "max_num_neighbors: 32"),
        "A cap on neighbours drops some by "
        "their order and breaks permutation symmetry; there is no such option.",
    ),
    (
        "free-option",
        "option",
        ("dropout: 0.5", "momentum: 0.9", "use_bias: true", "attention: true"),
        "The layer has no such option.",
    ),
    (
        "stray-symmetry-key",
        "symmetry",
        ("order: 4", "invariant: true"),
        "The symmetry has no such key.",
    ),
    (
        "stray-output-key",
        "interface",
        ("parity: odd", "irreps: 1x1o"),
        "An output has no such key.",
    ),
):
    named(_name, _why, _added(_where, _lines))


def _mistyped(*choices: tuple[tuple[str, ...], str]):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        found = [(p, new) for pattern, new in choices for p in sheet.find(*pattern)]
        found = [(p, new) for p, new in found if len(sheet.block(p)) == 1]
        found = [(p, new) for p, new in found if not (new == "-{}" and sheet.get(p) == 0)]
        if not found:
            return None
        path, new = rng.choice(found)
        return replaced(sheet, path, new.format(sheet.get(path)))

    plant.__module__ = __name__
    return plant


for _name, _why, _choices in (
    (
        "number-in-quotes",
        "A number in quotes is text.",
        [
            (("layers", "*", "parameters"), '"{}"'),
            (("parameters", "total"), '"{}"'),
            (("cost", "flops"), '"{}"'),
            (("layers", "*", "options", "kernel"), '"{}"'),
            (("layers", "*", "options", "num_basis"), '"{}"'),
            (("layers", "*", "options", "typical_size"), '"{}"'),
            (("layers", "*", "options", "bandwidth"), '"{}"'),
            (("training", "learning_rate"), '"{}"'),
        ],
    ),
    (
        "number-with-separator",
        "A number with a comma, a unit or a suffix is text.",
        [
            (("parameters", "total"), '"{:,}"'),
            (("cost", "memory_mb"), "{} MB"),
            (("layers", "*", "options", "cutoff"), "{} Å"),
            (("layers", "*", "parameters"), "{}k"),
        ],
    ),
    (
        "count-with-fraction",
        "A count is a whole number.",
        [
            (("layers", "*", "parameters"), "{}.5"),
            (("parameters", "total"), "{}.5"),
            (("layers", "*", "options", "num_basis"), "{}.5"),
            (("layers", "*", "options", "kernel"), "{}.5"),
        ],
    ),
    (
        "yes-for-true",
        "In YAML 1.2 'yes' and 'on' are text, not true.",
        [
            (("interface", "inputs", "*", "translates"), "yes"),
            (("symmetry", "facts", "finite"), "on"),
            (("layers", "*", "options", "bias"), "no"),
            (("layers", "*", "options", "directed"), "no"),
        ],
    ),
    (
        "null-value",
        "A value was deleted, its key left: null is no kind, field or name.",
        [
            (("layers", "*", "kind"), ""),
            (("layers", "*", "out"), "null"),
            (("family",), ""),
            (("task",), "~"),
            (("symmetry", "canonical"), "null"),
            (("library", "version"), ""),
        ],
    ),
    (
        "text-for-list",
        "One value stands where a list is expected.",
        [
            (("layers", "*", "options", "hidden"), "64"),
            (("layers", "*", "options", "radial_hidden"), "64"),
            (("layers", "*", "options", "size"), "12"),
            (("layers", "*", "options", "species"), "C"),
            (("interface", "*", "*", "shape"), "samples"),
        ],
    ),
    (
        "list-for-text",
        "A list stands where one value is expected.",
        [
            (("layers", "*", "kind"), "[{}]"),
            (("layers", "*", "source"), "[{}]"),
            (("family",), "[{}]"),
            (("layers", "*", "nonlinearity"), "[{}]"),
        ],
    ),
    (
        "text-for-mapping",
        "A field was written as text, not as space and representation.",
        [
            (("layers", "*", "in"), "8x0e @ atoms"),
            (("layers", "*", "out"), "trivial"),
            (("library",), "e3nn"),
        ],
    ),
    (
        "negative-number",
        "A size, count or distance below zero.",
        [
            (("layers", "*", "parameters"), "-{}"),
            (("layers", "*", "options", "kernel"), "-{}"),
            (("layers", "*", "options", "neighbours"), "-{}"),
            (("layers", "*", "options", "num_basis"), "-{}"),
            (("layers", "*", "options", "typical_size"), "-{}"),
            (("layers", "*", "options", "channels"), "-{}"),
            (("layers", "*", "options", "heads"), "-{}"),
            (("cost", "flops"), "-{}"),
            (("parameters", "total"), "-{}"),
        ],
    ),
    (
        "zero-size",
        "A size of zero leaves nothing to compute.",
        [
            (("layers", "*", "options", "kernel"), "0"),
            (("layers", "*", "options", "num_basis"), "0"),
            (("layers", "*", "options", "neighbours"), "0"),
            (("layers", "*", "options", "heads"), "0"),
            (("layers", "*", "options", "typical_size"), "0"),
            (("layers", "*", "options", "channels"), "0"),
            (("layers", "*", "options", "hidden"), "[0]"),
            (("layers", "*", "options", "samples"), "0"),
            (("layers", "*", "options", "bandwidth"), "0"),
            (("layers", "*", "options", "size"), "[0, 0]"),
        ],
    ),
    (
        "negative-width",
        "A hidden width below one, or one that is no number.",
        [
            (("layers", "*", "options", "hidden"), "[-32]"),
            (("layers", "*", "options", "hidden"), "[wide]"),
            (("layers", "*", "options", "radial_hidden"), "[-64]"),
            (("layers", "*", "options", "radial_hidden"), "[64, none]"),
        ],
    ),
    (
        "cutoff-not-positive",
        "A radius of zero or below has no neighbours in it.",
        [
            (("layers", "*", "options", "cutoff"), "-5.0"),
            (("layers", "*", "options", "cutoff"), "0.0"),
        ],
    ),
    (
        "huge-number",
        "A size nobody means: the layer would not fit on any machine.",
        [
            (("layers", "*", "options", "kernel"), "1000001"),
            (("layers", "*", "options", "num_basis"), "80000000"),
            (("layers", "*", "options", "hidden"), "[320000000]"),
            (("layers", "*", "options", "channels"), "999999999"),
            (("layers", "*", "options", "heads"), "4000000"),
        ],
    ),
    (
        "format-version",
        "A format version that does not exist (yet).",
        [
            (("equidesign",), "2"),
            (("equidesign",), "0"),
            (("equidesign",), '"1.0"'),
            (("request", "version"), "7"),
        ],
    ),
    (
        "name-no-identifier",
        "Not a legal name: upper case, a space, or a digit first.",
        [
            (("name",), "My Model"),
            (("name",), "3d-net"),
            (("name",), "Cell_1"),
            (("request", "name"), "Cell!"),
        ],
    ),
):
    named(_name, _why, _mistyped(*_choices))
