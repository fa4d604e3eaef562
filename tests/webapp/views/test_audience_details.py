"""What the JSON of a series says of each value, and of the labels without one."""

from datetime import UTC, date, datetime

import psycopg
from flask.testing import FlaskClient

from jobs.upserts import AudienceRow, upsert_audience
from tests.factories import audience_rows, insert_series, item, make_track, platform_id
from tests.webapp.views.conftest import API_URL
from webapp.extensions import db


def test_details_say_what_is_to_be_known_of_each_value(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(date(2026, 11, day), 1000 + 10 * day) for day in range(1, 12) if day not in (4, 5)]
    upsert_audience(audience_rows(track, spotify, values))
    later = datetime(2026, 11, 20, tzinfo=UTC)
    changed = date(2026, 11, 3)
    upsert_audience([AudienceRow(track, spotify, changed, 1035, "a", later, item(changed, 1035))])
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
