"""The form to edit a platform, for operators."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp import audit
from webapp.access import limits
from webapp.catalogue.platforms import PlatformError, edit_platform
from webapp.catalogue.recount import recount, recount_size
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Platform
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.parameters import choice, clean
from webapp.views.shared.saving import saved

TYPES = {"streaming": "Streaming", "social": "Social", "radio": "Radio", "tv": "TV", "other": "Other"}
PLOT_RULES = {
    "max": "the largest of a song's identifiers",
    "sum": "all of a song's identifiers together",
}
FIELDS = ("name", "platform_type", "audience_metric_name", "platform_identifier", "plot_rule")

blueprint = Blueprint("platform_edit", __name__, url_prefix="/platforms/<slug>/edit")


@blueprint.get("/")
def page(slug: str) -> str:
    """The form with the stored values."""
    platform = platform_or_404(slug)
    return show(platform, {name: getattr(platform, name) for name in FIELDS}, {})


@blueprint.post("/")
@limits.changes
def save(slug: str) -> ResponseReturnValue:
    """Saves the form; errors show beside their fields, and then nothing is saved."""
    platform, values = platform_or_404(slug), read_form()
    if errors := wrong(values):
        return show(platform, values, errors), 422
    recounts = values["plot_rule"] != platform.plot_rule
    if recounts and not confirmed(calls=0):
        return confirm_recount(platform, values["plot_rule"])
    try:
        changed = edit_platform(platform, values)
        recounted = recount(platform) if recounts else 0
    except PlatformError as error:
        db.session.rollback()
        return show(platform, values, {"platform_identifier": str(error)}), 422
    if not changed:
        audit.unchanged()
    words = f"{platform.name} saved" if changed else f"{platform.name} is unchanged"
    return saved(
        f"{words}; {counted(recounted, 'value')} changed." if recounts else f"{words}.",
        url_for("platforms.page", slug=platform.slug),
    )


def confirm_recount(platform: Platform, rule: str) -> str:
    """Renders the confirmation page for a recalculation of stored values."""
    size = recount_size(platform)
    values = f"{counted(size.values, 'value')} of {size.series:,} series are"
    return confirmation_page(
        f"Recalculate {platform.name}?",
        [
            f"One value a day is then {PLOT_RULES[rule]}, also for stored dates.",
            f"{values} recalculated from the API's responses; former values stay as revisions.",
        ],
        calls=0,
        button="Save and recalculate",
        back=url_for("platform_edit.page", slug=platform.slug),
        undo="Yes; choose the former rule again.",
    )


def read_form() -> dict[str, str]:
    """Reads the fields. Raises BadParameterError for an unknown choice."""
    given = MultiDict((name, clean(request.form.get(name, ""))) for name in FIELDS)
    choice(given, "platform_type", tuple(TYPES))
    choice(given, "plot_rule", tuple(PLOT_RULES))
    return given.to_dict()


def wrong(values: Mapping[str, str]) -> dict[str, str]:
    """Returns the errors of invalid fields, by name."""
    needed = {
        "name": "Enter a name.",
        "audience_metric_name": "Enter a metric, such as Streams or Views.",
    }
    return {name: words for name, words in needed.items() if not values[name]}


def show(platform: Platform, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    """Renders the form with the typed values."""
    return render_template(
        "platforms/edit.html",
        platform=platform,
        values=values,
        errors=errors,
        types=TYPES,
        plot_rules=PLOT_RULES,
    )
