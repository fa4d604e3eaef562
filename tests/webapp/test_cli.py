"""Commands that look after the database."""

import psycopg
import pytest
from flask import Flask

from tests.factories import T0, audience_rows, insert_series, make_track, platform_id
from webapp.cli import db_info, users
from webapp.models import User


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


def test_users_are_made_once_and_their_passwords_are_hashed(app: Flask, database: psycopg.Connection) -> None:
    runner = app.test_cli_runner()
    arguments = ["create", "Ann@Example.com", "--role", "operator", "--password", "long enough"]
    assert runner.invoke(users, arguments).exit_code == 0
    again = runner.invoke(users, ["create", "ann@example.com", "--password", "long enough"])
    assert "There is a user ann@example.com already." in again.output
    found = User.find("ANN@example.com")
    assert found is not None
    assert found.role == "operator"
    assert found.password_hash.startswith("$argon2id$")
    assert found.check_password("long enough")
    assert not found.check_password("long enough ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ann", "--password", "long enough"], "'ann' is not an email address"),
        (["ann@example.com", "--password", "short"], "at least 8 characters"),
        (["ann@example.com", "--role", "boss", "--password", "long enough"], "'boss' is not one of"),
    ],
)
def test_bad_users_are_refused(app: Flask, arguments: list[str], words: str) -> None:
    result = app.test_cli_runner().invoke(users, ["create", *arguments])
    assert result.exit_code != 0
    assert words in result.output
