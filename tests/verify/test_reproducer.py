"""Scripts that show a failure: run without equidesign, on the broken model and on the repaired one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from small_models import SCALAR_AND_VECTOR, example_points
from torch import Tensor

from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.spec.specification import Interface, TensorSpec
from equidesign.verify.actions import Actor
from equidesign.verify.checks.group_elements import element_trial, sample
from equidesign.verify.checks.order import _permutations
from equidesign.verify.draw import draw_inputs
from equidesign.verify.reproduce import (
    reproduction_of,
    steps_of,
    tensor_data,
    vacuous_reproduction,
)
from equidesign.verify.reproducer import reproducer_script
from equidesign.verify.reproduction import FORCES, Reproduction, tensor_code
from equidesign.verify.subject import Subject
from equidesign.verify.trials import Context

BLOCKED = (
    "import runpy, sys\nsys.modules['equidesign'] = None\nsys.argv = sys.argv[1:]\n"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)
MODEL = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.radial = nn.Linear(1, 2)
        self.hidden = nn.Parameter(torch.zeros(3))

    def forward(self, pos, batch):
        i, j = (batch[:, None] == batch).nonzero(as_tuple=True)
        away = pos[i] - pos[j]
        weight = self.radial(away.square().sum(1, keepdim=True)).tanh()
        vector = torch.zeros_like(pos).index_add(0, i, weight[:, :1] * away)
        scalar = pos.new_zeros(int(batch.max()) + 1, 2).index_add(0, batch[i], weight)
        BREAK
        return {"scalar": scalar, "vector": vector}

def build_model():
    return Model()
"""
BREAKS = {
    "bias": "vector = vector + 1e-3",
    "zero-initialised": "vector = vector + self.hidden",
    "train only": "vector = vector + 1e-3 if self.training else vector",
    "order": "vector = vector * torch.arange(len(pos)).to(pos)[:, None]",
    "scalars": "scalar = scalar + 0.1 * torch.zeros_like(scalar).index_add(0, batch, pos[:, :2])",
}


def context_of(build: Any, interface: Interface, example: Any) -> Context:
    group = parse_group(interface.group)
    fiber = group.geometric.point_group
    subject = Subject(build, example, interface, 0)
    return Context(subject=subject, group=group, fiber=fiber, actor=Actor(interface, fiber))


def module_at(path: Path) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "written"}
    exec(path.read_text(), names)
    return names


def job(path: Path, kind: str = "file") -> dict[str, Any]:
    return {"kind": kind, "path": str(path), "module": "", "attribute": "build_model"}


