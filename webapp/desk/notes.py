"""What is done to notes, in the transaction under way."""

from datetime import date
from typing import Any

from webapp import audit
from webapp.extensions import db
from webapp.lib.text import search_text
from webapp.models import Artist, Note, Track

LONGEST = 300
"""Characters of a note."""


class NoteTextError(ValueError):
    """A note cannot say this; the message is one sentence that says why."""


def make_note(author_id: int, about: Track | Artist, noted_on: date, text: str) -> Note:
    """Notes a line of a track or an artist. Raises NoteTextError."""
    made = Note(author_id=author_id, noted_on=noted_on)
    if isinstance(about, Track):
        made.track = about
    else:
        made.artist = about
    _say(made, text)
    db.session.add(made)
    audit.record("note.make", subject(made), after=_told(made))
    return made


def change_note(note: Note, changed_by: int, noted_on: date, text: str) -> None:
    """Gives a note another day or text; `changed_by` is whose words these are now. Raises NoteTextError."""
    before = _told(note)
    _say(note, text)
    note.noted_on = noted_on
    if _told(note) != before:
        note.changed_by = changed_by
    audit.record("note.change", subject(note), before=before, after=_told(note))


def delete_note(note: Note) -> None:
    """Takes a note away; what it said stays in the record."""
    audit.record("note.delete", subject(note), before=_told(note))
    db.session.delete(note)


def about(note: Note) -> Track | Artist:
    """The track or artist that a note is of."""
    found = note.track or note.artist
    if found is None:
        raise LookupError(f"note {note.uuid} is of nothing")
    return found


def subject(note: Note) -> str:
    """What the record of what happened calls the track or artist of a note."""
    return f"{'track' if note.track else 'artist'} {about(note).uuid}"


def _say(note: Note, text: str) -> None:
    text = " ".join(text.replace("\0", "").split())
    if not text:
        raise NoteTextError("A note needs a text.")
    if len(text) > LONGEST:
        raise NoteTextError(f"A note has {LONGEST} characters at most, not {len(text)}.")
    note.text, note.search_text = text, search_text(text)


def _told(note: Note) -> dict[str, Any]:
    return {"on": note.noted_on, "text": note.text}
