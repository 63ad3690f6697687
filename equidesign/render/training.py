"""Specification -> train.py: which fragments it is made of, and its constants."""

from __future__ import annotations

from typing import Any

from equidesign.layers.measure import has_gradient
from equidesign.layers.turning import may_be_turned
from equidesign.render import pycode
from equidesign.render.environment import linker
from equidesign.render.linker import sorted_imports
from equidesign.render.symmetry_check import symmetry_check
from equidesign.spec.layer import parse_rep
from equidesign.spec.specification import Specification, TensorSpec

ORDER = (
    "Sample",
    "Scaling",
    "DataError",
    "read_samples",
    "collate",
    "random_samples",
    "standardise",
    "loss_and_errors",
    "equivariance_error",
    "parse_arguments",
    "main",
)
DATA_FOLDERS = {
    "molecules": ("frames", "atoms"),
    "point_clouds": ("frames", "clouds"),
    "graphs": ("graphs",),
    "sets": ("sets",),
    "images": ("grid",),
    "sphere": ("grid",),
}
COUNTS = {"points": "n", "nodes": "n", "elements": "n", "edges": "edges"}
DERIVED = ("batch", "mask", "t")
"""Inputs that are made while training, not read."""
UNMEASURED = ("velocity", "reconstruction", "latent")
"""Outputs without a target in the data."""


def training_context(spec: Specification) -> dict[str, Any]:
    """Return imports, constants and definitions of ``train.py``, formatted."""
    symmetry = symmetry_check(spec)
    context = {
        "spec": spec,
        "classes": _classes(spec),
        "has_translation": "translation" in spec.interface.outputs,
        "compiled": spec.deployment.get("acceleration") == "compile",
        "may_be_turned": _may_be_turned(spec),
        **symmetry.context,
    }
    library = linker((*_folders(spec), symmetry.folder), context, root="train")
    definitions = library.closure(ORDER)
    used = {name for definition in definitions for name in definition.uses}
    imports = {library.imports[name] for name in used if name in library.imports}
    local = {line for line in imports if line.startswith("from model ")}
    constants = {**_constants(spec), **symmetry.constants}
    return {
        "data_doc": _data_doc(spec),
        "imports": sorted_imports(imports - local),
        "local_imports": sorted_imports(local),
        "constants": "\n".join(
            pycode.assignment(name, value, comment)
            for name, (value, comment) in constants.items()
            if name in used
        ),
        "body": _joined([definition.source for definition in definitions]),
    }


def _joined(sources: list[str]) -> str:
    """Put functions and classes two blank lines apart, constants on lines of their own."""
    text, was_block = "", False
    for source in sources:
        block = source.startswith(("def ", "class ", "@"))
        text += ("\n\n\n" if block or was_block else "\n") + source
        was_block = block
    return text.strip("\n")


def _folders(spec: Specification) -> tuple[str, ...]:
    """Return the folders of ``templates/train`` that fit the data and the loss."""
    data = DATA_FOLDERS[spec.domain]
    if data == ("grid",):
        data = ("grid", "folders" if _reads_folders(spec) else "arrays")
    turns = ("turns",) if _may_be_turned(spec) else ()
    return ("common", *data, *turns, *_loss_folders(spec, str(spec.training["loss"])))


def _may_be_turned(spec: Specification) -> bool:
    return may_be_turned(spec.domain, spec.fiber, spec.interface)


def _reads_folders(spec: Specification) -> bool:
    return spec.domain == "images" and spec.task == "classification"


def _loss_folders(spec: Specification, loss: str) -> tuple[str, ...]:
    outputs = spec.interface.outputs
    scaled = any(layer.kind == "scale-shift" for layer in spec.layers)
    if loss == "energy_force_mse":
        if "energy" in outputs:
            return ("energy_forces", "energy_scale") if scaled else ("scaled_energy_forces",)
        return ("forces", "force_scale") if scaled else ("scaled_forces",)
    if loss == "flow_matching":
        return (loss,)
    if loss == "frame_mse":
        return (loss, "pose_points" if "pos" in spec.interface.inputs else "pose_grid")
    if loss == "reconstruction_mse" and spec.interface.outputs["latent"].space == "nodes":
        return ("graph_reconstruction", "scale")
    masked = any(item.space == "elements" for item in outputs.values())
    return (f"masked_{loss}" if masked else loss, "scale")


def _classes(spec: Specification) -> int:
    return int(getattr(spec.request.task, "classes", 0))


def fields(spec: Specification) -> dict[str, tuple[int | str, ...]]:
    """Return the shape of each array of one sample, ``n`` being its number of points."""
    found = {
        name: _sample_shape(item)
        for name, item in spec.interface.inputs.items()
        if name not in DERIVED
    }
    for name, item in spec.interface.outputs.items():
        shape = _sample_shape(item)
        if name == "logits":
            channel = 0 if len(shape) == 3 else -1
            found["y"] = tuple(size for i, size in enumerate(shape) if i != channel % len(shape))
        elif name not in UNMEASURED:
            found["y" if name == "prediction" else name] = shape
    return found


