"""The details of values in the JSON of a series, and labels without a value."""

from datetime import UTC, date, datetime

import psycopg
from flask.testing import FlaskClient

from jobs.upserts import AudienceRow, upsert_audience
from tests.factories import audience_rows, insert_series, item, make_track, platform_id
from tests.webapp.views.conftest import API_URL, TRACK_URL
from webapp.extensions import db


def test_details_show_what_is_to_be_known_of_each_value(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(date(2026, 11, day), 1000 + 10 * day) for day in range(1, 12) if day not in (4, 5)]
    upsert_audience(audience_rows(track, spotify, values))
    later = datetime(2026, 11, 20, tzinfo=UTC)
    changed = date(2026, 11, 3)
    upsert_audience(
        [
            AudienceRow(
                track_id=track,
                platform_id=spotify,
                date=changed,
                audience_value=1035,
                platform_identifier="a",
                fetched_at=later,
                api_data=item(changed, 1035),
            )
        ]
    )
    db.session.commit()
    address = f"{API_URL}spotify/?metric=gain&interval=week"
    plain = viewer.get(address).json
    detailed = viewer.get(f"{address}&details=1").json
    assert plain
    assert detailed
    [dataset] = detailed["chart_data"]["datasets"]
    assert dataset["data"] == [None, 70, 30]
    assert dataset["days_covered"] == [None, 7, 3]
    assert dataset["is_complete"] == [False, True, False]
    assert dataset["former_values"] == [None, 1030, None]
    assert dataset["revised_at"] == [None, later.isoformat(), None]
    for name in ("days_covered", "is_complete", "former_values", "revised_at"):
        del dataset[name]
    assert detailed == plain
    daily = viewer.get(f"{API_URL}spotify/?metric=gain&details=1&start_date=2026-11-06").json
    assert daily
    assert daily["chart_data"]["datasets"][0]["days_covered"][0] == 3


def test_days_covered_are_those_that_a_platform_reported_at_once(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    """The totals of Saturday 14 and Sunday 15 are that of Friday; Monday has the plays of three days."""
    track, spotify = make_track(database), platform_id(database, "spotify")
    totals = {day: 1000 * day for day in range(1, 23)} | {14: 13_000, 15: 13_000}
    values = [(date(2026, 11, day), total) for day, total in totals.items()]
    insert_series(database, audience_rows(track, spotify, values))

    def covered(**chosen: str) -> list[int | None]:
        query = {"metric": "gain", "details": 1, **chosen}
        answer = viewer.get(f"{API_URL}spotify/", query_string=query).json
        assert answer
        days: list[int | None] = answer["chart_data"]["datasets"][0]["days_covered"]
        return days

    assert covered(start_date="2026-11-13", end_date="2026-11-17") == [1, 0, 0, 3, 1]
    assert covered(start_date="2026-11-13", end_date="2026-11-15") == [1, 0, 0]  # known from later values
    assert covered(start_date="2026-11-09", interval="week") == [5, 9]
    stored = viewer.get(f"{TRACK_URL}data/spotify/points.csv?start_date=2026-11-13&end_date=2026-11-17").text
    assert [line.split(",")[3] for line in stored.splitlines()[1:]] == ["1", "3", "0", "0", "1"]
    drawn = viewer.get(
        f"{TRACK_URL}audience/points.csv?range=dates&start_date=2026-11-13&end_date=2026-11-17"
    ).text
    assert [line.split(",")[6] for line in drawn.splitlines()[1:]] == ["1", "0", "0", "3", "1"]


def test_all_of_a_new_song_begins_with_its_release(viewer: FlaskClient, database: psycopg.Connection) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    database.execute("UPDATE tracks SET release_date = '2026-11-05'")
    values = [(date(2026, 11, day), 400_000 + 10_000 * (day - 12)) for day in range(12, 21)]
    insert_series(database, audience_rows(track, spotify, values))
    for range_ in ("all", "90"):
        page = viewer.get(f"{TRACK_URL}audience/?range={range_}").text
        assert "+480,000 since 2026-11-04, when it was 0" in page
    answer = viewer.get(f"{API_URL}spotify/?metric=gain").json
    assert answer
    assert answer["chart_data"]["datasets"][0]["data"][:2] == [400_000, 10_000]
    stored = viewer.get(f"{TRACK_URL}data/spotify/points.csv").text.splitlines()
    assert stored[-1].split(",")[2:4] == ["400000", "8"]


def test_gaps_are_null_on_every_date_of_the_range(viewer: FlaskClient, database: psycopg.Connection) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(date(2026, 11, day), day) for day in (3, 4, 7)]
    insert_series(database, audience_rows(track, spotify, values))
    address = f"{API_URL}spotify/?start_date=2026-11-01&end_date=2026-11-08"
    skipped, filled = viewer.get(address).json, viewer.get(f"{address}&gaps=null").json
    assert skipped
    assert filled
    assert skipped["chart_data"]["labels"] == ["2026-11-03", "2026-11-04", "2026-11-07"]
    assert filled["chart_data"]["labels"] == [f"2026-11-0{day}" for day in range(1, 9)]
    assert filled["chart_data"]["datasets"][0]["data"] == [None, None, 3, 4, None, None, 7, None]
    newest = viewer.get(f"{address}&gaps=null&limit=3").json
    assert newest
    assert newest["chart_data"]["datasets"][0]["data"] == [None, 7, None]
    every = viewer.get(
        f"{API_URL}spotify/?start_date=0001-01-01&end_date=9999-12-31&gaps=null&interval=month"
    )
    assert every.json
    assert len(every.json["chart_data"]["labels"]) < 12 * 50
    assert viewer.get(f"{address}&gaps=some").status_code == 400
