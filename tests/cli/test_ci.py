"""The workflow, the hooks and the configuration that docs/ci.md and .pre-commit-hooks.yaml show really work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from equidesign.cli.app import app
from equidesign.cli.exits import run
from equidesign.cli.lint import ReportFormat, command
from equidesign.lint.pyproject import KEYS, read_settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
REQUEST = ROOT / "examples" / "digits-any-way-up" / "request.yaml"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.S)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("designed") / "bundle"
    assert run(lambda: app(["design", str(REQUEST), "-o", str(folder)], standalone_mode=False)) == 0
    return folder


@pytest.fixture
def repository(bundle: Path, tmp_path: Path) -> Path:
    """A repository with a bundle as designed, and one with a misspelt key, which a fix repairs."""
    for name in ("clean", "wrong"):
        shutil.copytree(bundle, tmp_path / name)
    spec = tmp_path / "wrong" / "architecture.yaml"
    text = spec.read_text(encoding="utf-8")
    assert text.count("\ntopology:") == 1
    spec.write_text(text.replace("\ntopology:", "\ntopolgy:"), encoding="utf-8")
    return tmp_path


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as GitHub does on Linux, with the commands of this environment first."""
    dropped = ("FORCE_COLOR", "NO_COLOR")
    env = {key: value for key, value in os.environ.items() if key not in dropped}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    # The package is there already; what is not there shall not be looked for.
    env |= {"GITHUB_WORKSPACE": str(folder), "PIP_NO_INDEX": "1"}
    return subprocess.run(
        ["bash", "-e", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )


def steps() -> list[dict[str, Any]]:
    workflow = next(each for each in map(yaml.safe_load, blocks("yaml")) if "jobs" in each)
    # YAML 1.1 takes the key `on` for a boolean; GitHub does not.
    assert set(workflow) == {"name", True, "permissions", "jobs"}
    assert workflow["permissions"]["security-events"] == "write"
    (job,) = workflow["jobs"].values()
    assert job["runs-on"] == "ubuntu-latest"
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_the_workflow_runs(repository: Path) -> None:
    results = {}
    failed = False
    for step in steps():
        if "run" in step and (not failed or step.get("if") == "always()"):
            result = results[step["name"]] = shell(step["run"], repository)
            failed = failed or result.returncode != 0
    assert {name: result.returncode for name, result in results.items()} == {
        "Install": 0,
        "Annotate": 1,
        "Report": 0,
    }
    (annotation,) = results["Annotate"].stdout.splitlines()
    assert annotation.startswith("::error title=EQ105 unknown-key,file=wrong/architecture.yaml,")
    (upload,) = [step for step in steps() if "upload-sarif" in step.get("uses", "")]
    log = json.loads((repository / upload["with"]["sarif_file"]).read_text(encoding="utf-8"))
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["EQ105"]
    assert upload["if"] == "always()"


def test_the_examples_run(repository: Path) -> None:
    (repository / "models").mkdir()
    (repository / "clean").rename(repository / "models" / "ethanol")
    (repository / "request.yaml").write_bytes(REQUEST.read_bytes())
    (block,) = [each for each in blocks("sh") if "equidesign lint" in each]
    codes = {}
    for line in block.splitlines():
        line = line.split("#")[0].strip()
        source = " < wrong/architecture.yaml" if " - " in line else ""
        result = shell(line + source, repository)
        assert "Traceback" not in result.stderr
        codes[line.removeprefix("equidesign lint").strip()] = result.returncode
    assert codes == {
        "": 1,
        "models/ethanol/": 0,
        "request.yaml --fix": 0,
        "--fix --diff": 1,
        "- --stdin-filename a.yaml": 1,
    }


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_hooks_run(hook: dict[str, Any], repository: Path) -> None:
    assert hook["language"] == "python"
    (repository / "pyproject.toml").write_text("[tool.equidesign.lint]\nexclude = ['old']\n")
    (repository / "old").mkdir()
    (repository / "old" / "architecture.yaml").write_text("layers: [\n")
    (repository / "README.md").write_text("text\n")
    every = [
        path.relative_to(repository) for path in sorted(repository.rglob("*")) if path.is_file()
    ]
    passed = [str(path) for path in every if re.search(hook["files"], path.as_posix())]
    assert passed == [
        "clean/architecture.yaml",
        "clean/request.yaml",
        "old/architecture.yaml",
        "wrong/architecture.yaml",
        "wrong/request.yaml",
    ]
    result = shell(shlex.join([*shlex.split(hook["entry"]), *passed]), repository)
    repairs = "fix" in hook["id"]
    text = (repository / "wrong" / "architecture.yaml").read_text(encoding="utf-8")
    assert ("topolgy" in text) == (not repairs)
    assert result.returncode == (0 if repairs else 1), result.stdout
    assert ("EQ105" in result.stdout) == (not repairs)
    assert "old/" not in result.stdout
    assert shell(f"{hook['entry']} clean/architecture.yaml", repository).returncode == 0


def test_the_hooks_are_those_of_the_page() -> None:
    configuration = next(each for each in map(yaml.safe_load, blocks("yaml")) if "repos" in each)
    shown = {hook["id"] for repo in configuration["repos"] for hook in repo["hooks"]}
    ids = {hook["id"] for hook in HOOKS}
    assert shown <= ids
    assert all(f"`{name}`" in TEXT or name in shown for name in ids)


def test_the_configuration_is_read(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    file = tmp_path / "pyproject.toml"
    file.write_text(block, encoding="utf-8")
    settings = read_settings(file)
    assert all(key in block for key in KEYS)
    assert settings.select == ("EQ",)
    assert settings.excluded(tmp_path / "experiments" / "a.yaml")
    assert settings.chosen("EQ105")
    assert not settings.chosen("EQ701")


def test_every_option_and_format_is_explained() -> None:
    rows = TEXT.split("| option |")[1].split("\n\n")[0].splitlines()[2:]
    cells = [re.split(r"(?<!\\)[|]", row)[1] for row in rows]
    shown = set(re.findall(r"--[a-z-]+", " ".join(cells)))
    declared = {f"--{name.replace('_', '-')}" for name in command.__annotations__}
    assert shown == declared - {"--paths", "--return"}
    assert all(format.value in " ".join(cells) for format in ReportFormat)


def test_every_field_of_the_json_is_explained(repository: Path) -> None:
    result = shell("equidesign lint --format json", repository)
    data = json.loads(result.stdout)
    rows = TEXT.split("| field |")[1].split("\n\n")[0]
    explained = set(re.findall(r"`(\w+)`", rows))
    finding = data["findings"][0]
    assert {*data, *data["summary"], *finding, *finding["fix"]} == explained
