"""A short script that shows a failure without equidesign: it needs torch and the person's own model. No torch here.

What the checks fill in is a ``Reproduction``; ``reproduce.reproduction_of`` makes one and tries it out.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from equidesign import __version__
from equidesign.errors import InputError
from equidesign.verify.reproduction import FORCES, VACUOUS, Reproduction, nested, tensor_code
from equidesign.verify.verdict import Report

SHAKING = {"shake": ("shake",), "statistics": ("STATISTICS", "POSITIVE", "shake_statistics")}


def reproducer_script(report: Report, job: Mapping[str, Any]) -> str:
    """Return the script of a report's worst failure.

    Args:
        report: with a ``reproduction``.
        job: of ``api.verification_job``: ``kind``, ``path``, ``module`` and ``attribute`` say where the model is.

    Raises:
        InputError: the report has no failure that a script could show.
    """
    data = getattr(report, "reproduction", None)
    if not data:
        raise InputError(
            "there is no script for this failure",
            hint="--format json holds every number, the worst group element and the layer",
        )
    if job["kind"] == "specification":
        raise InputError(
            "a specification has no model.py for the script to load",
            hint=f"render it and verify the bundle: equidesign render {job['path']} -o DIR",
        )
    return script_of(Reproduction.from_data(data), job)


def script_of(case: Reproduction, job: Mapping[str, Any]) -> str:
    """Return the text of the script."""
    parts = [
        "\n\n".join([_heading(case, job).strip("\n"), "\n".join(_constants(case))]),
        *(_shaking(name) for name in SHAKING if getattr(case, name)),
        _loader(case, job),
        _call(case),
        _measure(case),
        _MAIN,
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"


def _heading(case: Reproduction, job: Mapping[str, Any]) -> str:
    shown = f"{case.title}; {case.label}" if case.label else case.title
    text = shown.replace("\\", "/").replace('"""', "'''")
    usage = " [PATH OF THE FILE]" if job["kind"] != "module" else ""
    imports = [
        "import inspect",
        "import random",
        "import sys",
        "",
        "import torch",
        "from torch import nn",
    ]
    if job["kind"] != "module":
        imports.insert(0, "import importlib.util")
    if "'base64'" in repr(case.inputs) or "'base64'" in repr(case.moved):
        imports.insert(0, "import base64")
    body = "\n".join(imports)
    return f'''"""A symmetry that does not hold: {text}, output '{case.output}'.

Written by equidesign {__version__}; needs torch and the model only. Usage: python THIS_FILE{usage}
It exits with 1 as long as the relative error is above {case.tolerance:g}, and with 0 once the model is repaired.
"""

{body}
'''


def _constants(case: Reproduction) -> Iterator[str]:
    yield f"DTYPE = torch.{case.dtype}"
    yield f"SEED = {case.seed}"
    yield f"TOLERANCE = {case.tolerance!r}"
    for name, tensors in (("INPUTS", case.inputs), ("MOVED", case.moved)):
        if tensors:
            yield f"{name} = {{"
            for key, value in tensors.items():
                yield f"    {json.dumps(key)}: {tensor_code(value)},"
            yield "}"


def _shaking(name: str) -> str:
    """Return the code that makes parameters generic, as the checks run it."""
    source = (files("equidesign.verify") / "shaking.py").read_text(encoding="utf-8")
    found = []
    for node in ast.parse(source).body:
        names = [getattr(node, "name", "")]
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if set(names) & set(SHAKING[name]):
            found.append(ast.get_source_segment(source, node) or "")
    return "\n\n\n".join(found)


def _loader(case: Reproduction, job: Mapping[str, Any]) -> str:
    attribute = job["attribute"] or "build_model"
    if job["kind"] == "module":
        lines = ["def load():", f"    import {job['module']} as module", ""]
    else:
        path = Path(job["path"])
        path = path / "model.py" if job["kind"] == "bundle" else path
        lines = [
            "def load():",
            f"    path = sys.argv[1] if len(sys.argv) > 1 else {json.dumps(str(path))}",
            '    sys.path.insert(0, path.replace("\\\\", "/").rpartition("/")[0] or ".")',
            '    spec = importlib.util.spec_from_file_location("model_under_test", path)',
            "    module = importlib.util.module_from_spec(spec)",
            '    sys.modules["model_under_test"] = module',
            "    spec.loader.exec_module(module)",
        ]
    lines += [f"    return module.{attribute}", *_PREPARED]
    if case.shake:
        lines.append(f"    shake(model, {case.shake!r}, SEED)")
    if case.statistics:
        lines.append("    shake_statistics(model, SEED)")
    lines.append(f"    return model.train().to(DTYPE).train({case.training})")
    return "\n".join(lines)


_PREPARED = [
    *("", "", "def seeded():", "    torch.manual_seed(SEED)", "    random.seed(SEED)"),
    *("", "", "def prepared(found):"),
    "    seeded()",
    "    # A function of the inputs is the model itself; anything else builds one.",
    "    takes = inspect.signature(found).parameters if inspect.isfunction(found) else {}",
    "    is_model = isinstance(found, nn.Module) or (takes and set(takes) <= set(INPUTS))",
    "    model = found if is_model else found()",
    "    if not isinstance(model, nn.Module):",
    "        return model",
]


