"""Songs: metadata, identifiers, audience."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, jsonify, request

from sandbox.answers import Item, Plot, collection, day, midnight_if_known
from sandbox.catalogue import Catalogue
from sandbox.model import Artist, Identifier, Song
from sandbox.platforms import BY_CODE
from sandbox.spoils import spoil_days, spoil_items
from sandbox.state import state
from sandbox.words import COUNTRIES

bp = Blueprint("songs", __name__)

DEFAULT_SPAN = timedelta(days=30)


@bp.get("/api/v2.25/song/<uuids>")
def metadata(uuids: str) -> Response:
    """Returns one song, or for uuids with commas a collection of the known ones."""
    if "," not in uuids:
        return _single(known_song(uuids))
    known = known_today().by_uuid
    requested = [state().own_uuid(uuid) for uuid in uuids.split(",")]
    return collection([known[uuid] for uuid in requested if uuid in known], _bodies)


@bp.get("/api/v2.25/song/by-isrc/<isrc>")
def by_isrc(isrc: str) -> Response:
    found = known_today().by_isrc.get(isrc, [])
    if not found:
        abort(404)
    if len(found) > 1:
        abort(410, f"ISRC {isrc} is blacklisted: several songs share it.")
    return _single(found[0])


@bp.get("/api/v2.25/song/by-platform/<platform>/<identifier>")
def by_platform(platform: str, identifier: str) -> Response:
    if platform not in BY_CODE:
        abort(400, f"Invalid platform code {platform!r}.")
    found = known_today().by_identifier.get((platform, identifier))
    return _single(found or abort(404))


@bp.get("/api/v2/song/<uuid>/identifiers")
def song_identifiers(uuid: str) -> Response:
    """Returns the song's identifiers today, including ISRCs under their own platform."""
    song = known_song(uuid)
    today = state().today
    rows = [_identifier(one) for one in song.identifiers if one.there_on(today)]
    rows += [_identifier(_as_identifier(isrc)) for isrc in song.isrcs]
    if platform := request.args.get("platform"):
        rows = [row for row in rows if row["platformCode"] == platform]
    if request.args.get("onlyDefault") in ("true", "1"):
        rows = [row for row in rows if row["default"]]
    return collection(rows, list, related=brief(song))


@bp.get("/api/v2/song/<uuid>/audience/<platform>")
def audience(uuid: str, platform: str) -> Response:
    """Returns running totals from `startDate` to `endDate`, newest first."""
    song = known_song(uuid)
    if platform not in BY_CODE or BY_CODE[platform].size is None:
        abort(400, f"Invalid platform code {platform!r}: it has no song audience.")
    now = state()
    if only := request.args.get("identifier"):
        song = replace(song, identifiers=tuple(one for one in song.identifiers if one.value == only))
    start, end = _range()
    days = now.source.days(song, platform, start=start, end=end, today=now.today)
    return collection(
        spoil_days(g.faults, days), lambda page: _items(song, platform, page), related=brief(song)
    )


def _range() -> tuple[date, date]:
    """Returns `startDate` and `endDate` of the request, both inclusive."""
    end = day("endDate", state().today)
    start = day("startDate", end - DEFAULT_SPAN)
    if start > end:
        abort(400, f"startDate {start} lies after endDate {end}.")
    return start, end


def _items(song: Song, platform: str, days: Sequence[date]) -> list[object]:
    stamp = state().source.stamp
    items = [Item(date=stamp(song, platform, one), plots=_plots(song, platform, one)) for one in days]
    spoil_items(g.faults, items)
    return list(items)


def _plots(song: Song, platform: str, one: date) -> list[Plot]:
    now = state()
    found = now.source.plots(song, platform, one, today=now.today)
    corrected = [
        now.corrected(song.uuid, platform, one, identifier=by.value, value=value) for by, value in found
    ]
    return [Plot(identifier=by.value, value=value) for (by, _), value in zip(found, corrected, strict=True)]


def known_today() -> Catalogue:
    now = state()
    return now.source.catalogue(now.today)


def known_song(uuid: str) -> Song:
    return known_today().by_uuid.get(state().own_uuid(uuid)) or abort(404)


def image_url(uuid: str) -> str:
    """Returns the URL of a cover that this server draws itself."""
    return f"{request.host_url}_sandbox/covers/{uuid}.svg"


def brief(song: Song) -> dict[str, str]:
    """Returns a song in the format of `related`."""
    return {
        "uuid": song.uuid,
        "name": song.name,
        "creditName": song.credit_name,
        "imageUrl": image_url(song.uuid),
    }


def _single(song: Song) -> Response:
    return jsonify(type="song", object=_body(song), errors=[])


def _bodies(songs: Sequence[Song]) -> list[object]:
    return [_body(song) for song in songs]


def _body(song: Song) -> dict[str, object]:
    by = [artist_brief(artist) for artist in song.artists]
    return {
        "uuid": song.uuid,
        "name": song.name,
        "isrc": _isrc(song.isrcs[0]) if song.isrcs else None,
        "creditName": song.credit_name,
        "artists": by,
        "releaseDate": midnight_if_known(song.known_release),
        "copyright": f"{song.release.year} {song.labels[0][0]}" if song.labels else "",
        "appUrl": f"https://app.soundcharts.com/app/song/{song.uuid}/overview",
        "imageUrl": image_url(song.uuid),
        "duration": song.duration,
        "explicit": song.explicit,
        "genres": [{"root": root, "sub": list(sub)} for root, sub in song.genres],
        "composers": list(song.composers),
        "producers": list(song.producers),
        "labels": [{"name": name, "type": parent} for name, parent in song.labels],
        "audio": song.audio,
        "languageCode": song.language,
        "distributor": song.distributor,
        "iswcs": [],
        "mainArtists": by[:1],
        "previewUrl": "",
    }


def _isrc(value: str) -> dict[str, str]:
    return {"value": value, "countryCode": value[:2], "countryName": COUNTRIES.get(value[:2], "")}


def artist_brief(artist: Artist) -> dict[str, str]:
    return {
        "uuid": artist.uuid,
        "slug": artist.slug,
        "name": artist.name,
        "appUrl": f"https://app.soundcharts.com/app/artist/{artist.slug}/overview",
        "imageUrl": image_url(artist.uuid),
    }


def _as_identifier(isrc: str) -> Identifier:
    return Identifier("isrc", isrc, default=False, since=date.min, until=None, size=0, curve="")


def _identifier(one: Identifier) -> dict[str, object]:
    return {
        "platformName": one.platform_name,
        "platformCode": one.platform,
        "identifier": one.value,
        "url": one.url,
        "default": one.default,
    }
