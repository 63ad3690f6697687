"""The value ``Group``: a symmetry group by name, with the facts that design decisions rest on.

Nothing here multiplies group elements: a group is known by its canonical name, its kind and its
parameter. Facts are the standard ones (dimension of SO(n) is n(n-1)/2, order of D_N is 2N, ...),
see B. C. Hall, "Lie Groups, Lie Algebras, and Representations", 2nd ed., chapter 1, and
J.-P. Serre, "Linear Representations of Finite Groups", section 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PLANAR_KINDS = ("cyclic", "dihedral")
MATRIX_KINDS = ("SO", "O", "lorentz", "Sp", "SU", "custom")
PERMUTATION_KINDS = ("symmetric",)
TRANSLATION_KINDS = ("translation", "cyclic_translation")


@dataclass(frozen=True, repr=False)
class Group:
    """A symmetry group. Equal groups have the same name, kind and parameter.

    Attributes:
        name: the canonical expression, e.g. ``C4``, ``D8``, ``SO(2)``, ``E(3) x S_n``.
        kind: ``trivial cyclic dihedral SO O SE E symmetric translation cyclic_translation
            octahedral icosahedral lorentz Sp SU custom product``.
        n: N of C_N and D_N, n of SO(n), E(n), S_5, T(n), number of dimensions of SO(1,3); None
            when symbolic (S_n) or without a parameter. O has n None, reflections tell O from O_h.
        order: number of elements if that is finite, known and at most 20!, else None.
        dimension: as a Lie group, 0 if discrete, None when it depends on a symbolic n.
        finite, compact, abelian, connected: the usual facts; False where unknown (``custom``).
        translations: contains translations of the domain.
        reflections: contains elements that reverse the orientation of space.
        factors: of a product, else empty.
        title: plain words.
    """

    name: str
    kind: str
    n: int | None
    order: int | None = field(compare=False)
    dimension: int | None = field(compare=False)
    finite: bool = field(compare=False)
    compact: bool = field(compare=False)
    abelian: bool = field(compare=False)
    connected: bool = field(compare=False)
    translations: bool = field(compare=False)
    reflections: bool = field(compare=False)
    factors: tuple[Group, ...] = field(compare=False)
    title: str = field(compare=False)

    def __repr__(self) -> str:
        return f"<Group {self.name}>"

    def __str__(self) -> str:
        return self.name

    @property
    def point_group(self) -> Group:
        """The part that acts on the components of a field: E(3) to O(3), T(2) and S_n to trivial.

        >>> from equidesign.groups.names import parse_group
        >>> parse_group("E(3) x S_n").point_group.name
        'O(3)'
        """
        from equidesign.groups.catalogue import (
            direct_product,
            orthogonal,
            special_orthogonal,
            trivial,
        )

        if self.kind == "SE":
            return special_orthogonal(self.n)
        if self.kind == "E":
            return orthogonal(self.n)
        if self.kind in PERMUTATION_KINDS + TRANSLATION_KINDS:
            return trivial()
        if self.kind == "product":
            return direct_product(factor.point_group for factor in self.factors)
        return self

    @property
    def has_permutations(self) -> bool:
        """Whether a symmetric group is among the factors."""
        return any(part.kind in PERMUTATION_KINDS for part in self.parts)

    @property
    def parts(self) -> tuple[Group, ...]:
        """The factors of a product; the group itself when it is not a product."""
        return self.factors or (self,)

    @property
    def geometric(self) -> Group:
        """The group without its permutations: ``E(3) x S_n`` to E(3), S_n to trivial."""
        from equidesign.groups.catalogue import direct_product

        return direct_product(p for p in self.parts if p.kind not in PERMUTATION_KINDS)

    @property
    def has_matrix_reps(self) -> bool:
        """Whether representations of the point group are written with S, V and T(p,q)."""
        point = self.point_group
        if point.kind in ("SO", "O"):
            return point.n is None or point.n > 3
        return point.kind in MATRIX_KINDS

    def contains(self, other: Group) -> bool:
        """Whether ``other`` is a subgroup under the standard embeddings.

        Planar rotations turn about the polar axis of space, planar reflections become mirrors
        that contain the axis, translations and permutations of fewer dimensions or elements
        move the first ones only.

        >>> from equidesign.groups.names import parse_group
        >>> parse_group("E(2)").contains(parse_group("C4"))
        True
        """
        from equidesign.groups.lattice import contains

        return contains(self, other)

    def facts(self) -> dict[str, object]:
        """The facts as plain data, in the order in which a specification shows them.

        What nobody can know of a custom group before its generators are read is None.
        """
        from equidesign.groups.lattice import notable_subgroups

        facts: dict[str, object] = {
            "kind": self.kind,
            "description": self.title,
            "finite": self.finite,
            "compact": self.compact,
            "abelian": self.abelian,
            "connected": self.connected,
            "translations": self.translations,
            "reflections": self.reflections,
            "permutations": self.has_permutations,
        }
        if any(part.kind == "custom" for part in self.parts):
            unknown = ("finite", "compact", "abelian", "connected", "reflections")
            facts.update(dict.fromkeys(unknown))
        if self.dimension is not None:
            facts["dimension"] = self.dimension
        if self.order is not None:
            facts["order"] = self.order
        facts["point_group"] = self.point_group.name
        facts["subgroups"] = [group.name for group in notable_subgroups(self)]
        return facts
