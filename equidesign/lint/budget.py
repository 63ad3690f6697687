"""Budget: whether the layers are what design makes for a limit of their own size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equidesign.lint.decided import types_of
from equidesign.lint.reference import designed_like

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def is_designed_for(context: Context, **limits: float) -> bool:
    """Tell whether design under these limits, and no others, makes exactly the layers of the file."""
    spec, request = context.spec, context.believed_request
    if spec is None or request is None:
        return False
    free = {"max_parameters": None, "max_memory_mb": None}
    for changes in ({}, {**free, **limits}):
        wishes = request.constraints.model_copy(update={**free, **changes})
        made = designed_like(request.model_copy(update={"constraints": wishes}), spec)
        if made is not None and types_of(made.layers) == types_of(spec.layers):
            return True
    return False
