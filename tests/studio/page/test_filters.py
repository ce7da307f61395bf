"""A photograph comes, is shown in every filter, and is filtered."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from PIL import Image
from studio_page import StudioPage

import styleplug

pytestmark = pytest.mark.slow

DROP = """
const bytes = Uint8Array.from(atob(arguments_[0]), letter => letter.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], arguments_[1], {type: 'image/jpeg'}));
const place = document.elementFromPoint(300, 300);
for (const kind of ['dragenter', 'dragover', 'drop']) {
  const target = document.elementFromPoint(...arguments_[2]);
  target.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}
"""
PASTE = """
const bytes = Uint8Array.from(atob(arguments_[0]), letter => letter.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], arguments_[1], {type: 'image/jpeg'}));
document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
"""


def give(page: StudioPage, script: str, file: Path, place: tuple[int, int] = (300, 300)) -> None:
    """Drop a file on the page at a place, or paste it."""
    given = json.dumps([base64.b64encode(file.read_bytes()).decode(), file.name, place])
    page.browser.run(f"const arguments_ = {given}; {script}")


@pytest.mark.parametrize("script", [DROP, PASTE], ids=["dropped", "pasted"])
def test_a_photograph_is_at_once_shown_in_every_filter(page, photographs, script):
    give(page, script, photographs[0])
    filters = [filter.name for filter in styleplug.list_filters()]
    shown = "[...document.querySelectorAll('.sheet .card img')].filter(one => one.naturalWidth)"
    page.browser.wait(f"return {shown}.length == {len(filters)}")
    addresses = page.browser.run(f"return {shown}.map(one => one.src)")
    assert [name in address for name, address in zip(filters, addresses, strict=True)]
    assert page.text(".sheet-title") == "cat.jpg in every filter"


def test_a_filter_of_the_sheet_fills_the_stage_and_is_downloaded(
    with_photograph, photographs, tmp_path
):
    page = with_photograph
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    assert page.browser.run("return document.querySelector('#stage').dataset.view") == "picture"
    [job] = page.jobs()
    assert (job["kind"], job["recipe"]["filter"], job["state"]) == (
        "filter",
        "water-lilies",
        "done",
    )

    page.tab("finish")
    page.browser.devtools(
        "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path)
    )
    page.browser.click("//a[normalize-space()='Download' and contains(@class, 'primary')]")
    picture = page.browser.eventually(lambda: next(tmp_path.glob("*.jpg"), None))
    with Image.open(picture) as image, Image.open(photographs[0]) as photograph:
        assert image.size == photograph.size
        assert b"water-lilies" in image.info["xmp"]


def test_what_is_no_picture_is_said_to_be_none(page, tmp_path):
    path = tmp_path / "letter.jpg"
    path.write_text("Dear aunt,")
    page.browser.choose("#stage input[type=file]", path)
    page.browser.wait("return document.querySelector('[role=alert] .notice')")
    assert "letter.jpg" in page.text("#notices")
    assert page.browser.run("return document.querySelectorAll('.frame').length") == 0
    page.press_button("Put this notice away")
    assert page.text("#notices") == ""
    said = page.browser.problems()
    assert (len(said) == 1 and "415" in said[0]) or "422" in said[0]


def test_a_name_is_a_text_whatever_it_looks_like(page, photographs):
    page.add(photographs[2])
    name = page.browser.run(
        "return fetch('api/v1/uploads').then(a => a.json()).then(a => a.uploads[0].name)"
    )
    assert page.text(".photo-name") == name
    inside = "return document.querySelector('.photo-name').children.length"
    assert page.browser.run(inside) == 0


def test_photographs_and_pictures_are_there_after_a_reload(with_photograph):
    page = with_photograph
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    page.browser.run("location.reload()")
    page.wait_until_ready()
    page.tab("tune")
    page.wait_until_done()
    page.tab("history")
    assert "Claude Monet, Water Lilies" in page.text(".history")
