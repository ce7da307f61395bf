"""A real browser, Chromium without windows, driven as the W3C's WebDriver says."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

DRIVER = shutil.which("chromedriver")
"""Debian's package `chromium-driver`; None where there is none."""
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Space": " ",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Delete": "\ue017",
}
"""Keys without a character of their own, as WebDriver names them."""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id in messages, as the W3C's WebDriver has it."""
PATIENCE = 60
"""Seconds until a page is taken to hang."""


class Browser:
    """A browser with one page; `size` is that of its window, pixels, and `patience` how long it
    waits for something, seconds."""

    def __init__(self, size: tuple[int, int] = (1000, 760), patience: float = PATIENCE) -> None:
        assert DRIVER is not None
        self._patience = patience
        self._driver = subprocess.Popen(
            [DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._driver.stdout is not None
        said = (re.search(r"started successfully on port (\d+)", x) for x in self._driver.stdout)
        port = next(match for match in said if match)[1]
        self._address = f"http://127.0.0.1:{port}/session"
        # Without its sandbox, for it refuses to have one where root starts it.
        arguments = ["--headless=new", "--no-sandbox", "--window-size={},{}".format(*size)]
        wanted = {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
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
        try:
            return self.eventually(lambda: self.run(script))
        except AssertionError:
            raise AssertionError(f"the page never came to: {script}") from None

    def eventually(self, condition: Callable[[], Any]) -> Any:
        """What a condition gives, as soon as it gives something."""
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            if result := condition():
                return result
            time.sleep(0.1)
        raise AssertionError("that never came")

    def press(self, *keys: str) -> None:
        """Press keys one after another, such as "a" or one of `KEYS`; "Shift+Tab" is two."""
        for key in keys:
            chord = [KEYS.get(name, name) for name in key.split("+")]
            down = [{"type": "keyDown", "value": value} for value in chord]
            up = [{"type": "keyUp", "value": value} for value in reversed(chord)]
            self._act({"type": "key", "id": "keyboard", "actions": [*down, *up]})

    def hold(self, key: str) -> None:
        """Press a key and keep it down, until `release`."""
        down = {"type": "keyDown", "value": KEYS.get(key, key)}
        self._act({"type": "key", "id": "keyboard", "actions": [down]})

    def release(self) -> None:
        """Let go of all that is held down."""
        self._call("DELETE", "/actions")

    def drag(self, *places: tuple[float, float]) -> None:
        """Press the mouse's button at the first place of the window, release it at the last."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50} for x, y in places
        ]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act({"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]})

    def click(self, xpath: str) -> None:
        """Click on what an XPath finds first, scrolled to where the page lets it be seen whole; it
        must not be covered."""
        element = self._find("xpath", xpath)
        script = "arguments[0].scrollIntoView({block: 'nearest'})"
        self._call("POST", "/execute/sync", {"script": script, "args": [{_ELEMENT: element}]})
        self._call("POST", f"/element/{element}/click", {})

    def choose(self, selector: str, *files: Path) -> None:
        """Choose files in the `<input type=file>` that a CSS selector finds first."""
        element = self._find("css selector", selector)
        self._call("POST", f"/element/{element}/value", {"text": "\n".join(map(str, files))})

    def devtools(self, command: str, **parameters: Any) -> Any:
        """Send a command of the DevTools, such as `Emulation.setDeviceMetricsOverride`."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def look(self, width: int, height: int, scheme: str = "light", motion: str = "reduce") -> None:
        """Have the page seen in so many pixels, `scheme` light or dark, with motion or without."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
        said = [{"name": name, "value": value} for name, value in features.items()]
        self.devtools("Emulation.setEmulatedMedia", features=said)

    def problems(self) -> list[str]:
        """What the page has complained of in its console since this was last asked."""
        said = self._call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in said if entry["level"] in ("SEVERE", "WARNING")]

    def screenshot(self, path: Path) -> None:
        """Write what is seen, as PNG."""
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def end(self) -> None:
        """Close the browser."""
        self._call("DELETE", "")
        self._driver.terminate()
        self._driver.communicate()

    def _find(self, using: str, value: str) -> str:
        element: str
        [element] = self._call("POST", "/element", {"using": using, "value": value}).values()
        return element

    def _act(self, source: dict[str, Any]) -> None:
        self._call("POST", "/actions", {"actions": [source]})

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self._address + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:  # which has the driver's reason in its body
            raise OSError(f"{body}: {json.load(error)['value']['message']}") from None
