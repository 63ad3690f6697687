"""Prose held against what it should say: by its words, never by its tone or its length.

Nothing that is added to a text can make it say less, and a text only counts for the words that the tables of rules,
families and layers themselves use about the same choice: praise adds nothing to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_EDGES = ".,;:!?\"'"
SHARE = 2 / 3
"""The share of an expected reason's words that a text must hold to count as that reason."""
FEW = 8
"""Fewer words than these show nothing about where a text comes from."""
_NEXT = re.compile(r"&&|;|\n")
_RUNNER = re.compile(r"^(\$ )?(\S*python[\d.]* -m |uv (run )?)?")


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """Return the words that carry the meaning: of four letters or more, or with a digit, in small letters."""
    words = _WORD.findall(text.lower())
    return frozenset(word for word in words if len(word) > 3 or any(c.isdigit() for c in word))


def covers(text: object, expected: str, share: float = SHARE) -> bool:
    """Tell whether a text holds the share of the words that the expected one is made of.

    >>> covers("NequIP!!! The excellent, is written for e3nn (PyTorch)", "nequip is written for e3nn (PyTorch)")
    True
    >>> covers("An excellent choice.", "nequip is written for e3nn (PyTorch)")
    False
    """
    if not isinstance(text, str) or not text.strip():
        return False
    wanted = content_words(expected)
    return len(wanted & content_words(text)) >= share * len(wanted)


def argues(text: object, expected: str, others: Iterable[str]) -> bool:
    """Tell whether a text is the expected reason, and not all reasons at once.

    A text that holds most of what the others say and the expected one does not is no reason for anything: it was
    copied to everywhere.

    Args:
        others: the reasons for other things.
    """
    beyond = content_words(" ".join(others)) - content_words(expected)
    copied = len(beyond) >= FEW and covers(text, " ".join(beyond))
    return covers(text, expected) and not copied


def contains(text: object, expected: str) -> bool:
    """Tell whether the words of ``expected`` stand in a text in their order, whatever stands between them.

    >>> contains("the brilliant width 24, depth 3!", "width 24, depth 3")
    True
    >>> contains("C40", "C4")
    False
    """
    if not isinstance(text, str):
        return False
    words = iter(_tokens(text))
    return all(word in words for word in _tokens(expected))


def runs(text: object, command: str) -> bool:
    """Tell whether a line is a command: it begins with the program, and has its words in their order.

    >>> runs("python -m pytest -q test_equivariance.py", "pytest test_equivariance.py")
    True
    >>> runs("never run pytest test_equivariance.py", "pytest test_equivariance.py")
    False
    """
    if not isinstance(text, str):
        return False
    program = command.split()[0]
    lines = (_RUNNER.sub("", line.strip()) for line in _NEXT.split(text))
    return any(line.split()[:1] == [program] and contains(line, command) for line in lines)


def _tokens(text: str) -> list[str]:
    return [word.strip(_EDGES) for word in text.lower().split()]
