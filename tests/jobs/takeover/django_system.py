"""A database as the Django system left it, and the command that takes it over."""

from datetime import date
from typing import Any

import psycopg
from click.testing import Result
from flask import Flask
from psycopg.types.json import Jsonb

from jobs.commands.import_django import import_django
from tests.factories import T0, item
from webapp.extensions import db

# As in the seeds; uuids are text and nothing is forbidden, as where migrations were never strict.
TABLES = """
CREATE TABLE soundcharts_platform (
    id serial PRIMARY KEY, name varchar(255), slug varchar(255), platform_type varchar(20),
    audience_metric_name varchar(50), platform_identifier varchar(255), created_at timestamptz DEFAULT now()
);
CREATE TABLE soundcharts_artist (
    id serial PRIMARY KEY, uuid varchar(36), name varchar(255), slug varchar(255)
);
CREATE TABLE soundcharts_track (
    id serial PRIMARY KEY, uuid varchar(36), name varchar(255), credit_name varchar(255), slug varchar(255),
    release_date date, isrc varchar(20), label varchar(255), raw jsonb
);
CREATE TABLE soundcharts_track_artists (id serial PRIMARY KEY, track_id int, artist_id int);
CREATE TABLE soundcharts_trackaudiencetimeseries (
    id serial PRIMARY KEY, track_id int, platform_id int, date date, audience_value bigint,
    platform_identifier varchar(255), fetched_at timestamptz, api_data jsonb
);
CREATE TABLE soundcharts_chart (
    id serial PRIMARY KEY, name varchar(255), slug varchar(255), platform_id int, frequency varchar(255),
    country_code varchar(255), web_url varchar(255)
);
CREATE TABLE soundcharts_chartranking (
    id serial PRIMARY KEY, chart_id int, ranking_date timestamptz, fetched_at timestamptz, total_entries int
);
CREATE TABLE soundcharts_chartrankingentry (
    id serial PRIMARY KEY, ranking_id int, track_id int, position int, previous_position int,
    position_change int, weeks_on_chart int, api_data jsonb
);
"""
CHARTS = ("soundcharts_chart", "soundcharts_chartranking", "soundcharts_chartrankingentry")
SERIES = "soundcharts_trackaudiencetimeseries"

Old = psycopg.Connection[tuple[Any, ...]]


def add(old: Old, table: str, **columns: object) -> None:
    names = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    old.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(columns.values()))


def value(
    old: Old, track: int, platform: int, day: date | str | None, total: int | None, fetched_at: object = T0
) -> None:
    raw = item(day, total) if isinstance(day, date) and total is not None else {}
    columns = {"track_id": track, "platform_id": platform, "date": day, "audience_value": total}
    add(old, SERIES, **columns, platform_identifier="a", fetched_at=fetched_at, api_data=Jsonb(raw))


def run(app: Flask, dsn: str, *options: str) -> Result:
    result = app.test_cli_runner().invoke(import_django, ["--dsn", dsn, *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    db.session.rollback()
    return result


def told(result: Result) -> dict[str, list[int]]:
    """Read, new, changed, unchanged, joined and refused of each table."""
    rows = [line.replace("│", " ").split() for line in result.output.splitlines() if "│" in line]
    counts = {row[0]: [int(cell) for cell in row[1:]] for row in rows}
    for read, *became in counts.values():
        assert read == sum(became)
    return counts
