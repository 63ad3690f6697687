"""A name that the generated model can not use.

What it does
------------
Reports names of layers and variables that are words of Python, attributes of `torch.nn.Module`,
or functions that the generated `forward` calls. The fix writes the name that design gives
(`--unsafe-fixes`).

Why it matters
--------------
A layer is an attribute of the model, and a variable stands in its code. `self.forward = ...`
replaces the model's own method, `class = ...` does not parse.

Example
-------
```yaml
name: forward
kind: mlp-head
```

Use instead
-----------
```yaml
name: logits_head
kind: mlp-head
```

References
----------
Python language reference, section 2.3.1 (keywords); PyTorch documentation, torch.nn.Module
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equidesign.lint.dataflow import MODULES, flow_of
from equidesign.lint.finding import Severity
from equidesign.lint.registry import Issue, Needs, Rule
from equidesign.lint.repairs import restored

if TYPE_CHECKING:
    from equidesign.lint.context import Context

_ATTRIBUTES = """
forward potential train eval training parameters named_parameters buffers named_buffers modules named_modules children
named_children state_dict load_state_dict apply to to_empty cpu cuda xpu ipu mtia type float double half bfloat16
zero_grad requires_grad_ share_memory register_buffer register_parameter register_module register_forward_hook
register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook register_backward_hook
register_state_dict_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
register_state_dict_post_hook add_module get_parameter get_buffer get_submodule set_submodule get_extra_state
set_extra_state extra_repr compile dump_patches call_super_init
"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())


def _check(context: Context) -> Iterator[Issue]:
    if context.spec is None:
        return
    flow = flow_of(context)
    calls = {name for step in flow.steps for name in step.calls} if flow is not None else set()
    for index, layer in enumerate(context.spec.layers):
        if keyword.iskeyword(layer.name) or layer.name in ATTRIBUTES:
            what = (
                "a word of Python"
                if keyword.iskeyword(layer.name)
                else "an attribute of every module"
            )
            yield restored(
                context,
                ("layers", index, "name"),
                f"'{layer.name}' is {what}",
                "choose another name",
            )
        word = layer.writes
        if keyword.iskeyword(word) or word in MODULES or word in calls:
            what = (
                "a word of Python" if keyword.iskeyword(word) else "used by the code of `forward`"
            )
            yield restored(
                context, ("layers", index, "writes"), f"'{word}' is {what}", "choose another name"
            )


RULE = Rule(
    code="EQ323",
    name="reserved-name",
    severity=Severity.error,
    needs=Needs.specification,
    check=_check,
)
