"""Batches: chosen, confirmed, created, shown live and retried."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from tests.factories import make_artist, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, counted_statements, csrf
from webapp.work.batches import FEW, MOST_TRACKS
from webapp.work.costs import history_calls

NEW, CREATE = "/ops/batches/new/", "/ops/batches/"
MOST_QUERIES = 8


def uuid_of(number: int) -> str:
    return str(UUID(int=number))


@pytest.fixture
def songs(database: psycopg.Connection) -> list[str]:
    """The uuids of three tracks, whose details were fetched this minute; one has fresh Spotify figures."""
    tracks = [make_track(database, uuid_of(number), f"Song {number}") for number in (1, 2, 3)]
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id, status, fetched_at, looked_at)"
        " VALUES (%s, %s, 'ok', now(), now())",
        [tracks[0], platform_id(database, "spotify")],
    )
    return [uuid_of(number) for number in (1, 2, 3)]


def send(browser: FlaskClient, address: str, **fields: Any) -> Any:
    return browser.post(address, data=fields, headers=csrf(browser))


def create(browser: FlaskClient, tracks: list[str], **fields: Any) -> str:
    """Requests a batch and confirms it; returns its URL."""
    answer = send(browser, CREATE, tracks=tracks, confirmed="1", **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def requested_runs(database: psycopg.Connection) -> list[tuple[str, str, bool]]:
    return database.execute(
        "SELECT concat_ws(' ', task, tracks.name, args ->> 'platform'), queue, forced FROM job_runs"
        " LEFT JOIN tracks ON tracks.uuid = CAST(args ->> 'track_uuid' AS uuid) ORDER BY 1"
    ).fetchall()


def items(database: psycopg.Connection) -> list[tuple[str, str | None, str, bool]]:
    return database.execute(
        "SELECT subject, slug, outcome, run_uuid IS NOT NULL FROM batch_items"
        " LEFT JOIN platforms ON platforms.id = platform_id ORDER BY position"
    ).fetchall()


def end_runs(database: psycopg.Connection, state: str, where: str = "true", error: str = "") -> None:
    database.execute(
        f"UPDATE job_runs SET state = '{state}', error = %s, finished_at = now(), attempt = 1 WHERE {where}",
        [error],
    )


def test_the_choice_names_the_tracks_and_the_platforms(operator: FlaskClient, songs: list[str]) -> None:
    page = send(operator, NEW, tracks=songs, platform="youtube").text
    assert "Fetch for 3 tracks" in page
    assert "Song 1, Song 2, Song 3" in page
    assert re.findall(r'name="tracks" value="([^"]+)"', page) == songs
    assert re.findall(r'name="platforms" value="([^"]+)" checked', page) == ["youtube"]
    assert 'name="platforms" value="isrc"' not in page
    assert 'name="force"' in page


def test_it_is_confirmed_with_its_cost_first(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    page = send(operator, CREATE, tracks=songs, platforms=["spotify", "youtube"]).text
    assert "Fetch for 3 tracks?" in page
    assert re.search(r"Calls to SoundCharts</dt><dd>5<", page)
    assert "5 series, new dates" in page
    with operator.application.app_context():
        most = history_calls(5)
    assert f"5 of them for the first time; their history follows, at most {most} calls more, after" in page
    assert "1 skipped because they were fetched recently" in page
    assert re.findall(r'name="platforms" value="([^"]+)"', page) == ["spotify", "youtube"]
    assert requested_runs(database) == []
    assert database.execute("SELECT count(*) FROM audit_events").fetchone() == (0,)


def test_a_batch_is_written_with_its_requests(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    address = create(operator, songs, platforms=["spotify", "youtube"])
    assert requested_runs(database) == [
        ("fetch_audience Song 1 youtube", "interactive", False),
        ("fetch_audience Song 2 spotify", "interactive", False),
        ("fetch_audience Song 2 youtube", "interactive", False),
        ("fetch_audience Song 3 spotify", "interactive", False),
        ("fetch_audience Song 3 youtube", "interactive", False),
    ]
    assert items(database) == [
        ("Song 1", "spotify", "fresh", False),
        ("Song 1", "youtube", "requested", True),
        ("Song 2", "spotify", "requested", True),
        ("Song 2", "youtube", "requested", True),
        ("Song 3", "spotify", "requested", True),
        ("Song 3", "youtube", "requested", True),
    ]
    [(action, subject, after)] = database.execute(
        "SELECT action, subject, after FROM audit_events"
    ).fetchall()
    assert (action, subject) == ("batch.create", f"batch {address.split('/')[-2]}")
    assert after["platforms"] == ["Spotify", "YouTube"]
    assert (after["fresh"], after["requested"], after["tracks"], after["forced"]) == (1, 5, 3, False)


def test_force_reads_what_is_fresh_again(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    create(operator, songs[:1], platforms="spotify", details="1", force="1")
    assert requested_runs(database) == [
        ("fetch_audience Song 1 spotify", "interactive", True),
        ("fetch_metadata", "interactive", False),
    ]


def test_details_are_fetched_by_the_score(operator: FlaskClient, database: psycopg.Connection) -> None:
    """One of 41 tracks is fresh: the other 40 are two runs, and each item has its run."""
    for number in range(1, 42):
        make_track(database, uuid_of(number), f"Song {number:02}")
    database.execute("UPDATE tracks SET metadata_fetched_at = NULL WHERE name <> 'Song 01'")
    create(operator, [uuid_of(number) for number in range(1, 42)], details="1")
    runs = database.execute(
        "SELECT jsonb_array_length(args -> 'track_uuids'),"
        " (SELECT count(*) FROM batch_items WHERE run_uuid = job_runs.uuid"
        "  AND args -> 'track_uuids' ? CAST(track_uuid AS text)) FROM job_runs"
    ).fetchall()
    assert runs == [(20, 20), (20, 20)]
    assert [outcome for _, _, outcome, _ in items(database)].count("fresh") == 1


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({}, 400, "Select 1 to 100 tracks, not 0."),
        ({"tracks": "x"}, 400, "tracks must be uuids."),
        ({"tracks": [uuid_of(number) for number in range(101)]}, 400, "Select 1 to 100 tracks, not 101."),
        ({"tracks": uuid_of(77)}, 404, f"Track {uuid_of(77)} not found."),
        ({"tracks": uuid_of(1)}, 400, "Choose what to fetch."),
        ({"tracks": uuid_of(1), "platforms": "myspace"}, 400, "&#39;myspace&#39; has no song audience"),
        ({"tracks": uuid_of(1), "platforms": "spotify"}, 400, "All of this was fetched recently."),
        ({"tracks": uuid_of(1), "details": "perhaps"}, 400, "details must be true or false"),
    ],
)
def test_what_cannot_be_requested_is_shown(
    operator: FlaskClient,
    songs: list[str],
    database: psycopg.Connection,
    fields: dict[str, Any],
    status: int,
    words: str,
) -> None:
    answer = send(operator, CREATE, confirmed="1", **fields)
    assert answer.status_code == status
    assert words in answer.text
    assert requested_runs(database) == []
    assert database.execute("SELECT count(*) FROM batches").fetchone() == (0,)


def test_more_than_is_left_is_confirmed_twice(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    database.execute(
        "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, quota_left)"
        " VALUES (now(), 'usage', '/', 200, 1, 4)"
    )
    requested = {"tracks": songs, "platforms": ["spotify", "youtube"], "confirmed": "1"}
    answer = send(operator, CREATE, **requested)
    assert answer.status_code == 200
    assert 'name="over"' in answer.text
    assert requested_runs(database) == []
    assert send(operator, CREATE, over="1", **requested).status_code == 303


def test_a_large_batch_waits_its_turn(operator: FlaskClient, database: psycopg.Connection) -> None:
    for number in range(1, FEW + 2):
        make_track(database, uuid_of(number), f"Song {number:02}")
    create(operator, [uuid_of(number) for number in range(1, FEW + 1)], platforms="spotify")
    assert {queue for _, queue, _ in requested_runs(database)} == {"interactive"}
    everyone = [uuid_of(number) for number in range(1, FEW + 2)]
    assert "together with scheduled jobs" in send(operator, CREATE, tracks=everyone, platforms="youtube").text
    create(operator, everyone, platforms="youtube")
    assert {queue for words, queue, _ in requested_runs(database) if "youtube" in words} == {"default"}


def test_a_thousand_series_are_few_statements(
    operator: FlaskClient, site: Flask, database: psycopg.Connection
) -> None:
    for number in range(1, MOST_TRACKS + 1):
        make_track(database, uuid_of(number), f"Song {number:03}")
    everyone = [uuid_of(number) for number in range(1, MOST_TRACKS + 1)]
    offered = database.execute("SELECT slug FROM platforms WHERE has_song_audience ORDER BY id").fetchall()
    slugs = [slug for (slug,) in offered[:10]]
    began = datetime.now(UTC)
    with counted_statements(site) as sent:
        address = create(operator, everyone, platforms=slugs)
    assert datetime.now(UTC) - began < timedelta(seconds=10)
    assert len(sent) < 40
    assert len(requested_runs(database)) == MOST_TRACKS * len(slugs)
    with counted_statements(site) as sent:
        page = operator.get(address, headers=HTMX)
    assert len(sent) <= MOST_QUERIES
    assert page.text.count('data-state="queued"') == MOST_TRACKS * len(slugs)


def test_the_page_is_live_until_all_has_ended(
    operator: FlaskClient, songs: list[str], site: Flask, database: psycopg.Connection
) -> None:
    address = create(operator, songs, platforms=["spotify", "youtube"])
    page = operator.get(address).text
    assert "1 of 6 done, 1 fresh" in page
    shown = re.search(
        rf'hx-get="{address}" hx-vals=\'{{"shown": "(\w+)"}}\' hx-trigger="poll" data-poll', page
    )
    assert shown is not None
    assert operator.get(f"{address}?shown={shown[1]}", headers=HTMX).status_code == 204
    assert "Fetch for 3 tracks: Spotify, YouTube" in page
    end_runs(database, "succeeded", "args ->> 'platform' = 'youtube'")
    with counted_statements(site) as sent:
        part = operator.get(f"{address}?shown={shown[1]}", headers=HTMX)
    assert len([one for one in sent if "batch_items" in one]) == 1
    assert not [one for one in sent if "FROM batches" in one]
    assert "4 of 6 done" in part.text
    assert "<html" not in part.text
    assert "HX-Trigger" not in part.headers
    end_runs(database, "succeeded")
    part = operator.get(address, headers=HTMX)
    assert "data-poll" not in part.text
    assert "6 of 6 done, 1 fresh. The batch has ended." in part.text
    assert '"kind": "success"' in part.headers["HX-Trigger"]
    assert "Retry failed" not in part.text


def test_failures_are_listed_with_their_runs_and_retried(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    address = create(operator, songs, platforms=["spotify", "youtube"], force="1")
    end_runs(database, "succeeded")
    [(failed,)] = database.execute("SELECT uuid FROM job_runs LIMIT 1").fetchall()
    end_runs(database, "failed", f"uuid = '{failed}'", "SoundCharts is <closed>.")
    part = operator.get(address, headers=HTMX)
    assert "6 of 6 done, 1 failed" in part.text
    assert "SoundCharts is &lt;closed&gt;." in part.text
    assert f'href="/ops/runs/{failed}/"' in part.text
    assert '"kind": "error"' in part.headers["HX-Trigger"]
    requested = send(operator, f"{address}retry/").text
    assert re.search(r"Calls to SoundCharts</dt><dd>1<", requested)
    assert len(requested_runs(database)) == 6
    answer = send(operator, f"{address}retry/", confirmed="1")
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    page = operator.get(address).text
    assert "5 of 6 done" in page
    assert f"/ops/runs/{failed}/" not in page
    [(args, forced)] = database.execute(
        "SELECT args = (SELECT args FROM job_runs WHERE uuid = %s), forced FROM job_runs"
        " WHERE state = 'queued'",
        [failed],
    ).fetchall()
    assert (args, forced) == (True, True)
    last = database.execute("SELECT action, subject FROM audit_events ORDER BY id DESC LIMIT 1").fetchone()
    assert last == ("run.retry", f"run {failed}")
    assert send(operator, f"{address}retry/", confirmed="1").status_code == 409


def test_a_run_that_is_kept_no_longer_has_ended(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    address = create(operator, songs, platforms="youtube")
    end_runs(database, "succeeded")
    database.execute("DELETE FROM job_runs")
    part = operator.get(address, headers=HTMX).text
    assert part.count('data-state="gone"') == 3
    assert "3 of 3 done" in part


def test_a_live_run_of_another_person_is_taken_up(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    create(operator, songs[1:], platforms="youtube")
    create(operator, songs[1:], platforms=["spotify", "youtube"])
    assert len(requested_runs(database)) == 4
    shared = database.execute("SELECT count(*) FROM batch_items GROUP BY run_uuid ORDER BY 1").fetchall()
    assert shared == [(1,), (1,), (2,), (2,)]


def test_the_list_shows_who_requested_what(
    operator: FlaskClient, songs: list[str], site: Flask, database: psycopg.Connection
) -> None:
    assert "No batches yet" in operator.get(CREATE).text
    address = create(operator, songs, platforms="youtube")
    end_runs(database, "failed", "number = (SELECT min(number) FROM job_runs)")
    for _ in range(50):
        database.execute(
            "INSERT INTO batches (action, args, requested_by) SELECT 'import', %s, min(id) FROM users",
            [Jsonb({"rows": 7})],
        )
    with counted_statements(site) as sent:
        page = operator.get(CREATE).text
    assert len(sent) <= MOST_QUERIES
    assert page.count("Import of 7 rows") == 50
    assert address not in page
    following = re.search(r'href="(/ops/batches/\?before=\d+)"', page)
    assert following is not None
    last = operator.get(following[1]).text
    assert address in last
    assert "operator@example.com" in last
    assert [int(count) for count in re.findall(r'class="number">(\d+)</td>', last)] == [3, 2, 1]
    assert operator.get(f"{CREATE}?before=x").status_code == 400


def test_details_of_artists_are_fetched_by_the_score(
    operator: FlaskClient, viewer: FlaskClient, database: psycopg.Connection
) -> None:
    for number in range(1, 23):
        make_artist(database, uuid_of(number), f"Artist {number:02}")
    page = operator.get("/artists/").text
    assert page.count('form="picked-artists" name="artists"') == 22
    assert 'formaction="/ops/batches/artists/"' in page
    assert "/ops/batches/" not in viewer.get("/artists/").text
    everyone = [uuid_of(number) for number in range(1, 23)]
    requested = send(operator, f"{CREATE}artists/", artists=everyone).text
    assert "Fetch the details of 22 artists?" in requested
    assert re.search(r"Calls to SoundCharts</dt><dd>2<", requested)
    assert requested_runs(database) == []
    answer = send(operator, f"{CREATE}artists/", artists=everyone, confirmed="1")
    assert requested_runs(database) == [("fetch_artists", "interactive", False)] * 2
    batch = operator.get(answer.headers["Location"]).text
    assert "Details of 22 artists" in batch
    assert f'href="/artists/{uuid_of(22)}/">Artist 22' in batch
    for chosen, status in (([], 400), (["x"], 400), ([uuid_of(99)], 404)):
        assert send(operator, f"{CREATE}artists/", artists=chosen).status_code == status


def test_a_batch_that_is_none(operator: FlaskClient) -> None:
    assert operator.get(f"{CREATE}{uuid4()}/").status_code == 404
    assert send(operator, f"{CREATE}{uuid4()}/retry/").status_code == 404


def test_the_quota_that_is_used_up_is_shown(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    address = create(operator, songs, platforms="youtube")
    database.execute(
        "INSERT INTO api_pause (reason, next_check_at) VALUES ('spent', now() + interval '5 minutes')"
    )
    part = operator.get(address, headers=HTMX).text
    assert "The SoundCharts quota is used up" in part


def test_a_song_that_soundcharts_does_not_know_is_refused_not_done(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    address = create(operator, [SEED_TRACK, *songs][1:], details="1", force="1")
    end_runs(database, "succeeded")
    database.execute("UPDATE batch_items SET outcome = 'refused', note = 'Unknown.' WHERE position = 2")
    part = operator.get(address, headers=HTMX).text
    assert "3 of 3 done, 1 failed" in part
    assert "Unknown." in part
    assert "Retry failed" not in part
