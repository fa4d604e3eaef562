"""Stores rankings: which replace the stored one, and which are set aside."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from jobs.reporting import refusal
from jobs.soundcharts import Chart as ChartHead
from jobs.soundcharts import PayloadError, Ranking, RankingEntry, RefusedRow
from jobs.upserts import Counts, RankingRow, upsert_ranking
from webapp.catalogue.charts import RANKING_LOCK
from webapp.extensions import db
from webapp.lib.formats import counted, incomplete
from webapp.lib.text import search_text
from webapp.models import Chart, ChartRanking
from webapp.queries import one, statement


class Stored(NamedTuple):
    """The result of storing a ranking: counts of its entries, and a sentence."""

    counts: Counts
    message: str


class SetAside(NamedTuple):
    """A ranking that was set aside, as received."""

    ranked_at: str
    entries: list[dict[str, Any]]
    refused_rows: int
    received_at: datetime


def store_answer(chart: Chart, ranking: Ranking, *, run_uuid: UUID | None, received_at: datetime) -> Stored:
    """Stores a ranking and the details of its chart, in the current transaction."""
    lock_rankings(ranking.ranked_on)
    store_chart(ranking.chart, chart.platform_id)
    return store_ranking(chart, ranking, run_uuid=run_uuid, received_at=received_at)


def store_ranking(chart: Chart, ranking: Ranking, *, run_uuid: UUID | None, received_at: datetime) -> Stored:
    """Stores a ranking under its calendar date, in the current transaction.

    A row that cannot be stored is kept as refused. A ranking without entries, or with fewer than the stored
    one, is set aside. One received before the stored one was last confirmed changes nothing.
    Raises PayloadError before anything is written, if no row can be stored.
    """
    about = f"{chart.slug}, {ranking.ranked_at}"
    ranking = _readable(ranking, about)
    stored = _stored(chart, ranking.ranked_on)
    if stored is not None and received_at < stored.checked_at:
        return Stored(Counts(), f"A newer ranking of {ranking.ranked_on} is already stored.")
    for row in ranking.refused:
        _refuse(run_uuid, about=about, field=row.field, value=row.value, reason=row.reason)
    if reason := _doubt(ranking, stored):
        _set_aside(chart, ranking, reason=reason, run_uuid=run_uuid, received_at=received_at)
        return Stored(Counts(), f"The ranking of {ranking.ranked_on} was set aside. {reason}")
    return _write(chart, ranking, refused=len(ranking.refused), received_at=received_at, run_uuid=run_uuid)


def accept_set_aside(chart: Chart, ranked_on: date, run_uuid: UUID | None) -> Stored | None:
    """Replaces the stored ranking by the one set aside; None if none with entries is set aside."""
    lock_rankings(ranked_on)
    found = one(SetAside, "ranking_set_aside_read", chart_id=chart.id, ranked_on=ranked_on)
    if found is None:
        return None
    entries = msgspec.convert(found.entries, tuple[RankingEntry, ...])
    head = ChartHead(slug=chart.slug, name=chart.name, platform="")
    ranking = Ranking(chart=head, ranked_at=found.ranked_at, ranked_on=ranked_on, entries=entries)
    return _write(
        chart, ranking, refused=found.refused_rows, received_at=found.received_at, run_uuid=run_uuid
    )


def lock_rankings(ranked_on: date) -> None:
    """Waits until no other ranking is being written, and takes the lock that a new chunk needs.

    Rankings are written one at a time, since they share tracks. Call it before the transaction writes
    anything, since it could otherwise hold a row that the other transaction waits for.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(RANKING_LOCK)))
    db.session.execute(select(func.lock_for_ranking_chunk(ranked_on)))


def _stored(chart: Chart, ranked_on: date) -> ChartRanking | None:
    """Returns the stored ranking, read once no other ranking is being written."""
    lock_rankings(ranked_on)
    return db.session.get(ChartRanking, (chart.id, ranked_on), populate_existing=True)


def store_chart(head: ChartHead, platform_id: int) -> bool:
    """Stores the API's details of a chart, in the current transaction; returns whether it is new."""
    metric = head.metric.description if head.metric else ""
    place = head.country_name, head.city_name
    columns = {
        "slug": head.slug,
        "name": head.name,
        "platform_id": platform_id,
        "country_code": head.country_code,
        "country_name": head.country_name,
        "city_name": head.city_name,
        "frequency": head.frequency,
        "max_entries": head.max_results_count,
        "metric_name": metric,
        # Only web URLs are safe to show as links.
        "web_url": head.web_url if head.web_url.startswith(("https://", "http://")) else "",
        "search_text": search_text(head.name, head.slug, *place),
    }
    return bool(db.session.execute(statement("chart_store"), columns).scalar())


