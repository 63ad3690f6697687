"""Is there code, and is it the code of this specification?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from equidesign.errors import EquidesignError
from equidesign.layers.measure import refreshed
from equidesign.render.bundle import FILES, check_pipeline, render_bundle
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.measured import Defect, Measure, Measured, held, judged, missed
from equidesign.scoring.predicates.counts import underived
from equidesign.scoring.words import contains
from equidesign.spec.request import request_from_data
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import load_text

RENDER = "`equidesign render` writes it"
CODE = (".py",)
_HEADING = ("#", "**")


def compiles(evidence: Evidence) -> Measured:
    """Render accepts the specification: it can be compiled to code."""
    spec = evidence.specification
    assert isinstance(spec, Specification)
    try:
        check_pipeline(spec)
    except EquidesignError as error:
        return missed(str(error).splitlines()[0], ("layers",), "see `equidesign render`")
    if evidence.cost is None:
        return underived(evidence)
    return held(f"{len(spec.layers)} layers compile to {spec.library.name}", ("layers",))


def bundle_complete(evidence: Evidence) -> Measured:
    """The specification lies in a bundle whose files are all there."""
    bundle = evidence.bundle
    if bundle is None:
        return missed("no bundle: there is no code beside the specification", (), RENDER)
    defects = (
        Defect(f"{name} is missing or can't be read", (), RENDER)
        for name in FILES
        if not bundle.texts.get(name, "").strip()
    )
    return judged(defects, f"all {len(FILES)} files of a bundle are there")


def bundle_fresh(evidence: Evidence) -> Measured:
    """Code, test, requirements and documents are those of this specification.

    Comments and docstrings of code may differ, and documents may say more: what has to agree is what runs, and the
    headings and numbers of what is read.
    """
    spec, bundle = evidence.specification, evidence.bundle
    assert isinstance(spec, Specification)
    assert bundle is not None
    try:
        rendered = render_bundle(spec)
    except EquidesignError as error:
        return missed(str(error).splitlines()[0], ("layers",), "see `equidesign render`")

    def defects() -> Iterator[Defect]:
        for name in FILES:
            if not _agrees(name, bundle.texts[name], rendered[name], spec):
                text = f"{name} is not what the specification says"
                yield Defect(
                    text, (), "`equidesign render`, or take the edit into the specification"
                )

    return judged(defects(), "code, test and documents are those of the specification")


def _agrees(name: str, text: str, right: str, spec: Specification) -> bool:
    if name.endswith(CODE):
        return _program(text) == _program(right)
    if name == "requirements.txt":
        return _lines(right) <= _lines(text)
    if name == "request.yaml":
        try:
            return request_from_data(load_text(text, name).data) == spec.request
        except EquidesignError:
            return False
    if name == "SPECIFICATION.md":
        counted = [f"{layer.parameters:,}" for layer in refreshed(spec).layers]
        return _headings_kept(text, right) and all(each in text for each in counted)
    if name == "README.md":
        return all(each in text for each in FILES if each != name)
    return True


def _program(text: str) -> str | None:
    """Return what a Python file does, without comments and docstrings."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return ast.dump(tree)


def _lines(text: str) -> frozenset[str]:
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _headings_kept(text: str, right: str) -> bool:
    """Tell whether every heading, and everything that begins in bold, still says what it said."""
    written = [line for line in text.splitlines() if line.startswith(_HEADING)]
    wanted = [line for line in right.splitlines() if line.startswith(_HEADING)]
    return all(any(contains(line, each) for line in written) for each in wanted)


PREDICATES: Mapping[str, Measure] = {
    "compiles": compiles,
    "bundle-complete": bundle_complete,
    "bundle-fresh": bundle_fresh,
}
