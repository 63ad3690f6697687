"""A request.yaml that is not the request in the specification.

What it does
------------
Compares the request.yaml of a bundle with the copy under `request` in architecture.yaml, value by
value; comments, order and spelled-out defaults do not count. The fingerprints in README.md, or
else what design makes of both, tell which of the two was changed.

Why it matters
--------------
request.yaml is what people read and change, and what `equidesign design` starts from. If it says
something else, the next design is another network.

Example
-------
```yaml
# request.yaml
task: {type: classification, classes: 12}
# architecture.yaml
request:
  task: {type: classification, classes: 10}
```

Use instead
-----------
```yaml
# request.yaml
task: {type: classification, classes: 10}
# architecture.yaml
request:
  task: {type: classification, classes: 10}
```

References
----------
Peng, Reproducible research in computational science, Science 334 (2011); equidesign
documentation: `equidesign design --help`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.agreement import same_group
from equidesign.lint.bundle import REQUEST, Bundle, unix_lines
from equidesign.lint.finding import Place, Severity
from equidesign.lint.reading import ABSENT, leaves, value_at
from equidesign.lint.reference import designed
from equidesign.lint.registry import ANYWHERE, Issue, Needs, Rule
from equidesign.lint.stated import shown
from equidesign.lint.witness import distance, written_path
from equidesign.render.bundle import fingerprint
from equidesign.spec.loading import ARCHITECTURE
from equidesign.spec.request import Request
from equidesign.spec.specification import Specification

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    spec, bundle = context.spec, context.bundle
    if spec is None or bundle is None or bundle.request is None:
        return
    document, other = bundle.request
    if other == spec.request:
        return
    here, there = dict(leaves(spec.request.to_data())), dict(leaves(other.to_data()))
    echo_edited = is_echo_edited(context, bundle, spec, other)
    if not echo_edited and designed(other) is None:
        return  # it is refused, which is said where that file is linted
    for path in sorted(here.keys() | there.keys(), key=str):
        one, two = here.get(path, ABSENT), there.get(path, ABSENT)
        if one == two or (path == ("symmetry", "group") and same_group(str(one), str(two))):
            continue
        if echo_edited:
            message = f"{shown(one)} here, and {shown(two)} in request.yaml"
            hint = "put it back, or change request.yaml and run `equidesign design` again"
            yield Issue(written_path(context, path), message, hint)
        else:
            message = f"{shown(two)} here, and architecture.yaml was designed for {shown(one)}"
            hint = "run `equidesign design request.yaml`, or put it back"
            while len(path) > 1 and value_at(document.data, path) is ABSENT:
                path = path[:-1]
            place = Place(*document.span(path))
            yield Issue(path, message, hint, file=bundle.file(REQUEST), place=place)


def is_echo_edited(context: Context, bundle: Bundle, spec: Specification, other: Request) -> bool:
    """Tell whether the request in the specification was changed, and not the file beside it."""
    if bundle.is_as_written(REQUEST):
        return True
    if bundle.fingerprints.get(ARCHITECTURE) == fingerprint(unix_lines(context.text)):
        return False
    with_echo, with_other = distance(spec, spec.request), distance(spec, other)
    if with_other is None:
        return False
    return with_echo is None or with_other < with_echo


RULE = Rule(
    code="EQ801",
    name="request-drift",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
    yields_to=ANYWHERE,
)
