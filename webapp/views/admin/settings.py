"""The settings that admins change while everything runs."""

from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.app_settings import SETTINGS, SettingValueError, checked, forget, settings, stored
from webapp.app_settings import change as store
from webapp.views.shared.parameters import clean

blueprint = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")

MEANWHILE = "Somebody else changed the settings meanwhile: nothing was saved. Look at them again, then save."


@blueprint.get("/")
def index() -> str:
    """Every setting with its value, default and bounds, and who changed it when."""
    return _form({name: str(value) for name, value in settings().items()}, {})


@blueprint.post("/")
@limits.changes
def change() -> ResponseReturnValue:
    """Saves all fields, or none where one of them is wrong."""
    typed = {name: clean(request.form.get(name, "")) for name in SETTINGS}
    if request.form.get("seen") != _seen():
        return _form(typed, {}, notice=MEANWHILE), 409
    values, errors = _read(typed)
    if errors:
        return _form(typed, errors), 400
    changed = store(values, changed_by=current_user.id)
    said = ", ".join(SETTINGS[name].label for name in changed)
    flash(f"Saved: {said}." if changed else "Nothing was changed.", "success" if changed else "info")
    return redirect(url_for("admin_settings.index"), 303)


@blueprint.post("/default/")
@limits.changes
def default() -> ResponseReturnValue:
    """Gives the setting `name` its default again."""
    name = request.form.get("name", "")
    if name not in SETTINGS:
        abort(400, f"There is no setting {name[:40]!r}.")
    forget(name)
    flash(f"{SETTINGS[name].label} has its default again.", "success")
    return redirect(url_for("admin_settings.index"), 303)


def _read(typed: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """The values, and what is wrong with those fields that have none; both by name."""
    values, errors = {}, {}
    for name, text in typed.items():
        try:
            values[name] = checked(name, text)
        except SettingValueError as error:
            errors[name] = str(error)
    return values, errors


def _form(typed: dict[str, str], errors: dict[str, str], notice: str = "") -> str:
    groups = groupby(SETTINGS.values(), key=lambda setting: setting.group)
    return render_template(
        "admin/settings.html",
        groups=[(title, list(members)) for title, members in groups],
        present=settings(),
        typed=typed,
        errors=errors,
        stored=stored(),
        seen=_seen(),
        notice=notice,
    )


def _seen() -> str:
    """All present values: a form that was made of others would undo what somebody changed meanwhile."""
    return " ".join(map(str, settings().values()))
