"""A representation as a person wrote it, read with the group of the design."""

from __future__ import annotations

from equidesign.design.problem import DesignWarning
from equidesign.design.quantities import planar_rep
from equidesign.errors import InputError
from equidesign.groups.catalogue import orthogonal, special_orthogonal
from equidesign.groups.group import Group
from equidesign.groups.irreps import trivial
from equidesign.groups.rep import Irrep, Rep
from equidesign.spec.layer import parse_rep
from equidesign.spec.request import Request

WHERE = "task.representation"


def written_rep(
    text: str, request: Request, fiber: Group, where: str = WHERE
) -> tuple[Rep, list[DesignWarning]]:
    """Return the representation, translated where it was written for a neighbouring group.

    Raises:
        InputError: it means nothing under the group.
    """
    try:
        return parse_rep(text, fiber), []
    except InputError as error:
        spatial = _spatial(text)
        if spatial is None:
            raise InputError(
                error.what,
                where=where,
                expected=error.expected,
                hint=error.hint,
                repair={where: None},
            ) from None
    if fiber.kind == "O" and fiber.n == 3:
        natural = _with_parity(spatial)
        raise InputError(
            f"'{text}' has no parity, and {fiber.name} needs one",
            where=where,
            expected="such as 1o for a polar vector, 1e for an axial one",
            repair={where: str(natural)},
        )
    if fiber.kind == "SO" and fiber.n == 3:
        rep = Rep(fiber, tuple(_degree(mul, irrep.l, fiber) for mul, irrep in spatial.terms))
        why = "without reflections there is no parity"
        return rep, [_said("parity-dropped", text, rep, why, where)]
    if fiber.kind == "trivial":
        return _without_directions(text, request, spatial, fiber, where)
    rep = planar_rep(_with_parity(spatial), text, where).restrict(fiber)
    return rep, [
        _said(
            "representation-translated",
            text,
            rep,
            f"in the plane it is written with the irreps of {fiber.name}",
            where,
        )
    ]


def _without_directions(
    text: str, request: Request, spatial: Rep, fiber: Group, where: str
) -> tuple[Rep, list[DesignWarning]]:
    if spatial.lmax == 0 or request.data.domain == "images":
        planar = planar_rep(_with_parity(spatial), text, where)
        rep = Rep(fiber, ((planar.dim, trivial(fiber)),))
        return rep, [
            _said(
                "representation-translated",
                text,
                rep,
                "no rotations are declared, so these are plain channels",
                where,
            )
        ]
    raise InputError(
        f"'{text}' turns with rotations, and {request.data.domain} have no directions to turn",
        where=where,
        expected="trivial (plain numbers)",
        hint="an invariant vector is always zero; with positions the domain is `molecules` or "
        "`point_clouds`",
        repair={where: None},
    )


def rep_of_space(text: str) -> Rep | None:
    """Return a text with parities as a representation of O(3), None if it is none."""
    try:
        return parse_rep(text, orthogonal(3))
    except InputError:
        return None


def _spatial(text: str) -> Rep | None:
    for group in (orthogonal(3), special_orthogonal(3)):
        try:
            return parse_rep(text, group)
        except InputError:
            continue
    return None


def _with_parity(rep: Rep) -> Rep:
    """Give every degree the parity of a polar tensor; leave parities that are there."""
    if rep.group.kind == "O":
        return rep
    terms = " + ".join(f"{mul}x{irrep.l}{'o' if irrep.l % 2 else 'e'}" for mul, irrep in rep.terms)
    return parse_rep(terms, orthogonal(3))


def _degree(mul: int, degree: int, fiber: Group) -> tuple[int, Irrep]:
    return mul, parse_rep(str(degree), fiber).terms[0][1]


def _said(code: str, text: str, rep: Rep, why: str, where: str = WHERE) -> DesignWarning:
    return DesignWarning(
        code, f"the representation '{text}' is read as {rep}: {why}", f"write `{where}: {rep}`"
    )
