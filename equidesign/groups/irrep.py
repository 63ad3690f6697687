"""The value ``Irrep``: the name of one irreducible (or regular) representation of a point group.

Which names exist, and how large they are:

- O(3): ``1o``, l and parity as in e3nn; dimension 2l+1. SO(3): ``1``.
- C_N, SO(2): ``irrep(k)``, frequency k; over the reals its dimension is 2 unless k = 0 or N/2.
- D_N, O(2): ``irrep(j,k)`` as in escnn: irrep(1,k) turns k times as fast and is diag(1, -1) on the
  reflection (x, y) to (x, -y); irrep(1,0) is the sign of the reflection; for even N irrep(0,N/2)
  and irrep(1,N/2) are -1 on the smallest rotation and +1, -1 on the reflection.
- O: ``irrep(k)`` with k = 0, 1, 2, 3, -1 (A1, T1, E, A2, T2 of Mulliken); O_h: ``irrep(j,k)`` with
  j = 1 where the inversion is -1; I: k = 0..4 (A, T1, H, T2, G). Identifiers are those of escnn.
- other matrix groups: ``S``, ``V``, ``T(p,q)``.

``irrep(0)``, ``irrep(0,0)`` and ``trivial`` are one and the same value. Sources: J.-P. Serre,
"Linear Representations of Finite Groups", 5.1-5.9; G. Cesa, L. Lang, M. Weiler, "A Program to
Build E(N)-Equivariant Steerable CNNs", ICLR 2022, appendix.
"""

from __future__ import annotations

from dataclasses import dataclass

from equidesign.errors import InputError
from equidesign.groups.group import Group

MAX_L = 64
MAX_TENSOR_ORDER = 8
_OCTAHEDRAL_DIM = {0: 1, 1: 3, 2: 2, 3: 1, -1: 3}
_FIRST_DEGREE = {"octahedral": {-1: 2}, "icosahedral": {4: 3}}
_ICOSAHEDRAL_DIM = {0: 1, 1: 3, 2: 5, 3: 3, 4: 4}


def scheme(group: Group) -> str:
    """How representations of a point group are written.

    Returns:
        ``parity`` (O(3)), ``degree`` (SO(3)), ``frequency`` (C_N, SO(2)), ``reflection`` (D_N,
        O(2)), ``octahedral``, ``full_octahedral``, ``icosahedral``, ``matrix`` or ``trivial``.
    """
    if group.kind == "O" and group.n == 3:
        return "parity"
    if group.kind == "SO" and group.n == 3:
        return "degree"
    if group.kind == "cyclic" or (group.kind == "SO" and group.n == 2):
        return "frequency"
    if group.kind == "dihedral" or (group.kind == "O" and group.n == 2):
        return "reflection"
    if group.kind == "octahedral":
        return "full_octahedral" if group.reflections else "octahedral"
    if group.kind in ("icosahedral", "trivial"):
        return group.kind
    if group.has_matrix_reps:
        return "matrix"
    raise InputError(
        f"representations of {group.name} are not supported",
        expected="one point group, such as O(3), SO(2), C4 or D4",
    )


@dataclass(frozen=True, repr=False)
class Irrep:
    """A representation by name. Sortable among those of one group.

    Attributes:
        group: the point group.
        kind: ``trivial regular irrep spherical S V T``.
        index: (l,) for spherical; (k,) or (j, k) for irrep; (p, q) for T; else empty.
        parity: 1 even, -1 odd for O(3), else 0.

    Raises:
        InputError: the group has no such representation; the message names those it has.
    """

    group: Group
    kind: str
    index: tuple[int, ...] = ()
    parity: int = 0

    def __post_init__(self) -> None:
        if self.kind == "irrep" and not any(self.index) and self.index:
            object.__setattr__(self, "kind", "trivial")
            object.__setattr__(self, "index", ())
        _check(self)

    def __repr__(self) -> str:
        return f"<Irrep {self} of {self.group.name}>"

    def __str__(self) -> str:
        if self.kind == "spherical":
            return f"{self.index[0]}{ {1: 'e', -1: 'o', 0: ''}[self.parity] }"
        if self.index:
            return f"{self.kind}({','.join(map(str, self.index))})"
        return self.kind

    @property
    def dim(self) -> int:
        """Number of real components."""
        return _dim(self)

    @property
    def l(self) -> int:  # noqa: E743
        """Degree of a spherical irrep, frequency of a planar one, tensor order of S, V, T(p,q).

        Under O, O_h and I it is the first degree of SO(3) that holds the irrep; 0 for ``trivial``.
        """
        if self.kind in ("S", "V"):
            return int(self.kind == "V")
        if self.kind == "T":
            return sum(self.index)
        if self.kind == "regular":
            return 3 if self.group.kind in _FIRST_DEGREE else (self.group.n or 1) // 2
        last = self.index[-1] if self.index else 0
        return _FIRST_DEGREE.get(self.group.kind, {}).get(last, last)

    @property
    def frequency(self) -> int:
        """Rotational frequency of a planar irrep; the same number as ``l``."""
        return self.l

    @property
    def is_trivial(self) -> bool:
        """Whether the group does nothing to it: true scalars."""
        if self.kind == "spherical":
            return self.index == (0,) and self.parity >= 0
        return self.kind in ("trivial", "S")

    @property
    def sort_key(self) -> tuple[int, int, tuple[int, ...], str]:
        """By degree or frequency, even before odd, regular last."""
        order = 10**9 if self.kind == "regular" else self.l
        odd = int(self.parity < 0)
        if self.kind == "irrep" and len(self.index) == 2:
            odd = self.index[0]
        return (order, odd, self.index, self.kind)

    def __lt__(self, other: Irrep) -> bool:
        return self.sort_key < other.sort_key


