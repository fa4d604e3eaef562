"""The audience panel indexed: every platform 100 at the first date that all have."""

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, platform_id
from tests.webapp.views.conftest import API_URL, NEWEST, TRACK_URL

PANEL = f"{TRACK_URL}audience/"
ALL = "range=all&metric=index&platforms=spotify,youtube"


def drawn(browser: FlaskClient, query: str) -> dict[str, Any]:
    answer = browser.get(f"{PANEL}chart/?{query}").json
    assert answer is not None
    return dict(answer)


@pytest.fixture
def shazam(track: int, database: psycopg.Connection) -> int:
    """The track with ten days of Shazam too, that double."""
    values = [(NEWEST - timedelta(days=9 - step), 500 * 2**step) for step in range(10)]
    insert_series(database, audience_rows(track, platform_id(database, "shazam"), values))
    return track


@pytest.mark.parametrize(
    "query", [ALL, f"{ALL}&interval=week", f"{ALL}&interval=month", f"{ALL}&from_zero=1"]
)
def test_every_series_is_its_own_value_over_its_base(viewer: FlaskClient, track: int, query: str) -> None:
    (chart,) = drawn(viewer, query)["charts"]
    spotify, youtube = (series["data"] for series in chart["series"])
    assert len(spotify) == len(youtube) > 3
    base = next(place for place, point in enumerate(youtube) if point["y"] is not None)
    for points in (spotify, youtube):
        assert points[base]["y"] == 100
        for point in points:
            if point["y"] is not None:
                assert point["y"] == round(point["total"] / points[base]["total"] * 100, 3)
    assert len(chart["yaxis"]) == 1


def test_the_axis_and_the_sentence_show_what_is_100(viewer: FlaskClient, track: int) -> None:
    (chart,) = drawn(viewer, ALL)["charts"]
    assert chart["yaxis"][0]["title"]["text"] == "Index (100 on 2026-10-12)"
    assert chart["yaxis"][0]["decimalsInFloat"] == 1
    page = viewer.get(f"{PANEL}?{ALL}").text
    assert "YouTube: index 100.0 on 2026-11-20, where its 1,300,000,000 views on 2026-10-12 count" in page
    assert "index 100 on 2026-10-12" in page
    assert re.search(r'id="metric-index"[^>]*checked', page)
    weekly = viewer.get(f"{PANEL}?{ALL}&interval=week").text
    assert "in the week of 2026-10-12 count as 100" in weekly
    assert "by date, newest first, index 100 in the week of 2026-10-12" in weekly
    assert "index 100 in 2026-10" in viewer.get(f"{PANEL}?{ALL}&interval=month").text


def test_the_table_has_the_index(viewer: FlaskClient, shazam: int) -> None:
    page = viewer.get(f"{PANEL}?range=all&metric=index&platforms=shazam").text
    found = re.findall(r'data-label="Index" class="number">([^<]+)<', page)
    assert found == ["51,200.0", "25,600.0", *(f"{100 * 2**n:,}.0" for n in range(7, -1, -1))]
    assert 'data-label="Index"' not in viewer.get(f"{PANEL}?platforms=shazam").text


def test_three_platforms_are_one_chart(viewer: FlaskClient, shazam: int) -> None:
    three = "range=all&platforms=spotify,youtube,shazam"
    assert len(drawn(viewer, three)["charts"]) == 3
    (chart,) = drawn(viewer, f"{three}&metric=index")["charts"]
    assert [series["name"] for series in chart["series"]] == ["Spotify", "YouTube", "Shazam"]
    assert [series["data"][-1]["y"] for series in chart["series"]][2] == 51_200


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "UPDATE track_audience_time_series SET audience_value = 0 WHERE date = '2026-10-12'",
            "No index: Spotify and YouTube had no audience yet on 2026-10-12.",
        ),
        (
            (
                "DELETE FROM track_audience_time_series WHERE (date >= '2026-10-12')"
                " = (platform_id = (SELECT id FROM platforms WHERE slug = 'spotify'))"
            ),
            "No index: these platforms have no date in common.",
        ),
    ],
)
def test_no_index_is_shown(
    viewer: FlaskClient, track: int, database: psycopg.Connection, change: str, sentence: str
) -> None:
    database.execute(change)
    answer = drawn(viewer, ALL)
    assert (answer["charts"], answer["empty"]) == ([], sentence)
    page = viewer.get(f"{PANEL}?{ALL}").text
    assert sentence in page
    assert "data-drawing-url" not in page
    assert 'id="metric-total"' in page


def test_programs_are_refused_an_index(viewer: FlaskClient, track: int) -> None:
    answer = viewer.get(f"{API_URL}?metric=index")
    assert answer.status_code == 400
    assert answer.json == {"success": False, "error": "metric must be one of total, gain, not 'index'."}
