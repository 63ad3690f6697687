"""From a job to a model that can be verified: imported, built once, its inputs' names checked. In the child process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.spec.generators import Generators
from equidesign.spec.loading import ARCHITECTURE, load_specification
from equidesign.spec.specification import Interface, Specification
from equidesign.spec.yamlio import Document
from equidesign.verify.context import Claims
from equidesign.verify.draw import draw_inputs, drawn_blindly
from equidesign.verify.examples import NAME as EXAMPLES
from equidesign.verify.examples import example_function
from equidesign.verify.interface_file import INTERFACE, ForeignInterface, read_interface
from equidesign.verify.module import builder, built, import_file, import_module, resolve
from equidesign.verify.randomness import seeded
from equidesign.verify.reasons import FailedError, said
from equidesign.verify.signature import fitted, parameters_of
from equidesign.verify.target import FACTORY, Kind
from equidesign.verify.verdict import Report, Verdict

Progress = Callable[[str], None]
ATTRIBUTE = "interface"


@dataclass(frozen=True)
class Prepared:
    """What ``verify_model`` needs.

    Attributes:
        build: a module, or a function that builds one which takes its inputs by name.
        inputs: returns inputs for (batch size, seed).
        types: representations of intermediate fields by the path of their module.
        generators: of a custom group.
        notes: where the interface and the inputs come from.
        blind: integer inputs that were drawn without knowing which values they take.
    """

    build: nn.Module | Callable[[], Any]
    interface: Interface
    inputs: Callable[[int, int], Mapping[str, Tensor]]
    fiber: Group
    axis: str | None
    claims: Claims
    types: Mapping[str, str]
    generators: Generators | None = None
    notes: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()

    def advised(self, report: Report) -> Report:
        """Return the report with where things came from, and what may help a model that failed."""
        advice = ""
        if self.blind and report.verdict is Verdict.error:
            names = " and ".join(f"'{name}'" for name in self.blind)
            advice = (
                f"; the integers of {names} were drawn blindly: give `values:` in the interface"
            )
        rows = tuple(
            replace(row, detail=row.detail + advice)
            if advice and row.verdict is Verdict.error and "memory" not in row.detail
            else row
            for row in report.rows
        )
        return replace(report, rows=rows, notes=(*self.notes, *report.notes))


def prepare(job: Mapping[str, Any], place: Path, progress: Progress) -> Prepared:
    """Import and build the model of a job.

    Raises:
        InputError: the target, its interface or its inputs cannot be used.
        FailedError: the model's own code fails.
    """
    kind = Kind(job["kind"])
    if kind in (Kind.bundle, Kind.specification):
        return _own(job, kind, place, progress)
    return _foreign(job, kind, progress)


def _own(job: Mapping[str, Any], kind: Kind, place: Path, progress: Progress) -> Prepared:
    folder = Path(job["path"])
    spec = load_specification(folder)
    if kind is Kind.specification:
        progress("render")
        folder = _rendered(spec, place)
    progress("import of model.py")
    module = import_file(folder / "model.py")
    for name in (FACTORY, EXAMPLES):
        if not callable(getattr(module, name, None)):
            raise FailedError(f"model.py does not define {name}()")
    data: Any = spec.request.data
    task: Any = spec.request.task
    progress("build")
    with seeded(job["seed"]):
        model = built(module.build_model, f"{FACTORY}()")
    fit = fitted(model, list(spec.interface.inputs), {})
    inputs = example_function(module.example_inputs, spec.interface)
    progress(EXAMPLES)
    inputs(2, job["seed"])
    return Prepared(
        build=_builds(module.build_model, f"{FACTORY}()", model, fit),
        interface=spec.interface,
        inputs=inputs,
        fiber=spec.fiber,
        axis=data.preferred_axis,
        claims=Claims(
            permutations=True,
            conservative=task.type == "force_prediction" and task.conservative,
            cutoff=getattr(data, "cutoff", None),
        ),
        types={layer.name: layer.out.rep for layer in spec.layers},
    )


def _rendered(spec: Specification, place: Path) -> Path:
    from equidesign.render.architecture import architecture_yaml
    from equidesign.render.model import render_model

    folder = place / "bundle"
    folder.mkdir()
    (folder / "model.py").write_text(render_model(spec), encoding="utf-8")
    (folder / ARCHITECTURE).write_text(architecture_yaml(spec), encoding="utf-8")
    return folder


def _foreign(job: Mapping[str, Any], kind: Kind, progress: Progress) -> Prepared:
    shown = Path(job["path"]).name if kind is Kind.file else job["module"]
    progress(f"import of {shown}")
    module = import_file(Path(job["path"])) if kind is Kind.file else import_module(job["module"])
    found = resolve(module, job["attribute"], shown)
    foreign, source = _declared(job, module, shown)
    name = f"{job['attribute']}()" if not isinstance(found, nn.Module) else job["attribute"]
    make = builder(found, name, foreign.interface.inputs if foreign else ())
    progress("build")
    with seeded(job["seed"]):
        model = make if isinstance(make, nn.Module) else built(make, name)
    if foreign is None:
        foreign = _of_model(model)
        source = f"the attribute `{ATTRIBUTE}` of the model"
    if foreign is None:
        raise _no_interface(model, shown, job["name"])
    progress("names of the inputs")
    fit = fitted(model, list(foreign.interface.inputs), foreign.places)
    own = getattr(module, EXAMPLES, None) or getattr(model, EXAMPLES, None)
    inputs = example_function(own, foreign.interface) if callable(own) else _drawn(foreign)
    progress("inputs")
    inputs(2, job["seed"])
    return Prepared(
        build=fit(make) if isinstance(make, nn.Module) else _builds(make, name, model, fit),
        interface=foreign.interface,
        inputs=inputs,
        fiber=foreign.fiber,
        axis=foreign.axis,
        claims=Claims.of(foreign.interface, foreign.conservative, foreign.cutoff),
        types={},
        generators=Generators.model_validate(foreign.generators) if foreign.generators else None,
        notes=_notes(source, callable(own)),
        blind=() if callable(own) else tuple(drawn_blindly(foreign.interface)),
    )


def _builds(
    make: Callable[[], Any], name: str, model: Any, fit: Callable[[Any], Any]
) -> Callable[[], Any]:
    """Return a function that hands out the model that was built already, and builds others after that."""
    ready = [model]

    def build() -> Any:
        return fit(ready.pop() if ready else built(make, name))

    return build


def _notes(source: str, own: bool) -> tuple[str, ...]:
    inputs = (
        f"the inputs are those of {EXAMPLES}()"
        if own
        else "the inputs were drawn from the interface"
    )
    return (f"the interface is {source}", inputs) if source else (inputs,)


def _drawn(foreign: ForeignInterface) -> Callable[[int, int], Mapping[str, Tensor]]:
    return lambda batch, seed: draw_inputs(foreign.interface, batch, seed, cutoff=foreign.cutoff)


def _declared(
    job: Mapping[str, Any], module: ModuleType, shown: str
) -> tuple[ForeignInterface | None, str]:
    """Return the interface from a file, or from the module, and where it is from unless the person named it."""
    if job["interface"] is not None:
        return ForeignInterface.from_data(job["interface"]), job["source"]
    own = getattr(module, ATTRIBUTE, None)
    if own is None:
        return None, ""
    return _read(own, f"`{ATTRIBUTE}` in {shown}"), f"`{ATTRIBUTE}` in {shown}"


def _of_model(model: Any) -> ForeignInterface | None:
    own = getattr(model, ATTRIBUTE, None)
    return None if own is None else _read(own, f"the model's `{ATTRIBUTE}`")


def _read(value: Any, source: str) -> ForeignInterface:
    if callable(value):
        try:
            value = value()
        except BaseException as error:
            raise FailedError(f"{source} failed: {said(error)}") from error
    if isinstance(value, Interface):
        value = value.model_dump(mode="json")
    if not isinstance(value, Mapping):
        raise InputError(
            f"{source} is of type {type(value).__name__}",
            expected="a dictionary with group, inputs and outputs, as in interface.yaml",
        )
    return read_interface(Document(_plain(value), source))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _no_interface(model: Any, shown: str, target: str) -> InputError:
    parameters = parameters_of(model) or []
    names = [p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    lines = ["group: E(3) x S_n", "inputs:"]
    lines += [f"  {name}: {_guess(name)}" for name in names or ["pos"]]
    lines += ["outputs:", "  output: {shape: [samples, 1], rep: 1x0e}"]
    text = "\n    ".join(lines)
    return InputError(
        f"nothing says what {target} takes and returns",
        expected=f"a file {INTERFACE} beside {shown}, or one named with --interface",
        hint=f"write one and correct it:\n    {text}",
    )


def _guess(name: str) -> str:
    guesses = {
        "pos": "{shape: [points, 3], space: points, rep: 1x1o, translates: true}",
        "batch": "{shape: [points], space: points, role: batch}",
        "z": "{shape: [points], space: points, values: [1, 6, 7, 8]}",
        "edge_index": "{shape: [2, edges], space: edges, role: edge_index}",
        "mask": "{shape: [samples, elements], space: elements, role: mask}",
        "cell": "{shape: [samples, 3, 3], rep: 1x1o, role: cell}",
    }
    usual = "{shape: [points, 8], space: points, rep: 8x0e}"
    same = {"coords": "pos", "positions": "pos", "coord": "pos", "xyz": "pos", "species": "z"}
    return guesses.get(same.get(name, name), usual)
