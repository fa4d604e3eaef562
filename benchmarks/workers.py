"""Series that real workers fetch in a minute: RQ, HTTP, the rate limit, the database and all."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import psycopg
from flask import current_app
from sqlalchemy import select

from launcher.run import processes
from launcher.settings import load_launch_settings
from sandbox.catalogue import catalogue
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.models import Platform, Track
from webapp.work.queue import enqueue, record
from webapp.work.requests import audience_request

WORKERS = 2
FIRST = 50
"""Series that are not counted, while the workers start and plan their statements."""
PATIENCE_SECONDS = 600
TRACKS = """
INSERT INTO tracks (uuid, name, credit_name, search_text, metadata_fetched_at)
SELECT uuid, 'Song', 'Artist', 'song', now() FROM unnest(%s::uuid[]) AS uuid
ON CONFLICT DO NOTHING
"""
ENDED = """
SELECT count(*), count(*) FILTER (WHERE state = 'succeeded')
FROM job_runs
WHERE uuid = ANY(%s) AND finished_at IS NOT NULL
"""


def series_a_minute(connection: psycopg.Connection, series: int) -> float:
    """Has WORKERS workers fetch 90 days of each of some series from a sandbox; needs an app context.

    Series that the sandbox does not have are fetched too, but not counted. Raises SystemExit if not all end.
    """
    runs = _request(connection, series)
    begun: tuple[float, int] | None = None
    deadline = time.monotonic() + PATIENCE_SECONDS
    with ExitStack() as stack:
        sandbox = [sys.executable, "-m", "sandbox", "--port", "0"]
        api = stack.enter_context(subprocess.Popen(sandbox, stdout=subprocess.PIPE, text=True))
        stack.callback(api.terminate)
        line = api.stdout.readline() if api.stdout else ""
        environment = _environment(line.split()[-1])
        workers = processes(load_launch_settings({"WORKERS": str(WORKERS)}), web_threads=0)["workers"]
        pool = stack.enter_context(
            subprocess.Popen([sys.executable, "-m", *workers.split()], env=environment)
        )
        stack.callback(pool.terminate)
        while time.monotonic() < deadline:
            ended, succeeded = connection.execute(ENDED, [runs]).fetchone() or (0, 0)
            if begun is None and ended >= FIRST:
                begun = time.monotonic(), succeeded
            if begun is not None and ended == len(runs):
                return float(60 * (succeeded - begun[1]) / (time.monotonic() - begun[0]))
            time.sleep(0.05)
    raise SystemExit(f"The workers did not fetch {series} series in {PATIENCE_SECONDS} s.")


def _request(connection: psycopg.Connection, series: int) -> list[UUID]:
    """Enqueues runs for songs that the sandbox knows; returns their uuids."""
    songs = [song.uuid for song in catalogue(1, today()).songs]
    connection.execute(TRACKS, [songs])
    tracks = db.session.scalars(select(Track).where(Track.uuid.in_(songs))).all()
    platforms = db.session.scalars(select(Platform).where(Platform.has_song_audience)).all()
    end = today() - timedelta(days=2)
    start = end - timedelta(days=89)
    pairs = [(track, platform) for track in tracks for platform in platforms][:series]
    runs = record(
        [audience_request(*pair, start=start, end=end, forced=True, queue="interactive") for pair in pairs]
    )
    db.session.commit()
    enqueue(runs)
    return [run.uuid for run in runs]


def _environment(api: str) -> dict[str, str]:
    """Returns the environment of a worker that uses this site's servers and the API at a URL."""
    settings = current_app.config["SETTINGS"]
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "RQ_REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "SOUNDCHARTS_BASE_URL": api,
        "SOUNDCHARTS_APP_ID": "soundcharts",
        "SOUNDCHARTS_API_KEY": "soundcharts",
        "SOUNDCHARTS_CALLS_PER_MINUTE": "10000",
    }
