"""The studio's page, as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from browser import Browser

VISIBLE = "not(ancestor-or-self::*[@hidden])"
PANEL = "#panel > :not([hidden])"
TABS = ("filters", "paintings", "tune", "region", "variants", "finish", "history")


class StudioPage:
    """The page in a browser, opened by somebody whom the service hasn't seen before.

    Args:
        browser: to open it in.
        address: of the page, with its token.
        width, height: of what is seen, pixels.
    """

    def __init__(
        self, browser: Browser, address: str, width: int = 1440, height: int = 900
    ) -> None:
        self.browser = browser
        browser.look(width, height)
        browser.devtools("Network.clearBrowserCookies")
        browser.open(address)
        self.wait_until_ready()
        browser.problems()  # of pages before

    def wait_until_ready(self) -> None:
        """Wait until it has loaded what the service has."""
        self.browser.wait("return document.documentElement.dataset.ready")

    def add(self, *files: Path) -> None:
        """Choose photographs, and wait until they are there."""
        before = self.browser.run("return document.querySelectorAll('.frame').length")
        where = "#filmstrip" if before else "#stage"
        self.browser.choose(f"{where} input[type=file]", *files)
        count = before + len(files)
        self.browser.wait(
            f"return document.querySelectorAll('.frame').length == {count}"
            " && !document.querySelector('#filmstrip').textContent.includes('loading')"
        )

    def tab(self, name: str) -> None:
        """Go to a tab."""
        self.browser.click(f"//*[@id='tab-{name}']")

    def press_button(self, text: str) -> None:
        """Click on the button of a text, or of an accessible name."""
        named = f"(normalize-space()={_quoted(text)} or @aria-label={_quoted(text)})"
        self.browser.click(f"//button[{named} and {VISIBLE}]")

    def choose_filter(self, title: str) -> None:
        """Click on a filter of the sheet."""
        card = f"//*[@class='sheet']//button[.//*[@class='title' and .={_quoted(title)}]]"
        self.browser.wait(f"return !({self._found(card)} ?? {{disabled: true}}).disabled")
        self.browser.click(card)

    def choose_painting(self, title: str) -> None:
        """Click on a painting of the collection."""
        self.tab("paintings")
        self.browser.click(f"//button[@title={_quoted(title)} and {VISIBLE}]")

    def set(self, label: str, value: object) -> None:
        """Give an option of the panel a value."""
        self.browser.run(
            f"""
            {self._input(label)}
            const fold = input.closest('details');
            if (fold) fold.open = true;
            input.value = {json.dumps(value)};
            for (const kind of ['input', 'change']) input.dispatchEvent(new Event(kind));
            """
        )

    def value(self, label: str) -> str:
        """The value of an option of the panel, as it is said."""
        said = "return input.getAttribute('aria-valuetext') ?? input.value"
        value: str = self.browser.run(self._input(label) + said)
        return value

    def paint_quickly(self, painting: str) -> None:
        """Choose a painting, and begin to paint, small and in few steps."""
        self.choose_painting(painting)
        self.tab("tune")
        self.set("Size", 32)
        self.set("Iterations", 3)
        self.press_button("Paint")

    def wait_until_done(self) -> None:
        """Wait for the picture of the photograph on the stage."""
        self.wait_for_badge("✓")
        self.browser.wait("return document.querySelector('.pane-after img').naturalWidth > 0")

    def wait_for_badge(self, text: str) -> None:
        """Wait for what the current photograph's frame says."""
        badge = "document.querySelector('.frame[aria-current] .badge')"
        self.browser.wait(f"return {badge}.textContent == {json.dumps(text)}")

    def text(self, selector: str) -> str:
        """What is written in an element."""
        text: str = self.browser.run(f"return document.querySelector({selector!r}).textContent")
        return text

    def rectangle(self, selector: str) -> tuple[float, float, float, float]:
        """Where an element is: left, top, width and height, in pixels of the window."""
        left, top, width, height = self.browser.run(
            f"const box = document.querySelector({selector!r}).getBoundingClientRect();"
            "return [box.left, box.top, box.width, box.height]"
        )
        return left, top, width, height

    def focused(self) -> str:
        """The accessible name of what has the focus, or its text."""
        text: str = self.browser.run(
            "const one = document.activeElement;"
            "return one.getAttribute('aria-label') ?? one.textContent.trim()"
        )
        return text

    def tab_to(self, name: str, most: int = 60) -> None:
        """Press the Tab key until something has the focus whose name begins so."""
        for _ in range(most):
            self.browser.press("Tab")
            if self.focused().startswith(name):
                return
        raise AssertionError(f"the Tab key never came to {name}")

    def jobs(self) -> list[dict[str, Any]]:
        """What the service says of the jobs of this page."""
        jobs: list[dict[str, Any]] = self.browser.run(
            "return fetch('api/v1/jobs').then(answer => answer.json()).then(all => all.jobs)"
        )
        return jobs

    def wait_for_jobs(self, count: int) -> None:
        """Wait until the service has so many jobs of this page."""
        self.browser.eventually(lambda: len(self.jobs()) == count)

    @staticmethod
    def _input(label: str) -> str:
        """JavaScript that has the input of a label of the panel as `input`."""
        return f"""
            const label = [...document.querySelectorAll('{PANEL} label')].find(
              one => one.textContent == {json.dumps(label)} && !one.closest('[hidden]'));
            const input = document.getElementById(label.htmlFor);
            """

    @staticmethod
    def _found(xpath: str) -> str:
        return f"document.evaluate({json.dumps(xpath)}, document, null, 9).singleNodeValue"


def _quoted(text: str) -> str:
    """A text as XPath has it."""
    return f'"{text}"'
