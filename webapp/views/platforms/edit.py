"""The form in which operators edit a platform."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp import audit
from webapp.access import limits
from webapp.catalogue.platforms import PlatformError, edit_platform
from webapp.catalogue.recount import recount, recount_size
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Platform
from webapp.views.shared.confirming import ask, confirmed
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.parameters import choice, clean

TYPES = {"streaming": "Streaming", "social": "Social", "radio": "Radio", "tv": "TV", "other": "Other"}
PLOT_RULES = {
    "max": "the largest of a song's identifiers",
    "sum": "all of a song's identifiers together",
}
FIELDS = ("name", "platform_type", "audience_metric_name", "platform_identifier", "plot_rule")

blueprint = Blueprint("platform_edit", __name__, url_prefix="/platforms/<slug>/edit")


@blueprint.get("/")
def page(slug: str) -> str:
    """The form, filled with what is stored."""
    platform = platform_or_404(slug)
    return show(platform, {name: getattr(platform, name) for name in FIELDS}, {})


@blueprint.post("/")
@limits.changes
def save(slug: str) -> ResponseReturnValue:
    """Stores the form; what cannot be is told beside its field, and nothing is stored."""
    platform, values = platform_or_404(slug), read_form()
    if errors := wrong(values):
        return show(platform, values, errors), 422
    counts_otherwise = values["plot_rule"] != platform.plot_rule
    if counts_otherwise and not confirmed(calls=0):
        return ask_recount(platform, values["plot_rule"])
    try:
        changed = edit_platform(platform, values)
        recounted = recount(platform) if counts_otherwise else 0
    except PlatformError as error:
        db.session.rollback()
        return show(platform, values, {"platform_identifier": str(error)}), 422
    if not changed:
        audit.unchanged()
    db.session.commit()
    said = f"{platform.name} is saved" if changed else f"{platform.name} is as it was"
    flash(f"{said}; {counted(recounted, 'value')} changed." if counts_otherwise else f"{said}.", "success")
    return redirect(url_for("platforms.page", slug=platform.slug), 303)


def ask_recount(platform: Platform, rule: str) -> str:
    """Asks before stored values are counted otherwise."""
    size = recount_size(platform)
    values = f"{counted(size.values, 'value')} of {size.series:,} series are"
    return ask(
        f"Count {platform.name} otherwise?",
        [
            f"One value a day is then {PLOT_RULES[rule]}, also of the dates that are stored.",
            f"{values} counted again from the answers of the API; a former value stays as a revision.",
        ],
        calls=0,
        button="Save and count again",
        back=url_for("platform_edit.page", slug=platform.slug),
        undo="Yes: choose the former rule again.",
    )


def read_form() -> dict[str, str]:
    """The fields as they were typed; a choice that the form does not offer is refused."""
    given = MultiDict((name, clean(request.form.get(name, ""))) for name in FIELDS)
    choice(given, "platform_type", tuple(TYPES))
    choice(given, "plot_rule", tuple(PLOT_RULES))
    return given.to_dict()


def wrong(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each field that cannot be stored."""
    needed = {
        "name": "A platform needs a name.",
        "audience_metric_name": "Say what is counted: Streams, Views.",
    }
    return {name: words for name, words in needed.items() if not values[name]}


def show(platform: Platform, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    """The form with what was typed."""
    return render_template(
        "platforms/edit.html",
        platform=platform,
        values=values,
        errors=errors,
        types=TYPES,
        plot_rules=PLOT_RULES,
    )
