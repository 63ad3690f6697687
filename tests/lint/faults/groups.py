"""Faults of group, domain and task: what the file says about the symmetry contradicts the rest of it."""

from __future__ import annotations

import random

from faults.planting import Planted, fault, named, planted, replaced
from faults.sheet import Path, Sheet

PLANAR = ("C4", "C8", "D4", "D6", "SO(2)", "O(2)")
SPATIAL = ("SO(3)", "O(3)", "SE(3)", "E(3)", "E(3) x S_n")
SETS = ("S_n", "S_n x S_m", "Z_n")


def others(sheet: Sheet) -> list[str]:
    """Return groups of the same domain that are not the one declared."""
    canonical = sheet.get(("symmetry", "canonical"))
    here = next(
        (g for g in (PLANAR, SPATIAL, SETS) if any(canonical.startswith(x[:2]) for x in g)), PLANAR
    )
    if sheet.get(("domain",)) == "images":
        here = PLANAR
    bare = canonical.removesuffix(" x S_n")
    return [group for group in here if group.removesuffix(" x S_n") != bare]


@fault
def canonical_of_another_group(sheet: Sheet, rng: random.Random) -> Planted:
    """The canonical name is that of another group than the declared one, the interface's and the request's."""
    return replaced(sheet, ("symmetry", "canonical"), rng.choice(others(sheet)))


@fault
def declared_group_changed(sheet: Sheet, rng: random.Random) -> Planted:
    """The declared group differs from its canonical name and from the request."""
    return replaced(sheet, ("symmetry", "group"), rng.choice(others(sheet)))


@fault
def request_group_changed(sheet: Sheet, rng: random.Random) -> Planted:
    """The request asks for another group than the one everything is built for."""
    return replaced(sheet, ("request", "symmetry", "group"), rng.choice(others(sheet)))


@fault
def interface_group_changed(sheet: Sheet, rng: random.Random) -> Planted:
    """Verify would test another group than the declared one."""
    return replaced(sheet, ("interface", "group"), rng.choice(others(sheet)))


@fault
def features_of_another_group(sheet: Sheet, rng: random.Random) -> Planted:
    """The group that acts on the features is not the point group of the declared one."""
    now = sheet.get(("symmetry", "acts_on_features"))
    choices = {
        "O(3)": ["SO(3)", "O(2)"],
        "SO(3)": ["O(3)", "SO(2)"],
        "SO(2)": ["O(2)", "C4"],
        "O(2)": ["SO(2)", "D4"],
        "trivial": ["SO(3)", "C4"],
    }
    return replaced(
        sheet, ("symmetry", "acts_on_features"), rng.choice(choices.get(now, ["SO(2)", "C3", "D5"]))
    )


@fault
def group_changed_without_layers(sheet: Sheet, rng: random.Random) -> Planted:
    """The group was changed in request, symmetry and interface, but neither on the features nor in the facts: all of
    these lines disagree with one another, and the representation that is asked for may be one of the old group."""
    group, text = rng.choice(others(sheet)), sheet
    paths: list[Path] = [
        ("request", "symmetry", "group"),
        ("symmetry", "group"),
        ("symmetry", "canonical"),
        ("interface", "group"),
    ]
    for path in paths:
        text = Sheet(text.set(path, group))
    also: list[Path] = [
        ("symmetry", "acts_on_features"),
        *sheet.find("symmetry", "facts", "*"),
        ("symmetry", "facts"),
        *sheet.find("request", "task", "representation"),
    ]
    rest = [("family",), ("interface",), ("layers",), ("alternatives",), ("decisions",)]
    stale = [line for path in rest if sheet.has(path) for line in sheet.span(path)]
    return planted(text.text, *(sheet.line(p) for p in (*paths, *also)), stale=stale)


@fault
def group_for_another_domain(sheet: Sheet, rng: random.Random) -> Planted:
    """The request asks for a group that does not act on its domain at all."""
    wrong = {
        "images": "SO(3)",
        "sphere": "S_n",
        "point_clouds": "S_n x S_m",
        "molecules": "C4",
        "sets": "SO(3)",
        "graphs": "E(3)",
    }[sheet.get(("domain",))]
    return replaced(sheet, ("request", "symmetry", "group"), wrong)


@fault
def group_that_is_none(sheet: Sheet, rng: random.Random) -> Planted:
    """A name that no group has."""
    path = rng.choice(
        [
            ("symmetry", "canonical"),
            ("request", "symmetry", "group"),
            ("interface", "group"),
            ("symmetry", "acts_on_features"),
            ("symmetry", "group"),
        ]
    )
    return replaced(
        sheet, path, rng.choice(["SO(0)", "C-4", "Q8", "SE3(", "rotations", "D0", "C4.5"])
    )


@fault
def invariant_for_equivariant(sheet: Sheet, rng: random.Random) -> Planted:
    """The type of symmetry is the opposite of what the outputs are."""
    path = ("symmetry", "type")
    return replaced(sheet, path, "equivariant" if sheet.get(path) == "invariant" else "invariant")


