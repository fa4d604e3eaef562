"""The audience panel, and live runs that fetch new data."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, Visit, counted_statements, csrf

PANEL = f"{TRACK_URL}audience/"
RUN = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("query", "ends"),
    [
        ("", "2026-08-23 to 2026-11-20"),
        ("range=90", "2026-08-23 to 2026-11-20"),
        ("range=7", "2026-11-14 to 2026-11-20"),
        ("range=30&interval=week", "2026-10-22 to 2026-11-20"),
        ("range=365", "2025-11-21 to 2026-11-20"),
        ("range=all", "2026-08-13 to 2026-11-20"),
        ("start_date=2026-11-01", "2026-11-01 to 2026-11-20"),
        ("start_date=0001-01-01", "1990-01-01 to 2026-11-20"),
        ("end_date=2026-11-01", "2026-08-13 to 2026-11-01"),
        ("range=dates&start_date=2026-11-01&end_date=2026-11-05", "2026-11-01 to 2026-11-05"),
        ("range=7&start_date=2026-01-01", "2026-11-14 to 2026-11-20"),
        ("range=dates&start_date=&end_date=", "2026-08-13 to 2026-11-20"),
        ("range=all&platforms=youtube", "2026-10-12 to 2026-11-20"),
        ("range=all&platforms=youtube&platforms=spotify", "2026-08-13 to 2026-11-20"),
    ],
)
def test_ranges_count_back_from_the_newest_date(
    viewer: FlaskClient, track: int, query: str, ends: str
) -> None:
    assert f"<strong>{ends}.</strong>" in viewer.get(f"{PANEL}?{query}", headers=HTMX).text


def test_a_date_that_no_value_can_have_is_not_drawn(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    database.execute(
        "INSERT INTO track_audience_time_series"
        " SELECT track_id, platform_id, '0001-01-01', 1, 'a', now(), '{}'"
        " FROM audience_states"
    )
    database.execute("UPDATE audience_states SET first_date = '0001-01-01', version = version + 1")
    chart = viewer.get(f"{TRACK_URL}audience/chart/?range=all").json
    assert chart is not None
    assert {len(series["data"]) for drawn in chart["charts"] for series in drawn["series"]} == {100}


def test_the_same_state_in_page_panel_and_chart(viewer: FlaskClient, track: int) -> None:
    page = viewer.get(f"{PANEL}?range=30&interval=week&metric=gain&platforms=youtube,spotify").text
    chart = re.search(r'data-drawing-url="([^"]+)"', page)
    assert chart is not None
    drawn = viewer.get(chart[1].replace("&amp;", "&")).json
    assert drawn is not None
    assert drawn["interval"] == "week"
    assert [series["name"] for series in drawn["charts"][0]["series"]] == ["YouTube", "Spotify"]
    for checked in ("range-30", "interval-week", "metric-gain", "platforms-youtube", "platforms-spotify"):
        assert re.search(rf'id="{checked}"[^>]*checked', page), checked


@pytest.mark.parametrize(
    ("shown", "query", "pushed"),
    [
        (TRACK_URL, "range=30", f"{TRACK_URL}?range=30"),
        (TRACK_URL, "range=90&metric=total", "false"),
        (f"{TRACK_URL}?range=30", "range=90", TRACK_URL),
        (f"{TRACK_URL}?range=30", "range=30", "false"),
        (PANEL, "range=7&metric=gain", f"{PANEL}?range=7&metric=gain"),
        (f"{PANEL}?range=7", "range=7", "false"),
        (TRACK_URL, "platforms=youtube&platforms=spotify", f"{TRACK_URL}?platforms=youtube,spotify"),
    ],
)
def test_the_url_follows_the_panel(
    viewer: FlaskClient, track: int, shown: str, query: str, pushed: str
) -> None:
    headers = {**HTMX, "HX-Current-URL": f"http://localhost{shown}"}
    assert viewer.get(f"{PANEL}?{query}", headers=headers).headers["HX-Push-Url"] == pushed
    if pushed != "false":
        assert viewer.get(pushed).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("range=8", "range"),
        ("start_date=tomorrow", "start_date"),
        ("start_date=2026-02-02&end_date=2026-02-01", "start_date"),
        ("interval=hour", "interval"),
        ("metric=x", "metric"),
        ("from_zero=2", "from_zero"),
        ("rows=x", "rows"),
        ("platforms=" + ",".join("abcdefghi"), "platforms"),
    ],
)
def test_a_bad_parameter_is_named_and_the_controls_stay(
    viewer: FlaskClient, track: int, query: str, name: str
) -> None:
    fragment = viewer.get(f"{PANEL}?{query}", headers=HTMX)
    assert fragment.status_code == 400
    assert fragment.headers["HX-Push-Url"] == "false"
    assert re.search(rf'role="alert">.*?{name} must|role="alert">.*?{name} \(', fragment.text, re.DOTALL)
    assert 'id="range-90"' in fragment.text
    for address in (f"{TRACK_URL}?{query}", f"{PANEL}chart/?{query}"):
        answer = viewer.get(address, headers={"Accept": "application/json"})
        assert answer.status_code == 400
        assert name in answer.text


def test_summary_shows_what_is_drawn(viewer: FlaskClient, track: int) -> None:
    page = viewer.get(f"{PANEL}?platforms=spotify,youtube").text
    assert "Spotify streams: 2,700,099,000 on 2026-11-20, +1,000 since the day before" in page
    assert "YouTube views: 1,300,039,000 on 2026-11-20" in page
    assert "+90,000 (0.0%) since 2026-08-22" in page
    weekly = viewer.get(f"{PANEL}?interval=week").text
    assert "Spotify streams: 2,700,099,000 in the week of 2026-11-16 (5 of 7 days); +90,000 (0.0%)" in weekly
    monthly = viewer.get(f"{PANEL}?interval=month&range=all").text
    assert (
        "Spotify streams: 2,700,099,000 in 2026-11 (so far, 20 of 30 days); +99,000 (0.0%) since 2026-08-13"
        in monthly
    )


@pytest.mark.parametrize(("metric", "newest"), [("total", "2,700,082,000"), ("gain", "+2,000")])
def test_summary_compares_no_week_with_days_that_were_reported_in_another(
    viewer: FlaskClient, track: int, database: psycopg.Connection, metric: str, newest: str
) -> None:
    database.execute(
        "UPDATE track_audience_time_series SET audience_value = 2700082000"
        " WHERE platform_id = %s AND date BETWEEN '2026-11-03' AND '2026-11-10'",
        [platform_id(database, "spotify")],
    )
    query = f"interval=week&metric={metric}&start_date=2026-10-19&end_date=2026-11-08"
    panel = viewer.get(f"{PANEL}?{query}").text
    assert f"Spotify streams: {newest} in the week of 2026-11-02" in panel
    assert "8 days reported at once, some of another week" in panel
    assert "on the week before" not in panel


def test_summary_of_gains_speaks_of_gains_and_compares_whole_weeks_only(
    viewer: FlaskClient, track: int
) -> None:
    whole = viewer.get(f"{PANEL}?interval=week&metric=gain&start_date=2026-10-19&end_date=2026-11-08").text
    assert (
        "Spotify streams: +7,000 in the week of 2026-11-02, 0 (0.0%) on the week before; +21,000 (0.0%)"
        in whole
    )
    cut = viewer.get(f"{PANEL}?interval=week&metric=gain&start_date=2026-10-21&end_date=2026-11-11").text
    assert (
        "Spotify streams: +3,000 in the week of 2026-11-09 (3 of 7 days); +22,000 (0.0%) since 2026-10-20"
        in cut
    )
    assert "on the week before" not in cut
    assert cut.count("3 of 7 days") > 1  # in the list of marks and the table as well
    assert "5 of 7 days" in cut  # the first week of the range


def test_marks_are_listed_and_noted_in_the_table(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    spotify = platform_id(database, "spotify")
    database.execute("DELETE FROM track_audience_time_series WHERE date IN ('2026-11-10', '2026-11-11')")
    database.execute(
        "UPDATE track_audience_time_series SET audience_value = 2700000000 WHERE date = '2026-11-15'"
        " AND platform_id = %s",
        [spotify],
    )
    database.execute(
        "INSERT INTO audience_revisions (track_id, platform_id, date, former_value, former_identifier,"
        " former_api_data, former_fetched_at, audience_value, revised_at)"
        " VALUES (%s, %s, '2026-11-18', 2700012345, 'a', '{}', now(), 2700097000, '2026-11-20 10:00Z')",
        [track, spotify],
    )
    page = viewer.get(f"{PANEL}?range=30").text
    assert re.search(r'data-kind="revised">2026-11-18: [^<]*2,700,012,345', page)
    assert re.search(r'data-kind="gap">2026-11-12: [^<]*3 days', page)
    assert re.search(r'data-kind="fall">2026-11-15: [^<]*93,000', page)
    notes = dict(
        re.findall(
            r'<time datetime="([-\d]+)">[-\d]+</time></th>.*?data-label="Notes">([^<]*)<', page, re.DOTALL
        )
    )
    assert notes["2026-11-18"] == "revised from 2,700,012,345 on 2026-11-20"
    assert notes["2026-11-12"] == "gain covers 3 days"
    assert notes["2026-11-15"].startswith("fell by ")
    assert notes["2026-11-20"] == ""


def table_dates(page: str) -> list[str]:
    return re.findall(r'role="rowheader"><time datetime="([-\d]+)"', page)


def test_the_table_is_newest_first_and_folded(viewer: FlaskClient, database: psycopg.Connection) -> None:
    track_id = make_track(database)
    values = [(NEWEST - timedelta(days=149 - step), 1000 + step) for step in range(150)]
    insert_series(database, audience_rows(track_id, platform_id(database, "spotify"), values))
    page = viewer.get(f"{PANEL}?range=all").text
    assert "Table of 150 points" in page
    assert '<details id="points"><summary>' in page
    assert table_dates(page) == [(NEWEST - timedelta(days=step)).isoformat() for step in range(100)]
    everything = viewer.get(f"{PANEL}?range=all&rows=all").text
    assert len(table_dates(everything)) == 150
    assert '<details id="points" open><summary>' in everything
    assert '<details id="points" open><summary>' in viewer.get(f"{PANEL}?range=7").text


def test_three_kinds_of_empty(viewer: FlaskClient, visit: Visit, database: psycopg.Connection) -> None:
    track_id = make_track(database)
    assert 'data-empty="nothing"' in viewer.get(PANEL).text
    assert "click Refresh" not in viewer.get(PANEL).text
    assert "click Refresh" in visit("operator").get(PANEL).text
    insert_series(database, audience_rows(track_id, platform_id(database, "spotify"), [(NEWEST, 5)]))
    assert 'data-empty="filtered"' in viewer.get(f"{PANEL}?start_date=2030-01-01").text
    assert 'data-empty="unavailable"' in viewer.get(f"{PANEL}?platforms=apple_music").text
    assert 'data-empty="nothing"' in viewer.get(f"{PANEL}?platforms=youtube").text
    empty = viewer.get(f"{PANEL}chart/?start_date=2030-01-01").json
    assert empty is not None
    assert empty["charts"] == []


def test_one_point_is_a_panel_too(viewer: FlaskClient, database: psycopg.Connection) -> None:
    track_id = make_track(database)
    insert_series(database, audience_rows(track_id, platform_id(database, "spotify"), [(NEWEST, 5)]))
    assert "Spotify streams: 5 on 2026-11-20." in viewer.get(PANEL).text


def test_the_panel_costs_few_statements(site: Flask, viewer: FlaskClient, track: int) -> None:
    for address in (f"{PANEL}?platforms=spotify,youtube", f"{PANEL}chart/?platforms=spotify,youtube"):
        with counted_statements(site) as sent:
            assert viewer.get(address).status_code == 200
        assert len(sent) <= 8, sent


def refresh_url(slug: str) -> str:
    return f"{TRACK_URL}platforms/{slug}/refresh/"


def test_fresh_data_are_offered_to_be_fetched_anyway(
    operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    database.execute("UPDATE audience_states SET fetched_at = now() - interval '3 hours'")
    headers = {**csrf(operator), **HTMX}
    fresh = operator.post(refresh_url("spotify"), headers=headers).text
    assert "Fetched 3 hours ago" in fresh
    assert "Fetch anyway (1 call)" in fresh
    assert 'name="force" value="true"' in fresh
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (0,)
    forced = operator.post(refresh_url("spotify"), data={"force": "true"}, headers=headers).text
    assert "Queued, next in line" in forced
    assert 'hx-trigger="poll"' in forced
    assert database.execute("SELECT forced, requested_by IS NOT NULL FROM job_runs").fetchall() == [
        (True, True)
    ]


def test_without_javascript_a_refresh_leads_back(operator: FlaskClient, track: int) -> None:
    answer = operator.post(refresh_url("Shazam"), headers=csrf(operator))
    assert (answer.status_code, answer.headers["Location"]) == (303, TRACK_URL)
    assert "Run requested" in operator.get(TRACK_URL).text


@pytest.mark.parametrize(
    ("slug", "data", "code"),
    [("apple_music", {}, 409), ("napster", {}, 404), ("spotify", {"force": "x"}, 400)],
)
def test_refused_requests(
    operator: FlaskClient, track: int, slug: str, data: dict[str, str], code: int
) -> None:
    answer = operator.post(refresh_url(slug), data=data, headers={**csrf(operator), **HTMX})
    assert answer.status_code == code
    assert 'role="alert"' in answer.text


@pytest.fixture
def run(track: int, database: psycopg.Connection) -> str:
    """The URL of a queued run of the track on Spotify, with two due runs before it and others not due."""
    before = [
        ("interactive", "now()"),
        ("sync", "now()"),
        ("sync", "now() + interval '1 hour'"),
        ("backfill", "now()"),
    ]
    for queue, due in before:
        database.execute(
            f"INSERT INTO job_runs (task, queue, dedupe_key, run_after) VALUES ('x', %s, %s, {due})",
            [queue, str(uuid4())],
        )
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key) VALUES (%s, 'fetch_audience',"
        " jsonb_build_object('track_uuid', %s::text, 'platform', 'spotify'), 'default', 'own')",
        [RUN, SEED_TRACK],
    )
    return f"{TRACK_URL}runs/{RUN}/"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("state = 'queued'", "Queued, 2 ahead"),
        (
            "state = 'queued', run_after = '2036-01-01 10:00Z'",
            "Waiting until 2036-01-01 10:00 to retry.",
        ),
        ("state = 'running', pages = 1", "Running: 1 page fetched"),
        ("state = 'running', pages = 2", "Running: 2 pages fetched"),
    ],
)
def test_a_live_run_asks_again(
    viewer: FlaskClient, run: str, database: psycopg.Connection, change: str, words: str
) -> None:
    database.execute(f"UPDATE job_runs SET {change} WHERE uuid = %s", [RUN])
    answer = viewer.get(run, headers=HTMX)
    assert words in answer.text
    assert 'hx-trigger="poll"' in answer.text
    assert "HX-Trigger" not in answer.headers


@pytest.mark.parametrize(
    ("change", "words", "toast"),
    [
        (
            "state = 'succeeded', records_created = 3, records_updated = 1, records_unchanged = 1086",
            ["Done: 3 new, 1 changed, 1,086 unchanged", "Refresh"],
            {"kind": "success", "text": "Spotify: 3 new, 1 changed, 1,086 unchanged."},
        ),
        (
            "state = 'failed', error = 'SoundCharts does not know it.'",
            ["Failed", "SoundCharts does not know it.", "Retry"],
            {"kind": "error", "text": "Spotify: SoundCharts does not know it."},
        ),
        ("state = 'dead', error = 'No answer.'", ["Gave up", "No answer.", "Retry"], None),
        (
            "state = 'cancelled'",
            ["Cancelled", "Retry"],
            {"kind": "error", "text": "Spotify: the run was cancelled."},
        ),
    ],
)
def test_an_ended_run_shows_the_page(
    operator: FlaskClient,
    run: str,
    database: psycopg.Connection,
    change: str,
    words: list[str],
    toast: dict[str, str] | None,
) -> None:
    database.execute(f"UPDATE job_runs SET {change} WHERE uuid = %s", [RUN])
    answer = operator.get(run, headers=HTMX)
    for sentence in words:
        assert sentence in answer.text
    assert "data-poll" not in answer.text
    events = json.loads(answer.headers["HX-Trigger"])
    assert "audience-changed" in events
    assert toast is None or events["toast"] == toast
    assert 'id="numbers-spotify" hx-swap-oob="true"' in answer.text
    assert 'id="freshness" hx-swap-oob="true"' in answer.text


def test_viewers_see_how_a_run_ended_without_buttons(
    viewer: FlaskClient, run: str, database: psycopg.Connection
) -> None:
    database.execute("UPDATE job_runs SET state = 'failed', error = 'No.' WHERE uuid = %s", [RUN])
    page = viewer.get(run, headers=HTMX).text
    assert "No." in page
    assert "<button" not in page


def test_older_dates_are_followed(viewer: FlaskClient, run: str, database: psycopg.Connection) -> None:
    database.execute("UPDATE job_runs SET state = 'succeeded' WHERE uuid = %s", [RUN])
    child = "00000000-0000-4000-8000-000000000002"
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key, parent_uuid)"
        " SELECT %s, 'backfill_audience', args, 'backfill', 'child', uuid FROM job_runs WHERE uuid = %s",
        [child, RUN],
    )
    page = viewer.get(run, headers=HTMX).text
    assert f"runs/{child}/" in page
    assert "Older dates follow." in page


def test_a_run_of_another_track_is_not_shown(
    viewer: FlaskClient, run: str, database: psycopg.Connection
) -> None:
    other = str(uuid4())
    make_track(database, other, "other")
    assert viewer.get(f"/tracks/{other}/runs/{RUN}/").status_code == 404
