"""Real figures, from files through the API and the jobs into the database: every value equals the file."""

import csv
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
import requests
from flask import Flask

from jobs.runs import carry_out, take
from tests import ROOT
from tests.sandbox.test_files import write
from tests.sandbox_server import Sandbox, running_sandbox
from webapp.extensions import db
from webapp.models import JobRun
from webapp.work.queue import record
from webapp.work.requests import metadata_request

REAL = Path(os.environ.get("SANDBOX_DATA", ROOT.parent / "shared" / "data"))
TRACKS = 4
"""So many of the file's tracks are fetched; all of them would take a minute."""


def totals(folder: Path) -> dict[str, dict[date, int]]:
    """Returns the file's totals by Spotify id and date; of a duplicate date the last."""
    (path,) = folder.glob("spotify_streams_daily*.csv.gz")
    found: defaultdict[str, dict[date, int]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["track_id"]][date.fromisoformat(row["date"])] = int(row["total_stream"])
    return dict(found)


@pytest.fixture(params=["made up", "real"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder of files: some of this test's own, and the real ones where they are."""
    if request.param == "made up":
        return write(tmp_path)
    if not REAL.is_dir():
        pytest.skip(f"there is no folder {REAL.name} of real figures; SANDBOX_DATA can name it")
    return REAL


@pytest.fixture
def data(app: Flask, folder: Path) -> Iterator[Sandbox]:
    """The app's sandbox with the files."""
    settings = app.config["SETTINGS"]
    with running_sandbox("--data", str(folder)) as sandbox:
        app.config["SETTINGS"] = replace(settings, soundcharts_base_url=sandbox.url, history_days=2000)
        yield sandbox
    app.config["SETTINGS"] = settings


def run_everything() -> None:
    while uuid := db.session.scalar(db.select(JobRun.uuid).where(JobRun.state == "queued").limit(1)):
        run = take(uuid)
        db.session.commit()
        assert run is not None
        carry_out(run)


def test_every_stored_value_equals_the_file(
    app: Flask, database: psycopg.Connection, folder: Path, data: Sandbox
) -> None:
    said = totals(folder)
    songs = requests.get(f"{data.url}/_sandbox/songs", timeout=30).json()[:TRACKS]
    record([metadata_request([song["uuid"] for song in songs], queue="interactive")])[0]
    db.session.commit()
    run_everything()

    stored: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for identifier, day, value in database.execute(
        "SELECT platform_identifier, date, audience_value FROM track_audience_time_series"
    ):
        stored[identifier][day] = value
    assert set(stored) <= set(said)
    assert dict(stored) == {identifier: said[identifier] for identifier in stored}
    assert len(stored) == min(TRACKS, len(said))
    assert database.execute("SELECT count(*) FROM audience_revisions").fetchone() == (0,)
    if folder == REAL:
        assert max(map(len, stored.values())) >= 400
        assert max(max(days) for days in stored.values()) == date(2025, 9, 20)
