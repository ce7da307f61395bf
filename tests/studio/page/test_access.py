"""The page for everyone: by keyboard alone, on a phone, and as axe-core examines it."""

from __future__ import annotations

import pytest
from studio_page import PANEL, TABS, StudioPage

pytestmark = pytest.mark.slow

WIDER = "return document.documentElement.scrollWidth - innerWidth"
TALLER = "return document.documentElement.scrollHeight - innerHeight"
SMALL_TARGETS = """
const small = [];
for (const one of document.querySelectorAll('button, a, select, input, summary')) {
  const box = one.getBoundingClientRect();
  const isSeen = one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  if (!isSeen || one.closest('label') || one.matches('.skip')) continue;
  if (box.height < 24 && !one.matches('input') || box.height < 16) small.push(one.outerHTML);
}
return small
"""


def test_everything_is_done_by_keyboard_alone(with_photograph: StudioPage) -> None:
    page = with_photograph
    page.browser.run("document.activeElement.blur()")
    page.tab_to("Flowers and Grasses")
    page.browser.press("ArrowRight", "ArrowRight", "Enter")
    page.wait_until_done()
    assert page.jobs()[0]["recipe"]["filter"] == "starry-night"
    page.tab_to("Divider")
    page.browser.press("Home")
    assert page.browser.run("return document.activeElement.ariaValueNow") == "0"
    page.tab_to("Filters")
    page.browser.press("ArrowDown", "Enter")
    assert page.text(f"{PANEL} h2") == "Paintings"
    page.tab_to("Discs of light")
    page.browser.press("ArrowRight", "Space")
    assert page.browser.run(
        "return document.querySelector('.painting[aria-pressed=true]').title"
    ).startswith("A harbour")
    page.tab_to("Paint")
    page.browser.press("Enter")
    page.browser.wait("return !document.querySelector('.progress').hidden")
    page.browser.run("document.activeElement.blur()")
    page.tab_to("Stop")
    page.browser.press("Enter")
    page.wait_for_badge("stopped")


def test_where_the_focus_is_can_be_seen(with_photograph: StudioPage) -> None:
    page = with_photograph
    for _ in range(25):
        page.browser.press("Tab")
        assert page.browser.run(
            """
            const one = document.activeElement;
            const marks = [one, one.firstElementChild, one.nextElementSibling].filter(Boolean);
            return one == document.body
              || marks.some(mark => getComputedStyle(mark).outlineStyle != 'none')
            """
        ), page.focused()


def test_a_phone_shows_everything_without_scrolling_sideways(browser, service, photographs) -> None:
    page = StudioPage(browser, f"{service.address}/?token={service.token}", 390, 844)
    page.add(photographs[0])
    assert browser.run(WIDER) <= 0
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    for tab in TABS:
        page.tab(tab)
        browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
        assert browser.run(WIDER) <= 0, tab
        assert browser.run(TALLER) <= 0, tab
        assert browser.run(SMALL_TARGETS) == [], tab
        left, _, width, _ = page.rectangle(f"#tab-{tab}")
        assert left >= 0
        assert left + width <= 390
    page.tab("finish")
    assert page.rectangle("#stage")[3] > 250


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(with_photograph: StudioPage, axe: str, scheme: str) -> None:
    page, browser = with_photograph, with_photograph.browser
    browser.look(1440, 900, scheme)
    browser.run(axe + "; window.axe = axe")
    # Schemes differ in nothing but their colours.
    options = {"light": "{}", "dark": "{runOnly: ['color-contrast']}"}[scheme]

    def violations(where: str = "body") -> list[str]:
        found: list[str] = browser.run(
            f"return axe.run('{where}', {options}).then(({{violations}}) => violations.flatMap("
            "({id, nodes}) => nodes.map(node => id + ': ' + node.html)))"
        )
        return found

    assert violations() == []
    page.choose_filter("Water Lilies")
    page.wait_until_done()
    assert violations("#stage") == []
    for tab in TABS:
        page.tab(tab)
        browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
        assert violations("#controls") == [], tab
    page.choose_painting("Carp in a pond, as a mosaic")
    page.tab("tune")
    assert violations("#controls") == []


def test_axe_finds_nothing_before_there_is_a_photograph(page: StudioPage, axe: str) -> None:
    browser = page.browser
    browser.run(axe + "; window.axe = axe")
    assert browser.run("return axe.run().then(found => found.violations.map(one => one.id))") == []
