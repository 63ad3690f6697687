"""Wrong requests: each is refused at its place, with what was expected and what is nearest."""

from __future__ import annotations

import re
from typing import Any

import pytest

from equidesign.errors import InputError, InputErrors
from equidesign.spec.request import parse_request, request_from_data
from equidesign.spec.yamlio import load_text

RIGHT = """\
version: 1
name: some-name
description: free text
symmetry:
  group: C4
data: {domain: images, channels: 3, size: [32, 32]}
task: {type: classification, classes: 10}
constraints: {max_parameters: 100000}
"""
IMAGES = "{domain: images, channels: 3, size: [32, 32]}"
CLASSES = "{type: classification, classes: 10}"
LIMITS = "{max_parameters: 100000}"

# What is written instead of what, the place of the mistake, and words of the message.
Case = tuple[str, str, str, tuple[str, ...]]
WRONG: dict[str, Case] = {
    "version of the future": ("version: 1", "version: 2", "1:10", ("expected: 1",)),
    "version as text": ("version: 1", "version: '1'", "1:10", ("the text '1'", "expected: 1")),
    "version true": ("version: 1", "version: true", "1:10", ("is true", "expected: 1")),
    "no name": ("name: some-name", "", "1:1", ("'name' is missing",)),
    "name with slashes": ("some-name", "../../x", "2:7", ("[a-z][a-z0-9-]", "'x'")),
    "name as code": ("some-name", '__import__("os")', "2:7", ("for example 'import-os'",)),
    "name in capitals": ("some-name", "My Name", "2:7", ("for example 'my-name'",)),
    "name as number": ("some-name", "2024", "2:7", ("is 2024", "quotes")),
    "name too long": ("some-name", "x" * 64, "2:7", ("up to 62",)),
    "name empty": ("some-name", "", "2:6", ("empty",)),
    "name with a line break": ("some-name", '"x\\n"', "2:7", ("for example 'x'",)),
    "description as list": ("free text", "[a]", "3:14", ("expected: text",)),
    "description endless": ("free text", "x" * 10_001, "3:14", ("at most 10000 characters",)),
    "unknown section": ("constraints:", "constraint:", "8:1", ("did you mean 'constraints'?",)),
    "symmetry as text": ("symmetry:\n  group: C4", "symmetry: C4", "4:11", ("fields: group",)),
    "no symmetry": ("symmetry:\n  group: C4\n", "", "1:1", ("'symmetry' is missing",)),
    "no group": ("group: C4", "transformations: {}", "4:1", ("'symmetry.group' is missing",)),
    "misspelt group field": ("group: C4", "grop: C4", "5:3", ("did you mean 'group'?",)),
    "no such group": ("group: C4", "group: Q8?", "5:10", ("'symmetry.group'", "Q8?")),
    "group as number": ("group: C4", "group: 4", "5:10", ("is 4", "expected: a group")),
    "group empty": ("group: C4", "group:", "5:9", ("empty",)),
    "unknown group alone": ("C4", "unknown", "5:10", ("transformations", "rotation: invariant")),
    "unknown group, nothing known": (
        "group: C4",
        "group: unknown\n  transformations: {scale: unknown}",
        "5:10",
        ("at least one",),
    ),
    "unknown transformation": (
        "group: C4",
        "group: unknown\n  transformations: {rotations: invariant}",
        "6:21",
        ("did you mean 'rotation'?",),
    ),
    "transformation yes": (
        "group: C4",
        "group: unknown\n  transformations: {rotation: yes}",
        "6:31",
        ("invariant, equivariant, none or unknown",),
    ),
    "transformation true": (
        "group: C4",
        "group: unknown\n  transformations: {rotation: true}",
        "6:31",
        ("is true", "invariant"),
    ),
    "axis under transformations": (
        "group: C4",
        "group: unknown\n  transformations: {preferred_axis: z, rotation: none}",
        "6:37",
        ("expected: true or false",),
    ),
    "no data": (f"data: {IMAGES}\n", "", "1:1", ("'data' is missing",)),
    "data null": (IMAGES, "", "6:6", ("'data' is empty", "mapping")),
    "data as list": (IMAGES, "[images]", "6:7", ("list", "mapping")),
    "no domain": ("domain: images, ", "", "6:1", ("'data.domain' is missing", "images, volumes")),
    "misspelt word for the domain": ("domain: images", "domian: images", "6:8", ("'domain'?",)),
    "misspelt domain": ("images", "image", "6:16", ("did you mean 'images'?", "or vectors")),
    "domain with a hyphen": ("images", "point-clouds", "6:16", ("'point_clouds'",)),
    "domain as list": ("images", "[images]", "6:16", ("list",)),
    "misspelt field": ("channels", "chanels", "6:24", ("domain images", "'channels'")),
    "field of another domain": ("channels", "bandwidth", "6:24", ("a field of domain sphere",)),
    "field of several domains": (
        "channels",
        "cutoff",
        "6:24",
        ("a field of domain point_clouds, ",),
    ),
    "field of the task": ("channels", "classes", "6:24", ("a field of task classification or",)),
    "field of constraints": ("channels", "precision", "6:24", ("a field of 'constraints'",)),
    "channels in words": ("channels: 3", "channels: three", "6:34", ("from 1 to 4096",)),
    "channels quoted": ("channels: 3", "channels: '3'", "6:34", ("write 3 without quotes",)),
    "channels true": ("channels: 3", "channels: true", "6:34", ("is true", "whole number")),
    "channels with a point": ("channels: 3", "channels: 3.0", "6:34", ("write 3 without",)),
    "no channels": ("channels: 3", "channels: 0", "6:34", ("from 1 to 4096",)),
    "negative channels": ("channels: 3", "channels: -3", "6:34", ("is -3",)),
    "absurd channels": ("channels: 3", "channels: 1_000_000", "6:34", ("write 1000000",)),
    "more absurd channels": ("channels: 3", "channels: 99999999999999", "6:34", ("4096",)),
    "size of three": ("[32, 32]", "[3, 32, 32]", "6:43", ("[height, width]", "list of 3")),
    "size of zero": ("[32, 32]", "[32, 0]", "6:48", ("'data.size[1]' is 0",)),
    "size absurd": ("[32, 32]", "100000000", "6:43", ("from 1 to 4096",)),
    "size in words": ("[32, 32]", "32x32", "6:43", ("[height, width]",)),
    "axis": ("channels: 3", "preferred_axis: up", "6:40", ("x, y or z",)),
    "samples negative": ("channels: 3", "samples: -1", "6:33", ("whole number",)),
    "sphere too fine": (IMAGES, "{domain: sphere, bandwidth: 5000}", "6:35", ("from 1 to 512",)),
    "species in lower case": (
        IMAGES,
        "{domain: molecules, species: [H, cl]}",
        "6:40",
        ("'data.species[1]'", "did you mean 'Cl'?"),
    ),
    "species out of the table": (IMAGES, "{domain: molecules, species: [119]}", "6:37", ("118",)),
    "species true": (IMAGES, "{domain: molecules, species: [true]}", "6:37", ("in quotes",)),
    "species alone": (IMAGES, "{domain: molecules, species: H}", "6:36", ("a list of atomic",)),
    "no species": (IMAGES, "{domain: molecules, species: []}", "6:36", ("list of 0",)),
    "cutoff negative": (IMAGES, "{domain: molecules, cutoff: -5}", "6:35", ("above 0",)),
    "cutoff with unit": (IMAGES, "{domain: molecules, cutoff: 5 Å}", "6:35", ("the text '5 Å'",)),
    "features quoted": (IMAGES, "{domain: point_clouds, features: '4'}", "6:40", ("write 4",)),
    "points absurd": (IMAGES, "{domain: point_clouds, points: 1e12}", "6:38", ("10000000",)),
    "directed: no": (
        IMAGES,
        "{domain: graphs, directed: no}",
        "6:34",
        ("true or false", "only true and false are booleans"),
    ),
    "one axis": (IMAGES, "{domain: tables, axes: [rows]}", "6:30", ("(2 of them)",)),
    "the same axis twice": (IMAGES, "{domain: tables, axes: [a, a]}", "6:34", ("different",)),
    "no representation": (IMAGES, "{domain: vectors}", "6:1", ("'data.representation'",)),
    "generators without custom": (
        IMAGES,
        "{domain: vectors, representation: V, generators: {discrete: [[[1]]]}}",
        "6:56",
        ("group C4", "group: custom"),
    ),
    "generators of unclear kind": (
        IMAGES,
        "{domain: vectors, representation: V, generators: [[[0, -1], [1, 0]]]}",
        "6:56",
        ("lie_algebra", "discrete"),
    ),
    "generators not square": (
        IMAGES,
        "{domain: vectors, representation: V, generators: {discrete: [[[1, 0]]]}}",
        "6:68",
        ("not a square matrix",),
    ),
    "no task": (f"task: {CLASSES}\n", "", "1:1", ("'task' is missing",)),
    "no task type": ("type: classification, ", "", "7:1", ("'task.type' is missing",)),
    "misspelt word for the task": ("type: class", "tpye: class", "7:8", ("'type'?",)),
    "misspelt task": ("classification", "classify", "7:14", ("did you mean 'classification'?",)),
    "task in words": ("classification", "forces", "7:14", ("force_prediction",)),
    "no classes": (", classes: 10", "", "7:1", ("'task.classes' is missing",)),
    "misspelt classes": ("classes", "clases", "7:30", ("did you mean 'classes'?",)),
    "one class": ("10", "1", "7:39", ("from 2 to 100000",)),
    "classes absurd": ("10}", "10000000}", "7:39", ("100000",)),
    "names and count disagree": (
        "classes: 10",
        "classes: 3, class_names: [a, b]",
        "7:55",
        ("2 names", "`classes` is 3", "classes: 2"),
    ),
    "class name not text": (
        "classes: 10",
        "class_names: [true, false]",
        "7:44",
        ("is true", "in quotes"),
    ),
    "class name twice": ("classes: 10", "class_names: [a, a]", "7:47", ("again",)),
    "targets quoted": (CLASSES, "{type: regression, targets: '3'}", "7:35", ("targets",)),
    "targets zero": (CLASSES, "{type: regression, targets: 0}", "7:35", ("a count from 1",)),
    "targets empty": (CLASSES, "{type: regression, targets: []}", "7:35", ("names of targets",)),
    "per pixel": (CLASSES, "{type: regression, per: pixel}", "7:31", ("sample or point",)),
    "representation list": (CLASSES, "{type: regression, representation: [1]}", "7:42", ("text",)),
    "conservative: maybe": (
        CLASSES,
        "{type: force_prediction, conservative: maybe}",
        "7:46",
        ("true or false",),
    ),
    "stress without a cell": (
        CLASSES,
        "{type: force_prediction, stress: true}",
        "7:40",
        ("domain crystals",),
    ),
    "objective": (CLASSES, "{type: generation, objective: gan}", "7:37", ("flow_matching or",)),
    "parameters with exponent": (LIMITS, "{max_parameters: 1e6}", "8:31", ("write 1000000",)),
    "parameters with separators": (LIMITS, "{max_parameters: 1_000}", "8:31", ("write 1000",)),
    "parameters negative": (LIMITS, "{max_parameters: -1}", "8:31", ("whole number from 1",)),
    "memory as text": (LIMITS, "{max_memory_mb: 8GB}", "8:30", ("a number above 0",)),
    "priority": (LIMITS, "{priority: fastest}", "8:25", ("accuracy, balanced or speed",)),
    "framework": (LIMITS, "{framework: torch}", "8:26", ("did you mean 'pytorch'?",)),
    "family with spaces": (LIMITS, "{family: my net}", "8:23", ("'constraints.family'",)),
    "device": (LIMITS, "{device: gpu}", "8:23", ("cpu or cuda",)),
    "constraint misspelt": (LIMITS, "{max_params: 5}", "8:15", ("'max_parameters'",)),
}


