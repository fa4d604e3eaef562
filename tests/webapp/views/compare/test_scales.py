"""What a comparison shows at first: its scale, its range, and the history that is missing."""

import csv
import io
from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, platform_id
from tests.webapp.views.compare.conftest import TWO, drawn, values
from tests.webapp.views.conftest import NEWEST


def insert_far(database: psycopg.Connection, track: int, days: dict[int, int]) -> None:
    """Stores YouTube views of a track, by days before NEWEST."""
    values = [(NEWEST - timedelta(days=back), total) for back, total in days.items()]
    insert_series(database, audience_rows(track, platform_id(database, "youtube"), values))


YOUTUBE = f"{TWO}&platform=youtube"


@pytest.mark.parametrize(("largest", "shown"), [(40_000, [40_000]), (40_001, [200.005])])
def test_tracks_of_unlike_size_are_indexed_at_first(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection, largest: int, shown: list[float]
) -> None:
    """More than 20 times apart: 2,000 and 40,001; the base is the first day that both have."""
    insert_far(database, songs[0], {3: 500, 2: 1000, 0: 2000})
    insert_far(database, songs[1], {2: 20_000, 0: largest})
    (chart,) = drawn(viewer, YOUTUBE)["charts"]
    assert values(chart["series"][1])[-1:] == [(chart["xaxis"]["max"], shown[0])]
    page = viewer.get(f"/compare/?{YOUTUBE}").text
    indexed = shown != [40_000]
    assert ("Salt: index 200.0 on 2026-11-20; its 1,000 views on 2026-11-18 count as 100." in page) == indexed
    assert chart["yaxis"][0]["title"]["text"] == ("Index (100 on 2026-11-18)" if indexed else "Views")
    assert '<input type="radio" id="metric-" name="metric" value="" checked>' in page
    rows = csv.DictReader(io.StringIO(viewer.get(f"/compare/points.csv?{YOUTUBE}").data.decode("utf-8-sig")))
    assert [row["index"] for row in rows] == (
        ["50.0", "100.0", "200.0", "100.0", "200.005"] if indexed else [""] * 5
    )


def test_an_index_by_release_counts_from_the_first_day_of_all(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    """Salt came out 19 days before NEWEST, Low Tide 9 days before: both have a value on day 5."""
    insert_far(database, songs[0], {16: 50, 14: 100, 0: 300})
    insert_far(database, songs[1], {4: 10, 0: 25})
    (chart,) = drawn(viewer, f"{YOUTUBE}&by=release&metric=index")["charts"]
    assert [values(series) for series in chart["series"]] == [
        [(3, 50), (5, 100), (19, 300)],
        [(5, 100), (9, 250)],
    ]
    assert chart["yaxis"][0]["title"]["text"] == "Index (100 on day 5)"


def test_without_a_common_day_unlike_tracks_have_a_log_axis(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    insert_far(database, songs[0], {3: 10, 1: 100})
    insert_far(database, songs[1], {2: 10_000, 0: 1_000_000})
    (chart,) = drawn(viewer, YOUTUBE)["charts"]
    assert [[y for _, y in values(series)] for series in chart["series"]] == [[1, 2], [4, 6]]
    assert chart["yaxis"][0]["powers"] is True
    sentence = "No index: they have no day in common."
    assert sentence in viewer.get(f"/compare/?{YOUTUBE}&metric=index").text
    assert drawn(viewer, f"{YOUTUBE}&metric=index")["empty"] == sentence


def test_no_track_is_left_out_at_first_that_has_values(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    """Salt is held from day 200 since its release on: not in its first 90 days."""
    released = NEWEST - timedelta(days=202)
    database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, songs[0]])
    insert_far(database, songs[0], {2: 1000, 0: 1100})
    insert_far(database, songs[1], {1: 1000, 0: 1200})
    (chart,) = drawn(viewer, f"{YOUTUBE}&by=release")["charts"]
    assert [values(series) for series in chart["series"]] == [
        [(200, 1000), (202, 1100)],
        [(8, 1000), (9, 1200)],
    ]
    page = viewer.get(f"/compare/?{YOUTUBE}&by=release").text
    assert '<input type="radio" id="range-" name="range" value="" checked>All' in page
    assert "Salt has values from day 200 (2026-11-18)." in page
    assert "No values in this range" not in page
    narrow = viewer.get(f"/compare/?{YOUTUBE}&by=release&range=90").text
    assert "No values in this range: Salt." in narrow
    assert "range=all" in narrow
    assert '<input type="radio" id="range-90" name="range" value="90" checked>90 days' in narrow


def test_a_missing_history_is_offered_with_its_cost(
    operator: FlaskClient, viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    """From 8 days before the release, day -8 to 199, are 208 days: 3 calls of at most 90 days."""
    released = NEWEST - timedelta(days=202)
    database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, songs[0]])
    insert_far(database, songs[0], {2: 1000, 0: 1100})
    insert_far(database, songs[1], {1: 1000, 0: 1200})
    query = f"/compare/?{YOUTUBE}&by=release"
    assert "Fetch the history (3 calls)" in operator.get(query).text
    assert f"start_date={released}" in operator.get(query).text
    assert "Fetch the history" not in viewer.get(query).text
    database.execute("UPDATE audience_states SET history_from = %s", [released - timedelta(days=8)])
    assert "SoundCharts has no value just before these days for the track." in operator.get(query).text
