"""``verify_bundle``: a bundle or a specification, checked in a child process. No torch here."""

from __future__ import annotations

import tempfile
from pathlib import Path

from equidesign.errors import InputError
from equidesign.spec.loading import load_specification
from equidesign.spec.specification import Specification
from equidesign.verify.runner import MEMORY_MB, TIMEOUT, Limits, run_job
from equidesign.verify.verdict import Report


def verify_bundle(
    target: Path,
    *,
    seed: int = 0,
    quick: bool = False,
    timeout: float = TIMEOUT,
    memory_mb: int = MEMORY_MB,
) -> Report:
    """Measure whether a model has the symmetry of its specification.

    Args:
        target: a bundle, whose ``model.py`` is run as it is; or a specification's file, whose model is
            rendered first.
        seed: of parameters, inputs and group elements.
        quick: fewer group elements.
        timeout: limit in seconds of wall-clock time.
        memory_mb: limit in megabytes.

    Returns:
        The report; a model that crashes or hangs gets the verdict ERROR with its reason.

    Raises:
        InputError: the target is neither a bundle nor a specification.
    """
    target = Path(target)
    spec = load_specification(target)
    limits = Limits(timeout, memory_mb)
    if target.is_dir():
        if not (target / "model.py").is_file():
            raise InputError(
                "there is no model.py here",
                where=str(target),
                expected="a bundle, as `equidesign design` or `equidesign render` writes it",
                hint=f"write it with `equidesign render {target / 'architecture.yaml'}`",
            )
        return _run(target, spec, seed, quick, limits)
    with tempfile.TemporaryDirectory(prefix="equidesign-render-") as name:
        from equidesign.render.architecture import architecture_yaml
        from equidesign.render.model import render_model

        folder = Path(name)
        (folder / "model.py").write_text(render_model(spec), encoding="utf-8")
        (folder / "architecture.yaml").write_text(architecture_yaml(spec), encoding="utf-8")
        return _run(folder, spec, seed, quick, limits)


def _run(folder: Path, spec: Specification, seed: int, quick: bool, limits: Limits) -> Report:
    job = {"kind": "bundle", "folder": str(folder.resolve()), "seed": seed, "quick": quick}
    return run_job(job, spec.name, spec.symmetry.canonical, limits)
