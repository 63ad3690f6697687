"""An alternative that could not have been chosen, or that is described wrongly.

What it does
------------
Reports families under `alternatives` that do not exist, cannot serve the request, are the
chosen one or appear twice; a library that is not the family's; marks that are not those of the
rule; and alternatives out of the order in which the rules prefer them. The fix removes the
entry, or writes the nearest family or what the rule says of it (`--fix`).

Why it matters
--------------
The list is where a team looks when the first choice is too slow or too large. A wrong mark sends
it to the wrong family.

Example
-------
```yaml
alternatives:
  - {family: deepsets, library: torch, why_not: slower, expressiveness: 9, speed: 5, memory: 5}   # for molecules
```

Use instead
-----------
```yaml
alternatives:
  - {family: painn, library: torch, why_not: vectors only, expressiveness: 4, speed: 4, memory: 4}
```

References
----------
Duval et al., A hitchhiker's guide to geometric GNNs for 3D atomic systems, 2023,
arXiv:2312.07511; equidesign documentation: `equidesign explain architecture.yaml`, `equidesign
list rules`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from equidesign.design.family import all_families
from equidesign.errors import nearest
from equidesign.lint.finding import Fix, RemoveKey, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context
    from equidesign.spec.specification import Alternative


def _check(context: Context) -> Iterator[Issue]:
    spec, found = context.spec, context.decided
    if spec is None or found is None:
        return
    legal = {each.family: each for each in found.choice.alternatives}
    seen: list[str] = []
    for index, each in enumerate(spec.alternatives):
        path: KeyPath = ("alternatives", index)
        family = (*path, "family")
        if each.family not in legal or each.family in seen:
            yield _no_alternative(family, each.family, spec.family, seen, list(legal))
            continue
        meant = _meant(each, legal, [other.family for other in spec.alternatives])
        seen.append(meant)
        if meant != each.family:
            fix = Fix(f"write {meant}", True, (SetValue(family, meant),))
            yield Issue(family, f"library and marks are those of {meant}", f"write {meant}", fix)
            continue
        for key in KEYS:
            written, right = getattr(each, key), getattr(legal[each.family], key)
            if written != right:
                message = f"the {key} of {each.family} is {right}, not {_short(written)}"
                fix = Fix(f"write {right}", True, (SetValue((*path, key), right),))
                yield Issue((*path, key), message, f"write {right}", fix)
    ranked = [name for name in legal if name in seen]
    for name, wanted in zip(seen, ranked, strict=True):
        if name != wanted:
            index = next(i for i, each in enumerate(spec.alternatives) if each.family == name)
            message = f"the rules prefer {wanted} to {name}"
            hint = f"the order is {', '.join(ranked)}"
            yield Issue(("alternatives", index, "family"), message, hint)
            return


def _meant(each: Alternative, legal: Mapping[str, Alternative], listed: list[str]) -> str:
    """Return the family of an alternative; where several of its values are all those of another one, that one."""
    differing = [key for key in KEYS if getattr(each, key) != getattr(legal[each.family], key)]
    if len(differing) > 1:
        for name, other in legal.items():
            if name not in listed and all(getattr(each, k) == getattr(other, k) for k in KEYS):
                return name
    return each.family


def _no_alternative(
    path: KeyPath, name: str, chosen: str, seen: list[str], legal: list[str]
) -> Issue:
    """Return the issue of a family that is no alternative."""
    free = [each for each in legal if each not in seen]
    hint = f"others that can serve it are {', '.join(free)}" if free else "no other can serve it"
    removed = Fix("remove it", True, (RemoveKey(path[:-1]),))
    if name == chosen:
        return Issue(path, f"{name} is the family that was chosen", hint, removed)
    if name in seen:
        return Issue(path, f"{name} is listed twice", hint, removed)
    if name in all_families():
        return Issue(path, f"{name} cannot serve this request", hint, removed)
    close = nearest(name[:100], free)
    fix = Fix(f"write {close}", True, (SetValue(path, close),)) if close else None
    message = f"no family is called '{name[:80]}'"
    return Issue(path, message, f"did you mean '{close}'?" if close else hint, fix)


def _short(value: object) -> str:
    return str(value)[:80] if not isinstance(value, int) or abs(value) < 10**9 else "that"


KEYS = ("library", "expressiveness", "speed", "memory")


RULE = Rule(
    code="EQ809",
    name="alternatives",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=("request", "symmetry", "task", "domain", "family", "interface", "layers"),
)
