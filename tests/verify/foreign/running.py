"""Runs verify on a case: in this process, or as a command."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from foreign.case import Case


@dataclass(frozen=True)
class Outcome:
    """The exit code, the verdict ('' where nothing was run) and what was said."""

    exit: int
    verdict: str
    said: str


def write(case: Case, folder: Path) -> Path:
    """Write interface.yaml."""
    path = folder / "interface.yaml"
    path.write_text(yaml.safe_dump(dict(case.interface), sort_keys=False), encoding="utf-8")
    return path


def target(case: Case) -> str:
    return f"{case.path}:{case.target.split(':')[1]}"


def in_process(case: Case, folder: Path, seed: int = 0, effort: str = "default") -> Outcome:
    """Do what the child process does, without the seconds that starting it takes."""
    from equidesign.errors import InputError
    from equidesign.verify.api import verification_job
    from equidesign.verify.child import Stages, run

    try:
        job = verification_job(
            target(case), interface=write(case, folder), seed=seed, effort=effort
        )
        report = run(job | {"memory_mb": 16_000}, folder, Stages(folder))
    except InputError as error:
        return Outcome(2, "", str(error))
    bad = [
        f"[{row.check}: {row.what}] {row.verdict} 32={row.error32} 64={row.error64} {row.detail}"
        for row in report.rows
        if str(row.verdict) not in ("EXACT", "RESOLUTION_LIMITED")
    ]
    return Outcome(report.exit_code, str(report.verdict), "\n".join(bad))


def by_command(case: Case, folder: Path) -> Outcome:
    """Run ``equidesign verify``; what goes to stdout has to be one JSON document or nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "equidesign", "verify", target(case), "--interface", str(write(case, folder)),
         "--format", "json", "--timeout", str(case.timeout)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    verdict, said = "", done.stderr
    if done.stdout:
        data = json.loads(done.stdout)
        verdict, said = data["verdict"], said + done.stdout
    assert "Traceback" not in said
    return Outcome(done.returncode, verdict, said)
