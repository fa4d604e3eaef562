"""Two to six tracks on one platform, by date and by day since release."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.webapp.views.conftest import HTMX, NEWEST, Visit, counted_statements

UUIDS = [f"00000000-0000-4000-8000-{number:012}" for number in range(1, 8)]
TWO = f"tracks={UUIDS[0]},{UUIDS[1]}"


@pytest.fixture
def songs(database: psycopg.Connection) -> list[int]:
    """Three tracks on Spotify: released 19 days before NEWEST, 9 days before, and without a date."""
    found = []
    for place, (name, days) in enumerate((("Salt", 20), ("Low Tide", 10), ("Undated", 5))):
        track_id = make_track(database, UUIDS[place], name)
        released = NEWEST - timedelta(days=days - 1) if name != "Undated" else None
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, track_id])
        values = [
            (NEWEST - timedelta(days=days - 1 - step), 1000 * (place + 1) + step * step)
            for step in range(days)
        ]
        insert_series(database, audience_rows(track_id, platform_id(database, "spotify"), values))
        found.append(track_id)
    return found


def drawn(browser: FlaskClient, query: str) -> dict[str, Any]:
    answer = browser.get(f"/compare/chart/?{query}").json
    assert answer is not None
    return dict(answer)


def values(series: dict[str, Any]) -> list[tuple[int, int]]:
    return [(point["x"], point["y"]) for point in series["data"] if point["y"] is not None]


def test_by_date_every_track_stands_at_its_dates(viewer: FlaskClient, songs: list[int]) -> None:
    (chart,) = drawn(viewer, f"{TWO},{UUIDS[2]}&platform=spotify")["charts"]
    assert [series["name"] for series in chart["series"]] == ["Salt", "Low Tide", "Undated"]
    assert len(set(chart["colors"])) == 3
    assert len(chart["yaxis"]) == 1
    assert chart["xaxis"]["type"] == "datetime"
    assert [len(values(series)) for series in chart["series"]] == [20, 10, 5]
    assert len({values(series)[-1][0] for series in chart["series"]}) == 1


def test_by_release_every_track_begins_at_day_0(viewer: FlaskClient, songs: list[int]) -> None:
    (chart,) = drawn(viewer, f"{TWO}&by=release")["charts"]
    assert values(chart["series"][0]) == [(day, 1000 + day * day) for day in range(20)]
    assert values(chart["series"][1]) == [(day, 2000 + day * day) for day in range(10)]
    assert chart["xaxis"] == {
        "type": "numeric",
        "title": {"text": "Days since release"},
        "min": 0,
        "max": 20,
        "tickAmount": 4,
    }


@pytest.mark.parametrize("by", ["date", "release"])
def test_gains_are_true_to_the_first_of_a_range(viewer: FlaskClient, songs: list[int], by: str) -> None:
    chart = drawn(viewer, f"{TWO}&by={by}&metric=gain&range=7")["charts"][0]
    gains = [[y for _, y in values(series)] for series in chart["series"]]
    newest = by == "date"
    # Both were out on their day 0, so that it counts from 0.
    firsts = [[], []] if newest else [[1000], [2000]]
    assert gains[0] == firsts[0] + [2 * step - 1 for step in (range(13, 20) if newest else range(1, 7))]
    assert gains[1] == firsts[1] + [2 * step - 1 for step in (range(3, 10) if newest else range(1, 7))]


@pytest.mark.parametrize(
    ("query", "sizes"), [("metric=total", [3]), ("metric=gain", [1, 1, 1]), ("metric=gain&by=release", [2])]
)
def test_totals_share_a_chart_and_gains_of_three_do_not(
    viewer: FlaskClient, songs: list[int], query: str, sizes: list[int]
) -> None:
    answer = drawn(viewer, f"{TWO},{UUIDS[2]}&{query}")
    assert [len(chart["series"]) for chart in answer["charts"]] == sizes


def test_the_page_shows_what_is_drawn(viewer: FlaskClient, songs: list[int]) -> None:
    page = viewer.get(f"/compare/?{TWO}&platform=Spotify").text
    assert "Salt: 1,361 streams on 2026-11-20; +1,361 since 2026-10-31, when it was 0." in page
    since = viewer.get(f"/compare/?{TWO},{UUIDS[2]}&by=release").text
    assert "Low Tide: 2,081 streams on day 9 (2026-11-20); +2,081 since 2026-11-10, when it was 0." in since
    assert "Not shown because the release date is unknown: Undated." in since
    assert "No views on YouTube yet: Salt, Low Tide." in viewer.get(f"/compare/?{TWO}&platform=youtube").text
    assert 'data-empty="filtered"' in viewer.get(f"/compare/?{TWO}&platform=youtube").text


def test_a_range_counts_from_the_total_before_it(viewer: FlaskClient, songs: list[int]) -> None:
    page = viewer.get(f"/compare/?{TWO}&platform=Spotify&range=7").text
    assert "Salt: 1,361 streams on 2026-11-20; +217 (+19.0%) since 2026-11-13." in page
    since = viewer.get(f"/compare/?tracks={UUIDS[2]},{UUIDS[0]}&platform=Spotify&range=30").text
    assert (
        "Undated: 3,016 streams on 2026-11-20; +16 (+0.5%) since 2026-11-16, the first value in this range."
        in since
    )


def test_a_fall_and_other_identifiers_are_shown(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    damaged = "UPDATE track_audience_time_series SET {} WHERE date = %s AND track_id = %s"
    database.execute(damaged.format("audience_value = 1"), [NEWEST - timedelta(2), songs[0]])
    database.execute("UPDATE audience_states SET fell_on = %s", [NEWEST - timedelta(2)])
    database.execute(damaged.format("platform_identifier = 'z', api_data = '{}'"), [NEWEST, songs[1]])
    page = viewer.get(f"/compare/?{TWO}&platform=Spotify&range=7").text
    assert "+217 since 2026-11-13; a total fell." in page
    assert "since 2026-11-13; other identifiers count than before." in page


COLUMNS = ("date", "total", "gain", "days_covered", "fetched_at", "former_value", "revised_at")


def cells_of(browser: FlaskClient, path: str) -> list[list[str]]:
    """Returns the columns of a file that comparisons and tracks share."""
    text = browser.get(path).data.decode("utf-8-sig")
    return [[row[name] for name in COLUMNS] for row in csv.DictReader(io.StringIO(text, newline=""))]


def notes_of(page: str) -> list[str]:
    """Returns the notes of the rows of a table."""
    return re.findall(r'data-label="Notes">([^<]*)<', page)


@pytest.mark.parametrize(
    "totals",
    [
        # Days that came at once; a comeback from a fall in the range; one from a fall before it; and a gap.
        [*range(1_000_000, 1_038_000, 1000), 1_037_000, 1_037_000, 1_040_000],
        [*range(1_000_000, 1_038_000, 1000), 600_000, 601_000, 1_040_000],
        [*range(1_000_000, 1_030_000, 1000), *range(600_000, 610_000, 1000), 1_040_000],
        [*range(1_000_000, 1_036_000, 1000), None, None, 1_040_000],
    ],
)
def test_a_row_has_the_notes_that_it_has_on_the_page_of_its_track(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection, totals: list[int | None]
) -> None:
    youtube = platform_id(database, "youtube")
    days = [(NEWEST - timedelta(days=back), total) for back, total in enumerate(reversed(totals))]
    known = [(day, total) for day, total in days if total is not None]
    insert_series(database, audience_rows(songs[2], youtube, known))
    database.execute("UPDATE tracks SET release_date = NULL WHERE id = %s", [songs[2]])
    wanted = f"tracks={UUIDS[2]},{UUIDS[0]}&platform=youtube&range=7&metric=gain"
    track, alone = f"/tracks/{UUIDS[2]}/audience/", "platforms=youtube&range=7&metric=gain"
    found = notes_of(viewer.get(f"/compare/?{wanted}").text)
    assert found == notes_of(viewer.get(f"{track}?{alone}").text)
    assert any(found)
    assert cells_of(viewer, f"/compare/points.csv?{wanted}") == cells_of(viewer, f"{track}points.csv?{alone}")
    chart = drawn(viewer, wanted)["charts"][0]
    assert any(chart["annotations"].values())


@pytest.mark.parametrize("wanted", ["all", "30"])
def test_a_new_song_counts_from_its_release_in_every_range(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection, wanted: str
) -> None:
    released = NEWEST - timedelta(days=26)  # a week before its first value
    database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, songs[0]])
    page = viewer.get(f"/compare/?{TWO}&range={wanted}").text
    assert "Salt: 1,361 streams on 2026-11-20; +1,361 since 2026-10-24, when it was 0." in page


def test_a_chip_leaves_its_track_out(viewer: FlaskClient, songs: list[int]) -> None:
    page = viewer.get(f"/compare/?{TWO}&by=release", headers=HTMX).text
    assert "<html" not in page
    found = re.search(r'href="([^"]+)"[^>]* aria-label="Remove Salt"', page)
    assert found is not None
    rest = viewer.get(found[1].replace("&amp;", "&")).text
    assert "A comparison needs 2 to 6 tracks; this one has 1." in rest
    assert "Remove Low Tide" in rest
    assert "Remove Salt" not in rest


@pytest.mark.parametrize(
    "query",
    [
        TWO,
        f"tracks={UUIDS[0]}&tracks={UUIDS[1]}",
        f"tracks={UUIDS[0]}&tracks={UUIDS[1]},{UUIDS[0]}&tracks=",
        f"tracks={UUIDS[0]}, {UUIDS[1].upper()}",
    ],
)
def test_tracks_are_named_once_however_they_are_given(
    viewer: FlaskClient, songs: list[int], query: str
) -> None:
    page = viewer.get(f"/compare/?{query}").text
    assert re.findall(r'aria-label="Remove ([^"]+)"', page) == ["Salt", "Low Tide"]


@pytest.mark.parametrize(
    ("query", "code", "sentence"),
    [
        ("", 200, "this one has 0"),
        (f"tracks={UUIDS[0]}", 200, "this one has 1"),
        (f"tracks={','.join(UUIDS)}", 400, "tracks must have at most 6 tracks, not 7."),
        (f"{TWO},{UUIDS[6]}", 404, f"Track {UUIDS[6]} not found."),
        (f"{TWO},nonsense", 404, "Track nonsense not found."),
        (f"{TWO}&platform=napster", 404, "Platform napster not found."),
        (f"{TWO}&by=hour", 400, "by must be one of date, release"),
        (f"{TWO}&metric=share", 400, "metric must be one of total, gain, index, log"),
        (f"{TWO}&range=8", 400, "range must be one of"),
    ],
)
def test_what_cannot_be_compared_is_shown(
    viewer: FlaskClient, songs: list[int], query: str, code: int, sentence: str
) -> None:
    answer = viewer.get(f"/compare/?{query}")
    assert answer.status_code == code
    assert sentence in answer.text
    for other in ("chart/", "points.csv"):
        assert viewer.get(f"/compare/{other}?{query}").status_code == code


def test_the_file_holds_every_point(viewer: FlaskClient, songs: list[int]) -> None:
    text = viewer.get(f"/compare/points.csv?{TWO}&by=release").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["track"], int(row["day"]), int(row["total"])) for row in rows] == [
        *(("Salt", day, 1000 + day * day) for day in range(20)),
        *(("Low Tide", day, 2000 + day * day) for day in range(10)),
    ]
    assert {date.fromisoformat(row["date"]) for row in rows} == {
        NEWEST - timedelta(days=step) for step in range(20)
    }


def test_the_file_shows_what_a_value_was_before(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    database.execute(
        "INSERT INTO audience_revisions (track_id, platform_id, date, former_value, former_identifier,"
        " former_api_data, former_fetched_at, audience_value, revised_at)"
        " VALUES (%s, %s, %s, 7, 'a', '{}', now(), 1361, now())",
        [songs[0], platform_id(database, "spotify"), NEWEST],
    )
    text = viewer.get(f"/compare/points.csv?{TWO}").data.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text, newline="")) if row["former_value"]]
    assert [(row["track"], row["date"], row["former_value"]) for row in rows] == [("Salt", str(NEWEST), "7")]
    assert rows[0]["revised_at"]
    assert "revised from 7 on" in viewer.get(f"/compare/?{TWO}").text


def test_values_before_the_release_are_in_the_whole_range_only(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [NEWEST, songs[0]])
    for wanted, days in (("all", list(range(-19, 1))), ("90", [0])):
        chart = drawn(viewer, f"{TWO}&by=release&range={wanted}")["charts"][0]
        assert [x for x, _ in values(chart["series"][0])] == days


def test_a_track_costs_one_statement_more(site: Flask, viewer: FlaskClient, songs: list[int]) -> None:
    with counted_statements(site) as sent:
        assert viewer.get(f"/compare/?{TWO}&platform=spotify").status_code == 200
    assert len([one for one in sent if "track_audience_time_series" in one]) == 2


def test_the_list_offers_its_rows(viewer: FlaskClient, songs: list[int]) -> None:
    page = viewer.get("/tracks/?platform=youtube").text
    assert 'form="compare-picks" name="platform" value="youtube"' in page
    for uuid, name in zip(UUIDS, ("Salt", "Low Tide", "Undated"), strict=False):
        assert re.search(rf'name="tracks" value="{uuid}" [^>]*aria-label="Compare {name}"', page)


@pytest.mark.parametrize("path", ["/tracks/", f"/tracks/{UUIDS[0]}/", "/compare/", "/nowhere"])
def test_every_page_has_the_tray_and_no_fragment_does(
    viewer: FlaskClient, songs: list[int], path: str
) -> None:
    assert 'id="compare-picks" class="tray" method="get" action="/compare/"' in viewer.get(path).text
    assert 'id="compare-picks"' not in viewer.get("/tracks/", headers=HTMX).text


def test_nobody_has_a_tray(visit: Visit) -> None:
    assert 'id="compare-picks"' not in visit(None).get("/login").text


def test_tracks_of_one_title_are_told_apart(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    database.execute("UPDATE tracks SET name = 'Salt', credit_name = 'Mira Vale' WHERE id = %s", [songs[1]])
    query = f"{TWO}&by=release"
    names = ["Salt (Billie Eilish)", "Salt (Mira Vale)"]
    (chart,) = drawn(viewer, query)["charts"]
    assert [series["name"] for series in chart["series"]] == names
    page = viewer.get(f"/compare/?{query}").text
    assert re.findall(r'aria-label="Remove ([^"]+)"', page) == names
    assert set(re.findall(r'data-label="Track">([^<]+)<', page)) == set(names)
    assert all(f"<p>{name}: " in page for name in names)
    text = viewer.get(f"/compare/points.csv?{query}").data.decode("utf-8-sig")
    assert {row["track"] for row in csv.DictReader(io.StringIO(text, newline=""))} == set(names)


def test_one_title_is_told_apart_where_nothing_is_shown_too(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    database.execute("UPDATE tracks SET name = 'Salt', credit_name = 'Billie Eilish'")
    page = viewer.get(f"/compare/?{TWO},{UUIDS[2]}&by=release&platform=youtube").text
    first, second = (f"Salt (Billie Eilish, 2026, {uuid})" for uuid in UUIDS[:2])
    assert "because the release date is unknown: Salt (Billie Eilish)." in page
    assert f"No views on YouTube yet: {first}, {second}." in page


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
    sentence = "No index: these tracks have no day in common."
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
    assert "Salt is held from day 200 (2026-11-18)." in page
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
