"""Is the family right for the problem, and are family, layers, topology and library one thing?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from equidesign.backends.registry import all_backends
from equidesign.design.family import all_families
from equidesign.design.rules.predicates import holds
from equidesign.design.rules.table import rules_table
from equidesign.design.rules.wishes import SYNONYMS
from equidesign.layers.registry import layer_kind
from equidesign.scoring.evidence import Evidence, is_text
from equidesign.scoring.measured import Defect, Measure, Measured, held, judged, missed, shown
from equidesign.scoring.versions import Range

FAMILY = ("family",)
LIBRARY = ("library", "name")


def family_legal(evidence: Evidence) -> Measured:
    """The family serves the group on the domain for the task, by the rule table."""
    assert evidence.reference is not None
    problem, legal = evidence.reference.problem, evidence.reference.legal
    family = evidence.value(*FAMILY)
    what = f"{problem.task} on {problem.domain} under {problem.group}"
    if evidence.designed is None:
        repair = f"choose one of {', '.join(legal)}" if family not in legal else "raise the budget"
        return missed(f"{family} can't serve {what}", FAMILY, repair)
    return held(f"{family} serves {what}", FAMILY)


def family_first(evidence: Evidence) -> Measured:
    """The family was asked for, or the rule table ranks it first.

    Rows that go by words of the request are believed for the family at hand and for no other, so that prose neither
    makes a family better nor worse.
    """
    assert evidence.reference is not None
    problem, legal = evidence.reference.problem, evidence.reference.legal
    family, wishes = evidence.value(*FAMILY), problem.request.constraints
    if wishes.family == family:
        return held(f"{family} was asked for", FAMILY)
    library = SYNONYMS.get(wishes.library or "", wishes.library)
    families = all_families()
    for row in rules_table():
        when = {key: value for key, value in row.when.items() if key not in ("words", "labels")}
        by_words = len(when) < len(row.when)
        served = row.family in legal and library in (None, families[row.family].backend)
        if not served or (by_words and row.family != family) or not holds(when, problem):
            continue
        if row.family == family:
            return held(f"rule '{row.id}' ranks {family} first", FAMILY)
        text = f"rule '{row.id}' ranks {row.family} before {family}"
        return missed(
            text, FAMILY, f"use {row.family}, or ask for it: constraints.family: {family}"
        )
    return missed(f"no rule offers {family}", FAMILY, f"use one of {', '.join(legal)}")


def family_built(evidence: Evidence) -> Measured:
    """The layers are of the kinds that the family is built of."""
    assert evidence.designed is not None
    assert evidence.layers is not None
    expected = list(dict.fromkeys(layer.kind for layer in evidence.designed.layers))
    written = {layer.kind for layer in evidence.layers}
    missing = [kind for kind in expected if kind not in written]
    if missing:
        text = f"a {evidence.value(*FAMILY)} for this task has {', '.join(missing)}"
        return missed(text, ("layers",), f"add {', '.join(missing)}, or name the family it is")
    return held(f"{len(expected)} kinds of layers make it a {evidence.value(*FAMILY)}", ("layers",))


def topology_fits(evidence: Evidence) -> Measured:
    """The topology is the one that the task needs."""
    assert evidence.designed is not None
    path, expected = ("topology", "pattern"), evidence.designed.topology.pattern
    value = evidence.value(*path)
    if value != expected:
        return missed(
            f"the pattern is {shown(value)}, the task needs {expected}", path, f"write {expected}"
        )
    return held(f"{expected} is what {evidence.value('task')} needs", path)


def library_named(evidence: Evidence) -> Measured:
    """A known library is named with a range of versions."""

    def defects() -> Iterator[Defect]:
        name = evidence.value(*LIBRARY)
        if not isinstance(name, str) or name not in all_backends():
            yield Defect(
                f"the library is {shown(name)}",
                LIBRARY,
                f"write one of {', '.join(all_backends())}",
            )
        version = evidence.value("library", "version")
        if not is_text(version) or Range.read(version) is None:
            yield Defect(
                f"its version is {shown(version)}",
                ("library", "version"),
                "write a range such as >=1.2",
            )

    name, version = evidence.value(*LIBRARY), evidence.value("library", "version")
    return judged(defects(), f"{name} {version}", LIBRARY)


def library_fits(evidence: Evidence) -> Measured:
    """Every layer can be compiled to the library, which is that of the family."""
    assert evidence.layers is not None
    family = all_families()[str(evidence.value(*FAMILY))]
    name = str(evidence.value(*LIBRARY))

    def defects() -> Iterator[Defect]:
        if name != family.backend:
            text = f"{family.id} is written for {family.backend}, not for {name}"
            yield Defect(text, LIBRARY, f"write {family.backend}")
        for index, layer in enumerate(evidence.layers or ()):
            backends = layer_kind(layer.kind).backends
            if name not in backends:
                text = f"'{layer.name}' can't be compiled to {name}"
                yield Defect(text, ("layers", index, "kind"), f"use {' or '.join(backends)}")

    return judged(defects(), f"{len(evidence.layers)} layers compile to {name}", LIBRARY)


PREDICATES: Mapping[str, Measure] = {
    "family-legal": family_legal,
    "family-first": family_first,
    "family-built": family_built,
    "topology-fits": topology_fits,
    "library-named": library_named,
    "library-fits": library_fits,
}
