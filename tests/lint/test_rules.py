"""Every rule by its cases, which are data: what it finds, where, and what it leaves alone.

A file ``cases/EQ401.yaml`` is a list of cases. Each starts from one of

- ``cell``: the first cell of the product whose id is, or contains, this text; ``request``: data of a
  request; both are designed and written as ``architecture.yaml``, or with ``as: request`` as ``request.yaml``;
- ``text`` or ``hex``: the file as it is,

then changes it by ``edits`` (``[key path, new value]``, ``[key path, "<delete>"]``; the data is written
out again) and ``replace`` (``[old text, new text]``, which must occur; the first occurrence). In key paths
a layer goes by its number or its name. ``bundle: {FILE: [[old, new], ...]}`` puts the file into the folder
that render writes, with these changes to its files (``null`` removes one, a text in hexadecimal takes its place).
``file`` is the name under which the file is linted.

``expect`` lists all findings, ``[]`` if there is none: ``[CODE, key path]``, or ``[CODE, text of the line]``
(with ``...`` behind its beginning), and the file's name as a third item if it is another file of the bundle.
``fixed: safe`` or ``unsafe`` demands that no finding is left once the fixes of that sort are applied.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cells import all_cells

from equidesign.design.pipeline import design_architecture
from equidesign.lint.engine import lint_paths, lint_text
from equidesign.lint.finding import AddKey, DeleteText, Finding, RemoveKey, RenameKey, SetValue
from equidesign.lint.registry import SECTIONS, Rule, all_rules
from equidesign.render.architecture import COMMENTS, architecture_yaml
from equidesign.render.bundle import render_bundle
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import KeyPath, load_text
from equidesign.spec.yamlwrite import dump

CASES = Path(__file__).parent / "cases"
KEYS = {"name", "cell", "request", "as", "text", "hex", "file", "edits", "replace", "bundle"}
INLINE = ("in", "out", "exactness")
REQUEST_COMMENTS = {(): "What was asked for."}


@dataclass(frozen=True)
class Case:
    """One case of a rule's file."""

    code: str
    data: dict[str, Any]

    @property
    def id(self) -> str:
        """Code and name."""
        return f"{self.code}-{self.data['name']}".replace(" ", "_")

    @property
    def file(self) -> str:
        """The name under which the text is linted."""
        default = "request.yaml" if self.data.get("as") == "request" else "architecture.yaml"
        return str(self.data.get("file", default))


def all_cases() -> Iterator[Case]:
    """Yield the cases of all rules."""
    for path in sorted(CASES.glob("*.yaml")):
        for data in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case(path.stem, data)


@lru_cache(maxsize=512)
def designed(request: str) -> Specification:
    """Return what design makes of a request in JSON."""
    return design_architecture(request_from_data(json.loads(request))).specification


@lru_cache(maxsize=64)
def cell_request(text: str) -> dict[str, Any]:
    """Return the request of a cell by its id, or a part of it."""
    cells = all_cells()
    found = [cell for cell in cells if cell.id == text] or [c for c in cells if text in c.id]
    assert found, f"no cell is called '{text}'"
    return found[0].request()


def numbered(path: list[str | int], data: dict[str, Any]) -> KeyPath:
    """Return a key path in which layers go by number."""
    steps = tuple(path)
    if len(steps) > 1 and steps[0] == "layers" and isinstance(steps[1], str):
        names = [layer.get("name") for layer in data["layers"]]
        steps = ("layers", names.index(steps[1]), *steps[2:])
    return steps


def edited(data: dict[str, Any], edits: list[list[Any]]) -> dict[str, Any]:
    """Return the data with values set or removed."""
    data = copy.deepcopy(data)
    for path, value in edits:
        *parents, last = numbered(path, data)
        place: Any = data
        for step in parents:
            place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
        if value == "<delete>":
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return data


def replaced(text: str, pairs: list[list[str]]) -> str:
    """Return the text with the first occurrence of each old text replaced."""
    for old, new in pairs:
        assert old in text, f"'{old}' does not occur"
        text = text.replace(old, new, 1)
    return text


def specification_of(case: Case) -> Specification:
    """Return the healthy specification that a case starts from."""
    request = case.data["request"] if "request" in case.data else cell_request(case.data["cell"])
    return designed(json.dumps(request))


def text_of(case: Case) -> str:
    """Return the text that is linted."""
    data = case.data
    if "text" in data:
        text = data["text"]
    else:
        spec = specification_of(case)
        if data.get("as") == "request":
            request = spec.to_data()["request"]
            text = dump(edited(request, data.get("edits", [])), REQUEST_COMMENTS)
        elif data.get("edits"):
            text = dump(edited(spec.to_data(), data["edits"]), COMMENTS, inline=INLINE)
        else:
            text = architecture_yaml(spec)
    return replaced(text, data.get("replace", []))


def write_case(case: Case, folder: Path) -> None:
    """Write the file of a case, with a bundle's other files around it if it asks for them."""
    if "bundle" in case.data:
        for name, content in render_bundle(specification_of(case)).items():
            (folder / name).write_text(content, encoding="utf-8")
    if "hex" in case.data:
        (folder / case.file).write_bytes(bytes.fromhex(case.data["hex"]))
    else:
        (folder / case.file).write_text(text_of(case), encoding="utf-8")
    for name, pairs in (case.data.get("bundle") or {}).items():
        if pairs is None:
            (folder / name).unlink()
        elif isinstance(pairs, str):
            (folder / name).write_bytes(bytes.fromhex(pairs))
        else:
            text = (folder / name).read_text(encoding="utf-8")
            (folder / name).write_text(replaced(text, pairs), encoding="utf-8")


