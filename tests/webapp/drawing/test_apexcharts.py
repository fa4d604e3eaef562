"""Charts: series are converted to option JSON, marks in words and a figure."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.drawing.apexcharts import Drawing, drawing, time_axis
from webapp.drawing.figure import ApexCharts, figure
from webapp.drawing.marks import series_marks
from webapp.lib.series import Interval, Point, Series, Shows

DAY = date(2025, 7, 21)
MIDNIGHT = 1753056000000  # of DAY, as `date -u -d 2025-07-21 +%s` has it
FETCHED = datetime(2025, 7, 24, 6, 30, tzinfo=UTC)
A_DAY = 86_400_000


def series(name: str = "Spotify", metric: str = "Streams", days: tuple[int, ...] = (0, 1, 2)) -> Series:
    """Returns a series that grows by 10 a day, with a point on each of `days` after DAY."""
    points = [Point(DAY + timedelta(days=n), 100 + 10 * n, 10 if n else None, FETCHED) for n in days]
    return Series(name, metric=metric, colour="#3b82f6", points=points)


def only(chart: Drawing) -> dict[str, Any]:
    (options,) = drawing(chart)["charts"]
    return dict(options)


def test_a_point_carries_what_the_tooltip_shows() -> None:
    first, second, _ = only(Drawing([series()]))["series"][0]["data"]
    assert first == {
        "x": MIDNIGHT,
        "y": 100,
        "total": 100,
        "gain": None,
        "index": None,
        "fetched": "2025-07-24 06:30",
        "notes": [],
    }
    assert (second["x"], second["y"], second["gain"]) == (MIDNIGHT + A_DAY, 110, 10)


def test_a_gain_is_drawn_as_columns_of_gains() -> None:
    options = only(Drawing([series()], shows="gain"))
    assert options["chart"]["type"] == "bar"
    assert [point["y"] for point in options["series"][0]["data"]] == [None, 10, 10]
    assert [point["total"] for point in options["series"][0]["data"]] == [100, 110, 120]


@pytest.mark.parametrize(
    ("interval", "labels"),
    [
        ("day", [date(2025, 1, 30), date(2025, 1, 31), date(2025, 2, 1)]),
        ("week", [date(2024, 12, 23), date(2024, 12, 30), date(2025, 1, 6)]),
        ("month", [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)]),
    ],
)
def test_a_missing_label_is_a_null_point_and_a_band(interval: Interval, labels: list[date]) -> None:
    ends = Series(
        "Spotify",
        metric="Streams",
        colour="#3b82f6",
        points=[Point(labels[0], 1, covers=None), Point(labels[2], 2)],
    )
    chart = Drawing([ends], interval)
    assert chart.labels == labels
    assert [point["y"] for point in only(chart)["series"][0]["data"]] == [1, None, 2]
    (band,) = only(chart)["annotations"]["xaxis"]
    assert (band["x2"] - band["x"]) // A_DAY == (labels[2] - labels[0]).days


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 400), max_size=30, unique=True).map(sorted), min_size=1, max_size=4))
def test_every_series_has_a_place_at_every_label(days: list[list[int]]) -> None:
    given_series = [series(f"S{n}", days=tuple(some)) for n, some in enumerate(days)]
    chart = Drawing(given_series)
    drawn = [one for options in drawing(chart)["charts"] for one in options["series"]]
    labels = chart.labels
    if not labels:
        assert drawn == []
        return
    assert labels == [labels[0] + timedelta(days=n) for n in range(len(labels))]
    for before, after in zip(given_series, drawn, strict=True):
        assert len(after["data"]) == len(labels)
        assert [point["y"] for point in after["data"] if point["y"] is not None] == [
            p.total for p in before.points
        ]


def test_lone_points_get_a_marker() -> None:
    markers = only(Drawing([series(days=(0, 1, 5, 7, 8, 10))]))["markers"]["discrete"]
    assert [marker["dataPointIndex"] for marker in markers] == [5, 10]


@pytest.mark.parametrize(
    ("chart", "titles", "least"),
    [
        (Drawing([series()]), ["Streams"], [None]),
        (Drawing([series()], from_zero=True), ["Streams"], [0]),
        (Drawing([series()], shows="gain", interval="week"), ["Streams gained per week"], [0]),
        (Drawing([series(), series("Deezer")], from_zero=True), ["Streams"], [0]),
        (Drawing([series(), series("YouTube", "Views")], from_zero=True), ["Streams", "Views"], [0, 0]),
    ],
)
def test_axes_are_named_and_start_where_they_say(
    chart: Drawing, titles: list[str], least: list[int | None]
) -> None:
    axes = only(chart)["yaxis"]
    assert [axis["title"]["text"] for axis in axes] == titles
    assert [axis.get("min") for axis in axes] == least
    assert [axis["opposite"] for axis in axes] == [False, True][: len(axes)]
    assert "title" not in only(chart)["xaxis"]


def test_series_of_one_metric_share_an_axis() -> None:
    (axis,) = only(Drawing([series(), series("Deezer")]))["yaxis"]
    assert axis["seriesName"] == ["Spotify", "Deezer"]


@settings(deadline=None)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=20))
def test_zeros_are_level_and_everything_fits(gains: list[int]) -> None:
    half = len(gains) // 2
    both = [
        Series(
            metric,
            metric=metric,
            colour="#3b82f6",
            points=[Point(DAY + timedelta(days=n), 0, g) for n, g in enumerate(some)],
        )
        for metric, some in (("Streams", gains[:half]), ("Views", gains[half:]))
    ]
    axes = only(Drawing(both, shows="gain"))["yaxis"]
    if min(gains) >= 0:
        assert [axis["min"] for axis in axes] == [0, 0]
        return
    heights = {round(-axis["min"] / (axis["max"] - axis["min"]), 9) for axis in axes}
    assert len(heights) == 1
    for axis, some in zip(axes, (gains[:half], gains[half:]), strict=True):
        assert axis["min"] <= min(some)
        assert axis["max"] >= max(some)


def test_three_series_are_small_charts_on_one_time_axis() -> None:
    charts = drawing(Drawing([series(), series("Deezer", days=(4, 5)), series("YouTube", "Views")]))["charts"]
    assert [chart["title"]["text"].split(":")[0] for chart in charts] == ["Spotify", "Deezer", "YouTube"]
    assert {(chart["xaxis"]["min"], chart["xaxis"]["max"]) for chart in charts} == {
        (MIDNIGHT, MIDNIGHT + 5 * A_DAY)
    }
    assert {chart["xaxis"]["tickAmount"] for chart in charts} == {5}
    assert not any("title" in chart["xaxis"] for chart in charts)


def test_the_range_requested_is_the_width_of_the_chart() -> None:
    axis = only(Drawing([series()], start=DAY - timedelta(days=3), end=DAY + timedelta(days=9)))["xaxis"]
    assert (axis["min"], axis["max"]) == (MIDNIGHT - 3 * A_DAY, MIDNIGHT + 9 * A_DAY)


@pytest.mark.parametrize(
    ("days", "earlier", "steps"),
    [(0, 1, 2), (1, 0, 1), (6, 0, 6), (8, 0, 8), (29, 1, 6), (89, 1, 6), (364, 0, 7), (1100, 0, 5)],
)
def test_the_last_day_has_a_tick_and_all_ticks_are_days(days: int, earlier: int, steps: int) -> None:
    axis = time_axis(DAY, DAY + timedelta(days=days), "day")
    assert (axis["min"], axis["tickAmount"]) == (MIDNIGHT - earlier * A_DAY, steps)
    assert axis["max"] == MIDNIGHT + max(days, 1) * A_DAY
    assert (axis["max"] - axis["min"]) % (steps * A_DAY) == 0


@pytest.mark.parametrize("interval", ["week", "month"])
def test_weeks_and_months_have_the_ticks_of_the_calendar(interval: Interval) -> None:
    axis = time_axis(DAY, DAY + timedelta(days=89), interval)
    assert axis == {"type": "datetime", "min": MIDNIGHT, "max": MIDNIGHT + 89 * A_DAY}


def test_an_area_stands_on_zero_and_fades_from_its_own_colour() -> None:
    fitted = only(Drawing([series()]))
    assert (fitted["chart"]["type"], fitted["fill"]["type"]) == ("line", "solid")
    options = only(Drawing([series()], from_zero=True))
    assert (options["chart"]["type"], options["colors"]) == ("area", ["#3b82f6"])
    gradient = options["fill"]["gradient"]
    assert options["fill"]["type"] == "gradient"
    assert gradient["opacityFrom"] >= 0.5 > gradient["opacityTo"] > 0


def test_a_log_axis_has_powers_of_ten_around_its_points() -> None:
    totals = [0, 1000, 2_000_000]
    points = [Point(DAY + timedelta(days=n), total) for n, total in enumerate(totals)]
    one = Series("Spotify", metric="Streams", colour="#3b82f6", points=points)
    options = only(Drawing([one], log=True))
    data = options["series"][0]["data"]
    assert [point["y"] and round(point["y"], 6) for point in data] == [None, 3, 6.30103]
    assert [point["total"] for point in data] == totals
    (axis,) = options["yaxis"]
    assert (axis["min"], axis["max"], axis["tickAmount"], axis["powers"]) == (3, 7, 4, True)


@pytest.mark.parametrize(
    "given_series", [[], [series(days=())], [series(days=()), series("Deezer", days=())]]
)
def test_nothing_to_draw_is_reported(given_series: list[Series]) -> None:
    assert drawing(Drawing(given_series)) == {
        "interval": "day",
        "charts": [],
        "events": [],
        "empty": "There are no values in this range.",
    }


@pytest.mark.parametrize("shows", ["total", "gain"])
def test_what_is_marked_in_words_is_drawn(shows: Shows) -> None:
    points = [
        Point(DAY, 100),
        Point(DAY + timedelta(days=1), 90, -10, identifiers_changed=True, former_value=95),
    ]
    one = Series("YouTube", metric="Views", colour="#ef4444", points=points)
    drawn = only(Drawing([series(), one], shows=shows))["annotations"]["points"]
    assert [point["marker"]["cssClass"] for point in drawn] == [
        f"mark-{mark.kind}" for mark in series_marks(one, "day", shows)
    ]
    assert {(point["x"], point["y"], point["yAxisIndex"]) for point in drawn} == {
        (MIDNIGHT + A_DAY, 90 if shows == "total" else -10, 1)
    }


def test_options_are_json() -> None:
    answer = drawing(Drawing([series(), series("YouTube", "Views")]))
    assert json.loads(json.dumps(answer)) == answer


def test_a_figure_escapes_what_it_is_given() -> None:
    made = figure('/chart?a=1&b="', "<b>", "Rose & fell", small=True)
    assert 'data-drawing-url="/chart?a=1&amp;b=&#34;"' in made
    assert 'aria-label="&lt;b&gt;. The arrow keys read its points."' in made
    caption = re.search(r'<figcaption id="([^"]+)" class="sr-only">Rose &amp; fell</figcaption>', made)
    assert caption is not None
    assert f'aria-describedby="{caption[1]}"' in made
    assert 'class="drawing drawing-small"' in made
    assert "style=" not in made


def test_the_extension_gives_templates_the_figure() -> None:
    app = Flask(__name__)
    ApexCharts().init_app(app)
    with app.app_context():
        assert render_template_string("{{ drawing_figure('/x', 'Streams') }}") == figure("/x", "Streams")
