"""Faults of library, training, deployment, verification, and of the story that the decisions tell."""

from __future__ import annotations

import random

from faults.planting import Planted, fault, named, planted, replaced
from faults.sheet import Path, Sheet


@fault
def library_of_another_family(sheet: Sheet, rng: random.Random) -> Planted:
    """The family is not written for that library, nor is it the one installed."""
    path: Path = ("library", "name")
    names = ["e3nn", "escnn", "torch", "pytorch_geometric"]
    return replaced(sheet, path, rng.choice([n for n in names if n != sheet.get(path)]))


@fault
def library_that_has_no_backend(sheet: Sheet, rng: random.Random) -> Planted:
    """No code can be written for that library."""
    return replaced(
        sheet, ("library", "name"), rng.choice(["tensorflow", "jax", "e2cnn", "dgl", "mace-torch"])
    )


@fault
def version_out_of_range(sheet: Sheet, rng: random.Random) -> Planted:
    """The library's version is outside of what the generated code works with."""
    return replaced(
        sheet, ("library", "version"), rng.choice(['">=99"', '"==0.0.1"', '"<0.1"', '">=50,<60"'])
    )


@fault
def version_unreadable(sheet: Sheet, rng: random.Random) -> Planted:
    """No installer reads that version."""
    return replaced(
        sheet,
        ("library", "version"),
        rng.choice(['"latest"', '">>1.0"', '"=>1.0,"', '"1.0 or newer"', '"^1.0"']),
    )


@fault
def version_that_is_empty(sheet: Sheet, rng: random.Random) -> Planted:
    """No version is above the upper and below the lower bound."""
    return replaced(sheet, ("library", "version"), '">=3.0,<1.0"')


@fault
def dependency_out_of_range(sheet: Sheet, rng: random.Random) -> Planted:
    """A dependency's version is outside of what the generated code works with."""
    path = rng.choice(sheet.find("dependencies", "*"))
    return replaced(sheet, path, rng.choice(['">=99"', '"<0.1"', '"==0.0.1"']))


@fault
def dependency_unreadable(sheet: Sheet, rng: random.Random) -> Planted:
    """No installer reads that version."""
    path = rng.choice(sheet.find("dependencies", "*"))
    return replaced(sheet, path, rng.choice(['"latest"', '">>1.0"', '"two"']))


@fault
def dependency_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """A package that the code imports is not among the dependencies (said there, or where it stood)."""
    path = rng.choice(sheet.find("dependencies", "*"))
    if len(sheet.get(("dependencies",))) == 1:
        return planted(sheet.set(("dependencies",), "{}"), sheet.line(("dependencies",)))
    made = Sheet(sheet.drop(path))
    line = made.line(("dependencies",))
    return planted(made.text, line, line + 1, sheet.line(path))


@fault
def install_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The command installs other packages than the dependencies."""
    path: Path = ("deployment", "install")
    last = sheet.get(path).split()[-1]
    other = {"escnn": "e3nn", "e3nn": "escnn", "torch_geometric": "dgl", "torch": "tensorflow"}[
        last
    ]
    return replaced(sheet, path, sheet.get(path).removesuffix(last) + other)


def _value(path: Path, *values: str):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        if not sheet.has(path):
            return None
        return replaced(sheet, path, rng.choice([v for v in values if v != sheet.source(path)]))

    plant.__module__ = __name__
    return plant


for _name, _why, _path, _values in (
    (
        "learning-rate-absurd",
        "No network learns with that rate.",
        ("training", "learning_rate"),
        ("100", "-0.002", "0", "0.0", "fast", "1000.0"),
    ),
    (
        "weight-decay-absurd",
        "A decay below zero lets weights grow without bound; a large one kills them.",
        ("training", "weight_decay"),
        ("-0.0001", "50.0", "lots"),
    ),
    (
        "batch-size-absurd",
        "No batch has that many samples.",
        ("training", "batch_size"),
        ("0", "-32", "2.5", "many"),
    ),
    (
        "epochs-absurd",
        "Training would not start.",
        ("training", "epochs"),
        ("0", "-100", "1.5", "forever"),
    ),
    (
        "patience-absurd",
        "Waiting for a number of epochs below zero.",
        ("training", "patience"),
        ("-1", "-50", "never"),
    ),
    (
        "ema-decay-absurd",
        "A decay of the running mean lies between 0 and 1.",
        ("training", "ema_decay"),
        ("1.5", "-0.99", "99", "2"),
    ),
    (
        "gradient-clip-absurd",
        "Gradients can't be clipped to a norm below zero.",
        ("training", "gradient_clip"),
        ("-10.0", "0", "none at all"),
    ),
    (
        "optimizer-unknown",
        "There is no such optimiser.",
        ("training", "optimizer"),
        ("adagradient", "genetic", "newton"),
    ),
    (
        "optimizer-of-no-code",
        "The generated train.py has another optimiser: what is written is not what trains.",
        ("training", "optimizer"),
        ("adam", "sgd", "lbfgs"),
    ),
    (
        "precision-unknown",
        "Not a precision that the model is built and verified in.",
        ("deployment", "precision"),
        ("float8", "int8", "double-double"),
    ),
    (
        "device-unknown",
        "Not a device.",
        ("deployment", "device"),
        ("gpu0", "abacus", "neural-engine"),
    ),
    (
        "tolerance-loose",
        "A broken symmetry would pass with that error.",
        ("verification", "expected_relative_error", "float32"),
        ("0.5", "1.0", "0.1"),
    ),
    (
        "tolerance-loose-in-double",
        "A broken symmetry would pass with that error in float64.",
        ("verification", "expected_relative_error", "float64"),
        ("0.01", "1.0e-03", "1"),
    ),
    (
        "tolerance-impossible",
        "No computation in that precision is that exact.",
        ("verification", "expected_relative_error", "float32"),
        ("0", "-1.0e-05", "1.0e-20"),
    ),
    (
        "verification-command",
        "Not the command that verifies.",
        ("verification", "command"),
        ("equidesign verfy .", "echo ok", '"true"'),
    ),
):
    named(_name, _why, _value(_path, *_values))


@fault
def loss_of_another_task(sheet: Sheet, rng: random.Random) -> Planted:
    """The loss is not one for this task's outputs."""
    now = sheet.get(("training", "loss"))
    losses = {"cross_entropy": ["mse", "energy_force_mse", "flow_matching"]}.get(
        now, ["cross_entropy", "energy_force_mse"]
    )
    return replaced(
        sheet, ("training", "loss"), rng.choice([loss for loss in losses if loss != now])
    )


