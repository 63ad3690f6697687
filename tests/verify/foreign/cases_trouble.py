"""Cases: models that answer nothing, and models or interfaces that cannot be run."""

from __future__ import annotations

from typing import Any

import torch

from foreign.case import BATCH, BROKEN, COULD_NOT_RUN, POS, RIGHT, Case, Z, face, t
from foreign.cases_points import E3, INPUTS, VECTOR
from foreign.plain import Measure, Tensors, constant, points

SCALAR = t("samples", 1, rep="1x0e")


def clouds(seed: int, species: bool = False) -> Tensors:
    torch.manual_seed(seed)
    batch = torch.repeat_interleave(torch.arange(2), torch.tensor([6, 5]))
    x = {"pos": torch.randn(11, 3, dtype=torch.float64), "batch": batch}
    return x | ({"z": torch.tensor([1, 6, 8, 1, 6, 8, 1, 6, 8, 1, 6])} if species else {})


def still(*names: str, species: bool = False) -> Measure:
    return constant(names or ("output",), lambda seed: clouds(seed, species))


def vacuous(name: str, why: str, plain: Measure, output: Any = SCALAR, **more: Any) -> Case:
    outputs = {"output": output} if "shape" in output else output
    interface = face(E3, more.pop("inputs", INPUTS), outputs)
    more.setdefault("verdicts", ("VACUOUS",))
    return Case(f"vacuous.py:{name}", interface, more.pop("exit", BROKEN), why, plain, **more)


NAN = ("VACUOUS", "BROKEN", "ERROR")

VACUOUS_CASES = [
    vacuous("zeros", "nothing but zeros", still("scalar", "vector"),
            {"scalar": SCALAR, "vector": VECTOR}),
    vacuous("constant", "a constant", still()),
    vacuous("dead", "the input is multiplied by zero", still()),
    vacuous("species_only", "positions do not matter", still(species=True), inputs={"z": Z} | INPUTS),
    vacuous("sum_of_centred", "zero up to rounding", still(), t("samples", 3, rep="1x1o")),
    vacuous("not_a_number", "NaN", still(), verdicts=NAN),
    vacuous("infinite", "one over zero", still(), verdicts=NAN),
    vacuous("echo", "positions handed back are an answer", points(per_point={"output": "position"}),
            POS, exit=RIGHT, verdicts=None),
]  # fmt: skip


def trouble(name: str, why: str, mention: str, **more: Any) -> Case:
    """A case that cannot be run; ``mention`` is a word that the message owes."""
    interface = face(
        more.pop("group", E3), more.pop("inputs", INPUTS), more.pop("outputs", {"output": SCALAR})
    )
    target = name if ":" in name else f"trouble.py:{name}"
    return Case(target, interface | more.pop("keys", {}), COULD_NOT_RUN, why, tag=more.pop("tag", ""),
                mention=mention, **more)  # fmt: skip


PER_POINT = t("points", 3, rep="1x1o", space="points")
RIGHT_PLAIN = points({"output": "scalar"})

TROUBLE_CASES = [
    Case("trouble.py:right", face(E3, INPUTS, output=SCALAR), RIGHT, "nothing wrong here", RIGHT_PLAIN),
    Case("trouble.py:ready", face(E3, INPUTS, output=SCALAR), RIGHT, "a function", RIGHT_PLAIN),
    Case("trouble.py:loud", face(E3, INPUTS, output=SCALAR), RIGHT, "prints verdicts", RIGHT_PLAIN),
    trouble("right", "an input that forward does not know", "positions",
            inputs={"positions": POS, "batch": BATCH}, tag="name"),
    trouble("right", "an argument that the interface does not give", "batch", inputs={"pos": POS},
            tag="missing"),
    trouble("right", "positions of two components", "components",
            inputs={"pos": t("points", 2, rep="1x1o", space="points", translates=True),
                    "batch": BATCH}, tag="dimension"),
    trouble("right", "an output of three numbers for one", "output",
            outputs={"output": t("samples", 3, rep="3x0e")}, tag="shape"),
    trouble("right", "two outputs for one", "energy",
            outputs={"energy": SCALAR, "forces": PER_POINT}, tag="outputs"),
    trouble("right", "an unknown representation", "1x1q",
            outputs={"output": t("samples", 1, rep="1x1q")}, tag="rep"),
    trouble("right", "a planar representation under E(3)", "irrep(1)",
            outputs={"output": t("samples", 1, rep="irrep(1)")}, tag="planar-rep"),
    trouble("right", "parity under SE(3)", "1x1o", group="SE(3)", tag="parity"),
    trouble("right", "an unknown group", "E(q)", group="E(q)", tag="group"),
    trouble("right", "an unknown key", "colour",
            inputs={"pos": POS | {"colour": "red"}, "batch": BATCH}, tag="key"),
    trouble("right", "an unknown space", "pionts",
            inputs={"pos": POS | {"space": "pionts"}, "batch": BATCH}, tag="space"),
    trouble("right", "an unknown name of a size", "pionts",
            inputs={"pos": POS | {"shape": ["pionts", 3]}, "batch": BATCH}, tag="size"),
    trouble("right", "an unknown role", "btach",
            inputs={"pos": POS, "batch": BATCH | {"role": "btach"}}, tag="role"),
    trouble("right", "an unknown dtype", "float23",
            inputs={"pos": POS | {"dtype": "float23"}, "batch": BATCH}, tag="dtype"),
    trouble("right", "no outputs", "outputs", outputs={}, tag="no-outputs"),
    trouble("rihgt", "no such factory", "right"),
    trouble("not_a_factory", "a number is no factory", "not_a_factory"),
    trouble("wants_arguments", "a factory that wants arguments", "path"),
    trouble("returns_nothing", "a factory that returns None", "None"),
    trouble("nowhere.py:right", "no such file", "nowhere.py"),
    trouble("raises", "forward raises", "never downloaded"),
    trouble("nan_weights", "weights that are NaN", "NaN"),
    trouble("text", "an output that is text", "str"),
    trouble("exits", "the process ends in forward", "ended"),
    trouble("hangs", "forward never comes back", "time", timeout=25.0),
    trouble("frames.py:orientation", "a representation that does not fit the shape", "2x1o",
            tag="misfit",
        outputs={"rotation": t("samples", 3, 3, rep="2x1o")}),
]  # fmt: skip
