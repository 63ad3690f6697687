"""Task -> targets: the outputs of the model, with their representations."""

from __future__ import annotations

from equidesign.design.making import scalars
from equidesign.design.problem import Target
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.irreps import vector
from equidesign.spec.field import Space
from equidesign.spec.layer import parse_rep
from equidesign.spec.request import Request

POINT_SPACE = {
    "images": Space.pixels,
    "volumes": Space.voxels,
    "sphere": Space.sphere,
    "point_clouds": Space.points,
    "molecules": Space.atoms,
    "crystals": Space.atoms,
    "sets": Space.elements,
    "graphs": Space.nodes,
    "tables": Space.cells,
    "sequences": Space.positions,
    "vectors": Space.global_,
}
FLOW_DOMAINS = ("point_clouds", "molecules", "crystals")


def targets_of(request: Request, fiber: Group) -> tuple[Target, ...]:
    """Return the outputs that the task asks for.

    Raises:
        InputError: the task has no meaning in the domain, or a representation does not parse.
    """
    task, domain = request.task, request.data.domain
    here = POINT_SPACE[domain]
    if task.type == "classification":
        return (Target("logits", Space.global_, scalars(task.classes, fiber)),)
    if task.type == "segmentation":
        return (Target("logits", here, scalars(task.classes, fiber)),)
    if task.type == "force_prediction":
        energy = Target(
            "energy", Space.global_, scalars(1, fiber), "eV", extensive=True, quantity="energy"
        )
        forces = Target("forces", here, vector(fiber), "eV/Å", quantity="forces")
        return (energy, forces) if task.energy else (forces,)
    if task.type == "pose_estimation":
        one = vector(fiber)
        rotation = Target("rotation", Space.global_, one * one.dim)
        move = Target("translation", Space.global_, one, translates=True)
        placed = domain != "sphere"  # a signal on the sphere has no position
        return (rotation, move) if task.translation and placed else (rotation,)
    if task.type == "generation":
        return _generation(request, fiber, here)
    return (_regression(request, fiber, here),)


def _regression(request: Request, fiber: Group, here: Space) -> Target:
    task = request.task
    if task.type != "regression":
        raise InputError(f"the task '{task.type}' is not a regression")
    count = task.targets if isinstance(task.targets, int) else len(task.targets)
    rep = parse_rep(task.representation, fiber) if task.representation else scalars(count, fiber)
    return Target("prediction", here if task.per == "point" else Space.global_, rep)


def _generation(request: Request, fiber: Group, here: Space) -> tuple[Target, ...]:
    domain = request.data.domain
    if domain in FLOW_DOMAINS:
        return (Target("velocity", here, vector(fiber)),)
    from equidesign.design.interface import input_features

    features = input_features(request, fiber)
    if features is None:
        raise InputError(f"an autoencoder of {domain} needs features to reconstruct")
    return (
        Target("reconstruction", here, features),
        Target("latent", Space.global_, scalars(1, fiber)),
    )
