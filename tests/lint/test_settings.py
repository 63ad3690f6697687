"""Which rules run, on which files, and what a ``pyproject.toml`` may say about it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from equidesign.errors import InputError
from equidesign.lint import settings as settings_module
from equidesign.lint.finding import Severity
from equidesign.lint.pyproject import load_settings, read_settings
from equidesign.lint.registry import Rule
from equidesign.lint.settings import Settings, prefix_of, split_selectors

RULES = {
    "EQ101": "unreadable-file",
    "EQ401": "pointwise-on-irreps",
    "EQ402": "gate-without-scalars",
    "EQ411": "biased-vectors",
    "EQ501": "dead-path",
}
SELECTORS = ["EQ", "EQ4", "EQ40", "EQ401", "dead-path", "EQ1"]


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five rules, so that nothing here depends on which there are."""
    known = {code: Rule(code, name, Severity.error) for code, name in RULES.items()}
    monkeypatch.setattr(settings_module, "all_rules", lambda: known)


def chosen(settings: Settings, file: str | None = None) -> list[str]:
    return [code for code in RULES if settings.chosen(code, file)]


def expected(code: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """The longest word that fits a code decides; of two equally long ones the one that ignores."""
    words = [(word, True) for word in select or ("EQ",)] + [(word, False) for word in ignore]
    fitting = []
    for word, yes in words:
        prefix = next((each for each, name in RULES.items() if name == word), word)
        if code.startswith(prefix):
            fitting.append((len(prefix), not yes))
    return bool(fitting) and not max(fitting)[1]


def test_the_longest_selector_decides() -> None:
    lists = [combo for size in range(3) for combo in itertools.combinations(SELECTORS, size)]
    outcomes = set()
    for select, ignore in itertools.product(lists, lists):
        settings = Settings(select=select, ignore=ignore)
        for code in RULES:
            assert settings.chosen(code) == expected(code, select, ignore), (select, ignore, code)
        outcomes.add(tuple(chosen(settings)))
    assert len(outcomes) > 10
    assert chosen(Settings()) == list(RULES)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("eq401", "EQ401"), (" EQ4 ", "EQ4"), ("Dead-Path", "EQ501"), ("EQ", "EQ"), ("EQ50", "EQ50")],
)
def test_selectors(text: str, prefix: str) -> None:
    assert prefix_of(text) == prefix


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EQ9", ["no lint rule is called 'EQ9'"]),
        ("EQ403", ["'EQ403'", "did you mean 'EQ40"]),
        ("dead-paht", ["'dead-paht'", "did you mean 'dead-path'?"]),
        ("E", ["'E'"]),
        ("4", ["'4'"]),
        ("", ["is empty"]),
        ("zzzzzz", ["'zzzzzz'", "equidesign list codes"]),
    ],
)
def test_unknown_selectors(text: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        prefix_of(text)
    for word in words:
        assert word in str(caught.value)
    for settings in (Settings(select=(text,)), Settings(ignore=(text,))):
        with pytest.raises(InputError):
            settings.chosen("EQ101")
    with pytest.raises(InputError):
        Settings(per_file_ignores={"*": (text,)}).chosen("EQ101", "a.yaml")


def test_selectors_are_split_at_commas() -> None:
    assert split_selectors(["EQ4, EQ5,", "dead-path", " ,"]) == ("EQ4", "EQ5", "dead-path")
    assert split_selectors([]) == ()


def test_the_command_line_stands_above_the_file() -> None:
    file = Settings(select=("EQ4", "EQ401"), ignore=("EQ402",), fail_on=Severity.error)
    assert chosen(file.overridden()) == ["EQ401", "EQ411"]
    assert chosen(file.overridden(ignore=["EQ4"])) == []
    assert chosen(file.overridden(ignore=["EQ40"])) == ["EQ411"]
    assert chosen(file.overridden(select=["EQ402"])) == ["EQ402"]
    assert chosen(file.overridden(select=["EQ5", "EQ401"], ignore=["EQ4"])) == ["EQ401", "EQ501"]
    assert file.overridden().fail_on is Severity.error
    assert file.overridden(fail_on=Severity.warning).fail_on is Severity.warning
    assert not file.overridden().exit_zero
    assert file.overridden(exit_zero=True).exit_zero
    for wrong in ({"select": ["EQ9"]}, {"ignore": ["EQ9"]}):
        with pytest.raises(InputError):
            file.overridden(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("old", ["old", "old/a.yaml", "b/old/c/d.yaml"], ["older/a.yaml", "a.yaml"]),
        ("*.json", ["a.json", "b/a.json"], ["a.yaml", "json/a.yaml"]),
        ("old/*.yaml", ["old/a.yaml"], ["b/old/a.yaml", "old/b/a.yaml", "old/a.json"]),
        ("old/**", ["old/a.yaml", "old/b/a.yaml"], ["b/old/a.yaml", "old"]),
        ("**/old", ["old/a.yaml", "b/c/old/a.yaml"], ["b/golden/a.yaml", "gold/a.yaml"]),
        ("a/**/b.yaml", ["a/b.yaml", "a/c/d/b.yaml"], ["b.yaml", "a/c/ab.yaml"]),
        ("./old/", ["old/a.yaml"], ["a/older.yaml"]),
        ("?.yaml", ["a.yaml"], ["ab.yaml", ".yaml"]),
        ("a[1]+.yaml", ["a[1]+.yaml"], ["a1.yaml", "a11.yaml"]),
    ],
)
def test_patterns(
    pattern: str,
    covered: list[str],
    not_covered: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for settings in (Settings(exclude=(pattern,)), Settings(exclude=("x", pattern), root=tmp_path)):
        for name in covered:
            assert settings.excluded(Path(name)), name
            assert settings.excluded(tmp_path / "x" / ".." / name), name
        for name in not_covered:
            assert not settings.excluded(Path(name)), name
    assert not Settings().excluded(Path("a.yaml"))


def test_patterns_start_at_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    settings = Settings(exclude=("below/a.yaml",), root=tmp_path)
    assert settings.excluded(Path("a.yaml"))
    assert not Settings(exclude=("below/a.yaml",)).excluded(Path("a.yaml"))


def test_elsewhere_only_names_count(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    elsewhere = tmp_path / "old" / "a.yaml"
    for pattern, excluded in {
        "old": False,
        "a.yaml": True,
        "**/a.yaml": True,
        "old/*": False,
    }.items():
        settings = Settings(exclude=(pattern,), root=tmp_path / "root")
        assert settings.excluded(elsewhere) == excluded
    assert chosen(Settings(per_file_ignores={"a.*": ("EQ",)}), str(elsewhere)) == []


def test_rules_ignored_in_some_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(
        ignore=("EQ1",),
        per_file_ignores={
            "old/**": ("EQ4",),
            "!*.yaml": ("dead-path",),
            "a.yaml": ("EQ401", "EQ411"),
        },
    )
    assert chosen(settings) == ["EQ401", "EQ402", "EQ411", "EQ501"]
    assert chosen(settings, "b.yaml") == ["EQ401", "EQ402", "EQ411", "EQ501"]
    assert chosen(settings, "a.yaml") == ["EQ402", "EQ501"]
    assert chosen(settings, str(tmp_path / "b" / "a.yaml")) == ["EQ402", "EQ501"]
    assert chosen(settings, "old/b.yaml") == ["EQ501"]
    assert chosen(settings, "b.json") == ["EQ401", "EQ402", "EQ411"]


def configured(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    return file


FULL = """\
[project]
select = "not ours"

[tool.equidesign.lint]
select = ["EQ4", "dead-path"]
ignore = ["EQ402"]
exclude = ["old"]
fail-on = "error"

[tool.equidesign.lint.per-file-ignores]
"a/*.yaml" = ["EQ401"]
"""


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    file = configured(tmp_path, FULL)
    settings = load_settings(tmp_path)
    assert settings == read_settings(file)
    assert settings.select == ("EQ4", "dead-path")
    assert settings.ignore == ("EQ402",)
    assert settings.exclude == ("old",)
    assert settings.per_file_ignores == {"a/*.yaml": ("EQ401",)}
    assert settings.fail_on is Severity.error
    assert settings.root == tmp_path
    assert chosen(settings, str(tmp_path / "a" / "b.yaml")) == ["EQ411", "EQ501"]
    assert settings.excluded(tmp_path / "old" / "a.yaml")


def test_the_nearest_file_that_has_the_table(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    assert load_settings(inner).select == ()
    configured(tmp_path, '[tool.equidesign.lint]\nselect = ["EQ1"]\n')
    configured(tmp_path / "a" / "b", "[tool.equidesign]\n[tool.ruff.lint]\nselect = ['E']\n")
    assert load_settings(inner).select == ("EQ1",)
    assert load_settings(inner).root == tmp_path
    configured(tmp_path / "a", "[tool.equidesign.lint]\n")
    assert load_settings(inner) == Settings(root=tmp_path / "a")
    (inner / "pyproject.toml").mkdir()
    assert load_settings(inner).root == tmp_path / "a"


TABLE = "[tool.equidesign.lint]\n"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (f"{TABLE}selct = []", ":2:1", ["unknown key 'selct'", "did you mean 'select'?"]),
        (f"\n\n{TABLE}  'fail_on' = 'error'", ":4:3", ["'fail_on'", "did you mean 'fail-on'?"]),
        (f"{TABLE}zzz = 1", ":2:1", ["'zzz'", "one of select, ignore"]),
        (f"{TABLE}select = 'EQ4'", ":2:1", ["'select' is text", "a list of codes"]),
        (f"{TABLE}ignore = [1]", ":2:1", ["'ignore' holds a number"]),
        (f"{TABLE}ignore = ['']", ":2:1", ["'ignore' holds empty text"]),
        (f"{TABLE}exclude = true", ":2:1", ["'exclude' is a boolean", "patterns of files"]),
        (f"{TABLE}exclude = [[]]", ":2:1", ["'exclude' holds a list"]),
        (f"{TABLE}fail-on = 'eror'", ":2:1", ["is 'eror'", "error or warning", "mean 'error'?"]),
        (f"{TABLE}fail-on = 'info'", ":2:1", ["is 'info'", "error or warning"]),
        (f"{TABLE}fail-on = 2020-01-01", ":2:1", ["'fail-on' is a date or time"]),
        (f"{TABLE}fail-on = {{}}", ":2:1", ["'fail-on' is a table"]),
        (
            f"[tool.ruff.lint]\nselect = ['EQ9']\n{TABLE}# select = ['EQ9']\nselect = [\n  'EQ4',\n  'EQ9',\n]",
            ":7:3",
            ["no lint rule is called 'EQ9'", "EQ401"],
        ),
        (f"{TABLE}ignore = ['dead-paht']", ":2:11", ["did you mean 'dead-path'?"]),
        (f"{TABLE}per-file-ignores = []", ":2:1", ["'per-file-ignores' is a list", "a table"]),
        (
            f'{TABLE}per-file-ignores = {{"a" = ["EQ4"], "b" = ["EQ9"]}}',
            ":2:43",
            ["no lint rule is called 'EQ9'"],
        ),
        (
            '[tool.equidesign.lint.per-file-ignores]\n"a/*" = "EQ9"',
            ":2:1",
            ["'a/*' is text", "a list of codes"],
        ),
        ('[tool.equidesign.lint.per-file-ignores]\n"" = []', ":2:1", ["an empty pattern"]),
        ("[tool.equidesign]\nlint = 3", "", ["[tool.equidesign.lint] is a number"]),
        ("[tool]\nequidesign.lint.selct = []", "", ["unknown key 'selct'"]),
        ("[tool.equidesign.lint\n", ":1:22", ["not valid TOML"]),
        ("a = 1\na = 2\n", ":2:6", ["not valid TOML", "overwrite"]),
        ("x = " + "[" * 5000, "", ["not valid TOML"]),
    ],
)
def test_what_cannot_be_said_has_its_place(
    text: str, place: str, words: list[str], tmp_path: Path
) -> None:
    file = configured(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_settings(tmp_path)
    assert caught.value.where == f"{file}{place}"
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("text", ["", "[tool]\nequidesign = 3\n", "tool = 1\n"])
def test_a_file_that_was_named_needs_the_table(text: str, tmp_path: Path) -> None:
    file = configured(tmp_path, text)
    assert load_settings(tmp_path) == Settings()
    with pytest.raises(InputError, match=r"no table \[tool\.equidesign\.lint\]"):
        read_settings(file)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read_settings(tmp_path / "other.toml")
    with pytest.raises(InputError, match="cannot read"):
        read_settings(tmp_path)
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b"a = '\xff'\n")
    with pytest.raises(InputError, match="not UTF-8 text: byte 6"):
        load_settings(tmp_path)
    file.write_bytes(f"\ufeff{TABLE}select = ['EQ4']\r\n".replace("\n", "\r\n").encode())
    assert load_settings(tmp_path).select == ("EQ4",)


def test_settings_are_values() -> None:
    one: Any = Settings(select=("EQ4",))
    assert chosen(one) == ["EQ401", "EQ402", "EQ411"]
    assert one == Settings(select=("EQ4",))
    with pytest.raises(AttributeError):
        one.select = ()
    with pytest.raises(TypeError):
        one.per_file_ignores["a"] = ()
