"""The marks of a chart, visible and as text: bands and event lines, in light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

Visit = Callable[..., Watched]
STILL = "/ops/runs/?names=still"


def fills(page: Page, *selectors: str) -> list[str]:
    return [page.locator(one).first.evaluate("node => getComputedStyle(node).fill") for one in selectors]


def test_a_frozen_stretch_and_a_gap_look_different(visit: Visit) -> None:
    frozen, gap = visit(STILL).page, visit("/ops/runs/?names=single").page
    expect(frozen.locator("rect.mark-frozen")).to_have_count(1)
    expect(frozen.locator("rect.mark-gap")).to_have_count(0)
    expect(gap.locator("rect.mark-gap")).to_have_count(1)
    expect(gap.locator("rect.mark-frozen")).to_have_count(0)
    assert fills(frozen, "rect.mark-frozen") != fills(gap, "rect.mark-gap")
    dashes = "node => getComputedStyle(node).strokeDasharray"
    assert frozen.locator("rect.mark-frozen").evaluate(dashes) != "none"


def test_a_band_lies_over_its_days(visit: Visit) -> None:
    page = visit(STILL).page
    band, plot = (page.locator(one).bounding_box() for one in ("rect.mark-frozen", ".apexcharts-grid"))
    assert band is not None
    assert plot is not None
    # The 40 days of the chart stand still from the 21st to the last.
    assert band["width"] / plot["width"] == pytest.approx(19 / 39, abs=0.03)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_event_is_a_line_over_the_bands_with_a_word_beside_it(visit: Visit, scheme: str) -> None:
    page = visit(STILL, color_scheme=scheme).page
    lines = page.locator("line.mark-release")
    expect(lines).to_have_count(2)  # the third is out of the range
    assert page.locator("text.mark-release").all_text_contents() == ["Released", "Released"]
    order = page.locator(".apexcharts-xaxis-annotations > *").evaluate_all(
        "nodes => nodes.filter(node => node.matches('rect.mark-frozen, line')).map(node => node.tagName)"
    )
    assert order == ["rect", "line", "line"]
    plot = page.locator(".apexcharts-grid").bounding_box()
    assert plot is not None
    for word in page.locator("text.mark-release").all():
        box = word.bounding_box()
        assert box is not None
        assert plot["x"] <= box["x"] <= box["x"] + box["width"] <= plot["x"] + plot["width"]


def test_the_ground_of_a_word_is_dark_in_the_dark(visit: Visit) -> None:
    ground = ".apexcharts-xaxis-annotations rect:not(.apexcharts-annotation-rect)"
    light, dark = (visit(STILL, color_scheme=scheme).page for scheme in ("light", "dark"))
    assert fills(light, ground) != fills(dark, ground)
    assert fills(light, "text.mark-release") != fills(dark, "text.mark-release")
    assert fills(dark, ground) != fills(dark, "text.mark-release")


def test_an_event_is_read_once_on_its_date_and_is_no_markup(visit: Visit) -> None:
    watched = visit(STILL)
    page, reading = watched.page, watched.page.locator(".drawing-reading")
    page.get_by_role("application").focus()
    page.keyboard.press("Home")
    expect(reading).to_contain_text("2026-10-11. Spotify: ")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(reading).to_contain_text("2026-10-16, Released. Spotify: ")
    expect(page.locator(".tip strong")).to_have_text("2026-10-16, Released")
    page.keyboard.press("End")
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
    expect(reading).to_contain_text("2026-11-10, Released <b>again</b>. Spotify: ")
    expect(reading).to_contain_text("no movement for 20 days")
    expect(page.locator(".tip strong")).to_have_text("2026-11-10, Released <b>again</b>")
    assert page.locator(".drawing b").count() == 0
    assert watched.errors == []
    assert watched.violations() == []
