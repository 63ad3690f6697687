"""e3nn: irreps of O(3) in PyTorch."""

from __future__ import annotations

from equidesign.backends.base import Acceleration, Backend
from equidesign.groups.rep import Rep


class E3nnBackend(Backend):
    """Writes representations as e3nn irreps; SO(3) has no parity, so every irrep is written even."""

    def rep(self, rep: Rep) -> str:
        """Return the irreps as a Python string literal."""
        terms = (f"{mul}x{irrep}" for mul, irrep in rep.terms)
        if rep.group.kind == "O":
            return '"' + " + ".join(terms) + '"'
        return '"' + " + ".join(f"{term}e" for term in terms) + '"'


BACKEND = E3nnBackend(
    name="e3nn",
    title="e3nn (PyTorch)",
    version=">=0.5.6,<0.7",
    fragments=("common", "points", "e3nn", "sphere"),
    dependencies={"torch": ">=2.4", "e3nn": ">=0.5.6,<0.7"},
    install="pip install torch e3nn",
    notes=("e3nn's l=1 components are ordered x, y, z and its polar axis is y",),
    accelerations={
        "cuequivariance": Acceleration(
            fragments="cuequivariance",
            dependencies={"cuequivariance-torch": ">=0.13,<0.14"},
            notes=(
                "cuequivariance has its kernels in cuequivariance-ops-torch-cu12 or "
                "cuequivariance-ops-torch-cu13: install the one for the CUDA of your torch. "
                "Without them, or on a CPU, it gives the same numbers in plain PyTorch, slower "
                "than the code without acceleration.",
            ),
        )
    },
)
