"""The error by group element as a figure: where both precisions agree, a symmetry is broken."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equidesign.errors import InputError
from equidesign.report.characters import printable
from equidesign.report.plot_lines import Line, plot_lines
from equidesign.verify.rounding import EPS32, EPS64
from equidesign.verify.verdict import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")
HOLDS, BREAKS, FAINT = "#0072B2", "#D55E00", "#8A8A8A"
TINT, BROKEN_TINT = "#E8F1F8", "#FBEEE5"
INCH_A_LINE, WIDTH = 0.152, 6.9
LONGEST, LONGEST_HEADING = 46, 76
SIZES: Any = {
    "font.size": 7.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "svg.hashsalt": "equidesign",
}


def plot_report(report: Report, path: Path) -> None:
    """Draw the relative error under every group element, in float32 and float64, on a log axis.

    A pair of marks far apart is a symmetry that holds up to rounding; a pair that coincides is a break. Errors that
    are zero lie on the left edge, errors that are not finite on the right one. The same report makes the
    same bytes.

    Args:
        path: a PNG or SVG file, by its suffix.

    Raises:
        InputError: matplotlib is missing, the suffix is another one, the file cannot be written, or
            nothing was measured.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"a plot cannot be written as '{path.suffix or path.name}'",
            where=str(path),
            expected="a file that ends in .png or .svg",
        )
    lines = plot_lines(report)
    if not lines:
        raise InputError(
            "there is nothing to plot: no error was measured", hint="the table says what went wrong"
        )
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError(
            "plots need matplotlib, which is not installed",
            hint='pip install "equidesign[plot]"',
        ) from error
    metadata: dict[str, Any] = {"Date": None} if suffix == ".svg" else {"Software": None}
    with matplotlib.rc_context(), warnings.catch_warnings():
        # The same figure whatever matplotlibrc a person has.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SIZES)
        # Labels are the model's own text and may hold characters that the font lacks.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(WIDTH, INCH_A_LINE * len(lines) + 1.12))
        FigureCanvasAgg(figure)
        _draw(figure, report, lines)
        try:
            figure.savefig(path, dpi=200, metadata=metadata)
        except OSError as error:
            raise InputError(
                f"the plot cannot be written: {error.strerror or error}", where=str(path)
            ) from error


def _draw(figure: Figure, report: Report, lines: list[Line]) -> None:
    axes = figure.add_axes(_frame(figure, len(lines)))
    low, high = _limits(report, lines)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(len(lines) - 0.3, -0.7)
    _floors(axes, report)
    zero = endless = False
    for y, line in enumerate(lines):
        colour = BREAKS if line.breaks else HOLDS
        if line.measured is None:
            _heading(axes, y, line)
            continue
        _label(axes, y, line.text, BREAKS if line.breaks else "black", indent=True)
        values = (line.measured.error32, line.measured.error64)
        places = [_place(value, low, high) for value in values]
        known = [place for place in places if place is not None]
        if len(known) == 2:
            axes.plot(known, [y, y], color=colour, linewidth=0.7, alpha=0.45, zorder=2)
        for place, style in zip(places, _marks(colour), strict=True):
            if place is not None:
                axes.plot([place], [y], linestyle="none", clip_on=False, zorder=3, **style)
        zero = zero or 0.0 in values
        endless = endless or any(v is not None and not math.isfinite(v) for v in values)
    _finish(axes, (low, high), (zero, endless))
    _legend(figure, report, any(line.floor for line in lines))


def _frame(figure: Figure, count: int) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height of the axes: room for labels, legend and numbers in inches."""
    width, height = figure.get_size_inches()
    left, right, bottom, top = 2.75, 0.2, 0.62, 0.5
    return (
        left / width,
        bottom / height,
        (width - left - right) / width,
        (height - bottom - top) / height,
    )


def _limits(report: Report, lines: list[Line]) -> tuple[float, float]:
    values = [report.floor32, report.floor64, EPS32, EPS64]
    for line in lines:
        if line.measured is not None:
            values += [line.measured.error32, line.measured.error64]
        values.append(line.floor)
    known = [v for v in values if v is not None and math.isfinite(v) and v > 0]
    low, high = math.log10(min(known)), math.log10(max([*known, 1e-5]))
    return float(10.0 ** (math.floor(low - 0.3) - 2)), float(10.0 ** (math.ceil(high + 0.2)))


def _place(value: float | None, low: float, high: float) -> float | None:
    if value is None:
        return None
    return high if not math.isfinite(value) else max(value, low)


def _marks(colour: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return how errors in float32 and in float64 are drawn."""
    open_circle = {"marker": "o", "markersize": 5.6, "markerfacecolor": "white"}
    diamond = {"marker": "D", "markersize": 2.2, "markerfacecolor": colour}
    edge = {"markeredgecolor": colour, "markeredgewidth": 0.9}
    return {**open_circle, **edge}, {**diamond, **edge}


