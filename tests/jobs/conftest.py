"""The former system's database."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from tests.factories import make_chart
from tests.jobs.takeover.django_system import CHARTS, SERIES, TABLES, Old
from tests.servers import new_database


@pytest.fixture(scope="session")
def old_url(worker_number: int) -> Iterator[str]:
    with new_database(f"test_old_{worker_number}") as url:
        with psycopg.connect(url) as connection:
            connection.execute(TABLES)
        yield url


@pytest.fixture
def old(old_url: str) -> Iterator[Old]:
    """The old database, without rows; the connection commits each statement."""
    with psycopg.connect(old_url, autocommit=True) as connection:
        connection.execute(
            "TRUNCATE soundcharts_platform, soundcharts_artist, soundcharts_track, "
            f"soundcharts_track_artists, {', '.join(CHARTS)}, {SERIES} RESTART IDENTITY"
        )
        yield connection


@pytest.fixture
def chart_id(app: Flask, database: psycopg.Connection) -> int:
    """A daily chart of Spotify."""
    return make_chart(database)
