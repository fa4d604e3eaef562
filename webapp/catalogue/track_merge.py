"""Merges two tracks of one song in one transaction, and keeps the former uuid as an alias."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete

from webapp import audit
from webapp.catalogue.charts import RANKING_LOCK
from webapp.catalogue.merging import LIMITS, Part, counts, explained_wait, pair_with_values
from webapp.extensions import db
from webapp.models import Track, TrackAlias
from webapp.queries import rows, statement

LOCKS = (
    *LIMITS,
    # Writers of rankings take this lock before that of a track.
    f"SELECT pg_advisory_xact_lock({RANKING_LOCK})",
    # Writers of values take this lock before that of a track, so the same order prevents deadlocks.
    "LOCK TABLE track_audience_time_series IN SHARE ROW EXCLUSIVE MODE",
)
STEPS = (
    "track_merge_charts",
    "track_merge_runs",
    "track_merge_past_runs",
    "track_merge_track",
)


class TrackMergeError(ValueError):
    """Two tracks cannot be merged now or at all; the message is one sentence with the reason."""


class _Held(NamedTuple):
    id: int
    uuid: UUID
    name: str


def merge_tracks(winner: int, loser: int) -> list[Part]:
    """Merges track `loser` into `winner`, in the current transaction; returns the moved rows.

    The loser's uuid becomes an alias. Raises TrackMergeError if one of the two is gone, or other writers hold
    their locks; the caller must then roll back.
    """
    pair = {"winner": winner, "loser": loser}
    with explained_wait(TrackMergeError, "tracks"):
        kept, lost = _hold(winner, loser)
        parts = rows(Part, "track_merge_series", **pair)
        db.session.execute(statement("track_merge_states"), pair)
        parts += rows(Part, "track_merge_rows", **pair)
        for name in STEPS:
            db.session.execute(statement(name), pair)
        db.session.execute(delete(Track).where(Track.id == loser))
    db.session.expire_all()
    audit.record(
        "track.merge",
        f"track {kept.uuid}",
        before={"uuid": lost.uuid, "name": lost.name},
        after=counts(parts),
    )
    return parts


def settle_aliases(answered: Mapping[UUID, UUID]) -> list[str]:
    """Merges the tracks of each requested uuid and the uuid returned for it; returns a sentence for each.

    Runs in the current transaction. A track of the requested uuid becomes the returned song; without one, the
    requested uuid becomes an alias once the returned song is stored.
    """
    pairs = sorted(pair for pair in answered.items() if pair[0] != pair[1])
    return [sentence for requested, own in pairs if (sentence := _settle(requested, own))]


def _settle(requested: UUID, own: UUID) -> str:
    lost, kept = Track.find(requested), Track.find(own)
    if lost is kept and lost is not None:
        return ""
    if lost is None:
        if kept is not None:
            db.session.add(TrackAlias(uuid=requested, track_id=kept.id))
            db.session.flush()
        return f"The song {requested} is {own}."
    if kept is None:
        db.session.execute(statement("track_rename"), {"track_id": lost.id, "uuid": own})
        audit.record("track.rename", f"track {own}", before={"uuid": requested}, after={"uuid": own})
        db.session.expire_all()
        return f"The song {requested} now has the uuid {own}."
    merge_tracks(kept.id, lost.id)
    return f"The song {requested} was merged into {own}."


def _hold(winner: int, loser: int) -> tuple[_Held, _Held]:
    """Locks all values, then the two tracks; returns the winner first."""
    held = pair_with_values(_Held, "track_merge_lock", LOCKS, winner=winner, loser=loser)
    if held is None:
        raise TrackMergeError("They are already one track.")
    return held
