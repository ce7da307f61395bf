"""Regions are painted with the brush, by pointer and keyboard, and get paintings of their own."""

from __future__ import annotations

import pytest
from PIL import Image
from portrait import portrait
from studio_page import PANEL, StudioPage

pytestmark = pytest.mark.slow

OPAQUE = """
const canvas = document.querySelector('.board canvas');
const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
let sum = 0;
for (let at = 3; at < data.length; at += 4) sum += data[at];
return sum
"""
MASKS = """
const {uploads} = await fetch('api/v1/uploads').then(answer => answer.json());
const masks = uploads.filter(upload => upload.name == 'region.png');
return Promise.all(masks.map(async mask => {
  const image = new Image();
  image.src = mask.preview;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.drawImage(image, 0, 0);
  const at = (x, y) => context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data[0];
  return [mask.id, mask.width, mask.height, at(0.2, 0.5), at(0.8, 0.5)];
}))
"""
"""Of each mask that was sent its id, its size, and how white it is on the left and on the right."""
MOSAIC, LANTERNS = "Carp in a pond, as a mosaic", "Paper lanterns adrift on a river at dusk"


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


def test_regions_are_sent_as_masks_with_the_paintings_that_they_get(on_board):
    page, browser = on_board, on_board.browser
    draw(page, (0.15, 0.5), (0.25, 0.5))
    page.press_button(MOSAIC)
    page.press_button("Another")
    assert browser.run(OPAQUE) == 0
    draw(page, (0.75, 0.5), (0.85, 0.5))
    page.press_button(LANTERNS)
    page.choose_painting("Poppies in a field, by the palette knife")
    assert "Only the regions" in page.text("#paintings-panel .note")
    page.tab("tune")
    page.set("Size", 48)
    page.set("Iterations", 2)
    page.tab("region")
    page.press_button("Paint the regions")
    page.wait_until_done()
    recipe = page.jobs()[0]["recipe"]
    assert "paintings" not in recipe
    assert [region["paintings"] for region in recipe["regions"]] == [
        [{"style": "mosaic"}],
        [{"style": "lanterns"}],
    ]
    second, first = browser.run(MASKS)
    assert [first[0], second[0]] == [region["mask"] for region in recipe["regions"]]
    assert first[1:3] == [120, 80]
    assert first[3] > 200 > 20 > first[4]
    assert second[4] > 200 > 20 > second[3]

    page.tab("region")
    browser.click("//*[@id='rest']")
    page.press_button("Paint the regions")
    page.wait_for_jobs(2)
    recipe = page.jobs()[0]["recipe"]
    assert recipe["paintings"] == [{"style": "poppies"}]
    assert len(recipe["regions"]) == 2


def test_the_people_in_it_are_a_start_to_paint_on(page, tmp_path):
    path = tmp_path / "me.jpg"
    Image.fromarray((portrait(96) * 255).astype("uint8")).save(path)
    page.add(path)
    page.tab("region")
    page.press_button("Start with the people in it")
    page.browser.wait(f"const sum = (() => {{ {OPAQUE} }})(); return sum > 0")
    people = page.browser.run(OPAQUE)
    draw(page, (0.05, 0.05), (0.1, 0.05))
    assert page.browser.run(OPAQUE) > people
    page.press_button("Undo")
    assert page.browser.run(OPAQUE) == people
    page.press_button("Undo")
    assert page.browser.run(OPAQUE) == 0


def test_a_picture_with_regions_is_done_again_after_a_reload(on_board):
    page, browser = on_board, on_board.browser
    draw(page, (0.4, 0.5), (0.6, 0.5))
    painted = browser.run(OPAQUE)
    page.press_button(MOSAIC)
    page.tab("tune")
    page.set("Size", 32)
    page.set("Iterations", 1)
    page.press_button("Paint")
    page.wait_until_done()
    browser.run("location.reload()")
    page.wait_until_ready()
    page.tab("history")
    browser.click("//summary[.='Do it again with…']")
    page.press_button("other settings")
    page.tab("region")
    browser.wait(f"const sum = (() => {{ {OPAQUE} }})(); return sum > 0")
    assert browser.run(OPAQUE) == pytest.approx(painted, rel=0.1)
    pressed = f"{PANEL} .painting[aria-pressed=true]"
    assert browser.run(f"return document.querySelector('{pressed}').title") == MOSAIC
