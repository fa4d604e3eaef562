"""Two to six tracks on one platform, by date and by day since release."""

import csv
import io
import re
from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, platform_id
from tests.webapp.views.compare.conftest import TWO, UUIDS, drawn, values
from tests.webapp.views.conftest import HTMX, NEWEST, Visit, counted_statements


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
    assert 'form="picked-tracks" name="platform" value="youtube"' in page
    for uuid, name in zip(UUIDS, ("Salt", "Low Tide", "Undated"), strict=False):
        assert re.search(rf'name="tracks" value="{uuid}" [^>]*aria-label="Select {name}"', page)


@pytest.mark.parametrize("path", ["/tracks/", f"/tracks/{UUIDS[0]}/", "/compare/", "/nowhere"])
def test_every_page_has_the_trays_and_no_fragment_does(
    viewer: FlaskClient, songs: list[int], path: str
) -> None:
    page = viewer.get(path).text
    assert 'id="picked-tracks" class="tray" method="get" action="/compare/"' in page
    assert 'id="picked-artists" class="tray" method="get" action="/compare/artists/"' in page
    assert 'class="tray"' not in viewer.get("/tracks/", headers=HTMX).text


def test_nobody_has_a_tray(visit: Visit) -> None:
    assert 'class="tray"' not in visit(None).get("/login").text


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
