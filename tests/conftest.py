"""What every test starts from."""

from __future__ import annotations

import sys

import pytest

SHARED = ("basisexpansion_singleblock", "basissampler_singleblock")


@pytest.fixture(autouse=True)
def unshared_filters() -> None:
    """Forget the filters that escnn shares between models: ``.double()`` on one model casts them for the next."""
    for name in SHARED:
        module = sys.modules.get(f"escnn.nn.modules.basismanager.{name}")
        if module is not None:
            module._stored_filters.clear()
