"""What is to be predicted: one model per task, under ``task`` of a request."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from equidesign.spec.fields import (
    MAX_CLASSES,
    MAX_TARGETS,
    Checked,
    Line,
    RequestModel,
    check_labels,
    describe,
    integer,
    labels,
    labels_schema,
    number_hint,
    problem,
)

_TARGET_NAME = re.compile(r"[^\W\d][\w .()/+-]{0,99}")


class Classification(RequestModel):
    """One class per sample; give `classes`, `class_names` or both."""

    type: Literal["classification"]
    """The kind of task."""
    classes: Annotated[int, integer(2, MAX_CLASSES)]
    """Number of classes."""
    class_names: Annotated[tuple[str, ...], labels(2, MAX_CLASSES, "class names")] | None = None
    """Names of the classes; read for the words of known traps."""

    @model_validator(mode="before")
    @classmethod
    def _count_names(cls, data: Any) -> Any:
        if isinstance(data, dict) and "classes" not in data:
            names = data.get("class_names")
            if isinstance(names, list | tuple) and len(names) >= 2:
                return {**data, "classes": len(names)}
        return data

    @model_validator(mode="after")
    def _same_count(self) -> Classification:
        if self.class_names is not None and len(self.class_names) != self.classes:
            problem(
                f"has {len(self.class_names)} names, but `classes` is {self.classes}",
                "as many names as classes",
                f"write `classes: {len(self.class_names)}`, or leave `classes` out",
                at=("class_names",),
            )
        return self


def _targets(value: Any) -> int | tuple[str, ...]:
    expected = f"a count from 1 to {MAX_TARGETS}, or a list of names"
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= MAX_TARGETS:
            problem(f"is {describe(value)}", expected)
        return value
    if isinstance(value, str):
        if hint := number_hint(value):
            problem(f"is {describe(value)}", expected, hint)
        value = [value]
    if not isinstance(value, list | tuple):
        problem(f"is {describe(value)}", expected)
    names = check_labels(value, 1, MAX_TARGETS, "names of targets")
    for index, name in enumerate(names):
        if not _TARGET_NAME.fullmatch(name):
            problem(f"is {describe(name)}", "a name such as dipole_moment", at=(index,))
    return names


_Targets = Annotated[
    int | tuple[str, ...],
    Checked(
        _targets,
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MAX_TARGETS},
                {"type": "string", "minLength": 1, "maxLength": 100},
                labels_schema(1, MAX_TARGETS),
            ]
        },
    ),
]


class Regression(RequestModel):
    """Numbers, or any representation, per sample or per point."""

    type: Literal["regression"]
    """The kind of task."""
    targets: _Targets = 1
    """How many targets, or their names; names of physical quantities bring their representation."""
    representation: Line | None = None
    """How a target turns, such as `1x1o` or `1x0e + 1x2e`; null: scalars, or as the names say."""
    per: Literal["sample", "point"] | None = None
    """One prediction per sample or per point; null: as the names say, else per sample."""


class Segmentation(RequestModel):
    """One class per point, pixel, voxel, node, element, cell or position."""

    type: Literal["segmentation"]
    """The kind of task."""
    classes: Annotated[int, integer(2, MAX_CLASSES)]
    """Number of classes."""


class ForcePrediction(RequestModel):
    """A force on every point."""

    type: Literal["force_prediction"]
    """The kind of task."""
    conservative: bool = True
    """Whether forces are minus the gradient of an energy."""
    energy: bool = True
    """Whether the energy is predicted too."""
    stress: bool = False
    """Whether the stress tensor is predicted too (crystals)."""


class PoseEstimation(RequestModel):
    """A rotation, and a translation, that turn with the input."""

    type: Literal["pose_estimation"]
    """The kind of task."""
    translation: bool = True
    """Whether a translation is predicted too."""


class Generation(RequestModel):
    """New samples of the same kind."""

    type: Literal["generation"]
    """The kind of task."""
    objective: Literal["flow_matching", "autoencoder"] | None = None
    """How it is trained; null: flow matching for points and molecules, else an autoencoder."""


TASKS: dict[str, type[RequestModel]] = {
    "classification": Classification,
    "regression": Regression,
    "segmentation": Segmentation,
    "force_prediction": ForcePrediction,
    "pose_estimation": PoseEstimation,
    "generation": Generation,
}

Task = Annotated[
    Classification | Regression | Segmentation | ForcePrediction | PoseEstimation | Generation,
    Field(discriminator="type"),
]
