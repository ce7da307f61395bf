"""A job, seen from the worker: a process that can be killed, and the folder that it works in."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from styleplug.errors import ProtocolError, StyleplugError
from styleplug.worker.folders import remove
from styleplug.worker.lines import Output, encoded, read_lines

_COMMAND = (sys.executable, "-P", "-m", "styleplug.worker.job")
_LAST = ("catalogue", "finished", "failed", "cancelled")
"""Types of messages that nothing follows."""
_TYPES = ("planned", "progress", "preview", *_LAST)

_log = logging.getLogger("styleplug")


class JobProcess:
    """What is done for one `id`. Call its methods from the thread that serves the host.

    Args:
        id: the host's name for it.
        folder: where its process works; None for work that needs no files.
        output: where its messages go.
    """

    def __init__(self, id: str, folder: Path | None, output: Output) -> None:
        self.id, self._folder, self._output = id, folder, output
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._over = False

    def start(self, line: bytes) -> None:
        """Have a process do what a message asks for.

        Raises:
            ProtocolError: one has been started already.
            StyleplugError: the system gives none.
        """
        if self._process is not None:
            raise ProtocolError(self.id, f"the job {self.id!r} has been begun already")
        try:
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=self._folder,
                **_apart(),
            )
        except OSError as error:
            raise StyleplugError(
                f"no process can be started for the job ({error.strerror}); close other programs"
            ) from error
        assert self._process.stdin is not None
        Output(self._process.stdin.fileno()).write(line)
        # Only then, for the listener closes the pipe of a process that dies.
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def stop(self, line: bytes) -> None:
        """Pass on the wish to end with the picture as it is, unless there is nothing to end."""
        with self._lock:
            if self._process is None or self._over:
                return
            assert self._process.stdin is not None
            Output(self._process.stdin.fileno()).write(line)

    def cancel(self) -> None:
        """Kill the process and say so, unless there is nothing to cancel."""
        with self._lock:
            if self._process is None or self._over:
                return
            self._over = True
            # Said at once, for the memory of a large picture takes the system a while to take back.
            _kill(self._process)
            self._output.send("cancelled", id=self.id)

    def close(self) -> None:
        """End without a further message, and remove the folder."""
        self._over = True  # without the lock: a listener holds it while the host doesn't read
        if self._process is not None:
            _kill(self._process)
            self._process.wait()
        if self._folder is not None:
            remove(self._folder)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Pass the process's messages on, and see to it that there is a last one."""
        assert process.stdout is not None
        has_warned = False
        with process:
            for line in read_lines(process.stdout):
                kind = self._type_of(line)
                if line is None or kind is None:
                    if not has_warned:
                        _log.warning("the job %.80r has written what is no message", self.id)
                    has_warned = True
                    continue
                self._send(line, kind in _LAST)
                if kind in _LAST:
                    break
            _kill(process)
        self._send(_failure(self.id, process.returncode), last=True)

    def _type_of(self, line: bytes | None) -> str | None:
        """The type of a message of this job; None for a line that is none.

        A plug-in, or a library, may write to any pipe that it finds, and a process die in the
        middle of a word.
        """
        if line is None or not line.endswith(b"\n"):
            return None
        try:
            message = json.loads(line)
            kind: str = message["type"]
            return kind if kind in _TYPES and message["id"] == self.id else None
        except (ValueError, TypeError, LookupError, RecursionError):
            return None

    def _send(self, line: bytes, last: bool) -> None:
        with self._lock:
            if not self._over:
                self._over = last
                self._output.write(line)


def _apart() -> dict[str, Any]:
    """Arguments that start a process so that it can be killed with all that it starts, and no more.

    It also leaves a Ctrl-C in the worker's terminal to the worker.
    """
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is not None:  # its number may belong to another by now
        return
    if sys.platform == "win32":
        process.kill()
    else:
        # macOS denies permission where all that is left is a zombie.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _failure(id: str, code: int) -> bytes:
    """What is said of a process that died without a last message."""
    how = f"exit code {code}"
    if code < 0:
        how = f"signal {-code}, {signal.strsignal(-code)}"
    return encoded(
        "failed",
        id=id,
        code="crashed",
        message=f"the job's process died ({how}); if memory may have run out, take a smaller size"
        " or close other programs; what else is known stands on the worker's standard error",
    )
