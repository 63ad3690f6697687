"""The value ``Rep``: a direct sum of named representations with multiplicities, and its algebra.

Written ``32x0e + 16x1o + 8x2e``; the text form and the value round-trip. The order of terms is the
order of components, hence part of the value: ``simplify`` is what changes it. The algebra follows
e3nn's ``Irreps`` (M. Geiger, T. Smidt, "e3nn: Euclidean Neural Networks", arXiv:2207.09453).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from equidesign.errors import InputError
from equidesign.groups.group import Group
from equidesign.groups.irrep import Irrep, scheme

__all__ = ["Irrep", "Rep"]

ZERO = "none"


@dataclass(frozen=True, repr=False)
class Rep:
    """A direct sum of representations of a point group.

    Attributes:
        group: any group; its point group is kept.
        terms: (multiplicity, irrep) in the order of components. Terms of multiplicity 0 vanish.

    Raises:
        InputError: a negative multiplicity, or a term of another group.
    """

    group: Group
    terms: tuple[tuple[int, Irrep], ...] = ()

    def __post_init__(self) -> None:
        point = self.group.point_group
        scheme(point)
        for count, irrep in self.terms:
            if count < 0:
                raise InputError(f"the multiplicity of {irrep} is negative: {count}")
            if irrep.group != point:
                raise InputError(
                    f"{irrep} is a representation of {irrep.group.name}, not of {point.name}"
                )
        object.__setattr__(self, "group", point)
        object.__setattr__(self, "terms", tuple((m, i) for m, i in self.terms if m))

    @classmethod
    def parse(cls, text: str, group: Group) -> Rep:
        """Read ``32x0e + 16x1o``; ``none`` is the zero representation.

        >>> from equidesign.groups.names import parse_group
        >>> Rep.parse("8x0e+2x1o", parse_group("E(3)")).dim
        14

        Raises:
            InputError: with the column, and the nearest legal term.
        """
        from equidesign.groups.reptext import parse_rep

        return parse_rep(text, group)

    @classmethod
    def of(cls, *terms: tuple[int, Irrep] | Irrep, group: Group | None = None) -> Rep:
        """The sum of terms; the group is that of the first one unless given."""
        pairs = tuple((1, t) if isinstance(t, Irrep) else t for t in terms)
        if group is None:
            if not pairs:
                raise InputError("an empty representation needs its group")
            group = pairs[0][1].group
        return cls(group, pairs)

    def __repr__(self) -> str:
        return f"<Rep {self} of {self.group.name}>"

    def __str__(self) -> str:
        return " + ".join(f"{count}x{irrep}" for count, irrep in self.terms) or ZERO

    @property
    def dim(self) -> int:
        """Number of real components."""
        return sum(count * irrep.dim for count, irrep in self.terms)

    @property
    def lmax(self) -> int:
        """Largest degree, frequency or tensor order; 0 for the zero representation."""
        return max((irrep.l for _, irrep in self.terms), default=0)

    @property
    def num_irreps(self) -> int:
        """Total multiplicity."""
        return sum(count for count, _ in self.terms)

    @property
    def irreps(self) -> tuple[Irrep, ...]:
        """The distinct terms, in order of first appearance."""
        return tuple(dict.fromkeys(irrep for _, irrep in self.terms))

    def mul(self, irrep: Irrep) -> int:
        """How often ``irrep`` is written as a term (what hides in ``regular`` is not counted)."""
        return sum(count for count, other in self.terms if other == irrep)

    @property
    def scalars(self) -> int:
        """Multiplicity of the trivial representation, as written."""
        return sum(count for count, irrep in self.terms if irrep.is_trivial)

    @property
    def non_scalars(self) -> Rep:
        """The terms that the group moves."""
        return self.filter(lambda irrep: not irrep.is_trivial)

    @property
    def is_scalar(self) -> bool:
        """Whether every term is trivial; true of the zero representation too."""
        return all(irrep.is_trivial for _, irrep in self.terms)

    def differs_in_parity(self, other: Rep) -> bool:
        """Whether the terms are those of ``other`` but for parities: polar vectors for axial ones.

        >>> from equidesign.groups.names import parse_group
        >>> group = parse_group("O(3)")
        >>> Rep.parse("1x1o", group).differs_in_parity(Rep.parse("1x1e", group))
        True
        """
        own, others = (
            [(mul, irrep.kind, irrep.l) for mul, irrep in rep.terms] for rep in (self, other)
        )
        return self != other and own == others and any(irrep.parity for irrep in self.irreps)

    def simplify(self) -> Rep:
        """Sort by degree or frequency, even before odd, and merge equal terms."""
        totals: dict[Irrep, int] = {}
        for count, irrep in self.terms:
            totals[irrep] = totals.get(irrep, 0) + count
        return Rep(self.group, tuple((totals[irrep], irrep) for irrep in sorted(totals)))

    def filter(self, keep: Callable[[Irrep], bool]) -> Rep:
        """The terms for which ``keep`` holds, in order."""
        return Rep(self.group, tuple(term for term in self.terms if keep(term[1])))

    def __add__(self, other: Rep) -> Rep:
        if self.group != other.group:
            raise InputError(
                f"representations of {self.group.name} and {other.group.name} do not add up"
            )
        return Rep(self.group, self.terms + other.terms)

    def __mul__(self, count: int) -> Rep:
        return Rep(self.group, tuple((count * m, irrep) for m, irrep in self.terms))

    __rmul__ = __mul__

    def expand(self) -> Rep:
        """``regular`` written out as the irreducible content it has; other terms as they are."""
        from equidesign.groups.irreps import regular_content

        terms: list[tuple[int, Irrep]] = []
        for count, irrep in self.terms:
            inner = regular_content(self.group).terms if irrep.kind == "regular" else ((1, irrep),)
            terms += [(count * m, i) for m, i in inner]
        return Rep(self.group, tuple(terms))

    def restrict(self, subgroup: Group) -> Rep:
        """The same components seen by a subgroup, up to a change of basis, simplified.

        Raises:
            InputError: not a subgroup, or a restriction that is not implemented.
        """
        from equidesign.groups.restrict import restrict_rep

        return restrict_rep(self, subgroup)

    @staticmethod
    def total(reps: Iterable[Rep], group: Group) -> Rep:
        """The direct sum of any number of representations of ``group``."""
        terms: list[tuple[int, Irrep]] = []
        for rep in reps:
            terms += rep.terms
        return Rep(group, tuple(terms))
