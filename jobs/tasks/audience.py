"""The tasks of audience: fetch a track's series on a platform and store one value per date."""

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from jobs.contract import Done, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import AudienceItem, NotFound, PayloadError, Refused
from jobs.sources import Span, Wanted, source_of
from jobs.upserts import AudienceRow, Counts, upsert_audience
from webapp.app_settings import setting, settings
from webapp.dates import FIRST_DATE, latest_date, named_dates
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.formats import counted
from webapp.lib.masking import mask
from webapp.models import AudienceState, Platform, Track, TrackIdentifier
from webapp.queries import one, statement
from webapp.queries.tracks.histories import history_end
from webapp.work.queue import LiveRun, record
from webapp.work.requests import history_request

FIRST_DAYS = 90
"""Days of a first fetch, and of a forced one without a range; they fit in one page of the API."""
OVERLAP_DAYS = 14
"""Days that every incremental fetch reads again, since late and revised points come within two weeks."""

log = logging.getLogger(__name__)


class Stored(NamedTuple):
    """The result of storing items; `outside` are the dates before `first` or after `last`."""

    counts: Counts
    first: date
    last: date
    outside: list[date]


class _StateRow(NamedTuple):
    first_date: date | None
    last_date: date | None
    history_from: date | None


def audience_value(item: AudienceItem, plot_rule: str) -> tuple[int, str] | None:
    """Returns the value of a date and its identifier, or None if no plot has a value.

    The rule `max` is for identifiers that are copies of one recording, `sum` for different things; the
    identifier is that of the largest plot either way. An identifier that occurs twice counts once, with its
    larger value.
    """
    plots: dict[str, int] = {}
    for plot in item.plots:
        if plot.value is not None:
            plots[plot.identifier] = max(plot.value, plots.get(plot.identifier, 0))
    if not plots:
        return None
    largest, identifier = max((value, identifier) for identifier, value in plots.items())
    return (sum(plots.values()) if plot_rule == "sum" else largest), identifier


def fetch_audience(run: Run, heartbeat: Heartbeat) -> Done:
    """Fetches and stores the new values of a series; a forced run fetches a range again."""
    track, platform = find_series(run.args["track_uuid"], run.args["platform"])
    state = db.session.get(AudienceState, (track.id, platform.id))
    span = _span(run, state)
    known = _StateRow(state.first_date, state.last_date, state.history_from) if state else None
    fetched_at, items = _fetch(run, heartbeat, track=track, platform=platform, span=span)
    stored = store_items(track, platform, items, fetched_at=fetched_at, span=span, run_uuid=run.uuid)
    # A request for a range shows its cost beforehand; the history follows the first fetch without a range.
    first_look = not run.args.get("start") and (known is None or known.history_from is None)
    children = _request_history(run, track, platform, span=span, counts=stored.counts) if first_look else []
    fetched_from = None if children else _fetched_from(track, span, known)
    # An older range does not show how fresh the newest date is.
    looked_at = fetched_at if span.end is None or span.end >= fetched_at.date() else None
    noted = _note_fetched(
        run, track, platform, counts=stored.counts, fetched_at=looked_at, history_from=fetched_from
    )
    return Done(stored.counts, _message(stored, span, noted), children)


def backfill_audience(run: Run, heartbeat: Heartbeat) -> Done:
    """Fetches and stores the history of a series, even if some of its windows are empty."""
    track, platform = find_series(run.args["track_uuid"], run.args["platform"])
    span = Span(date.fromisoformat(run.args["start"]), date.fromisoformat(run.args["end"]))
    fetched_at, items = _fetch(run, heartbeat, track=track, platform=platform, span=span)
    stored = store_items(track, platform, items, fetched_at=fetched_at, span=span, run_uuid=run.uuid)
    state = _note_fetched(
        run, track, platform, counts=stored.counts, fetched_at=None, history_from=span.start
    )
    return Done(stored.counts, _message(stored, span, state))


def find_series(track_uuid: str, spelling: str) -> tuple[Track, Platform]:
    """Returns the track and the platform of a series. Raises RunError if there is no such series to fetch."""
    try:
        track = Track.find(UUID(track_uuid))
    except ValueError as error:
        raise RunError(f"{track_uuid!r} is not a uuid.") from error
    platform = Platform.find(spelling)
    if track is None:
        raise RunError(f"There is no track {track_uuid}; fetch its metadata first.")
    if platform is None:
        raise RunError(f"There is no platform {spelling!r}.")
    if not platform.has_song_audience:
        raise RunError(f"SoundCharts offers no audience of songs on {platform.name}.")
    return track, platform


def _span(run: Run, state: AudienceState | None) -> Span:
    """Returns the dates to fetch: the given range, the last 90 days, or new ones and OVERLAP_DAYS before."""
    if run.args.get("start") and run.args.get("end"):
        return Span(date.fromisoformat(run.args["start"]), date.fromisoformat(run.args["end"]))
    recent = Span(today() - timedelta(days=FIRST_DAYS - 1), None)
    if run.forced or state is None or state.last_date is None or state.fetched_at is None:
        return recent
    # Figures imported since the last response do not show what the API has.
    known = min(state.last_date, state.fetched_at.date())
    return Span(known - timedelta(days=OVERLAP_DAYS), None)


