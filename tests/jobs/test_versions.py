"""The versions of the data: raised by what changes a figure, left alone by a refresh that finds the same."""

from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from tests.factories import make_track, platform_id
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import Sandbox
from webapp.catalogue.charts import enable_charts
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import Chart, Platform, Track
from webapp.queries.dashboard.cards import dashboard_version
from webapp.work.queue import submit
from webapp.work.requests import audience_request, discovery_request, sync_request

SLUG = "top-100-usa"


def versions() -> tuple[int, int, int, int]:
    db.session.rollback()
    found = dashboard_version()
    return found.charts, found.rankings, found.tracks, found.audience


def fetch(track: int, platform: int) -> None:
    """A ranking chart and a series, from the sandbox."""
    chart = Chart.find(SLUG)
    assert chart is not None
    submit(sync_request(chart))
    pair = db.session.get_one(Track, track), db.session.get_one(Platform, platform)
    submit(audience_request(*pair, forced=True))
    for task in ("sync_chart", "fetch_ranking", "fetch_audience"):
        carry_out_all(task)


def test_a_refresh_that_finds_the_same_figures_leaves_cards_cached(
    app: Flask,
    settings: Settings,
    database: psycopg.Connection,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, chart_history_days=2))
    submit(discovery_request(None))
    carry_out_all("discover_charts")
    enable_charts([SLUG], enabled=True)
    db.session.commit()
    database.execute("UPDATE charts SET with_metadata = false, with_artists = false, with_audience = false")
    track, platform = make_track(database), platform_id(database, "spotify")
    empty = versions()
    fetch(track, platform)
    filled = versions()
    assert filled[1] > empty[1]
    assert filled[3] > empty[3]
    fetch(track, platform)
    same = versions()
    assert same[1:] == filled[1:]
    assert same[0] > filled[0], "the card of chart health names the time of the sync"
    sandbox.move_on(1)
    fetch(track, platform)
    assert versions()[1] > same[1]
    assert versions()[3] > same[3]
