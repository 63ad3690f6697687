"""The table of quantities, and what it does to regression targets."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import pytest

from equidesign.design.quantities import find_quantity, quantities
from equidesign.design.understand import understand
from equidesign.errors import InputError
from equidesign.groups.names import parse_group
from equidesign.spec.request import Request

Ask = Callable[..., Request]


def regress(ask: Ask, group: str, targets: Any, domain: Any = "molecules", **task: Any) -> Any:
    problem, _ = understand(ask(group, domain, {"type": "regression", "targets": targets, **task}))
    return problem


def codes(problem: Any) -> set[str]:
    return {warning.code for warning in problem.warnings}


def test_rows_parse_and_restrict() -> None:
    assert len(quantities()) >= 60
    for row in quantities():
        assert row.source, row.id
        spatial = row.spatial
        assert row.under(parse_group("E(3)")) == spatial
        without = row.under(parse_group("SE(3)"))
        assert without.dim == spatial.dim
        assert without.lmax == spatial.lmax
        if row.scalar:
            invariant = find_quantity(row.scalar)
            assert invariant is None or not invariant.directed, row.id
            assert row.directed, row.id


@pytest.mark.parametrize(
    ("name", "rep"),
    [
        ("energy", "1x0e"),
        ("forces", "1x1o"),
        ("stress", "1x0e + 1x2e"),
        ("dipole_moment", "1x1o"),
        ("mu", "1x0e"),
        ("alpha", "1x0e"),
        ("polarizability", "1x0e + 1x2e"),
        ("quadrupole", "1x2e"),
        ("octupole", "1x3o"),
        ("hyperpolarizability", "1x1o + 1x3o"),
        ("magnetic_moment", "1x1e"),
        ("torque", "1x1e"),
        ("angular_momentum", "1x1e"),
        ("velocity", "1x1o"),
        ("electric field", "1x1o"),
        ("magnetic field", "1x1e"),
        ("vorticity", "1x1e"),
        ("specific_rotation", "1x0o"),
        ("circular dichroism", "1x0o"),
        ("helicity", "1x0o"),
        ("elasticity_tensor", "2x0e + 2x2e + 1x4e"),
        ("piezoelectric_tensor", "2x1o + 1x2o + 1x3o"),
        ("electric_field_gradient", "1x2e"),
        ("inertia_tensor", "1x0e + 1x2e"),
        ("nmr_shielding_tensor", "1x0e + 1x1e + 1x2e"),
        ("charge", "1x0e"),
        ("HOMO", "1x0e"),
        ("band-gap", "1x0e"),
        ("Formation Energy", "1x0e"),
        ("surface normals", "1x1o"),
    ],
)
def test_representations(name: str, rep: str) -> None:
    quantity = find_quantity(name)
    assert quantity is not None
    assert str(quantity.spatial) == rep


def test_components_count_independent_entries() -> None:
    """A totally symmetric tensor of rank r has C(r+2, 2) entries; elasticity 21, piezoelectricity 18."""
    entries = {"polarizability": comb(4, 2), "hyperpolarizability": comb(5, 2)}
    entries |= {"second_hyperpolarizability": comb(6, 2), "elasticity_tensor": 21}
    entries |= {"piezoelectric_tensor": 18, "nmr_shielding_tensor": 9}
    for name, count in entries.items():
        quantity = find_quantity(name)
        assert quantity is not None
        assert quantity.spatial.dim == count


def test_a_name_brings_unit_place_and_extensivity(ask: Ask) -> None:
    energy = regress(ask, "E(3)", ["U0"]).targets[0]
    assert (energy.unit, energy.per_sample, energy.extensive) == ("eV", True, True)
    charges = regress(ask, "E(3)", ["partial charges"]).targets[0]
    assert (charges.unit, charges.per_sample) == ("e", False)
    gap = regress(ask, "E(3)", ["gap"]).targets[0]
    assert not gap.extensive


@pytest.mark.parametrize(
    ("targets", "written", "taken"),
    [
        (["torque"], "1x1o", "1x1e"),
        (["angular momentum"], "1x1o", "1x1e"),
        (["dipole_moment"], "1x0e", "1x1o"),
        (["dipole_moment"], "3x0e", "1x1o"),
        (["polarizability"], "6x0e", "1x0e + 1x2e"),
        (["specific_rotation"], "1x0e", "1x0o"),
        (["energy"], "1x1o", "1x0e"),
    ],
)
def test_contradicting_representations_are_corrected(
    ask: Ask, targets: list[str], written: str, taken: str
) -> None:
    problem = regress(ask, "E(3)", targets, representation=written)
    assert str(problem.targets[0].rep) == taken
    assert "quantity-corrected" in codes(problem)


def test_parity_is_corrected_even_where_the_group_has_none(ask: Ask) -> None:
    problem = regress(ask, "SE(3)", ["torque"], representation="1x1o")
    assert str(problem.targets[0].rep) == "1x1"
    assert codes(problem) == {"quantity-corrected"}
    problem = regress(ask, "SE(3)", ["torque"], representation="1x1e")
    assert codes(problem) == {"parity-dropped"}


def test_an_agreeing_representation_is_kept_in_its_order(ask: Ask) -> None:
    problem = regress(ask, "E(3)", ["polarizability"], representation="1x2e + 1x0e")
    assert str(problem.targets[0].rep) == "1x2e + 1x0e"
    assert not codes(problem)


def test_several_targets_are_one_output(ask: Ask) -> None:
    problem = regress(ask, "E(3)", ["gap", "homo", "dipole moment"])
    assert str(problem.targets[0].rep) == "2x0e + 1x1o"
    assert "mixed-extensivity" in codes(problem)
    assert str(regress(ask, "E(3)", ["magic"]).targets[0].rep) == "1x0e"


def test_sample_and_point_do_not_mix(ask: Ask) -> None:
    with pytest.raises(InputError) as caught:
        regress(ask, "E(3)", ["energy", "forces"])
    assert caught.value.repair == {"task.targets": ["energy"]}
    assert "force_prediction" in str(caught.value)


@pytest.mark.parametrize(
    ("target", "per", "sample"), [("forces", "sample", False), ("count", "point", True)]
)
def test_the_place_of_a_quantity_is_corrected(
    ask: Ask, target: str, per: str, sample: bool
) -> None:
    problem = regress(ask, "E(3)", [target], per=per)
    assert problem.targets[0].per_sample is sample
    assert "per-corrected" in codes(problem)


def test_components_are_joined(ask: Ask) -> None:
    problem = regress(ask, "E(3)", ["dipole_x", "dipole_y", "dipole_z", "gap"])
    assert str(problem.targets[0].rep) == "1x1o + 1x0e"
    assert "components-joined" in codes(problem)
    spin = regress(ask, "E(3)", ["torque x", "torque y", "torque z"])
    assert str(spin.targets[0].rep) == "1x1e"
    stress = regress(ask, "E(3)", [f"stress_{e}" for e in ("xx", "yy", "zz", "xy", "xz", "yz")])
    assert str(stress.targets[0].rep) == "1x0e + 1x2e"
    wind = regress(ask, "C4", ["u_x", "u_y"], "images", per="point")
    assert str(wind.targets[0].rep) == "1xirrep(1)"
    plain = regress(ask, "S_n", ["a_x", "a_y", "a_z"], "sets")
    assert str(plain.targets[0].rep) == "3xtrivial"


@pytest.mark.parametrize(
    ("group", "written", "taken", "code"),
    [
        ("SE(3)", "1x1o", "1x1", "parity-dropped"),
        ("SE(3)", "1x0e + 1x2e", "1x0 + 1x2", "parity-dropped"),
        ("SE(3)", "2x1", "2x1", None),
        ("E(3)", "1x1e", "1x1e", None),
    ],
)
def test_parity_follows_the_group(
    ask: Ask, group: str, written: str, taken: str, code: str | None
) -> None:
    problem = regress(ask, group, 1, representation=written)
    assert str(problem.targets[0].rep) == taken
    assert codes(problem) == ({code} if code else set())


def test_missing_parity_is_asked_for(ask: Ask) -> None:
    with pytest.raises(InputError) as caught:
        regress(ask, "E(3)", 1, representation="1x1")
    assert caught.value.repair == {"task.representation": "1x1o"}


def test_vectors_of_the_plane(ask: Ask) -> None:
    problem = regress(ask, "SO(2)", 1, "images", representation="1x1o", per="point")
    assert str(problem.targets[0].rep) == "1xirrep(1)"
    assert codes(problem) == {"representation-translated"}
    with pytest.raises(InputError):
        regress(ask, "D4", ["elasticity tensor"], "images")


@pytest.mark.parametrize("domain", ["sets", "graphs"])
def test_no_directions_without_positions(ask: Ask, domain: str) -> None:
    with pytest.raises(InputError) as caught:
        regress(ask, "S_n", ["velocity"], domain)
    assert caught.value.repair == {"task.targets": ["speed"]}
    with pytest.raises(InputError):
        regress(ask, "S_n", 1, domain, representation="1x1o")


def test_pseudoscalars_know_about_mirrors(ask: Ask) -> None:
    problem = regress(ask, "E(3)", ["optical rotation"])
    warning = next(each for each in problem.warnings if each.code == "handed-target")
    assert "SE(3)" in warning.hint
    assert not codes(regress(ask, "SE(3)", ["optical rotation"]))
    with pytest.raises(InputError):
        understand(
            ask(
                "E(3)",
                "molecules",
                {"type": "regression", "targets": ["chirality"]},
                answers={"reflection": "invariant"},
            )
        )


def test_features_with_parity_under_rotations_alone(ask: Ask) -> None:
    data = {"domain": "point_clouds", "features": "4x0e + 1x1o"}
    problem, _ = understand(ask("SE(3)", data, "classification"))
    assert str(problem.features) == "4x0 + 1x1"
