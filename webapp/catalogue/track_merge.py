"""One song that is held as two tracks: the one transaction that makes them one, and the aliases it leaves."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError

from webapp import audit
from webapp.catalogue.merging import LIMITS, Part, counts
from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.models import Track, TrackAlias
from webapp.queries import rows, statement

LOCKS = (
    *LIMITS,
    # Writers of values hold this before they hold a track, so nobody waits in a circle.
    "LOCK TABLE track_audience_time_series IN SHARE ROW EXCLUSIVE MODE",
)
STEPS = (
    "track_merge_charts",
    "track_merge_runs",
    "track_merge_past_runs",
    "track_merge_track",
)


class TrackMergeError(ValueError):
    """Two tracks cannot be merged, or not now; the message is one sentence that says why."""


class _Held(NamedTuple):
    id: int
    uuid: UUID
    name: str


def merge_tracks(winner: int, loser: int) -> list[Part]:
    """Gives all that belongs to track `loser` to `winner`, in the transaction under way, and says what.

    The loser's uuid stays as an alias. Raises TrackMergeError, after which the transaction is to be rolled
    back: where one of the two is gone, or writers do not let go.
    """
    pair = {"winner": winner, "loser": loser}
    try:
        kept, lost = _hold(winner, loser)
        parts = rows(Part, "track_merge_series", **pair)
        db.session.execute(statement("track_merge_states"), pair)
        parts += rows(Part, "track_merge_rows", **pair)
        for name in STEPS:
            db.session.execute(statement(name), pair)
        db.session.execute(delete(Track).where(Track.id == loser))
    except OperationalError as error:
        raise TrackMergeError("Other writers hold what is to be merged: try again in a minute.") from error
    db.session.expire_all()
    audit.record(
        "track.merge",
        f"track {kept.uuid}",
        before={"uuid": lost.uuid, "name": lost.name},
        after=counts(parts),
    )
    return parts


def settle_aliases(answered: Mapping[UUID, UUID]) -> list[str]:
    """Makes one track of each uuid asked for and the uuid it was answered under; a sentence for each.

    In the transaction under way. What is held under the uuid asked for becomes the song answered; where
    nothing is held under it, it becomes an alias as soon as the song answered is held.
    """
    pairs = sorted(pair for pair in answered.items() if pair[0] != pair[1])
    return [told for asked, own in pairs if (told := _settle(asked, own))]


def _settle(asked: UUID, own: UUID) -> str:
    lost, kept = Track.find(asked), Track.find(own)
    if lost is kept and lost is not None:
        return ""
    if lost is None:
        if kept is not None:
            db.session.add(TrackAlias(uuid=asked, track_id=kept.id))
            db.session.flush()
        return f"The song {asked} is {own}."
    if kept is None:
        db.session.execute(statement("track_rename"), {"track_id": lost.id, "uuid": own})
        audit.record("track.rename", f"track {own}", before={"uuid": asked}, after={"uuid": own})
        db.session.expire_all()
        return f"The song {asked} is {own}: it has that uuid from now on."
    merge_tracks(kept.id, lost.id)
    return f"The song {asked} is {own}: both are one track from now on."


def _hold(winner: int, loser: int) -> tuple[_Held, _Held]:
    """Locks all values and the two tracks, in this order; the winner comes first."""
    for lock in LOCKS:
        db.session.execute(text(lock))
    lift_decompression_limit()
    found = {held.id: held for held in rows(_Held, "track_merge_lock", winner=winner, loser=loser)}
    if winner == loser or len(found) < 2:  # noqa: PLR2004 (the two of them)
        raise TrackMergeError("They are one track already.")
    return found[winner], found[loser]
