"""Nothing passes for want of substance: outputs are finite, not zero, not constant, and depend on the input."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from equidesign.spec.field import Space
from equidesign.spec.specification import TensorSpec
from equidesign.verify.actions import Tensors
from equidesign.verify.rounding import RATIO
from equidesign.verify.trials import Context, blocks
from equidesign.verify.verdict import Effort, Row, Verdict

GRIDS = (Space.pixels, Space.sphere, Space.voxels, Space.positions)
MORE = {Effort.quick: 0, Effort.default: 0, Effort.thorough: 3}


def check(context: Context) -> Iterator[Row]:
    """Yield a row for every output, and one for inputs that nothing depends on."""
    others = [context.larger]
    others += [
        context.subject.inputs(2, context.seed + 60 + k) for k in range(MORE[context.effort])
    ]
    for training in (False, True):
        if training and context.quick:
            continue
        mode = "train mode" if training else "eval mode"
        rows = [
            row
            for name in context.interface.outputs
            if (row := _output(context, name, training, [] if training else others)) is not None
        ]
        yield from rows
        if not rows:
            yield Row("vacuity", f"outputs finite, not constant, moving, {mode}")
    yield _dependence(context)


def _output(context: Context, name: str, training: bool, others: list[Tensors]) -> Row | None:
    spec = context.interface.outputs[name]
    rep = context.actor.rep(spec)
    what = f"output '{name}', {'train' if training else 'eval'} mode"
    dtype = context.dtypes[0]
    found = context.outputs(context.base, dtype, training)[name]
    # In float32 too in eval mode; it is the same tensor for a model that runs in one precision only.
    single = context.outputs(context.base, dtype if training else context.dtypes[-1], training)[
        name
    ]

    def vacuous(reason: str) -> Row:
        context.dead.add(name)
        if context.reproduce and context.reproduction is None:
            from equidesign.verify.reproduce import vacuous_reproduction

            case = vacuous_reproduction(context, name, training, f"vacuity: {reason}")
            context.reproduction = case.to_data() if case else None
        return Row("vacuity", what, verdict=Verdict.vacuous, detail=reason)

    if name in context.dead:
        return None
    if not bool(found.isfinite().all()):
        return vacuous("the output is not finite (NaN or infinity)")
    if not bool(single.isfinite().all()):
        return vacuous("the output is not finite in float32")
    if not bool(found.any()):
        return vacuous("the output is always zero")
    two = len(context.dtypes) == 2 and not training
    if two and float(found.abs().max()) < 100 * RATIO * float(single.abs().max()):
        return vacuous("the output is nothing but rounding errors: it is zero in exact arithmetic")
    results = [context.outputs(other, dtype, training)[name] for other in others]
    if results and all(_same(found, result) for result in results):
        return vacuous("the output does not depend on the input: it is constant")
    whole = float(found.abs().max())
    for label, part in blocks(found.dim(), spec, rep):
        size = max(float(value[part].abs().max()) for value in (found, *results))
        noise = 100 * RATIO * float(single[part].abs().max()) + 1e-300 if two else math.inf
        if size <= 1e-12 * whole and size < noise:
            return vacuous(f"the components {label} are always zero: no path leads there")
    return None


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two outputs, perhaps for different numbers of points, are the same constant."""
    if one.shape == other.shape:
        size = float(one.abs().max())
        return bool((one - other).abs().max() <= 1e-12 * size)
    first = one[:1]
    size = float(first.abs().max())
    return all(bool((t - first).abs().max() <= 1e-12 * size) for t in (one, other))


def _moves(context: Context, spec: TensorSpec) -> bool:
    """Whether the symmetry does anything to an input."""
    rep = context.actor.rep(spec)
    if spec.role in ("batch", "mask", "cell"):
        return False
    named = any(size in ("points", "elements", "nodes", "edges") for size in spec.shape)
    return (
        spec.translates
        or (rep is not None and not rep.is_scalar)
        or spec.space in GRIDS
        or (named and spec.role in (None, "edge_index"))
    )


def _dependence(context: Context) -> Row:
    """Change one input at a time; some output must change."""
    base = context.base
    dtype = context.dtypes[0]
    reference = context.outputs(base, dtype, False)
    small = 1e-12 if dtype == torch.float64 else 1e-6
    ignored = []
    for name, spec in context.interface.inputs.items():
        if not _moves(context, spec) or name not in base:
            continue
        changed = _changed(context, name, spec)
        if changed is None:
            continue
        found = context.subject.run(changed, dtype)
        still = all(
            bool((found[o] - reference[o]).abs().max() <= small * reference[o].abs().max())
            for o in reference
            if found[o].shape == reference[o].shape and o not in context.dead
        )
        if still:
            ignored.append(name)
    if ignored and len(context.dead) < len(reference):
        text = ", ".join(f"'{name}'" for name in ignored)
        return Row(
            "vacuity",
            "outputs depend on every input",
            verdict=Verdict.vacuous,
            detail=f"no output depends on {text}",
        )
    return Row("vacuity", "outputs depend on every input")


def _changed(context: Context, name: str, spec: TensorSpec) -> Tensors | None:
    """Return the base inputs with one of them shuffled or perturbed."""
    value, generator = context.base[name], context.generator(13)
    if value.is_floating_point():
        noise = torch.randn(value.shape, generator=generator, dtype=torch.float64)
        size = value.std() if value.numel() > 1 else value.abs().max()
        new = value + 0.3 * noise * (size if float(size) > 0 else 1.0)
    elif spec.role == "edge_index":
        keep = torch.rand(value.shape[1], generator=generator) < 0.6
        if bool(keep.all()) or not bool(keep.any()):
            return None
        changed = dict(context.base)
        for other, other_spec in context.interface.inputs.items():
            if "edges" in other_spec.shape:
                axis = other_spec.shape.index("edges")
                changed[other] = changed[other].index_select(axis, keep.nonzero().flatten())
        return changed
    elif spec.values and len(spec.values) > 1:
        values = torch.tensor(spec.values)
        picked = torch.randint(len(values), value.shape, generator=generator)
        new = values[picked].to(value)
    else:
        return None
    return {**context.base, name: new}
