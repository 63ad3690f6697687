"""Could somebody build, train, ship and check the model from the specification alone?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from equidesign.backends.base import Backend
from equidesign.backends.registry import backend_by_name
from equidesign.lint.recipe import PRECISIONS, SETTINGS
from equidesign.scoring.evidence import Evidence, is_number
from equidesign.scoring.measured import Defect, Measure, Measured, judged, shown
from equidesign.scoring.versions import Range
from equidesign.scoring.words import content_words, runs

DEVICES = ("auto", "cpu", "cuda")


def _backend(evidence: Evidence) -> Backend:
    named = backend_by_name(str(evidence.value("library", "name")))
    return named.accelerated(evidence.value("deployment", "acceleration"))


def dependencies_pinned(evidence: Evidence) -> Measured:
    """Every distribution that the code imports is listed with a least version."""
    written, needed = evidence.mapping("dependencies"), _backend(evidence).dependencies

    def defects() -> Iterator[Defect]:
        for name, version in needed.items():
            path, found = ("dependencies", name), Range.read(written.get(name))
            if name not in written:
                yield Defect(f"{name} is missing", ("dependencies",), f"{name}: {version!r}")
            elif found is None or found.low is None:
                yield Defect(f"{name} has no least version", path, f"{name}: {version!r}")

    listed = ", ".join(f"{name}{version}" for name, version in written.items())
    return judged(defects(), listed, ("dependencies",))


def versions_supported(evidence: Evidence) -> Measured:
    """The ranges of versions lie within those that the generated code is known to work with."""
    backend = _backend(evidence)
    tested = {("dependencies", name): version for name, version in backend.dependencies.items()}
    tested["library", "version"] = backend.version

    def defects() -> Iterator[Defect]:
        for path, version in tested.items():
            value = evidence.value(*path)
            found, known = Range.read(value), Range.read(version)
            if found is None or known is None or not found.within(known):
                text = f"{'.'.join(path)} is {shown(value)}, tested with {version}"
                yield Defect(text, path, f"write {version!r}")
        name = next(each for each, v in backend.dependencies.items() if v == backend.version)
        library, pinned = evidence.value("library", "version"), evidence.value("dependencies", name)
        if Range.read(library) != Range.read(pinned):
            text = f"library.version is {shown(library)}, dependencies.{name} is {shown(pinned)}"
            yield Defect(text, ("library", "version"), "write the same range twice")

    return judged(defects(), "versions as tested with the generated code", ("dependencies",))


def training_recipe(evidence: Evidence, words: Sequence[str]) -> Measured:
    """The recipe says loss, optimiser, schedule, and numbers that can train.

    Args:
        words: how schedules are called.
    """

    def defects() -> Iterator[Defect]:
        for key, setting in SETTINGS["training"].items():
            value = evidence.value("training", key)
            if setting.usual is None or not (setting.objection(value) or setting.is_unusual(value)):
                continue
            least, largest = setting.usual
            kind = "a whole number" if setting.sort == "count" else "a number"
            repair = f"choose {kind} from {least:g} to {largest:g}"
            yield Defect(f"{key} is {shown(value)}", ("training", key), repair)
        for key, known in (("optimizer", _OPTIMIZERS), ("schedule", frozenset(words))):
            value = evidence.value("training", key)
            if not isinstance(value, str) or not known & content_words(value):
                yield Defect(
                    f"{key} is {shown(value)}",
                    ("training", key),
                    f"{key}: name one of {', '.join(sorted(known))}",
                )
        if not isinstance(evidence.value("training", "augmentation"), str):
            path = ("training", "augmentation")
            yield Defect("augmentation is missing", path, "say what is still needed, or none")

    rate, epochs = evidence.value("training", "learning_rate"), evidence.value("training", "epochs")
    optimizer = evidence.value("training", "optimizer")
    text = f"{optimizer}, learning rate {rate}, {epochs} epochs, with schedule and clipping"
    return judged(defects(), text, ("training",))


_OPTIMIZERS = frozenset({"adam", "adamw", "radam", "lion", "muon", "lbfgs"})


def loss_fits(evidence: Evidence) -> Measured:
    """The loss is the one of the task."""
    assert evidence.designed is not None
    expected, path = evidence.designed.training["loss"], ("training", "loss")
    value = evidence.value(*path)
    wrong = (
        [Defect(f"the loss is {shown(value)}", path, f"write {expected}")]
        if value != expected
        else []
    )
    return judged(wrong, f"{expected} for {evidence.value('task')}", path)


def deployment_said(evidence: Evidence) -> Measured:
    """Precision and device are those that were asked for, and it is said how to install what is needed."""
    assert evidence.request is not None
    wishes, backend = evidence.request.constraints, _backend(evidence)

    def defects() -> Iterator[Defect]:
        precision, device = (
            evidence.value("deployment", "precision"),
            evidence.value("deployment", "device"),
        )
        if precision != wishes.precision:
            path = ("deployment", "precision")
            yield Defect(f"precision is {shown(precision)}", path, f"write {wishes.precision}")
        right = (wishes.device,) if wishes.device else DEVICES
        if device not in right:
            yield Defect(
                f"device is {shown(device)}", ("deployment", "device"), f"write {right[0]}"
            )
        if not runs(evidence.value("deployment", "install"), backend.install):
            path = ("deployment", "install")
            yield Defect("it is not said what to install", path, f"write {backend.install}")

    precision, device = (
        evidence.value("deployment", "precision"),
        evidence.value("deployment", "device"),
    )
    return judged(defects(), f"{precision} on {device}; {backend.install}", ("deployment",))


def verification_planned(evidence: Evidence, command: str, test: str) -> Measured:
    """It is said how the symmetry is checked, and which error to expect in both precisions.

    Args:
        command: how the command starts.
        test: how the test is run, which needs no equidesign.
    """
    section = "verification"

    def defects() -> Iterator[Defect]:
        if not runs(evidence.value(section, "command"), command):
            yield Defect("no command checks it", (section, "command"), f"write {command} .")
        if not runs(evidence.value(section, "test"), test):
            yield Defect("no test checks it", (section, "test"), f"write {test}")
        for precision, (spacing, largest) in PRECISIONS.items():
            path = (section, "expected_relative_error", precision)
            value = evidence.value(*path)
            if not is_number(value) or not spacing <= value <= largest:
                text = f"the error expected in {precision} is {shown(value)}"
                repair = (
                    f"choose from {spacing:.0e} (rounding) to {largest:.0e} (more hides a break)"
                )
                yield Defect(text, path, repair)

    errors = evidence.mapping(section, "expected_relative_error")
    listed = ", ".join(f"{value} in {key}" for key, value in errors.items())
    return judged(defects(), f"by command and by test; errors expected: {listed}", (section,))


PREDICATES: Mapping[str, Measure] = {
    "dependencies-pinned": dependencies_pinned,
    "versions-supported": versions_supported,
    "training-recipe": training_recipe,
    "loss-fits": loss_fits,
    "deployment-said": deployment_said,
    "verification-planned": verification_planned,
}
