"""PyTorch Geometric."""

from __future__ import annotations

from equidesign.backends.base import Backend

BACKEND = Backend(
    name="pytorch_geometric",
    title="PyTorch Geometric",
    version=">=2.6,<3",
    fragments=("common", "points", "torch", "pytorch_geometric"),
    dependencies={"torch": ">=2.4", "torch_geometric": ">=2.6,<3"},
    install="pip install torch torch_geometric",
    notes=(
        "radius_graph of torch_geometric needs a compiled extension: the generated code brings its own",
    ),
)
