"""Ways to damage a specification, as functions on its plain data, and ways to praise it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]
Pick = Callable[[int], int]
"""Chooses one of so many places: 0 <= pick(n) < n."""

SECTIONS = (
    "equidesign",
    "name",
    "request",
    "symmetry",
    "task",
    "domain",
    "family",
    "library",
    "interface",
    "layers",
    "topology",
    "parameters",
    "cost",
    "decisions",
    "alternatives",
    "dependencies",
    "training",
    "deployment",
    "verification",
    "caveats",
)
PRAISE = "An excellent, elegant, state-of-the-art and truly beautiful choice!!! The best there is."
GROUPS = ("C4", "D4", "SO(2)", "SO(3)", "O(3)", "SE(3)", "E(3)", "S_n", "trivial")


@dataclass(frozen=True)
class Damage:
    """One way to damage a specification.

    Attributes:
        apply: changes the data in place. Where it finds nothing to damage it raises, or changes nothing.
    """

    name: str
    apply: Callable[[Data, Pick], None]

    def __call__(self, data: Data, pick: Pick = lambda n: 0) -> Data | None:
        """Return damaged data, None where there is nothing to damage."""
        damaged = copy.deepcopy(data)
        try:
            self.apply(damaged, pick)
        except (LookupError, TypeError, ValueError, AttributeError):
            return None
        return damaged if damaged != data else None


DAMAGES: dict[str, Damage] = {}


def damage(function: Callable[[Data, Pick], None]) -> Callable[[Data, Pick], None]:
    """Register a damage under its function's name."""
    name = function.__name__.replace("_", "-")
    DAMAGES[name] = Damage(name, function)
    return function


def setting(name: str, *path: str, to: Any) -> None:
    """Register a damage that sets what is there to something else."""

    def apply(data: Data, pick: Pick) -> None:
        place = data
        for key in path[:-1]:
            place = place[key]
        before = place[path[-1]]
        place[path[-1]] = to(before) if callable(to) else to

    DAMAGES[name] = Damage(name, apply)


def dropping(name: str, *path: str) -> None:
    """Register a damage that drops what is there."""

    def apply(data: Data, pick: Pick) -> None:
        place = data
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    DAMAGES[name] = Damage(name, apply)


def some(items: list[Any], pick: Pick, wanted: Callable[[Any], bool] = lambda each: True) -> Any:
    """Return one of the items for which something holds."""
    found = [each for each in items if wanted(each)]
    return found[pick(len(found))] if found else items[len(items)]


def other(value: Any, known: tuple[str, ...]) -> str:
    """Return another word than the one that is there."""
    return next(each for each in known if each != value)


# --- layers: types ---------------------------------------------------------------------------------


def terms(text: str) -> list[str]:
    """Split a representation into its terms."""
    return text.split(" + ")


def widened(text: str) -> str:
    """Double the first multiplicity of a representation."""
    first, *rest = terms(text)
    count, irrep = first.split("x", 1)
    return " + ".join([f"{2 * int(count)}x{irrep}", *rest])


