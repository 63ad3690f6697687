"""The process that runs a model: a folder with ``job.json`` comes in.

It writes ``stage.txt`` while it works and ``result.json`` at the end, both into the folder, and then ends at once:
threads and exit handlers of the model are not waited for.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import sys
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from equidesign.errors import InputError
from equidesign.verify.reasons import FailedError, out_of_memory, own_line, said, speaks_of_memory
from equidesign.verify.runner import STACK, plain_errors
from equidesign.verify.supervisor import PYTHON_STACK, supervise
from equidesign.verify.verdict import Report, Verdict

MEGABYTE = 2**20
MANY_DESCRIPTORS = 4096


class Stages:
    """Where the work has got to, for the report of a model that ends its process."""

    def __init__(self, place: Path) -> None:
        self.file = place / "stage.txt"
        self.now = "start"

    def __call__(self, stage: str) -> None:
        self.now = stage
        with contextlib.suppress(OSError):
            self.file.write_text(stage, encoding="utf-8")


def start(folder: str) -> NoReturn:
    """Do the job in a process of its own."""
    place = Path(folder)
    supervise(place)
    worker = os.getpid()
    job = json.loads((place / "job.json").read_text(encoding="utf-8"))
    _limit(job)
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    stack = open(place / STACK, "w")  # noqa: SIM115
    faulthandler.enable(stack, all_threads=False)
    if PYTHON_STACK:
        faulthandler.register(PYTHON_STACK, stack, all_threads=False)
    stages = Stages(place)
    result = _result(job, place, stages)
    if os.getpid() == worker:
        _write(place, json.dumps(result))
    os._exit(0)


def _result(job: Mapping[str, Any], place: Path, stages: Stages) -> dict[str, Any]:
    """Return the report, or the errors of an input that cannot be used."""
    try:
        return {"report": _worded(run(job, place, stages), job).to_data()}
    except InputError as error:
        return {"refused": plain_errors(error)}
    except BaseException as error:
        words = said(error)
        if isinstance(error, FailedError):
            reason = str(error)
        elif isinstance(error, Exception) and not own_line(error):
            reason = f"equidesign failed during {stages.now}: {words}"
        else:
            reason = f"the model failed during: {stages.now}: {words}"
        if isinstance(error, MemoryError) or speaks_of_memory(reason):
            reason = out_of_memory(job["memory_mb"], stages.now)
        report = Report.failure(job["name"], job["group"], reason, job["seed"])
        return {"report": report.to_data()}


def _worded(report: Report, job: Mapping[str, Any]) -> Report:
    """Name the limit where memory ran out within a check."""
    rows = [
        replace(row, detail=out_of_memory(job["memory_mb"], row.check))
        if row.verdict is Verdict.error and speaks_of_memory(row.detail)
        else row
        for row in report.rows
    ]
    return replace(report, rows=tuple(rows))


def _write(place: Path, text: str) -> None:
    """Write the result, whatever the model did to the descriptors of its process."""
    try:
        null = os.open(os.devnull, os.O_RDWR)
    except OSError:
        os.closerange(3, MANY_DESCRIPTORS)
        null = os.open(os.devnull, os.O_RDWR)
    # A result file that took the place of a closed stdout would be printed into.
    for standard in (0, 1, 2):
        try:
            os.fstat(standard)
        except OSError:
            os.dup2(null, standard)
    partial = place / "result.json.part"
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, place / "result.json")


def _limit(job: Mapping[str, Any]) -> None:
    """Limit the memory this process may take. Address space would not do: libraries reserve far more than they use."""
    try:
        import resource
    except ImportError:
        return
    memory = int(job["memory_mb"]) * MEGABYTE
    seconds = int(job["seconds"]) * (os.cpu_count() or 1) + 60
    for what, limit in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))


def run(job: Mapping[str, Any], place: Path, stages: Stages) -> Report:
    """Verify the model of a job.

    Raises:
        InputError: the target, its interface or its inputs cannot be used.
        FailedError: the model's own code fails when it is imported or built.
    """
    stages("import of torch")
    from equidesign.verify.prepare import prepare

    model = prepare(job, place, stages)
    from equidesign.verify.check import verify_model

    more: dict[str, Any] = {"generators": model.generators} if model.generators else {}
    report = verify_model(
        model.build,
        model.interface,
        example_inputs=model.inputs,
        target=job["name"],
        fiber=model.fiber,
        axis=model.axis,
        claims=model.claims,
        types=model.types,
        seed=job["seed"],
        effort=job["effort"],
        reproduce=job.get("reproduce", False),
        progress=stages,
        **more,
    )
    return model.advised(report)
