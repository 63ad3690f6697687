"""Reports made by hand, for the tests of how they are shown."""

from __future__ import annotations

import math

from equidesign.verify.verdict import Measured, Report, Row, Verdict

LIMITED = Row(
    "sampled symmetries",
    "turns between pixels, smooth images, eval mode",
    None,
    0.03,
    0.08,
    Verdict.resolution_limited,
    "relative error 8.0e-02 at 17 × 17, 3.0e-02 at twice the resolution",
    elements=(Measured("turn by 22°", None, 0.02), Measured("turn by 44°", None, 0.03)),
)
UNTESTED = Row(
    "gradients",
    "turn with the input, eval mode",
    verdict=None,
    detail="the outputs cannot be differentiated with respect to the inputs",
)
EXACT = Row(
    "group elements",
    "rotations and translations, train mode",
    2e-6,
    2.4e-15,
    2e-7,
    elements=tuple(
        Measured(f"random rotation {i + 1}", 2e-7 * (1 + i), 2e-16 * (1 + i)) for i in range(8)
    ),
)
BROKEN = Row(
    "group elements",
    "reflections, eval mode",
    0.12,
    0.12,
    2e-7,
    Verdict.broken,
    "output 'vector' (1x1o), worst under: rotation and inversion",
    "rotation and inversion",
    "blocks.1.mix",
    "the parity of the features is not that of the interface: an axial vector enters a polar one",
    "declare 'vector' as 1x1e in interface.yaml, or leave the cross product out of blocks.1.mix",
    (
        Measured("inversion", 0.0, 0.0),
        Measured("mirror", 0.031, 0.0309),
        Measured("rotation and inversion", math.inf, math.nan),
    ),
)
CRASHED = Row(
    "run", "model", verdict=Verdict.error, detail="the model failed: ValueError: \x1b[31m"
)
REPRESENTATIONS = Row("representations", "ρ(g)ρ(h) = ρ(gh), O(3)", None, 1.1e-15)


def report(*rows: Row) -> Report:
    notes = ("the model draws random numbers in train mode",)
    return Report("my_model.py:factory", "E(3) x S_n", rows, 3, 1.25, 2e-7, 3e-16, notes)


EVERYTHING = report(REPRESENTATIONS, EXACT, BROKEN, LIMITED, UNTESTED, CRASHED)
