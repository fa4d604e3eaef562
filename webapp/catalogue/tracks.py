"""The cascade steps of a single track."""

from collections.abc import Collection

from sqlalchemy import func

from webapp import audit
from webapp.catalogue.charts import CASCADE
from webapp.extensions import db
from webapp.models import Track


def set_fetched(track: Track, steps: Collection[str]) -> bool:
    """Sets the cascade steps of a track, in the current transaction; returns whether any changed.

    A new step follows from the metadata, so they become due at once, as for a track new on a chart.
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
