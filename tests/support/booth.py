"""photobooth-app's web service, started in a folder, and spoken with over HTTP."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PATIENCE = 60
"""Seconds until the host is taken to hang."""
LOGIN = b"username=admin&password=0000"
"""As the host comes."""


class Booth:
    """The host's web service, on a port of the loopback interface.

    Args:
        python: that which it is installed for.
        folder: where it keeps its settings, pictures and log.
        environment: variables that it is started with.
        filter: what every picture that is taken goes through.
    """

    def __init__(
        self, python: Path, folder: Path, environment: dict[str, str], filter: str = "original"
    ) -> None:
        action = {
            "jobcontrol": {"countdown_capture": 0},
            "processing": {"image_filter": filter},
            "trigger": {},
        }
        (folder / "config").mkdir()
        (folder / "config/config.json").write_text(json.dumps({"actions": {"image": [action]}}))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._output = folder / "output.txt"
        with self._output.open("w") as output:
            self._process = subprocess.Popen(
                [python, "-m", "photobooth", "--host", "127.0.0.1", "--port", str(port)],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.eventually(self._answers)

    @property
    def log(self) -> list[str]:
        """The lines that it has written."""
        return self._output.read_text("utf-8").splitlines()

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        request = urllib.request.Request(
            self.address + path, data=body, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def get(self, path: str) -> Any:
        """What a JSON answer holds."""
        status, body = self.request("GET", path)
        assert status == 200, body
        return json.loads(body)

    def picture(self, path: str) -> NDArray[np.float32]:
        """An answer that is a picture, (H, W, 3) in [0, 1]."""
        status, body = self.request("GET", path)
        assert status == 200, body
        return pixels(io.BytesIO(body))

    def take_picture(self) -> str:
        """Have the camera take a picture; returns its id, once it is in the gallery."""
        before = {item["id"] for item in self.get("/api/mediacollection/")}
        self.get("/api/actions/image/0")
        taken: set[str] = self.eventually(
            lambda: {item["id"] for item in self.get("/api/mediacollection/")} - before
        )
        return taken.pop()

    def apply(self, picture: str, filter: str) -> int:
        """Have a picture of the gallery filtered; returns the answer's status."""
        return self.request("PATCH", f"/api/filter/{picture}?filter={quote(filter)}")[0]

    def configure(self, **settings: Any) -> int:
        """Change the plug-in's settings as the admin page does; returns the answer's status."""
        status, body = self.request("POST", "/api/admin/auth/token", LOGIN)
        assert status == 200, body
        return self.request(
            "PATCH",
            "/api/admin/config/filter_styleplug",
            json.dumps(settings).encode(),
            **{"Authorization": f"Bearer {json.loads(body)['access_token']}"},
            **{"Content-Type": "application/json"},
        )[0]

    def eventually(self, condition: Callable[[], Any]) -> Any:
        """What the condition gives, as soon as it gives something."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            if result := condition():
                return result
            time.sleep(0.05)
        self.end()
        raise AssertionError("photobooth-app has ended, or hangs:\n" + "\n".join(self.log))

    def end(self) -> None:
        """End it, with all that it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/")[0] == 200
        except OSError:  # not yet
            return False


def pixels(file: Path | io.BytesIO) -> NDArray[np.float32]:
    """The picture in a file, (H, W, 3) in [0, 1]."""
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"), np.float32) / np.float32(255)
