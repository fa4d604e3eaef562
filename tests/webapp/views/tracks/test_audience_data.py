"""The stored values of a series, former values, and fetching a range again."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from sqlalchemy import event

from jobs.runs import carry_out, take
from tests.factories import T0, audience_rows, insert_series, make_track, platform_id
from tests.sandbox_server import SEED_TRACK, Sandbox
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, counted_statements, csrf
from webapp.extensions import db
from webapp.queries.tracks.audience_data import PAGE_SIZE
from webapp.views.tracks.audience_data import CSV_HEADER, MOST_DAYS

DATA = f"{TRACK_URL}data/spotify/"
RUN = "00000000-0000-4000-8000-000000000001"


def dates(page: str) -> list[date]:
    return [date.fromisoformat(day) for day in re.findall(r'rowheader"><time datetime="([^"]+)"', page)]


def days_back(count: int, newest: date = NEWEST) -> list[date]:
    return [newest - timedelta(days=back) for back in range(count)]


def add_run(
    database: psycopg.Connection, track: int, started: datetime, ended: datetime, kind: str = "audience"
) -> None:
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key, state, started_at, finished_at)"
        " VALUES (%s, 'fetch_audience', %s, 'default', %s, 'succeeded', %s, %s)",
        [
            RUN,
            Jsonb({"track_uuid": SEED_TRACK, "platform": "spotify"}),
            f"{kind}:{track}:{platform_id(database, 'spotify')}",
            started,
            ended,
        ],
    )


def revise(database: psycopg.Connection, track: int, day: date, former: int, at: datetime) -> None:
    database.execute(
        "INSERT INTO audience_revisions (track_id, platform_id, date, former_value, former_identifier,"
        " former_api_data, former_fetched_at, audience_value, revised_at, run_uuid)"
        " VALUES (%s, %s, %s, %s, 'a', '{}', %s, 1, %s, %s)",
        [track, platform_id(database, "spotify"), day, former, T0, at, RUN],
    )


def test_pages_by_date_hold_every_value_once(viewer: FlaskClient, track: int) -> None:
    seen: list[date] = []
    address: str | None = DATA
    while address is not None:
        page = viewer.get(address).text
        seen += dates(page)
        assert len(dates(page)) <= PAGE_SIZE
        following = re.search(rf'href="({DATA}\?before=[\d-]+)"', page)
        address = following[1] if following else None
    assert seen == days_back(100)


def test_a_value_with_its_gain_run_identifiers_and_former_values(
    viewer: FlaskClient, operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    add_run(database, track, T0 - timedelta(seconds=1), T0 + timedelta(seconds=1))
    revise(database, track, NEWEST, 2_700_000_001, T0)
    revise(database, track, NEWEST, 2_700_000_002, T0 + timedelta(hours=1))
    database.execute(
        "UPDATE track_audience_time_series SET api_data = %s WHERE date = %s",
        [Jsonb({"plots": [{"identifier": f"id-{n}", "value": n or None} for n in range(5)]}), NEWEST],
    )
    database.execute("DELETE FROM track_audience_time_series WHERE date = %s", [NEWEST - timedelta(days=1)])
    page = operator.get(f"{DATA}?start_date={NEWEST}").text
    assert dates(page) == [NEWEST]
    for words in (
        "2,700,099,000", "+2,000", "in 2 days", "id-4", "2 more", "no value in the response",
        "2,700,000,002 until", "2,700,000,001 until", f'href="/ops/runs/{RUN}/">1<',
    ):  # fmt: skip
        assert words in page, words
    assert page.index("2,700,000,002") < page.index("2,700,000,001")
    seen = viewer.get(f"{DATA}?start_date={NEWEST}").text
    assert "/ops/" not in seen
    assert "Fetch these dates" not in seen


@pytest.mark.parametrize(("kind", "shift", "known"), [("backfill", 0, 1), ("audience", 1, 0), ("x", 0, 0)])
def test_the_run_is_the_one_of_the_series_that_was_under_way(
    operator: FlaskClient, track: int, database: psycopg.Connection, kind: str, shift: int, known: int
) -> None:
    began = T0 + timedelta(hours=shift)
    add_run(database, track, began, began + timedelta(minutes=1), kind)
    assert (f"/ops/runs/{RUN}/" in operator.get(DATA).text) == bool(known)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 50),
        ("start_date=2026-11-18", 3),
        ("end_date=2026-08-15", 3),
        ("start_date=2026-11-01&end_date=2026-11-10", 10),
        ("revised=1", 1),
        ("revised=1&end_date=2026-11-01", 0),
        ("before=2026-08-16", 3),
    ],
)
def test_filters_choose_and_can_be_dropped(
    viewer: FlaskClient, track: int, database: psycopg.Connection, query: str, count: int
) -> None:
    revise(database, track, date(2026, 11, 10), 5, T0)
    revise(database, track, date(2026, 11, 9), 1, T0)  # the value did not differ
    page = viewer.get(f"{DATA}?{query}", headers=HTMX).text
    assert "<html" not in page
    assert len(dates(page)) == count
    assert page.count("Remove the filter") == query.count("_date") + query.count("revised")
    assert ('data-empty="filtered"' in page) is (count == 0)


@pytest.mark.parametrize(
    "query", ["start_date=x", "revised=2", "before=1", "run=x", "start_date=2026-02-02&end_date=2026-02-01"]
)
def test_a_parameter_that_cannot_be_used_is_named(viewer: FlaskClient, track: int, query: str) -> None:
    answer = viewer.get(f"{DATA}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


def test_nothing_stored_is_shown(viewer: FlaskClient, track: int) -> None:
    assert 'data-empty="nothing"' in viewer.get(f"{TRACK_URL}data/shazam/").text
    assert viewer.get(f"{TRACK_URL}data/nowhere/").status_code == 404


def test_an_imported_value_has_no_identifiers_and_no_run(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    oddities: list[object] = [{}, [], {"plots": None}, {"plots": [7]}, "text"]
    for odd in oddities:
        database.execute("UPDATE track_audience_time_series SET api_data = %s", [Jsonb(odd)])
        page = viewer.get(DATA).text
        assert page.count("not from the API") == PAGE_SIZE
        assert page.count("unknown: imported") == PAGE_SIZE


def test_the_file_holds_what_the_filter_leaves(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    revise(database, track, NEWEST, 5, T0)
    text = viewer.get(f"{DATA}points.csv?start_date=2026-09-01").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == CSV_HEADER
    assert [row["date"] for row in rows] == [str(day) for day in days_back(81)]
    assert rows[0]["value"] == "2700099000"
    assert rows[0]["identifiers"] == "a=2700099000"
    assert rows[0]["former_values"] == "5 until 2026-01-01T00:00:00Z"
    assert {row["gain"] for row in rows} == {"1000"}
    assert (
        f'href="{DATA}points.csv?start_date=2026-09-01"' in viewer.get(f"{DATA}?start_date=2026-09-01").text
    )


def test_the_page_costs_few_statements(site: Flask, operator: FlaskClient, track: int) -> None:
    for address in (DATA, f"{DATA}?revised=1"):
        with counted_statements(site) as sent:
            assert operator.get(address).status_code == 200
        assert len(sent) <= 8, sent


def test_the_way_there(viewer: FlaskClient, track: int) -> None:
    assert f'href="{DATA}"' in viewer.get(f"{TRACK_URL}coverage/").text
    assert f'href="{DATA}?start_date=' in viewer.get(f"{TRACK_URL}audience/?platforms=spotify").text


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("", "2026-01-01", "Enter the first and the last date"),
        ("2026-01-02", "2026-01-01", "is after the last"),
        ("2026-01-32", "2026-01-01", "fetch_start must be a date"),
        ("2026-01-01", "2999-01-01", "is in the future"),
        ("2020-01-01", "2026-01-01", "1,096 days"),
    ],
)
def test_a_range_that_cannot_be_fetched_is_named(
    operator: FlaskClient, track: int, database: psycopg.Connection, start: str, end: str, words: str
) -> None:
    form = {"fetch_start": start, "fetch_end": end, "confirmed": "1"}
    answer = operator.post(f"{DATA}fetch/", data=form, headers=csrf(operator))
    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{end}"' in answer.text
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (0,)


def test_a_platform_without_song_audience_is_refused(operator: FlaskClient, track: int) -> None:
    page = operator.get(f"{TRACK_URL}data/airplay/").text
    assert "Fetch these dates" not in page
    assert operator.post(f"{TRACK_URL}data/airplay/fetch/", headers=csrf(operator)).status_code == 409


@pytest.mark.parametrize("days", [1, 90, 91, MOST_DAYS])
def test_it_asks_with_what_it_costs(operator: FlaskClient, track: int, days: int) -> None:
    end = datetime.now(UTC).date()
    form = {"fetch_start": str(end - timedelta(days=days - 1)), "fetch_end": str(end)}
    page = operator.post(f"{DATA}fetch/", data=form, headers=csrf(operator)).text
    assert re.search(rf"Calls to SoundCharts</dt><dd>{-(-days // 90)}<", page)
    assert f'name="fetch_start" value="{form["fetch_start"]}"' in page


def test_one_day_more_than_can_be_fetched_at_once_is_refused(operator: FlaskClient, track: int) -> None:
    end = datetime.now(UTC).date()
    form = {"fetch_start": str(end - timedelta(days=MOST_DAYS)), "fetch_end": str(end)}
    answer = operator.post(f"{DATA}fetch/", data=form, headers=csrf(operator))
    assert answer.status_code == 400
    assert f"The range must be at most {MOST_DAYS:,} days." in answer.text


def test_a_range_fetched_again_changes_that_range_alone(
    app: Flask, operator: FlaskClient, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    track = make_track(database)
    end = datetime.now(UTC).date() - timedelta(days=20)
    start = end - timedelta(days=99)
    around = [(start - timedelta(days=1), 1), (end, 2), (end + timedelta(days=1), 3)]
    insert_series(database, audience_rows(track, platform_id(database, "spotify"), around))
    form = {"fetch_start": str(start), "fetch_end": str(end), "confirmed": "1"}
    answer = operator.post(f"{DATA}fetch/", data=form, headers=csrf(operator))
    assert answer.status_code == 303
    found = re.fullmatch(
        rf"{DATA}\?start_date={start}&end_date={end}&run=([\w-]+)", answer.headers["Location"]
    )
    assert found is not None
    page = operator.get(answer.headers["Location"]).text
    shown = re.search(rf'hx-get="{DATA}runs/{found[1]}/" hx-vals=.*?: "(\w+)"', page)
    assert shown is not None
    url = f"{DATA}runs/{found[1]}/?shown={shown[1]}"
    assert operator.get(url, headers=HTMX).status_code == 204

    run = take(UUID(found[1]))
    db.session.commit()
    assert run is not None
    assert operator.get(url, headers=HTMX).status_code == 200
    carry_out(run)
    assert sandbox.calls() == 2

    fragment = operator.get(f"{DATA}runs/{found[1]}/", headers=HTMX)
    assert "audience-changed" in fragment.headers["HX-Trigger"]
    assert "every" not in fragment.text
    assert "Done:" in fragment.text
    held: dict[date, int] = dict(
        database.execute("SELECT date, audience_value FROM track_audience_time_series").fetchall()
    )
    assert (held[start - timedelta(days=1)], held[end + timedelta(days=1)]) == (1, 3)
    assert len(held) > 95
    table = operator.get(answer.headers["Location"]).text
    assert f'href="/ops/runs/{found[1]}/">1<' in table
    revised = operator.get(f"{DATA}?revised=1").text
    assert dates(revised) == [end]
    assert "2 until" in revised
    [(subject, after)] = database.execute(
        "SELECT subject, after FROM audit_events WHERE action = 'audience.fetch'"
    ).fetchall()
    assert subject == f"track {SEED_TRACK}"
    assert after == {"platform": "spotify", "start": str(start), "end": str(end), "run": found[1]}


def test_a_range_requested_while_the_series_is_fetched_follows_it(
    operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    add_run(database, track, T0, T0)
    database.execute("UPDATE job_runs SET state = 'running'")
    form = {"fetch_start": "2026-01-01", "fetch_end": "2026-01-31", "confirmed": "1"}
    answer = operator.post(f"{DATA}fetch/", data=form, headers=csrf(operator))
    assert f"run={RUN}" in answer.headers["Location"]
    again = database.execute("SELECT again ->> 'start', again ->> 'end' FROM job_runs").fetchone()
    assert again == ("2026-01-01", "2026-01-31")
    database.execute("UPDATE job_runs SET state = 'succeeded'")
    child = database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, parent_uuid)"
        " SELECT task, args, queue, dedupe_key, uuid FROM job_runs RETURNING uuid"
    ).fetchone()
    assert child is not None
    page = operator.get(f"{DATA}?run={RUN}").text
    assert "these dates follow now" in page
    assert f'hx-get="{DATA}runs/{child[0]}/"' in page


def test_a_run_that_ends_while_the_page_is_made_is_still_followed(
    site: Flask, operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    add_run(database, track, T0, T0)
    database.execute("UPDATE job_runs SET state = 'running'")

    def end(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "The stored values of a series" in statement:
            database.execute("UPDATE job_runs SET state = 'succeeded'")

    with site.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", end)
    page = operator.get(f"{DATA}?run={RUN}").text
    event.remove(engine, "after_cursor_execute", end)
    polls = f'hx-get="{DATA}runs/{RUN}/"'
    assert polls in page
    assert polls not in operator.get(f"{DATA}?run={RUN}").text


@pytest.mark.parametrize("address", [f"{DATA}?run={RUN}", f"{DATA}runs/{RUN}/"])
def test_a_run_of_another_series_is_not_shown(
    operator: FlaskClient, track: int, database: psycopg.Connection, address: str
) -> None:
    assert operator.get(address).status_code == 404
    add_run(database, track, T0, T0)
    assert operator.get(address).status_code == 200
    database.execute("UPDATE job_runs SET args = args || %s", [Jsonb({"platform": "youtube"})])
    assert operator.get(address).status_code == 404
