"""Changes notes, in the current transaction."""

from datetime import date
from typing import Any

from webapp import audit
from webapp.extensions import db
from webapp.lib.text import search_text
from webapp.models import Artist, Note, Track

LONGEST = 300
"""Characters of a note."""


class NoteTextError(ValueError):
    """A note cannot have this text; the message is one sentence with the reason."""


def create_note(author_id: int, about: Track | Artist, *, noted_on: date, text: str) -> Note:
    """Creates a note about a track or an artist. Raises NoteTextError."""
    note = Note(author_id=author_id, noted_on=noted_on)
    if isinstance(about, Track):
        note.track = about
    else:
        note.artist = about
    _set_text(note, text)
    db.session.add(note)
    audit.record("note.make", subject(note), after=_content(note))
    return note


def change_note(note: Note, changed_by: int, *, noted_on: date, text: str) -> None:
    """Changes the date or text of a note; `changed_by` is the user who does. Raises NoteTextError."""
    before = _content(note)
    _set_text(note, text)
    note.noted_on = noted_on
    if _content(note) != before:
        note.changed_by = changed_by
    audit.record("note.change", subject(note), before=before, after=_content(note))


def delete_note(note: Note) -> None:
    """Deletes a note; its text stays in the audit log."""
    audit.record("note.delete", subject(note), before=_content(note))
    db.session.delete(note)


def about(note: Note) -> Track | Artist:
    """Returns the track or artist of a note."""
    found = note.track or note.artist
    if found is None:
        raise LookupError(f"note {note.uuid} has no track and no artist")
    return found


def subject(note: Note) -> str:
    """Returns the name of a note's track or artist in the audit log."""
    return f"{'track' if note.track else 'artist'} {about(note).uuid}"


def _set_text(note: Note, text: str) -> None:
    text = " ".join(text.replace("\0", "").split())
    if not text:
        raise NoteTextError("Enter a text for the note.")
    if len(text) > LONGEST:
        raise NoteTextError(f"A note can have at most {LONGEST} characters, not {len(text)}.")
    note.text, note.search_text = text, search_text(text)


def _content(note: Note) -> dict[str, Any]:
    return {"on": note.noted_on, "text": note.text}
