"""Recipe: the settings under training, deployment and verification, and what they may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from equidesign.design.family import all_families
from equidesign.design.recipe import LOSSES, deployment, training, verification
from equidesign.errors import nearest
from equidesign.lint.reading import ABSENT, value_at
from equidesign.lint.versions import library_of
from equidesign.spec.request import Acceleration
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.specification import Specification

_LARGEST = 10**12


@dataclass(frozen=True)
class Setting:
    """What one setting may be.

    Attributes:
        sort: ``text``, ``count`` (a whole number from 1), ``number`` or ``mapping``.
        above, minimum, below: bounds of a number.
        usual: least and largest value that people train with.
        off: whether zero turns it off.
        required: whether render needs it.
    """

    sort: str
    doc: str
    choices: tuple[str, ...] = ()
    above: float | None = None
    minimum: float | None = None
    below: float | None = None
    usual: tuple[float, float] | None = None
    off: bool = False
    required: bool = True

    def objection(self, value: Any) -> str | None:
        """Say why a value is impossible, None if it is not."""
        if self.sort in ("text", "mapping"):
            return self._no_text(value) if self.sort == "text" else self._no_mapping(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{_shown(value)} is no number"
        if not abs(value) <= _LARGEST:
            return f"{_shown(value)} is too large"
        if self.sort == "count" and not isinstance(value, int):
            return f"{value} is no whole number"
        minimum = 1 if self.sort == "count" else self.minimum
        if minimum is not None and value < minimum:
            return f"{value} is below {minimum}"
        if self.above is not None and value <= self.above:
            return f"{value} is not above {self.above:g}"
        if self.below is not None and value >= self.below:
            return f"{value} is not below {self.below:g}"
        return None

    def is_unusual(self, value: Any) -> bool:
        """Tell whether a possible value is one that people do not train with."""
        if self.usual is None or self.objection(value) is not None:
            return False
        least, largest = self.usual
        return not least <= value <= largest and not (self.off and value == 0)

    def _no_text(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return f"{_shown(value)} is no text"
        if not value.strip():
            return "it is empty"
        if self.choices and value not in self.choices:
            return f"'{value[:80]}' is not one of {', '.join(self.choices)}"
        return None

    @staticmethod
    def _no_mapping(value: Any) -> str | None:
        return None if isinstance(value, Mapping) else f"{_shown(value)} is no mapping"

    def close(self, value: Any) -> str | None:
        """Return the choice that was probably meant."""
        return nearest(value[:100], self.choices) if isinstance(value, str) else None


LOSS_NAMES = tuple(dict.fromkeys((*LOSSES.values(), "flow_matching", "reconstruction_mse")))
SETTINGS: Mapping[str, Mapping[str, Setting]] = {
    "training": {
        "loss": Setting("text", "what is minimised", choices=LOSS_NAMES),
        "optimizer": Setting("text", "what minimises it"),
        "learning_rate": Setting("number", "the largest step size", above=0, usual=(1e-5, 0.1)),
        "weight_decay": Setting("number", "of AdamW", minimum=0, usual=(0, 1)),
        "schedule": Setting("text", "how the learning rate changes"),
        "batch_size": Setting("count", "samples in one step", usual=(1, 65_536)),
        "epochs": Setting("count", "passes over the data", usual=(1, 100_000)),
        "patience": Setting("count", "epochs without progress before it stops", usual=(1, 100_000)),
        "ema_decay": Setting(
            "number", "of the averaged weights", minimum=0, below=1, usual=(0.5, 1), off=True
        ),
        "gradient_clip": Setting(
            "number", "largest norm of a gradient", above=0, usual=(1e-4, 1e6)
        ),
        "augmentation": Setting("text", "random changes of the data that are still needed"),
        "energy_weight": Setting("number", "of the energy's error", minimum=0, required=False),
        "force_weight": Setting("number", "of the forces' error", minimum=0, required=False),
    },
    "deployment": {
        "precision": Setting("text", "of the numbers", choices=("float32", "float64")),
        "device": Setting("text", "where it runs", choices=("auto", "cpu", "cuda")),
        "acceleration": Setting(
            "text", "what makes the code faster", choices=get_args(Acceleration), required=False
        ),
        "install": Setting("text", "the command that installs what the code imports"),
    },
    "verification": {
        "command": Setting("text", "what checks the symmetry by numbers"),
        "test": Setting("text", "what runs the bundle's own test"),
        "expected_relative_error": Setting("mapping", "by precision: float32, float64"),
    },
}
PRECISIONS = {"float32": (2.0**-23, 1e-4), "float64": (2.0**-52, 1e-11)}
"""Distance from 1 to the next number, and the largest error that rounding explains."""


ERRORS: KeyPath = ("verification", "expected_relative_error")


def default(context: Context, path: KeyPath) -> Any:
    """Return what design writes for a setting, None if the request does not say enough."""
    problem, spec = context.problem, context.spec
    backend = library_of(spec) if spec else None
    if problem is None or spec is None or backend is None:
        return None
    family = all_families().get(context.believed_family or "")
    made = {
        "training": training(problem, family) if family else {},
        "deployment": deployment(problem, backend),
        "verification": verification(problem),
    }
    found = value_at(made, path)
    return None if found is ABSENT else found


def written_settings(spec: Specification) -> Iterator[tuple[KeyPath, Setting, Any]]:
    """Yield path, meaning and value of every known setting that is there."""
    for section, known in SETTINGS.items():
        for key, value in getattr(spec, section).items():
            if key in known:
                yield (section, key), known[key], value


def expected_errors(spec: Specification) -> Mapping[str, Any]:
    """Return the expected relative errors by precision, as written."""
    found = spec.verification.get("expected_relative_error")
    return found if isinstance(found, Mapping) else {}


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) < _LARGEST else "the number"
    return text if len(text) <= 80 else f"{text[:77]}..."
