"""What the families that were not chosen would cost: the same request, designed with each of them."""

from __future__ import annotations

from dataclasses import dataclass

from equidesign.comparison.layers import Figure
from equidesign.comparison.measured import measure
from equidesign.design.pipeline import design_architecture
from equidesign.errors import EquidesignError
from equidesign.spec.specification import Alternative, Specification


@dataclass(frozen=True)
class Priced:
    """An alternative, and what it would cost.

    Attributes:
        specification: the request designed with that family; None if that is not possible.
        figures: parameters, flops and memory_mb of the specification at hand, and of the other.
        why: why it can't be designed; empty if it can.
    """

    alternative: Alternative
    specification: Specification | None
    figures: tuple[Figure, ...]
    why: str = ""


def priced_alternatives(spec: Specification) -> tuple[Priced, ...]:
    """Design the specification's request with each family that it names as an alternative."""
    return tuple(_priced(spec, other) for other in spec.alternatives)


def _priced(spec: Specification, other: Alternative) -> Priced:
    # The library follows from the family.
    wishes = {"family": other.family, "library": None}
    constraints = spec.request.constraints.model_copy(update=wishes)
    request = spec.request.model_copy(update={"constraints": constraints})
    try:
        found = design_architecture(request).specification
    except EquidesignError as error:
        return Priced(other, None, (), error.what)
    one, two = measure(spec), measure(found)
    figures = (
        Figure("parameters", one.parameters, two.parameters),
        Figure("flops", one.flops, two.flops),
        Figure("memory_mb", one.memory_mb, two.memory_mb),
    )
    return Priced(other, found, figures)
