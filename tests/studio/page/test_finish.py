"""A picture is finished: in print size, in another format, beside the photograph."""

from __future__ import annotations

import pytest
from PIL import Image
from studio_page import StudioPage

from styleplug.studio.invitations import invite

pytestmark = pytest.mark.slow


def test_a_painting_is_painted_in_print_size_in_another_format(with_photograph):
    page = with_photograph
    page.paint_quickly("Carp in a pond, as a mosaic")
    page.wait_until_done()
    [first] = page.jobs()
    page.tab("finish")
    page.set("Format of new pictures", "webp")
    page.press_button("Paint in print size")
    page.wait_for_jobs(2)
    page.wait_until_done()
    second = page.jobs()[0]
    assert second["recipe"]["start_from"] == first["id"]
    assert second["recipe"]["options"] == first["recipe"]["options"] | {"resolution": "photo"}
    result = second["result"]
    assert (result["format"], result["width"], result["height"]) == ("webp", 120, 80)
    page.browser.wait("return document.querySelector('#panel').textContent.includes('WEBP')")


def test_a_photograph_of_the_command_line_gets_its_result_beside_it(browser, service, tmp_path):
    photograph = tmp_path / "cat.jpg"
    Image.new("RGB", (48, 32), "teal").save(photograph)
    code = invite(service.folder / "studio", [photograph])
    page = StudioPage(browser, f"{service.address}/?token={code}")
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    page.tab("finish")
    page.press_button("Save beside the photograph")
    browser.wait("return document.querySelector('.notice-news')")
    assert "cat-water-lilies.jpg" in page.text("#notices")
    with Image.open(tmp_path / "cat-water-lilies.jpg") as image:
        assert image.size == (48, 32)
    assert browser.problems() == []
