"""A client for tests: starts a real service, and speaks HTTP with it, well or badly."""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

COMMAND = (sys.executable, "-P", "-m", "styleplug")
LIMITED = Path(__file__).with_name("limited_studio.py")
SECONDS = 120
"""After which silence is taken for a hang."""
BOUNDARY = "a-boundary"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Of the problem that it tells of."""
        code: str = self.json["error"]["code"]
        return code


class StudioClient:
    """A service of its own, and a program that calls it; `end` it.

    Args:
        folder: of the user's data.
        arguments: of the command.
        environment: of the process, besides.
        port: to listen at.
        command: that starts it.
        limits: other than the usual ones; the process has no arguments then.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: object,
        environment: Mapping[str, str] | None = None,
        port: int = 0,
        command: str = "serve",
        limits: Mapping[str, float] | None = None,
    ) -> None:
        self.folder = folder
        self._log = (folder.parent / f"{folder.name}.log").open("ab+")
        usual = [*COMMAND, command, "--port", str(port), *map(str, arguments)]
        self.process = subprocess.Popen(
            usual if limits is None else [sys.executable, "-P", str(LIMITED)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={
                **os.environ,
                "STYLEPLUG_DATA_DIR": str(folder),
                "PYTHONWARNINGS": "error",
                "STUDIO_LIMITS": json.dumps(limits),
                **(environment or {}),
            },
        )
        assert self.process.stdout is not None
        self.said = ""
        while not (found := re.search(r"http://(\S+):(\d+)/\?token=(\S+)", self.said)):
            line = self.process.stdout.readline()
            assert line, f"the service has ended: {self.log()}"
            self.said += line
        self.host, self.port, self.token = found[1], int(found[2]), found[3]
        self.address = f"http://{self.host}:{self.port}"
        self.authority = f"{self.host}:{self.port}"

    @property
    def bearer(self) -> dict[str, str]:
        """The header of a program that may ask."""
        return {"Authorization": f"Bearer {self.token}"}

    def log(self) -> str:
        """What the service has said for people."""
        self._log.seek(0)
        return self._log.read().decode()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | object | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        anonymous: bool = False,
    ) -> Answer:
        """Send a request, and give the answer; an object is sent as JSON."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        given = {} if anonymous else self.bearer
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            given["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, {**given, **(headers or {})})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("POST", path, body, headers)

    def upload(
        self, data: bytes, name: str = "photo.png", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a picture, as browsers do."""
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.ask("POST", "/api/v1/uploads", form(data, name), {**kind, **(headers or {})})

    def job(self, **recipe: Any) -> str:
        """Begin a job; gives its id."""
        answer = self.post("/api/v1/jobs", recipe)
        assert answer.status == 202, answer.body
        id: str = answer.json["id"]
        return id

    def events(self, job: str) -> Iterator[tuple[str, Any]]:
        """The events of a job up to its last, each with its data."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        try:
            connection.request("GET", f"/api/v1/jobs/{job}/events", headers=self.bearer)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            kind = ""
            while line := response.readline().decode().rstrip("\n"):
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield kind, json.loads(line.removeprefix("data: "))
                    if kind in ("done", "failed"):
                        return
                    response.readline()
                else:
                    response.readline()  # after a sign of life
        finally:
            connection.close()

    def finished(self, job: str) -> Any:
        """A job once it has ended."""
        *_, (_, data) = self.events(job)
        return data

    def wait_until(self, job: str, state: str) -> None:
        """Wait for a state of a job."""
        for kind, data in self.events(job):
            if kind == "state" and data["state"] == state:
                return
        raise AssertionError(f"the job was never {state}")

    def cookies(self, token: str | None = None, known: str = "") -> dict[str, str]:
        """Come in as a browser does; gives the header that it sends from now on."""
        headers = {"Cookie": known} if known else {}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        try:
            connection.request("GET", f"/?token={token or self.token}", headers=headers)
            response = connection.getresponse()
            response.read()
            assert response.status == 303, response.status
            set_cookies = response.headers.get_all("Set-Cookie") or []
            return {"Cookie": "; ".join(cookie.partition(";")[0] for cookie in set_cookies)}
        finally:
            connection.close()

    def page_token(self, cookies: Mapping[str, str]) -> str:
        """What a page finds in itself."""
        page = self.ask("GET", "/", None, cookies, anonymous=True)
        assert page.status == 200, page.body
        found = re.search(r'name="styleplug-token" content="(\w+)"', page.body.decode())
        assert found
        return found[1]

    def raw(self, data: bytes, seconds: float = 30.0) -> bytes:
        """Send anything at all, and give all that comes until the service closes the connection."""
        with socket.create_connection((self.host, self.port), timeout=seconds) as connection:
            with suppress(OSError):  # it may be closed before all of it was sent
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            return all_from(connection)

    def kill(self) -> None:
        """As a power cut does, for this process."""
        self.process.kill()
        self.process.wait(SECONDS)
        self._close()

    def end(self) -> int:
        """End the service as `kill` does; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(SECONDS)
        self._close()
        return code

    def _close(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()


def all_from(connection: socket.socket) -> bytes:
    """All that comes until the service closes a connection."""
    pieces = []
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def form(data: bytes, name: str, field: str = "file") -> bytes:
    """A form with one file."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def encoded(width: int, height: int, mode: str = "RGB", format: str = "PNG") -> bytes:
    """A picture's file: waves."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / (3 + i)) * np.cos(y / (5 + i)) for i in range(len(mode))]
    pixels = np.rint((np.stack(waves, axis=2) * 0.4 + 0.5) * 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, mode).save(file, format)
    return file.getvalue()


def children(pid: int) -> list[int]:
    """Process numbers of those that a process has started (on Linux)."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(number) for number in task.read_text().split()]
    return found


def has_ended(pid: int, seconds: float = 20.0) -> bool:
    """Whether a process ends within some time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False
