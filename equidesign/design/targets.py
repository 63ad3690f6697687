"""Task -> targets: the outputs of the model, with their representations."""

from __future__ import annotations

from equidesign.design.making import scalars, vectors
from equidesign.design.problem import Target
from equidesign.design.regression import resolve_regression
from equidesign.design.resolved import Resolved
from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.irreps import vector
from equidesign.spec.field import Space
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


def resolve_targets(request: Request, group: Group, fiber: Group) -> Resolved:
    """Return the outputs that the task asks for, with warnings about what was corrected.

    Raises:
        InputError: the task has no meaning in the domain, or its targets none under the group.
    """
    if request.task.type == "regression":
        return resolve_regression(request, group, fiber, POINT_SPACE[request.data.domain])
    result = Resolved(targets=targets_of(request, fiber))
    if request.task.type == "pose_estimation":
        _about_poses(request, group, result)
    return result


def _about_poses(request: Request, group: Group, result: Resolved) -> None:
    if group.reflections:
        result.warn(
            "pose-with-reflections",
            f"{group.name} contains reflections: the output is an orthogonal frame whose "
            "determinant may be -1, not a rotation",
            "for rotations, write the group without reflections (SE(3), SO(3), SO(2), C_N)",
        )
    asked = "translation" in request.task.model_fields_set and request.task.translation  # type: ignore[union-attr]
    if request.data.domain == "sphere" and asked:
        result.warn(
            "no-translation-on-the-sphere",
            "a signal on the sphere has no position: only the rotation is predicted",
            "write `task.translation: false`",
        )


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
        rotation = Target("rotation", Space.global_, vectors(one.dim, fiber))
        move = Target("translation", Space.global_, one, translates=True)
        placed = domain != "sphere"  # a signal on the sphere has no position
        return (rotation, move) if task.translation and placed else (rotation,)
    if task.type == "generation":
        return _generation(request, fiber, here)
    return resolve_regression(request, fiber, fiber, here).targets


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
