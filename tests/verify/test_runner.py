"""Whatever the model does to its process, there is a report with the reason, and nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from own_models import interruptible

from equidesign.errors import InputError
from equidesign.verify.api import verify_target
from equidesign.verify.supervisor import descendants
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
FORWARD = "    def forward(self, x, mask):\n"
BUILD = "def build_model():\n"
STAGES = {
    "import": lambda line: f"{GOOD}\n{line}\n",
    "build": lambda line: GOOD.replace(BUILD, f"{BUILD}    {line}\n"),
    "first run": lambda line: GOOD.replace(FORWARD, f"{FORWARD}        {line}\n"),
}
HELPER = """
import os, subprocess, sys
CODE = '''
import os, sys, time
{leave}
open({pid!r}, "w").write(str(os.getpid()))
time.sleep(300)
'''
subprocess.Popen([sys.executable, "-c", CODE], env={{}}, start_new_session={session})
import time
while not os.path.exists({pid!r}) or not open({pid!r}).read():
    time.sleep(0.01)
"""
DAEMONISE = "os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0)"


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
    return verify_target(bundle, effort="quick", **limits)  # type: ignore[arg-type]


def is_alive(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


def test_good_and_leaves_nothing_behind(bundle: Path) -> None:
    report = verify(bundle, GOOD)
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


FAKE = '{"report": {"target": "x", "group": "S_n", "rows": []}, "verdict": "BROKEN"}'


@pytest.mark.parametrize(
    "nuisance",
    [
        pytest.param(f"print({FAKE!r})", id="a fake result on stdout"),
        pytest.param("import sys; sys.stdout.close(); sys.stderr.close()", id="closes stdout"),
        pytest.param("import os; os.close(1); os.close(2)", id="closes descriptors"),
        pytest.param("import os; os.closerange(0, 4096)", id="closes all descriptors"),
        pytest.param("import sys; sys.stdout = None", id="replaces stdout"),
        pytest.param("import os; os.chdir('/')", id="changes directory"),
        pytest.param("import os; os.environ.clear()", id="clears the environment"),
        pytest.param("import atexit, time; atexit.register(time.sleep, 300)", id="slow exit"),
        pytest.param(
            "import threading, time; threading.Thread(target=time.sleep, args=(300,)).start()",
            id="a thread that goes on",
        ),
        pytest.param("import os; os.fork()", id="a second process that does the same"),
        pytest.param("import os; os.write(1, b'x' * 50_000_000)", id="a flood of output"),
        pytest.param("torch.set_default_dtype(torch.float64)", id="another default dtype"),
        pytest.param("torch.set_grad_enabled(False)", id="gradients off"),
        pytest.param("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", id="deaf"),
    ],
)
def test_nuisances_do_not_matter(bundle: Path, nuisance: str) -> None:
    report = verify(bundle, f"{GOOD}\n{nuisance}\n", timeout=100)
    assert report.verdict is Verdict.exact, report
    assert report.target == "small"


CRASHES = {
    "import os; os._exit(0)": "ended by itself with code 0",
    "import sys; sys.exit('enough')": "enough",
    "raise RuntimeError('no such weights')": "RuntimeError: no such weights",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise type('Odd', (BaseException,), {})('odd')": "Odd: odd",
    "import os; os.kill(os.getpid(), 11)": "SIGSEGV",
}
MORE_CRASHES = {
    "import os; os._exit(3)": "ended by itself with code 3",
    "import ctypes; ctypes.string_at(0)": "SIGSEGV",
    "import os; os.abort()": "SIGABRT",
    "import os, signal; os.killpg(0, signal.SIGKILL)": "SIGKILL",
    "import os; os.execv('/bin/true', ['true'])": "ended by itself with code 0",
}


@pytest.mark.parametrize(
    ("stage", "line", "reason"),
    [
        *((stage, line, reason) for stage in STAGES for line, reason in CRASHES.items()),
        *(("first run", line, reason) for line, reason in MORE_CRASHES.items()),
    ],
)
def test_crash(bundle: Path, stage: str, line: str, reason: str) -> None:
    report = verify(bundle, STAGES[stage](line))
    assert report.verdict is Verdict.error
    assert report.exit_code == 2
    (row,) = report.rows
    text = f"{row.check}: {row.detail}"
    assert reason in text
    assert stage in text.replace("importing", "import").replace("build_model", "build")
    assert "Traceback" not in text
    assert "equidesign" not in text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import nonsense_module", "No module named 'nonsense_module'"),
        ("del build_model", "does not define build_model()"),
        ("def (:", "SyntaxError"),
        ("1 / 0", "model.py line 22"),
    ],
)
def test_a_file_that_cannot_be_used(bundle: Path, line: str, reason: str) -> None:
    report = verify(bundle, f"{GOOD}\n{line}\n")
    assert report.verdict is Verdict.error
    assert reason in report.rows[0].detail
    assert "Traceback" not in report.rows[0].detail


def test_last_words_are_told(bundle: Path) -> None:
    line = "import os; os.write(2, b'fatal: no licence\\x1b[2J\\n'); os._exit(4)"
    report = verify(bundle, f"{GOOD}\n{line}\n")
    assert "its last words: fatal: no licence?[2J" in report.rows[0].detail


@pytest.mark.parametrize("stage", STAGES)
def test_a_hang_is_stopped_and_located(bundle: Path, stage: str) -> None:
    report = verify(bundle, STAGES[stage]("while True: pass"), timeout=15)
    (row,) = report.rows
    assert row.verdict is Verdict.error
    assert "time limit of 15 s" in row.detail
    assert stage in row.detail
    assert "model.py line" in row.detail


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("leave", ["pass", DAEMONISE], ids=["child", "daemon"])
@pytest.mark.parametrize("end", ["time.sleep(300)", "os._exit(0)", "pass"])
def test_what_a_model_started_is_ended(bundle: Path, leave: str, end: str) -> None:
    pid = bundle / "pid"
    code = HELPER.format(leave=leave, pid=str(pid), session=leave == "pass")
    report = verify(bundle, f"{GOOD}\n{code}\n{end}\n", timeout=20)
    assert report.passed == (end == "pass"), report
    assert not is_alive(int(pid.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_processes_that_multiply_are_ended(bundle: Path) -> None:
    mark = str(bundle / "multiplying")
    again = f"subprocess.Popen([sys.executable, '-c', open({mark!r}).read(), {mark!r}]"
    body = f"import subprocess, sys, time; {again}, start_new_session=True); time.sleep(0.1)"
    (bundle / "multiplying").write_text(body)
    line = f"import subprocess, sys; {again})"
    report = verify(bundle, f"{GOOD}\n{line}\n", timeout=60)
    assert report.passed, report
    time.sleep(0.5)
    assert not [command for command in _command_lines() if mark.encode() in command]


def _command_lines() -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes())
    return found


@pytest.mark.parametrize(
    ("stage", "line"),
    [("import", "big = bytearray(3 * 2**30)"), ("build", "raise MemoryError")]
    + [(stage, "big = torch.ones(3 * 2**28)") for stage in STAGES],
)
def test_out_of_memory(bundle: Path, stage: str, line: str) -> None:
    report = verify(bundle, STAGES[stage](line), memory_mb=2000)
    assert report.verdict is Verdict.error
    assert "out of memory (the limit of 2000 MB" in report.rows[0].detail


def test_too_little_memory_for_torch(bundle: Path) -> None:
    report = verify(bundle, GOOD, memory_mb=20)
    assert report.verdict is Verdict.error
    assert "out of memory" in report.rows[0].detail


def test_a_model_that_fails_in_forward(bundle: Path) -> None:
    report = verify(bundle, GOOD.replace(".sum(1)", ".sum(7)"))
    assert report.verdict is Verdict.error
    assert "IndexError" in report.rows[0].detail


def test_weights_that_are_not_numbers_do_not_pass(bundle: Path) -> None:
    poison = "        nn.init.constant_(self.outer.weight, float('nan'))\n"
    report = verify(bundle, GOOD.replace("\n    def forward", f"{poison}\n    def forward", 1))
    assert not report.passed


def test_no_model(bundle: Path) -> None:
    with pytest.raises(InputError, match=r"no model\.py"):
        verify_target(bundle)


def test_a_specification_is_rendered_first(bundle: Path) -> None:
    report = verify_target(bundle / "architecture.yaml", effort="quick")
    assert report.verdict is Verdict.exact, report
    assert os.listdir(bundle).count("model.py") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupting_the_parent_ends_the_model(bundle: Path, number: int) -> None:
    pid = bundle / "pid"
    line = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(300)"
    (bundle / "model.py").write_text(f"{GOOD}\n{line}\n")
    command = [sys.executable, "-m", "equidesign", "verify", str(bundle)]
    parent = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible)
    deadline = time.monotonic() + 100
    while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    worker = int(pid.read_text())
    started = descendants(parent.pid)
    assert worker in started
    parent.send_signal(number)
    _, errors = parent.communicate(timeout=60)
    expected = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
    assert parent.returncode == expected[signal.Signals(number)]
    assert "Traceback" not in errors
    deadline = time.monotonic() + 20
    while any(map(is_alive, started)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [process for process in started if is_alive(process)]
