"""The former system's database: which tables will do, and how one that will not is refused."""

from datetime import date
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import T0
from tests.jobs.takeover.django_system import CHARTS, SERIES, TABLES, add, run, value
from tests.sandbox_server import SEED_TRACK
from tests.servers import new_database

DAY = date(2025, 8, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("ALTER TABLE soundcharts_track RENAME TO moved", "no table soundcharts_track,"),
        ("ALTER TABLE soundcharts_platform RENAME slug TO code", "no column slug in soundcharts_platform,"),
        ("DROP TABLE soundcharts_chartranking", "no table soundcharts_chartranking,"),
        ("ALTER TABLE soundcharts_chart DROP slug", "no column slug in soundcharts_chart,"),
        (f"ALTER TABLE {SERIES} RENAME api_data TO raw", f"no column api_data in {SERIES},"),
    ],
)
def test_a_missing_table_or_column_is_named(app: Flask, worker_number: int, change: str, words: str) -> None:
    with new_database(f"test_old_{worker_number}_less") as url:
        with psycopg.connect(url) as connection:
            connection.execute(TABLES)
            connection.execute(change)
        result = run(app, url)
    assert result.exit_code == 1
    assert f"The old database has {words} or its user may not read it." in " ".join(result.output.split())


def test_tables_with_the_seeds_columns_alone_will_do(
    app: Flask, database: psycopg.Connection, worker_number: int
) -> None:
    with new_database(f"test_old_{worker_number}_least") as url:
        with psycopg.connect(url) as connection:
            connection.execute(TABLES)
            connection.execute(f"DROP TABLE soundcharts_track_artists, {', '.join(CHARTS)}")
            for column in ("slug", "release_date", "isrc", "label", "raw"):
                connection.execute(f"ALTER TABLE soundcharts_track DROP {column}")
            connection.execute("ALTER TABLE soundcharts_track ALTER uuid TYPE uuid USING uuid::uuid")
            connection.execute(f"ALTER TABLE {SERIES} ALTER fetched_at TYPE timestamp")
            add(connection, "soundcharts_platform", slug="spotify", name="Spotify")
            add(connection, "soundcharts_track", uuid=UUID(SEED_TRACK), name="bad guy", credit_name="")
            value(connection, 1, 1, DAY, 5, T0.replace(tzinfo=None))
        result = run(app, url)
    assert result.exit_code == 0, result.output
    assert database.execute("SELECT fetched_at FROM track_audience_time_series").fetchall() == [(T0,)]


@pytest.mark.parametrize(
    ("dsn", "words"),
    [
        ("postgresql://trackpulse:hunter2-secret@127.0.0.1:1/old", "no server is listening there"),
        ("host=127.0.0.1 password=hunter2-secret hunter2-secret", "the DSN cannot be used"),
        ("postgresql://me:hunter2-secret%zz@127.0.0.1/old", "the DSN cannot be used"),
        ("postgresql+psycopg://me:hunter2-secret@127.0.0.1/old", "the DSN cannot be used"),
    ],
)
def test_the_password_is_never_shown(app: Flask, dsn: str, words: str) -> None:
    result = run(app, dsn)
    assert result.exit_code == 1
    assert words in result.output
    assert "hunter2" not in result.output + repr(result.exception)
