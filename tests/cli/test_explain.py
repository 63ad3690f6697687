"""``equidesign explain``: everything that has a name has a page that a terminal can show."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from equidesign.backends.registry import all_backends
from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.cli.explain import _all_pages, page
from equidesign.design.codes import step_rules, warning_codes
from equidesign.design.family import all_families
from equidesign.design.rules.table import rules_table
from equidesign.groups.names import known_groups
from equidesign.layers.base import LayerKind
from equidesign.layers.registry import layer_kinds
from equidesign.lint.registry import SECTIONS, all_rules
from equidesign.report.layout import render
from equidesign.report.sample_designs import kinds_of, legal_nonlinearities
from equidesign.spec.tasks import TASKS

ROOT = Path(__file__).parents[2]
FORCES = ROOT / "examples" / "ethanol-forces" / "request.yaml"
DIGITS = ROOT / "examples" / "digits-any-way-up" / "request.yaml"
NAMES = [name for name, _ in _all_pages()]


def equidesign(*args: str | Path) -> int:
    return run(lambda: app([str(arg) for arg in args], standalone_mode=False))


def text(what: str | Path, width: int = 100) -> str:
    return render(page(str(what)), width, unicode=True)


def words(what: str | Path) -> str:
    return " ".join(text(what).split())


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("designed") / "forces"
    assert equidesign("design", FORCES, "-o", folder) == 0
    return folder


def test_no_name_means_two_things() -> None:
    assert len({name.casefold() for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("what", [*NAMES, *(group.name for group in known_groups())])
def test_everything_has_a_page_that_fits(what: str) -> None:
    lines = page(what)
    assert len(lines) > 1
    for width in (40, 100):
        plain = render(lines, width, unicode=False)
        assert plain.count("?") == render(lines, width, unicode=True).count("?")
        for line in plain.splitlines():
            assert line.isascii()
            # Code stays as it is, and a word is never cut.
            assert len(line) <= width or line.startswith("    ") or len(line.split()) <= 2
    assert render(page(what.upper()), 80, unicode=True) == render(lines, 80, unicode=True)


@pytest.mark.parametrize("rule", [*all_rules().values()], ids=lambda rule: rule.code)
def test_a_lint_rule_has_one_page_by_code_and_by_name(rule: object) -> None:
    code, name = rule.code, rule.name  # type: ignore[attr-defined]
    shown = text(code)
    assert shown == text(code.lower()) == text(name)
    titles = [line for line in shown.splitlines() if line in SECTIONS]
    assert titles == [*SECTIONS]
    assert f"{code} {name}" in shown
    assert f"ignore[{code}]" in shown


def test_a_prefix_lists_a_hundred() -> None:
    shown = text("eq1")
    assert "file and schema" in shown
    for code in all_rules():
        assert (code in shown) == code.startswith("EQ1")
    every = text("EQ")
    assert all(code in every for code in all_rules())
    assert "EQ101" in text("EQ10")
    assert "EQ190" not in text("EQ10")


@pytest.mark.parametrize(
    ("what", "near"),
    [("nequipp", "nequip"), ("EQ1O5", "EQ1"), ("unknwn-key", "unknown-key"), ("SO(3", "SO(3)")],
)
def test_unknown_names_get_the_nearest(
    what: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = equidesign("explain", what)
    captured = capsys.readouterr()
    if code == 0:
        assert near in captured.out  # close enough to be read as a group
    else:
        assert code == 2
        assert captured.out == ""
        assert f"nothing is called '{what}'" in captured.err
        assert near in captured.err


def test_a_group_tells_facts_subgroups_irreps_and_what_may_act() -> None:
    said = words("D4")
    for part in (
        "order 8",
        "handedness is ignored",
        "C4 mirror images",
        "irrep(1,1) 2 vector 2",
        "irrep(1,0) 1 pseudoscalar 1",
        "a vector of space is 1xirrep(1,1)",
        "regular has 8 components",
        "regular: any function applied to each component",
        "irreps: functions of the norm",
        "regular-gcnn",
    ):
        assert part in said
    said = words("E(3) x S_n")
    for part in ("point group O(3)", "1e 3 pseudovector", "gate in", "nequip", "SE(3)"):
        assert part in said
    assert "none in this version" in words("SU(3)")


@pytest.mark.parametrize("group", ["C4", "D4", "SO(2)", "O(2)", "C8"])
def test_nonlinearities_are_legal_where_theory_says_so(group: str) -> None:
    from equidesign.groups.names import parse_group

    found = legal_nonlinearities(parse_group(group))
    pointwise = {"relu", "elu", "gelu", "silu"}
    steerable = {
        sort: {name for name, kinds in names.items() if "steerable-conv" in kinds}
        for sort, names in found.items()
    }
    # Functions of single components commute with permutations of components, and with nothing else.
    assert not pointwise & steerable.get("irreps", set())
    assert not pointwise & steerable.get("band-limited", set())
    if "regular" in steerable:
        assert steerable["regular"] >= {"relu", "elu"}
    assert "norm-relu" not in steerable.get("regular", set())


def test_a_family_tells_what_may_be_written_in_its_layers() -> None:
    said = words("nequip")
    for part in ("nequip-interaction", "nonlinearity: gate", "radial_hidden", "molecules-forces"):
        assert part in said
    for name in all_families():
        assert all(isinstance(kind, LayerKind) for kind in kinds_of(name))
        assert kinds_of(name)


def test_every_layer_kind_is_used_by_a_family_that_names_it() -> None:
    used = {kind.id for name in all_families() for kind in kinds_of(name)}
    # Kinds that only large or special requests bring in are shown by their own page.
    assert len(used) >= len(layer_kinds()) * 0.75
    assert "families" in text("steerable-conv")
    assert "regular-gcnn" in words("steerable-conv")


def test_rules_quantities_warnings_libraries_and_fields() -> None:
    assert "the group is one of" in words("molecules-forces")
    assert "under O(3) 1e: a pseudovector" in words("torque")
    assert "install" in words("e3nn")
    assert "cutoff" in words("molecules")
    assert "default" in words("molecules")
    assert {rule.id for rule in rules_table()} <= set(NAMES)
    assert {*warning_codes(), *step_rules(), *all_backends(), *TASKS} <= set(NAMES)


def test_the_story_of_a_specification(bundle: Path) -> None:
    said = words(bundle)
    assert said == words(bundle / "architecture.yaml")
    data = json.loads(
        json.dumps(__import__("yaml").safe_load((bundle / "architecture.yaml").read_text()))
    )
    for layer in data["layers"]:
        assert layer["name"] in said
        assert layer["why"].split(",")[0] in said
    for decision in data["decisions"]:
        if decision["step"] != "specification":
            assert decision["choice"] in said
            assert decision["why"] in said
        for rejected in decision["rejected"]:
            assert f"not {rejected['option']}: {rejected['why']}" in said
    for other in data["alternatives"]:
        assert other["family"] in said
        assert other["why_not"] in said
    for caveat in data["caveats"]:
        assert caveat in said
    for part in (
        data["request"]["description"],
        "a mirrored input gives the mirrored answer",
        "FLOPs (×",
        f"{data['parameters']['total']:,} parameters",
        "vectors appear",
        "equidesign verify .",
        "expected relative error",
    ):
        assert part in said
    assert "does not type-check" not in said


def test_alternatives_are_priced_by_designing_them(bundle: Path, tmp_path: Path) -> None:
    said = words(bundle)
    assert (
        equidesign("design", FORCES, "-o", tmp_path / "p", "--set", "constraints.family=painn") == 0
    )
    other = __import__("yaml").safe_load((tmp_path / "p" / "architecture.yaml").read_text())
    assert f"{other['parameters']['total']:,} parameters (×" in said


def test_an_ill_typed_specification_still_has_its_story(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "edited.yaml"
    whole = (bundle / "architecture.yaml").read_text(encoding="utf-8")
    path.write_text(whole.replace("nonlinearity: gate", "nonlinearity: relu", 1), encoding="utf-8")
    said = words(path)
    assert "it does not type-check" in said
    assert "run `equidesign lint`" in said
    path.write_text(whole.replace("canonical: E(3) x S_n", "canonical: nonsense"), encoding="utf-8")
    assert "NequIP" in words(path)


def test_a_request_or_a_missing_file_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (FORCES, tmp_path / "missing.yaml", tmp_path):
        assert equidesign("explain", path) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "error: " in captured.err


def test_a_folder_named_like_a_family_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nequip").mkdir()
    assert "NequIP (nequip)" in text("nequip")


def test_in_a_pipe_without_colour(tmp_path: Path) -> None:
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "ascii"}
    for what in ("EQ105", "E(3)", "nequip"):
        result = subprocess.run(
            [sys.executable, "-m", "equidesign", "explain", what],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            timeout=120,
        )
        assert result.returncode == 0, result.stderr
        assert b"\x1b" not in result.stdout
        assert result.stdout.isascii()


def test_list_codes_shows_lint_rules_and_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    assert equidesign("list", "codes", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(row.keys() == {"code", "name", "severity", "fixable", "meaning"} for row in rows)
    assert [row["code"] for row in rows if row["code"]] == [*all_rules()]
    assert {row["name"] for row in rows if not row["code"]} == set(warning_codes())
    by_code = {row["code"]: row for row in rows}
    assert by_code["EQ105"]["name"] == "unknown-key"
    assert by_code["EQ105"]["fixable"] == "yes"
    assert by_code["EQ105"]["severity"] == "error"
    assert all(row["meaning"] for row in rows)
