"""drawings.js: what it draws, how it is read without a mouse, how it fails, and that nothing stays behind."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.demo import NEWEST

pytestmark = pytest.mark.browser

Visit = Callable[..., Watched]

LAST = "2026-11-20. Spotify: 2,804,"


def count_charts(page: Page) -> None:
    """Counts how many charts are destroyed from here on."""
    page.evaluate("""() => {
        const destroy = ApexCharts.prototype.destroy;
        window.destroyed = 0;
        ApexCharts.prototype.destroy = function () { window.destroyed += 1; return destroy.call(this); };
    }""")


def test_many_swaps_leave_one_chart(visit: Visit) -> None:
    watched = visit("/ops/runs/?names=single")
    page = watched.page
    count_charts(page)
    page.evaluate("""async () => {
        for (let n = 0; n < 60; n++) {
            await htmx.ajax('GET', '/fragment?name=lonely', '#home');
            if (n % 3) while (!document.querySelector('#home figure[data-state=drawn] svg.apexcharts-svg')) {
                await new Promise(done => setTimeout(done, 5));
            }
        }
    }""")
    watched.drawn()
    assert page.locator("svg.apexcharts-svg").count() == 1
    assert page.evaluate("Apex._chartInstances.length") == 1
    assert page.evaluate("window.destroyed") >= 40
    assert watched.errors == []
    assert watched.violations() == []


def test_arrow_keys_read_the_points(visit: Visit) -> None:
    page = visit("/ops/runs/?names=single").page
    plot, reading = page.get_by_role("application"), page.locator(".drawing-reading")
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(reading).to_contain_text(LAST)
    expect(reading).to_contain_text("fetched 2026-11-20 08:12, so far: 1 of 2 days")
    expect(page.locator(".tip strong")).to_have_text("2026-11-20")
    expect(page.locator(".apexcharts-tooltip")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    expect(reading).to_contain_text("2026-11-12. Spotify: ")
    expect(page.locator(".tip strong")).to_have_text("2026-11-12")
    page.keyboard.press("Home")
    expect(reading).to_contain_text("2026-08-23. Spotify: 2,764,221,395, no earlier value, fetched")


def test_arrow_keys_step_over_a_gap(visit: Visit) -> None:
    page = visit("/ops/runs/?names=single").page
    page.get_by_role("application").focus()
    page.keyboard.press("Home")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".drawing-reading")).to_contain_text("2026-09-28. Spotify")
    expect(page.locator(".drawing-reading")).to_contain_text("gain covers 7 days")


def test_small_charts_are_read_together(visit: Visit) -> None:
    page = visit("/ops/runs/?names=many").page
    page.get_by_role("application").focus()
    page.keyboard.press("End")
    for name in ("Spotify", "YouTube", "Shazam"):
        expect(page.locator(".drawing-reading")).to_contain_text(f"{name}: ")
    expect(page.locator(".apexcharts-tooltip.apexcharts-active")).to_have_count(3)


@pytest.mark.parametrize("pointer", ["mouse", "finger"])
def test_hover_and_tap_tell_the_same(visit: Visit, pointer: str) -> None:
    touch = {"has_touch": True} if pointer == "finger" else {}
    page = visit("/ops/runs/?names=axes", **touch).page
    box = page.locator(".apexcharts-inner").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2
    page.mouse.move(x, y) if pointer == "mouse" else page.touchscreen.tap(x, y)
    tip = page.locator(".apexcharts-tooltip")
    expect(tip).to_contain_text("2026-11-")
    for part in ("Spotify", "YouTube", "gain +", "fetched 2026-11-20 08:12"):
        expect(tip).to_contain_text(part)


def test_a_name_is_text_and_never_markup(visit: Visit) -> None:
    watched = visit("/ops/runs/?names=hostile,hostiles")
    expect(watched.page.locator("figure")).to_have_count(2)
    watched.page.get_by_role("application").first.focus()
    watched.page.keyboard.press("End")
    expect(watched.page.locator(".tip").first).to_contain_text("<img src=x onerror=alert(1)>")
    assert watched.page.locator(".drawing img").count() == 0
    legend = watched.page.locator(".apexcharts-legend-text").first
    expect(legend).to_have_text("<img src=x onerror=alert(1)>: 2,770,492,574")
    assert watched.errors == []


def test_a_gap_is_a_gap(visit: Visit) -> None:
    whole, broken = visit("/ops/runs/?names=whole&zero=1").page, visit("/ops/runs/?names=single&zero=1").page
    expect(whole.locator("path.apexcharts-area")).to_have_count(2)  # the area and the line over it
    expect(whole.locator(".apexcharts-xaxis-annotations rect")).to_have_count(0)
    expect(broken.locator("path.apexcharts-area")).to_have_count(4)
    expect(broken.locator(".apexcharts-xaxis-annotations rect")).to_have_count(1)


def test_every_mark_is_drawn(visit: Visit) -> None:
    page = visit("/ops/runs/?names=single").page
    for kind in ("fall", "revised", "identifiers_changed", "so_far"):
        expect(page.locator(f".mark-{kind}")).to_have_count(1)


def test_axes_are_named(visit: Visit) -> None:
    page = visit("/ops/runs/?names=axes").page
    assert page.locator(".apexcharts-yaxis-title-text").all_text_contents() == ["Streams", "Views"]
    expect(page.locator(".apexcharts-xaxis-title-text")).to_have_count(0)
    zero = visit("/ops/runs/?names=single&zero=1").page
    expect(zero.locator(".apexcharts-yaxis-title-text")).to_have_text("Streams")
    assert zero.locator(".apexcharts-yaxis-label tspan").last.text_content() == "0"


MIDDLES = """labels => labels.filter(label => label.querySelector("tspan")?.textContent).map(label => {
    const box = label.getBoundingClientRect();
    return [label.querySelector("tspan").textContent, box.x + box.width / 2];
})"""


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_date_stands_under_its_point(visit: Visit, name: str) -> None:
    """Also where a range is so short that ApexCharts would set its ticks on hours."""
    page = visit(f"/ops/runs/?names={name}").page
    page.get_by_role("application").focus()
    page.keyboard.press("End")
    box = page.locator(".apexcharts-xcrosshairs.apexcharts-active").bounding_box()
    assert box is not None
    labels = page.locator(".apexcharts-xaxis-label").evaluate_all(MIDDLES)
    assert len({text for text, _ in labels}) == len(labels) > 1
    assert dict(labels)[f"{NEWEST:%-d %b}"] == pytest.approx(box["x"] + box["width"] / 2, abs=2)


def test_few_days_since_a_release_have_no_others_around_them(visit: Visit) -> None:
    page = visit("/ops/runs/?names=two&release=1").page
    days = [str((NEWEST - date(1970, 1, 1)).days - ago) for ago in (1, 0)]
    labels = page.locator(".apexcharts-xaxis-label").evaluate_all(MIDDLES)
    assert [text for text, _ in labels] == days


def test_a_drag_zooms_and_a_button_takes_it_back(visit: Visit) -> None:
    page = visit("/ops/runs/?names=single").page
    labels = page.locator(".apexcharts-xaxis-label")
    before = labels.all_text_contents()
    box = page.locator(".apexcharts-grid").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 300, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 600, y, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="Reset zoom").wait_for()
    assert labels.all_text_contents() != before
    page.get_by_role("button", name="Reset zoom").click()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_hidden()
    expect(labels).to_have_text(before)


def test_no_data_is_shown(visit: Visit) -> None:
    page = visit("/ops/runs/?names=none").page
    expect(page.locator("figure")).to_have_attribute("data-state", "empty")
    expect(page.get_by_text("There are no values in this range.")).to_be_visible()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            {"status": 500, "json": {"success": False, "error": "The database is away."}},
            "The database is away.",
        ),
        ({"status": 502, "body": "<html>"}, "The server responded with status 502."),
        (None, "The server could not be reached."),
    ],
)
def test_a_failure_shows_why_and_can_be_retried(
    visit: Visit, answer: dict[str, object] | None, sentence: str
) -> None:
    page = visit("/ops/runs/?names=none").page
    page.route("**/chart/lonely", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.evaluate("htmx.ajax('GET', '/fragment?name=lonely', '#home')")
    figure = page.locator("#home figure")
    expect(figure.get_by_role("alert")).to_contain_text(sentence)
    page.unroute("**/chart/lonely")
    figure.get_by_role("button", name="Retry").click()
    expect(figure).to_have_attribute("data-state", "drawn")


def test_reduced_motion_stills_the_charts(visit: Visit) -> None:
    moving = "Apex._chartInstances[0].chart.w.config.chart.animations.enabled"
    for motion, moves in (("no-preference", True), ("reduce", False)):
        assert visit("/ops/runs/?names=single", reduced_motion=motion).page.evaluate(moving) is moves
