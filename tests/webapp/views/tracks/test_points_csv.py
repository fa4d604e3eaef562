"""The points of the audience panel as a file."""

import csv
import io

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import make_track, platform_id
from tests.webapp.views.conftest import TRACK_URL

CSV = f"{TRACK_URL}audience/points.csv"


def read(browser: FlaskClient, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"{CSV}?{query}")
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_is_what_is_stored(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    stored = database.execute(
        "SELECT date::text AS date, name AS platform, audience_metric_name AS metric,"
        " audience_value::text AS total, '' AS index,"
        " coalesce((audience_value - lag(audience_value) OVER series)::text, '') AS gain,"
        " coalesce((date - lag(date) OVER series)::text, '') AS days_covered,"
        " '1' AS days_known, '1' AS days_in_period,"
        " '2026-01-01T00:00:00Z' AS fetched_at, '' AS former_value, '' AS revised_at, '' AS platforms_counted"
        " FROM track_audience_time_series JOIN platforms ON platforms.id = platform_id"
        " WINDOW series AS (PARTITION BY platform_id ORDER BY date) ORDER BY platform_id, date"
    )
    assert stored.description is not None
    names = [column.name for column in stored.description]
    expected = [dict(zip(names, row, strict=True)) for row in stored]
    assert len(expected) == 140
    assert read(viewer, "range=all&platforms=spotify,youtube") == expected


def test_an_index_is_in_the_file_where_the_panel_shows_one(viewer: FlaskClient, track: int) -> None:
    rows = read(viewer, "range=all&metric=index&platforms=spotify,youtube")
    base = {row["platform"]: int(row["total"]) for row in rows if row["date"] == "2026-10-12"}
    assert len(base) == 2
    for row in rows:
        assert float(row["index"]) == pytest.approx(int(row["total"]) / base[row["platform"]] * 100, abs=1e-3)


@pytest.mark.parametrize(
    ("query", "count", "first"),
    [
        ("", 90, "2026-08-23"),
        ("range=7&platforms=youtube", 7, "2026-11-14"),
        ("start_date=2026-11-01&end_date=2026-11-05&platforms=spotify,youtube", 10, "2026-11-01"),
        ("range=all&interval=month", 4, "2026-08-01"),
        ("start_date=2030-01-01", 0, ""),
    ],
)
def test_the_file_follows_the_panel(
    viewer: FlaskClient, track: int, query: str, count: int, first: str
) -> None:
    rows = read(viewer, query)
    assert len(rows) == count
    assert not rows or rows[0]["date"] == first


def test_a_revision_is_in_the_file(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    database.execute(
        "INSERT INTO audience_revisions (track_id, platform_id, date, former_value, former_identifier,"
        " former_api_data, former_fetched_at, audience_value, revised_at)"
        " VALUES (%s, %s, '2026-11-18', 2700012345, 'a', '{}', now(), 2700097000, '2026-11-20 10:00Z')",
        [track, platform_id(database, "spotify")],
    )
    revised = [row for row in read(viewer, "range=7") if row["former_value"]]
    assert [(row["date"], row["former_value"], row["revised_at"]) for row in revised] == [
        ("2026-11-18", "2700012345", "2026-11-20T10:00:00Z")
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '\r"=1", 2', "=\nx", "\n=1", "\nx"),
        *(" =1", "   @x", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1", " \n\t-1", "\v=1"),
        *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", " \uff1d1"),
    ],
)
def test_no_name_is_a_formula(
    viewer: FlaskClient, track: int, database: psycopg.Connection, name: str
) -> None:
    database.execute("UPDATE platforms SET name = %s WHERE slug = 'spotify'", [name])
    answer = viewer.get(f"{CSV}?range=7").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(answer, newline="")))
    assert {row["platform"] for row in rows} == {f"'{name}"}


@pytest.mark.parametrize("name", ["Spotify", 'a, "b"', "Ünï", " x", "a=1", "1-2", "x@y.z"])
def test_other_names_stay_as_they_are(
    viewer: FlaskClient, track: int, database: psycopg.Connection, name: str
) -> None:
    database.execute("UPDATE platforms SET name = %s WHERE slug = 'spotify'", [name])
    assert {row["platform"] for row in read(viewer)} == {name}


def test_a_loss_stays_a_number(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    database.execute("UPDATE track_audience_time_series SET audience_value = 5 WHERE date = '2026-11-20'")
    assert read(viewer, "range=7")[-1]["gain"] == str(5 - 2_700_098_000)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("bad guy", "filename=bad-guy-audience-by-day.csv"),
        ('..\\/"; x=y\r\nZ', "filename=x-y-z-audience-by-day.csv"),
        ("東京", "filename*=UTF-8''%E6%9D%B1%E4%BA%AC-audience-by-day.csv"),
    ],
)
def test_the_name_of_the_file(
    viewer: FlaskClient, database: psycopg.Connection, title: str, name: str
) -> None:
    make_track(database, name=title)
    answer = viewer.get(CSV)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert name in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_the_panel_links_to_its_own_file(viewer: FlaskClient, track: int) -> None:
    page = viewer.get(f"{TRACK_URL}audience/?range=7&platforms=youtube").text
    assert f'href="{CSV}?range=7&amp;platforms=youtube"' in page


@pytest.mark.parametrize("query", ["range=8", "interval=hour", "start_date=x", "metric=x"])
def test_a_bad_parameter_is_named(viewer: FlaskClient, track: int, query: str) -> None:
    answer = viewer.get(f"{CSV}?{query}")
    assert answer.status_code == 400
    assert f"{query.partition('=')[0]} must" in answer.text
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def test_no_track_no_file(viewer: FlaskClient, database: psycopg.Connection) -> None:
    assert viewer.get(CSV).status_code == 404


def test_a_spreadsheet_reads_it_as_utf_8(viewer: FlaskClient, track: int) -> None:
    """Excel on Windows takes a file without the mark for the code page of the machine."""
    assert viewer.get(CSV).data.startswith(b"\xef\xbb\xbf" + b"date,")


@pytest.mark.parametrize(
    ("query", "days"),
    [("365&metric=gain", 7), ("365&metric=gain&interval=day", 1), ("365", 1), ("90&metric=gain", 1)],
)
def test_the_gains_of_a_year_are_by_week(viewer: FlaskClient, track: int, query: str, days: int) -> None:
    assert {row["days_in_period"] for row in read(viewer, f"range={query}")} == {str(days)}