@damage
def out_widened(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["out"]
    field["rep"] = widened(field["rep"])


@damage
def in_widened(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["in"]
    field["rep"] = widened(field["rep"])


@damage
def out_term_dropped(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick, lambda each: " + " in each["out"]["rep"])
    layer["out"]["rep"] = " + ".join(terms(layer["out"]["rep"])[:-1])


@damage
def out_term_added(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["out"]
    field["rep"] += " + " + terms(field["rep"])[0]


@damage
def out_of_another_degree(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["out"]
    field["rep"] += " + 4x3o"


@damage
def out_parity_flipped(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick, lambda each: "o" in each["out"]["rep"].replace("irrep", ""))
    layer["out"]["rep"] = layer["out"]["rep"].replace("o", "e")


@damage
def out_of_another_group(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["out"]
    field["rep"] = "4xregular" if "0" in field["rep"] else "4x0e"


@damage
def out_unreadable(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["out"]["rep"] = "many vectors"


@damage
def in_space_changed(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["in"]
    field["space"] = other(field["space"], ("cells", "positions"))


@damage
def out_space_changed(data: Data, pick: Pick) -> None:
    field = some(data["layers"], pick)["out"]
    field["space"] = other(field["space"], ("cells", "positions"))


@damage
def kind_unknown(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["kind"] = "magic-layer"


@damage
def kind_of_another_layer(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick)
    layer["kind"] = some(data["layers"], pick, lambda each: each["kind"] != layer["kind"])["kind"]


@damage
def source_unknown(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["source"] = "nowhere"


@damage
def name_taken(data: Data, pick: Pick) -> None:
    some(data["layers"][1:], pick)["name"] = data["layers"][0]["name"]


@damage
def layers_swapped(data: Data, pick: Pick) -> None:
    index = pick(len(data["layers"]) - 1)
    layers = data["layers"]
    layers[index], layers[index + 1] = layers[index + 1], layers[index]


@damage
def layer_deleted(data: Data, pick: Pick) -> None:
    data["layers"].remove(some(data["layers"], pick))


@damage
def first_layer_deleted(data: Data, pick: Pick) -> None:
    del data["layers"][0]


@damage
def last_layer_deleted(data: Data, pick: Pick) -> None:
    del data["layers"][-1]


@damage
def layer_repeated(data: Data, pick: Pick) -> None:
    index = pick(len(data["layers"]))
    data["layers"].insert(index, copy.deepcopy(data["layers"][index]))


@damage
def junk_layer(data: Data, pick: Pick) -> None:
    """A layer that type-checks and that nothing reads, with its entry in the list of parameters."""
    layer = copy.deepcopy(some(data["layers"], pick, lambda each: each["parameters"] == 0))
    index = data["layers"].index(layer)
    if "source" not in layer and index:
        layer["source"] = data["layers"][index - 1]["name"]
    layer |= {"name": "junk", "writes": "junk"}
    data["layers"].append(layer)
    data["parameters"]["per_layer"]["junk"] = 0


@damage
def junk_network(data: Data, pick: Pick) -> None:
    """All layers once more, writing elsewhere, with their parameters counted."""
    again = copy.deepcopy(data["layers"])
    names = {layer["name"]: f"more_{layer['name']}" for layer in again}
    for layer in again:
        layer["name"] = names[layer["name"]]
        layer["writes"] = f"more_{layer.get('writes', 'h')}"
        layer["source"] = names.get(layer.get("source", ""), layer.get("source"))
        if layer["source"] is None:
            layer["source"] = again[again.index(layer) - 1]["name"]
        data["parameters"]["per_layer"][layer["name"]] = layer["parameters"]
    data["layers"] += again
    data["parameters"]["total"] *= 2


@damage
def nonlinearity_pointwise(data: Data, pick: Pick) -> None:
    some(data["layers"], pick, lambda each: each.get("nonlinearity") != "relu")["nonlinearity"] = (
        "relu"
    )


@damage
def nonlinearities_dropped(data: Data, pick: Pick) -> None:
    for layer in data["layers"]:
        layer.pop("nonlinearity", None)


@damage
def nonlinearity_invented(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["nonlinearity"] = "wow"


@damage
def normalization_of_batches(data: Data, pick: Pick) -> None:
    some(data["layers"], pick, lambda each: each.get("normalization") != "batch")[
        "normalization"
    ] = "batch"


@damage
def pooling_by_maximum(data: Data, pick: Pick) -> None:
    some(data["layers"], pick, lambda each: each.get("pooling") != "max")["pooling"] = "max"


@damage
def option_dropped(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick, lambda each: set(each.get("options", {})) - {"bias"})
    names = [name for name in layer["options"] if name != "bias"]
    del layer["options"][names[pick(len(names))]]


@damage
def option_invented(data: Data, pick: Pick) -> None:
    some(data["layers"], pick).setdefault("options", {})["turbo"] = True


@damage
def option_doubled(data: Data, pick: Pick) -> None:
    def numbers(layer: Data) -> list[str]:
        options = layer.get("options", {})
        return [key for key, value in options.items() if type(value) is int]

    layer = some(data["layers"], pick, lambda each: bool(numbers(each)))
    name = numbers(layer)[pick(len(numbers(layer)))]
    layer["options"][name] = 2 * layer["options"][name] + 2


@damage
def option_of_another_type(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick, lambda each: bool(each.get("options")))
    name = list(layer["options"])[pick(len(layer["options"]))]
    layer["options"][name] = {"strange": [None]}


@damage
def kernel_even(data: Data, pick: Pick) -> None:
    some(data["layers"], pick, lambda each: "kernel" in each.get("options", {}))["options"][
        "kernel"
    ] += 1


@damage
def stride_added(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick, lambda each: each["kind"] == "steerable-conv")
    layer["options"]["stride"] = 2


@damage
def written_elsewhere(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick, lambda each: each.get("writes", "h") != "h")
    layer["writes"] = "elsewhere"


@damage
def layer_emptied(data: Data, pick: Pick) -> None:
    data["layers"][pick(len(data["layers"]))] = None


@damage
def layer_turned_into_text(data: Data, pick: Pick) -> None:
    data["layers"][pick(len(data["layers"]))] = PRAISE


setting("layers-emptied", "layers", to=[])
setting("layers-turned-into-text", "layers", to=PRAISE)

# --- layers: ledger and reasons --------------------------------------------------------------------


@damage
def ledger_broken(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["exactness"]["level"] = "broken"


@damage
def ledger_flattered(data: Data, pick: Pick) -> None:
    layer = some(data["layers"], pick)
    layer["exactness"] |= {
        "level": "exact",
        "subgroup": other(layer["exactness"]["subgroup"], GROUPS),
    }


@damage
def ledger_dropped(data: Data, pick: Pick) -> None:
    del some(data["layers"], pick)["exactness"]


@damage
def ledger_unargued(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["exactness"]["why"] = ""


@damage
def layer_unargued(data: Data, pick: Pick) -> None:
    del some(data["layers"], pick)["why"]


@damage
def layer_praised_instead(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["why"] = PRAISE


# --- counts and costs ------------------------------------------------------------------------------

setting("total-off-by-one", "parameters", "total", to=lambda n: n + 1)
setting("total-doubled", "parameters", "total", to=lambda n: 2 * n + 1)
setting("total-as-text", "parameters", "total", to="about a million")
setting("flops-lowered", "cost", "flops", to=lambda n: n // 10 - 1)
setting("activations-doubled", "cost", "activations", to=lambda n: 2 * n + 1)
setting("memory-nothing", "cost", "memory_mb", to=0.0)
setting("sizes-doubled", "cost", "sizes", to=lambda sizes: {k: 2 * n for k, n in sizes.items()})
setting("sizes-emptied", "cost", "sizes", to={})
setting("batch-doubled", "training", "batch_size", to=lambda n: 2 * n)


@damage
def layer_count_off(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["parameters"] += 7


@damage
def layer_count_dropped(data: Data, pick: Pick) -> None:
    del some(data["layers"], pick)["parameters"]


@damage
def listed_count_off(data: Data, pick: Pick) -> None:
    counts = data["parameters"]["per_layer"]
    counts[list(counts)[pick(len(counts))]] += 3


@damage
def listed_count_dropped(data: Data, pick: Pick) -> None:
    counts = data["parameters"]["per_layer"]
    del counts[list(counts)[pick(len(counts))]]


@damage
def listed_count_invented(data: Data, pick: Pick) -> None:
    data["parameters"]["per_layer"]["phantom"] = 0


@damage
def formula_dropped(data: Data, pick: Pick) -> None:
    formulas = data["cost"]["formulas"]
    del formulas[list(formulas)[pick(len(formulas))]]


@damage
def budget_below(data: Data, pick: Pick) -> None:
    limits = data["request"].setdefault("constraints", {})
    limits["max_parameters"] = max(data["parameters"]["total"] // 2, 1)


@damage
def memory_below(data: Data, pick: Pick) -> None:
    limits = data["request"].setdefault("constraints", {})
    limits["max_memory_mb"] = data["cost"]["memory_mb"] / 2


# --- symmetry, problem, family ---------------------------------------------------------------------

setting("group-changed", "symmetry", "canonical", to=lambda name: other(name, GROUPS))
setting("group-nonsense", "symmetry", "canonical", to="all of them")
setting("declared-group-changed", "symmetry", "group", to=lambda name: other(name, GROUPS))
setting("declared-group-nonsense", "symmetry", "group", to="every symmetry!")
setting("features-group-changed", "symmetry", "acts_on_features", to=lambda n: other(n, GROUPS))
setting("interface-group-changed", "interface", "group", to=lambda name: other(name, GROUPS))
setting(
    "symmetry-type-changed",
    "symmetry",
    "type",
    to=lambda kind: other(kind, ("invariant", "equivariant")),
)
setting(
    "request-group-changed", "request", "symmetry", "group", to=lambda name: other(name, GROUPS)
)
setting("request-group-nonsense", "request", "symmetry", "group", to="the usual one")
setting("task-changed", "task", to=lambda t: other(t, ("classification", "regression")))
setting("domain-changed", "domain", to=lambda d: other(d, ("images", "sets")))
setting("request-task-dropped", "request", "task", to={})
setting(
    "request-task-changed",
    "request",
    "task",
    to=lambda task: {"type": "classification", "classes": task.get("classes", 6) + 1},
)
setting(
    "request-domain-changed",
    "request",
    "data",
    to=lambda data: {"domain": other(data["domain"], ("images", "sets"))},
)
setting("family-changed", "family", to=lambda name: other(name, ("nequip", "cnn", "deepsets")))
setting("family-neighbour", "family", to=lambda name: other(name, ("egnn", "steerable-cnn")))
setting("family-invented", "family", to="super-transformer")
setting(
    "topology-changed",
    "topology",
    "pattern",
    to=lambda p: other(p, ("encoder-decoder", "message-passing")),
)
setting("name-changed", "name", to="another-name")


@damage
def fact_flipped(data: Data, pick: Pick) -> None:
    facts = data["symmetry"]["facts"]
    key = some([key for key, value in facts.items() if isinstance(value, bool)], pick)
    facts[key] = not facts[key]


@damage
def fact_dropped(data: Data, pick: Pick) -> None:
    facts = data["symmetry"]["facts"]
    del facts[list(facts)[pick(len(facts))]]


# --- library ---------------------------------------------------------------------------------------

setting("library-changed", "library", "name", to=lambda name: other(name, ("torch", "escnn")))
setting("library-invented", "library", "name", to="superlib")
setting("version-any", "library", "version", to="*")
setting("version-out-of-range", "library", "version", to=">=99")
setting("version-too-old", "library", "version", to=">=0.0.1")
setting("version-praised", "library", "version", to="the latest and greatest")
setting("dependency-unpinned", "dependencies", "torch", to="")
setting("dependency-too-old", "dependencies", "torch", to=">=1.0")
dropping("dependency-dropped", "dependencies", "torch")

# --- interface -------------------------------------------------------------------------------------


@damage
def output_rep_changed(data: Data, pick: Pick) -> None:
    item = some(list(data["interface"]["outputs"].values()), pick)
    item["rep"] = widened(item["rep"])


@damage
def output_space_changed(data: Data, pick: Pick) -> None:
    item = some(list(data["interface"]["outputs"].values()), pick)
    item["space"] = other(item["space"], ("global", "elements"))


@damage
def output_dropped(data: Data, pick: Pick) -> None:
    outputs = data["interface"]["outputs"]
    del outputs[list(outputs)[pick(len(outputs))]]


@damage
def output_invented(data: Data, pick: Pick) -> None:
    data["interface"]["outputs"]["bonus"] = {"shape": ["samples", 1]}


@damage
def output_unit_changed(data: Data, pick: Pick) -> None:
    some(list(data["interface"]["outputs"].values()), pick)["unit"] = "furlong"


@damage
def output_shape_changed(data: Data, pick: Pick) -> None:
    some(list(data["interface"]["outputs"].values()), pick)["shape"].append(3)


@damage
def input_shape_changed(data: Data, pick: Pick) -> None:
    some(list(data["interface"]["inputs"].values()), pick)["shape"].append(3)


@damage
def input_type_changed(data: Data, pick: Pick) -> None:
    item = some(list(data["interface"]["inputs"].values()), pick)
    item["dtype"] = other(item["dtype"], ("float64", "int32"))


@damage
def input_rep_dropped(data: Data, pick: Pick) -> None:
    del some(list(data["interface"]["inputs"].values()), pick, lambda each: "rep" in each)["rep"]


@damage
def input_translation_flipped(data: Data, pick: Pick) -> None:
    item = some(list(data["interface"]["inputs"].values()), pick)
    item["translates"] = not item.get("translates", False)


@damage
def input_renamed(data: Data, pick: Pick) -> None:
    inputs = data["interface"]["inputs"]
    name = list(inputs)[pick(len(inputs))]
    inputs["renamed"] = inputs.pop(name)


@damage
def input_undescribed(data: Data, pick: Pick) -> None:
    some(list(data["interface"]["inputs"].values()), pick)["description"] = ""


@damage
def output_praised_instead(data: Data, pick: Pick) -> None:
    some(list(data["interface"]["outputs"].values()), pick)["description"] = PRAISE


dropping("outputs-dropped", "interface", "outputs")
dropping("inputs-dropped", "interface", "inputs")

# --- decisions, alternatives, caveats ---------------------------------------------------------------


@damage
def decision_unargued(data: Data, pick: Pick) -> None:
    del some(data["decisions"], pick)["why"]


@damage
def decision_praised_instead(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick)["why"] = PRAISE


@damage
def decision_unsourced(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick, lambda each: bool(each.get("cite")))["cite"] = ""


@damage
def decision_sourced_by_praise(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick, lambda each: bool(each.get("cite")))["cite"] = "Everybody et al."


@damage
def decision_ruled_by_nothing(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick)["rule"] = "gut-feeling"


@damage
def decision_unruled(data: Data, pick: Pick) -> None:
    del some(data["decisions"], pick)["rule"]


@damage
def choice_changed(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick)["choice"] = "something better"


@damage
def rejected_forgotten(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick, lambda each: bool(each.get("rejected")))["rejected"] = []


@damage
def rejected_unargued(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick, lambda each: bool(each.get("rejected")))["rejected"][0]["why"] = (
        ""
    )


@damage
def decision_deleted(data: Data, pick: Pick) -> None:
    del data["decisions"][pick(len(data["decisions"]))]


@damage
def decision_repeated(data: Data, pick: Pick) -> None:
    data["decisions"].append(copy.deepcopy(some(data["decisions"], pick)))


@damage
def decision_step_unknown(data: Data, pick: Pick) -> None:
    some(data["decisions"], pick)["step"] = "inspiration"


@damage
def decisions_reversed(data: Data, pick: Pick) -> None:
    data["decisions"].reverse()


@damage
def alternative_dropped(data: Data, pick: Pick) -> None:
    del data["alternatives"][pick(len(data["alternatives"]))]


@damage
def alternative_repeated(data: Data, pick: Pick) -> None:
    data["alternatives"].append(copy.deepcopy(some(data["alternatives"], pick)))


@damage
def alternative_invented(data: Data, pick: Pick) -> None:
    marks = {"expressiveness": 5, "speed": 5, "memory": 5}
    data["alternatives"].append(
        {"family": "mace", "library": "e3nn", "why_not": "too good", **marks}
    )


@damage
def alternative_marked_up(data: Data, pick: Pick) -> None:
    some(data["alternatives"], pick)["speed"] += 1


@damage
def alternative_unargued(data: Data, pick: Pick) -> None:
    some(data["alternatives"], pick)["why_not"] = ""


@damage
def alternatives_reversed(data: Data, pick: Pick) -> None:
    data["alternatives"].reverse()


@damage
def caveat_dropped(data: Data, pick: Pick) -> None:
    del data["caveats"][pick(len(data["caveats"]))]


@damage
def caveat_praised_instead(data: Data, pick: Pick) -> None:
    data["caveats"][pick(len(data["caveats"]))] = PRAISE


# --- training, deployment, verification -------------------------------------------------------------

setting("rate-too-high", "training", "learning_rate", to=100.0)
setting("rate-negative", "training", "learning_rate", to=-0.001)
setting("batch-empty", "training", "batch_size", to=0)
setting("epochs-as-text", "training", "epochs", to="as many as it takes")
setting("loss-changed", "training", "loss", to=lambda loss: other(loss, ("mse", "hinge")))
setting("optimizer-invented", "training", "optimizer", to="magic")
setting("schedule-praised", "training", "schedule", to=PRAISE)
dropping("augmentation-dropped", "training", "augmentation")
dropping("patience-dropped", "training", "patience")
setting("precision-changed", "deployment", "precision", to="float16")
setting("device-invented", "deployment", "device", to="toaster")
setting("install-praised", "deployment", "install", to=PRAISE)
setting("command-praised", "verification", "command", to=PRAISE)
dropping("test-dropped", "verification", "test")
setting("error-hides-a-break", "verification", "expected_relative_error", "float32", to=0.5)
setting(
    "error-of-the-wrong-precision", "verification", "expected_relative_error", "float64", to=1e-5
)
dropping("errors-dropped", "verification", "expected_relative_error")

# --- the file ---------------------------------------------------------------------------------------

setting("format-unknown", "equidesign", to=99)
setting("format-as-text", "equidesign", to="1.0")


@damage
def key_invented(data: Data, pick: Pick) -> None:
    data["awards"] = ["best specification"]


@damage
def layer_key_invented(data: Data, pick: Pick) -> None:
    some(data["layers"], pick)["quality"] = "superb"


for _section in SECTIONS:
    dropping(f"no-{_section}", _section)


# --- praise -----------------------------------------------------------------------------------------

PROSE = ("why", "why_not", "choice", "cite", "description", "schedule", "augmentation")


def prose_places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield container and key of every text that is prose, such as reasons, sources and caveats."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        if isinstance(value, dict | list):
            if key in ("caveats", "formulas"):
                yield from (
                    (value, each)
                    for each in (value if isinstance(value, dict) else range(len(value)))
                )
            else:
                yield from prose_places(value)
        elif key in PROSE and isinstance(value, str):
            yield data, key


def praised(data: Data, style: Callable[[str], str]) -> Data:
    """Return the specification with every prose field rewritten, those of the request too."""
    flattered = copy.deepcopy(data)
    for place, key in list(prose_places(flattered)):
        place[key] = style(place[key])
    if "request" in flattered:
        flattered["request"]["description"] = style(flattered["request"].get("description", ""))
    return flattered


STYLES: dict[str, Callable[[str], str]] = {
    "after": lambda text: f"{text} {PRAISE}",
    "before": lambda text: f"Excellent! {text}",
    "between": lambda text: " excellent ".join(text.split(" ")),
    "shouted": lambda text: re.sub(r"[.,;:](?=\s|$)", r"!!\g<0>", text) + "!!!",
    "longer": lambda text: text + " indeed, as one may say at some length" * 12,
    "cited": lambda text: f"{text}; Anonymous et al., A great paper, Journal of Praise 1 (2024)",
}
