"""Search by words, and by the URL of a platform's page."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.answers import midnight_if_known, whole_number
from sandbox.model import Artist
from sandbox.platforms import ARTIST_PAGES
from sandbox.routes.songs import artist_brief, brief, known_today

bp = Blueprint("search", __name__)

MOST_HITS = 20


@bp.get("/api/v2/song/search/<path:term>")
def found_songs(term: str) -> Response:
    found = [song for song in known_today().songs if _fits(term, f"{song.name} {song.credit_name}")]
    return _hits([{**brief(song), "releaseDate": midnight_if_known(song.known_release)} for song in found])


@bp.get("/api/v2/artist/search/<path:term>")
def found_artists(term: str) -> Response:
    found = [artist for artist in known_today().artists.values() if _fits(term, artist.name)]
    return _hits([artist_brief(artist) for artist in found])


@bp.get("/api/v2/search/external/url")
def platform_url() -> Response:
    url = request.args.get("platformUrl") or abort(400, "platformUrl is missing.")
    songs = (song for song in known_today().songs if url in [one.url for one in song.identifiers])
    artists = (artist for artist in known_today().artists.values() if url in _pages(artist))
    if song := next(songs, None):
        return jsonify(type="song", url=url, uuid=song.uuid, errors=[])
    artist = next(artists, None) or abort(404)
    return jsonify(type="artist", url=url, uuid=artist.uuid, errors=[])


def _pages(artist: Artist) -> list[str]:
    return [ARTIST_PAGES[platform].format(value) for platform, value in artist.identifiers]


def _fits(term: str, text: str) -> bool:
    """Returns whether every word of `term` begins a word of `text`, ignoring case and accents."""
    words = _words(text)
    wanted = _words(term)
    return bool(wanted) and all(any(word.startswith(one) for word in words) for one in wanted)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def _hits(rows: Sequence[Mapping[str, str | None]]) -> Response:
    """Returns the best hits as a single page; 404 without hits."""
    offset, limit = whole_number("offset", 0, least=0), whole_number("limit", MOST_HITS, least=1)
    if limit > MOST_HITS:
        abort(400, f"limit must be at most {MOST_HITS}, not {limit}.")
    if not rows:
        abort(404)
    best = rows[:MOST_HITS]
    page = {"offset": offset, "limit": limit, "next": None, "previous": None, "total": len(best)}
    return jsonify(items=best[offset : offset + limit], page=page, errors=[])
