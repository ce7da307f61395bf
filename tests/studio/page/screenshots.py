"""Takes the pictures of docs/studio.md: the studio's page in each of its states, in Chromium.

    .venv/bin/python tests/studio/page/screenshots.py docs/studio

The pictures are of the bundled photograph and paintings. Takes a few minutes on two cores, most of
it for painting. `--size` is how large that is done, and `--iterations` how well.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/support"))

from browser import Browser  # noqa: E402  # which stands in that folder
from PIL import Image  # noqa: E402  # likewise
from studio_client import StudioClient  # noqa: E402  # likewise
from studio_page import StudioPage  # noqa: E402  # likewise

WIDTH, HEIGHT = 1200, 750
PHONE = (390, 844)
QUALITY = 82
PHOTOGRAPH = ROOT / "styleplug/pictures/photograph.jpg"
MOSAIC, LANTERNS = "Carp in a pond, as a mosaic", "Paper lanterns adrift on a river at dusk"
PATIENCE = 1800
"""Seconds for a painting, or nine small ones, on a machine that has other things to do."""
SETTLING = 0.8
"""Seconds for what fades in."""


class Album:
    """Writes what is seen as small JPEGs."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser, self._folder = browser, folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str) -> None:
        time.sleep(SETTLING)
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            self._browser.screenshot(Path(file.name))
            picture = Image.open(io.BytesIO(Path(file.name).read_bytes())).convert("RGB")
        picture.save(self._folder / f"{name}.jpg", quality=QUALITY, optimize=True, progressive=True)
        print(name, flush=True)


def crops(folder: Path) -> list[Path]:
    """Further photographs, for a queue: parts of the bundled one."""
    paths = [folder / "eyes.jpg", folder / "whiskers.jpg"]
    with Image.open(PHOTOGRAPH) as photograph:
        for path, box in zip(paths, [(90, 40, 390, 240), (120, 120, 420, 300)], strict=True):
            photograph.crop(box).save(path, quality=95)
    return paths


def paint(page: StudioPage, album: Album, size: int, iterations: int) -> None:
    """A photograph comes, is filtered, painted, and compared."""
    browser = page.browser
    album.take("empty")
    page.add(PHOTOGRAPH)
    shown = "[...document.querySelectorAll('.sheet .card img')]"
    browser.wait(f"return {shown}.every(one => one.src.includes('384'))")
    album.take("sheet")
    page.choose_filter("The Starry Night, 1889")
    page.wait_until_done()
    album.take("filter")

    page.choose_painting(MOSAIC)
    page.choose_painting(LANTERNS)
    page.tab("tune")
    page.set("Size", size)
    page.set("Iterations", iterations)
    page.tab("paintings")
    page.press_button("Paint")
    browser.wait("return document.querySelector('.pane-after img').src.includes('?v=')")
    browser.wait("return document.querySelector('progress').value > 0.4")
    album.take("painting")
    page.wait_until_done()
    browser.look(WIDTH, HEIGHT, "dark")
    page.tab("tune")
    page.set("Strength", 140)
    album.take("tune")
    page.press_button("Side by side")
    page.press_button("100 %")
    album.take("compare")
    page.press_button("Divider")
    page.press_button("Fit")
    browser.look(WIDTH, HEIGHT)


def stroke(page: StudioPage, *places: tuple[float, float]) -> None:
    """Draw with the brush through places of the photograph, in shares of its width and height."""
    left, top, width, height = page.rectangle(".board canvas")
    page.browser.drag(*((left + x * width, top + y * height) for x, y in places))


def go_on(page: StudioPage, album: Album, more: list[Path]) -> None:
    """Regions, variants, more photographs, history; and all that on a phone."""
    browser = page.browser
    page.tab("region")
    stroke(page, (0.3, 0.5), (0.4, 0.75), (0.6, 0.8), (0.72, 0.5), (0.5, 0.4), (0.45, 0.6))
    page.press_button(MOSAIC)
    page.press_button("Another")
    stroke(page, (0.75, 0.1), (0.95, 0.15), (0.95, 0.35), (0.85, 0.3))
    page.press_button(LANTERNS)
    album.take("region")
    count = len(page.jobs())
    page.press_button("Paint the regions")
    page.wait_for_jobs(count + 1)
    page.wait_until_done()
    album.take("regions")
    page.tab("paintings")
    page.press_button("Paint all of it alike")

    page.choose_painting(LANTERNS)
    page.tab("variants")
    page.press_button("Strength × strokes")
    badges = "[...document.querySelectorAll('.variant .badge')]"
    browser.wait(f"return {badges}.every(one => one.hidden)")
    album.take("variants")

    page.add(*more)
    count = len(page.jobs())
    page.choose_filter("Water Lilies")
    page.tab("finish")
    page.press_button("Do the same to 3 photographs")
    page.wait_for_jobs(count + 3)
    states = "[...document.querySelectorAll('.queue .state')]"
    browser.wait(f"return {states}.some(one => one.textContent == 'done')")
    album.take("queue")
    browser.wait(f"return {states}.every(one => one.textContent == 'done')")
    page.tab("history")
    album.take("history")
    browser.look(*PHONE)
    page.tab("paintings")
    album.take("phone")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--size", type=int, default=320, help="of the paintings, pixels (320)")
    parser.add_argument("--iterations", type=int, default=120, help="for each scale (120)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        service = StudioClient(folder / "data", environment={"OMP_NUM_THREADS": "1"})
        browser = Browser((WIDTH, HEIGHT), PATIENCE)
        try:
            page = StudioPage(browser, f"{service.address}/?token={service.token}", WIDTH, HEIGHT)
            album = Album(browser, arguments.folder)
            paint(page, album, arguments.size, arguments.iterations)
            go_on(page, album, crops(folder))
        finally:
            browser.end()
            service.end()


if __name__ == "__main__":
    main()