def _sample_shape(item: TensorSpec) -> tuple[int | str, ...]:
    return tuple(COUNTS.get(str(size), size) for size in item.shape if size != "samples")


def _blocks(spec: Specification) -> dict[str, tuple[tuple[int, int, bool], ...]]:
    """Return (multiplicity, dimension, invariant) of every term of what is standardised."""
    items = {"x": spec.interface.inputs.get("x"), "y": spec.interface.outputs.get("prediction")}
    found = {}
    for name, item in items.items():
        if item is not None and item.rep:
            terms = parse_rep(item.rep, spec.fiber).terms
            found[name] = tuple((count, irrep.dim, irrep.is_trivial) for count, irrep in terms)
    return found


def _constants(spec: Specification) -> dict[str, tuple[Any, str]]:
    recipe = spec.training
    integers = {"z": 119} if "z" in spec.interface.inputs else {}
    integers |= {"split": 3, **({"y": _classes(spec)} if _classes(spec) else {})}
    return {
        "NAME": (spec.name, ""),
        "FIELDS": (fields(spec), "shape of each array of one sample"),
        "INTEGERS": (integers, "whole numbers from 0, and how many there are"),
        "INPUTS": (tuple(spec.interface.inputs), ""),
        "SPECIES": (tuple(getattr(spec.request.data, "species", ())), "atomic numbers"),
        "CLASSES": (_classes(spec), ""),
        "BLOCKS": (_blocks(spec), "multiplicity, dimension, invariant"),
        "CHANNELS": (0 if spec.domain in ("images", "sphere") else -1, "axis of a sample"),
        "ENERGY_WEIGHT": (recipe.get("energy_weight", 1.0), ""),
        "FORCE_WEIGHT": (recipe.get("force_weight", 1.0), ""),
        "EPOCHS": (recipe["epochs"], ""),
        "BATCH_SIZE": (recipe["batch_size"], ""),
        "LEARNING_RATE": (recipe["learning_rate"], ""),
        "WEIGHT_DECAY": (recipe["weight_decay"], ""),
        "EMA_DECAY": (recipe["ema_decay"], ""),
        "GRADIENT_CLIP": (recipe["gradient_clip"], ""),
        "PATIENCE": (recipe["patience"], "epochs"),
        "PRECISIONS": (_precisions(spec), ""),
        "PRECISION": ("64" if spec.deployment["precision"] == "float64" else "32", ""),
    }


def _precisions(spec: Specification) -> dict[str, str]:
    """Return the precisions that work: e3nn refuses mixed ones, and gradients lose too much in them."""
    full = {"32": "32-true", "64": "64-true"}
    if spec.library.name == "e3nn" or has_gradient(spec.layers):
        return full
    return {**full, "bf16-mixed": "bf16-mixed"}


KEYS = {
    "z": "atomic numbers",
    "pos": "positions",
    "energy": "energies",
    "forces": "forces",
    "rotation": "frames, their axes in columns",
    "translation": "places",
    "x": "input features",
    "edge_index": "source and target of every edge",
    "edge_attr": "features of the edges",
}


def _data_doc(spec: Specification) -> str:
    """Return what the data file must hold."""
    shapes = []
    for name, shape in fields(spec).items():
        sizes = ", ".join(str(size) for size in shape)
        what = KEYS.get(name, "classes" if _classes(spec) else "targets")
        shapes.append(f"{name} ({sizes}) {what}")
    text = f"Of every sample the data hold {'; '.join(shapes)}. {FORMATS[spec.domain]}"
    if _reads_folders(spec):
        text += " A folder with one sub-folder of pictures for each class will do as well."
    text += (
        " An array `split` (M,) may say which samples are for training (0), validation (1) and "
        "test (2); what it does not say is drawn at random."
    )
    return pycode.filled(text, 0)


FORMATS = {
    "molecules": "FILE is a .npz with frames (M, n, ...), z then (n,) or padded with 0, or with all atoms in a row and "
    "n_atoms (M,); or extended xyz, read by ase.",
    "point_clouds": "FILE is a .npz with clouds (M, n, ...), a mask (M, n) if their sizes differ, or with all "
    "points in a row and ptr (M + 1,).",
    "graphs": "FILE is a .npz with all nodes in a row, all edges in a row, and ptr (M + 1,), where each graph's nodes "
    "start; or a PyTorch Geometric dataset (a list of Data in a .pt, or the folder of an InMemoryDataset).",
    "sets": "FILE is a .npz with sets (M, N, ...) and, if their sizes differ, mask (M, N); or a .csv with the columns "
    "set, x1 ..., y1 ... and a row for each element.",
    "images": "FILE is a .npz that stacks them, x being (M, channels, height, width).",
    "sphere": "FILE is a .npz that stacks them, x being (M, channels, colatitude, longitude).",
}
