"""The registry of backends, discovered by file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from equidesign import backends
from equidesign.backends.base import Backend
from equidesign.discovery import discover
from equidesign.errors import lookup

if TYPE_CHECKING:
    from equidesign.spec.specification import Specification


@lru_cache(maxsize=1)
def all_backends() -> Mapping[str, Backend]:
    """Return every backend by name.

    Raises:
        EquidesignError: a file registers nothing.
    """
    found: dict[str, Backend] = {}
    backend: Backend
    for backend in discover(backends, "BACKEND", skip=("base", "registry")):
        found[backend.name] = backend
    return MappingProxyType(found)


def backend_by_name(name: str) -> Backend:
    """Return the backend called ``name``.

    Raises:
        InputError: there is none; the hint names the nearest.
    """
    return lookup(name, all_backends(), "library")


def backend_of(spec: Specification) -> Backend:
    """Return the backend that a specification names, with the acceleration it asks for.

    Raises:
        InputError: there is none of that name; the hint names the nearest.
    """
    return backend_by_name(spec.library.name).accelerated(spec.deployment.get("acceleration"))
