"""Searches at SoundCharts, and the import of what was found, through the sandbox's API."""

import re
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from redis import Redis

from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.models import JobRun
from webapp.work.queue import submit
from webapp.work.requests import artists_request, metadata_request, search_request
from webapp.work.search_hits import Found, kept_found

BILLIE = "11e81bcc-9c1c-ce38-b96b-a0369fe50396"


def search(kind: str, term: str) -> tuple[JobRun, list[Found] | None]:
    """Returns the run as it ended, and what is kept of it."""
    live = submit(search_request(kind, term))
    [run] = carry_out_all("search_soundcharts")
    assert run.uuid == live.uuid
    return run, kept_found(run.uuid)


def test_songs_are_found_by_one_call_and_not_stored(
    app: Flask, sandbox: Sandbox, database: psycopg.Connection
) -> None:
    run, found = search("song", "BAD guy / billie")
    assert (run.state, run.calls, run.message) == ("succeeded", 1, "1 found.")
    assert found == [Found("song", SEED_TRACK, "bad guy", note="Billie Eilish, 2019-03-29")]
    assert database.execute("SELECT count(*) FROM tracks").fetchone() == (0,)


def test_no_more_than_twenty(app: Flask, sandbox: Sandbox) -> None:
    _, found = search("song", "b")
    assert found is not None
    assert len(found) == 20


def test_artists(app: Flask, sandbox: Sandbox) -> None:
    assert search("artist", "billie eil")[1] == [Found("artist", BILLIE, "Billie Eilish")]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("https://open.spotify.com/artist/6qqNVTkY8uBg9cP3Jd7DAH", [Found("artist", BILLIE)]),
        ("https://open.spotify.com/artist/unknown", []),
    ],
)
def test_urls(app: Flask, sandbox: Sandbox, page: str, expected: list[Found]) -> None:
    run, found = search("link", page)
    assert (run.state, found) == ("succeeded", expected)


def test_no_hit_is_no_failure(app: Flask, sandbox: Sandbox) -> None:
    run, found = search("song", "zzzz")
    assert (run.state, run.message, found) == ("succeeded", "0 found.", [])


def test_one_request_for_one_term(app: Flask, sandbox: Sandbox) -> None:
    assert submit(search_request("song", "b")).uuid == submit(search_request("song", "b")).uuid
    assert submit(search_request("artist", "b")).uuid != submit(search_request("song", "b")).uuid


def test_a_passing_fault_is_tried_again(app: Flask, sandbox: Sandbox, database: psycopg.Connection) -> None:
    sandbox.fault("/song/search/", "bad_gateway", times=20)
    run, found = search("song", "bad guy")
    assert (run.state, run.attempt, found) == ("queued", 1, None)
    sandbox.reset()
    database.execute("UPDATE job_runs SET run_after = created_at")
    [run] = carry_out_all()
    assert run.state == "succeeded"
    assert kept_found(run.uuid)


def test_a_lost_answer_is_reported_and_costs_no_truth(app: Flask, sandbox: Sandbox, redis: Redis) -> None:
    run, _ = search("song", "bad guy")
    redis.delete(f"found:{run.uuid}")
    assert kept_found(run.uuid) is None


def test_songs_are_imported_with_their_audience(
    app: Flask, sandbox: Sandbox, database: psycopg.Connection
) -> None:
    submit(metadata_request([SEED_TRACK], queue="interactive"))
    [run] = carry_out_all("fetch_metadata")
    assert run.state == "succeeded"
    assert database.execute("SELECT uuid, name FROM tracks").fetchall() == [(UUID(SEED_TRACK), "bad guy")]
    waiting = "SELECT count(*) FROM job_runs WHERE task = 'fetch_audience' AND state = 'queued'"
    assert database.execute(waiting).fetchone() != (0,)


def test_an_unknown_artist_is_imported(app: Flask, sandbox: Sandbox, database: psycopg.Connection) -> None:
    submit(artists_request([BILLIE]))
    [run] = carry_out_all()
    assert (run.state, run.queue) == ("succeeded", "interactive")
    row = database.execute(
        "SELECT uuid, name, country_code, search_text, metadata_fetched_at IS NOT NULL FROM artists"
    ).fetchone()
    assert row == (UUID(BILLIE), "Billie Eilish", "US", "billie eilish Nbillieeilish", True)
    assert re.fullmatch("1 of 1 artist stored.", run.message)