def lint_case(case: Case, folder: Path) -> tuple[list[Finding], dict[str, str]]:
    """Return the findings of a case, and the text of each file by name."""
    if "bundle" not in case.data and "hex" not in case.data:
        text = text_of(case)
        return lint_text(text, case.file), {case.file: text}
    write_case(case, folder)
    path = folder if "bundle" in case.data else folder / case.file
    texts = {
        each.name: each.read_text(encoding="utf-8", errors="replace") for each in folder.iterdir()
    }
    return list(lint_paths([path]).findings), texts


def as_expected(finding: Finding, wanted: list[Any], case: Case, texts: dict[str, str]) -> bool:
    """Tell whether a finding is the one that is wanted: code, file, line and key path."""
    code, where, *files = wanted
    file = files[0] if files else case.file
    if finding.code != code or Path(finding.file).name != file:
        return False
    text = texts[file]
    if isinstance(where, str):
        line, (beginning, *more) = text.splitlines()[finding.place.line - 1], where.split("...")
        return line.strip() == where or (bool(more) and line.startswith(beginning))
    document = load_text(text, file)
    path = numbered(where, document.data)
    lines = {document.span(path)[0], document.span(path, key=True)[0]}
    return finding.path == path and finding.place.line in lines


def shown(findings: list[Finding]) -> str:
    """Return findings for a message of a test."""
    lines = [f"{x.code} {x.place.line} {list(x.path)} {x.message} ({x.hint})" for x in findings]
    return "\n".join(lines) or "nothing is found"


def apply_fix(text: str, file: str, finding: Finding) -> str:
    """Return a text with the fix of a finding."""
    assert finding.fix is not None
    data = copy.deepcopy(load_text(text, file).data)
    lines = text.splitlines(keepends=True)
    for edit in finding.fix.edits:
        if isinstance(edit, DeleteText):
            line = lines[edit.place.line - 1]
            start, stop = edit.place.column - 1, edit.place.end_column - 1
            lines[edit.place.line - 1] = line[:start] + line[stop:]
            continue
        path = edit.parent if isinstance(edit, AddKey) else edit.path[:-1]
        place: Any = data
        for step in path:
            place = place[step]
        if isinstance(edit, AddKey):
            place[edit.name] = edit.value
        elif isinstance(edit, SetValue):
            place[edit.path[-1]] = edit.value
        elif isinstance(edit, RemoveKey):
            del place[edit.path[-1]]
        elif isinstance(edit, RenameKey):
            renamed = [(edit.name if k == edit.path[-1] else k, v) for k, v in place.items()]
            place.clear()
            place.update(renamed)
    if any(isinstance(edit, DeleteText) for edit in finding.fix.edits):
        return "".join(lines)
    return dump(data, inline=INLINE)


@pytest.mark.parametrize("case", [*all_cases()], ids=lambda case: case.id)
def test_case(case: Case, tmp_path: Path) -> None:
    assert case.data.keys() <= KEYS | {"expect", "fixed"}, "a case has no such key"
    findings, texts = lint_case(case, tmp_path)
    left = list(findings)
    for wanted in case.data["expect"]:
        found = next((each for each in left if as_expected(each, wanted, case, texts)), None)
        assert found is not None, f"{wanted} is not found, but\n{shown(findings)}"
        left.remove(found)
    assert not left, f"not expected:\n{shown(left)}"


@pytest.mark.parametrize(
    "case", [case for case in all_cases() if "fixed" in case.data], ids=lambda case: case.id
)
def test_fix(case: Case, tmp_path: Path) -> None:
    safe = {"safe": True, "unsafe": False}[case.data["fixed"]]
    findings, texts = lint_case(case, tmp_path)
    text = texts[case.file]
    fixes = [x for x in findings if x.fix is not None and (x.fix.safe or not safe)]
    assert fixes, f"no fix is offered:\n{shown(findings)}"
    assert safe or not all(x.fix and x.fix.safe for x in fixes), "the fix is a safe one"
    for finding in fixes:
        assert finding.fix is not None
        assert finding.fix.title
        text = apply_fix(text, case.file, finding)
    left = lint_text(text, case.file)
    assert not left, shown(left)


@pytest.mark.parametrize(
    "rule", [*all_rules().values()], ids=lambda rule: f"{rule.code}-{rule.name}"
)
def test_every_rule_has_a_page_and_cases(rule: Rule) -> None:
    sections = dict(rule.sections())
    assert tuple(sections) == SECTIONS
    assert all(sections.values()), "a section is empty"
    assert rule.summary
    assert rule.page.split("\n")[1] == ""
    for title in ("Example", "Use instead"):
        assert re.fullmatch(r"```(yaml|json|markdown|python|text)\n.+\n```", sections[title], re.S)
    assert sections["Example"] != sections["Use instead"]
    path = CASES / f"{rule.code}.yaml"
    assert path.exists(), f"{rule.code} has no cases"
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names)), "two cases share a name"
    assert any(wanted[0] == rule.code for case in cases for wanted in case["expect"]), "none fails"
    assert any(case["expect"] == [] for case in cases), "none passes"


def test_every_file_of_cases_has_its_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} <= set(all_rules())