@fault
def fact_falsified(sheet: Sheet, rng: random.Random) -> Planted:
    """A fact of the group is false."""
    path = rng.choice(
        [p for p in sheet.find("symmetry", "facts", "*") if isinstance(sheet.get(p), bool)]
    )
    return replaced(sheet, path, "false" if sheet.get(path) else "true")


@fault
def number_of_the_group(sheet: Sheet, rng: random.Random) -> Planted:
    """The group's order or dimension is another."""
    path = rng.choice(
        [p for key in ("order", "dimension") for p in sheet.find("symmetry", "facts", key)]
    )
    return replaced(sheet, path, str(sheet.get(path) + rng.choice([1, 2])))


@fault
def point_group_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The point group among the facts is that of another group."""
    path = ("symmetry", "facts", "point_group")
    return replaced(
        sheet, path, rng.choice([g for g in ("C2", "SO(2)", "O(3)", "D3") if g != sheet.get(path)])
    )


@fault
def subgroup_that_is_none(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The list of subgroups holds a group that is none of them."""
    path = ("symmetry", "facts", "subgroups")
    if not sheet.get(path) or len(sheet.block(path)) > 1:
        return None
    return replaced(sheet, path, sheet.source(path)[:-1] + ", O(7)]")


@fault
def kind_of_group(sheet: Sheet, rng: random.Random) -> Planted:
    """The kind of group among the facts is another."""
    path = ("symmetry", "facts", "kind")
    return replaced(
        sheet,
        path,
        rng.choice([k for k in ("cyclic", "dihedral", "SE", "symmetric") if k != sheet.get(path)]),
    )


@fault
def task_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The task is not the one that the request has and the outputs are of."""
    tasks = [
        "classification",
        "regression",
        "segmentation",
        "force_prediction",
        "pose_estimation",
        "generation",
    ]
    return replaced(sheet, ("task",), rng.choice([t for t in tasks if t != sheet.get(("task",))]))


@fault
def domain_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The domain is not the one that the request has and the layers work on."""
    domains = [
        "images",
        "sphere",
        "point_clouds",
        "molecules",
        "sets",
        "graphs",
        "crystals",
        "volumes",
    ]
    return replaced(
        sheet, ("domain",), rng.choice([d for d in domains if d != sheet.get(("domain",))])
    )


