"""The JSON endpoints: the seeds' form, every bad parameter, ETags that never lie, and refreshes."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from jobs.upserts import AudienceRow, upsert_audience
from tests.factories import audience_rows, insert_series, item, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import API_URL, NEWEST, Visit, csrf
from webapp.extensions import db
from webapp.models import Platform

REFRESH = f"/soundcharts/audience/refresh/{SEED_TRACK}"
DAYS = [date(2025, 7, 21), date(2025, 7, 22), date(2025, 7, 23)]
STREAMS = [2763701395, 2764225348, 2764759050]
APPLE = [1500000, 1550000, 1600000]
TRACK = {"name": "bad guy", "credit_name": "Billie Eilish", "uuid": SEED_TRACK}
SPOTIFY = {"name": "Spotify", "slug": "spotify", "metric_name": "Listeners"}
APPLE_MUSIC = {"name": "Apple Music", "slug": "apple_music", "metric_name": "Listeners"}
LABELS = ["2025-07-21", "2025-07-22", "2025-07-23"]
STREAMS_DATASET = {
    "label": "bad guy on Spotify",
    "data": STREAMS,
    "borderColor": "#3b82f6",
    "backgroundColor": "rgba(59, 130, 246, 0.1)",
}
APPLE_DATASET = {
    "label": "bad guy on Apple Music",
    "data": APPLE,
    "borderColor": "#ef4444",
    "backgroundColor": "rgba(239, 68, 68, 0.1)",
}


@pytest.fixture
def seeds(database: psycopg.Connection) -> None:
    """Exactly the rows and metric names of the seeds' two examples."""
    database.execute("TRUNCATE platforms RESTART IDENTITY CASCADE")
    database.execute(
        "INSERT INTO platforms (slug, name) VALUES ('spotify', 'Spotify'), ('apple_music', 'Apple Music')"
    )
    track = make_track(database)
    for slug, values in (("spotify", STREAMS), ("apple_music", APPLE)):
        insert_series(
            database, audience_rows(track, platform_id(database, slug), zip(DAYS, values, strict=True))
        )


def in_order(text: str) -> object:
    """JSON with the order of its keys kept."""
    return json.loads(text, object_pairs_hook=list)


def test_single_chart_is_the_seeds_example(viewer: FlaskClient, seeds: None) -> None:
    answer = viewer.get(f"{API_URL}spotify/")
    dataset = {**STREAMS_DATASET, "tension": 0.1}
    wanted = {
        "success": True,
        "track": TRACK,
        "platform": SPOTIFY,
        "chart_data": {"labels": LABELS, "datasets": [dataset]},
    }
    assert in_order(answer.text) == in_order(json.dumps(wanted))
    assert answer.content_type == "application/json"


def test_comparison_is_the_seeds_example(viewer: FlaskClient, seeds: None) -> None:
    wanted = {
        "success": True,
        "track": TRACK,
        "platforms": [SPOTIFY, APPLE_MUSIC],
        "chart_data": {"labels": LABELS, "datasets": [STREAMS_DATASET, APPLE_DATASET]},
    }
    assert in_order(viewer.get(API_URL).text) == in_order(json.dumps(wanted))


def test_platforms_choose_and_order(viewer: FlaskClient, seeds: None) -> None:
    answer = viewer.get(f"{API_URL}?platforms=Apple-Music,spotify,SPOTIFY").json
    assert answer is not None
    assert [platform["slug"] for platform in answer["platforms"]] == ["apple_music", "spotify"]
    assert [dataset["borderColor"] for dataset in answer["chart_data"]["datasets"]] == ["#ef4444", "#3b82f6"]


@pytest.mark.parametrize("spelling", ["youtube", "YouTube", "you-tube", "You_Tube", "YOUTUBE"])
def test_any_spelling_finds_the_platform(viewer: FlaskClient, track: int, spelling: str) -> None:
    answer = viewer.get(f"{API_URL}{spelling}/").json
    assert answer is not None
    assert answer["platform"]["slug"] == "youtube"


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("start_date=2026-11-19", ["2026-11-19", "2026-11-20"]),
        ("start_date=2026-11-18&end_date=2026-11-19", ["2026-11-18", "2026-11-19"]),
        ("end_date=2026-11-19&limit=2", ["2026-11-18", "2026-11-19"]),
        ("limit=1", ["2026-11-20"]),
        ("interval=week&limit=2", ["2026-11-09", "2026-11-16"]),
        ("interval=month&limit=2", ["2026-10-01", "2026-11-01"]),
        ("start_date=2030-01-01", []),
    ],
)
def test_range_and_interval(viewer: FlaskClient, track: int, query: str, labels: list[str]) -> None:
    answer = viewer.get(f"{API_URL}spotify/?{query}").json
    assert answer is not None
    assert answer["chart_data"]["labels"] == labels


def test_gain_counts_from_before_the_range(viewer: FlaskClient, track: int) -> None:
    answer = viewer.get(f"{API_URL}spotify/?metric=gain&start_date=2026-11-19").json
    assert answer is not None
    assert answer["chart_data"]["datasets"][0]["data"] == [1000, 1000]


