"""Is everything there, and can it be read?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_origin

from equidesign.errors import EquidesignError, InputErrors
from equidesign.scoring.evidence import Evidence
from equidesign.scoring.measured import Defect, Measure, Measured, held, judged, missed, shown
from equidesign.scoring.words import argues, contains
from equidesign.spec.specification import FORMAT_VERSION, Alternative, Specification

FORMAT = ("equidesign",)
MARKS = ("expressiveness", "speed", "memory")
_PLAIN: Mapping[Any, type] = {str: str, int: int}


def sections_there(evidence: Evidence, sections: Sequence[str]) -> Measured:
    """These sections are there."""
    missing = [key for key in sections if not _is_there(key, evidence.value(key))]
    if missing:
        text = (
            f"{len(sections) - len(missing)} of {len(sections)} sections: no {', '.join(missing)}"
        )
        return missed(text, (), f"add {', '.join(missing)}")
    return held(f"all {len(sections)} sections")


def _is_there(key: str, value: object) -> bool:
    """Tell whether a section is what it should be: a text, a number, a list or a mapping; only lists may be empty."""
    field = Specification.model_fields[key]
    if get_origin(field.annotation) is tuple:
        return isinstance(value, list) and (bool(value) or not field.is_required())
    return isinstance(value, _PLAIN.get(field.annotation, dict)) and bool(value)


def readable(evidence: Evidence) -> Measured:
    """Every key is known and of the right type, so that render, verify and lint can read the whole."""
    found = evidence.specification
    if evidence.value(*FORMAT) is None:
        text = "the version of the format is missing: nobody knows how to read it"
        return missed(text, FORMAT, f"write equidesign: {FORMAT_VERSION}")
    if isinstance(found, Specification) and not found.layers:
        return missed("there are no layers", ("layers",), "list the layers")
    if isinstance(found, Specification):
        return held("valid to the schema of specifications")
    first: EquidesignError = found.errors[0] if isinstance(found, InputErrors) else found
    count = len(found.errors) if isinstance(found, InputErrors) else 1
    more = f"; and {count - 1} more" if count > 1 else ""
    where = f"{first.where}: " if first.where else ""
    return missed(
        f"{where}{first.what}{more}",
        (),
        first.hint or first.expected or "`equidesign lint` says more",
    )


def request_echoed(evidence: Evidence) -> Measured:
    """The specification bears the name of its request."""
    assert evidence.request is not None
    name, path = evidence.value("name"), ("name",)
    if name != evidence.request.name:
        text = f"the name is {shown(name)}, that of the request {evidence.request.name}"
        return missed(text, path, f"write {evidence.request.name}")
    return held(f"called {name}, like its request", path)


def alternatives_ranked(evidence: Evidence) -> Measured:
    """The other families that could serve are listed in their order, with library and marks."""
    written = evidence.entries("alternatives")

    def row(each: object) -> object:
        if not isinstance(each, dict):
            return each
        return tuple(each.get(key) for key in ("family", "library", *MARKS))

    expected = [(each, row(each.model_dump())) for each in _alternatives(evidence)]

    def defects() -> Iterator[Defect]:
        for index, (right, value) in enumerate(expected):
            if index >= len(written) or row(written[index]) != value:
                marks = ", ".join(f"{key} {getattr(right, key)}" for key in MARKS)
                text = f"alternative {index + 1} should be {right.family}"
                path = ("alternatives", index) if index < len(written) else ("alternatives",)
                yield Defect(text, path, f"{right.family} ({right.library}): {marks}")
        if len(written) > len(expected):
            path = ("alternatives", len(expected))
            yield Defect("more alternatives than families that could serve", path, "drop the rest")

    count = len(expected)
    text = f"{count} as the rules rank them" if count else "no other family could serve"
    return judged(defects(), text, ("alternatives",))


def alternatives_argued(evidence: Evidence) -> Measured:
    """Every alternative says why it was not chosen."""
    written = evidence.entries("alternatives")
    reasons = {
        each.get("family"): each.get("why_not") for each in written if isinstance(each, dict)
    }
    expected = {each.family: each.why_not for each in _alternatives(evidence)}
    defects = (
        Defect(f"no reason against {family}", ("alternatives",), reason)
        for family, reason in expected.items()
        if not argues(
            reasons.get(family), reason, (expected[each] for each in expected if each != family)
        )
    )
    count = len(expected)
    text = f"reasons against {count} others" if count else "no other family could serve"
    return judged(defects, text, ("alternatives",))


def _alternatives(evidence: Evidence) -> tuple[Alternative, ...]:
    assert evidence.designed is not None
    return evidence.designed.alternatives


def caveats_told(evidence: Evidence) -> Measured:
    """The limits that the rules and the family know of are told."""
    assert evidence.designed is not None
    written = evidence.entries("caveats")
    expected = evidence.designed.caveats
    defects = (
        Defect("a known limit is not told", ("caveats",), caveat)
        for caveat in expected
        if not any(contains(each, caveat) for each in written)
    )
    return judged(defects, f"{len(expected)} known limits told", ("caveats",))


PREDICATES: Mapping[str, Measure] = {
    "sections-there": sections_there,
    "readable": readable,
    "request-echoed": request_echoed,
    "alternatives-ranked": alternatives_ranked,
    "alternatives-argued": alternatives_argued,
    "caveats-told": caveats_told,
}
