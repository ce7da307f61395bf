"""A region is painted with the brush, by pointer and keyboard, and sent as a mask.

The page offers that where the service says it can; here it is told so whatever the service says.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import Browser
from studio_client import StudioClient
from studio_page import StudioPage

pytestmark = pytest.mark.slow

CAN = """
const fetched = window.fetch;
window.fetch = async (...asked) => {
  const answer = await fetched(...asked);
  if (!String(asked[0]).endsWith('catalogue')) return answer;
  const catalogue = await answer.json();
  return Response.json({...catalogue, capabilities: ['mask', 'person-mask', 'weights']});
};
"""
OPAQUE = """
const canvas = document.querySelector('.board canvas');
const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
let sum = 0;
for (let at = 3; at < data.length; at += 4) sum += data[at];
return sum
"""
MASK = """
return fetch('api/v1/uploads').then(answer => answer.json()).then(({uploads}) => {
  const mask = uploads.find(upload => upload.name == 'region.png');
  if (!mask) return null;
  const image = new Image();
  image.src = mask.preview;
  return image.decode().then(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const at = (x, y) => context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data[0];
    return [mask.width, mask.height, at(0.5, 0.5), at(0.05, 0.05)];
  });
})
"""


@pytest.fixture
def page(browser: Browser, service: StudioClient) -> Iterator[StudioPage]:
    added = browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=CAN)
    yield StudioPage(browser, f"{service.address}/?token={service.token}")
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", **added)
    browser.problems()  # the service's answer to a mask may be that it can't


@pytest.fixture
def on_board(with_photograph: StudioPage) -> StudioPage:
    """The page with the brush's board on the stage."""
    with_photograph.tab("region")
    with_photograph.browser.wait("return document.querySelector('.board').clientWidth > 100")
    return with_photograph


def draw(page: StudioPage, *places: tuple[float, float]) -> None:
    """Draw a stroke through places of the picture, in shares of its width and height."""
    left, top, width, height = page.rectangle(".board canvas")
    page.browser.drag(*((left + x * width, top + y * height) for x, y in places))


def test_strokes_are_painted_erased_and_undone(on_board):
    page, browser = on_board, on_board.browser
    assert browser.run(OPAQUE) == 0
    draw(page, (0.3, 0.5), (0.7, 0.5))
    painted = browser.run(OPAQUE)
    assert painted > 0
    page.press_button("Erase")
    draw(page, (0.5, 0.4), (0.5, 0.6))
    erased = browser.run(OPAQUE)
    assert erased < painted
    page.press_button("Undo")
    assert browser.run(OPAQUE) == painted
    page.press_button("Redo")
    assert browser.run(OPAQUE) == erased
    page.press_button("Clear")
    assert browser.run(OPAQUE) == 0
    page.press_button("Paint")  # the brush is the next test's, too


def test_the_brush_is_led_by_keys(on_board):
    page, browser = on_board, on_board.browser
    page.tab_to("Region to paint")
    browser.press("ArrowLeft", "Space")
    first = browser.run(OPAQUE)
    assert first > 0
    browser.press("]", "Shift+ArrowRight", "Shift+ArrowRight")
    assert browser.run(OPAQUE) > 1.5 * first
    browser.press("Control+z", "Control+z")
    assert browser.run(OPAQUE) == pytest.approx(first, rel=0.01)
    browser.press("[")


def test_the_region_is_sent_as_a_mask_with_the_painting_that_it_gets(on_board):
    page, browser = on_board, on_board.browser
    draw(page, (0.4, 0.5), (0.6, 0.5))
    page.press_button("Choose a painting for it")
    page.choose_painting("Carp in a pond, as a mosaic")
    assert "Only the region" in page.text("#paintings-panel .note")
    page.tab("tune")
    page.set("Size", 48)
    page.set("Iterations", 2)
    page.tab("region")
    page.press_button("Paint the region")
    width, height, middle, corner = browser.wait(MASK)
    assert (width, height) == (120, 80)
    assert middle > 200
    assert corner < 20
