"""Two rows of one platform made one: what that moves, and the one transaction that does it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError

from webapp import audit
from webapp.catalogue.merging import LIMITS, Part, differences
from webapp.catalogue.recount import recount
from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.models import Platform
from webapp.queries import one, rows, statement

STEPS = ("merge_series", "merge_charts", "merge_states", "merge_identifiers", "merge_platform")
MOST_SAMPLES = 10
LOCKS = (
    *LIMITS,
    "LOCK TABLE platforms, track_audience_time_series IN SHARE ROW EXCLUSIVE MODE",
)


class PlatformMergeError(ValueError):
    """Two platforms cannot be merged, or not now; the message is one sentence that says why."""


class Sample(NamedTuple):
    """What the two say of one date of a track, or of one identifier; `kind` is value or identifier."""

    kind: str
    uuid: str
    track: str
    about: str
    loser_says: str
    winner_says: str
    loser_stays: bool


class LiveRuns(NamedTuple):
    """Runs that name a platform and can still write to it; `queued` leaves those of its charts out."""

    running: int
    queued: int


class _Held(NamedTuple):
    id: int
    slug: str
    name: str
    plot_rule: str


def merge_parts(winner: int, loser: int) -> list[Part]:
    """What a merge would move, for every table that names a platform."""
    return rows(Part, "merge_parts", winner=winner, loser=loser)


def merge_samples(winner: int, loser: int) -> list[Sample]:
    """Some of the rows that a merge would have to choose between."""
    return rows(Sample, "merge_samples", winner=winner, loser=loser, most=MOST_SAMPLES)


def merge_warnings(kept: Platform, lost: Platform) -> list[str]:
    """What differs between two rows of one platform only by mistake, and what that does to the values."""
    found = differences(
        {
            "type": (lost.platform_type, kept.platform_type),
            "metric": (lost.audience_metric_name, kept.audience_metric_name),
            "plot rule": (lost.plot_rule, kept.plot_rule),
        }
    )
    if lost.audience_metric_name.lower() != kept.audience_metric_name.lower():
        found.append(
            f"All values are called {kept.audience_metric_name} from then on, also those that are"
            f" {lost.audience_metric_name}: two metrics in one series make gains that nobody had."
        )
    if lost.plot_rule != kept.plot_rule:
        found.append(
            f"The values of {lost.name} are counted again by the plot rule of {kept.name};"
            " of a value that changes the former one is kept."
        )
    return found


def live_runs(platform: int) -> LiveRuns:
    """The runs that a merge of this platform into another meets."""
    return one(LiveRuns, "merge_runs", loser=platform) or LiveRuns(0, 0)


def merge(winner: int, loser: int) -> list[Part]:
    """Gives all that belongs to platform `loser` to `winner`, in the transaction under way, and says what.

    Where the two make one value of a date's plots by different rules, the winner's holds for all of them.
    Nobody writes a platform or a value meanwhile. Raises PlatformMergeError, after which the transaction is
    to be rolled back: where one of the two is gone, a run of the loser is at work, or writers do not let go.
    """
    pair = {"winner": winner, "loser": loser}
    try:
        kept, lost = _hold(winner, loser)
        parts = merge_parts(**pair)
        for name in STEPS:
            db.session.execute(statement(name), pair)
        if kept.plot_rule != lost.plot_rule:
            recount(db.session.get_one(Platform, winner))
        db.session.execute(delete(Platform).where(Platform.id == loser))
    except OperationalError as error:
        raise PlatformMergeError("Other writers hold what is to be merged: try again in a minute.") from error
    audit.record(
        "platform.merge",
        f"platform {kept.slug}",
        before={"slug": lost.slug, "name": lost.name},
        after={part.name: _counts(part) for part in parts},
    )
    return parts


def _hold(winner: int, loser: int) -> Sequence[_Held]:
    """Locks the two platforms, and all values, in this order; the winner comes first."""
    for lock in LOCKS:
        db.session.execute(text(lock))
    lift_decompression_limit()
    found = {held.id: held for held in rows(_Held, "merge_lock", winner=winner, loser=loser)}
    if winner == loser or len(found) < 2:  # noqa: PLR2004 (the two of them)
        raise PlatformMergeError("They are one platform already.")
    kept, lost = found[winner], found[loser]
    if "isrc" in (kept.slug, lost.slug):
        raise PlatformMergeError(
            "ISRC is a kind of identifier and no platform, so nothing is merged with it."
        )
    # Before the look at what runs: a queued one could be taken in between.
    db.session.execute(statement("merge_queued"), {"winner": winner, "loser": loser})
    if running := live_runs(loser).running:
        runs = "A run is" if running == 1 else f"{running} runs are"
        raise PlatformMergeError(f"{runs} at work on {lost.name}: try again once nothing is.")
    return kept, lost


def _counts(part: Part) -> str:
    return f"{part.moved} moved, {part.met} met, {part.differing} differed"