def _call(case: Reproduction) -> str:
    arguments = "*inputs.values()" if case.by_position else "**inputs"
    grad = ".requires_grad_()" if case.needs_grad or case.kind == FORCES else ""
    return f'''
def outputs(model, tensors):
    """Run the model on copies; return all outputs by name, and the inputs."""
    seeded()
    inputs = {{
        name: value.to(DTYPE, copy=True){grad} if value.is_floating_point() else value.clone()
        for name, value in tensors.items()
    }}
    result = model({arguments})
    names = {json.dumps(case.names)}
    if isinstance(result, torch.Tensor):
        result = {{names[0]: result}}
    elif isinstance(result, tuple | list):
        result = dict(zip(getattr(result, "_fields", names), result))
    elif not hasattr(result, "keys"):
        result = {{name: getattr(result, name) for name in names}}
    return result, inputs


def output(model, tensors):
    return outputs(model, tensors)[0][{json.dumps(case.output)}].detach().double()
'''


def _measure(case: Reproduction) -> str:
    if case.kind == VACUOUS:
        return _VACUOUS
    if case.kind == FORCES:
        return _FORCES.format(case=case)
    functions = [
        _function(name, steps)
        for name, steps in (("expected", case.expected), ("observed", case.observed))
        if steps
    ]
    part = ""
    if case.part:
        axis, start, stop = case.part
        part = f".narrow({axis}, {start}, {stop - start})"
    wanted, found = (
        f"{name}({call})" if steps else call
        for name, steps, call in (
            ("expected", case.expected, "output(model, INPUTS)"),
            ("observed", case.observed, "output(model, MOVED)"),
        )
    )
    body = _RELATION.format(part=part, wanted=wanted, found=found)
    return "\n\n\n".join([*functions, body.strip("\n")])


_WHAT = {
    "expected": "What the symmetry says the output on the moved inputs is.",
    "observed": "The part of the output on the moved inputs that is compared.",
}


def _function(name: str, steps: tuple[Mapping[str, Any], ...]) -> str:
    lines = [f"def {name}(y):", f'    """{_WHAT[name]}"""']
    lines += [line for step in steps for line in STEPS[step["do"]](step)]
    return "\n".join([*lines, "    return y"])


def _mix(step: Mapping[str, Any]) -> Iterator[str]:
    yield f"    matrix = torch.tensor({nested(step['matrix'])}, dtype=y.dtype)"
    axis, count = step["axis"], step.get("axes", 1)
    if axis == -1 and count == 1:
        yield "    y = y @ matrix.T"
    elif count == 1:
        yield f"    y = (y.movedim({axis}, -1) @ matrix.T).movedim(-1, {axis})"
    else:
        yield f"    y = (y.flatten({axis}) @ matrix.T).unflatten(-1, y.shape[{axis}:])"


def _pick(step: Mapping[str, Any]) -> Iterator[str]:
    yield f"    y = y.index_select({step['axis']}, torch.tensor({step['indices']}))"


def _gather(step: Mapping[str, Any]) -> Iterator[str]:
    yield f"    y = y.flatten()[torch.tensor({step['indices']})].reshape({list(step['shape'])})"


def _hide(step: Mapping[str, Any]) -> Iterator[str]:
    yield f"    y = y * {tensor_code(step['keep'])}"


def _add(step: Mapping[str, Any]) -> Iterator[str]:
    yield f"    y = y + {tensor_code(step['vector'])}"


# What can be done to an output, and the fields of each step:
#   mix     axis, matrix; axes: how many axes from ``axis`` (then negative) to the last are one
#   pick    axis, indices: new item i is old item indices[i]
#   gather  indices into the flat tensor, shape of the result
#   hide    keep: a tensor of ones and zeros (as in ``inputs``) to multiply with
#   add     vector: a tensor to add
STEPS = {"mix": _mix, "pick": _pick, "gather": _gather, "hide": _hide, "add": _add}

_RELATION = """
def measure(model):
    wanted = {wanted}{part}
    found = {found}{part}
    size = max(found.abs().max().item(), wanted.abs().max().item())
    return (found - wanted).abs().max().item() / size if size else 0.0
"""
_VACUOUS = """
def measure(model):
    one, other = output(model, INPUTS), output(model, MOVED)
    if not (one.isfinite().all() and one.any()):
        return float("inf")
    first = slice(0, min(len(one), len(other)))
    same = (one[first] - other[first]).abs().max().item() <= 1e-12 * one.abs().max().item()
    return float("inf") if same else 0.0
"""
_FORCES = """
def measure(model):
    result, inputs = outputs(model, INPUTS)
    (slope,) = torch.autograd.grad(result[{case.energy!r}].sum(), inputs[{case.wrt!r}])
    found = result[{case.output!r}].detach()
    size = max(found.abs().max().item(), slope.abs().max().item())
    return (found + slope).abs().max().item() / size if size else float("inf")
"""
_MAIN = """
if __name__ == "__main__":
    error = measure(prepared(load()))
    print(f"relative error: {error:.3e}")
    sys.exit(0 if error <= TOLERANCE else 1)
"""
