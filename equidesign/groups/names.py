"""Group expressions: products of names to one canonical ``Group``.

The spellings of single groups and their sources are in ``spelling``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from equidesign.errors import InputError, nearest
from equidesign.groups import catalogue
from equidesign.groups.catalogue import known_groups
from equidesign.groups.group import Group
from equidesign.groups.spelling import known_keys, lookup

__all__ = ["known_groups", "parse_group", "spellings"]

MAX_TEXT = 200

_SUPERSCRIPTS = str.maketrans(
    {c: f"^{d}" for c, d in zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", "0123456789n", strict=True)}
)
_LATEX = re.compile(r"\\(?:mathrm|mathbb|mathbf|operatorname|text|left|right|,)\s*")
_SIGNS = re.compile(r"\\(?:times|rtimes|ltimes)|[×✕⨯⋊⋉*]")
_LETTER_X = re.compile(
    r"(?:\s+|(?<=[)\d}_]))[xX](?:\s+|(?=[A-Z({]))|(?<=[)}\dnmkN])x(?=[a-zA-Z])|\btimes\b"
)


def parse_group(text: str) -> Group:
    """Read a group expression in any accepted spelling.

    >>> parse_group("E(3) ⋊ Sₙ").name
    'E(3) x S_n'
    >>> parse_group("p4m").order
    8

    Raises:
        InputError: not a group expression; the hint is the nearest valid one.
    """
    if not isinstance(text, str):
        raise InputError(
            f"a group is written as text, not as {type(text).__name__}", expected="such as 'E(3)'"
        )
    if len(text) > MAX_TEXT:
        raise InputError(
            f"a group expression of {len(text)} characters is too long",
            expected=f"at most {MAX_TEXT} characters",
        )
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> Group:
    parts = _split(text)
    if len(parts) > catalogue.MAX_FACTORS:
        raise InputError(
            f"a product of {len(parts)} groups is too much",
            expected=f"at most {catalogue.MAX_FACTORS} factors",
        )
    keys = [_squeeze(part) for part in parts]
    groups = [lookup(key) for key in keys]
    found = [group for group in groups if group is not None]
    if len(found) == len(groups):
        return catalogue.direct_product(found)
    pairs = list(zip(groups, keys, strict=True))
    meant = catalogue.direct_product(group or _suggest(key) for group, key in pairs)
    bad = next(part for part, group in zip(parts, groups, strict=True) if group is None)
    raise InputError(
        f"'{_short(text)}' is not a group expression"
        + (f": '{_short(bad.strip())}' is unknown" if len(parts) > 1 else ""),
        expected="such as C4, D4, SO(2), O(3), SE(3), E(3), S_n, E(3) x S_n, T(2), trivial",
        hint=f"did you mean {meant.name}?",
    )


def _split(text: str) -> list[str]:
    plain = _LATEX.sub("", text.translate(_SUPERSCRIPTS)).replace("$", "")
    plain = unicodedata.normalize("NFKC", plain).strip()
    while plain.startswith("(") and plain.endswith(")") and _balanced(plain[1:-1]):
        plain = plain[1:-1].strip()
    return _LETTER_X.sub("×", _SIGNS.sub("×", plain).strip()).split("×")


def _squeeze(atom: str) -> str:
    key = re.sub(r"[\s_{}]", "", atom).lower()
    while key.startswith("(") and key.endswith(")") and _balanced(key[1:-1]):
        key = key[1:-1]
    return key


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _suggest(key: str) -> Group:
    """The nearest valid group, always one."""
    bare = re.sub(r"[^a-z0-9/,+]", "", key)
    inner = re.sub(r"[^a-z0-9(),/+]", "", key)
    for candidate in (f"{inner})", inner, bare, re.sub(r"[nxm]$", "4", bare)):
        try:
            group = lookup(candidate) if len(candidate) > 1 else None
        except InputError:
            continue
        if group is not None:
            return group
    by_key = {_squeeze(group.name): group.name for group in known_groups()} | known_keys()
    close = nearest(bare or key, by_key)
    return _parse(by_key[close]) if close else catalogue.euclidean(3)


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 40 else text[:37] + "..."


def spellings(group: Group) -> tuple[str, ...]:
    """Accepted spellings of a group, the canonical one first."""
    subscripts = str.maketrans("0123456789n", "₀₁₂₃₄₅₆₇₈₉ₙ")
    if group.kind == "product":
        names = [part.name for part in group.factors]
        unicode_names = [spellings(part)[1] for part in group.factors]
        return (
            group.name,
            " × ".join(unicode_names),
            "×".join(names),
            " * ".join(names).lower(),
            " ⋊ ".join(names),
            "x".join(names),
        )
    name, n = group.name, group.n
    more: tuple[str, ...] = ()
    if group.kind in ("cyclic", "dihedral"):
        letter = name[0]
        more = (f"{letter}{n}".translate(subscripts), f"{letter}_{n}", f"{letter}_{{{n}}}")
        more += (name.lower(), *_PLANE_GROUPS.get(name, ()))
        more += (
            (f"dihedral({n})",) if letter == "D" else (f"Z{n}", f"Z_{n}", f"Z/{n}", f"cyclic({n})")
        )
    elif group.kind == "symmetric":
        tail = name[2:]
        more = (f"S{tail}".translate(subscripts), f"S{tail}", f"s_{tail}", f"Sym({tail})")
        more += ("permutations",) if n is None else ()
    elif group.kind in ("SO", "O", "SE", "E", "T", "translation", "Sp", "SU"):
        more = (name.replace("(", " ( "), name.lower(), f" {name} ")
        more += (name.replace("(", "").replace(")", ""),) if n is not None else ()
        words = {"E": (f"euclidean({n})",), "O": (f"orthogonal({n})",)}
        more += words.get(group.kind, ()) if n is not None else ()
    else:
        more = _OTHER.get(name, (name.upper(),))
    return (name, *dict.fromkeys(spelling for spelling in more if spelling != name))


_PLANE_GROUPS = {
    "C2": ("p2", "rot180"),
    "C3": ("p3", "rot120"),
    "C4": ("p4", "rot90"),
    "C6": ("p6", "rot60"),
    "D1": ("pm", "reflection"),
    "D2": ("pmm",),
    "D3": ("p3m1", "p31m"),
    "D4": ("p4m", "p4mm"),
    "D6": ("p6m",),
}
_OTHER = {
    "O": ("octahedral", "Octahedral"),
    "O_h": ("Oh", "oh", "full octahedral"),
    "I": ("icosahedral", "Icosahedral"),
    "Z_n": ("Zn", "Zₙ", "Z/n", "cyclic shifts"),
    "SO(1,3)": ("Lorentz", "SO(3,1)", "so(1, 3)", "SO+(1,3)"),
    "O(1,3)": ("O(3,1)", "full Lorentz"),
    "trivial": ("none", "C1", "identity"),
}
