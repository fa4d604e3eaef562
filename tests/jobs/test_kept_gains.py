"""The stored figures of a series match its rows, also after an import of other items with equal values."""

from datetime import date, timedelta
from typing import Any

import psycopg
from flask import Flask

from jobs.upserts import AudienceRow, note_imported, upsert_audience
from tests.factories import T0, audience_rows, make_track, platform_id
from tests.jobs.commands.test_import_series import HEAD, Import, run
from tests.jobs.takeover.django_system import Old, add, value
from tests.jobs.takeover.django_system import run as take_over
from tests.sandbox_server import SEED_TRACK
from webapp.extensions import db

__all__ = ["run"]

LAST = date(2025, 1, 20)
VALUES = [(LAST - timedelta(days=7 - number), 1_000_000 + 1000 * number) for number in range(8)]


def put(rows: list[AudienceRow]) -> None:
    """Stores rows that an import brought, and what is kept of them."""
    upsert_audience(rows)
    note_imported([rows[0][:2]])
    db.session.commit()


def kept(database: psycopg.Connection) -> tuple[Any, ...]:
    """Returns status, time of the API's response, version, and the mark of the 7 days."""
    row = database.execute(
        "SELECT status, fetched_at, version, gain_7_days_caveat FROM audience_states"
    ).fetchone()
    rows = database.execute(
        "SELECT summary.gain_7_days_caveat, summary.gain_7_days FROM audience_states"
        " CROSS JOIN LATERAL audience_summary(track_id, platform_id) AS summary"
    ).fetchone()
    assert row is not None
    assert rows == (row[3], 7000)
    return row


def test_of_a_file(app: Flask, database: psycopg.Connection, run: Import) -> None:
    """Rows without an item, as the Django system had some, get that of the file."""
    rows = audience_rows(make_track(database), platform_id(database, "deezer"), VALUES)
    put([row._replace(api_data={}) for row in rows])
    assert kept(database)[2:] == (1, None)
    file = f"{HEAD}{SEED_TRACK},deezer,{LAST},{VALUES[-1][1]}\n"
    assert "1 series: 0 new, 0 changed, 1 unchanged" in run(file).output
    written = kept(database)
    assert written[3] == "identifiers"
    assert written[2] > 1
    run(file)
    assert kept(database) == written
    assert database.execute("SELECT count(*) FROM audit_events").fetchone() == (1,)


def test_of_the_django_system(app: Flask, database: psycopg.Connection, old: Old, old_url: str) -> None:
    """Its items are from the API, while imported figures have none."""
    imported = {"source": "import-series", "plots": []}
    rows = audience_rows(make_track(database), platform_id(database, "deezer"), VALUES)
    put([row._replace(api_data=imported, platform_identifier="import-series") for row in rows])
    assert kept(database) == ("never", None, 1, None)
    add(old, "soundcharts_platform", slug="deezer", name="Deezer")
    add(old, "soundcharts_track", uuid=SEED_TRACK, name="bad guy", credit_name="Billie Eilish")
    value(old, 1, 1, *VALUES[-1], T0)
    take_over(app, old_url)
    written = kept(database)
    assert written[:2] + written[3:] == ("ok", T0, "identifiers")
    take_over(app, old_url)
    assert kept(database) == written
