"""Training, deployment and verification sections of the specification."""

from __future__ import annotations

from typing import Any

from equidesign.backends.base import Backend
from equidesign.design.family import Family
from equidesign.design.problem import Problem
from equidesign.design.sizing import batch_size
from equidesign.layers.turning import may_be_turned
from equidesign.spec.request import UNACCELERATED

LOSSES = {
    "classification": "cross_entropy",
    "segmentation": "cross_entropy",
    "regression": "mse",
    "force_prediction": "energy_force_mse",
    "pose_estimation": "frame_mse",
}
TURNS = (
    "none: the symmetry is built in; where images come at every angle, train.py --turns adds those between "
    "the quarter turns of the pixels"
)


def loss_for(problem: Problem) -> str:
    """Return the loss that fits the task."""
    return LOSSES.get(problem.task) or (
        "flow_matching" if "velocity" in problem.interface.outputs else "reconstruction_mse"
    )


def training(problem: Problem, family: Family) -> dict[str, Any]:
    """Return loss, optimiser, learning rate and the augmentation that is still needed."""
    turning = problem.domain, problem.fiber, problem.interface
    return {
        "loss": loss_for(problem),
        "optimizer": "adamw",
        "learning_rate": family.learning_rate(problem),
        "weight_decay": 1e-4,
        "schedule": "linear warm-up over 5 % of the steps, then cosine to zero",
        "batch_size": batch_size(problem),
        "epochs": 100,
        "patience": 50,
        "ema_decay": 0.99,
        "gradient_clip": 10.0,
        "augmentation": TURNS if may_be_turned(*turning) else "none: the symmetry is built in",
    }


def deployment(problem: Problem, backend: Backend) -> dict[str, Any]:
    """Return how the model is shipped; an acceleration is written where one is asked for."""
    wishes = problem.request.constraints
    faster = wishes.acceleration
    return {
        "precision": wishes.precision,
        "device": wishes.device or "auto",
        **({"acceleration": faster} if faster != UNACCELERATED else {}),
        "install": backend.install,
    }


def verification(problem: Problem) -> dict[str, Any]:
    """Return how to check the symmetry, and what error to expect."""
    return {
        "command": "equidesign verify .",
        "test": "pytest test_equivariance.py",
        "expected_relative_error": {"float32": 1e-5, "float64": 1e-12},
    }
