"""Several photographs are done alike, each with its state."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_three_photographs_are_queued_and_downloaded(page, photographs):
    page.add(*photographs)
    page.choose_filter("Water Lilies")
    page.tab("finish")
    page.press_button("Do the same to 3 photographs")
    states = "[...document.querySelectorAll('.queue .state')].map(one => one.textContent)"
    page.browser.wait(f"return {states}.every(state => state == 'done')")
    done = [job for job in page.jobs() if job["state"] == "done"]
    assert len({job["photo"] for job in done}) == 3
    kinds = page.browser.run(
        "return Promise.all([...document.querySelectorAll('.queue a:not([hidden])')].map("
        "link => fetch(link.href).then(answer => answer.headers.get('content-disposition'))))"
    )
    assert len(kinds) == 3
    assert all(kind.startswith("attachment") for kind in kinds)


def test_a_photograph_is_left_out_of_the_queue(page, photographs):
    page.add(*photographs[:2])
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    page.tab("finish")
    page.browser.click("//*[@aria-label='Include cat.jpg']")
    page.press_button("Do the same to 1 photograph")
    page.browser.wait("return document.querySelectorAll('.queue [data-state=done]').length == 2")
    assert len(page.jobs()) == 2
