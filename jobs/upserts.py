"""Bulk writes: rows are copied to a staging table, and one statement stores them from there."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from webapp.connection import driver_connection
from webapp.extensions import db
from webapp.models import fold
from webapp.queries import one, statement

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS audience_stage (
    ordinal bigint GENERATED ALWAYS AS IDENTITY,
    track_id bigint,
    platform_id integer,
    date date,
    audience_value bigint,
    platform_identifier text,
    fetched_at timestamptz,
    api_data jsonb
) ON COMMIT DROP;
TRUNCATE audience_stage;
"""

COPY = """
COPY audience_stage (track_id, platform_id, date, audience_value, platform_identifier, fetched_at, api_data)
FROM STDIN
"""


RANKING_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS ranking_stage (
    position integer,
    ordinal integer,
    uuid uuid,
    name text,
    credit_name text,
    image_url text,
    search_text text,
    previous_position integer,
    evolution integer,
    metric bigint,
    entry_date date,
    time_on_chart integer,
    time_on_chart_unit text,
    repeats boolean
) ON COMMIT DROP;
TRUNCATE ranking_stage;
"""


class AudienceRow(NamedTuple):
    """One value as stored; `api_data` is the item as received, `fetched_at` the time of receipt."""

    track_id: int
    platform_id: int
    date: date
    audience_value: int
    platform_identifier: str
    fetched_at: datetime
    api_data: Mapping[str, Any]


class RankingRow(NamedTuple):
    """An entry of a ranking with its track's details; `repeats`: the track also has a higher position.

    `ordinal` numbers the songs at one position, from 1.
    """

    position: int
    ordinal: int
    uuid: UUID
    name: str
    credit_name: str
    image_url: str
    search_text: str
    previous_position: int | None
    evolution: int | None
    metric: int | None
    entry_date: date | None
    time_on_chart: int | None
    time_on_chart_unit: str
    repeats: bool


class Counts(NamedTuple):
    """Numbers of rows created, updated and unchanged; `rewritten` counts unchanged ones with a new item."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rewritten: int = 0

    @property
    def has_written(self) -> bool:
        """Whether any row differs from before."""
        return bool(self.created or self.updated or self.rewritten)


def upsert_audience(rows: Iterable[AudienceRow], run_uuid: UUID | None = None) -> Counts:
    """Stores values in the current transaction; storing the same rows again changes nothing.

    Of several rows with one key the last received counts. Every replaced value is kept as a revision.
    """
    cursor = driver_connection().cursor()
    cursor.execute(STAGE)
    with cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row((*row[:-1], json.dumps(row.api_data)))
    return one(Counts, "audience_upsert", run_uuid=run_uuid) or Counts()


def upsert_ranking(
    rows: Iterable[RankingRow],
    *,
    chart_id: int,
    ranked_on: date,
    received_at: datetime,
    run_uuid: UUID | None = None,
) -> Counts:
    """Replaces a chart's entries for a date, in the current transaction.

    Unknown tracks are created. Replaced and removed entries count as updated and are kept as revisions.
    """
    cursor = driver_connection().cursor()
    cursor.execute(RANKING_STAGE)
    with cursor.copy("COPY ranking_stage FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    db.session.execute(statement("ranking_resolve"))
    db.session.execute(statement("ranking_tracks"), {"chart_id": chart_id})
    noted = {
        "chart_id": chart_id,
        "ranked_on": ranked_on,
        "received_at": received_at,
        "run_uuid": run_uuid,
    }
    removed = db.session.execute(statement("ranking_removed"), noted).scalar_one()
    counts = one(Counts, "ranking_entries", **noted) or Counts()
    return counts._replace(updated=counts.updated + removed)


def note_imported(series: Iterable[tuple[int, int]], fetched_at: datetime | None = None) -> None:
    """Notes that an import, not a fetch, changed rows of these series (track and platform ids).

    `fetched_at` is the time of the API response that the rows came from, if any.
    """
    rows = [
        {"track_id": track, "platform_id": platform, "fetched_at": fetched_at} for track, platform in series
    ]
    upsert_rows("audience_state_imported", rows)


def upsert_platforms(codes: Mapping[str, str]) -> dict[str, int]:
    """Returns the platform's id for each API code; creates new platforms with the names in `codes`.

    All spellings of a platform are one row, however many writers store it at once.
    """
    known = _platform_ids(codes)
    new = [code for code in sorted(codes) if code not in known]
    rows = [
        {"slug": code.lower().replace("-", "_"), "name": codes[code] or code, "code": code} for code in new
    ]
    upsert_rows("platform_store", rows)
    return known | _platform_ids(new)


def _platform_ids(codes: Iterable[str]) -> dict[str, int]:
    folds = {code: fold(code) for code in codes}
    found = db.session.execute(statement("platform_ids_by_fold"), {"folds": list(folds.values())})
    ids: dict[str, int] = {row.fold: row.id for row in found}
    return {code: ids[key] for code, key in folds.items() if key in ids}


def upsert_rows(name: str, values: Sequence[Mapping[str, Any]]) -> None:
    """Runs sql/queries/`name`.sql for each of `values`, in the current transaction."""
    if values:
        db.session.execute(statement(name), [dict(row) for row in values])