@fault
def batch_not_counted(sheet: Sheet, rng: random.Random) -> Planted:
    """The batch size was changed, the memory was not computed anew (said at either, or its formula)."""
    path: Path = ("training", "batch_size")
    return replaced(
        sheet,
        path,
        str(sheet.get(path) * 2),
        ("cost", "memory_mb"),
        ("cost", "formulas", "memory_mb"),
    )


@fault
def precision_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The model is deployed in another precision than the request's, which by default is float32."""
    return replaced(sheet, ("deployment", "precision"), "float64")


@fault
def precision_constraint_ignored(sheet: Sheet, rng: random.Random) -> Planted:
    """The request asks for float64, the model is deployed in float32 (said at either)."""
    deployed = ("deployment", "precision")
    if sheet.has(("request", "constraints")):
        line = sheet.line(("request", "constraints"))
        made = Sheet(sheet.after(line, "    precision: float64"))
        return planted(made.text, line + 1, made.line(deployed))
    line = sheet.last(("request",))
    made = Sheet(sheet.after(line, "  constraints:", "    precision: float64"))
    return planted(made.text, line + 2, made.line(deployed))


@fault
def device_constraint_ignored(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request asks for a GPU, the model is deployed on the CPU (both lines were written; said at either)."""
    made = Sheet(sheet.set(("deployment", "device"), "cpu"))
    deployed = ("deployment", "device")
    if made.has(("request", "constraints")):
        line = made.line(("request", "constraints"))
        made = Sheet(made.after(line, "    device: cuda"))
        return planted(made.text, line + 1, made.line(deployed))
    line = made.last(("request",))
    made = Sheet(made.after(line, "  constraints:", "    device: cuda"))
    return planted(made.text, line + 2, made.line(deployed))


@fault
def library_constraint_ignored(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request wishes for another library than the one used (said at either)."""
    now = sheet.get(("library", "name"))
    other = "escnn" if now != "escnn" else "torch"
    used = ("library", "name")
    if sheet.has(("request", "constraints")):
        line = sheet.line(("request", "constraints"))
        made = Sheet(sheet.after(line, f"    library: {other}"))
        return planted(made.text, line + 1, made.line(used))
    line = sheet.last(("request",))
    made = Sheet(sheet.after(line, "  constraints:", f"    library: {other}"))
    return planted(made.text, line + 2, made.line(used))


@fault
def decision_missing(sheet: Sheet, rng: random.Random) -> Planted:
    """One of the six steps has no decision (said at the decisions, or where it stood)."""
    path = rng.choice(sheet.find("decisions", "*"))
    made = Sheet(sheet.drop(path))
    line = made.line(("decisions",))
    at = min(sheet.line(path), len(made.lines))
    return planted(made.text, line, line + 1, at, at - 1)


@fault
def decision_twice(sheet: Sheet, rng: random.Random) -> Planted:
    """One of the six steps is decided twice (the second, or the first)."""
    path = rng.choice(sheet.find("decisions", "*"))
    at = sheet.last(path)
    return planted(sheet.after(at, *sheet.block(path)), range(at + 1, at + 3), sheet.line(path))


@fault
def decisions_out_of_order(sheet: Sheet, rng: random.Random) -> Planted:
    """Two steps stand in the wrong order (said at either)."""
    index = rng.randrange(len(sheet.get(("decisions",))) - 1)
    one, two = sheet.block(("decisions", index)), sheet.block(("decisions", index + 1))
    first, last = sheet.line(("decisions", index)), sheet.last(("decisions", index + 1))
    return planted(sheet.joined(first, last, [*two, *one]), first, first + len(two))


def _choice(step: int, *values: str):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        path: Path = ("decisions", step, "choice")
        return replaced(
            sheet, path, rng.choice([v for v in values if v.strip('"') != sheet.get(path)])
        )

    plant.__module__ = __name__
    return plant


for _name, _why, _step, _values in (
    (
        "decision-of-the-group",
        "The decision names another group than the one declared.",
        0,
        ("SU(3)", "C5", "Lorentz"),
    ),
    (
        "decision-of-the-family",
        "The decision names another family than the one that was built.",
        1,
        ("MACE", "Graph transformer", "Multilayer perceptron"),
    ),
    (
        "decision-of-the-topology",
        "The decision names another topology than the one that was built.",
        3,
        ("encoder-decoder", "equivariant-head", "encoder-pooling", "message-passing"),
    ),
    (
        "decision-of-the-library",
        "The decision names another library than the one that is used.",
        4,
        ("e2cnn", "jraph", "dgl"),
    ),
    (
        "decision-of-the-layers",
        "The decision counts another number of layers than there are.",
        5,
        ('"42 layers"', '"0 layers"'),
    ),
):
    named(_name, _why, _choice(_step, *_values))


@fault
def rule_that_does_not_exist(sheet: Sheet, rng: random.Random) -> Planted:
    """A decision cites a rule that is in no table."""
    path = rng.choice(sheet.find("decisions", "*", "rule"))
    return replaced(sheet, path, sheet.get(path) + "-2")


@fault
def decision_without_a_reason(sheet: Sheet, rng: random.Random) -> Planted:
    """A decision says nothing about why."""
    path = rng.choice(sheet.find("decisions", "*", "why"))
    return replaced(sheet, path, '""')


@fault
def chosen_and_rejected(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A decision rejects what it chose (said at either)."""
    paths = sheet.find("decisions", 0, "rejected", "*", "option")
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(sheet, path, sheet.get((*path[:2], "choice")), (*path[:2], "choice"))


@fault
def alternative_twice(sheet: Sheet, rng: random.Random) -> Planted | None:
    """One alternative stands twice (the second, or the first)."""
    paths = sheet.find("alternatives", "*")
    if not paths:
        return None
    path = rng.choice(paths)
    at = sheet.last(path)
    return planted(sheet.after(at, *sheet.block(path)), at + 1, sheet.line(path))


@fault
def alternative_is_the_choice(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The chosen family stands among its alternatives."""
    paths = sheet.find("alternatives", "*", "family")
    if not paths:
        return None
    return replaced(sheet, rng.choice(paths), sheet.get(("family",)))


@fault
def alternative_out_of_scale(sheet: Sheet, rng: random.Random) -> Planted | None:
    """Marks go from 1 to 5."""
    paths = [
        p
        for key in ("expressiveness", "speed", "memory")
        for p in sheet.find("alternatives", "*", key)
    ]
    return replaced(sheet, rng.choice(paths), rng.choice(["6", "0", "-3", "10"])) if paths else None


@fault
def alternative_in_another_library(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An alternative is written for another library than stands beside it."""
    paths = sheet.find("alternatives", "*", "library")
    if not paths:
        return None
    path = rng.choice(paths)
    return replaced(
        sheet, path, rng.choice([n for n in ("e3nn", "escnn", "torch") if n != sheet.get(path)])
    )


@fault
def alternative_of_another_domain(sheet: Sheet, rng: random.Random) -> Planted | None:
    """An alternative that is not legal for this group and domain."""
    paths = sheet.find("alternatives", "*", "family")
    if not paths:
        return None
    wrong = "deepsets" if sheet.get(("domain",)) not in ("sets",) else "schnet"
    path = rng.choice(paths)
    return replaced(sheet, path, wrong, (*path[:-1], "library"))


@fault
def caveat_empty(sheet: Sheet, rng: random.Random) -> Planted | None:
    """A caveat without a word."""
    line = sheet.line(("caveats",))
    if sheet.get(("caveats",)):
        return planted(sheet.after(line, '  - ""'), line + 1)
    return planted(sheet.joined(line, line, ["caveats:", '  - ""']), line + 1, line)


@fault
def suppression_unused(sheet: Sheet, rng: random.Random) -> Planted:
    """A suppression comment on a line that has no finding."""
    path = rng.choice(sheet.find("layers", "*", "kind"))
    line = sheet.line(path)
    code = rng.choice(["EQ301", "EQ401", "EQ701"])
    return planted(
        sheet.joined(line, line, [f"{sheet.lines[line - 1]}  # equidesign: ignore[{code}] legacy"]),
        line,
    )


@fault
def suppression_of_no_code(sheet: Sheet, rng: random.Random) -> Planted:
    """A suppression comment with a code that does not exist."""
    path = rng.choice(sheet.find("layers", "*", "kind"))
    line = sheet.line(path)
    return planted(
        sheet.joined(line, line, [f"{sheet.lines[line - 1]}  # equidesign: ignore[EQ999] no idea"]),
        line,
    )
