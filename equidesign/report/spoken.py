"""Representations and numbers in words."""

from __future__ import annotations

from typing import Any

from equidesign.errors import EquidesignError
from equidesign.groups.irrep import Irrep, scheme
from equidesign.groups.irreps import vector
from equidesign.groups.rep import Rep


def spoken_irrep(irrep: Irrep) -> str:
    """Return what an irrep is called, in the singular.

    >>> from equidesign.groups.names import parse_group
    >>> [spoken_irrep(i) for i in Rep.parse("0e + 0o + 1o + 1e + 2e", parse_group("O(3)")).irreps]
    ['scalar', 'pseudoscalar', 'vector', 'pseudovector', 'tensor of degree 2']
    """
    if irrep.is_trivial:
        return "scalar"
    if irrep.kind == "regular":
        return "function on the group"
    way = scheme(irrep.group)
    if irrep.kind == "spherical":
        natural = way == "degree" or irrep.parity == (-1) ** irrep.l
        word = {0: "scalar", 1: "vector"}.get(irrep.l, f"tensor of degree {irrep.l}")
        return word if natural else f"pseudo{word}"
    if way == "matrix":
        return "vector" if irrep.kind == "V" else f"tensor {irrep}"
    if _is_vector(irrep):
        return "vector"
    if way == "reflection" and irrep.index == (1, 0):
        return "pseudoscalar"
    if way in ("frequency", "reflection"):
        return f"field of frequency {irrep.l}"
    return f"field of type {irrep}"


def _is_vector(irrep: Irrep) -> bool:
    try:
        return vector(irrep.group) == Rep.of(irrep)
    except EquidesignError:
        return False


def spoken_rep(rep: Rep) -> str:
    """Return a representation in words.

    >>> from equidesign.groups.names import parse_group
    >>> spoken_rep(Rep.parse("2x0e + 1x1o", parse_group("O(3)")))
    '2 scalars and a vector'
    """
    merged = rep.simplify()
    words = [counted(count, spoken_irrep(irrep)) for count, irrep in merged.terms]
    return listed(words) or "nothing"


def counted(count: int, word: str) -> str:
    """Return a number of things: ``a vector``, ``3 vectors``, ``2 tensors of degree 2``."""
    if count == 1:
        return f"a {word}"
    noun, *rest = word.split(" ", 1)
    return " ".join([f"{count:,} {noun}s", *rest])


def listed(words: list[str]) -> str:
    """Join words: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def value(item: Any) -> str:
    """Return a plain value as a person writes it.

    >>> value(12000), value([28, 28]), value(None), value(1e-05)
    ('12,000', '[28, 28]', 'null', '1e-05')
    """
    if isinstance(item, int) and not isinstance(item, bool):
        return f"{item:,}"
    return _inner(item)


def _inner(item: Any) -> str:
    if item is None:
        return "null"
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, float):
        return f"{item:g}" if abs(item) < 1e6 else f"{item:,.0f}"
    if isinstance(item, list | tuple):
        return f"[{', '.join(map(_inner, item))}]"
    if isinstance(item, dict):
        return f"{{{', '.join(f'{key}: {_inner(each)}' for key, each in item.items())}}}"
    return str(item)


def short_number(number: float) -> str:
    """Return a large number with a unit prefix: 11.0 M.

    >>> short_number(11019564), short_number(950), short_number(28230)
    ('11.0 M', '950', '28.2 k')
    """
    for size, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= size:
            return f"{number / (1e3 if prefix == 'k' else size):.1f} {prefix}"
    return f"{number:,.0f}"
