"""``verify_target``: a bundle, a specification or any model, checked in a child process. No torch here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from equidesign.errors import InputError, lookup
from equidesign.spec.loading import load_specification
from equidesign.verify.interface_file import INTERFACE, ForeignInterface, load_interface
from equidesign.verify.runner import MEMORY_MB, TIMEOUT, Limits, run_job
from equidesign.verify.target import Target, parse_target
from equidesign.verify.verdict import Effort, Report

LARGEST_SEED = 2**31


def verify_target(
    target: str | Path,
    *,
    interface: Path | None = None,
    seed: int = 0,
    effort: Effort | str = Effort.default,
    timeout: float = TIMEOUT,
    memory_mb: int = MEMORY_MB,
    progress: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Measure whether a model has the symmetry that is declared of it.

    Args:
        target: a bundle, whose ``model.py`` is run as it is; a specification's file, whose model is rendered
            first; or any model, as ``my_model.py:factory`` or ``package.module:factory``.
        interface: what such a model takes and returns; ``interface.yaml`` beside it unless given.
        seed: of parameters, inputs and group elements.
        effort: ``quick``, ``default`` or ``thorough``.
        timeout: limit in seconds of wall-clock time.
        memory_mb: limit in megabytes.
        progress: told the name of each stage.

    Returns:
        The report; a model that crashes or hangs gets the verdict ERROR with its reason.

    Raises:
        InputError: there is no such target, or its interface does not fit it.
    """
    job = verification_job(target, interface=interface, seed=seed, effort=effort)
    return run_verification(job, timeout=timeout, memory_mb=memory_mb, progress=progress)


def verification_job(
    target: str | Path,
    *,
    interface: Path | None = None,
    seed: int = 0,
    effort: Effort | str = Effort.default,
) -> dict[str, Any]:
    """Return all that the child process needs to know, as plain data.

    Keys: ``name`` and ``group`` for the report; ``kind``, ``path``, ``module`` and ``attribute`` of the target;
    ``interface`` (data of a ForeignInterface, or None) and ``source``, where it was found; ``seed`` and ``effort``.

    Raises:
        InputError: there is no such target, or its interface cannot be used.
    """
    effort = lookup(str(effort), {str(each): each for each in Effort}, "effort")
    if not 0 <= seed < LARGEST_SEED:
        raise InputError(f"the seed {seed} is out of range", expected=f"0 to {LARGEST_SEED - 1}")
    found = parse_target(str(target))
    common = {
        "kind": str(found.kind),
        "path": str(found.path.resolve()) if found.path else "",
        "module": found.module,
        "attribute": found.attribute,
        "seed": seed,
        "effort": str(effort),
    }
    if not found.is_foreign:
        return {**common, **_own(found, interface)}
    foreign, source = _foreign(found, interface)
    return {
        **common,
        "name": found.text,
        "group": foreign.interface.group if foreign else "",
        "interface": foreign.to_data() if foreign else None,
        "source": source,
    }


def run_verification(
    job: dict[str, Any],
    *,
    timeout: float = TIMEOUT,
    memory_mb: int = MEMORY_MB,
    progress: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Run a job of ``verification_job`` in a child process; arguments and errors are those of ``verify_target``."""
    return run_job(job, Limits(timeout, memory_mb), progress)


def _own(target: Target, interface: Path | None) -> dict[str, Any]:
    assert target.path is not None
    _refuse_interface_file(target)
    spec = load_specification(target.path)
    if interface is not None:
        raise InputError(
            f"'{target.text}' brings its own interface, so --interface has no use",
            expected="--interface with my_model.py:factory only",
            hint=f"to check the code against another interface name it: {target.text}/model.py:build_model"
            if target.path.is_dir()
            else None,
        )
    return {
        "name": spec.name,
        "group": spec.symmetry.canonical,
        "interface": None,
        "source": "",
    }


def _refuse_interface_file(target: Target) -> None:
    """Say what to do with an interface file that was given in place of the model."""
    from equidesign.spec.yamlio import load_file

    if target.path is None or target.path.is_dir():
        return
    document = load_file(target.path)
    if "inputs" in document.data and "outputs" in document.data:
        raise InputError(
            f"'{target.text}' is an interface, not a model",
            where=document.where(()),
            expected="the model it belongs to",
            hint=f"equidesign verify my_model.py:factory --interface {target.text}",
        )


def _foreign(target: Target, interface: Path | None) -> tuple[ForeignInterface | None, str]:
    """Return the interface that was named or lies beside the file, and where it is from unless it was named."""
    if interface is not None:
        return load_interface(interface), ""
    beside = target.path.parent / INTERFACE if target.path else None
    if beside is not None and beside.is_file():
        return load_interface(beside), str(beside)
    return None, ""
