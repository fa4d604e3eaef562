"""A new plot rule recalculates stored values from the items as received."""

from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs.refresher import refresh_aggregates
from jobs.upserts import AudienceRow, upsert_audience
from tests.factories import T0, make_track, platform_id, stored
from tests.jobs.test_refresher import assert_aggregates_equal_raw_rows
from tests.webapp.views.admin.test_admin_platforms import FORM
from tests.webapp.views.conftest import csrf
from webapp.extensions import db

DAY = date(2024, 3, 1)
PLOTS = [
    [{"identifier": "a", "value": 7}, {"identifier": "b", "value": 5}],
    [{"identifier": "a", "value": 9}, {"identifier": "b", "value": None}],
    [{"identifier": "a", "value": 11}, {"value": "4"}, {"value": "none"}, {"value": -3}],
]
ODD: list[dict[str, object]] = [{}, {"plots": None}, {"plots": "12"}, {"plots": []}]


@pytest.fixture
def counted(app: Flask, database: psycopg.Connection) -> int:
    """A track whose Spotify values are the largest of their plots; the last four have none."""
    track, spotify = make_track(database), platform_id(database, "spotify")
    data: list[dict[str, object]] = [{"plots": plots} for plots in PLOTS]
    rows = [
        AudienceRow(
            track_id=track,
            platform_id=spotify,
            date=DAY + timedelta(days=day),
            audience_value=(7, 9, 11, 1, 2, 3, 4)[day],
            platform_identifier="a",
            fetched_at=T0,
            api_data=each,
        )
        for day, each in enumerate(data + ODD)
    ]
    upsert_audience(rows)
    db.session.execute(
        db.text(
            "INSERT INTO audience_states (track_id, platform_id, latest_value, version) VALUES (:t, :p, 4, 1)"
        ),
        {"t": track, "p": spotify},
    )
    db.session.commit()
    return track


@pytest.mark.parametrize("compressed", [False, pytest.param(True, marks=pytest.mark.timescale)])
def test_another_rule_counts_what_is_stored_again(
    operator: FlaskClient, database: psycopg.Connection, counted: int, *, compressed: bool
) -> None:
    if compressed:
        chunks = database.execute("SELECT show_chunks('track_audience_time_series')::text").fetchall()
        for (chunk,) in chunks:
            database.execute("SELECT compress_chunk(%s::regclass, if_not_compressed => true)", [chunk])
    fields = FORM | {"plot_rule": "sum"}
    requested = operator.post("/platforms/spotify/edit/", data=fields, headers=csrf(operator))
    assert requested.status_code == 200
    assert "7 values of 1 series are recalculated" in requested.text
    assert [value for _, _, value in stored(database, counted)] == [7, 9, 11, 1, 2, 3, 4]

    for rule, expected in (("sum", [12, 9, 15, 1, 2, 3, 4]), ("max", [7, 9, 11, 1, 2, 3, 4])):
        sent = FORM | {"plot_rule": rule, "confirmed": "1"}
        assert operator.post("/platforms/spotify/edit/", data=sent, headers=csrf(operator)).status_code == 303
        assert [value for _, _, value in stored(database, counted)] == expected
        assert "2 values changed." in operator.get("/platforms/spotify/").text
    revisions = database.execute(
        "SELECT former_value, audience_value FROM audience_revisions ORDER BY id"
    ).fetchall()
    assert sorted(revisions) == [(7, 12), (11, 15), (12, 7), (15, 11)]
    state = database.execute("SELECT latest_value, version FROM audience_states").fetchone()
    assert state == (4, 3)
    event = database.execute("SELECT before, after FROM audit_events ORDER BY id LIMIT 1").fetchone()
    assert event == ({"plot_rule": "max"}, {"plot_rule": "sum"})
    refresh_aggregates()
    assert_aggregates_equal_raw_rows(database, counted)
