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

from collections.abc import Iterator, Mapping
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
    for path, written, value in _scalars(context.data, read, ()):
        if _is_converted(written, value):
            fix = Fix(f"write {shown(value)}", True, (SetValue(path, value),))
            message = f"'{dotted(path)}' is {describe(written)}, read as {shown(value)}"
            yield Issue(path, message, f"write {shown(value)}", fix)


def _scalars(written: Any, read: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any, Any]]:
    """Yield path, written and read value of everything that is in both."""
    if isinstance(written, Mapping) and isinstance(read, Mapping):
        for key in written.keys() & read.keys():
            yield from _scalars(written[key], read[key], (*path, key))
    elif isinstance(written, list) and isinstance(read, list | tuple):
        for index, (one, other) in enumerate(zip(written, read, strict=False)):
            yield from _scalars(one, other, (*path, index))
    else:
        yield path, written, read


def _is_converted(written: Any, read: Any) -> bool:
    """Tell whether a value was read as one of another type; a whole number may stand for any number."""
    numbers = (bool, int, float)
    if type(read) not in numbers or (type(written) is int and type(read) is float):
        return False
    return type(written) is not type(read)


RULE = Rule(
    code="EQ111",
    name="converted-value",
    severity=Severity.warning,
    needs=Needs.specification,
    check=_check,
)
