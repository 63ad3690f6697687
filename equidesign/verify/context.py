"""What every check is given: the model, its group, and inputs to start from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch

from equidesign.groups.group import Group
from equidesign.groups.names import parse_group
from equidesign.spec.field import Space
from equidesign.spec.generators import Generators
from equidesign.spec.specification import Interface
from equidesign.verify.actions import Actor, Tensors
from equidesign.verify.deviation import Deviation, deviation
from equidesign.verify.elements import Element, is_planar, point_elements
from equidesign.verify.labels import Labels
from equidesign.verify.rounding import Precision
from equidesign.verify.subject import Subject
from equidesign.verify.verdict import Effort


@dataclass(frozen=True)
class Claims:
    """What is claimed of the model beyond the interface.

    Attributes:
        permutations: order of points, elements and nodes is without meaning.
        conservative: forces are the negative gradient of an energy.
        cutoff: radius beyond which points do not interact, if there is one.
    """

    permutations: bool = True
    conservative: bool = False
    cutoff: float | None = None

    @staticmethod
    def of(
        interface: Interface, conservative: bool | None = None, cutoff: float | None = None
    ) -> Claims:
        """Return what an interface claims.

        Order is without meaning where the group has permutations; forces beside an energy are its gradient unless
        ``conservative`` says that they are not.
        """
        both = {"energy", "forces"} <= interface.outputs.keys() and "pos" in interface.inputs
        permutations = parse_group(interface.group).has_permutations
        return Claims(permutations, both if conservative is None else conservative, cutoff)


@dataclass
class Context:
    """Everything that a check needs.

    Attributes:
        dead: outputs found vacuous, which other checks leave out.
        types: representations of intermediate fields by the path of their module, where they are known.
        explained: how many breaks were traced to their cause so far.
        generators: of a custom group.
        reproduce: whether a script that shows the worst failure is wanted.
        reproduction: what that script needs, once there is a failure.
    """

    subject: Subject
    group: Group
    fiber: Group
    actor: Actor
    preferred_axis: str | None = None
    claims: Claims = Claims()
    seed: int = 0
    effort: Effort = Effort.default
    types: Mapping[str, str] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    explained: int = 0
    generators: Generators | None = None
    reproduce: bool = False
    reproduction: dict[str, Any] | None = None

    @property
    def interface(self) -> Interface:
        """The model's inputs and outputs."""
        return self.subject.interface

    @property
    def quick(self) -> bool:
        """Whether as little as possible is to be measured."""
        return self.effort is Effort.quick

    @property
    def dtypes(self) -> tuple[torch.dtype, ...]:
        """The precisions the model runs in, float64 first."""
        return self.subject.dtypes

    @property
    def acting(self) -> Group:
        """The point group whose elements are tested: the fiber, or the turns about an axis in it."""
        return self.group.geometric.point_group

    @property
    def axis(self) -> str | None:
        """The axis of space that a planar group turns about; None in the plane."""
        if not (is_planar(self.acting) and self.actor.dimension == 3):
            return None
        return "y" if Space.sphere in self.spaces else self.preferred_axis or "z"

    @property
    def spaces(self) -> set[str]:
        """The spaces of the inputs."""
        return {spec.space for spec in self.interface.inputs.values()}

    @cached_property
    def labels(self) -> Labels:
        """Relabelling of points and samples."""
        return Labels(self.interface, self.fiber)

    @property
    def base(self) -> Tensors:
        """The inputs that most checks start from."""
        return self.subject.base

    @cached_property
    def larger(self) -> Tensors:
        """Other inputs, of three samples."""
        return self.subject.inputs(3, self.seed + 50)

    @cached_property
    def single(self) -> Tensors:
        """The first sample of the base alone, for what is costly."""
        return self.base if self.one_batch_size else self.labels.take(self.base, [0])[0]

    @cached_property
    def one_batch_size(self) -> bool:
        """Whether samples cannot be taken out of the batch: there is one only, or the model takes no other number."""
        if self.labels.sizes(self.base).get("samples", 1) < 2:
            return True
        if "samples" in {size for s in self.interface.inputs.values() for size in s.shape}:
            return False
        alone = self.labels.take(self.base, [0])[0]
        try:
            self.outputs(alone, self.dtypes[0], False)
        except Exception:
            return not self.labels.batch_of(self.base)
        return False

    def elements(self, count: int, salt: int = 2) -> list[Element]:
        """Return elements of the acting group: all of a finite one, ``count`` or a few more of another."""
        return point_elements(
            self.acting, count, self.generator(salt), self.axis, given=self.generators
        )

    def generator(self, salt: int) -> torch.Generator:
        """Return a generator of random numbers, a different one for each check."""
        return torch.Generator().manual_seed(1009 * self.seed + salt)

    def outputs(self, inputs: Tensors, dtype: torch.dtype, training: bool) -> Tensors:
        """Run the model, remembering the result for these very inputs."""
        return self.subject.outputs(inputs, dtype, training)

    @cached_property
    def rounding(self) -> float:
        """What rounding alone does to the outputs in float32, relative."""
        if len(self.dtypes) < 2:
            return 0.0
        one, other = (self.outputs(self.base, dtype, False) for dtype in self.dtypes)
        errors = self.deviations(other, one)
        return max((d.error for d in errors.values() if math.isfinite(d.error)), default=0.0)

    @cached_property
    def precision(self) -> Precision:
        """How well the model computes, apart from any symmetry; costs some passes."""
        from equidesign.verify.precision import measure_precision

        return measure_precision(self)

    def precision_for(self, element: Element | None) -> Callable[[], Precision]:
        """Return what measures the precision; rounded constants cannot excuse what does not turn anything."""

        def measured() -> Precision:
            return self.precision if turns else replace(self.precision, constants=False)

        turns = not _is_identity(element)
        return measured

    def deviations(self, found: Tensors, expected: Tensors) -> dict[str, Deviation]:
        """Return the deviation of every output that is not dead."""
        return {
            name: deviation(found[name], expected[name], spec, self.actor.rep(spec))
            for name, spec in self.interface.outputs.items()
            if name in found and name not in self.dead
        }


def _is_identity(element: Element | None) -> bool:
    if element is None or element.matrix is None:
        return True
    matrix = element.matrix
    return bool(torch.equal(matrix, torch.eye(len(matrix), dtype=matrix.dtype)))
