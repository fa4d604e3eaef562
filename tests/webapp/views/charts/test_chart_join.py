"""The pages that join a chart to its history, and the URLs of its former slug."""

from datetime import date

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track
from tests.webapp.views.conftest import csrf

DAY = date(2026, 8, 5)


@pytest.fixture
def pair(database: psycopg.Connection) -> tuple[int, int]:
    """Two charts with a ranking of one date each."""
    charts = make_chart(database, "old-slug"), make_chart(database, "new-slug", frequency="weekly")
    track = make_track(database)
    for chart in charts:
        make_ranking(database, chart, DAY, [track])
    return charts


def test_an_operator_finds_previews_and_joins(
    operator: FlaskClient, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    assert "/charts/new-slug/join/" in operator.get("/charts/new-slug/").text
    found = operator.get("/charts/new-slug/join/?q=old-slug").text
    assert "into=old-slug" in found
    assert "into=new-slug" not in found
    page = operator.get("/charts/new-slug/join/?into=old-slug").text
    assert "They differ in frequency: weekly and daily." in page
    assert "1 date that both have" in page
    answer = operator.post("/charts/new-slug/join/", data={"into": "old-slug"}, headers=csrf(operator))
    assert (answer.status_code, answer.location) == (303, "/charts/new-slug/")
    assert database.execute("SELECT id, slug FROM charts").fetchall() == [(pair[0], "new-slug")]

    moved = operator.get(f"/charts/old-slug/{DAY}/?with=2026-08-01")
    assert (moved.status_code, moved.location) == (301, f"/charts/new-slug/{DAY}/?with=2026-08-01")
    moved = operator.post("/charts/old-slug/sync/", headers=csrf(operator))
    assert (moved.status_code, moved.location) == (308, "/charts/new-slug/sync/")
    again = operator.get("/charts/new-slug/join/?into=old-slug")
    assert (again.status_code, again.location) == (303, "/charts/new-slug/")


def test_a_preview_shows_what_becomes_of_live_runs(
    operator: FlaskClient, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    preview = "/charts/new-slug/join/?into=old-slug"
    assert "Runs are live" not in operator.get(preview).text
    operator.post("/charts/new-slug/sync/", headers=csrf(operator))
    alone = "Live runs (1 queued and 0 running of new-slug) continue under new-slug."
    assert alone in operator.get(preview).text
    operator.post("/charts/old-slug/sync/", headers=csrf(operator))
    page = operator.get(preview).text
    assert "1 queued and 0 running of old-slug, 1 queued and 0 running of new-slug" in page
    assert "duplicates of new-slug are cancelled." in page
    answer = operator.post("/charts/new-slug/join/", data={"into": "old-slug"}, headers=csrf(operator))
    assert answer.status_code == 303
    assert "now has the history of old-slug: 1 ranking." in operator.get("/charts/new-slug/").text
    states = database.execute("SELECT state FROM job_runs ORDER BY state").fetchall()
    assert states == [("cancelled",), ("queued",)]


def test_charts_of_two_platforms_are_refused(
    operator: FlaskClient, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    make_chart(database, "elsewhere", platform="deezer")
    assert "No chart found" in operator.get("/charts/new-slug/join/?q=elsewhere").text
    page = operator.get("/charts/new-slug/join/?into=elsewhere").text
    assert "They cannot be joined." in page
    assert "Join charts" not in page
    answer = operator.post("/charts/new-slug/join/", data={"into": "elsewhere"}, headers=csrf(operator))
    assert answer.status_code == 303
    assert database.execute("SELECT count(*) FROM charts").fetchone() == (3,)