BAD = [
    ("start_date=", "start_date"),
    ("start_date=20251231", "start_date"),
    ("start_date=2025-W01-1", "start_date"),
    ("start_date=2025-02-30", "start_date"),
    ("start_date=2025-1-1", "start_date"),
    ("start_date=\N{FULLWIDTH DIGIT TWO}025-01-01", "start_date"),
    ("end_date=yesterday", "end_date"),
    ("end_date=0000-01-01", "end_date"),
    ("start_date=2025-02-02&end_date=2025-02-01", "start_date"),
    ("limit=0", "limit"),
    ("limit=-1", "limit"),
    ("limit=1.5", "limit"),
    ("limit=5001", "limit"),
    ("limit=99999999999999999999", "limit"),
    ("limit=ten", "limit"),
    ("limit=", "limit"),
    ("interval=hour", "interval"),
    ("interval=", "interval"),
    ("metric=average", "metric"),
    ("limit=1&limit=2", "limit"),
    ("from=2025-01-01", "from"),
]


@pytest.mark.parametrize(("query", "name"), BAD)
@pytest.mark.parametrize("address", [API_URL, f"{API_URL}spotify/"])
def test_a_bad_parameter_is_named(
    viewer: FlaskClient, track: int, address: str, query: str, name: str
) -> None:
    answer = viewer.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False
    assert name in answer.json["error"]


@pytest.mark.parametrize("value", ["", ",", "spotify,", ",".join(["spotify"] * 21)])
def test_bad_platforms_are_named(viewer: FlaskClient, track: int, value: str) -> None:
    answer = viewer.get(API_URL, query_string={"platforms": value})
    assert answer.status_code == 400
    assert "platforms" in answer.text


def test_platforms_belong_to_the_comparison_only(viewer: FlaskClient, track: int) -> None:
    assert viewer.get(f"{API_URL}spotify/?platforms=youtube").status_code == 400


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (
            "/soundcharts/audience/chart/00000000-0000-4000-8000-000000000009/",
            "Track 00000000-0000-4000-8000-000000000009 not found.",
        ),
        ("/soundcharts/audience/chart/not-a-uuid/spotify/", "not-a-uuid"),
        (f"{API_URL}napster/", "napster"),
        (f"{API_URL}%00/", "Platform \0 not found."),
        (f"{API_URL}?platforms=napster", "napster"),
    ],
)
def test_what_is_unknown_is_named(viewer: FlaskClient, track: int, address: str, named: str) -> None:
    answer = viewer.get(address)
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["success"] is False
    assert named in answer.json["error"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(max_size=60),
    name=st.sampled_from(["start_date", "end_date", "limit", "interval", "platforms"]),
)
def test_no_text_breaks_a_parameter(viewer: FlaskClient, track: int, name: str, value: str) -> None:
    answer = viewer.get(API_URL, query_string={name: value})
    assert answer.status_code in (200, 400, 404)


def upsert(viewer: FlaskClient, track: int, slug: str, day: date, value: int) -> None:
    """Stores a value like a run, through the one function for writes."""
    with viewer.application.app_context():
        platform = Platform.find(slug)
        assert platform is not None
        row = AudienceRow(
            track_id=track,
            platform_id=platform.id,
            date=day,
            audience_value=value,
            platform_identifier="a",
            fetched_at=datetime.now(UTC),
            api_data=item(day, value),
        )
        assert sum(upsert_audience([row], uuid4())) == 1
        db.session.execute(
            db.text(
                "UPDATE audience_states SET version = version + 1, last_date = greatest(last_date, :day)"
                " WHERE track_id = :track AND platform_id = :platform"
            ),
            {"track": track, "platform": platform.id, "day": day},
        )
        db.session.commit()


ADDRESSES = [
    f"{API_URL}spotify/?limit=3",
    f"{API_URL}?limit=3",
    f"{API_URL}?platforms=spotify&limit=3",
    f"{API_URL}spotify/?interval=week",
    f"/tracks/{SEED_TRACK}/audience/chart/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_304_until_something_changes_and_never_stale_after(
    viewer: FlaskClient, track: int, address: str
) -> None:
    first = viewer.get(address)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    unchanged = viewer.get(address, headers=known)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    assert viewer.get(address).data == first.data

    upsert(viewer, track, "spotify", NEWEST, 2_799_999_999)
    changed = viewer.get(address, headers=known)
    assert changed.status_code == 200
    assert b"2799999999" in changed.data

    upsert(viewer, track, "spotify", NEWEST + timedelta(days=1), 2_800_000_001)
    assert b"2800000001" in viewer.get(address, headers=known).data


@pytest.mark.parametrize("address", ADDRESSES[:3])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tracks SET name = 'good guy'",
        "UPDATE platforms SET audience_metric_name = 'Plays', name = 'Spotify!' WHERE slug = 'spotify'",
    ],
)
def test_names_are_never_stale(
    viewer: FlaskClient, track: int, database: psycopg.Connection, address: str, change: str
) -> None:
    first = viewer.get(address)
    database.execute(change)
    second = viewer.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.data != first.data


