"""Specification -> the context of train.py and test_equivariance.py."""

from __future__ import annotations

from typing import Any

from equidesign.render.model import family_title
from equidesign.render.testing import testing_context
from equidesign.render.training import training_context
from equidesign.spec.specification import Specification


def script_context(spec: Specification) -> dict[str, Any]:
    """Return the context that ``train.py.jinja`` and ``test_equivariance.py.jinja`` read."""
    return {
        "spec": spec,
        "name": spec.name,
        "family": family_title(spec),
        "group": spec.symmetry.canonical,
        "domain": spec.domain,
        "task": spec.task,
        "training": spec.training,
        "train": training_context(spec),
        "test": testing_context(spec),
        "inputs": spec.interface.inputs,
        "outputs": spec.interface.outputs,
    }