def run(script: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = folder / "reproducer.py"
    file.write_text(script, encoding="utf-8")
    command = [sys.executable, "-c", BLOCKED, str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)


def error_in(result: subprocess.CompletedProcess[str]) -> float:
    assert result.stdout.startswith("relative error: "), result.stderr
    return float(result.stdout.split()[-1])


def as_report(case: Reproduction) -> Any:
    return SimpleNamespace(reproduction=json.loads(json.dumps(case.to_data())))


@pytest.mark.parametrize("name", BREAKS)
def test_the_script_fails_until_the_model_is_repaired(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(MODEL.replace("BREAK", BREAKS[name]))
    context = context_of(module_at(path)["build_model"], SCALAR_AND_VECTOR, example_points)
    if name == "order":
        trial = _permutations(context, "points", context.labels.sizes(context.base))[0]
    else:
        trial = element_trial(
            context, next(e for kind, e in sample(context) if kind == "rotations")
        )
    training = name == "train only"
    case = reproduction_of(context, trial, training, "a title\nwith two lines")
    assert case is not None
    assert case.training == training
    assert (case.shake > 0) == (name == "zero-initialised")
    script = reproducer_script(as_report(case), job(path))
    broken = run(script, tmp_path)
    assert broken.returncode == 1, broken.stderr
    assert error_in(broken) > 1e-6
    path.write_text(MODEL.replace("BREAK", "pass"))
    repaired = run(script, tmp_path)
    assert repaired.returncode == 0, repaired.stderr
    assert error_in(repaired) < 1e-12


def test_the_path_can_be_given(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(MODEL.replace("BREAK", BREAKS["bias"]))
    context = context_of(module_at(path)["build_model"], SCALAR_AND_VECTOR, example_points)
    case = reproduction_of(
        context, element_trial(context, next(e for _, e in sample(context))), False, "t"
    )
    assert case is not None
    other = tmp_path / "elsewhere" / "fixed.py"
    other.parent.mkdir()
    other.write_text(MODEL.replace("BREAK", "pass"))
    script = reproducer_script(as_report(case), job(tmp_path, "bundle"))
    assert run(script, tmp_path).returncode == 1
    assert run(script, tmp_path, str(other)).returncode == 0


def test_a_symmetry_that_holds_gives_no_script(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(MODEL.replace("BREAK", "pass"))
    context = context_of(module_at(path)["build_model"], SCALAR_AND_VECTOR, example_points)
    trial = element_trial(context, next(e for _, e in sample(context)))
    assert reproduction_of(context, trial, False, "t") is None
    with pytest.raises(InputError, match="no script"):
        reproducer_script(SimpleNamespace(reproduction=None), job(path))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "broken", ["vector = vector * torch.nan", "vector = vector * 0", "vector = vector * 0 + 1"]
)
def test_outputs_that_say_nothing(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(MODEL.replace("BREAK", broken))
    context = context_of(module_at(path)["build_model"], SCALAR_AND_VECTOR, example_points)
    case = vacuous_reproduction(context, "vector", False, "vacuity")
    assert case is not None
    script = reproducer_script(as_report(case), job(path))
    assert run(script, tmp_path).returncode == 1
    path.write_text(MODEL.replace("BREAK", "pass"))
    assert run(script, tmp_path).returncode == 0


def test_images_with_many_numbers_and_a_tuple(tmp_path: Path) -> None:
    def source(shift: int) -> str:
        return (
            "from torch import nn\n\n\nclass Pool(nn.Module):\n    def forward(self, x):\n"
            f"        return x.mean((2, 3)), x.roll({shift}, 3)\n\n\nbuild_model = Pool\n"
        )

    shape = ("samples", 2, 32, 32)
    interface = Interface(
        group="C4",
        inputs={"x": TensorSpec(shape=shape, space="pixels", rep="1xirrep(1)")},
        outputs={
            "mean": TensorSpec(shape=("samples", 2), rep="1xirrep(1)"),
            "image": TensorSpec(shape=shape, space="pixels", rep="1xirrep(1)"),
        },
    )
    path = tmp_path / "model.py"
    path.write_text(source(1))
    context = context_of(
        module_at(path)["build_model"],
        interface,
        lambda batch, seed: draw_inputs(interface, batch, seed),
    )
    trial = element_trial(context, next(e for _, e in sample(context)))
    case = reproduction_of(context, trial, False, "t")
    assert case is not None
    assert case.output == "image"
    script = reproducer_script(as_report(case), job(path))
    assert "base64" in script
    assert run(script, tmp_path).returncode == 1
    path.write_text(source(0))
    assert run(script, tmp_path).returncode == 0


def test_forces(tmp_path: Path) -> None:
    def source(factor: float) -> str:
        return (
            "import torch\nfrom torch import nn\n\n\nclass Spring(nn.Module):\n    def forward(self, pos):\n"
            "        return {'energy': 0.5 * pos.square().sum().reshape(1, 1), 'forces': -pos * FACTOR}\n"
            "\n\nbuild_model = Spring\n"
        ).replace("FACTOR", str(factor))

    case = Reproduction(
        kind=FORCES,
        title="conservative forces",
        label="",
        output="forces",
        names=("energy", "forces"),
        inputs={"pos": tensor_data(torch.randn(4, 3))},
        energy="energy",
        wrt="pos",
    )
    path = tmp_path / "model.py"
    path.write_text(source(1.01))
    script = reproducer_script(as_report(case), job(path))
    assert error_in(run(script, tmp_path)) == pytest.approx(0.01 / 1.01, rel=1e-6)
    path.write_text(source(1))
    assert run(script, tmp_path).returncode == 0


MATRIX = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(0)).double())[0]
ORDER = torch.tensor([2, 0, 3, 1])


@pytest.mark.parametrize(
    ("function", "steps"),
    [
        (lambda y: y, []),
        (lambda y: y @ MATRIX.T, ["mix"]),
        (lambda y: (y @ MATRIX.T)[ORDER], ["mix", "pick"]),
        (lambda y: y[ORDER], ["pick"]),
        (lambda y: y[1:3], ["pick"]),
        (lambda y: y @ MATRIX.T + torch.tensor([1.0, 2.0, 3.0]), ["mix", "add"]),
        (lambda y: y.flatten().flip(0).reshape(y.shape), ["gather"]),
        (lambda y: y * torch.tensor([1.0, 0, 1, 1])[:, None], ["hide"]),
        (lambda y: y.T @ y, None),
        (lambda y: y.cumsum(0), ["mix"]),
        (lambda y: y * torch.arange(12.0).reshape(4, 3).exp(), ["mix"]),
    ],
)
def test_maps_become_steps(function: Any, steps: list[str] | None) -> None:
    example = torch.randn(4, 3, generator=torch.Generator().manual_seed(1)).double()
    found = steps_of(function, example)
    assert (None if found is None else [step["do"] for step in found]) == steps


def test_tensors_of_second_order_and_images() -> None:
    generator = torch.Generator().manual_seed(2)
    stress = torch.randn(2, 3, 3, generator=generator).double()
    steps = steps_of(lambda y: MATRIX @ y @ MATRIX.T, stress)
    assert steps is not None
    assert [(step["do"], step["axis"], step["axes"]) for step in steps] == [("mix", -2, 2)]
    image = torch.randn(2, 2, 5, 5, generator=generator).double()
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]]).double()
    steps = steps_of(
        lambda y: torch.rot90((y.movedim(1, -1) @ turn.T).movedim(-1, 1), dims=(-2, -1)), image
    )
    assert steps is not None
    assert [step["do"] for step in steps] in (["mix", "gather"], ["gather"])


@pytest.mark.parametrize(
    "value",
    [
        torch.randn(3, 4).double(),
        torch.tensor([float("nan"), float("inf"), -float("inf")]).double(),
        torch.arange(5),
        torch.tensor([[True], [False]]),
        torch.zeros(0, 3).double(),
        torch.randn(50, 50).double(),
        torch.tensor(2.5).double(),
    ],
)
def test_tensors_as_code(value: Tensor) -> None:
    data = json.loads(json.dumps(tensor_data(value)))
    again = eval(tensor_code(data), {"torch": torch, "base64": __import__("base64")})
    assert again.dtype == value.dtype
    assert (
        torch.equal(again.nan_to_num(7.0), value.nan_to_num(7.0))
        if value.is_floating_point()
        else torch.equal(again, value)
    )


def test_a_specification_has_no_file_to_load(tmp_path: Path) -> None:
    report = SimpleNamespace(reproduction={"kind": "relation"})
    with pytest.raises(InputError, match="no model"):
        reproducer_script(report, job(tmp_path, "specification"))  # type: ignore[arg-type]
