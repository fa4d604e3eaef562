"""The search at SoundCharts on the site: permissions, runs and selectable results."""

import re
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from tests.factories import make_artist
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, TRACK_URL, counted_statements, csrf
from webapp.work.search_hits import Found, keep_found

ASK, TAKE = "/search/soundcharts/", "/search/import/"
OTHER = "00000000-0000-4000-8000-000000000005"
MOST_QUERIES = 8


def post(
    browser: FlaskClient, address: str, fields: dict[str, object], *, htmx: bool = True
) -> tuple[int, str]:
    answer = browser.post(address, data=fields, headers={**csrf(browser), **(HTMX if htmx else {})})
    return answer.status_code, answer.text


def requested_runs(database: psycopg.Connection) -> list[tuple[str, dict[str, object], str, bool]]:
    return database.execute(
        "SELECT task, args, queue, requested_by IS NOT NULL FROM job_runs ORDER BY number"
    ).fetchall()


def make_run(
    database: psycopg.Connection, task: str = "search_soundcharts", state: str = "succeeded", **args: object
) -> UUID:
    run = uuid4()
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key, state, error, message)"
        " VALUES (%s, %s, %s, 'interactive', %s, %s, 'It broke.', 'All stored.')",
        [run, task, Jsonb(args or {"kind": "song", "term": "bad"}), str(run), state],
    )
    return run


def shown(browser: FlaskClient, run: UUID) -> str:
    answer = browser.get(f"/search/runs/{run}/", headers=HTMX)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("kind", ["song", "artist", "link"])
def test_a_search_is_a_run(operator: FlaskClient, database: psycopg.Connection, kind: str) -> None:
    status, body = post(operator, ASK, {"q": " bad guy ", "kind": kind})
    assert status == 200
    assert "Queued, next in line" in body
    assert re.search(r'hx-get="/search/runs/[^"]+" hx-vals=.* hx-trigger="poll"', body)
    assert requested_runs(database) == [
        ("search_soundcharts", {"kind": kind, "term": "bad guy"}, "interactive", True)
    ]


def test_without_htmx_it_leads_to_a_page(operator: FlaskClient) -> None:
    answer = operator.post(ASK, data={"q": "bad", "kind": "song"}, headers=csrf(operator))
    assert answer.status_code == 303
    page = operator.get(answer.headers["Location"]).text
    assert "<html" in page
    assert 'role="status">Queued' in page


@pytest.mark.parametrize(
    ("address", "fields", "sentence"),
    [
        (ASK, {"kind": "song"}, "q is required."),
        (ASK, {"q": "..", "kind": "song"}, "SoundCharts cannot search for &#39;..&#39;; enter more"),
        (ASK, {"q": " . ", "kind": "artist"}, "SoundCharts cannot search for &#39;.&#39;"),
        (ASK, {"q": "x", "kind": "album"}, "kind must be one of song, artist, link"),
        (TAKE, {"kind": "song"}, "Select 1 to 20 results."),
        (TAKE, {"kind": "song", "uuid": [str(UUID(int=n)) for n in range(21)]}, "Select 1 to 20"),
        (TAKE, {"kind": "song", "uuid": "x"}, "uuid must be a SoundCharts uuid."),
        (TAKE, {"kind": "link", "uuid": OTHER}, "kind must be one of song, artist"),
    ],
)
def test_what_cannot_be_requested_is_shown(
    operator: FlaskClient,
    database: psycopg.Connection,
    address: str,
    fields: dict[str, object],
    sentence: str,
) -> None:
    status, body = post(operator, address, fields)
    assert status == 400
    assert sentence in body
    assert requested_runs(database) == []


def test_hits_are_marked_that_are_held(
    operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    run = make_run(database)
    with_app(
        operator,
        run,
        [Found("song", SEED_TRACK, "bad guy", note="Billie"), Found("song", OTHER, "<b>", note="x")],
    )
    body = shown(operator, run)
    assert "2 results at SoundCharts" in body
    assert f'href="{TRACK_URL}"' in body
    assert re.findall(r'type="checkbox" name="uuid" value="([^"]+)"', body) == [OTHER]
    assert "&lt;b&gt;" in body
    assert "Tracks are never deleted" in body


def with_app(browser: FlaskClient, run: UUID, found: list[Found]) -> None:
    with browser.application.app_context():
        keep_found(run, found)


def test_the_ends_of_a_search(operator: FlaskClient, database: psycopg.Connection) -> None:
    assert "The results have expired" in shown(operator, make_run(database))
    assert "It broke." in shown(operator, make_run(database, state="failed"))
    assert "(1 call)" in shown(operator, make_run(database, state="dead"))
    nothing, album = make_run(database), make_run(database)
    with_app(operator, nothing, [])
    with_app(operator, album, [Found("album", OTHER)])
    assert "has no results for “bad”" in shown(operator, nothing)
    assert "the URL of an album" in shown(operator, album)


def test_songs_and_artists_are_imported(operator: FlaskClient, database: psycopg.Connection) -> None:
    uuids = sorted([SEED_TRACK, OTHER])
    for kind in ("song", "artist"):
        status, body = post(operator, TAKE, {"kind": kind, "uuid": [*uuids, uuids[0].upper()]})
        assert status == 200
        assert "Queued" in body
    assert requested_runs(database) == [
        ("fetch_metadata", {"track_uuids": uuids, "with_audience": True}, "interactive", True),
        ("fetch_artists", {"artist_uuids": uuids}, "interactive", True),
    ]


def test_an_import_ends_with_links(operator: FlaskClient, track: int, database: psycopg.Connection) -> None:
    make_artist(database, OTHER, "Beyoncé")
    songs = shown(operator, make_run(database, "fetch_metadata", track_uuids=[SEED_TRACK, str(UUID(int=7))]))
    assert re.findall(r'<li><a class="link" href="([^"]+)">bad guy', songs) == [TRACK_URL]
    artists = shown(operator, make_run(database, "fetch_artists", artist_uuids=[OTHER]))
    assert f'href="/artists/{OTHER}/">Beyoncé' in artists
    assert "Only the artist was imported" in artists


def test_other_runs_are_not_shown_here(operator: FlaskClient, database: psycopg.Connection) -> None:
    run = make_run(database, "fetch_audience", track_uuid=SEED_TRACK, platform="spotify")
    assert operator.get(f"/search/runs/{run}/").status_code == 404
    assert operator.get(f"/search/runs/{uuid4()}/").status_code == 404


def test_runs_show_what_they_searched_for(operator: FlaskClient, database: psycopg.Connection) -> None:
    make_run(database)
    make_run(database, "fetch_artists", artist_uuids=[OTHER])
    page = operator.get("/ops/runs/").text
    assert "Search at SoundCharts" in page
    assert ">bad<" in page
    assert "1 artist<" in page


def test_queries_are_bounded(operator: FlaskClient, site: Flask, database: psycopg.Connection) -> None:
    run = make_run(database)
    with_app(operator, run, [Found("song", str(UUID(int=n)), f"Song {n}") for n in range(20)])
    with counted_statements(site) as sent:
        shown(operator, run)
    assert len(sent) <= MOST_QUERIES
