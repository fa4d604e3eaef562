"""The schema: up from nothing, down again, and from the plain engine to TimescaleDB with data in place."""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

import webapp.engine
from jobs.upserts import Counts, upsert_audience
from tests import ROOT
from tests.conftest import settings_for
from tests.factories import (
    T0,
    Entry,
    audience_rows,
    insert_values,
    item,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
)
from tests.sandbox_server import SEED_TRACK
from tests.servers import new_database
from webapp import create_app
from webapp.engine import AGGREGATES, EngineError, apply_engine, describe_engine, require_usable_engine
from webapp.extensions import db
from webapp.lib.text import search_text

TABLES_LEFT = (
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> ALL(%s)"
)


@pytest.fixture
def fresh_app(worker_number: int, redis_url: str) -> Iterator[Flask]:
    """An app on an empty database."""
    with new_database(f"fresh_{worker_number}") as url:
        app = create_app(settings_for(url, redis_url, "http://127.0.0.1:9"))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
            app.extensions["redis"].close()


def connect(app: Flask) -> psycopg.Connection:
    return psycopg.connect(app.config["SETTINGS"].psycopg_url, autocommit=True)


def kinds(connection: psycopg.Connection) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT relname, relkind::text FROM pg_class WHERE relname = ANY(%s)", [list(AGGREGATES)]
        ).fetchall()
    )


def columns(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_name = ANY(%s) ORDER BY table_name, ordinal_position",
        [list(AGGREGATES)],
    ).fetchall()


def test_up_twice_and_down_and_up_again(fresh_app: Flask) -> None:
    upgrade()
    upgrade()
    with connect(fresh_app) as connection:
        first = columns(connection)
        assert len(first) == 35
    db.engine.dispose()
    downgrade(revision="base")
    with connect(fresh_app) as connection:
        kept = ["alembic_version", "alembic_version_pkc"]
        assert connection.execute(TABLES_LEFT, [kept]).fetchone() == (0,)
    upgrade()
    with connect(fresh_app) as connection:
        assert columns(connection) == first


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "sql/migrations")).get_heads()) == 1


def test_models_have_the_columns_of_their_tables(app: Flask) -> None:
    inspector = inspect(db.engine)
    for table in db.metadata.sorted_tables:
        stored = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert {column.name: bool(column.nullable) for column in table.columns} == stored, table.name