def indices(group: Group, cutoff: int) -> tuple[tuple[int, ...], ...]:
    """Indices of the irreps up to a frequency or degree, ``trivial`` first."""
    kind = scheme(group)
    if kind == "trivial":
        return ((0,),)
    if kind in ("octahedral", "full_octahedral", "icosahedral"):
        table = _ICOSAHEDRAL_DIM if kind == "icosahedral" else _OCTAHEDRAL_DIM
        if kind == "full_octahedral":
            return tuple((j, k) for j in (0, 1) for k in table)
        return tuple((k,) for k in table)
    if kind in ("parity", "degree"):
        return tuple((k,) for k in range(cutoff + 1))
    finite = group.kind in ("cyclic", "dihedral")
    n = group.n or 1
    top = n // 2 if finite else cutoff
    top = min(top, cutoff)
    if kind == "frequency":
        return tuple((k,) for k in range(top + 1))
    found: list[tuple[int, ...]] = []
    for k in range(top + 1):
        if k == 0 or (finite and 2 * k == n):
            found.append((0, k))
        found.append((1, k))
    return tuple(found)


def _exists(group: Group, index: tuple[int, ...]) -> bool:
    kind = scheme(group)
    if kind in ("octahedral", "full_octahedral", "icosahedral", "trivial"):
        return index in indices(group, 0)
    if kind not in ("frequency", "reflection"):
        return False
    finite = group.kind in ("cyclic", "dihedral")
    if len(index) != (1 if kind == "frequency" else 2) or index[-1] < 0:
        return False
    k, n = index[-1], group.n or 1
    if k > (n // 2 if finite else MAX_L):
        return False
    if kind == "reflection":
        return index[0] == 1 or (index[0] == 0 and (k == 0 or (finite and 2 * k == n)))
    return True


def _check(irrep: Irrep) -> None:
    group, kind = irrep.group, irrep.kind
    way = scheme(group)
    if kind == "spherical" and way in ("parity", "degree"):
        good = len(irrep.index) == 1 and 0 <= irrep.index[0] <= MAX_L
        if good and (irrep.parity in (1, -1)) == (way == "parity"):
            return
        if not good:
            raise InputError(f"the degree l is out of range, {MAX_L} is the largest")
        raise InputError(
            f"{group.name} {'needs a' if way == 'parity' else 'has no'} parity",
            hint=spoken_irreps(group),
        )
    if kind == "T" and way == "matrix":
        if len(irrep.index) == 2 and min(irrep.index) >= 0:
            if sum(irrep.index) <= MAX_TENSOR_ORDER:
                return
            raise InputError(f"T(p,q) with p + q above {MAX_TENSOR_ORDER} is too large")
    elif kind == "irrep":
        if _exists(group, irrep.index):
            return
    elif not irrep.index and irrep.parity == 0:
        legal = {
            "S": way == "matrix",
            "V": way == "matrix",
            "trivial": way not in ("parity", "degree", "matrix"),
            "regular": group.order is not None,
        }
        if legal.get(kind, False):
            return
    raise InputError(f"{group.name} has no representation '{irrep}'", hint=spoken_irreps(group))


def spoken_irreps(group: Group) -> str:
    """One line that says which names are legal under a group, for error messages."""
    way = scheme(group)
    if way == "parity":
        return "O(3) has 0e, 0o, 1e, 1o, 2e, ... (degree, then e even or o odd)"
    if way == "degree":
        return "SO(3) has 0, 1, 2, ... (degree, no parity)"
    if way == "matrix":
        return f"{group.name} has S (scalar), V (vector), T(p,q) (tensor)"
    if way == "trivial":
        return "plain channels are written 'trivial'"
    found = indices(group, 6)
    names = [",".join(map(str, index)) for index in found]
    if way == "frequency":
        top = (group.n or 1) // 2 if group.kind == "cyclic" else MAX_L
        text = ", ".join(names) if top <= 6 else f"0 to {top}"
    else:
        text = ", ".join(f"({name})" if "," in name else name for name in names)
        unlimited = group.kind == "O" or (group.kind == "dihedral" and (group.n or 1) // 2 > 6)
        text += ", ..." if unlimited else ""
    rest = ", and 'regular'" if group.order is not None else ""
    return f"{group.name} has irreps {text}{rest}"


def _dim(irrep: Irrep) -> int:
    group, kind = irrep.group, irrep.kind
    if kind == "spherical":
        return 2 * irrep.index[0] + 1
    if kind in ("trivial", "S"):
        return 1
    if kind == "regular":
        return group.order or 1
    if kind in ("V", "T"):
        size = group.n
        if size is None:
            raise InputError(
                f"the size of '{kind}' under {group.name} is not known",
                hint="name the group with a number, such as SO(4), or give its generators",
            )
        real = 2 * size if group.kind == "SU" else size
        return real if kind == "V" else real ** sum(irrep.index)
    way = scheme(group)
    if way in ("octahedral", "full_octahedral"):
        return _OCTAHEDRAL_DIM[irrep.index[-1]]
    if way == "icosahedral":
        return _ICOSAHEDRAL_DIM[irrep.index[0]]
    k = irrep.index[-1]
    one_dimensional = k == 0 or (group.kind in ("cyclic", "dihedral") and 2 * k == group.n)
    return 1 if one_dimensional else 2
