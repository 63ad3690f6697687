"""Group expressions: every spelling of the design, round trips, and errors that help."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equidesign.errors import InputError
from equidesign.groups import Group, known_groups, parse_group, spellings
from equidesign.groups.catalogue import direct_product

GROUPS = known_groups()

SPELLINGS = {
    "C4": "C4|C_4|C₄|Z4|Z_4|p4|c4|C_{4}|$C_{4}$|Z/4|Z/4Z|ℤ/4ℤ|rot90|rotation_90|cyclic(4)|cyclic 4",
    "C2": "C2|p2|rot180|Z2",
    "C3": "C3|p3|rot120",
    "C6": "C6|p6|C₆",
    "D4": "D4|D_4|p4m|p4mm|D₄|dihedral 4|dihedral(4)|C4v|Dih4",
    "D1": "D1|pm|reflection|O(1)|mirror|cm",
    "D2": "D2|pmm|cmm",
    "D3": "D3|p3m1|p31m",
    "D6": "D6|p6m",
    "SO(2)": "SO(2)|so2|SO2|so(2)|SO_2|U(1)|SO ( 2 )|\\mathrm{SO}(2)",
    "SE(2)": "SE(2)|SE2|se(2)|T(2) ⋊ SO(2)|R^2 ⋊ SO(2)|ℝ² ⋊ SO(2)|specialeuclidean(2)",
    "O(2)": "O(2)|o2|O2",
    "E(2)": "E(2)|E2|euclidean(2)",
    "SO(3)": "SO(3)|so3|SO3|SO₃|rotations(3)|3D rotations",
    "O(3)": "O(3)|O3|orthogonal(3)",
    "SE(3)": "SE(3)|SE3|T(3) x SO(3)",
    "E(3)": "E(3)|E3|e3|euclidean(3)|Euclidean (3)|T(3) ⋊ O(3)|E(3) x E(3)|E(3) x trivial",
    "O": "O|octahedral|Octahedral",
    "O_h": "O_h|Oh|oh|O_{h}",
    "I": "I|icosahedral",
    "S_n": "S_n|Sn|Sₙ|sn|Sym(n)|S(n)|permutations|permutation|symmetric(n)|S_m|S_{n}|S_N",
    "S_5": "S_5|S5|S₅|Sym(5)|sym5",
    "E(3) x S_n": "E(3) x S_n|E(3) × Sₙ|E(3) ⋊ S_n|E(3)*Sn|E3 x Sn|e(3)xs_n|S_n x E(3)|(E(3) x S_n)"
    "|E(3) \\times S_n|E(3)×S_n|T(3) x O(3) x S_n|E(3) times S_n",
    "S_n x S_m": "S_n x S_m|Sₙ × Sₘ|snxsm|S_n × S_m|S_m x S_n|S_n x S_n",
    "S_5 x S_7": "S_5 x S_7|S5×S7",
    "T(2)": "T(2)|t2|p1|R^2|ℝ²|Z^2|translations(2)",
    "Z_n": "Z_n|Zn|Zₙ|ℤₙ|Z/n|Z/nZ|cyclic shifts",
    "D1 x Z_n": "Z_n x D1|D1 x Z_n|Z_n × reflection",
    "SO(n)": "SO(n)|so(n)|SO(N)",
    "O(n)": "O(n)|o(n)",
    "SO(1,3)": "SO(1,3)|Lorentz|lorentz|SO(3,1)|SO(1, 3)|SO+(1,3)",
    "O(1,3)": "O(1,3)|O(3,1)|o(1, 3)",
    "Sp(4)": "Sp(4)|Sp4|sp(4)|Sp(4,R)",
    "SU(3)": "SU(3)|SU3|su(3)",
    "trivial": "trivial|none|C1|SO(1)|S_1|identity",
    "custom": "custom|Custom",
}
CASES = [(name, text) for name, texts in SPELLINGS.items() for text in texts.split("|")]


@pytest.mark.parametrize(("name", "text"), CASES, ids=lambda v: repr(v))
def test_spelling(name: str, text: str) -> None:
    assert parse_group(text).name == name


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_every_known_group_round_trips(group: Group) -> None:
    assert parse_group(group.name) == group
    examples = spellings(group)
    assert examples[0] == group.name
    assert len(set(examples)) == len(examples)
    if group.kind != "custom":
        assert len(examples) >= 2
    for text in examples:
        assert parse_group(text) == group, text


def test_dihedral_order_counts_reflections() -> None:
    assert parse_group("D4").order == 8
    assert parse_group("D1").order == 2
    assert parse_group("p4m").reflections


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SO(3", "SO(3)"),
        ("SO3)", "SO(3)"),
        ("c-4", "C4"),
        ("D(4)", "D4"),
        ("C_n", "C4"),
        ("octahedrl", "O"),
        ("permutatons", "S_n"),
        ("SO(3 x S_n", "SO(3) x S_n"),
        ("E(3) x x S_n", "E(3) x S_n"),
        ("p4g", "D4"),
        ("I_h", "I"),
        ("Sp(3)", "Sp(4)"),
        ("lorenz", "SO(1,3)"),
    ],
)
def test_bad_text_names_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_group(text)
    assert caught.value.hint is not None
    assert hint in caught.value.hint.replace("?", " ").split("did you mean ")[-1]
    words = caught.value.hint.rstrip("?").split(": ")[-1].split("did you mean ")[-1]
    nearest_name = words.removeprefix("write ")
    assert parse_group(nearest_name).name == nearest_name == hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "()",
        "((((",
        "C0",
        "D0",
        "S_0",
        "SO(0)",
        "E(0)",
        "T(0)",
        "C1000001",
        "C" + "9" * 150,
        "SO(999999)",
        "C-4",
        "C4.5",
        "C٤",
        "D4\0",
        "C4; import os",
        "S_n x S_m x S_k x S_l x S_5",
        "C4 x",
        "x C4",
        "a" * 201,
        "unknown",
        "rot7",
        "rot77",
        "Σ",
    ],
)
def test_bad_text_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_group(text)
    assert caught.value.hint or caught.value.expected
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize("value", [None, 4, ["C4"], b"C4"])
def test_a_group_is_text(value: object) -> None:
    with pytest.raises(InputError, match="text"):
        parse_group(value)  # type: ignore[arg-type]


@given(st.text(max_size=250))
def test_any_text_is_a_group_or_an_input_error(text: str) -> None:
    try:
        group = parse_group(text)
    except InputError:
        return
    assert parse_group(group.name) == group


@given(st.text(alphabet="CDSOETZnm_(){}0123x ×⋊,/+-^hI", max_size=24))
def test_any_near_miss_is_a_group_or_an_input_error(text: str) -> None:
    try:
        group = parse_group(text)
    except InputError:
        return
    assert parse_group(group.name) == group


@given(st.integers(2, 10**6))
def test_any_number_of_rotations(n: int) -> None:
    assert parse_group(f"C{n}").order == n
    assert parse_group(f"D_{n}").order == 2 * n


@given(st.lists(st.sampled_from([g for g in GROUPS if g.kind != "product"]), max_size=4))
def test_products_are_canonical(factors: list[Group]) -> None:
    group = direct_product(factors)
    assert parse_group(group.name) == group
    assert parse_group(" × ".join(f.name for f in factors) or "trivial") == group
    assert direct_product([group]) == group
    assert len(group.factors) != 1
    kinds = [part.kind == "symmetric" for part in group.parts]
    assert kinds == sorted(kinds), "permutations come last"


def test_a_hostile_expression_fails_quickly() -> None:
    start = time.perf_counter()
    for text in ("(" * 200, "x " * 100, "S_n x " * 33, "9" * 200, "c" + " " * 150 + "4 x"):
        with pytest.raises(InputError):
            parse_group(text)
    assert time.perf_counter() - start < 1.0
