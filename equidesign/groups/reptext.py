"""Text to ``Rep``, with errors that say the column and the nearest legal term."""

from __future__ import annotations

import re

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, scheme, spoken_irreps
from equidesign.groups.rep import ZERO, Rep

MAX_TEXT = 4000
MAX_MULTIPLICITY = 10**6

_TERM = re.compile(r"(?:(\d{1,12})\s*[x×*]\s*)?(.*)", re.DOTALL | re.ASCII)
_SPHERICAL = re.compile(r"(\d{1,6})\s*([eo]?)", re.ASCII | re.IGNORECASE)
_INDEXED = re.compile(r"(irrep|T)\s*\(\s*(-?\d{1,9})\s*(?:,\s*(-?\d{1,9})\s*)?\)", re.ASCII)


def parse_rep(text: str, group: Group) -> Rep:
    """Read a representation of ``group``'s point group."""
    point = group.point_group
    spoken = spoken_irreps(point)
    if not isinstance(text, str) or not text.strip():
        raise InputError(
            "a representation is empty",
            expected="terms such as '8x0e + 4x1o', or 'none' for no components",
            hint=spoken,
        )
    if len(text) > MAX_TEXT:
        raise InputError(f"a representation of {len(text)} characters is too long")
    if text.strip().lower() == ZERO:
        return Rep(point)
    terms: list[tuple[int, Irrep]] = []
    column = 1
    for part in text.split("+"):
        start = column + len(part) - len(part.lstrip())
        column += len(part) + 1
        terms.append(_term(part.strip(), point, f"column {start}"))
    return Rep(point, tuple(terms))


def _term(text: str, group: Group, where: str) -> tuple[int, Irrep]:
    match = _TERM.fullmatch(text)
    count = int(match[1]) if match and match[1] else 1
    name = match[2].strip() if match else ""
    if not name:
        raise InputError("a term is missing", where=where, hint=spoken_irreps(group))
    if not 1 <= count <= MAX_MULTIPLICITY:
        raise InputError(
            f"the multiplicity {count} of '{name}' is out of range",
            where=where,
            expected=f"a number from 1 to {MAX_MULTIPLICITY}",
        )
    try:
        return count, _name(name, group)
    except InputError as error:
        raise InputError(
            error.what, where=where, expected=error.expected, hint=error.hint
        ) from None


def _name(name: str, group: Group) -> Irrep:
    way = scheme(group)
    spherical = _SPHERICAL.fullmatch(name)
    indexed = _INDEXED.fullmatch(name)
    if way in ("parity", "degree"):
        if spherical:
            return _spherical(int(spherical[1]), spherical[2].lower(), group)
        if name in ("S", "V", "trivial"):
            odd = name == "V"
            return _spherical(int(odd), "" if way == "degree" else "eo"[odd], group)
    elif name == "trivial" and way != "matrix":
        return Irrep(group, "trivial")
    elif name == "regular":
        return _regular(group)
    elif name in ("S", "V"):
        return _scalar_or_vector(name, group)
    elif indexed:
        index = tuple(int(i) for i in indexed.groups()[1:] if i is not None)
        return _indexed(indexed[1], index, group)
    elif name == "trivial":
        raise InputError(f"{group.name} writes scalars as 'S'", hint="write S")
    raise InputError(
        f"'{_short(name)}' is not a representation of {group.name}", hint=_nearest(name, group)
    )


def _spherical(degree: int, parity: str, group: Group) -> Irrep:
    if scheme(group) == "degree":
        if parity:
            raise InputError(
                f"'{degree}{parity}' has a parity, which {group.name} does not know",
                hint=f"{group.name} has no parity: write {degree}",
            )
        return Irrep(group, "spherical", (degree,))
    if not parity:
        odd = degree % 2 == 1
        if degree == 0:
            hint = "write the parity: 0e (scalar) or 0o (pseudoscalar)"
        elif degree == 1:
            hint = "write the parity: 1o (polar vector) or 1e (axial vector)"
        else:
            usual, other = ("o", "e") if odd else ("e", "o")
            hint = f"write the parity: {degree}{usual} (true tensor) or {degree}{other} (pseudo)"
        raise InputError(f"'{degree}' has no parity, which {group.name} needs", hint=hint)
    return Irrep(group, "spherical", (degree,), 1 if parity == "e" else -1)