def _readable(ranking: Ranking, about: str) -> Ranking:
    """Returns the ranking with only the rows that can be stored, and the others in `refused`.

    Raises PayloadError if no row can be stored; `about` names the ranking in the refusal.
    """
    entries: dict[tuple[int, UUID], RankingEntry] = {}
    refused = list(ranking.refused)
    for entry in ranking.entries:
        try:
            uuid = UUID(entry.song.uuid)
        except ValueError:
            reason = f"The ranking names a song by {entry.song.uuid[:60]!r}, which is not a uuid."
            refused.append(RefusedRow("items.song.uuid", repr(entry.song.uuid), reason))
            continue
        if entries.setdefault((entry.position, uuid), entry) is not entry:
            reason = f"The ranking has {entry.song.name!r} at position {entry.position} twice."
            refused.append(RefusedRow("items.position", str(entry.position), reason))
    if refused and not entries:
        raise PayloadError(refused[0].reason, refused[0].field, value=refused[0].value, path=about)
    return msgspec.structs.replace(ranking, entries=tuple(entries.values()), refused=tuple(refused))


def _rows(entries: Sequence[RankingEntry]) -> list[RankingRow]:
    """Returns entries as rows, best first; songs at one position by uuid, whatever the received order."""
    seen: set[UUID] = set()
    at: Counter[int] = Counter()
    rows = []
    for entry in sorted(entries, key=lambda entry: (entry.position, UUID(entry.song.uuid))):
        at[entry.position] += 1
        rows.append(_row(entry, at[entry.position], seen))
        seen.add(rows[-1].uuid)
    return rows


def _row(entry: RankingEntry, ordinal: int, seen: set[UUID]) -> RankingRow:
    song, previous, uuid = entry.song, entry.old_position or None, UUID(entry.song.uuid)
    return RankingRow(
        position=entry.position,
        ordinal=ordinal,
        uuid=uuid,
        name=song.name,
        credit_name=song.credit_name,
        image_url=song.image_url,
        search_text=search_text(song.name, song.credit_name),
        previous_position=previous,
        evolution=entry.position_evolution if previous else None,
        metric=entry.metric,
        entry_date=entry.entry_date,
        time_on_chart=entry.time_on_chart,
        time_on_chart_unit=entry.time_on_chart_unit,
        repeats=uuid in seen,
    )


def _doubt(ranking: Ranking, stored: ChartRanking | None) -> str:
    """Returns why the ranking must be set aside; empty if it can be stored."""
    if not ranking.entries:
        return "It has no entries."
    if stored is not None and len(ranking.entries) < stored.entry_count:
        refused = f"; {words}" if (words := incomplete([], len(ranking.refused))) else ""
        entries = counted(len(ranking.entries), "entry", "entries")
        return f"It has {entries}, fewer than the {stored.entry_count} stored{refused}."
    return ""


def _set_aside(
    chart: Chart, ranking: Ranking, *, reason: str, run_uuid: UUID | None, received_at: datetime
) -> None:
    columns = {
        "chart_id": chart.id,
        "ranked_on": ranking.ranked_on,
        "ranked_at": ranking.ranked_at,
        "reason": reason,
        "entry_count": len(ranking.entries),
        "refused_rows": len(ranking.refused),
        "entries": json.dumps(msgspec.to_builtins(ranking.entries)),
        "received_at": received_at,
        "run_uuid": run_uuid,
    }
    db.session.execute(statement("ranking_set_aside"), columns)
    about, entries = f"{chart.slug}, {ranking.ranked_at}", counted(len(ranking.entries), "entry", "entries")
    _refuse(run_uuid, about=about, field="items", value=entries, reason=reason)


def _refuse(run_uuid: UUID | None, *, about: str, field: str, value: str, reason: str) -> None:
    db.session.execute(
        statement("run_refuse"), refusal(run_uuid, path=about, field=field, value=value, reason=reason)
    )


def _write(
    chart: Chart, ranking: Ranking, *, refused: int, received_at: datetime, run_uuid: UUID | None
) -> Stored:
    rows = _rows(ranking.entries)
    counts = upsert_ranking(
        rows, chart_id=chart.id, ranked_on=ranking.ranked_on, received_at=received_at, run_uuid=run_uuid
    )
    note = {
        "chart_id": chart.id,
        "ranked_on": ranking.ranked_on,
        "ranked_at": ranking.ranked_at,
        "entry_count": len(rows),
        "refused_rows": refused,
        "received_at": received_at,
        "changed": counts.created + counts.updated > 0,
        "run_uuid": run_uuid,
    }
    missing = db.session.execute(statement("ranking_note"), note).scalar_one()
    return Stored(counts, _message(ranking.ranked_on, counts, incomplete(missing, refused)))


def _message(day: date, counts: Counts, lacking: str) -> str:
    more = f"; {lacking}." if lacking else "."
    if counts.created + counts.updated == 0:
        return f"The ranking of {day} is unchanged: {counted(counts.unchanged, 'entry', 'entries')}{more}"
    created = counted(counts.created, "entry", "entries")
    if counts.updated + counts.unchanged == 0:
        return f"The ranking of {day} is new: {created}{more}"
    return f"The ranking of {day} was replaced: {created} new, {counts.updated} changed{more}"
