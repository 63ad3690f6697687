"""The figure: what is drawn, where, and that it is the same every time."""

from __future__ import annotations

import math
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from reports import BROKEN, EVERYTHING, EXACT, LIMITED, UNTESTED, report

from equidesign.errors import InputError
from equidesign.report.plot_lines import plot_lines
from equidesign.report.verify_plot import HOLDS, plot_report
from equidesign.verify.verdict import Measured, Report, Row, Verdict

LABELS = ["inversion $x^2$", "模型", "a_b", "\\frac"]


def many(count: int) -> Report:
    elements = tuple(
        Measured(f"element {i}", 1e-7 * (i + 1), 1e-16 * (i + 1)) for i in range(count)
    )
    return report(Row("group elements", "rotations", 1e-6, 1e-15, 1e-7, elements=elements))


def test_headings_and_elements() -> None:
    lines = plot_lines(EVERYTHING)
    assert [line.text for line in lines if line.verdict] == [
        f"{row.check}: {row.what}" for row in (EXACT, BROKEN, LIMITED)
    ]
    breaks = [line.text for line in lines if line.measured and line.breaks]
    assert breaks == ["mirror", "rotation and inversion"]
    assert [line.floor for line in lines if line.verdict] == [None, None, LIMITED.floor]


def test_without_elements_the_rows_are_drawn() -> None:
    lines = plot_lines(report(Row("samples", "apart", 0.1, 0.1, 1e-7, Verdict.broken)))
    assert lines[1].measured == Measured("largest", 0.1, 0.1)
    assert lines[1].breaks


@pytest.mark.parametrize(("count", "lines"), [(60, 61), (149, 150), (150, 14), (5000, 14)])
def test_of_very_many_elements_the_worst(count: int, lines: int) -> None:
    found = plot_lines(many(count))
    assert len(found) == lines
    if count >= 150:
        assert found[-1].text == f"and {count - 12} with smaller errors"
        assert {line.text for line in found[1:-1]} == {
            f"element {i}" for i in range(count - 12, count)
        }


def test_png(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    image = pytest.importorskip("matplotlib.image")
    plot_report(many(60), tmp_path / "a.PNG")
    pixels = image.imread(tmp_path / "a.PNG", format="png")[..., :3]
    height, width, _ = pixels.shape
    assert 1300 < width < 1500
    assert height / 200 > 60 * 0.13
    blue = [int(HOLDS[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    marks = abs(pixels - blue).max(axis=2) < 0.02
    assert marks[:, width // 2 :].any(axis=1).sum() > 400


def test_svg_is_the_same_every_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("a.svg", "b.svg"):
        plot_report(EVERYTHING, tmp_path / name)
    one, other = ((tmp_path / name).read_bytes() for name in ("a.svg", "b.svg"))
    assert one == other
    assert b"<dc:date>" not in one
    assert ET.fromstring(one).tag.endswith("svg")


def test_zero_and_endless_errors_lie_on_the_edges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = pytest.importorskip("matplotlib.figure")
    kept = []
    real = figures.Figure.savefig
    monkeypatch.setattr(
        figures.Figure, "savefig", lambda self, *a, **k: (kept.append(self), real(self, *a, **k))
    )
    plot_report(report(EXACT, BROKEN), tmp_path / "a.png")
    (axes,) = kept[0].axes
    low, high = axes.get_xlim()
    assert axes.get_xscale() == "log"
    marks = {
        (round(float(y)), line.get_marker()): float(x)
        for line in axes.lines
        if line.get_marker() in ("o", "D")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    inversion = len(EXACT.elements) + 2
    assert marks[inversion, "o"] == marks[inversion, "D"] == low
    assert marks[inversion + 1, "o"] == 0.031
    assert marks[inversion + 2, "o"] == marks[inversion + 2, "D"] == high
    labels = {text.get_text() for text in axes.get_xticklabels()}
    assert {"0", "not\nfinite"} <= labels
    floors = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert {2e-7, 3e-16} <= {
        float(line.get_xdata()[0]) for line in axes.lines if len(set(line.get_xdata())) == 1
    }, floors


@pytest.mark.parametrize("label", LABELS)
def test_labels_are_shown_as_they_are(label: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    row = Row("c", label, 1.0, 1.0, verdict=Verdict.broken, elements=(Measured(label, 1.0, 1.0),))
    plot_report(Report(label, label, (row,)), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("result", "name", "said"),
    [
        (EVERYTHING, "a.jpg", "ends in .png or .svg"),
        (EVERYTHING, "plain", "ends in .png or .svg"),
        (EVERYTHING, "no/such/folder/a.png", "cannot be written"),
        (report(UNTESTED), "a.png", "nothing to plot"),
        (report(Row("a", "b", math.nan)), "missing/a.png", "cannot be written"),
    ],
)
def test_refusals(result: Report, name: str, said: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(InputError) as caught:
        plot_report(result, tmp_path / name)
    assert said in str(caught.value)


def test_without_matplotlib_the_extra_is_named(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from equidesign.errors import InputError\n"
        "from equidesign.report.verify_plot import plot_report\n"
        "from equidesign.verify.verdict import Report, Row\n"
        "try:\n    plot_report(Report('m', '', (Row('a', 'b', 1.0, 1.0),)), 'a.png')\n"
        "except InputError as error:\n    print(error.hint)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )  # fmt: skip
    assert result.stdout.strip() == 'pip install "equidesign[plot]"'
