"""View: the answers given so far, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from equidesign.errors import InputError
from equidesign.wizard.request_data import request_data

if TYPE_CHECKING:
    from equidesign.design.problem import DesignWarning, Problem
    from equidesign.spec.request import Request

TRANSFORMATIONS = "symmetry.transformations."
REPAIR = "ask.repair"


@dataclass(frozen=True)
class View:
    """Answers by the id of their question, which may grow while a view looks at them.

    Ids with a dot name fields of the request (``data.domain``); those that begin with ``ask.`` set none by themselves.
    """

    answers: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return name in self.answers

    def __getitem__(self, name: str) -> Any:
        return self.answers[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return an answer."""
        return self.answers.get(name, default)

    @property
    def domain(self) -> str:
        """The data's domain."""
        return str(self.answers["data.domain"])

    @property
    def task(self) -> str:
        """The kind of task."""
        return str(self.answers["task.type"])

    @property
    def things(self) -> str:
        """One sample, in plain words: "molecule", "picture"."""
        words = {
            "molecules": "molecule",
            "point_clouds": "cloud of points",
            "images": "picture",
            "sphere": "signal on the sphere",
            "sets": "set",
            "graphs": "graph",
        }
        return words.get(self.domain, "sample")

    @property
    def data(self) -> dict[str, Any]:
        """The request that the answers make, as far as they go."""
        return request_data(self.answers)

    @property
    def request(self) -> Request | None:
        """The request, if the answers make one already."""
        from equidesign.spec.request import request_from_data

        try:
            return request_from_data(self.data)
        except InputError:
            return None

    @property
    def problem(self) -> Problem | None:
        """What the request means to design; None if it is refused."""
        request = self.request
        found = _understood(request) if request else None
        return None if isinstance(found, InputError) else found

    @property
    def refusal(self) -> InputError | None:
        """Why no design could be right for the answers, with the repair that would make it so."""
        from equidesign.design.rules.engine import choose_family
        from equidesign.spec.request import request_from_data

        try:
            found = _understood(request_from_data(self.data))
            if isinstance(found, InputError):
                return found
            choose_family(found)
        except InputError as error:
            return error
        return None

    @property
    def warnings(self) -> tuple[DesignWarning, ...]:
        """What a person should know about the request."""
        return self.problem.warnings if self.problem else ()


@lru_cache(maxsize=256)
def _understood(request: Request) -> Problem | InputError:
    from equidesign.design.understand import understand

    try:
        return understand(request)[0]
    except InputError as error:
        return error


def key(a: View) -> str:
    """Return the domain's name in the table of groups."""
    if a.domain == "point_clouds":
        return "plane" if a.get("data.dimension", 3) == 2 else "space"
    return {"molecules": "space"}.get(a.domain, a.domain)
