"""The settings that admins change at run time."""

from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.app_settings import SETTINGS, SettingValueError, checked, forget, settings, stored
from webapp.app_settings import change as store
from webapp.views.shared.parameters import clean

blueprint = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")

MEANWHILE = "Not saved: another person changed the settings. Review them and save again."


@blueprint.get("/")
def index() -> str:
    """Every setting with its value, default, bounds and last change."""
    return _form({name: str(value) for name, value in settings().items()}, {})


@blueprint.post("/")
@limits.changes
def change() -> ResponseReturnValue:
    """Saves all fields, or none if one is invalid."""
    typed = {name: clean(request.form.get(name, "")) for name in SETTINGS}
    if request.form.get("seen") != _seen():
        return _form(typed, {}, notice=MEANWHILE), 409
    values, errors = _read(typed)
    if errors:
        return _form(typed, errors), 400
    changed = store(values, changed_by=current_user.id)
    labels = ", ".join(SETTINGS[name].label for name in changed)
    flash(f"Saved: {labels}." if changed else "Nothing changed.", "success" if changed else "info")
    return redirect(url_for("admin_settings.index"), 303)


@blueprint.post("/default/")
@limits.changes
def default() -> ResponseReturnValue:
    """Resets the setting `name` to its default."""
    name = request.form.get("name", "")
    if name not in SETTINGS:
        abort(400, f"Setting {name[:40]!r} not found.")
    forget(name)
    flash(f"{SETTINGS[name].label} was reset to its default.", "success")
    return redirect(url_for("admin_settings.index"), 303)


def _read(typed: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """Returns the values and the errors of invalid fields, both by name."""
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
    """All present values, to detect a form that would undo a change by another person."""
    return " ".join(map(str, settings().values()))
