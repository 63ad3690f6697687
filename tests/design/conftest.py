"""Short requests for the tests of the design."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from equidesign.spec.request import Request, request_from_data


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Return a function that makes a request from a group, a domain and a task."""

    def make(
        group: str, domain: str | dict[str, Any], task: str | dict[str, Any], **more: Any
    ) -> Request:
        answers = more.pop("answers", None)
        symmetry = {"group": group} | ({"transformations": answers} if answers else {})
        data = {"domain": domain} if isinstance(domain, str) else domain
        kind = {"type": task} if isinstance(task, str) else task
        if kind["type"] in ("classification", "segmentation") and "class_names" not in kind:
            kind = {"classes": 3, **kind}
        return request_from_data(
            {"name": "asked", "symmetry": symmetry, "data": data, "task": kind, **more}
        )

    return make
