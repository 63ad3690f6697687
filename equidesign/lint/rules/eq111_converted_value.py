"""A value of another type, which is read as what it looks like.

What it does
------------
Reports numbers in quotes, counts with a decimal point, and words such as `yes` where true or false
belongs. equidesign reads them as what they look like. The fix writes the value that is read; it is
safe.

Why it matters
--------------
To every other reader of the file, and to the JSON Schema, a number in quotes is text, and in YAML
1.2 `yes` is a word.

Example
-------
```yaml
parameters:
  total: "414851"
```

Use instead
-----------
```yaml
parameters:
  total: 414851
```

References
----------
YAML 1.2.2, section 10.3.2 (core schema), yaml.org/spec/1.2.2; JSON Schema, type, json-schema.org
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from equidesign.lint.finding import Fix, SetValue, Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.stated import shown
from equidesign.spec.fields import describe
from equidesign.spec.yamlio import KeyPath, dotted

if TYPE_CHECKING:
    from equidesign.lint.context import Context


def _check(context: Context) -> Iterator[Issue]:
    if context.spec is None:
        return
    read = context.spec.model_dump(by_alias=True, exclude={"request"})
    for path, written, value in _converted(context.data, read, ()):
        fix = Fix(f"write {shown(value)}", True, (SetValue(path, value),))
        message = f"'{dotted(path)}' is {describe(written)}, read as {shown(value)}"
        yield Issue(path, message, f"write {shown(value)}", fix)


def _converted(written: Any, read: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any, Any]]:
    """Yield path, written and read value of everything that was read as another type."""
    pairs: Iterable[tuple[str | int, Any, Any]] = ()
    if isinstance(written, dict) and isinstance(read, dict):
        pairs = ((key, written[key], read[key]) for key in written if key in read)
    elif isinstance(written, list) and isinstance(read, list | tuple):
        pairs = zip(count(), written, read, strict=False)  # as many as there are in both
    for step, one, other in pairs:
        if isinstance(one, dict | list):
            yield from _converted(one, other, (*path, step))
        elif _is_converted(one, other):
            yield (*path, step), one, other


def _is_converted(written: Any, read: Any) -> bool:
    """Tell whether a value was read as one of another type; a whole number may stand for any number."""
    if type(written) is type(read) or type(read) not in (bool, int, float):
        return False
    return not (type(written) is int and type(read) is float)


RULE = Rule(
    code="EQ111",
    name="converted-value",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
