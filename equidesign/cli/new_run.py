"""One run of ``equidesign new``: where its answers come from, where they are kept, and what they become."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from equidesign.errors import InputError
from equidesign.report.layout import Line, facts
from equidesign.terminal import screens
from equidesign.terminal.asker import Answer, Asker
from equidesign.terminal.session import VERIFY, WRITE, finish, folder_question
from equidesign.wizard.flow import Flow, Notice
from equidesign.wizard.store import forget, load, save, state_file


class Run:
    """The answers so far, and where they go.

    Attributes:
        directory: where the bundle goes; None for the request's name.
        source: the request that it started from, which stays as it is.
        force: whether edited files may be replaced.
        unkept: why the answers could not be kept; empty if they were.
    """

    def __init__(self, directory: Path | None, source: Path | None, force: bool) -> None:
        self.directory = directory
        self.source = source
        self.force = force
        self.state = state_file(directory or Path())
        self.flow = Flow()
        self.unkept = ""

    @property
    def again(self) -> str:
        """The command that begins such a run."""
        return shlex.join(["equidesign", "new", *([str(self.directory)] if self.directory else [])])

    def keep(self, flow: Flow) -> None:
        """Keep the answers, here and in the person's state folder; where that can't be written, go on without."""
        self.flow = flow
        try:
            save(flow, self.state)
            self.unkept = ""
        except OSError as error:
            self.unkept = f"'{self.state}' cannot be written: {error.strerror}"

    @property
    def farewell(self) -> str:
        """What to say to somebody who stopped."""
        if self.unkept:
            return f"the answers are not kept: {self.unkept}"
        return f"the answers are kept: {self.again} --resume"

    def talk(self, asker: Asker, notices: tuple[Notice, ...] = ()) -> None:
        """Ask, write, and verify if that is wanted.

        Raises:
            InputError: the files cannot be written there, and nobody can be asked for another place.
        """
        installed = any(distributions(name="torch"))
        wish = WRITE
        written: Written | None = None
        while written is None:
            flow, wish = asker.talk(lambda: finish(self.flow, asker, self.keep, installed, notices))
            self.keep(flow)
            asker.show([Line(), *screens.review(flow, asker.width)])
            try:
                written = write(flow, self.directory, self.source, self.force)
            except InputError as error:
                if asker.scripted:
                    raise
                self._elsewhere(flow, asker, error)
        forget(self.state)
        asker.show([*written.lines()])
        if wish == VERIFY:
            from equidesign.cli.verify import verify_and_report

            verify_and_report(written.folder)

    def _elsewhere(self, flow: Flow, asker: Asker, error: InputError) -> None:
        """Ask for another folder, because this one cannot be written."""
        notice = Notice(
            "contradiction", str(error.where or "") + f" {error.what}", error.hint or ""
        )
        question = folder_question(self.directory or Path(str(flow.data["name"])))
        reply = asker.talk(lambda: asker.ask(flow, question, (notice,)))
        if isinstance(reply, Answer):
            self.directory = Path(str(reply.value))


def kept_before(run: Run) -> tuple[Notice, ...]:
    """Return the notice that answers of an interrupted run are there, which the first answer replaces."""
    if load(run.state) is None:
        return ()
    text = "answers of an interrupted run are kept; the first answer here replaces them"
    return (Notice("found", text, f"to go on with them, stop here and run {run.again} --resume"),)


def resumed(run: Run) -> Flow:
    """Return the answers of an interrupted run.

    Raises:
        InputError: there are none.
    """
    flow = load(run.state)
    if flow is None:
        raise InputError(
            "there are no kept answers to go on with",
            expected="the folder and the working directory of the run that was interrupted",
            hint=f"begin with: {run.again}",
        )
    return flow


def started(source: Path | None, options: Mapping[str, str | None], changes: Sequence[str]) -> Flow:
    """Return the flow that begins with a request and with answers from the command line.

    Raises:
        InputError: the request or an answer cannot be used.
    """
    from equidesign.wizard.given import filled, given_answers, misfit, settled
    from equidesign.wizard.start import flow_from

    data = request_of(source)
    flow = settled(flow_from(data, given_answers(options, changes, data)))
    if refused := misfit(flow):
        raise refused[1]
    return filled(flow) if source else flow


def one_screen(
    source: Path | None, options: Mapping[str, str | None], changes: Sequence[str], asker: Asker
) -> Flow:
    """Return the flow that was filled in on one screen.

    Raises:
        InputError: the request or an answer cannot be used.
    """
    from equidesign.terminal import expert
    from equidesign.wizard.given import given_answers

    data = request_of(source)
    page = expert.Expert(data, given_answers(options, changes, data))
    return expert.one_screen(page, asker)


def request_of(source: Path | None) -> dict[str, Any]:
    """Return the data of a request; none without a file.

    Raises:
        InputError: it cannot be read, or is no request; with the place.
    """
    if source is None:
        return {}
    from equidesign.spec.request import parse_request
    from equidesign.spec.yamlio import load_file

    document = load_file(source)
    parse_request(document)
    return dict(document.data)


@dataclass(frozen=True)
class Written:
    """What was written, and how to make it again.

    Attributes:
        is_new: whether the request was written; one that says the same stays as it is.
    """

    folder: Path
    files: tuple[str, ...]
    request: Path
    is_new: bool
    name: str
    install: str

    def lines(self) -> Iterator[Line]:
        """Yield where everything is, and what can be done next."""
        again = ["equidesign", "design", str(self.request)]
        if self.folder != Path(self.name):
            again += ["-o", str(self.folder)]
        folder = shlex.quote(str(self.folder))
        yield Line()
        yield Line(f"wrote {self.folder}/ ({', '.join(self.files)})", style="bold")
        if self.is_new:
            yield Line(f"wrote {self.request}: every answer, with a comment", style="bold")
        else:
            yield Line(f"{self.request} says the same already, and stays as it is", style="bold")
        yield Line()
        yield from facts(
            [
                ("again, without questions", shlex.join(again)),
                ("why each choice", f"equidesign explain {folder}"),
                ("install the library", self.install),
                ("check the symmetry", f"equidesign verify {folder}"),
                ("train", f"python {folder}/train.py --help"),
            ]
        )


def write(flow: Flow, directory: Path | None, source: Path | None, force: bool) -> Written:
    """Write the bundle, and the commented request beside it.

    Raises:
        InputError: the folder or the request is somebody's work and would be lost, or they cannot be written.
    """
    from equidesign.backends.registry import backend_of
    from equidesign.cli.files import check_writable, write_file
    from equidesign.render.bundle import write_bundle
    from equidesign.wizard.preview import designed
    from equidesign.wizard.request_text import request_text

    spec = designed(flow.data).specification
    folder = directory or Path(spec.name)
    whole = folder if folder.name not in ("", "..") else folder.resolve()
    request = whole.with_name(f"{whole.name}.yaml")
    if source is not None and _same(source, flow):
        request = source
    is_there = request.exists() and _same(request, flow)
    if request.exists() and not (is_there or force):
        raise InputError(
            "is another request",
            where=str(request),
            hint="choose another folder, or use --force to replace it",
        )
    if request.parent.is_dir():
        check_writable("the request", request)
    files = write_bundle(spec, folder, force)
    if not is_there:
        text = request_text(flow)
        write_file(request, lambda part: part.write_text(text, encoding="utf-8"))
    install = backend_of(spec).install
    return Written(folder, files, request, not is_there, spec.name, install)


def _same(path: Path, flow: Flow) -> bool:
    """Tell whether a file holds the request that the answers make."""
    from equidesign.spec.request import parse_request, request_from_data
    from equidesign.spec.yamlio import load_file

    try:
        return parse_request(load_file(path)) == request_from_data(flow.data)
    except InputError:
        return False
