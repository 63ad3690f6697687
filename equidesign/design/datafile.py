"""Tables that are data: YAML beside the module that reads it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

from equidesign.errors import EquidesignError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_table(package: str, name: str) -> Any:
    """Return the content of the packaged YAML file ``name``.

    Raises:
        EquidesignError: the file is missing or is not YAML, so the installation is damaged.
    """
    try:
        text = files(package).joinpath(name).read_text(encoding="utf-8")
        return yaml.load(text, Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise EquidesignError(
            f"the table {name} of {package} cannot be read: {error}", hint="reinstall the package"
        ) from error
