"""Values set from the command line."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from equidesign.errors import InputError
from equidesign.spec.overrides import apply_overrides, override_document
from equidesign.spec.request import parse_request
from equidesign.spec.yamlio import load_text

TEXT = """\
name: a
symmetry: {group: C4}
data: {domain: images, size: [28, 28]}
task: {type: classification, classes: 10}
"""
DATA: dict[str, Any] = load_text(TEXT, "r.yaml").data


@pytest.mark.parametrize(
    ("text", "section", "value"),
    [
        ("task.classes=3", "task", {"type": "classification", "classes": 3}),
        ("data.size=[8, 9]", "data", {"domain": "images", "size": [8, 9]}),
        ("data={domain: sets}", "data", {"domain": "sets"}),
        ("constraints.priority=speed", "constraints", {"priority": "speed"}),
        ("name = b", "name", "b"),
        ("name=a=b", "name", "a=b"),
        ("description=", "description", None),
        (
            "symmetry.transformations.rotation=none",
            "symmetry",
            {"group": "C4", "transformations": {"rotation": "none"}},
        ),
    ],
)
def test_values(text: str, section: str, value: Any) -> None:
    before = copy.deepcopy(DATA)
    assert apply_overrides(DATA, [text])[section] == value
    assert before == DATA


def test_later_ones_win_and_earlier_ones_count() -> None:
    sets = ["data={domain: sphere}", "data.bandwidth=8", "task.classes=3", "task.classes=4"]
    changed = apply_overrides(DATA, sets)
    assert changed["data"] == {"domain": "sphere", "bandwidth": 8}
    assert changed["task"]["classes"] == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("task.clases=3", ("did you mean 'classes'?",)),
        ("data.bandwidth=3", ("a field of domain sphere", "domain images")),
        ("tsk.classes=3", ("did you mean 'task'?",)),
        ("task.classes", ("key=value",)),
        ("=3", ("key=value",)),
        ("task..classes=3", ("key=value",)),
        ("data.size.0=3", ("'data.size' is not a mapping", "data.size=")),
        ("name.x=3", ("'name' is not a mapping",)),
        ("task.classes=[", ("not valid YAML",)),
        ("task.classes=!!python/name:os.system", ("tag",)),
        ("symmetry.transformations.rotatoin=none", ("did you mean 'rotation'?",)),
    ],
)
def test_wrong(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as caught:
        apply_overrides(DATA, [text])
    assert str(caught.value).startswith(f"--set {text}")
    for word in words:
        assert word in str(caught.value)


def test_messages_name_the_option_or_the_file() -> None:
    document = load_text(TEXT.replace("[28, 28]", "0"), "r.yaml")
    with pytest.raises(InputError) as caught:
        parse_request(override_document(document, ["task.classes=ten"]))
    lines = str(caught.value).splitlines()
    places = [line for line in lines if not line.startswith("  ")]
    assert places[0].startswith("r.yaml:3:30: 'data.size' is 0")
    assert places[1].startswith("--set task.classes=ten: 'task.classes' is the text 'ten'")


def test_a_document_with_overrides_is_a_request() -> None:
    document = override_document(load_text(TEXT, "r.yaml"), ["task.classes=3", "data.size=64"])
    assert parse_request(document).to_data()["data"]["size"] == [64, 64]
