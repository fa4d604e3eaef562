"""Sentences about series and runs on pages."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from webapp.drawing.marks import as_high_again, reported_at_once
from webapp.lib.clock import today
from webapp.lib.formats import counted, exact, moment, percent, signed
from webapp.lib.series import CAVEATS, Interval
from webapp.models import Platform
from webapp.queries.audience import ChartQuery, Point, RangeGain, made_up, range_gain
from webapp.queries.ops.runs import RunRow
from webapp.queries.platforms.combined import Combination, Counted
from webapp.queries.tracks.combined import Drawable

# Errors that a retry repeats: SoundCharts rejected the request, or does not know or offer the subject.
FINAL = re.compile(
    r"\((400|404|410)\b|^The API knows none |^There is no |^No source has |offers no audience|^This URL is "
)
# The label of each state of a run.
STATES = {
    "queued": "Queued",
    "running": "Running",
    "succeeded": "Succeeded",
    "failed": "Failed",
    "dead": "Gave up",
    "cancelled": "Cancelled",
}

# The preposition of a label, and the name of its period.
_PERIODS = {"day": ("on", "day"), "week": ("in the week of", "week"), "month": ("in", "month")}


def summary(platform: Platform, points: Sequence[Point], query: ChartQuery) -> str:
    """Describes a chart: its newest value, the change on the previous one, the gain of the range.

    A chart of totals is described by totals, one of gains by gains. An incomplete week or month is
    not compared, nor is a gain with a day that is not over.
    """
    metric = f"{platform.name} {platform.audience_metric_name.lower()}"
    newest = (
        _newest_gain(points, query.interval)
        if query.metric == "gain"
        else _newest_total(points, query.interval)
    )
    gained = range_gain(points)
    alone = gained.gain is None and gained.first_date == gained.last_date
    return f"{metric}: {newest}{'' if alone else range_words(gained)}."


def combined_summary(
    combination: Combination, points: Sequence[Point], query: ChartQuery, *, counted: Counted
) -> str:
    """Describes a sum of platforms: its newest total or gain, its platforms, and the gain of the range."""
    last, gains = points[-1], [point.gain for point in points if point.gain is not None]
    value = exact(last.total)
    if query.metric == "gain":
        value = "an unknown gain of" if last.gain is None else signed(last.gain)
    known = "".join(f"; {part}" for part in _part_known(last))
    return (
        f"{combination.name}: {value} {combination.audience_metric_name.lower()}"
        f" {when(query.interval, last.label)} ({counted.words}{known})"
        f"{f'; {signed(sum(gains))} in this range' if len(gains) > 1 else ''}."
    )


def _newest_total(points: Sequence[Point], interval: Interval) -> str:
    last = points[-1]
    text = f"{exact(last.total)} {when(interval, last.label)}{_bracketed(_part_known(last))}"
    if last.gain is None or not last.is_complete:
        return text
    over = f" {_over(last)}" if last.covers != last.length else f" since the {_PERIODS[interval][1]} before"
    gain = signed(last.gain) + ("" if last.reported_days else over)
    return f"{text}, {gain}{_bracketed(_causes(points, interval))}"


def _newest_gain(points: Sequence[Point], interval: Interval) -> str:
    last, before = points[-1], points[-2] if len(points) > 1 else None
    if last.gain is None:
        return f"the gain {when(interval, last.label)} is not known, for want of an earlier value"
    text = f"{signed(last.gain)} {when(interval, last.label)}"
    if last.covers not in (last.length, last.reported_days) and last.is_complete:
        text += f", {_over(last)}"
    running = last.is_complete and last.label + timedelta(days=last.length) > today()
    so_far = ["so far: the last day is not over"] if running else []
    text += _bracketed(so_far + _part_known(last) + _causes(points, interval))
    if running or before is None or before.gain is None or not (_is_exact(last) and _is_exact(before)):
        return text
    if any(total is not None for total in made_up(points)[-2:]):
        return text
    share = percent(last.gain - before.gain, before.gain)
    change = signed(last.gain - before.gain) + (f" ({share})" if share else "")
    return f"{text}, {change} on the {_PERIODS[interval][1]} before"


def _causes(points: Sequence[Point], interval: Interval) -> list[str]:
    """Returns why the newest gain has more than its own days ('3 days reported at once'), or nothing."""
    last, before_fall = points[-1], made_up(points)[-1]
    found = [reported_at_once(last.reported_days, interval)] if last.reported_days else []
    found += [CAVEATS["identifiers"]] if last.identifiers_changed else []
    return found + ([as_high_again(before_fall)] if before_fall is not None else [])


def _bracketed(notes: list[str]) -> str:
    """Returns ' (5 of 7 days; a total fell)', or nothing."""
    return f" ({'; '.join(notes)})" if notes else ""


def _over(point: Point) -> str:
    """Returns the days of a gain: 'over 3 days'."""
    return f"over {counted(point.covers or 0, 'day')}"


def _is_exact(point: Point) -> bool:
    """Whether a gain is of exactly its whole label, without a fall or changed identifiers."""
    whole = point.is_complete and point.covers == point.length and not point.reported_days
    return whole and not point.identifiers_changed and (point.gain is None or point.gain >= 0)


def range_words(gained: RangeGain) -> str:
    """Returns '; +361 since 2026-10-31': the gain of a range, or the gain since its first value."""
    if gained.gain is None:
        gain, base = gained.total - gained.first_total, gained.first_total
        since = f"since {gained.first_date}, the first value in this range"
    else:
        gain, base = gained.gain, gained.total - gained.gain
        since = f"since {gained.base_date}" if base else f"since {gained.base_date}, when it was 0"
    share = None if gained.caveat else percent(gain, base)
    caveat = f"; {CAVEATS[gained.caveat]}" if gained.caveat else ""
    return f"; {signed(gain)}{f' ({share})' if share else ''} {since}{caveat}"


def _part_known(point: Point) -> list[str]:
    """Returns '3 of 7 days' for an incomplete week or month, or nothing."""
    if point.is_complete:
        return []
    return [f"{'so far, ' if point.so_far else ''}{point.days_known:,} of {point.length:,} days"]


def when(interval: Interval, label: date) -> str:
    """Returns 'on 2026-11-20', 'in the week of 2026-11-16' or 'in 2026-11'."""
    return f"{_PERIODS[interval][0]} {label:{'%Y-%m' if interval == 'month' else '%Y-%m-%d'}}"


def index_summary(platform: Drawable, last: Point, *, base: tuple[date, int], interval: Interval) -> str:
    """Returns the newest value as an index, and its base, as a sentence."""
    label, total = base
    metric = platform.audience_metric_name.lower()
    return (
        f"{platform.name}: index {last.total / total * 100:,.1f} {when(interval, last.label)}, where its"
        f" {exact(total)} {metric} {when(interval, label)} count as 100."
    )


def progress(run: RunRow, ahead: int) -> str:
    """Describes the state of a run: 'Queued, 3 ahead', 'Running: 2 pages fetched', 'Done: 3 new, ...'.

    `ahead` is the number of runs before it in the queue.
    """
    if run.state == "queued":
        return _waiting(run, ahead)
    if run.task == "write_table" and run.state in ("running", "succeeded"):
        return "Running: writing rows" if run.state == "running" else f"Done: {run.message}"
    if run.state == "running" and not run.pages:
        return "Running: waiting for SoundCharts"
    if run.state == "running":
        return f"Running: {counted(run.pages, 'page')} fetched"
    if run.state == "succeeded":
        return f"Done: {changes(run)}"
    return STATES[run.state]


def _waiting(run: RunRow, ahead: int) -> str:
    if run.paused_until is not None:
        return f"Waiting: the SoundCharts quota is used up. The next check is at {moment(run.paused_until)}."
    if run.queue_paused is not None:
        return f"Waiting: the queue is paused. {run.queue_paused}".rstrip()
    if run.run_after > datetime.now(UTC):
        return f"Waiting until {moment(run.run_after)} to retry."
    return f"Queued, {exact(ahead)} ahead" if ahead else "Queued, next in line"


def changes(run: RunRow) -> str:
    """Returns '3 new, 1 changed, 86 unchanged'."""
    created, updated = exact(run.records_created), exact(run.records_updated)
    return f"{created} new, {updated} changed, {exact(run.records_unchanged)} unchanged"


def toast(name: str, run: RunRow, done: str) -> dict[str, str]:
    """Returns the message for a run that has ended, starting with its subject `name`."""
    if run.state == "succeeded":
        return {"kind": "success", "text": f"{name}: {done}"}
    return {"kind": "error", "text": f"{name}: {run.error or 'the run was cancelled.'}"}


def subject(run: RunRow) -> str:
    """Returns the subject of a run: track and platform, number of tracks or artists, or search term."""
    if "track_uuids" in run.args:
        return counted(len(run.args["track_uuids"]), "track")
    if "artist_uuids" in run.args:
        return counted(len(run.args["artist_uuids"]), "artist")
    if "title" in run.args:
        return str(run.args["title"])
    if "chart" in run.args:
        of_date = f", {run.args['ranked_on']}" if run.args.get("ranked_on") else ""
        return f"{run.args['chart']} on {run.platform_name or run.args['platform']}{of_date}"
    name = run.track_name or str(run.args.get("track_uuid") or run.args.get("term", ""))
    return f"{name} on {run.platform_name or run.args['platform']}" if "platform" in run.args else name


def arguments(run: RunRow) -> list[tuple[str, str]]:
    """Returns the arguments of a run by name; lists are joined by commas."""
    given = {name: value for name, value in run.args.items() if value is not None}
    return [(name.replace("_", " "), _written(value)) for name, value in given.items()]


def _written(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def is_final(error: str) -> bool:
    """Returns whether a run that ended with this error will end with it again."""
    return FINAL.search(error) is not None
