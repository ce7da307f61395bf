"""The worker's loop: reads what the host says, and has it done. It loads nothing that is heavy."""

from __future__ import annotations

import platform
from importlib.util import find_spec
from typing import Any, BinaryIO

import styleplug
from styleplug.errors import MissingDependencyError, ProtocolError, StyleplugError
from styleplug.runtime.models import pick_backbone
from styleplug.worker.folders import Folders
from styleplug.worker.jobs import JobProcess
from styleplug.worker.lines import LONGEST, Output, read_lines, shortened
from styleplug.worker.messages import (
    VERSIONS,
    CancelMessage,
    CatalogueMessage,
    CloseMessage,
    FilterMessage,
    HelloMessage,
    HostMessage,
    OpenMessage,
    ShutdownMessage,
    StopMessage,
    StylizeMessage,
    parse,
)


class VersionError(ProtocolError):
    """The host knows none of the versions of the protocol that are known here."""


class Worker:
    """One conversation with a host.

    Args:
        output: where messages to the host go.

    Raises:
        StyleplugError: no folder for pictures can be made.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._folders = Folders()
        self._jobs: dict[str, JobProcess | None] = {}
        """By id; None for one that is closed, whose id stays used."""
        self._greeted = False

    def serve(self, stream: BinaryIO) -> None:
        """Answer the lines of a stream until it ends or the host says so; leave nothing behind.

        Raises:
            VersionError: the conversation can't begin; the host was told.
        """
        try:
            is_asked_to = any(self._answer(line) for line in read_lines(stream))
        finally:
            for job in self._jobs.values():
                if job is not None:
                    job.close()
            self._folders.remove()
        if is_asked_to:  # otherwise there is nobody to take leave of
            self._output.send("bye")

    def _answer(self, line: bytes | None) -> bool:
        """Do what a line asks for, or say what is wrong with it; True where that is to end."""
        id = None
        try:
            if line is None:
                raise ProtocolError(None, f"a line is longer than {LONGEST} bytes")
            message = parse(line)
            id = getattr(message, "id", None)
            self._do(message, line)
            return isinstance(message, ShutdownMessage)
        except VersionError as error:
            self._send_error(error, None, supported=list(VERSIONS))
            raise
        except StyleplugError as error:
            self._send_error(error, error.id if isinstance(error, ProtocolError) else id)
            return False

    def _do(self, message: HostMessage, line: bytes) -> None:
        match message:
            case HelloMessage():
                self._greet(message)
            case ShutdownMessage():
                pass
            case _ if not self._greeted:
                raise ProtocolError(message.id, "the first message must be hello")
            case OpenMessage(id) | CatalogueMessage(id) if id in self._jobs:
                raise ProtocolError(id, f"the id {id!r} has been used already")
            case OpenMessage(id):
                folder = self._folders.new()
                self._jobs[id] = JobProcess(id, folder, self._output)
                self._output.send("opened", id=id, folder=str(folder))
            case CatalogueMessage(id):
                job = self._jobs[id] = JobProcess(id, None, self._output)
                job.start(line)
            case StylizeMessage(id) | FilterMessage(id):
                self._job(id).start(line)
            case StopMessage(id):
                self._job(id).stop(line)
            case CancelMessage(id):
                self._job(id).cancel()
            case CloseMessage(id):
                self._job(id).close()
                self._jobs[id] = None
                self._output.send("closed", id=id)

    def _greet(self, hello: HelloMessage) -> None:
        shared = [version for version in VERSIONS if version <= hello.protocol]
        if not shared:
            raise VersionError(None, f"version {hello.protocol} of the protocol is not known here")
        self._greeted = True
        problems = _problems()
        self._output.send(
            "hello",
            protocol=max(shared),
            styleplug=styleplug.__version__,
            python=platform.python_version(),
            capabilities=[
                *([] if problems else ["stylize", "regions"]),
                "filter",
                "preview",
                "stop",
                "checkpoint",
            ],
            **({"problems": problems} if problems else {}),
        )

    def _job(self, id: str) -> JobProcess:
        """The job of an id that the host has opened and not closed."""
        job = self._jobs.get(id)
        if job is None:
            raise ProtocolError(id, f"no job {id!r} is open")
        return job

    def _send_error(self, error: StyleplugError, id: str | None, **more: Any) -> None:
        self._output.send("error", id=id, code=error.code, message=shortened(error), **more)


def _problems() -> list[str]:
    """Why no transfer could run, as far as that can be seen without loading anything."""
    problems: list[StyleplugError] = []
    if find_spec("onnxruntime") is None:
        problems.append(MissingDependencyError("onnxruntime", "cpu"))
    try:
        pick_backbone("auto")
    except StyleplugError as error:
        problems.append(error)
    return [str(problem) for problem in problems]
