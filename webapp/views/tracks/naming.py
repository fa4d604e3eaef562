"""What tracks are called where several stand side by side."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from webapp.models import Track


def track_names(tracks: Sequence[Track]) -> dict[UUID, str]:
    """A name for each track, none twice: as short as it can be while it tells them apart."""
    ways = {track.uuid: _ways(track) for track in tracks}
    names = {uuid: names.pop(0) for uuid, names in ways.items()}
    while shared := {name for name, count in Counter(names.values()).items() if count > 1}:
        # One that has spent its ways ends in its whole uuid: it keeps its name, and the other's grows.
        longer = [uuid for uuid, name in names.items() if name in shared and ways[uuid]]
        names |= {uuid: ways[uuid].pop(0) for uuid in longer}
    return names


def shown_name(track: Track) -> str:
    """A track's title, or its uuid while that is not known."""
    return track.name or str(track.uuid)


def _ways(track: Track) -> list[str]:
    """The title; with the artists; with the release year; with the start of the uuid; with all of it."""
    artists = track.credit_name or ", ".join(artist.name for artist in track.artists)
    year = str(track.release_date.year) if track.release_date else ""
    known = [words for words in (artists, year) if words]
    said = [[], known[:1], known, [*known, str(track.uuid)[:8]], [*known, str(track.uuid)]]
    title = shown_name(track)
    return [f"{title} ({', '.join(words)})" if words else title for words in said]
