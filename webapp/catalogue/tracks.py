"""What is fetched of a track by itself."""

from collections.abc import Collection

from sqlalchemy import func

from webapp import audit
from webapp.catalogue.charts import CASCADE
from webapp.extensions import db
from webapp.models import Track


def set_fetched(track: Track, steps: Collection[str]) -> bool:
    """Has these steps of the cascade follow for a track and no others, in the transaction under way.

    Says whether that changed anything. What is wanted only now follows from metadata, which are due at once
    then, as when a chart brings a track.
    """
    before = {step: getattr(track, step) for step in CASCADE}
    after = {step: step in steps for step in CASCADE}
    if before == after:
        return False
    for step in CASCADE:
        setattr(track, step, after[step])
    if any(after[step] and not before[step] for step in CASCADE):
        track.metadata_due_at = func.now()
    audit.record("track.cascade", f"track {track.uuid}", before=before, after=after)
    db.session.flush()
    return True
