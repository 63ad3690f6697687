"""The answers about transformations, and what is said about those that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equidesign.design.problem import DesignWarning
from equidesign.design.quantities import find_quantity
from equidesign.errors import InputError
from equidesign.spec.request import Request

WHERE = "symmetry.transformations"
TURNS = ("rotation", "rotation_90", "rotation_180")
PLURAL = {
    "rotation": "rotations by any angle",
    "rotation_90": "rotations by 90 degrees",
    "rotation_180": "rotations by 180 degrees",
    "reflection": "reflections",
    "translation": "translations",
    "permutation": "permutations",
    "scale": "changes of scale",
}


@dataclass
class Answers:
    """The answers, read one after the other; every conclusion is kept as a step."""

    request: Request
    key: str
    steps: list[str] = field(default_factory=list)
    warnings: list[DesignWarning] = field(default_factory=list)

    @property
    def given(self) -> Mapping[str, str]:
        return self.request.symmetry.transformations.behaviours()

    def yes(self, name: str) -> bool:
        """The answer moves along, or stays: either way the transformation is a symmetry."""
        return self.given[name] in ("invariant", "equivariant")

    def no(self, name: str) -> bool:
        """The transformation changes the answer."""
        return self.given[name] == "none"

    def open(self, name: str) -> bool:
        """Nobody knows."""
        return self.given[name] == "unknown"

    @property
    def axis(self) -> bool:
        """One axis is special."""
        said = self.request.symmetry.transformations.preferred_axis
        return bool(said) or (said is None and self.request.data.preferred_axis is not None)

    def step(self, text: str) -> None:
        self.steps.append(text)

    def warn(self, code: str, message: str, hint: str = "") -> None:
        self.warnings.append(DesignWarning(code, message, hint))


def need(a: Answers, *names: str) -> InputError:
    wanted = " and ".join(names)
    return InputError(
        "the answers do not say enough to find the group on "
        f"{a.request.data.domain.replace('_', ' ')}",
        where=WHERE,
        expected=f"answers about {wanted}: invariant, equivariant or none",
        hint=f"add `{names[0]}: invariant` if the answer does not change under {PLURAL[names[0]]}, "
        "`equivariant` if it changes along with them, `none` if they are not a symmetry",
        repair={f"{WHERE}.{names[0]}": "invariant"},
    )


def mirror(a: Answers, default: bool, why: str) -> bool:
    if a.open("reflection"):
        a.step(f"reflection: unknown; {'assumed, since ' if default else 'not assumed: '}{why}")
        a.warn(
            "reflection-assumed" if default else "reflection-not-assumed",
            "nothing is said about reflections; they are "
            f"{'taken as a symmetry' if default else 'left out'}: {why}",
            "add `reflection: invariant`, `equivariant` or `none` under `transformations`",
        )
        return default
    a.step(
        f"reflection: {a.given['reflection']}"
        + (", so mirrors belong to the group" if a.yes("reflection") else ", so no mirrors")
    )
    return a.yes("reflection")


def nothing(a: Answers) -> InputError:
    return InputError(
        "by these answers no motion is a symmetry, and nothing is left to design for "
        f"{a.request.data.domain.replace('_', ' ')}",
        where=f"{WHERE}.rotation",
        hint=(
            "if one axis is special, say `rotation: equivariant` with `preferred_axis: true`; if "
            "nothing may be "
            "assumed of points, treat them as domain `sets` with their coordinates as features"
        ),
        repair={f"{WHERE}.rotation": "equivariant", f"{WHERE}.preferred_axis": True},
    )


def mirror_default(request: Request) -> tuple[bool, str]:
    """Known physics decides about mirrors that nobody was asked about."""
    task: Any = request.task
    if task.type == "force_prediction":
        return True, "energies are the same for mirror images, and forces turn with them"
    names = task.targets if task.type == "regression" else ()
    known = [find_quantity(name) for name in names] if isinstance(names, tuple) else []
    if known and all(each is not None and not each.handed for each in known):
        return True, f"it is known how {', '.join(names)} behave under mirrors"
    return False, "the smaller group claims less, and mirror images may differ"
