"""What a script needs to show a failure again, as plain data that the checks fill in. No torch here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

RELATION, VACUOUS, FORCES = "relation", "vacuous", "forces"
WIDTH = 99


@dataclass(frozen=True)
class Reproduction:
    """The worst case of a check, complete enough to be run again elsewhere. All values are plain data for JSON.

    Attributes:
        kind: ``relation``: the output on ``moved`` must be what ``expected`` makes of the output on ``inputs``;
            ``vacuous``: the output must be finite, not zero, and differ between ``inputs`` and ``moved``;
            ``forces``: the output must be minus the gradient of the output ``energy`` with respect to ``wrt``.
        title: the check, in words.
        label: the group element, in words.
        output: name of the output.
        names: names of all outputs in order, for models that return tuples.
        inputs: tensors by the names of the inputs, each a dictionary with ``dtype`` (``float64``, ``int64``, ``bool``),
            ``shape``, and either ``values`` (nested lists) or ``base64`` (bytes of the flat tensor, native order).
        moved: the same after the group element acted on them, or other inputs.
        expected: steps applied to the output on ``inputs``, as ``reproducer.STEPS`` lists them.
        observed: steps applied to the output on ``moved``.
        part: (axis, start, stop) of the components that are compared, None for all.
        by_position: whether the model takes its inputs by position, in the order of ``inputs``.
        needs_grad: whether the model wants inputs that require gradients.
        training: train or eval mode.
        dtype: precision, ``float64`` unless the model runs in ``float32`` only.
        seed: seed of torch and of Python, before the model is built and before each call.
        shake: strength of ``shaking.shake``; 0 where the break shows with the model's own parameters.
        statistics: whether ``shaking.shake_statistics`` is applied too.
        energy, wrt: of the kind ``forces``.
        tolerance: relative error above which the script fails.
    """

    kind: str
    title: str
    label: str
    output: str
    names: tuple[str, ...]
    inputs: Mapping[str, Mapping[str, Any]]
    moved: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    expected: tuple[Mapping[str, Any], ...] = ()
    observed: tuple[Mapping[str, Any], ...] = ()
    part: tuple[int, int, int] | None = None
    by_position: bool = False
    needs_grad: bool = False
    training: bool = False
    dtype: str = "float64"
    seed: int = 0
    shake: float = 0.0
    statistics: bool = False
    energy: str = ""
    wrt: str = ""
    tolerance: float = 1e-6

    def to_data(self) -> dict[str, Any]:
        """Return plain data, for ``Report.reproduction``."""
        return asdict(self)

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Reproduction:
        """Read what ``to_data`` wrote, also after it went through JSON."""
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items()
        }
        return Reproduction(**values)


def tensor_code(value: Mapping[str, Any]) -> str:
    """Return the expression that makes a tensor."""
    dtype = f"dtype=torch.{value['dtype']}"
    if "base64" in value:
        data = f'bytearray(base64.b64decode("{value["base64"]}"))'
        return f"torch.frombuffer({data}, {dtype}).reshape({list(value['shape'])})"
    if 0 in value["shape"]:
        return f"torch.zeros({list(value['shape'])}, {dtype})"
    return f"torch.tensor({nested(value['values'])}, {dtype})"


def nested(values: Any, indent: int = 4) -> str:
    """Return nested lists, one innermost list a line where they do not fit on one."""
    text = repr(values).replace("nan", 'float("nan")').replace("inf", 'float("inf")')
    if (
        len(text) + indent <= WIDTH
        or not isinstance(values, list)
        or not isinstance(values[0], list)
    ):
        return text
    inner = " " * (indent + 4)
    lines = [f"{inner}{nested(item, indent + 4)}," for item in values]
    return "\n".join(["[", *lines, " " * indent + "]"])
