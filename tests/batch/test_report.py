"""The page, in a real browser, without a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from batch_here import NEGATIVE, Here
from PIL import Image

from styleplug.batch.coordinator import Batch
from styleplug.batch.inputs import InputFile
from styleplug.batch.plan import BatchSpec
from styleplug.batch.report import is_report, write_report

EVIL = "<img src=x onerror=alert(1)>&\"'.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def page(tmp_path: Path, make: Callable[..., InputFile], plugin: None) -> Path:
    """The page of a batch with names as bad as they get; one picture failed, another is gone."""
    pictures = [make(name, 40) for name in ("a.png", f"sub/{EVIL}", "gone.png", "bad <b>.png")]
    pictures[3].source.write_text("no picture")
    order = BatchSpec(NEGATIVE, tmp_path / "out")
    page = tmp_path / "pages" / "page.html"
    page.parent.mkdir()
    told: list[tuple[int, int]] = []
    with Batch(order, Here()) as batch:
        list(batch.run(pictures))
        pictures[2].source.unlink()
        write_report(batch.journal, order.folder, page, lambda *numbers: told.append(numbers))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [path.name for path in page.parent.iterdir()] == ["page.html"]
    return page


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., str]:
    """Opens a page in a browser that can't reach any network; what the browser made of it."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        reason = "there is no Chromium; on Debian: apt install chromium"
        if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    def open_page(page: Path, *options: str) -> str:
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}"),
            *(f"--crash-dumps-dir={tmp_path}", *options, page.as_uri()),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return open_page


PROBE = """<script>
addEventListener("load", () => {
  const images = [...document.images];
  document.title = JSON.stringify({
    captions: [...document.querySelectorAll("figcaption a")].map((link) => link.textContent),
    links: [...document.querySelectorAll("figcaption a")].map((link) => link.href),
    sizes: images.map((image) => [image.naturalWidth, image.naturalHeight]),
    alts: images.map((image) => image.alt),
    failures: [...document.querySelectorAll("dt")].map((name) => name.textContent),
    reasons: [...document.querySelectorAll("dd")].map((reason) => reason.textContent),
    scroll: document.documentElement.scrollWidth - innerWidth,
    paper: getComputedStyle(document.body).backgroundColor,
  });
});
</script>"""


def seen(browse: Callable[..., str], page: Path, *options: str) -> dict[str, object]:
    """What a script finds in the page; the page itself allows none, so a copy is asked."""
    copy = page.with_name("copy.html")
    text = page.read_text(encoding="utf-8").replace(
        "style-src", "script-src 'unsafe-inline'; style-src"
    )
    copy.write_text(text + PROBE, encoding="utf-8")
    document = browse(copy, "--dump-dom", *options)
    title = re.search(r"<title>(.*?)</title>", document, re.DOTALL)
    assert title is not None
    return json.loads(title[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@pytest.mark.slow
def test_a_browser_shows_all_of_it(page: Path, browse: Callable[..., str], tmp_path: Path) -> None:
    found = seen(browse, page, "--window-size=400,900")
    assert found["captions"] == ["a.png", "gone.png", f"sub/{EVIL}"]
    assert found["sizes"] == [[16, 12]] * 5, "each before and after, but for one that is gone"
    assert found["alts"][-1] == f"{EVIL}, after"
    assert found["failures"] == [str(tmp_path / "in" / "bad <b>.png")]
    assert found["reasons"][0].startswith("is no picture of a known kind")
    links = [tmp_path / "out" / caption for caption in found["captions"]]
    assert found["links"] == [path.as_uri() for path in links]
    assert found["scroll"] <= 0, "it fits on a telephone"


@pytest.mark.slow
def test_the_page_follows_light_and_dark(
    page: Path, browse: Callable[..., str], tmp_path: Path
) -> None:
    brightness = []
    for number, options in enumerate([(), ("--blink-settings=preferredColorScheme=0",)]):
        shot = tmp_path / f"{number}.png"
        browse(page, f"--screenshot={shot}", "--window-size=900,700", *options)
        with Image.open(shot) as image:
            brightness.append(image.convert("L").getpixel((5, 5)))
    assert max(brightness) > 200
    assert min(brightness) < 60


def test_nothing_is_loaded_from_elsewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:image/webp;base64,|\.\./out/)', text)
    assert "url(" not in text
    assert "default-src 'none'" in text
    assert "<script" not in text


def test_the_page_is_written_through_no_link(
    tmp_path: Path, make: Callable[..., InputFile], plugin: None
) -> None:
    order, page = BatchSpec(NEGATIVE, tmp_path / "out"), tmp_path / "page.html"
    precious = tmp_path / "precious"
    precious.write_text("dear")
    (tmp_path / ".styleplug-linklink.tmp").symlink_to(precious)
    page.symlink_to(precious)
    with Batch(order, Here()) as batch:
        list(batch.run([make("a.png")]))
        write_report(batch.journal, order.folder, page, lambda *numbers: None)
    assert precious.read_text() == "dear"
    assert not page.is_symlink()
    assert is_report(page)


def test_the_page_shows_no_other_picture_than_the_one_that_was_done(
    tmp_path: Path, make: Callable[..., InputFile], plugin: None
) -> None:
    order, page = BatchSpec(NEGATIVE, tmp_path / "out"), tmp_path / "page.html"
    with Batch(order, Here()) as batch:
        picture = make("a.png")
        list(batch.run([picture]))
        Image.new("RGB", (40, 30)).save(picture.source)
        write_report(batch.journal, order.folder, page, lambda *numbers: None)
    text = page.read_text("utf-8")
    assert '<div class="none">changed since</div><img alt="a.png, after"' in text


def test_only_an_earlier_page_is_known_as_one(page: Path, tmp_path: Path) -> None:
    assert is_report(page)
    other = tmp_path / "other.html"
    other.write_text("<!doctype html>\n<html lang='en'>")
    assert not is_report(other)
    assert not is_report(tmp_path / "none.html")
    os.mkfifo(tmp_path / "pipe.html")
    assert not is_report(tmp_path / "pipe.html")
