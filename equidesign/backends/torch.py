"""Plain PyTorch."""

from __future__ import annotations

from equidesign.backends.base import Backend

BACKEND = Backend(
    name="torch",
    title="PyTorch",
    version=">=2.4",
    fragments=("common", "points", "torch", "sets", "images", "sphere"),
    dependencies={"torch": ">=2.4"},
    install="pip install torch",
)
