"""Commands that look after the database."""

import psycopg
import pytest
from flask import Flask

from tests.factories import T0, audience_rows, insert_series, make_track, platform_id
from webapp.cli import db_info


def test_db_info_names_the_engine_and_what_is_pending(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    insert_series(database, audience_rows(track, spotify, [(T0.date(), 5)]))
    database.execute(
        "INSERT INTO aggregate_refreshes (aggregate, first_date, last_date)"
        " VALUES ('audience_weekly', '2026-01-01', '2026-01-09')"
    )
    result = app.test_cli_runner().invoke(db_info)
    assert result.exit_code == 0, result.output
    assert "PostgreSQL 18" in result.output
    for words in (
        "licence:",
        "audience_weekly",
        "audience_monthly",
        "2026-01-09",
        "track_audience_time_series",
    ):
        assert words in result.output


@pytest.mark.timescale
def test_db_info_shows_hypertables_and_their_chunks(app: Flask, database: psycopg.Connection) -> None:
    result = app.test_cli_runner().invoke(db_info)
    assert "licence: timescale" in result.output
    assert "hypertables" in result.output
    assert "chunks" in result.output
