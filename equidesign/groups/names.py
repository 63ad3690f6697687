"""Group expressions: every accepted spelling to the one canonical ``Group``.

Names follow Schoenflies (C_N, D_N, O_h) and the usual ones of Lie groups; plane groups are those of
the International Tables for Crystallography, vol. A, whose point group is meant since images have
translations anyway: p4 is C4, p4m is D4 (order 8). p1 is T(2), the translations alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from equidesign.errors import InputError, nearest
from equidesign.groups import catalogue
from equidesign.groups.catalogue import known_groups
from equidesign.groups.group import Group

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
_N = r"(?:\((\d+)\)|(\d+))"

_FIXED: dict[str, Callable[[], Group]] = {}
_RULES: list[tuple[re.Pattern[str], Callable[[int], Group]]] = []


def _word(make: Callable[[], Group], *names: str) -> None:
    _FIXED.update(dict.fromkeys(names, make))


def _rule(pattern: str, make: Callable[[int], Group]) -> None:
    _RULES.append((re.compile(pattern), make))


def _degrees(angle: int) -> Group:
    if not 0 < angle <= 360 or 360 % angle:
        raise InputError(f"turns by {angle} degrees do not close", hint="the angle divides 360")
    return catalogue.cyclic(360 // angle)


_word(
    catalogue.trivial,
    "trivial",
    "none",
    "identity",
    "{e}",
    "1",
    "c1",
    "id",
    "so(1)",
    "trivialgroup",
)
_word(lambda: catalogue.translation(2), "p1")
_word(lambda: catalogue.cyclic(2), "p2")
_word(lambda: catalogue.cyclic(3), "p3")
_word(lambda: catalogue.cyclic(4), "p4")
_word(lambda: catalogue.cyclic(6), "p6")
_word(lambda: catalogue.dihedral(1), "pm", "cm", "mirror", "reflection", "flip", "p1m1", "p11m")
_word(lambda: catalogue.dihedral(2), "pmm", "p2mm", "cmm", "c2mm", "p2m")
_word(lambda: catalogue.dihedral(3), "p3m1", "p31m", "p3m")
_word(lambda: catalogue.dihedral(4), "p4m", "p4mm")
_word(lambda: catalogue.dihedral(6), "p6m", "p6mm")
_word(lambda: catalogue.special_orthogonal(2), "u(1)", "u1", "circle")
_word(lambda: catalogue.special_orthogonal(3), "rotations", "rotation", "3drotations")
_word(catalogue.octahedral, "o", "oct", "octahedral", "octahedron", "chiraloctahedral")
_word(lambda: catalogue.octahedral(reflections=True), "oh", "fulloctahedral", "o_h", "cube")
_word(catalogue.icosahedral, "i", "ico", "icosahedral", "icosahedron")
_word(lambda: catalogue.symmetric(None), "sym", "perm", "permutation", "permutations", "symmetric")
_word(catalogue.cyclic_translation, "cyclicshift", "cyclicshifts", "cyclictranslations")
_word(catalogue.lorentz, "lorentz", "properlorentz", "so+(1,3)", "so(1,3)+", "so(3,1)", "so(1,3)")
_word(lambda: catalogue.lorentz(full=True), "fulllorentz", "o(3,1)", "o(1,3)")
_word(lambda: catalogue.translation(None), "translation", "translations", "t(n)", "tn")
_word(catalogue.custom, "custom")
for _prefixes, _make in (
    (("so", "specialorthogonal", "rotations", "rotation"), catalogue.special_orthogonal),
    (("o", "orthogonal"), catalogue.orthogonal),
    (("se", "specialeuclidean", "iso+"), catalogue.special_euclidean),
    (("e", "euclidean", "iso"), catalogue.euclidean),
):
    for _prefix in _prefixes:
        _word(lambda make=_make: make(None), f"{_prefix}(n)")  # type: ignore[misc]
        _rule(re.escape(_prefix) + _N, _make)
_rule(r"(?:c|z|z/|zmod|cyclic)(\d+)z?", catalogue.cyclic)
_rule(r"cyclic\((\d+)\)|z/\(?(\d+)z?\)?|z/(\d+)z", catalogue.cyclic)
_rule(r"rot(\d+)", _degrees)
_rule(r"(?:d|dih)(\d+)|dihedral" + _N, catalogue.dihedral)
_rule(r"(?:s|sym|perm|symmetric|permutations?)" + _N, catalogue.symmetric)
_rule(
    r"(?:s|sym|perm|symmetric|permutations?)(?:\([nmkl]\)|[nmkl])()",
    lambda _: catalogue.symmetric(None),
)
_rule(r"z/?(?:n|\(n\))z?()", lambda _: catalogue.cyclic_translation())
_rule(r"(?:t|r\^|z\^|translations?|r)" + _N, catalogue.translation)
_rule(r"so\+?\(1,(\d+)\)", catalogue.lorentz)
_rule(r"o\(1,(\d+)\)", lambda n: catalogue.lorentz(n, full=True))
_rule(r"sp" + _N + r"|sp\((\d+),r\)|symplectic" + _N, catalogue.symplectic)
_rule(r"su" + _N + r"|specialunitary" + _N, catalogue.special_unitary)


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
    return catalogue.direct_product(_atom(part, text) for part in parts)


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


def _lookup(key: str) -> Group | None:
    if key in _FIXED:
        return _FIXED[key]()
    for pattern, make in _RULES:
        match = pattern.fullmatch(key)
        if match:
            digits = next((group for group in match.groups() if group), "0")
            if len(digits) > 9:
                raise InputError(f"the number {digits[:12]}... in a group's name is too large")
            return make(int(digits))
    return None


def _atom(atom: str, whole: str) -> Group:
    key = _squeeze(atom)
    found = _lookup(key)
    if found is not None:
        return found
    raise InputError(
        f"'{_short(whole)}' is not a group expression"
        + (f": '{_short(atom.strip())}' is unknown" if atom.strip() != whole.strip() else ""),
        expected="such as C4, D4, SO(2), O(3), SE(3), E(3), S_n, E(3) x S_n, T(2), trivial",
        hint=f"did you mean {_suggest(key)}?",
    )


def _suggest(key: str) -> str:
    """The nearest valid expression, always something."""
    bare = re.sub(r"[^a-z0-9/,+]", "", key)
    inner = re.sub(r"[^a-z0-9(),/+]", "", key)
    for candidate in (f"{inner})", inner, bare, re.sub(r"[nxm]$", "4", bare)):
        try:
            group = _lookup(candidate) if len(candidate) > 1 else None
        except InputError:
            continue
        if group is not None:
            return group.name
    by_key = {_squeeze(group.name): group.name for group in known_groups()} | {
        key: make().name for key, make in _FIXED.items()
    }
    close = nearest(bare or key, by_key)
    return by_key[close] if close else "E(3)"


def _short(text: str) -> str:
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
