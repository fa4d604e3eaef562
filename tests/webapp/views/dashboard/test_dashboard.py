"""The dashboard: numbers, links, caching and updates of an open page."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from tests.factories import (
    Entry,
    audience_rows,
    insert_series,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
)
from tests.webapp.views.conftest import HTMX, Visit, counted_statements
from tests.webapp.views.reading import text_of
from webapp.lib.clock import today
from webapp.views.dashboard.cards import CARDS
from webapp.views.dashboard.filter import MOST_DAYS

MOST_STATEMENTS = 8
OTHER = "00000000-0000-4000-8000-0000000000aa"


def links_of(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', html)]


def card(browser: FlaskClient, name: str, query: str = "") -> str:
    answer = browser.get(f"/dashboard/{name}/{query}", headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def add_run(database: psycopg.Connection, state: str, *, wrote: int = 0, error: str = "") -> str:
    """A run in that state; its uuid."""
    row = database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, state, error, records_created, finished_at)"
        " VALUES ('fetch_metadata', '{\"track_uuids\": []}', 'default', gen_random_uuid()::text, %s, %s, %s,"
        " CASE WHEN %s IN ('queued', 'running') THEN NULL ELSE now() END) RETURNING uuid",
        [state, error, wrote, state],
    ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
def chart(database: psycopg.Connection) -> int:
    """A French chart with a ranking of yesterday and one of today, both fetched now."""
    chart = make_chart(database, "top-fr", name="Top France", country=("FR", "France"))
    one, two = make_track(database), make_track(database, OTHER, "other")
    day, now = today(), datetime.now(UTC)
    make_ranking(database, chart, day - timedelta(days=1), [one, two], now)
    make_ranking(database, chart, day, [two, one], now)
    values = [
        (day - timedelta(days=20 - step), 10_000 * (step + 1) + 500 * step * step) for step in range(20)
    ]
    insert_series(database, audience_rows(one, platform_id(database, "spotify"), values))
    return chart


def test_every_card_of_an_empty_site_shows_what_is_on_its_way(operator: FlaskClient) -> None:
    for name in CARDS:
        assert 'class="state"' in card(operator, name)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_a_page_to_a_browser(operator: FlaskClient, chart: int, name: str) -> None:
    answer = operator.get(f"/dashboard/{name}/")
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert text_of(card(operator, name)) in text_of(answer.text)


@pytest.mark.parametrize("query", ["", "?platform=spotify&country=FR&window=90&released_since=2019-01-01"])
@pytest.mark.parametrize("name", CARDS)
def test_statements_of_a_card_are_few(
    operator: FlaskClient, chart: int, name: str, query: str, site: Flask
) -> None:
    with counted_statements(site) as sent:
        card(operator, name, query)
    assert 0 < len(sent) <= MOST_STATEMENTS
    with counted_statements(site) as page:
        operator.get(f"/{query}")
    assert 0 < len(page) <= MOST_STATEMENTS


def test_numbers_lead_to_the_lists_behind_them(operator: FlaskClient, chart: int) -> None:
    rankings, health = (
        card(operator, "rankings", "?platform=spotify"),
        card(operator, "health", "?country=FR"),
    )
    assert "2 no earlier data" in text_of(rankings)
    assert "/charts/?platform=spotify&sort=newest" in links_of(rankings)
    assert "100.0% of 1 synced chart healthy" in text_of(health)
    for query in ("country=FR&health=late", "country=FR&health=failing", "country=FR&active=1"):
        assert f"/charts/?{query}" in links_of(health)
    platforms = card(operator, "platforms")
    assert "Rankings 2 Entries 4 Charts 1 Healthy 100.0%" in text_of(platforms)
    assert {"/platforms/spotify/", "/charts/?platform=spotify&health=healthy"} <= set(links_of(platforms))
    for name in ("rankings", "health", "platforms", "runs", "leaders", "moves", "tracks"):
        for link in links_of(card(operator, name)):
            assert operator.get(link.partition("#")[0]).status_code == 200, link


def test_headlines_say_what_was_gained_and_name_who_entered(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    one, two = make_track(database, name="Steady"), make_track(database, OTHER, "Debut")
    totals = [(today() - timedelta(days=14), 990_000), (today() - timedelta(days=7), 1_990_000)]
    rows = audience_rows(one, platform_id(database, "spotify"), [*totals, (today(), 3_990_000)])
    insert_series(database, rows)
    for track in (one, two):  # more tracks than Spotify, which still comes first
        rows = audience_rows(track, platform_id(database, "genius"), [(day, total) for day, total in totals])
        insert_series(
            database, [*rows, *audience_rows(track, platform_id(database, "genius"), [(today(), 1_990_000)])]
        )
    chart = make_chart(database, "top-fr", name="Top France")
    yesterday = today() - timedelta(days=1)
    make_ranking(database, chart, yesterday - timedelta(days=1), [one])
    make_ranking(database, chart, yesterday, [Entry(two, entry_date=yesterday), Entry(one)])
    html = card(viewer, "headlines")
    sentence = text_of(html)
    assert "Spotify streams +2.0M +2,000,000 up +100.0% up on the 7 days before 1 track" in sentence
    assert "New entries 1 track Debut 1 on Spotify Top France Re-entries 0 tracks New peaks 0" in sentence
    assert "Milestones 1 track Steady 2M Spotify streams" in sentence
    assert {"/?leaders=spotify#card-leaders", f"/charts/top-fr/{yesterday}/"} <= set(links_of(html))
    empty = text_of(card(viewer, "headlines", "?platform=youtube"))
    assert "Nothing in these days" in empty
    # Of a platform with rankings alone nothing is claimed about its audience.
    database.execute("DELETE FROM audience_states")
    assert "no audience in these days" in text_of(card(viewer, "headlines", "?window=30"))


def test_a_row_of_movers_opens_to_its_charts(viewer: FlaskClient, database: psycopg.Connection) -> None:
    one, two = make_track(database, name="Steady"), make_track(database, OTHER, "Debut")
    for slug, platform in (("a", "spotify"), ("b", "youtube")):
        chart = make_chart(database, slug, platform=platform, name=f"Top {slug}")
        for ago, order in ((2, [one]), (1, [one, two] if slug == "a" else [two, one])):
            day = today() - timedelta(days=ago)
            make_ranking(database, chart, day, [Entry(song, entry_date=day) for song in order])
    html = card(viewer, "moves")
    assert "on 2 charts, best 1 on YouTube Top b" in text_of(html)
    opened = html.split('<details class="on-charts">')[1].split("</details>")[0]
    yesterday = today() - timedelta(days=1)
    assert links_of(opened) == [f"/charts/b/{yesterday}/", f"/charts/a/{yesterday}/"]


def test_the_change_is_on_the_same_days_before(viewer: FlaskClient, database: psycopg.Connection) -> None:
    chart, track = make_chart(database), make_track(database)
    now = datetime.now(UTC)
    for days, ages in ((1, 0), (2, 6), (3, 6), (4, 7), (5, 13), (6, 14)):
        make_ranking(database, chart, today() - timedelta(days=days), [track], now - timedelta(days=ages))
    # Today still runs: the 6 days before it are compared with the same 6 of the week before.
    yesterday = today() - timedelta(days=1)
    counted = text_of(card(viewer, "rankings"))
    assert f"3 +100.0% up to {yesterday}, 2 on 1 in the same 6 days before" in counted
    week = f"?window=dates&start_date={today() - timedelta(days=7)}&end_date={yesterday}"
    assert "3 +50.0% up on 2 in the 7 days before" in text_of(card(viewer, "rankings", week))
    # By their own date all six are of these 7 days.
    assert "6 no earlier data" in text_of(card(viewer, "rankings", "?by=ranked"))
    drawn = viewer.get("/dashboard/rankings/chart/").json
    assert drawn is not None
    [series] = drawn["charts"][0]["series"]
    assert [point["y"] for point in series["data"]] == [2, 0, 0, 0, 0, 0, 1]
    assert drawn["charts"][0]["colors"] == ["#3b82f6"]
    assert drawn["charts"][0]["chart"]["type"] == "area"


def test_only_operators_see_runs_errors_and_responses(visit: Visit, database: psycopg.Connection) -> None:
    running, failed = add_run(database, "running"), add_run(database, "failed", error="The API broke off.")
    add_run(database, "queued")
    chart = make_chart(database)
    make_ranking(database, chart, today(), [make_track(database)])
    database.execute("UPDATE charts SET sync_error = 'The chart broke off.'")
    operator, viewer = visit("operator"), visit("viewer")
    html = card(operator, "runs")
    assert "1 running now, 1 waiting" in text_of(html)
    assert "The API broke off." in html
    assert {f"/ops/runs/{running}/", f"/ops/runs/{failed}/", "/ops/runs/?state=failed"} <= set(links_of(html))
    refused = viewer.get("/dashboard/runs/", headers=HTMX)
    assert refused.status_code == 403
    assert "needs the role" in refused.text
    assert 'id="card-runs"' not in viewer.get("/").text
    for name, words in (
        ("health", ("The chart broke off.", "Queues", "Database")),
        ("platforms", ("SoundCharts responses",)),
    ):
        for each in words:
            assert each in card(operator, name)
            assert each not in card(viewer, name)
    assert "Failing" in text_of(card(viewer, "health"))


def test_troubles_are_named_with_their_error(
    operator: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    late = make_chart(database, "late", name="Slow Songs")
    database.execute("UPDATE charts SET sync_error = 'The API broke off.' WHERE id = %s", [chart])
    html = card(operator, "health")
    assert "0.0% of 2 synced charts healthy" in text_of(html)
    assert "The API broke off." in html
    assert {"/charts/top-fr/", "/charts/late/"} <= set(links_of(html)), late


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "not called yet"),
        (200, "ok, last called"),
        (404, "ok, last called"),
        (500, "refused the last call"),
        (0, "no response to the last call"),
        (429, "quota used up"),
    ],
)
def test_the_system_in_one_line(
    operator: FlaskClient, database: psycopg.Connection, status: int | None, words: str
) -> None:
    if status is not None:
        database.execute(
            "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms)"
            " VALUES (now(), 'x', '/x', %s, 1)",
            [status or None],
        )
    if status == 429:
        database.execute("INSERT INTO api_pause (reason, next_check_at) VALUES ('spent', now())")
    sentence = text_of(card(operator, "health"))
    assert f"API {words}" in sentence
    assert "Queues 0 runs running, 0 queued" in sentence


def tokens(browser: FlaskClient) -> str:
    found = re.search(r'hx-get="(/dashboard/pulse/[^"]+)"', browser.get("/").text)
    assert found is not None
    return found[1].replace("&amp;", "&")


CHANGES = {
    "charts": "UPDATE charts SET name = name || ' '",
    "rankings": "UPDATE charts SET version = version + 1",
    "tracks": "UPDATE tracks SET name = name || ' '",
    "audience": "UPDATE audience_states SET version = version + 1",
    "offers": "WITH made AS (INSERT INTO batches (action, requested_by) SELECT 'history', min(id) FROM users"
    " RETURNING uuid), run AS (INSERT INTO job_runs (task, queue, dedupe_key, state)"
    " VALUES ('fetch_audience', 'default', 'x', 'cancelled') RETURNING uuid)"
    " INSERT INTO batch_items (batch_uuid, position, subject, outcome, run_uuid)"
    " SELECT made.uuid, 1, 'x', 'requested', run.uuid FROM made, run",
    "runs": "INSERT INTO job_runs (task, queue, dedupe_key) VALUES ('fetch_audience', 'default', 'x')",
    "calls": "INSERT INTO api_calls (started_at, endpoint, path, duration_ms) VALUES (now(), 'x', '/x', 1)",
}
NOT_SHOWN = (
    "UPDATE charts SET next_sync_at = now(), sync_hours = 3",
    "UPDATE tracks SET metadata_due_at = now()",
    "UPDATE audience_states SET due_at = now(), looked_at = now(), fetched_at = now()",
    "INSERT INTO audience_states (track_id, platform_id) SELECT id, 2 FROM tracks",
)
"""Changes of every refresh that finds the same figures."""


@pytest.mark.parametrize("part", CHANGES)
def test_the_pulse_reports_what_changed_and_nothing_else(
    operator: FlaskClient, chart: int, database: psycopg.Connection, part: str
) -> None:
    address = tokens(operator)
    assert operator.get(address, headers=HTMX).status_code == 204
    database.execute(CHANGES[part])
    answer = operator.get(address, headers=HTMX)
    concerned = [name for name, found in CARDS.items() if part in found.parts]
    assert concerned
    assert answer.headers["HX-Trigger-After-Swap"] == ", ".join(f"moved-{name}" for name in concerned)
    assert f'hx-get="{tokens(operator)}"'.replace("&", "&amp;") in answer.text
    for name in CARDS:
        assert f'hx-trigger="moved-{name} from:body"' in card(operator, name)


@pytest.mark.parametrize("change", NOT_SHOWN)
def test_the_pulse_is_silent_about_what_no_card_shows(
    operator: FlaskClient, chart: int, database: psycopg.Connection, change: str
) -> None:
    address = tokens(operator)
    assert database.execute(change).rowcount
    assert operator.get(address, headers=HTMX).status_code == 204


def test_a_card_is_kept_until_its_data_change(
    operator: FlaskClient, chart: int, database: psycopg.Connection, redis: Redis
) -> None:
    first = operator.get("/dashboard/tracks/", headers=HTMX)
    again = operator.get("/dashboard/tracks/", headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    [key] = redis.scan_iter("html:*")
    redis.set(key, f"{first.get_etag()[0]}kept")
    assert card(operator, "tracks") == "kept"
    make_ranking(database, chart, today() - timedelta(days=2), [1])
    changed = operator.get("/dashboard/tracks/", headers={**HTMX, "If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "3" in text_of(changed.text)


def test_while_a_changed_card_is_made_others_get_the_last_one(
    operator: FlaskClient, chart: int, database: psycopg.Connection, redis: Redis
) -> None:
    claim = card_claim(operator, redis)
    assert_made_elsewhere(operator, redis, claim, shown="")
    first = card(operator, "tracks")
    make_ranking(database, chart, today() - timedelta(days=2), [1])
    assert_made_elsewhere(operator, redis, claim, shown=first)
    assert card(operator, "tracks") != first


def card_claim(browser: FlaskClient, redis: Redis) -> str:
    """Returns the key by which a request claims the card of tracks, which is not cached then."""
    card(browser, "tracks")
    [key] = redis.scan_iter("html:*")
    redis.delete(key)
    return f"making:{key.decode()}"


def assert_made_elsewhere(browser: FlaskClient, redis: Redis, claim: str, *, shown: str) -> None:
    """The last card, and a new request for it in a moment; no client keeps it."""
    redis.set(claim, b"")
    answer = browser.get("/dashboard/tracks/", headers=HTMX)
    redis.delete(claim)
    assert answer.text.startswith(shown)
    assert 'hx-trigger="load delay:2s"' in answer.text[len(shown) :]
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_a_viewer_gets_is_not_what_an_operator_got(visit: Visit, chart: int, redis: Redis) -> None:
    tags = {
        visit(role).get("/dashboard/health/", headers=HTMX).headers["ETag"] for role in ("viewer", "operator")
    }
    assert len(tags) == 2


@pytest.mark.parametrize(("days", "status"), [(MOST_DAYS, 200), (MOST_DAYS + 1, 400)])
def test_dates_span_so_many_days_and_not_one_more(viewer: FlaskClient, days: int, status: int) -> None:
    start, end = today() - timedelta(days=days - 1), today()
    answer = viewer.get(f"/dashboard/rankings/?window=dates&start_date={start}&end_date={end}")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("window=8", "window"),
        ("window=dates&start_date=2026-02-30", "start_date"),
        ("window=dates&start_date=1999-12-31", "start_date"),
        ("window=dates&start_date=2020-01-01", "1,100 days"),
        ("window=dates&end_date=2999-01-01", "end_date"),
        ("window=dates&start_date=2026-02-02&end_date=2026-02-01", "start_date"),
        ("released_since=soon", "released_since"),
        ("by=x", "by"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(operator: FlaskClient, query: str, named: str) -> None:
    for address in ("/", *(f"/dashboard/{name}/" for name in CARDS)):
        answer = operator.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert named in answer.text


def test_the_filter_is_in_the_url_and_in_every_card(operator: FlaskClient, chart: int) -> None:
    query = "window=30&platform=spotify&country=FR&released_since=2019-01-01"
    query += "&by=ranked&top=spotify&leaders=spotify"
    answer = operator.get(f"/?{query}&start_date=&end_date=", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == f"/?{query}"
    for name in CARDS:
        assert f"/dashboard/{name}/?{query}".replace("&", "&amp;") in answer.text
    sentence = text_of(answer.text)
    for chip in ("Platform: Spotify", "Country: France", "Released since 2019-01-01"):
        assert chip in sentence
    assert (
        "/?window=30&country=FR&released_since=2019-01-01&by=ranked&top=spotify&leaders=spotify"
        in links_of(answer.text)
    )


def test_a_tab_that_is_gone_gives_way_to_the_first(viewer: FlaskClient, chart: int) -> None:
    for name, param in (("platforms", "top"), ("leaders", "leaders")):
        html = card(viewer, name, f"?{param}=nothing")
        assert f'id="{param}-spotify" aria-selected="true"' in html


def test_there_is_no_other_card(viewer: FlaskClient) -> None:
    assert viewer.get("/dashboard/nothing/").status_code == 404
