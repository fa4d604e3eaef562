"""Import of tracks by uuid, ISRC or URL: a preview by row, a confirmation, and a batch."""

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import audit
from webapp.access import limits
from webapp.lib.formats import counted, exact
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.work.import_rows import MOST_BYTES, MOST_ROWS, ImportRowsError, decoded, read_rows
from webapp.work.imports import Kind, Verdict, import_calls, judge, start_import

WORDS: dict[Kind, str] = {"new": "New", "known": "Already stored", "repeated": "Repeated", "wrong": "Wrong"}

blueprint = Blueprint("imports", __name__, url_prefix="/ops/import")


@blueprint.get("/")
def page() -> str:
    """The form to paste rows or choose a file."""
    return form()


@blueprint.post("/")
@limits.changes
def preview() -> ResponseReturnValue:
    """A preview of each row; nothing is requested yet."""
    audit.unchanged()
    try:
        text = given_text()
        verdicts = judge(read_rows(text))
    except ImportRowsError as error:
        return form(request.form.get("text", ""), str(error)), 400
    if not verdicts:
        return form(error="Nothing to import: paste rows or choose a file."), 400
    return render_template(
        "ops/imports/preview.html",
        text=text,
        verdicts=verdicts,
        counts=counts(verdicts),
        calls=import_calls(verdicts),
        words=WORDS,
    )


@blueprint.post("/rows/")
@limits.changes
def create() -> ResponseReturnValue:
    """Imports the new rows, after confirmation; checks all rows again."""
    try:
        verdicts = judge(read_rows(request.form.get("rows", "")))
    except ImportRowsError as error:
        abort(400, str(error))
    new = sum(verdict.kind == "new" for verdict in verdicts)
    if not new:
        abort(409, "Nothing to import: no row has a new song.")
    calls = import_calls(verdicts)
    if not confirmed(calls):
        return confirmation_page(
            f"Import {counted(new, 'song')}?",
            [
                f"{counted(len(verdicts), 'row')}: {counts(verdicts)}.",
                "Their audience follows automatically: 1 or more calls for each platform that has the song.",
            ],
            calls=calls,
            button="Import",
            back=url_for("imports.page"),
            undo="No; tracks are never deleted. Queued runs can be cancelled.",
        )
    batch = start_import(verdicts, current_user.id)
    flash(f"Import of {counted(new, 'song')} requested.", "success")
    return redirect(url_for("batches.page", uuid=batch.uuid), 303)


def form(text: str = "", error: str = "") -> str:
    """Renders the page with the form."""
    return render_template(
        "ops/imports/page.html", text=text, error=error, most_rows=MOST_ROWS, most_kib=MOST_BYTES // 1024
    )


def given_text() -> str:
    """Returns the uploaded text, otherwise the pasted one. Raises ImportRowsError."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("text", "")
    return decoded(file.read(MOST_BYTES + 1))


def counts(verdicts: Sequence[Verdict]) -> str:
    """Returns '3 new, 1 wrong'."""
    found = Counter(verdict.kind for verdict in verdicts)
    parts = [f"{exact(found[kind])} {words.lower()}" for kind, words in WORDS.items() if kind in found]
    return ", ".join(parts)
