"""Likely causes of a broken symmetry and their repairs: a table, read from the top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equidesign.verify.evidence import Evidence

__all__ = ["CAUSES", "Cause", "Evidence", "explain"]


@dataclass(frozen=True)
class Cause:
    """One line of the table: when it applies, what is wrong, and what to do."""

    applies: Callable[[Evidence], bool]
    text: str
    repair: str


GATE = "multiply vectors by functions of scalars (a gate), or use a function of their norm"
SCALARS = "normalise scalars only, and other fields by their norm, over whole fields"
SIZES = "choose sizes with (H + 2p - k) mod s = 0 and odd kernels, or pool over the whole image"
SYMMETRIC = "use sums, means or maxima over all of them, with the same weights for each"

CAUSES: tuple[Cause, ...] = (
    Cause(
        lambda e: e.called("dropout"),
        "dropout draws a mask of its own for every component and position",
        "drop whole fields, one draw for all components of a vector (or drop scalars only)",
    ),
    Cause(
        lambda e: e.alone and e.called("norm"),
        "the normalisation takes its statistics over the batch, so samples influence each other",
        "use the running statistics in eval mode, or normalise within each sample",
    ),
    Cause(
        lambda e: e.padded and e.called("norm"),
        "the normalisation takes its statistics over masked elements as well",
        "take mean and variance over the elements in the mask",
    ),
    Cause(
        lambda e: e.turned and not e.on_grid and e.called("norm"),
        "the normalisation treats every component by itself, so it has a mean and a scale in each direction",
        SCALARS,
    ),
    Cause(
        lambda e: e.on_grid and e.called("norm"),
        "the normalisation has statistics or weights that differ between the channels of one field",
        "share mean, variance, scale and shift over all channels of a field (InnerBatchNorm in escnn)",
    ),
    Cause(
        lambda e: bool(e.reordered) and e.called("gru", "lstm", "rnn"),
        "a recurrent layer reads its items in order",
        SYMMETRIC,
    ),
    Cause(
        lambda e: e.padded and e.called("attention", "transformer"),
        "attention looks at masked elements",
        "give the mask to the attention (key_padding_mask), so that their weight is zero",
    ),
    Cause(
        lambda e: e.alone and e.called("attention", "transformer"),
        "attention looks at other samples",
        "put samples on the batch axis (batch_first), or mask pairs of different samples",
    ),
    Cause(
        lambda e: bool(e.reordered) and e.called("embedding", "position"),
        "items are told apart by their index: a positional encoding",
        "leave the positional encoding out; encode what an item is, not where it is listed",
    ),
    Cause(
        lambda e: bool(e.reordered) and e.called("conv1d"),
        "a convolution along the list reads neighbours in the order of listing",
        SYMMETRIC,
    ),
    Cause(
        lambda e: bool(e.reordered) and e.called("linear", "flatten"),
        "the weights belong to places in the list: items were laid side by side",
        SYMMETRIC,
    ),
    Cause(
        lambda e: e.on_grid and e.misaligned,
        "the stride leaves a row of pixels over on one side: the samples do not turn with the image",
        SIZES,
    ),
    Cause(
        lambda e: e.on_grid and e.even_kernel,
        "an even kernel or one-sided padding has no centre that a turn would keep",
        SIZES,
    ),
    Cause(
        lambda e: e.on_grid and e.called("conv") and not e.inside,
        "the kernels do not turn with the image: a plain convolution, or filters of one orientation",
        "use a steerable or group convolution, whose kernels solve the kernel constraint of the group",
    ),
    Cause(
        lambda e: e.disguised and e.rotations_hold,
        "rotations hold, reflections do not: an axial quantity (a cross product, a determinant) is used as a polar one",
        "declare the true parity (1e for a cross product), or use an even number of such factors",
    ),
    Cause(
        lambda e: e.disguised or (e.turned and e.permutes_components),
        "components come out in another order or basis: swapped axes, a transposed rotation, a wrong sign",
        "keep one order of axes (x, y, z) and one convention, R x, throughout",
    ),
    Cause(
        lambda e: e.rotations_hold,
        "rotations hold, reflections do not: fields of different parity are mixed",
        "give every field its parity, and let only paths through that conserve it (odd scalars need an odd function)",
    ),
    Cause(
        lambda e: e.adds_constant,
        "a bias is added to components that turn: a constant vector points in one direction",
        "no bias on l > 0 (bias=False): only invariants may have one",
    ),
    Cause(
        lambda e: e.turned and e.scales_columns,
        "each component has a scale of its own: one axis is preferred",
        "use one weight for all components of a field",
    ),
    Cause(
        lambda e: e.turned and e.is_pointwise,
        "a nonlinearity acts on each component by itself",
        GATE,
    ),
    Cause(
        lambda e: e.turned and e.takes_maximum,
        "a maximum is taken over components, which depends on the axes",
        "take the maximum of invariants (norms) only",
    ),
    Cause(
        lambda e: e.turned and e.called("linear", "conv") and not e.inside,
        "a plain linear map mixes the components of a vector with free weights",
        "mix channels with weights shared by all components of an irrep (an equivariant linear layer)",
    ),
    Cause(
        lambda e: e.on_grid and e.called("pool", "upsample", "interpolate"),
        "the windows do not turn with the image",
        SIZES,
    ),
    Cause(
        lambda e: e.on_grid,
        "something here depends on where on the grid, or in which orientation, it stands",
        "treat all pixels and orientations alike: symmetric padding, no coordinates, kernels that turn along",
    ),
    Cause(
        lambda e: e.turned,
        "components are treated one by one, or mixed, in a way that depends on the axes",
        "combine vectors by dot products, norms, sums and scalar weights (tensor products for higher l)",
    ),
    Cause(
        lambda e: e.shifted,
        "absolute positions are read: the result depends on the origin",
        "read differences of positions, or positions relative to the centre of their sample",
    ),
    Cause(
        lambda e: e.padded,
        "what stands in masked places is read",
        "multiply by the mask before sums, divide means by the true count, fill with -inf before a maximum or softmax",
    ),
    Cause(
        lambda e: e.alone,
        "samples of a batch influence each other: a mean, maximum, norm or cap runs over the whole batch",
        "reduce within each sample (by the batch index), never over all samples at once",
    ),
    Cause(
        lambda e: e.reordered == "samples",
        "a sample's place in the batch matters, or samples are mixed up",
        "let no weight or index depend on the position in the batch",
    ),
    Cause(
        lambda e: bool(e.reordered),
        "the order or index of items matters: weights by index, a cap on neighbours, ties broken by index",
        SYMMETRIC,
    ),
)
FALLBACK = (
    "the output does not follow the change of the inputs",
    "compare this layer with its definition",
)


def explain(evidence: Evidence) -> tuple[str, str]:
    """Return the first cause of the table that applies, and its repair."""
    cause, repair = next(((c.text, c.repair) for c in CAUSES if _applies(c, evidence)), FALLBACK)
    if evidence.other_mode_holds:
        mode, other = ("train", "eval") if evidence.training else ("eval", "train")
        cause += f"; only in {mode} mode ({other} mode is right)"
    return cause, repair


def _applies(cause: Cause, evidence: Evidence) -> bool:
    try:
        return cause.applies(evidence)
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return False
