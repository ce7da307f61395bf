"""A painting is chosen, the picture becomes, is tuned, and done again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

MOSAIC, POPPIES = "Carp in a pond, as a mosaic", "Poppies in a field, by the palette knife"
SOURCE = "document.querySelector('.pane-after img').getAttribute('src')"


def test_the_picture_is_seen_to_become_until_it_is_stopped_and_kept(with_photograph):
    page = with_photograph
    page.choose_painting(POPPIES)
    page.tab("tune")
    page.set("Size", 64)
    page.set("Iterations", 100_000)
    page.press_button("Paint")
    first = page.browser.wait(f"return ({SOURCE} ?? '').includes('?v=') && {SOURCE}")
    page.browser.wait(f"return {SOURCE} != '{first}'")
    assert "left" in page.text(".progress-state")
    page.press_button("Stop and keep")
    page.wait_for_badge("stopped")
    [job] = page.jobs()
    assert job["state"] == "stopped"
    assert job["result"]["width"] == 120
    assert page.browser.run("return document.querySelector('.progress').hidden")


def test_what_was_changed_goes_on_from_where_the_picture_is(with_photograph):
    page = with_photograph
    page.paint_quickly(MOSAIC)
    page.wait_until_done()
    [first] = page.jobs()
    page.set("Strength", 160)
    page.press_button("Go on from this picture")
    page.wait_for_jobs(2)
    second = page.jobs()[0]
    assert second["recipe"]["start_from"] == first["id"]
    assert second["recipe"]["options"] == first["recipe"]["options"] | {"strength": 0.8}

    page.press_button("Reset Strength")
    page.choose_painting(MOSAIC)
    page.tab("history")
    page.browser.click("//summary[.='Do it again with…']")
    page.press_button("another painting")
    chosen = "[...document.querySelectorAll('.painting[aria-pressed=true]')]"
    assert page.browser.run(f"return {chosen}.map(one => one.title)") == [MOSAIC]
    page.tab("tune")
    assert page.value("Strength") == "0.8"


def test_a_painting_of_ones_own_is_mixed_in_and_put_into_the_collection(
    with_photograph, photographs
):
    page = with_photograph
    page.choose_painting(MOSAIC)
    page.browser.choose("#paintings-panel input[type=file]", photographs[1])
    page.browser.wait("return document.querySelectorAll('#paintings-panel .chosen li').length == 2")
    page.press_button("Add to the collection")
    page.browser.wait("return document.querySelector('.notice-news')")
    titles = "return [...document.querySelectorAll('.painting')].map(one => one.title)"
    page.browser.run("location.reload()")
    page.wait_until_ready()
    assert "upright" in page.browser.run(titles)


def test_variants_are_painted_small_and_one_of_them_large(with_photograph):
    page = with_photograph
    page.choose_painting(MOSAIC)
    page.tab("tune")
    page.set("Iterations", 1)
    page.tab("variants")
    page.press_button("1 painting × 1 photograph")
    page.browser.wait("return document.querySelector('.variant img').naturalWidth > 0")
    page.browser.wait("return document.querySelector('.variant .badge').hidden")
    [small] = page.jobs()
    assert small["recipe"]["options"]["size"] == 192
    page.browser.click("//*[@class='variant']")
    page.browser.wait("return document.querySelector('#stage').dataset.view == 'picture'")
    large = page.jobs()[0]
    assert large["recipe"]["start_from"] == small["id"]
    assert "size" not in large["recipe"]["options"]
    page.press_button("Stop")
    page.tab("history")
    assert page.browser.run("return document.querySelectorAll('.entry').length") == 1
