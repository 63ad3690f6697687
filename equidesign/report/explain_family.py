"""Pages of what designs are made of: families, rules of the table, kinds of layers, libraries, domains, quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from equidesign.backends.base import Backend
from equidesign.design.family import Family, all_families
from equidesign.design.quantities import Quantity
from equidesign.design.rules.table import Rule, rules_table
from equidesign.groups.names import parse_group
from equidesign.layers.base import LayerKind, Option
from equidesign.report.layout import Line, bullets, facts, heading
from equidesign.report.sample_designs import families_of, kinds_of, usual_group
from equidesign.report.spoken import spoken_rep, value
from equidesign.spec.descriptions import describe_fields
from equidesign.spec.fields import RequestModel
from equidesign.spec.models import field_names

MARKS = ("expressiveness", "speed", "memory")
CONDITIONS = {
    "groups": "the group is one of",
    "domains": "the data are",
    "tasks": "the task is",
    "priority": "the priority is",
    "device": "the device is",
    "scalar": "the outputs are scalars",
    "polar": "the outputs are true scalars and polar vectors",
    "lmax_at_least": "the outputs have a degree of at least",
    "lmax_at_most": "the outputs have a degree of at most",
    "per_point": "there is one output a point",
    "quantities": "the target is",
    "samples_at_least": "training samples are at least",
    "samples_at_most": "training samples are at most",
    "size_at_least": "a sample has at least this many points, elements, nodes or pixels",
    "size_at_most": "a sample has at most this many points, elements, nodes or pixels",
    "parameters_at_most": "the budget of parameters is at most",
    "dimension": "the dimension of space is",
    "axis": "an axis of space is special",
    "declared_axis": "the special axis is",
    "chiral": "the target tells mirror images apart",
    "vector_input": "the input has vectors",
    "features": "the input features are",
    "channels": "the input channels are",
    "square": "images are square",
    "reflections": "the group has reflections",
    "rotations_at_least": "the group has at least this many rotations",
    "rotations_at_most": "the group has at most this many rotations",
    "half_turn": "the group has the half turn",
    "words": "the request speaks of",
    "labels": "names of classes or targets are",
}
"""What the conditions of the rule table ask, in words."""


def marks(owner: Family | Rule) -> str:
    """Return the marks in one line."""
    return ", ".join(f"{name} {getattr(owner, name)}" for name in MARKS)


def family_page(family: Family) -> list[Line]:
    """Return the page of a family."""
    lines = [Line(f"{family.title} ({family.id})", style="bold"), Line(family.idea), Line()]
    lines += facts(
        [
            ("groups", ", ".join(family.groups)),
            ("domains", ", ".join(family.domains)),
            ("tasks", ", ".join(family.tasks)),
            ("library", family.backend),
            ("marks", f"{marks(family)} (from 1 to 5, 5 is best)"),
            ("source", family.cite),
        ],
        indent=0,
    )
    rows = [rule for rule in rules_table() if rule.family == family.id]
    if rows:
        lines += heading("When it is chosen: the first rule that holds")
        lines += facts((rule.id, rule.why) for rule in rows)
        lines += heading("When another is")
        lines += bullets(dict.fromkeys(rule.why_not for rule in rows))
    caveats = dict.fromkeys(caveat for rule in rows for caveat in rule.caveats)
    if caveats:
        lines += [*heading("Caveats"), *bullets(caveats)]
    lines += heading(f"Layers it is built of (under {usual_group(family.id)})")
    for kind in kinds_of(family.id):
        lines.append(
            Line(f"{kind.title}: {kind.type}", head=f"{kind.id}  ", indent=2, head_style="cyan")
        )
        lines += [Line(line.text, line.head, 6, head_style="dim") for line in _kind(kind)]
    return lines


def _kind(kind: LayerKind) -> Iterator[Line]:
    """Yield what may be written in a layer of a kind."""
    for name in ("nonlinearities", "normalizations", "poolings"):
        legal = [item for item in getattr(kind, name) if item != "none"]
        if legal:
            key = {"nonlinearities": "nonlinearity", "normalizations": "normalization"}.get(
                name, "pooling"
            )
            optional = " or none" if "none" in getattr(kind, name) else ""
            yield Line(f"{', '.join(legal)}{optional}", head=f"{key}: ")
    for name, option in kind.options.items():
        yield Line(_option(option), head=f"{name}: ")


def _option(option: Option) -> str:
    more = [] if option.required else ["optional"]
    more += [f"one of {', '.join(map(value, option.choices))}"] if option.choices else []
    more += [f"at least {value(option.minimum)}"] if option.minimum is not None else []
    return option.doc + (f" ({'; '.join(more)})" if more else "")


def kind_page(kind: LayerKind) -> list[Line]:
    """Return the page of a kind of layer."""
    lines = [Line(f"{kind.title} ({kind.id})", style="bold")]
    lines += [Line(text) for text in (type(kind).__doc__ or "").split("\n\n")[:1]]
    lines.append(Line())
    lines += facts(
        [
            ("type", kind.type),
            ("libraries", ", ".join(kind.backends)),
            ("families", ", ".join(families_of(kind.id))),
            ("source", kind.reference),
        ],
        indent=0,
    )
    written = [*_kind(kind)]
    if written:
        lines += heading("What may be written in it")
        lines += [Line(line.text, line.head, 2, head_style="cyan") for line in written]
    return lines


def rule_page(rule: Rule) -> list[Line]:
    """Return the page of a row of the rule table."""
    lines = [Line(f"{rule.id}: {rule.family}", style="bold"), Line(rule.why), *heading("When")]
    for key, wanted in rule.when.items():
        lines.append(Line(_condition(key, wanted), head="- ", indent=2))
    lines += heading("Chooses")
    lines += facts(
        [
            ("family", f"{rule.family}: {_idea(rule.family)}"),
            ("layers", rule.layers),
            ("topology", rule.topology),
            ("library", rule.library),
            ("marks", f"{marks(rule)} (from 1 to 5, 5 is best)"),
        ]
    )
    lines += [*heading("Where another rule wins"), Line(rule.why_not, indent=2)]
    lines += [*heading("Source"), Line(rule.cite, indent=2)]
    if rule.caveats:
        lines += [*heading("Caveats"), *bullets(rule.caveats)]
    return lines


def _idea(family: str) -> str:
    known = all_families()
    return known[family].idea if family in known else "not in this version"


def _condition(key: str, wanted: Any) -> str:
    text = CONDITIONS.get(key, key.replace("_", " "))
    if wanted is True:
        return text
    if wanted is False:
        return f"not so: {text}"
    told = wanted if isinstance(wanted, list | tuple) else [wanted]
    return f"{text} {' or '.join(value(item) for item in told)}"


def library_page(backend: Backend) -> list[Line]:
    """Return the page of a library."""
    families = [family.id for family in all_families().values() if family.backend == backend.name]
    lines = [Line(f"{backend.title} ({backend.name})", style="bold"), Line()]
    lines += facts(
        [
            ("versions", backend.version),
            ("install", backend.install),
            (
                "needs",
                ", ".join(f"{name}{range_}" for name, range_ in backend.dependencies.items()),
            ),
            ("families", ", ".join(families)),
        ],
        indent=0,
    )
    notes = [*backend.notes, *backend.install_notes]
    return [*lines, *heading("Notes"), *bullets(notes)] if notes else lines


def fields_page(name: str, model: type[RequestModel], where: str) -> list[Line]:
    """Return the page of a domain or task: its fields, their meaning and their defaults.

    Args:
        where: the part of the request where the fields stand.
    """
    lines = [Line(name, style="bold"), Line((model.__doc__ or "").strip().split("\n")[0])]
    lines += heading(f"Fields, under `{where}` of a request")
    texts: Mapping[str, str] = describe_fields(model)
    for field in field_names(model):
        info = model.model_fields[field]
        default = (
            "" if info.is_required() or info.default == "" else f" (default {value(info.default)})"
        )
        lines.append(
            Line(f"{texts.get(field, '')}{default}", head=f"{field}: ", indent=2, head_style="cyan")
        )
    return lines


def quantity_page(item: Quantity) -> list[Line]:
    """Return the page of a physical quantity."""
    three = item.spatial
    proper = three.restrict(parse_group("SO(3)"))
    lines = [Line(item.id.replace("_", " "), style="bold"), Line()]
    return lines + facts(
        [
            ("under O(3)", f"{item.rep}: {spoken_rep(three)}"),
            ("under SO(3)", f"{proper}: {spoken_rep(proper)}"),
            ("unit", item.unit or "that of the data"),
            ("one value per", item.per + (", or the other" if item.either else "")),
            ("extensive", "adds up over the parts of a sample" if item.extensive else ""),
            ("handed", "changes sign between mirror images" if item.handed else ""),
            ("also called", ", ".join(item.names)),
            ("source", item.source),
        ],
        indent=0,
    )


def text_page(name: str, text: str) -> list[Line]:
    """Return a page of a name and a few sentences."""
    return [Line(name, style="bold"), *(Line(line) for line in text.splitlines())]


def join_pages(pages: Sequence[list[Line]]) -> list[Line]:
    """Put pages one below the other."""
    lines: list[Line] = []
    for page in pages:
        lines += [Line(), *page] if lines else page
    return lines
