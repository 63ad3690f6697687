"""The linker takes what is used and nothing else, in an order that runs, with sorted imports."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equidesign.errors import EquidesignError
from equidesign.render.linker import Linker, parse_fragment, sorted_imports
from equidesign.render.pycode import assignment, call, literal, split_arguments, statement

SOURCE = '''
import math

import torch
from torch import Tensor, nn

LIMIT = 3


def helper(x: Tensor) -> Tensor:
    """Help."""
    return x * LIMIT


@torch.no_grad()
def user(x: Tensor) -> Tensor:
    """Use."""
    return helper(x) + math.pi


class Unused(nn.Module):
    """Not used."""
'''


def test_closure_is_complete_and_ordered() -> None:
    linker = Linker([parse_fragment(SOURCE, "test")])
    names = [definition.name for definition in linker.closure(["user"])]
    assert names == ["LIMIT", "helper", "user"]
    assert linker.closure(["user"])[-1].source.startswith("@torch.no_grad()")


def test_a_second_definition_is_an_error() -> None:
    fragment = parse_fragment("def f():\n    return 1\n", "one")
    with pytest.raises(EquidesignError, match="two fragments define 'f'"):
        Linker([fragment, fragment])


def test_a_fragment_holds_definitions_only() -> None:
    with pytest.raises(EquidesignError, match="definitions only"):
        parse_fragment("print(1)\n", "bad")


def ruff(text: str, *command: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "88", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


def test_imports_are_sorted_as_ruff_sorts_them() -> None:
    statements = [
        "from torch import nn",
        "from torch import Tensor",
        "import torch",
        "import math",
        "from collections.abc import Iterator",
        "from torch_geometric.nn import MessagePassing",
        "from torch_geometric.nn import global_add_pool",
        "from e3nn import o3",
        "from escnn import gspaces",
        "from escnn import nn as enn",
        "import torch.nn.functional as F",
    ]
    text = sorted_imports(statements)
    used = "\n\nprint(nn, Tensor, torch, math, Iterator, MessagePassing, global_add_pool, o3)"
    assert ruff(text + used, "check", "--select", "I", "--fix", "-q") == text + used


NAMES = st.text("abcdefghij_", min_size=1, max_size=14).filter(str.isidentifier)
VALUES = st.recursive(
    st.integers(-999, 9999)
    | st.floats(0, 10, allow_nan=False)
    | st.text("abc x+0e1o", max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.lists(inner, max_size=6).map(tuple),
    max_leaves=12,
)


def test_calls_are_written_as_the_formatter_writes_them() -> None:
    lines: list[str] = []

    # How long the drawing takes says how busy the machine is, and nothing of the code.
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        NAMES, st.lists(VALUES.map(literal), max_size=6), st.dictionaries(NAMES, VALUES, max_size=4)
    )
    def collect(name: str, args: list[str], kwargs: dict[str, object]) -> None:
        written = {key: literal(value) for key, value in kwargs.items()}
        if all(len(item) < 60 for item in [*args, *written.values()]):
            lines.append(call(f"{name} = Function", args, written, 0))

    collect()
    text = "\n".join(lines) + "\n"
    assert len(lines) > 20
    assert ruff(text, "format") == text


def test_constants_are_written_as_the_formatter_writes_them() -> None:
    values = [3, 2.5, "text", (1, 6, 8), (1,), [], tuple(range(1, 60)), ["a" * 30] * 5]
    text = "\n".join(assignment(f"NAME_{i}", v, "what it is") for i, v in enumerate(values)) + "\n"
    assert ruff(text, "format") == text


def test_statements() -> None:
    assert split_arguments("a, f(b, c), [d, e]") == ["a", "f(b, c)", "[d, e]"]
    long = "h = self.interaction_with_a_long_name(h, attrs, edge_index, edge_sh, edge_radial, more)"
    assert statement(long, 8).count("\n") == 2
    assert statement("h = f(x)", 4) == "    h = f(x)"
