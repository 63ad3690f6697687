"""``equidesign explain WHAT``: a family, a group, a rule, a quantity, or the decisions of a specification."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equidesign.cli.options import out
from equidesign.errors import InputError, nearest

if TYPE_CHECKING:
    from equidesign.groups.group import Group

NAME = "explain"

Section = tuple[str, str]


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="A name, or the path of an architecture.yaml.", show_default=False
        ),
    ],
) -> None:
    """Explain a family, group, rule, quantity, warning, or a specification's decisions."""
    from rich.text import Text

    console = out()
    for title, text in sections(what):
        if title:
            console.print(Text(title, style="bold"))
        if text:
            console.print(Text(text))


def sections(what: str) -> Iterator[Section]:
    """Yield the sections of the page about ``what``.

    Raises:
        InputError: nothing is called that; the hint names the nearest.
    """
    from equidesign.design.codes import step_rules, warning_codes
    from equidesign.design.family import all_families
    from equidesign.design.quantities import quantities
    from equidesign.design.rules.engine import rules_table
    from equidesign.errors import EquidesignError
    from equidesign.groups.names import known_groups, parse_group

    path = Path(what)
    if path.suffix in {".yaml", ".yml", ".json"} or path.is_dir():
        yield from _decisions(path)
        return
    families, rules = all_families(), {rule.id: rule for rule in rules_table()}
    facts = {item.id: item for item in quantities()}
    warnings = {**warning_codes(), **step_rules()}
    if what in families:
        yield from _family(what)
    elif what in rules:
        yield from _rule(what)
    elif what in facts:
        item = facts[what]
        text = f"representation under O(3): {item.rep}\nunit: {item.unit or 'none'}\n"
        yield (item.id, f"{text}one value per {item.per}\nsource: {item.source}")
    elif what in warnings:
        yield (what, warnings[what])
    else:
        try:
            group = parse_group(what)
        except EquidesignError:
            groups = (group.name for group in known_groups())
            close = nearest(what, [*families, *rules, *facts, *warnings, *groups])
            raise InputError(
                f"nothing is called '{what}'",
                expected="a family, group, rule, quantity or warning code, or the path of an architecture.yaml",
                hint=f"did you mean '{close}'?"
                if close
                else "`equidesign list families` shows some",
            ) from None
        yield from _group(group)


def _family(name: str) -> Iterator[Section]:
    from equidesign.design.family import all_families

    family = all_families()[name]
    yield (f"{family.title} ({family.id})", f"{family.idea}\n{family.cite}\n")
    yield ("Groups", ", ".join(family.groups))
    yield ("Domains", ", ".join(family.domains))
    yield ("Tasks", ", ".join(family.tasks))
    yield ("Library", family.backend)
    marks = f"expressiveness {family.expressiveness}, speed {family.speed}, memory {family.memory}"
    yield ("Marks from 1 to 5 (5 is best)", marks)


def _group(group: Group) -> Iterator[Section]:
    from equidesign.design.family import all_families
    from equidesign.groups.names import spellings

    facts = group.facts()
    yield (group.name, f"{group.title}\nalso written: {', '.join(spellings(group))}\n")
    for key, value in facts.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield (
            key.replace("_", " ").capitalize(),
            text.lower() if isinstance(value, bool) else text,
        )
    from equidesign.design.rules.engine import serves_group

    served = [family.id for family in all_families().values() if serves_group(family, group)]
    yield ("Families", ", ".join(served) or "none in this version")


def _rule(name: str) -> Iterator[Section]:
    from equidesign.design.rules.engine import rules_table

    rule = next(rule for rule in rules_table() if rule.id == name)
    yield (f"{rule.id}: {rule.family}", rule.why)
    yield ("When", "\n".join(f"{key}: {value}" for key, value in rule.when.items()))
    yield ("Source", rule.cite)
    if rule.caveats:
        yield ("Caveats", "\n".join(rule.caveats))


def _decisions(path: Path) -> Iterator[Section]:
    from equidesign.spec.loading import load_specification

    spec = load_specification(path)
    yield (f"{spec.name}: why it is what it is", "")
    for number, decision in enumerate(spec.decisions, 1):
        lines = [decision.why, f"rule: {decision.rule}"]
        if decision.cite:
            lines.append(f"source: {decision.cite}")
        lines += [f"not {rejected.option}: {rejected.why}" for rejected in decision.rejected]
        body = "\n".join(f"   {line}" for line in lines)
        yield (f"\n{number}. {decision.step.value}: {decision.choice}", body)
    for other in spec.alternatives:
        yield (f"\nalternative: {other.family} ({other.library})", f"   {other.why_not}")
    for caveat in spec.caveats:
        yield ("\ncaveat", f"   {caveat}")
