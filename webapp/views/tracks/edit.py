"""The form in which operators say what is fetched of a track by itself."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import limits
from webapp.catalogue.charts import CASCADE
from webapp.catalogue.tracks import set_fetched
from webapp.extensions import db
from webapp.views.shared.confirming import ask, confirmed
from webapp.views.shared.finding import track_or_404
from webapp.work.costs import metadata_calls

WORDS = {
    "with_metadata": "Its details",
    "with_artists": "The details of its artists",
    "with_audience": "Its audience",
}

blueprint = Blueprint("track_edit", __name__, url_prefix="/tracks/<uuid:uuid>/edit")


@blueprint.get("/")
def page(uuid: UUID) -> str:
    """The form, as it is stored."""
    track = track_or_404(uuid)
    chosen = [step for step in CASCADE if getattr(track, step)]
    return render_template("tracks/edit.html", track=track, words=WORDS, chosen=chosen)


@blueprint.post("/")
@limits.changes
def save(uuid: UUID) -> ResponseReturnValue:
    """Stores the form; asks first where more is fetched than before."""
    track, chosen = track_or_404(uuid), [step for step in CASCADE if step in request.form.getlist("steps")]
    more = [WORDS[step] for step in chosen if not getattr(track, step)]
    calls = metadata_calls(1)
    if more and not confirmed(calls):
        lines = [f"{each} from now on, as often as such data are due." for each in more]
        return ask(
            f"Fetch more of {track.name or track.uuid}?",
            [*lines, "Its details are fetched at once, since the rest follows from them."],
            calls=calls,
            button="Save",
            back=url_for("track_edit.page", uuid=uuid),
            undo="It can be switched off again; what was fetched stays.",
        )
    changed = set_fetched(track, chosen)
    db.session.commit()
    flash("What is fetched of this track is saved." if changed else "Nothing was changed.", "success")
    return redirect(url_for("tracks.page", uuid=uuid), 303)
