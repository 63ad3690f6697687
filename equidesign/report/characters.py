"""Text that a terminal, or an XML file, can hold."""

from __future__ import annotations

import sys
import unicodedata

IN_ASCII = str.maketrans(
    {
        "ρ": "rho",
        "°": " deg",
        "×": "x",
        "·": ".",
        "⋅": ".",
        "−": "-",
        "–": "-",
        "—": "-",
        "→": "->",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "⋊": "x|",
        "⊗": "(x)",
        "⊕": "(+)",
        "∈": "in",
        "√": "sqrt ",
        "∑": "sum ",
        "‖": "||",
        "∂": "d",
        "π": "pi",
        "ᵀ": "^T",
        "⁻": "^-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "⟨": "<",
        "⟩": ">",
    }
)


def printable(text: str) -> str:
    """Return the text on one line; a question mark for what would move a terminal's cursor or change its colours."""
    one_line = " ".join(text.split())
    return "".join(c if c.isprintable() else "?" for c in one_line)


def to_ascii(text: str) -> str:
    """Return the text in ASCII: mathematical signs spelled out, accents dropped, a question mark for the rest.

    >>> to_ascii("ρ(g)ρ(h) = ρ(gh), turn by 90°, 1 ≤ 2")
    'rho(g)rho(h) = rho(gh), turn by 90 deg, 1 <= 2'
    """
    plain = unicodedata.normalize("NFKD", text.translate(IN_ASCII))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode("ascii")


def stdout_is_unicode() -> bool:
    """Whether standard output can show every character."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return encoding.lower().replace("-", "").replace("_", "").startswith("utf")


def xml_text(text: str) -> str:
    """Return the text with a question mark for every character that XML 1.0 forbids (section 2.2 of its definition)."""
    return "".join(c if _is_xml(ord(c)) else "?" for c in text)


def _is_xml(code: int) -> bool:
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or code >= 0x10000
    )
