"""Imports the file or module of a target and finds the model in it, in the child process."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from equidesign.errors import InputError, nearest
from equidesign.verify.reasons import FailedError, said

MAX_NAMES = 12
# Found at the end of every error about a factory.
WRITE_ONE = "write a function without arguments that returns the model, and name that"


def import_file(path: Path) -> ModuleType:
    """Import a Python file by its path, much as ``python FILE`` runs it; within a package as a part of that.

    Raises:
        FailedError: it raises when it is imported.
    """
    package = _package_of(path)
    root = path.parents[len(package)]
    for folder in (str(Path.cwd()), str(root), str(path.parent)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    sys.argv = [str(path)]
    if package:
        parts = (*package, *(() if path.stem == "__init__" else (path.stem,)))
        module = _imported(".".join(parts), path.name)
        if module.__file__ and os.path.realpath(module.__file__) == os.path.realpath(path):
            return module
    return _executed(path)


def import_module(name: str) -> ModuleType:
    """Import a module by its dotted name; the current directory is searched first.

    Raises:
        InputError: there is no such module.
        FailedError: it raises when it is imported.
    """
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    sys.argv = [name]
    return _imported(name, f"'{name}'", given=name)


def _package_of(path: Path) -> tuple[str, ...]:
    """Return the names of the packages that a file lies in, the outermost first."""
    names: list[str] = []
    for folder in path.parents:
        if not (folder / "__init__.py").is_file() or not folder.name.isidentifier():
            break
        names.insert(0, folder.name)
    return tuple(names)


def _imported(name: str, shown: str, given: str = "") -> ModuleType:
    try:
        return importlib.import_module(name)
    except MemoryError:
        raise
    except ModuleNotFoundError as error:
        if given and error.name and (given == error.name or given.startswith(error.name + ".")):
            raise _no_module(given, error.name) from None
        raise FailedError(f"importing {shown} failed: {said(error)}") from error
    except BaseException as error:
        raise FailedError(f"importing {shown} failed: {said(error)}") from error


def _no_module(name: str, missing: str) -> InputError:
    import pkgutil

    parent, _, last = missing.rpartition(".")
    path = getattr(sys.modules.get(parent), "__path__", None) if parent else None
    path = [os.getcwd()] if not parent else path
    names = [info.name for info in pkgutil.iter_modules(path)] if path else []
    near = nearest(last, names)
    hint = f"did you mean '{parent + '.' if parent else ''}{near}'?" if near else None
    return InputError(
        f"there is no module '{missing}'"
        + (f", so '{name}' cannot be imported" * (name != missing)),
        expected="package.module:factory, importable from the current directory",
        hint=hint,
    )


def _executed(path: Path) -> ModuleType:
    name = path.stem
    if not name.isidentifier() or name in sys.modules or name in sys.stdlib_module_names:
        name = f"_equidesign_verified_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FailedError(f"{path.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except MemoryError:
        raise
    except BaseException as error:
        raise FailedError(f"importing {path.name} failed: {said(error)}") from error
    return module


def resolve(module: ModuleType, dotted: str, shown: str) -> Any:
    """Return a dotted attribute of a module.

    Raises:
        InputError: there is none; the hint is the nearest name.
    """
    found: Any = module
    for index, name in enumerate(dotted.split(".")):
        owner = ".".join([shown, *dotted.split(".")[:index]])
        try:
            found = getattr(found, name)
        except AttributeError:
            names = _public(found, module if index == 0 else None)
            near = nearest(name, names)
            raise InputError(
                f"{owner} has no '{name}'",
                expected=f"one of {', '.join(names[:MAX_NAMES])}" if names else None,
                hint=f"did you mean '{near}'?" if near else WRITE_ONE,
            ) from None
        except BaseException as error:
            raise FailedError(f"{owner}.{name} failed: {said(error)}") from error
    return found


def _public(owner: Any, module: ModuleType | None) -> list[str]:
    """Return names that a factory or model could have; of a module first those that it defines itself."""
    if module is None:
        return [name for name in dir(owner) if not name.startswith("_")]
    content = {n: v for n, v in vars(owner).items() if not n.startswith("_")}
    usable = [
        name
        for name, value in content.items()
        if (callable(value) or isinstance(value, nn.Module)) and not inspect.ismodule(value)
    ]
    own = [n for n in usable if getattr(content[n], "__module__", None) == module.__name__]
    return own or usable


def required(function: Callable[..., Any]) -> list[str] | None:
    """Return the names of the parameters without a default, None where the signature is not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in variable]


def builder(found: Any, shown: str, inputs: Collection[str]) -> nn.Module | Callable[[], Any]:
    """Return what builds the model: a module itself, or a function without arguments.

    Args:
        found: what the target names.
        shown: the target, for messages.
        inputs: names of the model's inputs: a function that takes these is the model itself.

    Raises:
        InputError: it is nothing that can be called without arguments.
    """
    if isinstance(found, nn.Module):
        return found
    if not callable(found):
        raise InputError(
            f"{shown} is {_kind(found)}, not a model",
            expected="a function that returns a torch.nn.Module, a module class, or a module",
            hint=WRITE_ONE,
        )
    needed = required(found) or []
    if needed and inputs and set(needed) <= set(inputs) and not isinstance(found, type):
        return lambda: found
    if needed:
        raise InputError(
            f"{shown} needs the argument{'s' * (len(needed) > 1)} {', '.join(needed)}",
            expected="something that can be called without arguments",
            hint=f"{WRITE_ONE}: def build(): return {_call(found, needed)}",
        )
    return found  # type: ignore[no-any-return]


def _call(found: Any, needed: list[str]) -> str:
    name = getattr(found, "__qualname__", "Model").replace("<lambda>", "Model")
    if needed == ["self"]:
        return f"{name.rpartition('.')[0] or 'Model'}().{name.rpartition('.')[2]}()"
    return f"{name}({', '.join(f'{each}=...' for each in needed)})"


def built(build: Callable[[], Any], shown: str) -> Any:
    """Call a factory once; return a module or another callable.

    Raises:
        FailedError: it raises.
        InputError: it returns something else.
    """
    try:
        model = build()
    except MemoryError:
        raise
    except BaseException as error:
        raise FailedError(f"{shown} failed: {said(error)}") from error
    if isinstance(model, nn.Module) or (callable(model) and not isinstance(model, type)):
        return model
    hint = WRITE_ONE
    if model is None:
        hint = "end it with `return model`"
    elif isinstance(model, tuple | list | dict) and len(model):
        hint = "return the model alone"
    elif isinstance(model, type):
        hint = f"call it: return {model.__name__}()"
    raise InputError(
        f"{shown} returned {_kind(model)}", expected="a torch.nn.Module, or a callable", hint=hint
    )


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, ModuleType):
        return "a module of Python"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def callable_of(model: Any) -> Callable[..., Any]:
    """Return the function whose parameters are the model's inputs."""
    while isinstance(getattr(model, "_orig_mod", None), nn.Module):
        model = model._orig_mod
    if isinstance(model, nn.Module):
        return model.forward
    plain = isinstance(model, functools.partial) or inspect.isroutine(model)
    function: Callable[..., Any] = model if plain else model.__call__
    return function
