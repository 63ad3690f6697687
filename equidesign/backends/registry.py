"""The registry of backends, discovered by file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from equidesign import backends
from equidesign.backends.base import Backend
from equidesign.errors import EquidesignError, InputError, nearest


@lru_cache(maxsize=1)
def all_backends() -> Mapping[str, Backend]:
    """Return every backend by name.

    Raises:
        EquidesignError: a file registers nothing.
    """
    found: dict[str, Backend] = {}
    for info in sorted(pkgutil.iter_modules(backends.__path__), key=lambda module: module.name):
        if info.name in {"base", "registry"}:
            continue
        module = importlib.import_module(f"{backends.__name__}.{info.name}")
        backend: Backend | None = getattr(module, "BACKEND", None)
        if backend is None:
            raise EquidesignError(f"{module.__name__} registers no backend (BACKEND is missing)")
        found[backend.name] = backend
    return MappingProxyType(found)


def backend_by_name(name: str) -> Backend:
    """Return the backend called ``name``.

    Raises:
        InputError: there is none; the hint names the nearest.
    """
    known = all_backends()
    if name not in known:
        close = nearest(name, known)
        raise InputError(
            f"unknown library '{name}'",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean '{close}'?" if close else None,
        )
    return known[name]
