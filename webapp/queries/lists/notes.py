"""Notes about tracks and artists."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from webapp.models import Artist, Track
from webapp.queries import rows


class NoteRow(NamedTuple):
    """A note; `artist` is the artist it is about, empty if it is about the track.

    `changed_by` is the user who changed it last, at `updated_at`; None if it is unchanged.
    """

    uuid: UUID
    noted_on: date
    text: str
    author: str
    changed_by: str | None
    updated_at: datetime
    artist: str


def notes_of(about: Track | Artist) -> list[NoteRow]:
    """Returns the notes of a track, with those of its artists, or of an artist; the newest day first."""
    track_id = about.id if isinstance(about, Track) else None
    artist_id = about.id if isinstance(about, Artist) else None
    return rows(NoteRow, "notes_listed", track_id=track_id, artist_id=artist_id)
