"""A painting is chosen, the picture becomes, and is compared, tuned, and done again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

MOSAIC, POPPIES = "Carp in a pond, as a mosaic", "Poppies in a field, by the palette knife"
SOURCE = "document.querySelector('.pane-after img').getAttribute('src')"
CLIP = "return document.querySelector('.pane-after').style.clipPath"
PLACES = "return [...document.querySelectorAll('.pane img')].map(one => one.style.transform)"


@pytest.fixture
def painted(with_photograph):
    """The page with a photograph that has been painted."""
    with_photograph.paint_quickly(MOSAIC)
    with_photograph.wait_until_done()
    return with_photograph


def test_the_picture_is_seen_to_become(with_photograph):
    page = with_photograph
    page.browser.run(
        """
        window.seen = [];
        const image = document.querySelector('.pane-after img');
        new MutationObserver(() => window.seen.push(image.getAttribute('src')))
          .observe(image, {attributes: true, attributeFilter: ['src']});
        """
    )
    page.paint_quickly(MOSAIC)
    page.wait_until_done()
    seen = page.browser.run("return window.seen.filter(one => one)")
    assert any("?v=" in address for address in seen), "no preview was seen"
    assert "size=" in seen[-1]
    assert page.browser.run("return document.querySelector('.progress').hidden")


def test_a_job_is_stopped_and_what_there_is_kept(with_photograph):
    page = with_photograph
    page.choose_painting(POPPIES)
    page.tab("tune")
    page.set("Size", 64)
    page.set("Iterations", 100_000)
    page.press_button("Paint")
    page.browser.wait(f"return ({SOURCE} ?? '').includes('?v=')")
    assert "left" in page.text(".progress-state")
    page.press_button("Stop and keep")
    page.wait_for_badge("stopped")
    [job] = page.jobs()
    assert job["state"] == "stopped"
    assert job["result"]["width"] == 451


def test_before_and_after_are_compared(painted):
    page = painted
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


def test_what_was_changed_goes_on_from_where_the_picture_is(painted):
    page = painted
    [first] = page.jobs()
    page.set("Strength", 160)
    page.press_button("Go on from this picture")
    page.browser.wait(
        "return fetch('api/v1/jobs').then(a => a.json()).then(a => a.jobs.length == 2)"
    )
    second = page.jobs()[0]
    assert second["recipe"]["start_from"] == first["id"]
    assert second["recipe"]["options"] == {"size": 48, "iterations": 4, "strength": 0.8}
    page.wait_until_done()


def test_a_picture_is_done_again_with_another_painting_and_deleted(painted):
    page = painted
    page.press_button("Reset Size")
    page.tab("history")
    page.browser.click("//summary[.='Do it again with…']")
    page.press_button("another painting")
    pressed = "document.querySelectorAll('.painting[aria-pressed=true]')"
    chosen = f"return [...{pressed}].map(one => one.title)"
    assert page.browser.run(chosen) == [MOSAIC]
    page.choose_painting(MOSAIC)
    page.choose_painting(POPPIES)
    assert page.browser.run(chosen) == [POPPIES]
    page.press_button("Begin anew")
    page.browser.wait(
        "return fetch('api/v1/jobs').then(a => a.json()).then(a => a.jobs.length == 2)"
    )
    assert page.jobs()[0]["recipe"]["paintings"] == [{"style": "poppies"}]
    assert page.jobs()[0]["recipe"]["options"] == {"size": 48, "iterations": 4}
    page.wait_until_done()

    page.tab("history")
    page.press_button("Delete")
    page.press_button("Really delete")
    page.browser.wait("return document.querySelectorAll('.entry').length == 1")
    assert len(page.jobs()) == 1


def test_a_painting_of_ones_own_is_mixed_in_and_put_into_the_collection(
    with_photograph, photographs
):
    page = with_photograph
    page.choose_painting(MOSAIC)
    page.browser.choose("#paintings-panel input[type=file]", photographs[1])
    page.browser.wait("return document.querySelectorAll('.chosen li').length == 2")
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
