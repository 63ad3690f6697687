"""Chemical elements by symbol."""

from __future__ import annotations

from typing import Any

from equidesign.errors import nearest
from equidesign.spec.fields import describe, is_integer, problem

_TABLE = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br
Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er
Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md
No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
SYMBOLS = tuple(_TABLE.split())
"""The symbols in the order of atomic numbers: ``SYMBOLS[z - 1]``."""

NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS, start=1)}

EXPECTED = "a list of atomic numbers (1 to 118) or symbols, such as [H, C, N, O]"


def species_numbers(value: Any) -> tuple[int, ...]:
    """Return atomic numbers, sorted and each once, of a list of numbers or symbols."""
    if not isinstance(value, list | tuple) or not value:
        problem(f"is {describe(value)}", EXPECTED)
    if len(value) > 1000:
        problem(f"is {describe(value)}", EXPECTED)
    return tuple(sorted({_number(each, index) for index, each in enumerate(value)}))


def _number(value: Any, index: int) -> int:
    if is_integer(value) and 1 <= value <= len(SYMBOLS):
        number: int = value
        return number
    if isinstance(value, str) and value in NUMBERS:
        return NUMBERS[value]
    hint = None
    if isinstance(value, str) and (near := nearest(value[:20], SYMBOLS)):
        hint = f"did you mean '{near}'?"
    elif isinstance(value, bool):
        hint = "put the symbol in quotes"
    problem(f"is {describe(value)}", EXPECTED, hint, (index,))
