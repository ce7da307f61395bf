"""photobooth-app's own page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from booth import Booth
from browser import Browser

pytestmark = pytest.mark.slow

BLUEPRINT = "FilterStyleplug.blueprint"
PICTURES = "[...document.querySelectorAll('.q-dialog img')]"


def test_a_guest_chooses_a_filter(
    open_booth: Callable[..., Booth], browser: Browser, screenshots: Path
) -> None:
    booth = open_booth("styleplug", "photobooth", "prints_plugin")
    ours = [name for name in booth.get("/api/filter/") if name.startswith("FilterStyleplug.")]
    picture = booth.take_picture()
    before = booth.request("GET", f"/media/full/{picture}")
    browser.open(f"{booth.address}/#/gallery/mediaviewer/{picture}")
    browser.wait("return document.querySelector('.action-button-filter')")
    browser.run("document.querySelector('.action-button-filter').click()")
    visible = f"{PICTURES}.slice(0, {len(ours) + 9})"
    loaded = f"{visible}.every(picture => picture.naturalWidth > 0)"
    browser.wait(f"return {PICTURES}.length > {len(ours)} && {loaded}")
    names = browser.run(f"return {visible}.map(p => new URL(p.src).searchParams.get('filter'))")
    assert names[: len(ours) + 1] == ["original", *ours]
    # On a busy machine, another dialog asks for patience until the page is connected.
    browser.wait("return document.querySelectorAll('.q-dialog').length == 1")
    browser.screenshot(screenshots / "page.png")

    browser.run(f"{PICTURES}[{names.index(BLUEPRINT)}].click()")
    browser.wait(f"return {PICTURES}.length == 0")
    assert booth.eventually(lambda: booth.request("GET", f"/media/full/{picture}") != before)
