"""Notes on tracks and artists: a panel of their pages, editable by operators."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from webapp.access import limits
from webapp.dates import FIRST_DATE
from webapp.desk import notes
from webapp.desk.notes import LONGEST, NoteTextError
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.models import Artist, Note, Track
from webapp.queries.lists.notes import notes_of
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import artist_or_404, track_or_404
from webapp.views.shared.parameters import BadParameterError, day, filled
from webapp.views.shared.parts import part
from webapp.views.shared.saving import saved

blueprint = Blueprint("notes", __name__)

MOST_AHEAD = timedelta(days=3 * 366)
"""How far ahead a note can be; later days are typing errors."""


class Typed(NamedTuple):
    """A submitted form with its errors by field; `note` is None for a new note."""

    note: UUID | None
    noted_on: str
    text: str
    errors: dict[str, str]


@blueprint.get("/<any(tracks, artists):kind>/<uuid:uuid>/notes/")
def listed(kind: str, uuid: UUID) -> str:
    """The notes on a track and its artists, or on an artist."""
    return _panel(_about_or_404(kind, uuid))


@blueprint.post("/<any(tracks, artists):kind>/<uuid:uuid>/notes/")
@limits.changes
def make(kind: str, uuid: UUID) -> ResponseReturnValue:
    """Adds a note; errors show beside their fields."""
    found = _about_or_404(kind, uuid)
    return _save(
        found,
        _read(None),
        save=lambda noted_on, text: notes.create_note(current_user.id, found, noted_on=noted_on, text=text),
        done="Note added.",
    )


@blueprint.get("/notes/<uuid:uuid>/")
def page(uuid: UUID) -> ResponseReturnValue:
    """Redirects to the page of the note's track or artist."""
    return redirect(_home(notes.about(_note_or_404(uuid))))


@blueprint.post("/notes/<uuid:uuid>/")
@limits.changes
def change(uuid: UUID) -> ResponseReturnValue:
    """Changes the day or text of a note."""
    note = _note_or_404(uuid)
    found = notes.about(note)
    return _save(
        found,
        _read(uuid),
        save=lambda noted_on, text: notes.change_note(note, current_user.id, noted_on=noted_on, text=text),
        done="Note changed.",
    )


@blueprint.post("/notes/<uuid:uuid>/delete/")
@limits.changes
def delete(uuid: UUID) -> ResponseReturnValue:
    """Deletes a note, after confirmation."""
    note = _note_or_404(uuid)
    found = notes.about(note)
    if not confirmed(0):
        return confirmation_page(
            "Delete note?",
            [f"{note.noted_on}: {note.text}"],
            calls=0,
            button="Delete note",
            back=_home(found),
            undo="No; the audit log keeps its text.",
        )
    notes.delete_note(note)
    return _done(found, "Note deleted.")


def _save(
    found: Track | Artist,
    read: tuple[Typed, date | None],
    *,
    save: Callable[[date, str], object],
    done: str,
) -> ResponseReturnValue:
    """Saves a form as read; with an error, shows it again."""
    typed, noted_on = read
    if noted_on is not None:
        try:
            save(noted_on, typed.text)
        except NoteTextError as error:
            typed.errors["text"] = str(error)
    if typed.errors:
        return _panel(found, typed), 400
    return _done(found, done)


def _read(note: UUID | None) -> tuple[Typed, date | None]:
    """Reads the form; the day is None if it is invalid."""
    typed = Typed(
        note, noted_on=request.form.get("noted_on", ""), text=request.form.get("text", ""), errors={}
    )
    try:
        noted_on = day(filled(request.form), "noted_on")
    except BadParameterError:
        noted_on = None
    if noted_on is None:
        typed.errors["noted_on"] = "Enter a day as YYYY-MM-DD."
        return typed, None
    latest = today() + MOST_AHEAD
    if not FIRST_DATE <= noted_on <= latest:
        typed.errors["noted_on"] = f"Enter a day from {FIRST_DATE} to {latest}."
        return typed, None
    return typed, noted_on


def _panel(about: Track | Artist, typed: Typed | None = None) -> str:
    return part(
        _kind(about),
        "notes",
        title="Notes",
        of=about.name or str(about.uuid),
        key={"uuid": about.uuid},
        about=about,
        kind=_kind(about),
        notes=notes_of(about),
        typed=typed or Typed(None, noted_on=str(today()), text="", errors={}),
        longest=LONGEST,
    )


def _done(found: Track | Artist, words: str) -> ResponseReturnValue:
    return saved(words, _home(found))


def _home(about: Track | Artist) -> str:
    return url_for(f"{_kind(about)}.page", uuid=about.uuid, _anchor="notes")


def _kind(about: Track | Artist) -> str:
    return "tracks" if isinstance(about, Track) else "artists"


def _about_or_404(kind: str, uuid: UUID) -> Track | Artist:
    return track_or_404(uuid) if kind == "tracks" else artist_or_404(uuid)


def _note_or_404(uuid: UUID) -> Note:
    found = db.session.scalar(select(Note).where(Note.uuid == uuid))
    return found or abort(404, f"Note {uuid} not found.")
