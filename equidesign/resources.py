"""Where the data folders (templates, rubrics, examples) lie, in a wheel or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from equidesign.errors import EquidesignError


def data_dir(name: str) -> Path:
    """Return the folder ``name``: the packaged one if it exists, else the checkout's.

    Raises:
        EquidesignError: neither exists, so the installation is incomplete.
    """
    package = Path(str(files("equidesign")))
    for candidate in (package / "_data" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise EquidesignError(
        f"the data folder '{name}' of equidesign is missing",
        hint="reinstall the package: the installation is incomplete",
    )
