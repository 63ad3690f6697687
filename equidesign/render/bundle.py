"""Specification -> bundle: the eight files, and the care not to lose anybody's work."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from equidesign import __version__
from equidesign.backends.registry import backend_by_name
from equidesign.errors import InputError, InputErrors
from equidesign.layers.measure import accelerations_of, refreshed
from equidesign.layers.pipeline import output_faults, pipeline_faults
from equidesign.render.architecture import architecture_yaml
from equidesign.render.document import readme_context, requirements, specification_context
from equidesign.render.environment import render_template
from equidesign.render.files import write_folder
from equidesign.render.model import render_model
from equidesign.render.script import script_context
from equidesign.spec.request import UNACCELERATED, Acceleration
from equidesign.spec.specification import Specification
from equidesign.spec.yamlwrite import dump

FILES = (
    "request.yaml",
    "architecture.yaml",
    "SPECIFICATION.md",
    "model.py",
    "train.py",
    "test_equivariance.py",
    "requirements.txt",
    "README.md",
)
_LISTED = re.compile(r"^\| `([\w.]+)` \|.*\| `([0-9a-f]{16})` \|$", re.MULTILINE)


def check_pipeline(spec: Specification) -> None:
    """Refuse a specification whose groups, layers and outputs do not fit together.

    Raises:
        InputErrors: every fault, with its dotted place, what was expected and the repair.
    """
    errors = [*_name_errors(spec)]
    if not errors:
        errors = [
            InputError(
                f"layer '{found.layer.name}', {found.fault.key}: {found.fault.message}",
                where=f"layers.{found.index}.{found.fault.key}",
                hint=found.fault.hint or None,
            )
            for found in pipeline_faults(spec.layers, spec.fiber, spec.interface.inputs)
        ] or [*_output_errors(spec), *_acceleration_errors(spec)]
    if errors:
        raise InputErrors(errors)


def _name_errors(spec: Specification) -> Iterator[InputError]:
    for where, check in (
        ("symmetry.canonical", lambda: spec.group),
        ("symmetry.acts_on_features", lambda: spec.fiber),
        ("library.name", lambda: backend_by_name(spec.library.name)),
    ):
        try:
            check()
        except InputError as error:
            yield InputError(error.what, where=where, expected=error.expected, hint=error.hint)


def _output_errors(spec: Specification) -> Iterator[InputError]:
    for found in output_faults(spec.layers, spec.fiber, spec.interface.outputs):
        where = f"interface.outputs.{found.output}"
        yield InputError(found.fault.message, where=where, hint=found.fault.hint or None)


def _acceleration_errors(spec: Specification) -> Iterator[InputError]:
    name = spec.deployment.get("acceleration", UNACCELERATED)
    if name != UNACCELERATED and name not in get_args(Acceleration):
        yield InputError(
            f"unknown acceleration '{str(name)[:80]}'",
            where="deployment.acceleration",
            expected=f"one of {', '.join(get_args(Acceleration))}",
        )
    elif name != UNACCELERATED and name not in accelerations_of(spec.layers):
        yield InputError(
            f"{name} makes none of the layers faster",
            where="deployment.acceleration",
            hint="leave it out",
        )


def render_bundle(spec: Specification) -> dict[str, str]:
    """Return the text of the eight files, the same for the same specification and version.

    Raises:
        InputError: the layers do not fit together, or name an unknown kind or library.
    """
    check_pipeline(spec)
    spec = refreshed(spec)
    model = render_model(spec)
    script = script_context(spec)
    files = {
        "request.yaml": dump(
            spec.request.to_data(), {(): "What was asked for: the source of this folder."}
        ),
        "architecture.yaml": architecture_yaml(spec),
        "SPECIFICATION.md": render_template(
            "SPECIFICATION.md.jinja", specification_context(spec, model)
        ),
        "model.py": model,
        "train.py": render_template("train.py.jinja", script),
        "test_equivariance.py": render_template("test_equivariance.py.jinja", script),
        "requirements.txt": requirements(spec),
    }
    hashes = {name: fingerprint(text) for name, text in files.items()}
    files["README.md"] = render_template(
        "README.md.jinja", readme_context(spec, hashes, __version__)
    )
    return files


def fingerprint(text: str) -> str:
    """Return the short fingerprint by which an edited file is told from a generated one."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def listed_fingerprints(readme: str) -> dict[str, str]:
    """Return the fingerprints of the generated files by name, as the bundle's ``README.md`` lists them."""
    return dict(_LISTED.findall(readme))


def edited_files(folder: Path, new: Mapping[str, str]) -> list[str]:
    """Return the generated files in ``folder`` that a person changed and that ``new`` would replace by other text."""
    readme = folder / "README.md"
    try:
        known = listed_fingerprints(readme.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        known = {}
    edited = []
    for name in FILES:
        path = folder / name
        if not path.exists() or name == "README.md":
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        if text != new[name] and known.get(name) != fingerprint(text):
            edited.append(name)
    return edited


def write_bundle(
    spec: Specification, folder: Path, force: bool = False, source: str | None = None
) -> tuple[str, ...]:
    """Write the bundle; other files in the folder stay.

    Args:
        source: name of the file in the folder that the specification was read from, which may differ from what was
            generated.

    Returns:
        The names of the files written.

    Raises:
        InputError: the folder holds other files, or generated files that were edited, and ``force`` is not set.
    """
    files = render_bundle(spec)
    others = check_folder(folder, force or source is not None)
    if folder.exists():
        folder = folder.resolve()
        if not force:
            _refuse_edits(folder, files, source)
    write_folder(folder, files, others)
    return tuple(files)


def check_folder(folder: Path, keep: bool = False) -> tuple[str, ...]:
    """Return the names of other files in a folder that a bundle may be written to.

    Args:
        keep: whether there may be any; they stay.

    Raises:
        InputError: it is no folder, or holds other files.
    """
    if folder.is_symlink() and not folder.exists():
        raise InputError("is a broken link", where=str(folder))
    if not folder.exists():
        return ()
    if not folder.is_dir():
        raise InputError(
            "is a file, not a folder", where=str(folder), hint="choose another name with -o"
        )
    others = tuple(sorted(path.name for path in folder.iterdir() if path.name not in FILES))
    if others and not keep:
        shown = ", ".join(others[:5]) + (" ..." if len(others) > 5 else "")
        raise InputError(
            f"the folder holds other files: {shown}",
            where=str(folder),
            expected="a new or empty folder, or one that equidesign wrote",
            hint="choose another with -o, or use --force (the other files stay)",
        )
    return others


def _refuse_edits(folder: Path, files: Mapping[str, str], source: str | None) -> None:
    edited = [name for name in edited_files(folder, files) if name != source]
    if edited:
        raise InputError(
            f"edited by hand since it was generated: {', '.join(edited)}",
            where=str(folder),
            hint="choose another folder with -o, or use --force to replace it",
        )
