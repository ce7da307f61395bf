"""Before and after are compared, in step; what was made is done again, and deleted."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

CLIP = "return document.querySelector('.pane-after').style.clipPath"
PLACES = "return [...document.querySelectorAll('.pane img')].map(one => one.style.transform)"


def test_before_and_after_are_compared(with_photograph):
    page = with_photograph
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    left, top, width, height = page.rectangle(".compare")
    middle = (left + width / 2, top + height / 2)
    page.browser.drag(middle, (left + width / 4, middle[1]))
    share = int(page.browser.run("return document.querySelector('.divider').ariaValueNow"))
    assert 20 < share < 30
    before = page.browser.run(CLIP)
    page.browser.press("ArrowRight", "ArrowRight")  # it has the focus, for it was dragged
    assert page.browser.run("return document.querySelector('.divider').ariaValueNow") == str(
        share + 4
    )
    assert page.browser.run(CLIP) != before

    hidden = "return document.querySelector('.pane-after').hidden"
    page.browser.run("document.querySelector('[title^=\"Hold to see\"]').focus()")
    page.browser.hold("Enter")
    assert page.browser.run(hidden)
    page.browser.release()
    assert not page.browser.run(hidden)

    page.press_button("100 %")
    page.browser.drag(middle, (middle[0] + 30, middle[1] + 10))
    one, other = page.browser.run(PLACES)
    assert one == other
    assert "scale(1)" in one
    page.press_button("Side by side")
    one, other = page.browser.run(PLACES)
    assert one == other
    assert "scale(1)" in one
    assert page.rectangle(".pane-before")[2] == page.rectangle(".pane-after")[2] < width / 2


def test_a_picture_is_done_again_with_another_filter_and_deleted(with_photograph):
    page = with_photograph
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    page.tab("history")
    page.browser.click("//summary[.='Do it again with…']")
    page.press_button("another filter")
    page.choose_filter("The Starry Night, 1889")
    page.wait_for_jobs(2)
    page.wait_until_done()

    page.tab("history")
    page.press_button("Delete")
    assert len(page.jobs()) == 2, "once is not enough"
    page.press_button("Really delete")
    page.wait_for_jobs(1)
    page.browser.wait("return document.querySelectorAll('.entry').length == 1")
    assert page.jobs()[0]["recipe"]["filter"] == "water-lilies"
