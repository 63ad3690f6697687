"""Reference: what design makes of the request, against which a value of the file counts as edited or not."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any

from equidesign.errors import InputError
from equidesign.lint.families import believed_family
from equidesign.spec.request import Request
from equidesign.spec.specification import Specification
from equidesign.spec.yamlio import KeyPath

if TYPE_CHECKING:
    from equidesign.lint.context import Context


class Reference:
    """The specification that design makes of the file's request; made when somebody asks, at most once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._edited: dict[KeyPath, bool] = {}

    @cached_property
    def specification(self) -> Specification | None:
        """The designed specification; None if the request designs nothing."""
        request = self.context.believed_request
        return designed_like(request, self.context.spec) if request else None

    @cached_property
    def data(self) -> dict[str, Any]:
        """The designed specification as plain data; empty if there is none."""
        return self.specification.to_data() if self.specification else {}

    def value(self, path: KeyPath) -> Any:
        """Return what design writes at ``path`` (layers are matched by name), `ABSENT` if nothing."""
        from equidesign.lint.context import ABSENT, value_at

        if path and path[0] == "layers" and len(path) > 1:
            index = self._match(path[1])
            if index is None:
                return ABSENT
            path = ("layers", index, *path[2:])
        return value_at(self.data, path)

    def edited(self, path: KeyPath) -> bool:
        """Tell whether the value at ``path`` is another than design writes; False if there is no design."""
        from equidesign.lint.context import value_at

        if path not in self._edited:
            written = value_at(self._normal, path) if self.data else None
            self._edited[path] = bool(self.data and written != self.value(path))
        return self._edited[path]

    def is_moved(self, index: int) -> bool:
        """Tell whether a layer stands in another order among the others than in the design."""
        return index in self._moved

    @cached_property
    def _moved(self) -> frozenset[int]:
        layers = self.context.value(("layers",))
        if not isinstance(layers, list) or not self.specification:
            return frozenset()
        places = {layer.name: at for at, layer in enumerate(self.specification.layers)}
        names = [str(each.get("name")) if isinstance(each, dict) else "" for each in layers]
        known = [at for at, name in enumerate(names) if name in places]
        designed = sorted(known, key=lambda at: places[names[at]])
        same = SequenceMatcher(None, known, designed, autojunk=False).get_matching_blocks()
        kept = {known[block.a + step] for block in same for step in range(block.size)}
        return frozenset(known) - kept

    @cached_property
    def _normal(self) -> Any:
        spec = self.context.spec
        return spec.to_data() if spec else self.context.data

    def _match(self, index: int | str) -> int | None:
        """Return the index of the designed layer that a layer stands for."""
        inside = isinstance(index, int) and 0 <= index < len(self._matches)
        return self._matches[int(index)] if inside else None

    @cached_property
    def _matches(self) -> list[int | None]:
        """The designed layers of the same names, else at the same places of an equally long list."""
        layers = self.context.value(("layers",))
        if not isinstance(layers, list) or not self.specification:
            return []
        names = [str(each.get("name")) if isinstance(each, dict) else "" for each in layers]
        designed: dict[str, int] = {}
        for at, layer in enumerate(self.specification.layers):
            designed.setdefault(layer.name, at)
        if len(self.specification.layers) != len(names):
            return [designed.get(name) for name in names]
        # Another name at its place was changed, and so was one of two equal ones.
        count = Counter(names)
        return [
            designed[n] if n in designed and count[n] == 1 else at for at, n in enumerate(names)
        ]


def designed_like(request: Request, spec: Specification | None) -> Specification | None:
    """Return what design makes of a request, with the family of a specification where that serves it."""
    made = designed(request)
    family = believed_family(spec) if spec is not None else None
    asked = request.constraints.family is not None
    if made is not None and family is not None and made.family != family and not asked:
        # A person may have written another family than the one that the rules choose.
        wish = request.constraints.model_copy(update={"family": family})
        return designed(request.model_copy(update={"constraints": wish})) or made
    return made


def designed(request: Request) -> Specification | None:
    """Return what design makes of a request; None if it refuses."""
    from equidesign.design.pipeline import design_architecture

    try:
        return design_architecture(request).specification
    except InputError:
        return None
