"""The form for the data of a track that are fetched automatically."""

import psycopg
from flask.testing import FlaskClient

from tests.webapp.views.conftest import TRACK_URL, Visit, csrf

EDIT = f"{TRACK_URL}edit/"
STEPS = "SELECT with_metadata, with_artists, with_audience, metadata_due_at <= now() FROM tracks"


def send(browser: FlaskClient, *steps: str, confirmed: bool = False) -> int:
    data = {"steps": list(steps)} | ({"confirmed": "1"} if confirmed else {})
    return browser.post(EDIT, data=data, headers=csrf(browser)).status_code


def test_operators_choose_what_is_fetched(
    operator: FlaskClient, visit: Visit, database: psycopg.Connection, track: int
) -> None:
    database.execute("UPDATE tracks SET metadata_due_at = now() + interval '1 day'")
    assert EDIT in operator.get(TRACK_URL).text
    assert EDIT not in visit("viewer").get(TRACK_URL).text
    assert operator.get(EDIT).text.count(" checked") == 3

    assert send(operator, "with_metadata") == 303
    assert database.execute(STEPS).fetchone() == (True, False, False, False)
    assert "Saved." in operator.get(TRACK_URL).text
    assert operator.get(EDIT).text.count(" checked") == 1

    assert send(operator, "with_metadata", "with_audience") == 200
    assert database.execute(STEPS).fetchone() == (True, False, False, False)
    assert send(operator, "with_metadata", "with_audience", confirmed=True) == 303
    assert database.execute(STEPS).fetchone() == (True, False, True, True)

    assert send(operator, "with_metadata", "with_audience", "else") == 303
    assert "Nothing changed." in operator.get(TRACK_URL).text
    events = database.execute(
        "SELECT action, before, after FROM audit_events WHERE action = 'track.cascade' ORDER BY id"
    ).fetchall()
    assert [event[2]["with_audience"] for event in events] == [False, True]
    assert events[0][1] == {"with_metadata": True, "with_artists": True, "with_audience": True}