def _regular(group: Group) -> Irrep:
    if group.order is None:
        raise InputError(
            f"{group.name} has no regular representation of finite size",
            hint=f"{spoken_irreps(group)}",
        )
    return Irrep(group, "regular")


def _scalar_or_vector(name: str, group: Group) -> Irrep:
    from equidesign.groups.irreps import trivial, vector

    if scheme(group) == "matrix":
        return Irrep(group, name)
    if name == "S":
        return trivial(group)
    if scheme(group) == "trivial":
        raise InputError(f"{group.name} has no vector", hint=spoken_irreps(group))
    rep = vector(group)
    if rep.num_irreps != 1:
        raise InputError(f"V is not one term under {group.name}", hint=f"write {rep}")
    return rep.terms[0][1]


def _indexed(word: str, index: tuple[int, ...], group: Group) -> Irrep:
    way = scheme(group)
    if word == "T" or way == "matrix":
        return Irrep(group, word, index)
    n = group.n or 1
    finite = group.kind in ("cyclic", "dihedral")
    doubled = way in ("reflection", "full_octahedral")
    if doubled and len(index) == 1:
        guess = (0, 0) if index == (0,) else (1, index[0])
        raise InputError(
            f"an irrep of {group.name} takes two indices",
            hint=f"two indices: irrep({guess[0]},{guess[1]}); {spoken_irreps(group)}",
        )
    if not doubled and len(index) == 2:
        raise InputError(
            f"an irrep of {group.name} takes one index",
            hint=f"write irrep({index[1]}); {spoken_irreps(group)}",
        )
    if way in ("frequency", "reflection") and finite and not 0 <= index[-1] <= n // 2:
        folded = index[-1] % n
        folded = min(folded, n - folded)
        same = (index[0], folded) if doubled else (folded,)
        if doubled and same[0] == 0 and folded not in (0, n / 2):
            same = (1, folded)
        raise InputError(
            f"irrep({','.join(map(str, index))}) is not among the irreps of {group.name}",
            hint=f"{spoken_irreps(group)}; the equivalent one is irrep({','.join(map(str, same))})",
        )
    return Irrep(group, "irrep", index)


def _nearest(name: str, group: Group) -> str:
    way = scheme(group)
    loose = re.fullmatch(r"irreps?[\s_(\[]*(-?\d{1,3})(?:[\s,_]+(\d{1,3}))?[\s)\]]*", name.lower())
    if loose and way not in ("parity", "degree", "matrix"):
        index = ",".join(part for part in loose.groups() if part)
        return f"did you mean irrep({index})? {spoken_irreps(group)}"
    if name.lower() in ("trivial", "regular") and way not in ("parity", "degree", "matrix"):
        return f"did you mean {name.lower()}? {spoken_irreps(group)}"
    if way in ("parity", "degree"):
        digits = re.search(r"\d{1,3}", name)
        if digits:
            degree = int(digits[0])
            parity = "" if way == "degree" else ("o" if degree % 2 else "e")
            return f"did you mean {degree}{parity}? {spoken_irreps(group)}"
    elif way in ("frequency", "octahedral", "icosahedral") and re.fullmatch(r"\d{1,3}", name):
        return f"did you mean irrep({name})? {spoken_irreps(group)}"
    elif re.fullmatch(r"\d{1,3}[eo]", name):
        return f"degrees with parity are for O(3); {spoken_irreps(group)}"
    return spoken_irreps(group)


def _short(name: str) -> str:
    name = "".join(c if c.isprintable() else "?" for c in name)
    return name if len(name) <= 40 else name[:37] + "..."
