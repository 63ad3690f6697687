"""Models that fit and are still worth less: too few layers, degrees that nothing reads, another family."""

from __future__ import annotations

from collections.abc import Callable

from specimens import base, cells, data_of, held, judgements, score_of, specification

from equidesign.layers.measure import refreshed
from equidesign.scoring.measured import Measured
from equidesign.scoring.score import Score
from equidesign.spec.layer import Layer

GRAPHS = "graphs|4-9|S_n|classification"
FORCES = "molecules|[1,6,7,8]|E(3)|force_prediction"


def cell(name: str) -> int:
    return next(index for index, each in enumerate(cells()) if each.id == name)


def changed(name: str, change: Callable[[Layer], Layer | None]) -> Score:
    """Return the score of a cell whose layers were changed, and everything that follows from them anew."""
    spec = specification(cell(name))
    layers = tuple(new for layer in spec.layers if (new := change(layer)) is not None)
    return score_of(refreshed(spec.model_copy(update={"layers": layers})).to_data())


def lost(score: Score, name: str) -> dict[str, Measured]:
    """Return what was lost by itself, and not for something that it needs."""
    before = held(base(cell(name)))
    return {
        key: each.measured
        for key, each in judgements(score).items()
        if key in before and not each.holds and not each.blocked
    }


def messages(kept: int) -> Callable[[Layer], Layer | None]:
    def change(layer: Layer) -> Layer | None:
        if layer.name.startswith("messages_") and int(layer.name[-1]) > kept:
            return None
        if layer.name == "norm":
            return layer.model_copy(update={"source": f"messages_{kept}" if kept else "embedding"})
        return layer

    return change


def test_one_round_of_messages_does_not_see_far() -> None:
    found = lost(changed(GRAPHS, messages(1)), GRAPHS)
    assert found["reach"].text == "rounds of messages between neighbours: 1"
    assert "nonlinear" not in found


def test_one_nonlinear_layer_is_not_enough() -> None:
    found = lost(changed(GRAPHS, messages(0)), GRAPHS)
    assert found["nonlinear"].text == "nonlinear layers: 1 (gelu)"
    assert "family-built" in found


def test_two_rounds_are_enough() -> None:
    found = lost(changed(GRAPHS, messages(2)), GRAPHS)
    assert found.keys() <= {"decisions-consistent", "size-sensible"}


def test_a_degree_that_nothing_reads() -> None:
    def change(layer: Layer) -> Layer:
        if layer.name == "interaction_3":
            return layer.model_copy(
                update={"out": layer.out.model_copy(update={"rep": "64x0e + 8x1o"})}
            )
        if layer.name == "energy_readout":
            return layer.model_copy(
                update={"in_": layer.in_.model_copy(update={"rep": "64x0e + 8x1o"})}
            )
        return layer

    found = lost(changed(FORCES, change), FORCES)
    assert found["features-read"].text == "1o of 'interaction_3' is used by nothing that reads it"
    assert found["features-read"].path == ("layers", 4, "out", "rep")


def test_another_family_than_the_first_has_to_be_asked_for() -> None:
    data = data_of(cell(f"{FORCES}|painn"))
    assert "family-first" in held(score_of(data))
    del data["request"]["constraints"]["family"]
    measured = judgements(score_of(data))["family-first"].measured
    assert not measured.holds
    assert measured.text == "rule 'molecules-forces' ranks nequip before painn"
    assert measured.repair == "use nequip, or ask for it: constraints.family: painn"
