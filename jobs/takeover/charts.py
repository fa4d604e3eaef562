"""Imports the charts of the Django system, by the same rules as those of the API."""

from collections.abc import Callable, Container, Iterable, Mapping
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import select

from jobs.figures import FigureError, figure_date
from jobs.soundcharts import Chart as ChartHead
from jobs.soundcharts import FoundSong, Ranking, RankingEntry, RefusedRow
from jobs.takeover.database import OldDatabase, Record
from jobs.takeover.tally import Tally
from jobs.tasks.rankings import store_ranking
from webapp.catalogue.charts import find_charts
from webapp.extensions import db
from webapp.lib.text import search_text
from webapp.models import Chart, Track
from webapp.queries import statement

API_FIELDS = ("metric", "entryDate", "oldPosition", "positionEvolution", "timeOnChart", "timeOnChartUnit")
"""Fields of an entry's `api_data`, in the API's names, that take precedence over its columns."""


class ChartTakeover:
    """Imports charts, rankings and entries; `tallies` has one tally for each."""

    def __init__(self, old: OldDatabase, tallies: Mapping[str, Tally], commit: Callable[[], None]) -> None:
        self._old = old
        self._tallies = tallies
        self._commit = commit

    def carry_out(self, platforms: Mapping[int, int], tracks: Mapping[int, int]) -> None:
        """Imports everything, one ranking at a time; nothing if the old database has no charts."""
        if not self._old.has_charts:
            return
        charts = self._charts(platforms)
        found = self._old.rankings(charts, tracks)
        for ranking_id, rows in groupby(found, key=lambda row: row.id):
            self._ranking(ranking_id, list(rows))
            self._commit()

    def _charts(self, platforms: Mapping[int, int]) -> dict[int, int]:
        """Imports charts; returns our id for each old one."""
        tally, ours, seen = self._tallies["charts"], dict[int, int](), set[str]()
        for record in self._old.records("soundcharts_chart"):
            platform = platforms.get(record.columns.get("platform_id") or 0)
            slug = record.text("slug")
            if platform is None or not slug:
                reason = "the platform is unknown" if slug else "slug is missing"
                tally.refuse(reason, f"id {record.id}")
                continue
            written = db.session.execute(statement("chart_fill"), _chart(record, platform)).scalar()
            if slug in seen:
                tally.joined += 1
            else:
                tally.count(created=bool(written), changed=written is not None)
            seen.add(slug)
            ours[record.id] = find_charts([slug])[0].id
        self._commit()
        return ours

    def _ranking(self, ranking_id: int | None, rows: list[Any]) -> None:
        """Imports a ranking with its entries; if it is refused, they are too."""
        listed = [row for row in rows if row.entry_id is not None]
        entries = self._tallies["entries"]
        reason = "they have no ranking" if ranking_id is None else _wrong(rows[0], len(listed))
        if reason:
            if ranking_id is not None:
                self._tallies["rankings"].refuse(reason, f"id {ranking_id} (chart {rows[0].chart_id})")
            for row in listed:
                refusal = f"its ranking was refused: {reason}" if ranking_id else reason
                entries.refuse(refusal, f"id {row.entry_id}")
            return
        self._store(rows[0], *self._accepted(listed))

    def _store(self, row: Any, accepted: tuple[RankingEntry, ...], refused: tuple[RefusedRow, ...]) -> None:
        chart = db.session.get_one(Chart, row.our_chart)
        head = ChartHead(slug=chart.slug, name=chart.name, platform="")
        ranking = Ranking(
            chart=head,
            ranked_at=row.ranked_at,
            ranked_on=figure_date(row.ranked_at[:10]),
            entries=accepted,
            refused=refused,
        )
        if refused and not accepted:
            self._tallies["rankings"].refuse("none of its entries can be stored", f"id {row.id}")
            return
        counts = store_ranking(chart, ranking, run_uuid=None, received_at=row.fetched_at).counts
        new = counts.created > 0 and counts.updated + counts.unchanged == 0
        self._tallies["rankings"].count(created=new, changed=counts.created + counts.updated > 0)
        entries = self._tallies["entries"]
        entries.created += counts.created
        changed = min(counts.updated, len(accepted) - counts.created)
        entries.changed += changed
        entries.unchanged += len(accepted) - counts.created - changed

    def _accepted(self, rows: Iterable[Any]) -> tuple[tuple[RankingEntry, ...], tuple[RefusedRow, ...]]:
        """Returns the entries that can be stored, each song once per position, and the refused ones."""
        tally, refused = self._tallies["entries"], list[RefusedRow]()
        found: dict[tuple[int, str], RankingEntry] = {}
        uuids = _uuids(row.our_track for row in rows)
        for row in rows:
            try:
                entry = _entry(row, uuids, found)
            except FigureError as error:
                where = f"id {row.entry_id} (ranking {row.id}, track {row.track_id})"
                tally.refuse(error.reason, where)
                refused.append(RefusedRow("entry", where, error.reason))
                continue
            found[entry.position, entry.song.uuid] = entry
        return tuple(found.values()), tuple(refused)


def _chart(record: Record, platform: int) -> dict[str, Any]:
    names = ("slug", "name", "country_code", "country_name", "city_name", "frequency", "web_url")
    texts = {name: record.text(name) for name in names}
    searched = (texts["name"], texts["slug"], texts["country_name"], texts["city_name"])
    return texts | {"platform_id": platform, "search_text": search_text(*searched)}


def _wrong(row: Any, entries: int) -> str:
    """Returns why a ranking cannot be stored; empty if it can."""
    if row.our_chart is None:
        return "the chart is unknown"
    for name, value in (("ranking_date", row.ranked_at), ("fetched_at", row.fetched_at)):
        if value is None:
            return f"{name} is missing"
    try:
        figure_date(row.ranked_at[:10])
    except FigureError as error:
        return error.reason
    total = int(row.total) if row.total and row.total.isdigit() else 0
    if entries < max(1, total):
        return "it has fewer entries than its own total" if entries else "it has no entries"
    return ""


def _uuids(ids: Iterable[int | None]) -> dict[int, str]:
    known = db.session.execute(
        select(Track.id, Track.uuid).where(Track.id.in_({each for each in ids if each}))
    )
    return {row.id: str(row.uuid) for row in known}


def _entry(row: Any, uuids: Mapping[int, str], taken: Container[tuple[int, str]]) -> RankingEntry:
    """Returns a row as an entry. Raises FigureError if it cannot be stored, or its place is in `taken`."""
    if row.our_track is None:
        raise FigureError("the track is unknown")
    columns, uuid = row.entry, uuids[row.our_track]
    if (columns.get("position"), uuid) in taken:
        raise FigureError("the song already has this position")
    api = columns.get("api_data")
    received = api if isinstance(api, dict) else {}
    fields = {
        "position": columns.get("position"),
        "oldPosition": columns.get("previous_position"),
        "positionEvolution": columns.get("position_change"),
        "timeOnChart": columns.get("weeks_on_chart"),
        "entryDate": columns.get("entry_date"),
    } | {name: received[name] for name in API_FIELDS if received.get(name) is not None}
    if isinstance(fields["entryDate"], str):
        fields["entryDate"] = fields["entryDate"][:10] or None
    given = {name: value for name, value in fields.items() if value is not None}
    song = FoundSong(uuid=uuid, name="")
    try:
        return msgspec.convert(given | {"song": msgspec.to_builtins(song)}, RankingEntry)
    except msgspec.ValidationError as error:
        raise FigureError("it breaks the contract", str(error)) from error