def _fetch(
    run: Run, heartbeat: Heartbeat, *, track: Track, platform: Platform, span: Span
) -> tuple[datetime, list[AudienceItem]]:
    """Fetches all items of the span with no transaction open; notes a permanent failure on the series."""
    source = source_of(platform, heartbeat)
    wanted = Wanted(track.uuid, platform.slug, code=platform.platform_identifier, span=span)
    subject = {"track_id": track.id, "platform_id": platform.id, "run_uuid": run.uuid}
    db.session.commit()
    fetched_at = datetime.now(UTC)
    log.info("Fetching %s from %s to %s.", wanted.slug, span.start, span.end or "today")
    try:
        items = source.series(wanted)
    except (Refused, PayloadError) as error:
        # Committed together with the run's own failure.
        status = "absent" if isinstance(error, NotFound) else "failed"
        note = {"status": status, "error": mask(str(error)), "absent_due_days": setting("absent_due_days")}
        db.session.execute(statement("audience_state_failed"), subject | note)
        raise
    log.info("Received %d dates.", len(items))
    return fetched_at, items


def store_items(
    track: Track,
    platform: Platform,
    items: Iterable[AudienceItem],
    *,
    fetched_at: datetime,
    span: Span,
    run_uuid: UUID | None = None,
) -> Stored:
    """Stores a source's items of a series, in the current transaction.

    Dates outside `span` or the range of valid dates are not stored.
    """
    latest = latest_date()
    first, last = max(span.start, FIRST_DATE), min(span.end or latest, latest)
    rows, outside = [], []
    for item in items:
        kept = audience_value(item, platform.plot_rule)
        if not first <= item.date <= last:
            outside.append(item.date)
        elif kept is not None:
            value, identifier = kept
            row = AudienceRow(
                track_id=track.id,
                platform_id=platform.id,
                date=item.date,
                audience_value=value,
                platform_identifier=identifier,
                fetched_at=fetched_at,
                api_data=item.raw,
            )
            rows.append(row)
    return Stored(upsert_audience(rows, run_uuid), first=first, last=last, outside=outside)


def _note_fetched(
    run: Run,
    track: Track,
    platform: Platform,
    *,
    counts: Counts,
    fetched_at: datetime | None,
    history_from: date | None,
) -> _StateRow:
    known = settings()
    noted = one(
        _StateRow,
        "audience_state_fetched",
        track_id=track.id,
        platform_id=platform.id,
        run_uuid=run.uuid,
        fetched_at=fetched_at,
        history_from=history_from,
        changed=int(counts.created + counts.updated > 0),
        charting_due_days=known["charting_due_days"],
        others_due_days=known["others_due_days"],
        absent_due_days=known["absent_due_days"],
    )
    if noted is None:
        raise LookupError("the state of a series was not written")
    return noted


def _request_history(
    run: Run, track: Track, platform: Platform, *, span: Span, counts: Counts
) -> list[LiveRun]:
    """Requests the history before a first fetch, unless nothing shows that the platform has the track."""
    if sum(counts) == 0 and not _has_identifier(track, platform):
        return []
    start = _history_start(track)
    end = span.start - timedelta(days=1)
    if start > end:
        return []
    # Whoever waited for the first days looks at the history next.
    queue = "default" if run.queue == "interactive" else "backfill"
    return record([history_request(track, platform, start=start, end=end, queue=queue, parent_uuid=run.uuid)])


def _history_start(track: Track) -> date:
    """Returns the first date to fetch of a track's history: some days before the release.

    Values before the release show that the release date is that of another edition.
    """
    oldest = today() - timedelta(days=current_app.config["SETTINGS"].history_days)
    return max(oldest, history_end(track.release_date) or oldest)


def _fetched_from(track: Track, span: Span, known: _StateRow | None) -> date | None:
    """Returns the date since which every date has been fetched, including this span; None if unknown.

    The first fetch of a young track covers everything. Later ones, and a range before imported values that
    leads to no back-fill, extend the fetched dates if they leave no gap.
    """
    history = _history_start(track)
    if known is None or known.history_from is None:
        since = known.first_date if known and span.end else None
        if span.start <= history:
            return history
    else:
        since = known.history_from
    return span.start if since and (span.end or since) >= since - timedelta(days=1) else None


def _has_identifier(track: Track, platform: Platform) -> bool:
    query = select(TrackIdentifier.identifier).where(
        TrackIdentifier.track_id == track.id, TrackIdentifier.platform_id == platform.id
    )
    return db.session.scalars(query.limit(1)).first() is not None


def _message(stored: Stored, span: Span, state: _StateRow) -> str:
    counts, dates = stored.counts, f"from {span.start} to {span.end or 'today'}"
    summary = f"The API has no values {dates}."
    if sum(counts):
        summary = (
            f"{counts.created} new, {counts.updated} changed, {counts.unchanged} unchanged dates {dates}; "
            f"newest date {state.last_date}."
        )
    return " ".join(filter(None, [summary, _outside(stored)]))


def _outside(stored: Stored) -> str:
    """Returns a sentence about the dates that were not stored; empty if there are none."""
    count = len(set(stored.outside))
    if not count:
        return ""
    outside = f"outside {stored.first} to {stored.last}"
    kept_out = "was not stored" if count == 1 else "were not stored"
    return f"{counted(count, 'date')} {outside} {kept_out}: {named_dates(stored.outside)}."
