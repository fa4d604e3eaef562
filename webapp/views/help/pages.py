"""Help pages: figures, data, problems, keyboard shortcuts, and the changes of Trackpulse."""

from importlib.metadata import version
from typing import NamedTuple

from flask import Blueprint, current_app, render_template

from webapp.app_settings import setting
from webapp.queries.platforms.pages import all_platforms, platform_freshness
from webapp.views.help.documents import changelog, figures_document

blueprint = Blueprint("help", __name__, url_prefix="/help")


class Contact(NamedTuple):
    """Who helps with problems: an email address or a URL, with its link."""

    label: str
    url: str


@blueprint.app_context_processor
def support() -> dict[str, Contact | None]:
    """Gives every page the contact for problems; None without one."""
    label = current_app.config["SETTINGS"].support_contact
    if not label:
        return {"support": None}
    return {
        "support": Contact(label, label if label.startswith(("http://", "https://")) else f"mailto:{label}")
    }


@blueprint.get("/")
def index() -> str:
    """The pages of help, the contact, and the version."""
    return render_template("help/index.html", version=version("trackpulse"))


@blueprint.get("/figures/")
def figures() -> str:
    """The definitions of all figures; each heading has an anchor."""
    return render_template("help/figures.html", body=figures_document())


@blueprint.get("/data/")
def data() -> str:
    """The sources of the data, and how fresh they are on each platform."""
    platforms = [found for found in all_platforms() if found.has_song_audience or found.tracks]
    return render_template(
        "help/data.html",
        platforms=platforms,
        freshness=platform_freshness(),
        charting_days=setting("charting_due_days"),
        other_days=setting("others_due_days"),
        absent_days=setting("absent_due_days"),
    )


@blueprint.get("/keys/")
def keys() -> str:
    """The keyboard shortcuts."""
    return render_template("help/keys.html")


@blueprint.get("/problems/")
def problems() -> str:
    """Problems with symptoms, causes and remedies, and the pages that show them; each has an anchor."""
    return render_template("help/problems.html")


@blueprint.get("/changes/")
def changes() -> str:
    """The version of Trackpulse, and what changed in it and before."""
    return render_template("help/changes.html", version=version("trackpulse"), body=changelog())