@fault
def request_asks_for_another_task(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request's task is another than that of the architecture."""
    path: Path = ("request", "task", "type")
    swap = {
        "classification": "segmentation",
        "segmentation": "classification",
        "pose_estimation": "generation",
        "generation": "pose_estimation",
    }
    new = swap.get(sheet.get(path))
    if new is None or (new == "pose_estimation" and sheet.get(("domain",)) in ("sets", "graphs")):
        return None
    if len(sheet.get(("request", "task"))) > 1 and sheet.get(path) in (
        "pose_estimation",
        "generation",
    ):
        return None
    return replaced(sheet, path, new)


@fault
def per_point_for_per_sample(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request asks for one prediction a sample where the outputs are per point, or the reverse."""
    if sheet.get(("task",)) != "regression":
        return None
    per: Path = ("request", "task", "per")
    if sheet.has(per):
        return replaced(sheet, per, "sample" if sheet.get(per) == "point" else "point")
    line = sheet.line(("request", "task", "type"))
    return planted(sheet.after(line, "    per: point"), line + 1)


def _request_number(key: str, part: str = "data"):  # type: ignore[no-untyped-def]
    def plant(sheet: Sheet, rng: random.Random) -> Planted | None:
        path: Path = ("request", part, key)
        if not sheet.has(path):
            return None
        now = sheet.get(path)
        if isinstance(now, list):
            if not all(isinstance(side, int) for side in now):
                return None
            new = "[" + ", ".join(str(side + 1 + (key == "species")) for side in now) + "]"
        elif isinstance(now, bool):
            new = "false" if now else "true"
        elif isinstance(now, int | float):
            new = str(now + rng.choice([1, 2]))
        else:
            return None
        # Where two places alone have the number, nothing tells which of them was changed.
        twice = [*sheet.find("layers", "*", "options", key)] if key == "cutoff" else []
        return replaced(sheet, path, new, *twice)

    plant.__module__ = __name__
    return plant


for _key, _part, _why in (
    ("classes", "task", "another number of classes than the outputs have"),
    ("targets", "task", "another number of targets than the outputs have"),
    ("size", "data", "another size than inputs and layers have"),
    ("channels", "data", "another number of channels than the input has"),
    ("features", "data", "another number of features than the input has"),
    ("bandwidth", "data", "another bandwidth than grid and layers have"),
    ("points", "data", "another number of points than the interface and the cost are for"),
    ("nodes", "data", "another number of nodes than the interface and the cost are for"),
    ("neighbours", "data", "another number of neighbours than the layers have"),
    ("cutoff", "data", "another cutoff than the layers have"),
    ("species", "data", "other species than the layers know"),
    ("node_features", "data", "another number of node features than the input has"),
    ("edge_features", "data", "another number of edge features than the input has"),
    ("directed", "data", "the opposite of what the layers do about directions"),
    ("dimension", "data", "another dimension of space than positions have"),
):
    named(
        f"request-{_key.replace('_', '-')}-changed",
        f"The request says {_why}.",
        _request_number(_key, _part),
    )


@fault
def request_representation_changed(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request's target turns in another way than the output of the interface."""
    path: Path = ("request", "task", "representation")
    if not sheet.has(path):
        return None
    now = sheet.get(path)
    new = {
        "1x1o": "1x1e",
        "1x1e": "1x1o",
        "1x0o": "1x0e",
        "1x1": "1x2",
        "irrep(1)": "trivial",
        "irrep(1,1)": "irrep(1,0)",
    }.get(now, f"{now} + {now}")
    return replaced(sheet, path, new)


@fault
def request_cutoff_added(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request was given a cutoff after the fact; the layers still have the old one, or count neighbours (it may be
    said of the layer that finds the neighbours)."""
    if not sheet.has(("request", "data", "domain")) or sheet.has(("request", "data", "cutoff")):
        return None
    cutoffs = sheet.find("layers", "*", "options", "cutoff")
    if not cutoffs:
        return None
    line = sheet.line(("request", "data", "domain"))
    return planted(
        sheet.after(line, "    cutoff: 7.25"), line + 1, *(sheet.line(p) + 1 for p in cutoffs)
    )


@fault
def request_axis_added(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request names a preferred axis, under a group that has none."""
    if sheet.get(("domain",)) not in ("point_clouds", "molecules") or sheet.has(
        ("request", "data", "preferred_axis")
    ):
        return None
    if "3" not in sheet.get(("symmetry", "canonical")):
        return None
    line = sheet.line(("request", "data", "domain"))
    return planted(sheet.after(line, "    preferred_axis: z"), line + 1)


@fault
def axis_turned(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The preferred axis of request and layer differ; nothing tells which is right."""
    axes = sheet.find("layers", "*", "options", "axis")
    if not axes or not sheet.has(("request", "data", "preferred_axis")):
        return None
    path = rng.choice([("request", "data", "preferred_axis"), axes[0]])
    other = axes[0] if path[0] == "request" else ("request", "data", "preferred_axis")
    return replaced(sheet, path, rng.choice([a for a in "xyz" if a != sheet.get(path)]), other)


@fault
def vector_input_for_scalars(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request says that the image's channels are vectors where the input is scalar, or drops that they are."""
    path: Path = ("request", "data", "input")
    if sheet.has(path):
        return replaced(sheet, path, "scalar")
    if sheet.get(("domain",)) != "images" or sheet.get(("symmetry", "canonical")) in (
        "T(2)",
        "trivial",
    ):
        return None
    line = sheet.line(("request", "data", "domain"))
    return planted(sheet.after(line, "    input: vector"), line + 1)


@fault
def family_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """The family is not the one whose layers stand in the file."""
    path: Path = ("family",)
    near = {
        "images": ["regular-gcnn", "steerable-cnn", "harmonic-network", "cnn"],
        "sphere": ["spherical-cnn", "cnn"],
        "sets": ["deepsets", "set-transformer"],
        "graphs": ["graph-transformer", "deepsets"],
    }.get(sheet.get(("domain",)), ["nequip", "painn", "egnn", "schnet", "tensor-field-network"])
    return replaced(sheet, path, rng.choice([f for f in near if f != sheet.get(path)]))


@fault
def requested_family_of_another(sheet: Sheet, rng: random.Random) -> Planted | None:
    """The request wishes for another family than the one that stands in the file."""
    path: Path = ("request", "constraints", "family")
    if not sheet.has(path):
        return None
    near = {
        "images": ["regular-gcnn", "steerable-cnn"],
        "sets": ["deepsets", "set-transformer"],
    }.get(sheet.get(("domain",)), ["nequip", "painn", "egnn", "se3-transformer"])
    return replaced(sheet, path, rng.choice([f for f in near if f != sheet.get(("family",))]))


@fault
def name_of_another(sheet: Sheet, rng: random.Random) -> Planted:
    """Name of the specification and of its request differ; nothing tells which is right."""
    paths: list[Path] = [("name",), ("request", "name")]
    path = rng.choice(paths)
    return replaced(sheet, path, "another-name", *[p for p in paths if p != path])


@fault
def framework_without_code(sheet: Sheet, rng: random.Random) -> Planted:
    """The request asks for JAX; the library is PyTorch's (the request's line, or its parent)."""
    if sheet.has(("request", "constraints")):
        line = sheet.line(("request", "constraints"))
        return planted(sheet.after(line, "    framework: jax"), line + 1)
    line = sheet.last(("request",))
    text = sheet.after(line, "  constraints:", "    framework: jax")
    return planted(text, line + 2, line + 1)
