"""Unique names of tracks that are shown together."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from webapp.models import Track


def track_names(tracks: Sequence[Track]) -> dict[UUID, str]:
    """Returns the shortest unique name of each track."""
    ways = {track.uuid: _ways(track) for track in tracks}
    names = {uuid: names.pop(0) for uuid, names in ways.items()}
    while shared := {name for name, count in Counter(names.values()).items() if count > 1}:
        # A track without longer names ends in its whole uuid: it keeps its name, and the other's grows.
        longer = [uuid for uuid, name in names.items() if name in shared and ways[uuid]]
        names |= {uuid: ways[uuid].pop(0) for uuid in longer}
    return names


def shown_name(track: Track) -> str:
    """Returns a track's title, or its uuid if the title is unknown."""
    return track.name or str(track.uuid)


def _ways(track: Track) -> list[str]:
    """Returns names by length: title, plus artists, plus release year, plus short or whole uuid."""
    artists = track.credit_name or ", ".join(artist.name for artist in track.artists)
    year = str(track.release_date.year) if track.release_date else ""
    known = [words for words in (artists, year) if words]
    details = [[], known[:1], known, [*known, str(track.uuid)[:8]], [*known, str(track.uuid)]]
    title = shown_name(track)
    return [f"{title} ({', '.join(words)})" if words else title for words in details]
