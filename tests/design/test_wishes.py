"""Families, libraries and frameworks asked for by name; axes; sizes of sets; what is not designed yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from equidesign.backends.registry import all_backends
from equidesign.design.family import all_families
from equidesign.design.repair import patched
from equidesign.design.rules.engine import Choice, choose_family, rules_table, vetoes
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.spec.request import Request

Ask = Callable[..., Request]
FORCES = ("E(3) x S_n", "molecules", "force_prediction")


def chosen(request: Request) -> Choice:
    return choose_family(understand(request)[0])


def codes(request: Request) -> set[str]:
    problem, _ = understand(request)
    return {each.code for each in (*problem.warnings, *choose_family(problem).warnings)}


def test_every_family_of_the_table_exists_and_every_family_has_a_row() -> None:
    assert {row.family for row in rules_table()} == set(all_families())
    assert {name for veto in vetoes() for name in veto.families} <= set(all_families())


def test_rows_agree_with_the_families() -> None:
    for row in rules_table():
        family = all_families()[row.family]
        assert row.library == family.backend, row.id
        marks = (row.expressiveness, row.speed, row.memory)
        assert marks == (family.expressiveness, family.speed, family.memory), row.id
        assert row.library in all_backends()
        assert set(row.domains) <= set(family.domains), row.id


def test_a_family_may_be_asked_for(ask: Ask) -> None:
    request = ask(*FORCES, constraints={"family": "schnet"})
    choice = chosen(request)
    assert choice.family == "schnet"
    assert choice.why.startswith("asked for")
    assert choice.alternatives[0].family == "nequip"
    assert codes(request) == {"family-not-the-best"}
    assert codes(ask(*FORCES, constraints={"family": "nequip"})) == set()


@pytest.mark.parametrize(
    ("group", "domain", "family"),
    [("E(3)", "molecules", "deepsets"), ("C4", "images", "harmonic-network"), ("S_n", "sets", "x")],
)
def test_a_family_that_cannot_is_refused(ask: Ask, group: str, domain: str, family: str) -> None:
    request = ask(group, domain, "classification", constraints={"family": family})
    with pytest.raises(InputError) as caught:
        chosen(request)
    assert caught.value.where == "constraints.family"
    assert caught.value.repair
    assert set(caught.value.repair) == {"constraints.family"}
    assert chosen(patched(request, caught.value.repair)).family != family


def test_a_family_that_cannot_make_the_target_is_refused(ask: Ask) -> None:
    task = {"type": "regression", "targets": ["torque"]}
    with pytest.raises(InputError) as caught:
        chosen(ask("E(3)", "molecules", task, constraints={"family": "schnet"}))
    assert caught.value.repair == {"constraints.family": "nequip"}


@pytest.mark.parametrize(
    ("library", "family"), [("e3nn", "nequip"), ("pyg", "schnet"), ("pytorch", "painn")]
)
def test_a_library_may_be_asked_for(ask: Ask, library: str, family: str) -> None:
    choice = chosen(ask(*FORCES, constraints={"library": library}))
    served = {"e3nn": "e3nn", "pyg": "pytorch_geometric", "pytorch": "torch"}[library]
    assert all_families()[choice.family].backend == served
    assert all_families()[family].backend == served


@pytest.mark.parametrize(
    ("constraints", "repair"),
    [
        ({"library": "escnn"}, {"constraints.library": "e3nn"}),
        ({"library": "e3n"}, {"constraints.library": "e3nn"}),
        ({"library": "e3nn-jax", "framework": "jax"}, None),
        ({"library": "jraph"}, None),
        ({"library": "e3nn", "framework": "jax"}, {"constraints.framework": "pytorch"}),
    ],
)
def test_libraries_that_cannot(
    ask: Ask, constraints: dict[str, Any], repair: dict[str, Any] | None
) -> None:
    request = ask(*FORCES, constraints=constraints)
    with pytest.raises(InputError) as caught:
        chosen(request)
    assert caught.value.repair
    if repair:
        assert caught.value.repair == repair
    chosen(patched(request, caught.value.repair))


def test_jax_is_named_where_it_exists(ask: Ask) -> None:
    request = ask(*FORCES, constraints={"framework": "jax"})
    warning = chosen(request).warnings[0]
    assert warning.code == "framework-jax"
    assert "e3nn-jax" in warning.message
    images = chosen(ask("C4", "images", "classification", constraints={"framework": "jax"}))
    assert "no counterpart" in images.warnings[0].message


def test_samples_bear_on_the_advice(ask: Ask) -> None:
    many = ask("E(3)", {"domain": "molecules", "samples": 10**7}, "classification")
    assert "many-samples" in codes(many)
    few = chosen(ask("E(3)", {"domain": "molecules", "samples": 100}, "classification"))
    assert any("100 samples" in caveat for caveat in few.caveats)


def test_mirrors_that_come_free_are_named(ask: Ask) -> None:
    def says(group: str, task: Any) -> bool:
        caveats = chosen(ask(group, "molecules", task)).caveats
        return any("would hold as well" in caveat for caveat in caveats)

    dipole = {"type": "regression", "targets": ["dipole moment"]}
    assert says("SE(3)", "force_prediction")
    assert says("SE(3) x S_n", dipole)
    assert not says("E(3)", dipole)
    assert not says("SE(3)", {"type": "regression", "targets": ["optical rotation"]})
    assert not says("SE(3)", "classification")
    assert not says("SO(2)", dipole)


@pytest.mark.parametrize(
    ("group", "domain", "says"),
    [
        ("C4", "images", "C4 is the plane group p4"),
        ("D4", "images", "D4 is the plane group p4m"),
        ("SO(2)", "images", "SO(2) is SE(2)"),
        ("E(3)", "molecules", "permutations of points"),
    ],
)
def test_what_architectures_add_is_said(ask: Ask, group: str, domain: str, says: str) -> None:
    assert says in understand(ask(group, domain, "classification"))[1].why


def test_the_objective_follows_the_domain(ask: Ask) -> None:
    for domain, group, other in (
        ("molecules", "E(3)", "autoencoder"),
        ("sets", "S_n", "flow_matching"),
    ):
        with pytest.raises(InputError) as caught:
            understand(ask(group, domain, {"type": "generation", "objective": other}))
        assert caught.value.where == "task.objective"
        understand(patched(ask(group, domain, "generation"), caught.value.repair or {}))


def test_vectors_without_rotations_are_plain_channels(ask: Ask) -> None:
    data = {"domain": "images", "input": "vector", "channels": 3}
    problem, _ = understand(ask("T(2)", data, "classification"))
    assert str(problem.features) == "6xtrivial"


def test_vectors_about_the_polar_axis_are_local(ask: Ask) -> None:
    task = {"type": "regression", "targets": ["wind"], "per": "point"}
    request = ask("SO(2)", "sphere", task)
    problem, _ = understand(request)
    assert str(problem.targets[0].rep) == "2xtrivial"
    assert "local-frame" in codes(request)
    assert chosen(request).family == "cnn"


def test_an_axis_is_kept_named_or_broken(ask: Ask) -> None:
    points = {"domain": "point_clouds", "preferred_axis": "y"}
    problem, decision = understand(ask("SO(2)", points, "classification"))
    assert (problem.axis, problem.fiber.name, problem.warnings) == ("y", "SO(3)", ())
    assert decision.rejected[0].option == "SO(3)"
    problem, _ = understand(ask("O(2)", "point_clouds", "classification"))
    assert (problem.axis, problem.fiber.name) == ("z", "O(3)")
    assert codes(ask("O(2)", "point_clouds", "classification")) == {"axis-defaulted"}
    assert codes(ask("E(3)", points, "classification")) == {"axis-breaks-symmetry"}
    upright = {"domain": "images", "preferred_axis": "y"}
    assert codes(ask("C4", upright, "classification")) == {"axis-breaks-symmetry"}
    from_above = {"domain": "images", "preferred_axis": "z"}
    assert codes(ask("C4", from_above, "classification")) == set()


def test_five_elements(ask: Ask) -> None:
    problem, _ = understand(ask("S_5", "sets", "classification"))
    assert problem.sizes == {"elements": 5}
    assert [each.code for each in problem.warnings] == ["any-number"]
    with pytest.raises(InputError) as caught:
        understand(ask("S_5", {"domain": "sets", "size": 7}, "classification"))
    assert caught.value.repair == {"symmetry.group": "S_n"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"domain": "crystals", "species": ["Si"]}, "wrong physics"),
        ({"domain": "volumes"}, "slice by slice"),
        ({"domain": "tables"}, "columns"),
        ({"domain": "sequences"}, "chain"),
        ({"domain": "vectors", "representation": "5xV"}, "point_clouds"),
    ],
)
def test_domains_of_later_versions_say_what_would_be_lost(
    ask: Ask, data: dict[str, Any], says: str
) -> None:
    request = ask("SO(3)", data, "regression")
    with pytest.raises(InputError) as caught:
        understand(request)
    assert says in str(caught.value)
    assert caught.value.repair
    assert "data" in caught.value.repair
    chosen(patched(request, caught.value.repair))


def test_stress_leaves_with_the_crystal(ask: Ask) -> None:
    task = {"type": "force_prediction", "stress": True}
    request = ask("E(3)", {"domain": "crystals", "species": ["Si"]}, task)
    with pytest.raises(InputError) as caught:
        understand(request)
    repair = caught.value.repair
    assert repair == {"data": {"domain": "molecules", "species": [14]}, "task.stress": None}
    assert chosen(patched(request, repair)).family == "nequip"


def test_points_in_four_dimensions(ask: Ask) -> None:
    with pytest.raises(InputError) as caught:
        understand(ask("SO(n)", {"domain": "point_clouds", "dimension": 4}, "classification"))
    assert caught.value.repair == {"data.dimension": 3}


def test_an_acceleration_may_be_asked_for(ask: Ask) -> None:
    wish = {"acceleration": "cuequivariance"}
    assert chosen(ask(*FORCES, constraints=wish)).family == "nequip"
    fast = ask(*FORCES, constraints={**wish, "family": "se3-transformer", "device": "cpu"})
    assert codes(fast) == {"family-not-the-best", "acceleration-on-cpu"}
    invariant = ask("SE(3)", "point_clouds", "classification", constraints=wish)
    assert chosen(invariant).family in ("tensor-field-network", "se3-transformer", "nequip")


@pytest.mark.parametrize(
    ("cell", "family", "hint"),
    [
        (FORCES, "painn", "nequip, tensor-field-network, se3-transformer can"),
        (("C4", "images", "classification"), None, "leave out"),
        (("S_n", "sets", "regression"), "deepsets", "leave out"),
    ],
)
def test_an_acceleration_without_kernels_is_refused(
    ask: Ask, cell: tuple[str, str, str], family: str | None, hint: str
) -> None:
    named = {"family": family} if family else {}
    request = ask(*cell, constraints={"acceleration": "cuequivariance", **named})
    with pytest.raises(InputError) as caught:
        chosen(request)
    assert caught.value.where == "constraints.acceleration"
    assert hint in str(caught.value.hint)
    assert caught.value.repair == {"constraints.acceleration": None}
    chosen(patched(request, caught.value.repair))