def test_a_platform_that_gets_its_first_rows_joins_the_comparison(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    first = viewer.get(API_URL)
    insert_series(database, audience_rows(track, platform_id(database, "shazam"), [(NEWEST, 5)]))
    second = viewer.get(API_URL, headers={"If-None-Match": first.headers["ETag"]}).json
    assert second is not None
    assert [platform["slug"] for platform in second["platforms"]] == ["spotify", "youtube", "shazam"]


def test_answers_differ_by_query(viewer: FlaskClient, track: int) -> None:
    queries = [
        "",
        "?limit=3",
        "?limit=4",
        "?interval=week",
        "?metric=gain",
        "?start_date=2026-11-01",
        "?platforms=spotify",
    ]
    etags = [viewer.get(API_URL + query).headers["ETag"] for query in queries]
    assert len(set(etags)) == len(etags)


def test_304_is_for_the_signed_in_only(viewer: FlaskClient, visit: Visit, track: int) -> None:
    etag = viewer.get(API_URL).headers["ETag"]
    assert visit(None).get(API_URL, headers={"If-None-Match": etag}).status_code == 401


def test_what_is_kept_has_an_end(viewer: FlaskClient, track: int, redis: Redis) -> None:
    viewer.get(API_URL)
    kept = list(redis.scan_iter("json:*"))
    assert len(kept) == 1
    assert 0 < redis.ttl(kept[0]) <= 24 * 3600


def test_refresh_makes_a_run(operator: FlaskClient, track: int, database: psycopg.Connection) -> None:
    answer = operator.post(f"{REFRESH}/shazam/", headers=csrf(operator))
    assert answer.status_code == 202
    assert answer.json is not None
    run = answer.json["run"]
    assert answer.json["url"] == f"/ops/runs/{run['uuid']}/"
    row = database.execute("SELECT uuid, state, forced, queue, args ->> 'platform' FROM job_runs").fetchall()
    assert [(str(uuid), *rest) for uuid, *rest in row] == [
        (run["uuid"], "queued", False, "interactive", "shazam")
    ]
    again = operator.post(f"{REFRESH}/shazam/", headers=csrf(operator)).json
    assert again is not None
    assert again["run"]["uuid"] == run["uuid"]


def test_fresh_data_are_not_fetched_without_force(
    operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    database.execute("UPDATE audience_states SET fetched_at = now() - interval '3 hours'")
    headers = csrf(operator)
    fresh = operator.post(f"{REFRESH}/spotify/", headers=headers)
    assert fresh.status_code == 200
    assert fresh.json is not None
    assert fresh.json["message"] == "Fetched 3 hours ago"
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (0,)
    forced = operator.post(f"{REFRESH}/spotify/", json={"force": True}, headers=headers)
    assert forced.status_code == 202
    assert database.execute("SELECT forced FROM job_runs").fetchall() == [(True,)]
    database.execute("UPDATE audience_states SET fetched_at = now() - interval '25 hours'")
    assert operator.post(f"{REFRESH}/spotify/?force=false", headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("body", "name"),
    [({"force": "maybe"}, "force"), ({"forced": True}, "forced"), (["force"], "JSON object")],
)
def test_bad_requests_are_named(operator: FlaskClient, track: int, body: object, name: str) -> None:
    answer = operator.post(f"{REFRESH}/spotify/", json=body, headers=csrf(operator))
    assert answer.status_code == 400
    assert name in answer.text


def test_a_platform_without_song_audience_cannot_be_refreshed(operator: FlaskClient, track: int) -> None:
    answer = operator.post(f"{REFRESH}/apple_music/", headers=csrf(operator))
    assert answer.status_code == 409
    assert answer.json == {"success": False, "error": "SoundCharts has no song audience for Apple Music."}


def test_refresh_needs_the_token(operator: FlaskClient, track: int, database: psycopg.Connection) -> None:
    answer = operator.post(f"{REFRESH}/shazam/")
    assert answer.status_code == 400
    assert "reload" in answer.text
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (0,)


def test_refreshes_are_limited_by_user(visit: Visit, track: int) -> None:
    operator, admin = visit("operator"), visit("admin")
    headers = csrf(operator)
    codes = {operator.post(f"{REFRESH}/shazam/", headers=headers).status_code for _ in range(60)}
    assert codes == {202}
    answer = operator.post(f"{REFRESH}/shazam/", headers=headers)
    assert answer.status_code == 429
    assert answer.json is not None
    assert answer.json["success"] is False
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert admin.post(f"{REFRESH}/shazam/", headers=csrf(admin)).status_code == 202


def test_a_body_nested_too_deeply_is_refused(operator: FlaskClient, track: int) -> None:
    body = "[" * 100_000
    answer = operator.post(
        f"{REFRESH}/spotify/",
        data=body,
        content_type="application/json",
        headers=csrf(operator),
    )
    assert answer.status_code == 400
    assert answer.get_json()["success"] is False
