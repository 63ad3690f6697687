"""Whatever the model does to its process, there is a report with the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from equidesign.errors import InputError
from equidesign.verify.api import verify_bundle
from equidesign.verify.verdict import Report, Verdict

REQUEST = """
version: 1
name: small
symmetry: {group: S_n}
data: {domain: sets, features: 2, size: 6}
task: {type: classification, classes: 3}
constraints: {priority: speed}
"""
GOOD = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(2, 8), nn.Linear(8, 3)

    def forward(self, x, mask):
        return self.outer((self.inner(x).tanh() * mask[..., None]).sum(1))

def build_model():
    return Model()

def example_inputs(batch_size=2, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    size = torch.randint(3, 7, (batch_size,), generator=generator)
    mask = torch.arange(6) < size[:, None]
    return {"x": torch.randn(batch_size, 6, 2, generator=generator).to(dtype), "mask": mask}
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    from equidesign.design.pipeline import design_architecture
    from equidesign.render.architecture import architecture_yaml
    from equidesign.spec.request import load_request

    (tmp_path / "request.yaml").write_text(REQUEST)
    specification = design_architecture(load_request(tmp_path / "request.yaml")).specification
    (tmp_path / "architecture.yaml").write_text(architecture_yaml(specification))
    return tmp_path


def verify(bundle: Path, model: str, **limits: float) -> Report:
    (bundle / "model.py").write_text(model)
    return verify_bundle(bundle, quick=True, **limits)  # type: ignore[arg-type]


def test_good_and_leaves_nothing_behind(bundle: Path) -> None:
    report = verify(bundle, GOOD + '\nprint(\'{"verdict": "BROKEN"}\')')
    assert report.verdict is Verdict.exact, report
    assert {path.name for path in bundle.iterdir()} == {
        "request.yaml",
        "architecture.yaml",
        "model.py",
    }


def test_padding_that_leaks(bundle: Path) -> None:
    report = verify(bundle, GOOD.replace(" * mask[..., None]", ""))
    assert report.verdict is Verdict.broken
    assert "padding" in {row.check for row in report.rows if row.verdict is Verdict.broken}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import os; os._exit(0)", "ended by itself with code 0"),
        ("import os; os._exit(3)", "ended by itself with code 3"),
        ("import sys; sys.exit('enough')", "importing model.py failed"),
        ("raise RuntimeError('no such weights')", "RuntimeError: no such weights"),
        ("import os; os.kill(os.getpid(), 11)", "SIGSEGV"),
        ("import nonsense_module", "No module named 'nonsense_module'"),
        ("del build_model", "does not define build_model()"),
        ("def (:", "SyntaxError"),
    ],
)
def test_crash(bundle: Path, line: str, reason: str) -> None:
    report = verify(bundle, f"{GOOD}\n{line}\n")
    assert report.verdict is Verdict.error
    assert report.exit_code == 2
    assert reason in report.rows[0].detail
    assert "Traceback" not in report.rows[0].detail


def test_hang_is_killed_with_what_it_started(bundle: Path) -> None:
    line = "import subprocess, time; p = subprocess.Popen(['sleep', '300'])"
    line += f"; open({str(bundle / 'pid')!r}, 'w').write(str(p.pid)); time.sleep(300)"
    report = verify(bundle, f"{GOOD}\n{line}\n", timeout=20)
    assert report.verdict is Verdict.error
    assert "time limit of 20 s" in report.rows[0].detail
    pid = int((bundle / "pid").read_text())
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().split(")")[1].split()[0] == "Z"


def test_out_of_memory(bundle: Path) -> None:
    line = "big = torch.ones(3 * 2**28)"
    report = verify(bundle, f"{GOOD}\n{line}\n", memory_mb=2000)
    assert report.verdict is Verdict.error
    assert "memory" in report.rows[0].detail


def test_a_model_that_fails_in_forward(bundle: Path) -> None:
    report = verify(bundle, GOOD.replace(".sum(1)", ".sum(7)"))
    assert report.verdict is Verdict.error
    assert "the model failed: IndexError" in report.rows[0].detail


def test_no_model(bundle: Path) -> None:
    with pytest.raises(InputError, match=r"no model\.py"):
        verify_bundle(bundle)


def test_a_specification_is_rendered_first(bundle: Path) -> None:
    report = verify_bundle(bundle / "architecture.yaml", quick=True)
    assert report.verdict is Verdict.exact, report
    assert os.listdir(bundle).count("model.py") == 0


def test_the_parent_needs_no_torch() -> None:
    code = "import sys, equidesign.verify.api, equidesign.report.verify_text; print('torch' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"
