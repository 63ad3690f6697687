"""Every declared action is a representation: ρ(g)ρ(h) = ρ(gh)."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from equidesign.verify.elements import compose
from equidesign.verify.representations import rep_matrix
from equidesign.verify.rounding import ROUNDING64
from equidesign.verify.trials import Context
from equidesign.verify.verdict import Row, Verdict

PAIRS = 24


def check(context: Context) -> Iterator[Row]:
    """Yield one row: the largest deviation from a homomorphism over all tensors and random pairs of elements."""
    fiber = context.fiber
    generator = context.generator(1)
    elements = context.elements(6, salt=1)
    if not elements:
        return
    specs = [*context.interface.inputs.items(), *context.interface.outputs.items()]
    texts = {spec.rep: name for name, spec in specs if spec.rep}
    worst, where = 0.0, ""
    for spec_text, name in texts.items():
        rep = next(context.actor.rep(spec) for _, spec in specs if spec.rep == spec_text)
        if rep is None:
            continue
        for _ in range(PAIRS):
            i, j = torch.randint(len(elements), (2,), generator=generator).tolist()
            g, h = elements[i], elements[j]
            left = rep_matrix(rep, g) @ rep_matrix(rep, h)
            right = rep_matrix(rep, compose(fiber, g, h))
            error = float((left - right).abs().max())
            if error > worst:
                worst, where = error, f"'{name}' ({spec_text})"
    verdict = Verdict.exact if worst <= 16 * ROUNDING64 else Verdict.wrong_harness
    detail = "" if verdict is Verdict.exact else f"not a representation: {where}"
    yield Row(
        "representations", f"ρ(g)ρ(h) = ρ(gh), {fiber.name}", None, worst, None, verdict, detail
    )
