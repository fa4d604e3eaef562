"""What a pasted text names: a SoundCharts uuid, an ISRC, or a page's address at SoundCharts or a platform."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ISRC = r"([a-z]{2})-?([a-z0-9]{3})-?(\d{2})-?(\d{5})"

# The platforms of an address, by a part of its host's name.
_SITES = {
    "amazon": ("amazon",),
    "anghami": ("anghami",),
    "apple": ("apple_music", "itunes"),
    "audiomack": ("audiomack",),
    "awa": ("awa",),
    "beatport": ("beatport",),
    "boomplay": ("boomplay",),
    "deezer": ("deezer",),
    "gaana": ("gaana",),
    "genius": ("genius",),
    "instagram": ("instagram",),
    "jiosaavn": ("jiosaavn",),
    "last": ("lastfm",),
    "line": ("line_music",),
    "melon": ("melon",),
    "qq": ("qq_music",),
    "shazam": ("shazam",),
    "soundcloud": ("soundcloud",),
    "spotify": ("spotify",),
    "tidal": ("tidal",),
    "tiktok": ("tiktok",),
    "youtu": ("youtube", "youtube_shorts"),
    "youtube": ("youtube", "youtube_shorts"),
}
# What follows these in a path is no song's, though a song elsewhere may have the same number.
_NO_SONGS = {"album", "albums", "artist", "artists", "channel", "playlist", "playlists", "user"}
_SONG_PARAMETERS = {"v", "i", "id", "trackasin", "songid", "songmid"}


class Pasted(NamedTuple):
    """What a text names; what it does not name is None or empty. `url` is the text if it is an address."""

    uuid: str | None = None
    isrc: str | None = None
    app_url: str | None = None
    platforms: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    url: str = ""


def read_pasted(typed: str) -> Pasted | None:
    """What `typed` names, or None where it is words to search for."""
    text = typed.strip()
    if re.fullmatch(_UUID, text, re.IGNORECASE):
        return Pasted(uuid=text)
    if isrc := re.fullmatch(_ISRC, text, re.IGNORECASE | re.ASCII):
        return Pasted(isrc="".join(isrc.groups()).upper())
    if own := re.fullmatch(r"spotify:track:(\w+)", text, re.ASCII):
        return Pasted(platforms=("spotify",), identifiers=(own[1],))
    if re.match(r"https?://\S+$|(?:[\w-]+\.)+[a-z]{2,}/\S+$", text, re.IGNORECASE | re.ASCII):
        return _address(text if "://" in text else f"https://{text}")
    return None


def _address(url: str) -> Pasted:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").split(".")
    except ValueError:
        return Pasted(url=url)
    if "soundcharts" in host:
        inside = re.search(_UUID, parts.path, re.IGNORECASE)
        return Pasted(inside and inside[0], app_url=_without_query(url), url=url)
    platforms = next((_SITES[label] for label in host if label in _SITES), ())
    return Pasted(platforms=platforms, identifiers=_identifiers(parts.path, parts.query), url=url)


def _identifiers(path: str, query: str) -> tuple[str, ...]:
    """What may be the song's identifier: parts of the path, ends of words with hyphens, some parameters."""
    found = [value for name, value in parse_qsl(query) if name.lower() in _SONG_PARAMETERS]
    before = ""
    for part in filter(None, path.split("/")):
        if before not in _NO_SONGS:
            found += [part, part.rpartition("-")[2], part.removeprefix("mt")]
        before = part.lower()
    return tuple(dict.fromkeys(found))


def _without_query(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]
