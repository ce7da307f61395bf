"""A real browser, Chromium without windows, driven as the W3C's WebDriver says."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

DRIVER = shutil.which("chromedriver")
"""Debian's package `chromium-driver`; None where there is none."""
PATIENCE = 60
"""Seconds until a page is taken to hang."""


class Browser:
    """A browser with one page; `size` is that of its window, pixels."""

    def __init__(self, size: tuple[int, int] = (1000, 760)) -> None:
        assert DRIVER is not None
        self._driver = subprocess.Popen(
            [DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._driver.stdout is not None
        said = (re.search(r"started successfully on port (\d+)", x) for x in self._driver.stdout)
        port = next(match for match in said if match)[1]
        self._address = f"http://127.0.0.1:{port}/session"
        # Without its sandbox, for it refuses to have one where root starts it.
        arguments = ["--headless=new", "--no-sandbox", "--window-size={},{}".format(*size)]
        wanted = {"goog:chromeOptions": {"args": arguments}}
        try:
            session = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        except OSError:
            self._driver.kill()
            raise
        self._address += f"/{session['sessionId']}"

    def open(self, address: str) -> None:
        """Open a page."""
        self._call("POST", "/url", {"url": address})

    def run(self, script: str) -> Any:
        """What a JavaScript function of this body returns in the page."""
        return self._call("POST", "/execute/sync", {"script": script, "args": []})

    def wait(self, script: str) -> Any:
        """What such a function returns, as soon as it is something."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if result := self.run(script):
                return result
            time.sleep(0.1)
        raise AssertionError(f"the page never came to: {script}")

    def screenshot(self, path: Path) -> None:
        """Write what is seen, as PNG."""
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def end(self) -> None:
        """Close the browser."""
        self._call("DELETE", "")
        self._driver.terminate()
        self._driver.communicate()

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self._address + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]