@pytest.mark.timescale
def test_from_plain_to_timescale_with_rows_in_place(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade on a server with TimescaleDB converts the tables of a plain server."""
    with monkeypatch.context() as patch:
        patch.setattr(webapp.engine, "describe_engine", _as_if_plain)
        upgrade()
    with connect(fresh_app) as connection:
        assert kinds(connection) == dict.fromkeys(AGGREGATES, "v")
        plain_columns = columns(connection)
        track = make_track(connection)
        spotify = platform_id(connection, "spotify")
        values = [(date(2025, 1, 1) + timedelta(days=day), 1000 + day) for day in range(500)]
        upsert_audience(audience_rows(track, spotify, values))
        db.session.commit()
        before = {name: _content(connection, name) for name in ("track_audience_time_series", *AGGREGATES)}
    db.engine.dispose()
    upgrade()
    with connect(fresh_app) as connection:
        assert describe_engine(connection).extension is not None
        assert columns(connection) == plain_columns
        assert {name: _content(connection, name) for name in before} == before
        hypertables = connection.execute(
            "SELECT hypertable_name, num_chunks > 4 FROM timescaledb_information.hypertables ORDER BY 1"
        ).fetchall()
        assert ("track_audience_time_series", True) in hypertables
        assert connection.execute(
            "SELECT count(*) FROM timescaledb_information.continuous_aggregates WHERE NOT materialized_only"
        ).fetchone() == (len(AGGREGATES),)
        _compress_all(connection)
    later = audience_rows(track, spotify, [(day, value + 1) for day, value in values], T0 + timedelta(days=1))
    assert upsert_audience(later) == Counts(0, 500, 0)
    db.session.commit()


def test_values_of_impossible_dates_are_set_aside_and_come_back(fresh_app: Flask) -> None:
    upgrade(revision="0003")
    good = date(2026, 1, 1)
    bad = [date(1, 1, 1), date(1989, 12, 31), date(2999, 1, 1)]
    with connect(fresh_app) as connection:
        track, spotify = make_track(connection), platform_id(connection, "spotify")
        insert_values(connection, audience_rows(track, spotify, [(day, 7) for day in [*bad, good]]))
        connection.execute(
            "INSERT INTO audience_states (track_id, platform_id, first_date, last_date, latest_value,"
            " version) VALUES (%s, %s, %s, %s, 7, 1)",
            [track, spotify, min(bad), max(bad)],
        )
        before = _content(connection, "track_audience_time_series")
        upgrade()
        assert [row[2] for row in _content(connection, "track_audience_time_series")] == [good]
        aside = connection.execute(
            "SELECT track_uuid::text, platform, date, api_data FROM audience_set_aside ORDER BY date"
        ).fetchall()
        assert aside == [(SEED_TRACK, "spotify", day, item(day, 7)) for day in bad]
        state = connection.execute("SELECT first_date, last_date, latest_value, version FROM audience_states")
        assert state.fetchall() == [(good, good, 7, 2)]
        db.engine.dispose()
        downgrade(revision="0003")
        assert _content(connection, "track_audience_time_series") == before


def test_isrcs_from_before_get_the_form_they_are_looked_up_in(fresh_app: Flask) -> None:
    upgrade(revision="0003")
    with connect(fresh_app) as connection:
        one = make_track(connection)
        other = make_track(connection, "98aca268-7180-4af0-b8e1-d51ff3bc3cf9", "Other")
        connection.execute("UPDATE tracks SET isrc = 'isrc: us-um7-19-00764' WHERE id = %s", [one])
        connection.execute("UPDATE tracks SET isrc = 'none yet' WHERE id = %s", [other])
        identifiers = [("us-um71900764", one), ("USUM7 1900764", one), ("USUM71900765", other),
                       ("usum71900765", one), ("odd", one)]  # fmt: skip
        for identifier, track in identifiers:
            connection.execute(
                "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, %s, %s)",
                [platform_id(connection, "isrc"), identifier, track],
            )
        upgrade()
        query = "SELECT isrc, search_text LIKE '%usum71900764%' FROM tracks ORDER BY id"
        assert connection.execute(query).fetchall() == [("USUM71900764", True), ("none yet", False)]
        held = connection.execute("SELECT identifier, track_id FROM track_identifiers ORDER BY 1").fetchall()
        assert sorted(held) == [
            ("USUM71900764", one), ("USUM71900765", other), ("odd", one), ("usum71900765", one),
        ]  # fmt: skip


def test_rows_keep_their_content_under_new_names_and_back(fresh_app: Flask) -> None:
    upgrade(revision="0006")
    with connect(fresh_app) as connection:
        _insert_named_rows(connection)
        before, described = _named_rows(connection, "address", "asked_at"), _comments(connection)
        upgrade(revision="0007")
        renamed = [*before[:-1], [("known", "Lover"), ("requested", "bad guy")]]
        assert _named_rows(connection, "url", "requested_at") == renamed
        with pytest.raises(psycopg.errors.CheckViolation, match="batch_items_outcome_check"):
            connection.execute("UPDATE batch_items SET outcome = 'wished'")
        with pytest.raises(psycopg.errors.CheckViolation, match="saved_views_url_check"):
            connection.execute("UPDATE saved_views SET url = 'https://example.com/'")
        db.engine.dispose()
        downgrade(revision="0006")
        assert _named_rows(connection, "address", "asked_at") == before
        assert _comments(connection) == described
        with pytest.raises(psycopg.errors.CheckViolation, match="batch_items_outcome_check"):
            connection.execute("UPDATE batch_items SET outcome = 'requested'")
        with pytest.raises(psycopg.errors.CheckViolation, match="saved_views_address_check"):
            connection.execute("UPDATE saved_views SET address = 'https://example.com/'")


def _insert_named_rows(connection: psycopg.Connection) -> None:
    """Inserts rows of the tables that revision 0007 changes, as of revision 0006."""
    user = "INSERT INTO users (email, password_hash, role) VALUES ('a@example.com', '-', 'admin')"
    connection.execute(user)
    view = "INSERT INTO saved_views (owner_id, name, address) SELECT id, 'Mine', '/tracks/?q=x' FROM users"
    connection.execute(view)
    chart = "INSERT INTO charts (slug, name, platform_id, frequency) VALUES ('global', 'Global', %s, 'daily')"
    connection.execute(chart, [platform_id(connection, "spotify")])
    connection.execute(
        "INSERT INTO chart_dates (chart_id, ranked_on, ranked_at, asked_at)"
        " SELECT id, '2026-11-20', '2026-11-20T00:00:00+00:00', '2026-11-21 04:00Z' FROM charts"
    )
    connection.execute("INSERT INTO batches (action, requested_by) SELECT 'fetch', id FROM users")
    connection.execute(
        "INSERT INTO batch_items (batch_uuid, position, subject, outcome)"
        " SELECT batches.uuid, item.position, item.subject, item.outcome FROM batches,"
        " (VALUES (1, 'bad guy', 'wished'), (2, 'Lover', 'known')) AS item (position, subject, outcome)"
    )


def _named_rows(
    connection: psycopg.Connection, url: str, requested_at: str
) -> list[list[tuple[object, ...]]]:
    queries = (
        f"SELECT name, {url} FROM saved_views",
        f"SELECT ranked_on::text, ranked_at, {requested_at} FROM chart_dates",
        "SELECT outcome, subject FROM batch_items ORDER BY outcome",
    )
    return [connection.execute(query).fetchall() for query in queries]


def _comments(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "SELECT table_name, column_name, col_description(table_name::regclass, ordinal_position)"
        " FROM information_schema.columns WHERE table_name IN ('saved_views', 'chart_dates', 'batch_items')"
        " ORDER BY table_name, ordinal_position"
    ).fetchall()


def _compress_all(connection: psycopg.Connection) -> None:
    for (chunk,) in connection.execute("SELECT show_chunks('track_audience_time_series')::text").fetchall():
        # The policy's own worker may have come first.
        with contextlib.suppress(psycopg.errors.DuplicateObject):
            connection.execute("SELECT compress_chunk(%s::regclass, if_not_compressed => true)", [chunk])
    query = "SELECT bool_and(is_compressed) FROM timescaledb_information.chunks WHERE hypertable_name = %s"
    assert connection.execute(query, ["track_audience_time_series"]).fetchone() == (True,)


def test_what_is_stored_of_rankings_is_filled_by_the_upgrade(fresh_app: Flask) -> None:
    upgrade(revision="0009")
    with connect(fresh_app) as connection:
        chart, songs = make_chart(connection), [make_track(connection, str(UUID(int=n))) for n in range(3)]
        for day in range(3):
            ranked_on = date(2026, 1, 1) + timedelta(days=40 * day)
            make_ranking(connection, chart, ranked_on, [Entry(songs[day], entry_date=ranked_on), songs[0]])
        upgrade()
        entered = _content(connection, "chart_entered")
        assert [row[2:] for row in entered] == [(songs[1], 1, "new"), (songs[2], 1, "new")]
        tracks = _content(connection, "chart_tracks")
        assert tracks[0][1:6] == (songs[0], date(2026, 1, 1), date(2026, 3, 22), 3, 1)
        if describe_engine(connection).has_aggregates:
            connection.execute(
                "SELECT compress_chunk(c, true) FROM show_chunks('chart_ranking_entries') AS c"
            )
        entries = _content(connection, "chart_ranking_entries")
        db.engine.dispose()
        downgrade(revision="0009")
        assert _content(connection, "chart_ranking_entries") == entries
        upgrade()
        assert _content(connection, "chart_entered") == entered
        assert _content(connection, "chart_tracks") == tracks


def _content(connection: psycopg.Connection, name: str) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall()


def _as_if_plain(connection: psycopg.Connection) -> webapp.engine.Engine:
    return webapp.engine.Engine("18.0", 180000, preloaded=False, extension=None, licence=None)


def test_the_engine_step_is_idempotent(app: Flask, database: psycopg.Connection) -> None:
    first = apply_engine(database)
    assert apply_engine(database) == first == require_usable_engine(database)


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (webapp.engine.Engine("17.2", 170002, preloaded=False, extension=None, licence=None), "18 or later"),
        (
            webapp.engine.Engine("18.1", 180001, preloaded=False, extension="2.29.2", licence=None),
            "would be lost",
        ),
    ],
)
def test_an_engine_that_would_lose_data_is_refused(
    database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, engine: webapp.engine.Engine, words: str
) -> None:
    monkeypatch.setattr(webapp.engine, "describe_engine", lambda _connection: engine)
    with pytest.raises(EngineError, match=words) as caught:
        require_usable_engine(database)
    assert str(caught.value).count(".") <= 2


def test_a_platforms_row_is_touched_when_it_changes(database: psycopg.Connection) -> None:
    query = "SELECT updated_at FROM platforms WHERE slug = 'spotify'"
    before = database.execute(query).fetchone()
    database.execute("UPDATE platforms SET name = 'Spotify!' WHERE slug = 'spotify'")
    assert database.execute(query).fetchone() != before


@pytest.mark.parametrize(
    "name",
    [
        "Beyoncé",
        "Guns N' Roses",
        "Sigur Rós",
        "Motörhead",
        "ROSALÍA",
        "Destiny\N{RIGHT SINGLE QUOTATION MARK}s Child",
    ],
)
def test_artists_from_before_are_found_as_the_application_folds_them(fresh_app: Flask, name: str) -> None:
    upgrade(revision="0001")
    with connect(fresh_app) as connection:
        connection.execute("INSERT INTO artists (uuid, name) VALUES (gen_random_uuid(), %s)", [name])
        upgrade()
        found = connection.execute("SELECT search_text, metadata_due_at <= now() FROM artists").fetchone()
    assert found == (search_text(name), True)
