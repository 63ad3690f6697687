"""The jinja environment: strict about undefined names, and the fragment library it reads."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jinja2

from equidesign.errors import InputError
from equidesign.render import pycode
from equidesign.render.linker import Fragment, Linker, parse_fragment
from equidesign.resources import data_dir


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the environment of all templates."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(data_dir("templates"))),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    env.filters["literal"] = pycode.literal
    env.filters["filled"] = pycode.filled
    return env


def render_template(name: str, context: dict[str, Any]) -> str:
    """Render one template; an undefined name is an error, never an empty string."""
    try:
        return environment().get_template(name).render(context)
    except jinja2.UndefinedError as error:
        raise InputError(
            f"the template {name} needs a value the specification lacks: {error}"
        ) from error


def linker(
    folders: tuple[str, ...],
    context: dict[str, Any],
    root: str = "code",
    stand_in: str | None = None,
) -> Linker:
    """Return the linker over fragment folders of ``templates/ROOT``, rendered with ``context``.

    Args:
        stand_in: a folder whose files stand in for those of the same name.
    """
    fragments: list[Fragment] = []
    place = data_dir("templates") / root
    others = {path.name: path for path in (place / stand_in).iterdir()} if stand_in else {}
    for folder in folders:
        for path in sorted((place / folder).glob("*.py.jinja")):
            path = others.get(path.name, path)
            name = f"{root}/{path.parent.name}/{path.name}"
            source = path.read_text(encoding="utf-8")
            if "{{" in source or "{%" in source:  # most fragments are plain Python
                source = render_template(name, context)
            fragments.append(parse_fragment(source, name))
    return Linker(fragments)
