"""Rankings stored: what takes the place of what, and what is set aside instead."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from jobs.soundcharts import Chart as ChartHead
from jobs.soundcharts import PayloadError, Ranking, RankingEntry
from jobs.telling import refusal
from jobs.upserts import Counts, RankingRow, upsert_ranking
from webapp.extensions import db
from webapp.models import Chart, ChartRanking
from webapp.queries import one, statement
from webapp.text import search_text

RANKING_LOCK = 7_215_003


class Stored(NamedTuple):
    """What became of a ranking: its entries that were new, differed and agreed, and a sentence."""

    counts: Counts
    message: str


class SetAside(NamedTuple):
    """A ranking that was not believed, as it came."""

    ranked_at: str
    entries: list[dict[str, Any]]
    received_at: datetime


def store_ranking(chart: Chart, ranking: Ranking, run_uuid: UUID | None, received_at: datetime) -> Stored:
    """Stores a whole ranking under its calendar date, in the transaction under way.

    One with fewer entries than are stored, or with none, is set aside instead. What came before the stored
    one was last confirmed changes nothing.
    Raises PayloadError for what cannot be a ranking, before anything is written.
    """
    rows = list(_rows(ranking.entries, f"{chart.slug}, {ranking.ranked_at}"))
    stored = _stored(chart, ranking.ranked_on)
    if stored is not None and received_at < stored.checked_at:
        return Stored(Counts(), f"A newer answer for {ranking.ranked_on} is stored already.")
    if reason := _doubt(ranking, stored):
        _set_aside(chart, ranking, reason, run_uuid, received_at)
        return Stored(Counts(), f"The ranking of {ranking.ranked_on} was set aside. {reason}")
    return _write(chart, rows, ranking.ranked_on, ranking.ranked_at, received_at, run_uuid)


def accept_set_aside(chart: Chart, ranked_on: date, run_uuid: UUID | None) -> Stored | None:
    """Puts what was set aside in the place of what is stored; None where there is nothing with entries."""
    _stored(chart, ranked_on)
    found = one(SetAside, "ranking_set_aside_read", chart_id=chart.id, ranked_on=ranked_on)
    if found is None:
        return None
    entries = msgspec.convert(found.entries, tuple[RankingEntry, ...])
    rows = list(_rows(entries, f"{chart.slug}, {found.ranked_at}"))
    return _write(chart, rows, ranked_on, found.ranked_at, found.received_at, run_uuid)


def _stored(chart: Chart, ranked_on: date) -> ChartRanking | None:
    """What is stored, read only once no other ranking is being written.

    Rankings are written one at a time: they share tracks, and the first one of a quarter makes a chunk, whose
    foreign keys lock the tables that the others have rows of.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(RANKING_LOCK)))
    return db.session.get(ChartRanking, (chart.id, ranked_on), populate_existing=True)


def store_chart(head: ChartHead, platform_id: int) -> bool:
    """Writes what the API says of a chart, in the transaction under way; whether it is a new one."""
    metric = head.metric.description if head.metric else ""
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
        # A link that is no web address is not for anybody to follow.
        "web_url": head.web_url if head.web_url.startswith(("https://", "http://")) else "",
        "search_text": search_text(head.name, head.slug, head.country_name, head.city_name),
    }
    return bool(db.session.execute(statement("chart_store"), columns).scalar())


def _rows(entries: tuple[RankingEntry, ...], about: str) -> Iterator[RankingRow]:
    """Entries as rows, best first; `about` names the ranking to whoever reads of one that is refused."""
    seen: set[UUID] = set()
    taken: dict[int, RankingEntry] = {}
    for entry in sorted(entries, key=lambda entry: entry.position):
        if (other := taken.setdefault(entry.position, entry)) is not entry:
            raise PayloadError(
                f"The ranking has two songs at position {entry.position}: "
                f"{other.song.name!r} and {entry.song.name!r}.",
                "items.position",
                str(entry.position),
                about,
            )
        row = _row(entry, seen, about)
        seen.add(row.uuid)
        yield row


def _row(entry: RankingEntry, seen: set[UUID], about: str) -> RankingRow:
    song, previous = entry.song, entry.old_position or None
    uuid = _uuid(song.uuid, about)
    return RankingRow(
        position=entry.position,
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


def _uuid(text: str, about: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise PayloadError(
            f"The ranking names a song by {text[:60]!r}, which is no uuid.",
            "items.song.uuid",
            repr(text),
            about,
        ) from error


def _doubt(ranking: Ranking, stored: ChartRanking | None) -> str:
    """Why the ranking is not to be believed by itself; empty where it is."""
    if not ranking.entries:
        return "It has no entries."
    if stored is not None and len(ranking.entries) < stored.entry_count:
        return f"It has {len(ranking.entries)} entries, fewer than the {stored.entry_count} stored."
    return ""


def _set_aside(
    chart: Chart, ranking: Ranking, reason: str, run_uuid: UUID | None, received_at: datetime
) -> None:
    columns = {
        "chart_id": chart.id,
        "ranked_on": ranking.ranked_on,
        "ranked_at": ranking.ranked_at,
        "reason": reason,
        "entry_count": len(ranking.entries),
        "entries": json.dumps(msgspec.to_builtins(ranking.entries)),
        "received_at": received_at,
        "run_uuid": run_uuid,
    }
    db.session.execute(statement("ranking_set_aside"), columns)
    about, entries = f"{chart.slug}, {ranking.ranked_at}", f"{len(ranking.entries)} entries"
    db.session.execute(statement("run_refuse"), refusal(run_uuid, about, "items", entries, reason))


def _write(
    chart: Chart,
    rows: list[RankingRow],
    ranked_on: date,
    ranked_at: str,
    received_at: datetime,
    run_uuid: UUID | None,
) -> Stored:
    counts = upsert_ranking(rows, chart.id, ranked_on, received_at, run_uuid)
    note = {
        "chart_id": chart.id,
        "ranked_on": ranked_on,
        "ranked_at": ranked_at,
        "entry_count": len(rows),
        "received_at": received_at,
        "changed": counts.created + counts.updated > 0,
        "run_uuid": run_uuid,
    }
    db.session.execute(statement("ranking_note"), note)
    return Stored(counts, _told(ranked_on, counts))


def _told(day: date, counts: Counts) -> str:
    if counts.created + counts.updated == 0:
        return f"The ranking of {day} is as stored: {counts.unchanged} entries."
    if counts.updated + counts.unchanged == 0:
        return f"The ranking of {day} is new: {counts.created} entries."
    return f"The ranking of {day} was replaced: {counts.created} entries new, {counts.updated} changed."
