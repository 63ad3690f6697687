"""The process that runs a model: ``python -m equidesign.verify.child FOLDER`` with ``job.json`` in it.

It writes ``stage.txt`` while it works and ``result.json`` at the end, both into the folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

from equidesign.verify.runner import OUT_OF_MEMORY
from equidesign.verify.verdict import Report

MEGABYTE = 2**20


class RefusedError(Exception):
    """The model's file cannot be used; the text says why."""


def main(arguments: list[str]) -> int:
    """Do the job; return the exit code."""
    place = Path(arguments[0])
    job = json.loads((place / "job.json").read_text(encoding="utf-8"))
    _limit(job)
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True

    def progress(stage: str) -> None:
        (place / "stage.txt").write_text(stage, encoding="utf-8")

    try:
        report = run_bundle(job, progress)
    except MemoryError:
        return OUT_OF_MEMORY
    except RefusedError as error:
        report = Report.failure(Path(job["folder"]).name, "", str(error), job["seed"])
    partial = place / "result.json.part"
    partial.write_text(json.dumps(report.to_data()), encoding="utf-8")
    os.replace(partial, place / "result.json")
    return 0


def _limit(job: dict[str, Any]) -> None:
    """Limit the memory this process may take. Address space would not do: libraries reserve far more than they use."""
    limit = int(job["memory_mb"]) * MEGABYTE
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    seconds = int(job["seconds"]) * (os.cpu_count() or 1) + 60
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def load_module(path: Path) -> ModuleType:
    """Import a Python file by its path.

    Raises:
        RefusedError: it raises when it is imported.
    """
    sys.path.insert(0, str(path.parent))
    name = f"_equidesign_verified_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RefusedError(f"{path.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except MemoryError:
        raise
    except BaseException as error:
        raise RefusedError(f"importing {path.name} failed: {_said(error)}") from error
    return module


def run_bundle(job: dict[str, Any], progress: Any) -> Report:
    """Verify the bundle of a job."""
    from equidesign.spec.loading import load_specification

    folder = Path(job["folder"])
    spec = load_specification(folder)
    progress("import")
    from equidesign.verify.check import verify_model
    from equidesign.verify.trials import Claims

    module = load_module(folder / "model.py")
    for name in ("build_model", "example_inputs"):
        if not callable(getattr(module, name, None)):
            raise RefusedError(f"model.py does not define {name}()")
    data: Any = spec.request.data
    task: Any = spec.request.task
    return verify_model(
        module.build_model,
        spec.interface,
        example_inputs=lambda batch, seed: module.example_inputs(batch_size=batch, seed=seed),
        target=spec.name,
        fiber=spec.fiber,
        axis=data.preferred_axis,
        claims=Claims(
            permutations=True,
            conservative=task.type == "force_prediction" and task.conservative,
            cutoff=getattr(data, "cutoff", None),
        ),
        seed=job["seed"],
        quick=job["quick"],
        progress=progress,
    )


def _said(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
