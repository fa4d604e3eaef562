"""Import of tracks by uuid, ISRC or address: judged row by row, asked, and then a batch like any other."""

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import audit
from webapp.access import limits
from webapp.lib.formats import counted, exact
from webapp.views.shared.confirming import ask, confirmed
from webapp.work.import_rows import MOST_BYTES, MOST_ROWS, ImportRowsError, decoded, read_rows
from webapp.work.imports import Kind, Verdict, import_calls, judge, start_import

WORDS: dict[Kind, str] = {"new": "New", "known": "Known already", "repeated": "Repeated", "wrong": "Wrong"}

blueprint = Blueprint("imports", __name__, url_prefix="/ops/import")


@blueprint.get("/")
def page() -> str:
    """Where rows are pasted or a file is chosen."""
    return form()


@blueprint.post("/")
@limits.changes
def preview() -> ResponseReturnValue:
    """What each row would lead to; nothing is asked for yet."""
    audit.unchanged()
    try:
        text = given_text()
        verdicts = judge(read_rows(text))
    except ImportRowsError as error:
        return form(request.form.get("text", ""), str(error)), 400
    if not verdicts:
        return form(error="There is nothing to import: paste rows or choose a file."), 400
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
    """Asks, then imports what is new of the rows, which are judged once more."""
    try:
        verdicts = judge(read_rows(request.form.get("rows", "")))
    except ImportRowsError as error:
        abort(400, str(error))
    new = sum(verdict.kind == "new" for verdict in verdicts)
    if not new:
        abort(409, "There is nothing to import: no row names a song that is not held here already.")
    calls = import_calls(verdicts)
    if not confirmed(calls):
        return ask(
            f"Import {counted(new, 'song')}?",
            [
                f"{counted(len(verdicts), 'row')}: {counts(verdicts)}",
                "Their audience follows by itself: 1 call or more for each platform that has the song",
            ],
            calls=calls,
            button="Import",
            back=url_for("imports.page"),
            undo="No: tracks are never deleted. Runs that wait can be cancelled.",
        )
    batch = start_import(verdicts, current_user.id)
    flash(f"Import of {counted(new, 'song')} asked for.", "success")
    return redirect(url_for("batches.page", uuid=batch.uuid), 303)


def form(text: str = "", error: str = "") -> str:
    """The page with the form."""
    return render_template(
        "ops/imports/page.html", text=text, error=error, most_rows=MOST_ROWS, most_kib=MOST_BYTES // 1024
    )


def given_text() -> str:
    """What was uploaded, or else what was pasted. Raises ImportRowsError."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("text", "")
    return decoded(file.read(MOST_BYTES + 1))


def counts(verdicts: Sequence[Verdict]) -> str:
    """'3 new, 1 wrong'."""
    found = Counter(verdict.kind for verdict in verdicts)
    said = [f"{exact(found[kind])} {words.lower()}" for kind, words in WORDS.items() if kind in found]
    return ", ".join(said)