@pytest.mark.parametrize(("old", "new", "place", "words"), WRONG.values(), ids=WRONG)
def test_wrong(old: str, new: str, place: str, words: tuple[str, ...]) -> None:
    assert RIGHT.count(old) >= 1
    with pytest.raises(InputError) as caught:
        parse_request(load_text(RIGHT.replace(old, new, 1), "r.yaml"))
    message = str(caught.value)
    assert not isinstance(caught.value, InputErrors), message
    assert message.startswith(f"r.yaml:{place}: "), message
    for word in words:
        assert word in message
    assert caught.value.expected or caught.value.hint
    assert len(message) < 600


def test_right() -> None:
    assert parse_request(load_text(RIGHT, "r.yaml")).to_data()["task"]["classes"] == 10


def test_several_mistakes_come_sorted_by_place() -> None:
    text = RIGHT.replace("channels: 3", "chanels: 3").replace("10}", "ten}").replace("C4", "Q?")
    with pytest.raises(InputErrors) as caught:
        parse_request(load_text(text, "r.yaml"))
    assert [error.where for error in caught.value.errors] == [
        "r.yaml:5:10",
        "r.yaml:6:24",
        "r.yaml:7:39",
    ]


def test_many_mistakes_are_cut_short() -> None:
    extra = "".join(f"odd{index}: 1\n" for index in range(5000))
    with pytest.raises(InputErrors) as caught:
        parse_request(load_text(RIGHT + extra, "r.yaml"))
    assert len(caught.value.errors) == 21
    assert "and 4980 more" in str(caught.value)


WRONG_DATA: dict[str, tuple[Any, str]] = {
    "list": ([], r"^request: the request is a list of 0"),
    "nothing": (None, r"^request: the request is empty"),
    "number as key": ({1: 2}, r"'\[1\]'"),
    "huge number": ({"version": 10**5000}, r"a number of many digits"),
    "not a number": ({"constraints": {"max_memory_mb": float("nan")}}, r"is nan"),
    "object": ({"name": object()}, r"'name' is a value of type object"),
    "place": ({"data": {"domain": "sets", "size": 0}}, r"request: data\.size: 'data\.size' is 0"),
    "bytes": ({"symmetry": {"group": b"C4"}}, r"'symmetry\.group' is a value of type bytes"),
}


@pytest.mark.parametrize(("data", "pattern"), WRONG_DATA.values(), ids=WRONG_DATA)
def test_wrong_data(data: Any, pattern: str) -> None:
    with pytest.raises(InputError) as caught:
        request_from_data(data)
    assert re.search(pattern, str(caught.value))
