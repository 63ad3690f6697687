"""Every spelling of one group: fixed words, rules with a number, and names known to be unsupported.

Names follow Schoenflies (C_N, D_N, C_Nv, O_h) and the usual ones of Lie groups; plane groups are
those of the International Tables for Crystallography, vol. A, whose point group is meant since
images have translations anyway: p4 is C4, p4m is D4 (order 8). p1 is T(2), translations alone.
Keys are lower case, without blanks, underscores and braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from equidesign.errors import InputError
from equidesign.groups import catalogue as c
from equidesign.groups.group import Group
from equidesign.groups.making import MAX_ROTATIONS

_N = r"(?:\((\d+)\)|(\d+))"
_LETTER = r"(?:\([nmkl]\)|[nmkl])"
_SYM = r"(?:s|sym|perm|symmetric|permutations?)"


def _degrees(angle: int) -> Group:
    if not 0 < angle <= 360 or 360 % angle:
        raise InputError(f"turns by {angle} degrees do not close", hint="the angle divides 360")
    return c.cyclic(360 // angle)


_WORDS: tuple[tuple[Callable[[], Group], str], ...] = (
    (c.trivial, "trivial none identity {e} 1 id trivialgroup"),
    (partial(c.translation, 2), "p1"),
    (partial(c.dihedral, 1), "pm cm cs mirror reflection flip"),
    (partial(c.dihedral, 2), "pmm p2mm cmm c2mm"),
    (partial(c.dihedral, 3), "p3m1 p31m p3m"),
    (partial(c.dihedral, 4), "p4m p4mm"),
    (partial(c.dihedral, 6), "p6m p6mm"),
    (partial(c.special_orthogonal, 2), "u(1) u1 circle planarrotations 2drotations"),
    (partial(c.special_orthogonal, 3), "rotations rotation 3drotations"),
    (partial(c.special_orthogonal, None), "so(n) specialorthogonal(n)"),
    (partial(c.orthogonal, None), "o(n) orthogonal(n)"),
    (partial(c.special_euclidean, None), "se(n) specialeuclidean(n)"),
    (partial(c.euclidean, None), "e(n) euclidean(n)"),
    (c.octahedral, "o oct octahedral octahedron octahedralgroup chiraloctahedral"),
    (partial(c.octahedral, reflections=True), "oh fulloctahedral fulloctahedralgroup"),
    (c.icosahedral, "i ico icosahedral icosahedron icosahedralgroup"),
    (partial(c.symmetric, None), "sym perm permutation permutations symmetric symmetricgroup"),
    (c.cyclic_translation, "cyclicshift cyclicshifts cyclictranslation cyclictranslations"),
    (c.lorentz, "lorentz lorentzgroup properlorentz so+(1,3) so(1,3)+ so13"),
    (partial(c.lorentz, full=True), "fulllorentz o13"),
    (partial(c.translation, None), "translation translations t(n) tn r^n z^n"),
    (c.custom, "custom"),
)
_FIXED = {name: make for make, names in _WORDS for name in names.split()}

_RULES: tuple[tuple[re.Pattern[str], Callable[[int], Group]], ...] = tuple(
    (re.compile(pattern, re.ASCII), make)
    for pattern, make in (
        (r"(?:so|specialorthogonal|rotations?)" + _N, c.special_orthogonal),
        (r"(?:o|orthogonal)" + _N, c.orthogonal),
        (r"(?:se|specialeuclidean|iso\+)" + _N, c.special_euclidean),
        (r"(?:e|euclidean|iso)" + _N, c.euclidean),
        (r"(?:c|z|z/|zmod)(\d+)", c.cyclic),
        (r"z/(?:\((\d+)z?\)|(\d+)z)|cyclic" + _N, c.cyclic),
        (r"p([12346])", c.cyclic),
        (r"(?:c(\d+)v)|(?:d|dih)(\d+)|dihedral" + _N, c.dihedral),
        (_SYM + _N, c.symmetric),
        (_SYM + _LETTER + "()", lambda _: c.symmetric(None)),
        (r"z/?(?:n|\(n\))z?()", lambda _: c.cyclic_translation()),
        (r"(?:t|translations?|r)" + _N + r"|[rz]\^(\d+)", c.translation),
        (r"so\+?\((?:1,(\d+)|(\d+),1)\)", c.lorentz),
        (r"o\((?:1,(\d+)|(\d+),1)\)", partial(c.lorentz, full=True)),
        (r"(?:sp|symplectic)(?:" + _N + r"|\((\d+),r\))", c.symplectic),
        (r"(?:su|specialunitary)" + _N, c.special_unitary),
    )
)
_TURNS = re.compile(r"rot(?:ations?)?(?:by)?(\d{2,3})(?:deg|degrees|°)?", re.ASCII)

_GLIDES = "pg pmg pgg p4g p2mg p2gg p4gm"
# Known, but nothing here can respect them: which names, why, and what to write instead.
_UNSUPPORTED_WORDS = (
    (_GLIDES, "glide reflections are not supported", "D4"),
    ("ih fullicosahedral", "the icosahedral group with reflections is not supported", "I"),
    ("t td th tetrahedral", "the tetrahedral groups are not supported", "O"),
    ("an alternating", "the alternating group is not supported", "S_n"),
    ("poincare poincaré", "the Poincaré group has no name of its own", "T(4) x O(1,3)"),
    ("gl(n) gl(2) gl(3) sl(n) sl(2) sl(3)", "GL and SL have no name of their own", "custom"),
    ("sim(2) sim(3) scale scaling conformal", "scaling is not supported", "custom"),
    ("spin(3) u(2) u2", "this group is not supported", "SU(2)"),
    ("unknown", "the group is unknown: declare transformations in the request", "E(3)"),
)
UNSUPPORTED = {
    name: (why, instead) for names, why, instead in _UNSUPPORTED_WORDS for name in names.split()
}


def lookup(key: str) -> Group | None:
    """The group of one squeezed spelling, or None.

    Raises:
        InputError: a group's name with an impossible number, or an unsupported group.
    """
    if key in _FIXED:
        return _FIXED[key]()
    if key in UNSUPPORTED:
        why, instead = UNSUPPORTED[key]
        raise InputError(f"'{key}': {why}", hint=f"the nearest that is: {instead}")
    turns = _TURNS.fullmatch(key)
    if turns:
        return _degrees(int(turns[1]))
    for pattern, make in _RULES:
        match = pattern.fullmatch(key)
        if match:
            digits = next((group for group in match.groups() if group), "0")
            if len(digits) > 9:
                raise InputError(
                    f"the number {digits[:12]}... in a group's name is too large",
                    expected=f"at most {MAX_ROTATIONS}",
                )
            return make(int(digits))
    return None


def known_keys() -> dict[str, str]:
    """Fixed words and their canonical names, for suggestions."""
    return {key: make().name for key, make in _FIXED.items()}
