"""Registries discovered by file: whatever a package's modules register under one name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterator
from types import ModuleType
from typing import Any

from equidesign.errors import EquidesignError


def discover(package: ModuleType, attribute: str, skip: Collection[str] = ()) -> Iterator[Any]:
    """Yield what each module of ``package`` calls ``attribute``, in the order of the modules' names.

    Raises:
        EquidesignError: a module lacks the attribute, or it is empty.
    """
    for _, found in discover_modules(package, attribute, skip):
        yield found


def discover_modules(
    package: ModuleType, attribute: str, skip: Collection[str] = ()
) -> Iterator[tuple[ModuleType, Any]]:
    """Yield each module of ``package`` with what it calls ``attribute``, in the order of the modules' names.

    Modules whose name starts with an underscore register nothing.

    Raises:
        EquidesignError: a module lacks the attribute, or it is empty.
    """
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if info.name.startswith("_") or info.name in skip:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found = getattr(module, attribute, None)
        if not found:
            raise EquidesignError(f"{module.__name__} registers nothing ({attribute} is missing)")
        yield module, found