def _floors(axes: Axes, report: Report) -> None:
    for value, name, style in (
        (report.floor64, "float64", (0, (1, 1.5))),
        (report.floor32, "float32", (0, (4, 2))),
    ):
        if value is not None and math.isfinite(value) and value > 0:
            axes.axvline(value, color=FAINT, linewidth=0.9, linestyle=style, zorder=1)
            axes.annotate(
                f"rounding in {name}",
                (value, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                color="#5A5A5A",
                fontsize=7,
            )


def _heading(axes: Axes, y: int, line: Line) -> None:
    if not line.verdict:
        _label(axes, y, line.text, FAINT, indent=True)
        return
    colour = BREAKS if line.breaks else HOLDS
    tint = BROKEN_TINT if line.breaks else TINT
    axes.axhspan(y - 0.5, y + 0.5, color=tint, linewidth=0, zorder=1.5)
    _label(axes, y, line.text, "black", indent=False, weight="bold")
    axes.annotate(
        line.verdict,
        (1.0, y),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=colour,
        weight="bold",
        fontsize=7,
    )
    if line.floor is not None and math.isfinite(line.floor) and line.floor > 0:
        ends = (y + 0.55, y + line.span + 0.45)
        axes.plot([line.floor] * 2, ends, color=FAINT, linewidth=1.6, zorder=1)


def _label(
    axes: Axes, y: int, text: str, colour: str, *, indent: bool, weight: str = "normal"
) -> None:
    axes.annotate(
        _shortened(text, LONGEST if indent else LONGEST_HEADING),
        (0.0 if indent else 0.008, y),
        xycoords=("axes fraction" if indent else "figure fraction", "data"),
        xytext=(-8 if indent else 0, 0),
        textcoords="offset points",
        ha="right" if indent else "left",
        va="center",
        color=colour,
        weight=weight,
        annotation_clip=False,
        parse_math=False,
    )


def _finish(axes: Axes, ends: tuple[float, float], edges: tuple[bool, bool]) -> None:
    """Add the axis, where its ends stand for zero and for no finite number."""
    low, high = (round(math.log10(end)) for end in ends)
    step = max(1, (high - low) // 8)
    ticks = {10.0**power: f"$10^{{{power}}}$" for power in range(high, low, -step)}
    if edges[0]:
        ticks[ends[0]] = "0"
    if edges[1]:
        ticks[ends[1]] = "not\nfinite"
    axes.set_xticks(sorted(ticks), [ticks[tick] for tick in sorted(ticks)])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.set_xlabel("relative error")
    axes.grid(axis="x", color="#E3E3E3", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _legend(figure: Figure, report: Report, limited: bool) -> None:
    from matplotlib.lines import Line2D

    circle, diamond = _marks("#3A3A3A")
    handles = [
        Line2D([], [], linestyle="none", label="float32", **circle),
        Line2D([], [], linestyle="none", label="float64", **diamond),
        Line2D([], [], color=HOLDS, linewidth=2.5, label="holds"),
        Line2D([], [], color=BREAKS, linewidth=2.5, label="breaks"),
    ]
    if limited:
        handles.append(Line2D([], [], color=FAINT, linewidth=1.6, label="resampling alone"))
    figure.legend(
        handles=handles,
        loc="upper right",
        ncols=len(handles),
        frameon=False,
        borderaxespad=0.3,
        handlelength=1.2,
        columnspacing=1.4,
    )
    name = f"{report.target}, {report.group}" if report.group else report.target
    short = _shortened(name, LONGEST)
    label = figure.text(0.008, 0.0, short, fontsize=8.5, weight="bold", va="top", parse_math=False)
    label.set_y(1 - 0.07 / figure.get_size_inches()[1])


def _shortened(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
