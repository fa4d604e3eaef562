"""Merges two rows of one platform: a preview, and the merge in one transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete

from webapp import audit
from webapp.catalogue.merging import LIMITS, Part, differences, explained_wait, pair_with_values
from webapp.catalogue.recount import recount
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
    """Two platforms cannot be merged now or at all; the message is one sentence with the reason."""


class Sample(NamedTuple):
    """The values of both for one date of a track, or one identifier; `kind` is value or identifier."""

    kind: str
    uuid: str
    track: str
    about: str
    loser_value: str
    winner_value: str
    loser_stays: bool


class LiveRuns(NamedTuple):
    """Live runs of a platform; `queued` does not count those of its charts."""

    running: int
    queued: int


class _Held(NamedTuple):
    id: int
    slug: str
    name: str
    plot_rule: str


def merge_parts(winner: int, loser: int) -> list[Part]:
    """Returns what a merge would move, for every table that refers to a platform."""
    return rows(Part, "merge_parts", winner=winner, loser=loser)


def merge_samples(winner: int, loser: int) -> list[Sample]:
    """Returns samples of the rows that a merge would have to choose between."""
    return rows(Sample, "merge_samples", winner=winner, loser=loser, most=MOST_SAMPLES)


def merge_warnings(kept: Platform, lost: Platform) -> list[str]:
    """Returns the differences that two rows of one platform should not have, as their effects on values."""
    found = differences({"type": (lost.platform_type, kept.platform_type)})
    if lost.audience_metric_name.lower() != kept.audience_metric_name.lower():
        found.append(
            f"All values will be labelled {kept.audience_metric_name}, including those that are"
            f" {lost.audience_metric_name}; two metrics in one series produce false gains."
        )
    if lost.plot_rule != kept.plot_rule:
        found.append(
            f"The values of {lost.name} will be recounted like those of {kept.name};"
            " former values are kept as revisions."
        )
    return found


def live_runs(platform: int) -> LiveRuns:
    """Returns the live runs of a platform that is to be merged into another."""
    return one(LiveRuns, "merge_runs", loser=platform) or LiveRuns(0, 0)


def merge(winner: int, loser: int) -> list[Part]:
    """Merges platform `loser` into `winner`, in the current transaction; returns the moved rows.

    If the plot rules differ, all values are recounted by the winner's. Locks prevent writes to platforms and
    values meanwhile. Raises PlatformMergeError if one of the two is gone, a run of the loser is running, or
    other writers hold their locks; the caller must then roll back.
    """
    pair = {"winner": winner, "loser": loser}
    with explained_wait(PlatformMergeError, "platforms"):
        kept, lost = _hold(winner, loser)
        parts = merge_parts(**pair)
        for name in STEPS:
            db.session.execute(statement(name), pair)
        if kept.plot_rule != lost.plot_rule:
            recount(db.session.get_one(Platform, winner))
        db.session.execute(delete(Platform).where(Platform.id == loser))
    audit.record(
        "platform.merge",
        f"platform {kept.slug}",
        before={"slug": lost.slug, "name": lost.name},
        after={part.name: _counts(part) for part in parts},
    )
    return parts


def _hold(winner: int, loser: int) -> Sequence[_Held]:
    """Locks the two platforms, then all values; returns the winner first."""
    held = pair_with_values(_Held, "merge_lock", LOCKS, winner=winner, loser=loser)
    if held is None:
        raise PlatformMergeError("They are already one platform.")
    kept, lost = held
    if "isrc" in (kept.slug, lost.slug):
        raise PlatformMergeError("ISRC is a kind of identifier, not a platform, and cannot be merged.")
    # Before the check of running runs, since a worker could take a queued one in between.
    db.session.execute(statement("merge_queued"), {"winner": winner, "loser": loser})
    if running := live_runs(loser).running:
        runs = f"A run of {lost.name} is" if running == 1 else f"{running} runs of {lost.name} are"
        raise PlatformMergeError(f"{runs} in progress; try again later.")
    return kept, lost


def _counts(part: Part) -> str:
    return f"{part.moved} moved, {part.met} met, {part.differing} differed"
