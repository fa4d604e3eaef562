"""Without Redis pages work uncached, limits still apply, and a request is kept."""

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import API_URL, TRACK_URL, Visit, csrf, enter_as
from webapp.config import Settings


@pytest.fixture
def alone(settings: Settings, visit: Visit, make_site: Callable[[Settings], Flask]) -> FlaskClient:
    """An operator's browser at a site whose Redis is away."""
    return enter_as(visit("operator"), make_site(replace(settings, redis_url="redis://127.0.0.1:9/0")))


def test_pages_work_and_the_loss_is_shown_once(
    alone: FlaskClient, track: int, caplog: pytest.LogCaptureFixture
) -> None:
    for address in ("/tracks/", TRACK_URL, f"{TRACK_URL}audience/", f"{TRACK_URL}audience/chart/", API_URL):
        for _ in range(2):
            answer = alone.get(address)
            assert answer.status_code == 200, address
    assert caplog.text.count("nothing is cached") == 1
    etag = alone.get(API_URL).headers["ETag"]
    assert alone.get(API_URL, headers={"If-None-Match": etag}).status_code == 304


def test_a_request_is_kept_and_limits_hold(
    alone: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    headers = csrf(alone)
    address = f"/soundcharts/audience/refresh/{SEED_TRACK}/shazam/"
    codes = [alone.post(address, headers=headers).status_code for _ in range(61)]
    assert codes == [202] * 60 + [429]
    assert database.execute("SELECT state FROM job_runs").fetchall() == [("queued",)]
