"""Representations as values: text that round-trips, algebra, and errors with columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equidesign.errors import InputError
from equidesign.groups import Group, Irrep, Rep, known_groups, parse_group
from equidesign.groups.catalogue import custom
from equidesign.groups.irreps import irreps_of, regular

POINT_GROUPS = tuple(
    dict.fromkeys(
        g.point_group for g in known_groups() if g.kind != "custom" and g.point_group.n != 0
    )
)
SIZED = tuple(g for g in POINT_GROUPS if g.name not in ("SO(n)", "O(n)"))


def reps(groups: tuple[Group, ...] = SIZED) -> st.SearchStrategy[Rep]:
    def of_group(group: Group) -> st.SearchStrategy[Rep]:
        irreps = list(irreps_of(group, 4))
        if group.order is not None:
            irreps.append(regular(group))
        term = st.tuples(st.integers(1, 64), st.sampled_from(irreps))
        return st.lists(term, max_size=6).map(lambda terms: Rep(group, tuple(terms)))

    return st.sampled_from(groups).flatmap(of_group)


@given(reps(POINT_GROUPS))
def test_text_round_trips(rep: Rep) -> None:
    assert Rep.parse(str(rep), rep.group) == rep
    assert Rep.parse(str(rep).replace(" ", ""), rep.group) == rep
    assert Rep.parse("  " + str(rep).replace("+", "  +  "), rep.group) == rep


@given(reps())
def test_simplify_changes_the_order_only(rep: Rep) -> None:
    simple = rep.simplify()
    assert simple.simplify() == simple
    assert simple.dim == rep.dim
    assert simple.scalars == rep.scalars
    assert simple.lmax == rep.lmax
    assert len(simple.irreps) == len(simple.terms)
    for irrep in rep.irreps:
        assert simple.mul(irrep) == rep.mul(irrep)
    assert list(simple.irreps) == sorted(simple.irreps)


@given(reps(), st.integers(0, 5))
def test_algebra(rep: Rep, count: int) -> None:
    assert (rep * count).dim == count * rep.dim
    assert count * rep == rep * count
    assert (rep + rep).dim == 2 * rep.dim
    assert (rep + rep).simplify() == (2 * rep).simplify()
    assert rep.non_scalars.dim + rep.scalars == rep.dim
    assert rep.is_scalar == (rep.non_scalars.dim == 0)
    assert rep.filter(lambda irrep: True) == rep
    assert rep.filter(lambda irrep: False).dim == 0
    assert rep.expand().dim == rep.dim
    assert hash(rep) == hash(Rep(rep.group, rep.terms))


@pytest.mark.parametrize(
    ("group", "text", "canonical", "dim", "lmax", "scalars"),
    [
        ("E(3)", "32x0e + 16x1o + 8x2e", "32x0e + 16x1o + 8x2e", 120, 2, 32),
        ("E(3) x S_n", "0e+1o", "1x0e + 1x1o", 4, 1, 1),
        ("O(3)", "0o + 2x1E", "1x0o + 2x1e", 7, 1, 0),
        ("SO(3)", "2x0+1", "2x0 + 1x1", 5, 1, 2),
        ("SE(3)", "4 x 0 + 2×3", "4x0 + 2x3", 18, 3, 4),
        ("C4", "2xregular + irrep(1) + irrep(0)", "2xregular + 1xirrep(1) + 1xtrivial", 11, 2, 1),
        ("C4", "irrep(2)", "1xirrep(2)", 1, 2, 0),
        ("D4", "8xirrep(1, 2) + regular", "8xirrep(1,2) + 1xregular", 16, 2, 0),
        ("D5", "irrep(0,0)+irrep(1,0)", "1xtrivial + 1xirrep(1,0)", 2, 0, 1),
        ("SO(2)", "trivial + irrep(3)", "1xtrivial + 1xirrep(3)", 3, 3, 1),
        ("E(2)", "irrep(1,1)", "1xirrep(1,1)", 2, 1, 0),
        ("O", "irrep(-1) + regular", "1xirrep(-1) + 1xregular", 27, 3, 0),
        ("O_h", "irrep(1,1)", "1xirrep(1,1)", 3, 1, 0),
        ("I", "irrep(4)", "1xirrep(4)", 4, 3, 0),
        ("S_n", "64xtrivial", "64xtrivial", 64, 0, 64),
        ("Sp(4)", "5xS + 5xV + T(1,1)", "5xS + 5xV + 1xT(1,1)", 41, 2, 5),
        ("SO(1,3)", "V", "1xV", 4, 1, 0),
        ("SU(3)", "V", "1xV", 6, 1, 0),
        ("O(3)", "5xS + 5xV", "5x0e + 5x1o", 20, 1, 5),
        ("SO(3)", "S + V", "1x0 + 1x1", 4, 1, 1),
        ("O(2)", "V", "1xirrep(1,1)", 2, 1, 0),
        ("O(3)", "none", "none", 0, 0, 0),
    ],
)
def test_reading(group: str, text: str, canonical: str, dim: int, lmax: int, scalars: int) -> None:
    rep = Rep.parse(text, parse_group(group))
    assert str(rep) == canonical
    assert (rep.dim, rep.lmax, rep.scalars) == (dim, lmax, scalars)


@pytest.mark.parametrize(
    ("group", "text", "where", "hint"),
    [
        ("O(3)", "1x1", "column 1", "write the parity: 1o (polar vector) or 1e (axial vector)"),
        ("O(3)", "8x0e + 2", "column 8", "2e (true tensor)"),
        ("SO(3)", "1o", "column 1", "SO(3) has no parity: write 1"),
        ("C4", "trivial + irrep(3)", "column 11", "C4 has irreps 0, 1, 2"),
        ("C4", "irrep(3)", "column 1", "the equivalent one is irrep(1)"),
        ("C5", "irrep(7)", "column 1", "the equivalent one is irrep(2)"),
        ("D4", "irrep(1)", "column 1", "two indices: irrep(1,1)"),
        ("C4", "irrep(1,1)", "column 1", "write irrep(1)"),
        ("D6", "irrep(0,2)", "column 1", "(1,2)"),
        ("SO(2)", "regular", "column 1", "0 to 64"),
        ("O(3)", "1o ++ 2e", "column 5", "O(3) has"),
        ("O(3)", "1o + ", "column 6", "O(3) has"),
        ("O(3)", "1o + 3y", "column 6", "did you mean 3o?"),
        ("O(3)", "irrep(1)", "column 1", "did you mean 1o?"),
        ("C4", "2", "column 1", "did you mean irrep(2)?"),
        ("C4", "irrep_1", "column 1", "did you mean irrep(1)?"),
        ("SO(2)", "1o", "column 1", "degrees with parity are for O(3)"),
        ("S_n", "0e", "column 1", "trivial"),
        ("S_n", "V", "column 1", "trivial"),
        ("C2", "V", "column 1", "write 2xirrep(1)"),
        ("Sp(4)", "trivial", "column 1", "write S"),
        ("Sp(4)", "0e", "column 1", "S (scalar)"),
        ("O(3)", "", None, "O(3) has"),
    ],
)
def test_errors_help(group: str, text: str, where: str | None, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        Rep.parse(text, parse_group(group))
    assert caught.value.where == where
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text",
    ["0x1o", "-1x1o", "1000001x0e", "9" * 30 + "x0e", "99999e", "0e 1o", "1o;", "x", "0e" * 4000],
)
def test_absurd_terms_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        Rep.parse(text, parse_group("O(3)"))


@given(
    st.sampled_from(POINT_GROUPS),
    st.text(alphabet="0123456789xeo+ ()irepgulatvSVT,-n", max_size=40),
)
def test_any_text_is_a_rep_or_an_input_error(group: Group, text: str) -> None:
    try:
        rep = Rep.parse(text, group)
    except InputError:
        return
    assert Rep.parse(str(rep), group) == rep


def test_values_cannot_be_wrong() -> None:
    o3, c4 = parse_group("O(3)"), parse_group("C4")
    with pytest.raises(InputError, match="negative"):
        Rep(o3, ((-1, Irrep(o3, "spherical", (1,), 1)),))
    with pytest.raises(InputError, match="of C4"):
        Rep(o3, ((1, Irrep(c4, "trivial")),))
    with pytest.raises(InputError):
        Irrep(c4, "irrep", (3,))
    with pytest.raises(InputError):
        Irrep(c4, "spherical", (1,), 1)
    with pytest.raises(InputError):
        Irrep(o3, "spherical", (1,))
    with pytest.raises(InputError):
        Rep.parse("0e", o3) + Rep.parse("trivial", c4)
    with pytest.raises(InputError, match="not supported"):
        Rep.parse("trivial", parse_group("C4 x SO(3)"))
    assert Irrep(c4, "irrep", (0,)) == Irrep(c4, "trivial")
    assert Rep(o3, ((0, Irrep(o3, "spherical", (1,), 1)),)) == Rep(o3)


def test_a_rep_keeps_the_point_group_only() -> None:
    assert Rep.parse("1o", parse_group("E(3) x S_n")) == Rep.parse("1o", parse_group("O(3)"))


def test_size_of_a_custom_vector_follows_the_generators() -> None:
    assert Rep.parse("2xS + 2xV", custom(5)).dim == 12
    unknown = Rep.parse("2xS + 2xV", custom())
    assert unknown.lmax == 1
    with pytest.raises(InputError, match="not known"):
        _ = unknown.dim
