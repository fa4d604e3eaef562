"""Parses pasted text: a SoundCharts uuid, an ISRC, or the URL of a page at SoundCharts or a platform."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from webapp.lib.isrc import read_isrc

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ISRC = r"[a-z]{2}[ -]?[a-z0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{5}(?![a-z0-9])"
# Characters around a URL that do not belong to it.
_OPENING, _CLOSING, _ENDING = "<([{\"'\u201c\u2018\u00ab\u2039", ">)]}\"'\u201d\u2019\u00bb\u203a", ".,;:!?"
_NOT_IN_URL = r"\s|<>\"\u201c\u201d\u00ab\u00bb"
_REFERENCE = re.compile(
    rf"(?P<url>https?://[^{_NOT_IN_URL}]+)"
    r"|spotify:track:\w+"
    rf"|(?P<bare>(?<![\w.@/-])(?:[\w-]{{1,63}}\.){{1,5}}[a-z]{{2,24}}/[^{_NOT_IN_URL}]+)"
    rf"|(?<![\w-]){_UUID}(?![\w-])"
    rf"|(?<![a-z0-9]){_ISRC}",
    re.IGNORECASE | re.ASCII,
)
_NEXT = re.compile(rf"[,;](?=https?://|{_UUID}|{_ISRC})", re.IGNORECASE | re.ASCII)

# The platforms of a URL, by a label of its host name.
_SITES = {
    "amazon": ("amazon",),
    "amzn": ("amazon",),
    "anghami": ("anghami",),
    "apple": ("apple_music", "itunes"),
    "audiomack": ("audiomack",),
    "awa": ("awa",),
    "beatport": ("beatport",),
    "boomplay": ("boomplay",),
    "deezer": ("deezer",),
    "dzr": ("deezer",),
    "gaana": ("gaana",),
    "genius": ("genius",),
    "instagram": ("instagram",),
    "itun": ("apple_music", "itunes"),
    "itunes": ("apple_music", "itunes"),
    "jiosaavn": ("jiosaavn",),
    "last": ("lastfm",),
    "line": ("line_music",),
    "melon": ("melon",),
    "qq": ("qq_music",),
    "shazam": ("shazam",),
    "shz": ("shazam",),
    "snd": ("soundcloud",),
    "soundcloud": ("soundcloud",),
    "spoti": ("spotify",),
    "spotify": ("spotify",),
    "tidal": ("tidal",),
    "tiktok": ("tiktok",),
    "tospotify": ("spotify",),
    "youtu": ("youtube", "youtube_shorts"),
    "youtube": ("youtube", "youtube_shorts"),
    "youtube-nocookie": ("youtube",),
}
# What follows these in a path does not identify a song, even if a song has the same number.
_NO_SONGS = {"album", "albums", "artist", "artists", "channel", "playlist", "playlists", "user"}
_SONG_PARAMETERS = {"v", "i", "id", "trackasin", "songid", "songmid"}


class Pasted(NamedTuple):
    """The identifiers in a text; missing ones are None or empty. `url` is the text if it is a URL."""

    uuid: str | None = None
    isrc: str | None = None
    app_url: str | None = None
    platforms: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    url: str = ""


def read_pasted(typed: str) -> Pasted | None:
    """Returns the identifiers in `typed`, or None if it is words to search for."""
    text = _trimmed(typed)
    if re.fullmatch(_UUID, text, re.IGNORECASE):
        return Pasted(uuid=text)
    if isrc := read_isrc(text):
        return Pasted(isrc=isrc)
    if own := re.fullmatch(r"spotify:track:(\w+)", text, re.ASCII):
        return Pasted(platforms=("spotify",), identifiers=(own[1],))
    if re.match(r"https?://\S+$|(?:[\w-]+\.)+[a-z]{2,}/\S+$", text, re.IGNORECASE | re.ASCII):
        return _read_url(text if "://" in text else f"https://{text}")
    return None


def references(text: str) -> Iterator[str]:
    """Yields the uuids, ISRCs and URLs in `text`, in order; `read_pasted()` accepts each."""
    text = _plain(text)
    place = 0
    while found := _REFERENCE.search(text, place):
        piece = found[0]
        place = found.end()
        if found["url"] or found["bare"]:
            piece = _first_url(piece)
            place = found.start() + len(piece)
            if found["bare"] and not _sites(_host(f"https://{piece}")):
                continue
        yield _trimmed(piece)


def _plain(text: str) -> str:
    """Returns `text` with plain spaces and hyphens, without invisible characters."""
    kinds = {"Zs": " ", "Pd": "-", "Cf": ""}
    normal = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    return "".join(kinds.get(unicodedata.category(letter), letter) for letter in normal)


def _first_url(piece: str) -> str:
    """Returns the first of several URLs without spaces; those of platforms contain no comma or semicolon."""
    if following := _NEXT.search(piece):
        piece = piece[: following.start()]
    url = piece if "://" in piece else f"https://{piece}"
    return re.split("[,;]", piece, maxsplit=1)[0] if _sites(_host(url)) else piece


def _trimmed(text: str) -> str:
    """Returns `text` without surrounding spaces, brackets, quotes and punctuation."""
    text = text.strip().lstrip(_OPENING).rstrip()
    kept = text.rstrip(f"{_ENDING}{_CLOSING} ")
    for mark in text[len(kept) :]:
        if not _closes(mark, kept):
            break
        kept += mark
    return kept


def _closes(mark: str, text: str) -> bool:
    """Returns whether `mark` closes a bracket that is open in `text`."""
    opening = dict(zip(_CLOSING, _OPENING, strict=True)).get(mark, mark)
    return opening != mark and text.count(opening) > text.count(mark)


def _host(url: str) -> list[str]:
    """Returns the labels of the host name; empty if it is not a URL."""
    try:
        return (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return []


def _sites(host: list[str]) -> tuple[str, ...]:
    """Returns the platforms that may serve a host."""
    return next((_SITES[label] for label in host if label in _SITES), ())


def _read_url(url: str) -> Pasted:
    host = _host(url)
    if not host:
        return Pasted(url=url)
    parts = urlsplit(url)
    if "soundcharts" in host:
        inside = re.search(_UUID, parts.path, re.IGNORECASE)
        return Pasted(inside and inside[0], app_url=_without_query(url), url=url)
    return Pasted(platforms=_sites(host), identifiers=_identifiers(parts.path, parts.query), url=url)


def _identifiers(path: str, query: str) -> tuple[str, ...]:
    """Returns possible identifiers of the song: path segments, their parts after hyphens, parameters."""
    found = [value for name, value in parse_qsl(query) if name.lower() in _SONG_PARAMETERS]
    before = ""
    for part in filter(None, path.split("/")):
        if before not in _NO_SONGS:
            found += [part, part.rpartition("-")[2], part.removeprefix("mt")]
        before = part.lower()
    return tuple(dict.fromkeys(found))


def _without_query(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]
