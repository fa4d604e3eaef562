"""The form for the data of a track that are fetched automatically."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import limits
from webapp.catalogue.charts import CASCADE
from webapp.catalogue.tracks import set_fetched
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.saving import saved
from webapp.work.costs import metadata_calls

WORDS = {
    "with_metadata": "Song details",
    "with_artists": "Artist details",
    "with_audience": "Audience",
}

blueprint = Blueprint("track_edit", __name__, url_prefix="/tracks/<uuid:uuid>/edit")


@blueprint.get("/")
def page(uuid: UUID) -> str:
    """The form with the stored values."""
    track = track_or_404(uuid)
    chosen = [step for step in CASCADE if getattr(track, step)]
    return render_template("tracks/edit.html", track=track, words=WORDS, chosen=chosen)


@blueprint.post("/")
@limits.changes
def save(uuid: UUID) -> ResponseReturnValue:
    """Saves the form, after confirmation if more is fetched than before."""
    track, chosen = track_or_404(uuid), [step for step in CASCADE if step in request.form.getlist("steps")]
    more = [WORDS[step] for step in chosen if not getattr(track, step)]
    calls = metadata_calls(1)
    if more and not confirmed(calls):
        lines = [f"{each}: fetched now and whenever due." for each in more]
        return confirmation_page(
            f"Fetch more data of {track.name or track.uuid}?",
            [*lines, "Song details are fetched first, because the rest depends on them."],
            calls=calls,
            button="Save",
            back=url_for("track_edit.page", uuid=uuid),
            undo="Switch it off at any time; fetched data stays.",
        )
    changed = set_fetched(track, chosen)
    return saved("Saved." if changed else "Nothing changed.", url_for("tracks.page", uuid=uuid))
