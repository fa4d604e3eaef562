"""The stored details of a failure contain no secret, whatever their source."""

from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from jobs.contract import Done, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.runs import carry_out, take
from jobs.soundcharts import ApiCall, NotFound, QuotaSpent, TransientError
from jobs.tasks import TASKS
from tests.factories import make_track, platform_id
from webapp import audit
from webapp.extensions import db
from webapp.lib import masking
from webapp.lib.masking import remember
from webapp.models import Platform, Track
from webapp.work.queue import submit
from webapp.work.requests import audience_request

SECRET = "planted/secret in words"
STORED = (
    "SELECT concat(error, message) FROM job_runs",
    "SELECT error FROM run_attempts",
    "SELECT concat(path, error) FROM api_calls",
    "SELECT reason FROM api_pause",
)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_known", set())
    remember(SECRET)


@pytest.mark.parametrize(
    "error",
    [
        RunError(SECRET),
        TransientError(SECRET),
        QuotaSpent(SECRET),
        NotFound(SECRET, 404),
        SQLAlchemyError(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_run_that_fails(
    error: Exception, planted: None, app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_run: Run, heartbeat: Heartbeat) -> Done:
        heartbeat.record(
            ApiCall(
                started_at=datetime.now(UTC),
                endpoint="song",
                path=f"/a?b={SECRET}",
                status=400,
                error=SECRET,
                duration_ms=5,
                quota_left=None,
            )
        )
        raise error

    track = db.session.get_one(Track, make_track(database))
    live = submit(audience_request(track, db.session.get_one(Platform, platform_id(database, "spotify"))))
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    monkeypatch.setitem(TASKS, "fetch_audience", failing)
    if isinstance(error, SQLAlchemyError):
        with pytest.raises(SQLAlchemyError):
            carry_out(run)
    else:
        carry_out(run)
    told = [text for query in STORED for (text,) in database.execute(query).fetchall()]
    assert len(told) >= 3
    assert "planted" not in " ".join(told)
    assert "/a?b=***" in " ".join(told)


def test_an_event(planted: None, app: Flask, database: psycopg.Connection) -> None:
    audit.record("a.b", f"track {SECRET}", before={"name": SECRET}, after={"names": [SECRET, 1], "on": None})
    db.session.commit()
    row = database.execute("SELECT subject, before, after, search_text FROM audit_events").fetchone()
    assert row is not None
    assert row[:3] == ("track ***", {"name": "***"}, {"names": ["***", 1], "on": None})
    assert "planted" not in row[3]
