"""The task of metadata: songs, their artists and their identifiers on platforms."""

import json
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from jobs.api import soundcharts
from jobs.contract import Done, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import Song, SongIdentifier, SoundChartsClient, TransientError
from jobs.tasks.artists import credit_columns
from jobs.upserts import Counts, upsert_platforms, upsert_rows
from webapp.app_settings import setting
from webapp.catalogue.track_merge import TrackMergeError, settle_aliases
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.lib.isrc import stored_isrc
from webapp.lib.text import search_text
from webapp.models import AudienceState, Platform, Track
from webapp.queries import statement
from webapp.queries.search.pages import held
from webapp.work.queue import LiveRun, record
from webapp.work.requests import audience_request

log = logging.getLogger(__name__)


def fetch_metadata(run: Run, heartbeat: Heartbeat) -> Done:
    """Fetches songs with their identifiers by uuid; creates new tracks and names absent ones."""
    wanted: list[str] = run.args["track_uuids"]
    db.session.commit()
    songs, identifiers, answered = _fetch(wanted, heartbeat)
    absent = sorted(set(wanted) - {song.uuid for song in songs} - answered.keys())
    if not songs:
        # Committed together with the run's own failure.
        _note_absent(absent)
        raise RunError(f"The API knows none of the songs {', '.join(absent)}.")
    joined = _settle(answered)
    known = _known([song.uuid for song in songs])
    track_ids = store(songs, identifiers, with_audience=run.args.get("with_audience", False))
    joined += _settle(answered)
    _note_absent(absent)
    db.session.execute(statement("batch_items_absent"), {"run": run.uuid, "uuids": absent})
    created = sum(uuid not in known for uuid in track_ids)
    children = _request_audience(run, list(track_ids.values())) if run.queue == "interactive" else []
    message = " ".join([f"{len(songs)} of {counted(len(wanted), 'song')} stored.", *dict.fromkeys(joined)])
    if absent:
        message += f" The API does not know {', '.join(absent)}."
    return Done(Counts(created, len(songs) - created, 0), message, children)


def _note_absent(uuids: list[str]) -> None:
    """Notes on stored tracks that the API does not know them; `uuids` are in order."""
    due_days = setting("absent_due_days")
    upsert_rows("track_metadata_absent", [{"uuid": uuid, "due_days": due_days} for uuid in uuids])


def _settle(answered: Mapping[str, str]) -> list[str]:
    """Merges tracks that the API returned under another uuid; returns and logs a sentence for each."""
    try:
        joined = settle_aliases({UUID(requested): UUID(own) for requested, own in answered.items()})
    except TrackMergeError as error:
        raise TransientError(str(error)) from error
    for sentence in joined:
        log.info("%s", sentence)
    return joined


def _fetch(
    uuids: list[str], heartbeat: Heartbeat
) -> tuple[list[Song], dict[str, list[SongIdentifier]], dict[str, str]]:
    """Returns the songs, their default identifiers and ISRCs by uuid, and the uuids returned under another.

    Other identifiers are not fetched: one song can have tens of thousands on a single platform.
    """
    client = soundcharts(heartbeat)
    songs, answered = _songs(client, uuids)
    log.info("Received %d of %d songs; fetching their identifiers.", len(songs), len(uuids))
    heartbeat.page()
    identifiers = {}
    for song in songs:
        found = client.song_identifiers(song.uuid, only_default=True)
        found += client.song_identifiers(song.uuid, "isrc")
        identifiers[song.uuid] = found
        heartbeat.page()
    return songs, identifiers, answered


def _songs(client: SoundChartsClient, uuids: list[str]) -> tuple[list[Song], dict[str, str]]:
    """Returns the songs that the API knows, each once, and the new uuid of each returned under another.

    A response for many does not show which uuid a song was requested by, so each missing one is requested
    alone.
    """
    songs = {song.uuid: song for song in client.songs(uuids)}
    answered = {}
    for missing in sorted(set(uuids) - songs.keys()):
        alone = list(songs.values()) if len(set(uuids)) == 1 else client.songs([missing])
        for song in alone:
            songs.setdefault(song.uuid, song)
            answered[missing] = song.uuid
    return list(songs.values()), answered


def _known(uuids: list[str]) -> set[str]:
    """Returns the uuids that are stored tracks."""
    return set(held(uuids))


def store(
    songs: list[Song], identifiers: Mapping[str, list[SongIdentifier]], *, with_audience: bool = False
) -> dict[str, int]:
    """Writes songs in the current transaction; returns the tracks' ids by uuid.

    With `with_audience` their audience is fetched from now on, whatever their charts' settings.

    Every table is written once, in the order of its key: batches that share artists could otherwise
    deadlock.
    """
    songs = sorted(songs, key=lambda song: song.uuid)
    artists = {artist.uuid: artist for song in songs for artist in song.artists}
    upsert_rows("artist_store", [credit_columns(artists[uuid]) for uuid in sorted(artists)])
    due_days = setting("metadata_due_days")
    track_ids = {song.uuid: _store_track(song, due_days, with_audience=with_audience) for song in songs}
    upsert_rows("track_artist_store", _credits(songs, track_ids))
    upsert_rows("artists_wanted", [{"track_ids": list(track_ids.values())}])
    upsert_rows("track_identifier_store", _identifiers(identifiers, track_ids))
    upsert_rows("audience_states_of_track", [{"track_id": each} for each in sorted(track_ids.values())])
    return track_ids


def _store_track(song: Song, due_days: int, *, with_audience: bool) -> int:
    columns = _columns(song) | {"due_days": due_days, "with_audience": with_audience}
    track_id: int = db.session.execute(statement("track_store"), columns).scalar_one()
    return track_id


def _credits(songs: list[Song], track_ids: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"track_id": track_ids[song.uuid], "uuid": artist.uuid, "position": position}
        for song in songs
        for position, artist in enumerate(song.artists, start=1)
    ]


def _identifiers(
    identifiers: Mapping[str, list[SongIdentifier]], track_ids: Mapping[str, int]
) -> list[dict[str, Any]]:
    names = {each.platform_code: each.platform_name for found in identifiers.values() for each in found}
    platform_ids = upsert_platforms(names)
    rows = [
        {
            "platform_id": platform_ids[each.platform_code],
            "identifier": _identifier(each),
            "track_id": track_ids[uuid],
            "is_default": each.default,
            # Only web URLs are safe to show as links.
            "url": each.url if each.url.startswith(("https://", "http://")) else "",
        }
        for uuid, found in identifiers.items()
        for each in found
    ]
    return sorted(rows, key=lambda row: (row["platform_id"], row["identifier"]))


def _identifier(each: SongIdentifier) -> str:
    return stored_isrc(each.identifier) if each.platform_code == "isrc" else each.identifier


def _columns(song: Song) -> dict[str, Any]:
    isrc = stored_isrc(song.isrc.value) if song.isrc else ""
    searched = (song.name, song.credit_name, isrc, *(artist.name for artist in song.artists))
    return {
        "uuid": song.uuid,
        "name": song.name,
        "credit_name": song.credit_name,
        "isrc": isrc,
        "release_date": song.release_date,
        "duration": song.duration,
        "explicit": song.explicit,
        "image_url": song.image_url,
        "app_url": song.app_url,
        "genres": _json(song.genres),
        "labels": _json(song.labels),
        "composers": _json(song.composers),
        "producers": _json(song.producers),
        "audio": _json(song.audio) if song.audio else None,
        "copyright": song.copyright,
        "distributor": song.distributor,
        "language_code": song.language_code,
        "search_text": search_text(*searched),
    }


def _json(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value))


def _request_audience(run: Run, track_ids: list[int]) -> list[LiveRun]:
    """Requests the audience at once, since somebody waits for these songs and the sweep would take longer."""
    query = (
        select(Track, Platform)
        .join(AudienceState, AudienceState.track_id == Track.id)
        .join(Platform, Platform.id == AudienceState.platform_id)
        .where(Track.id.in_(track_ids), AudienceState.fetched_at.is_(None))
        .order_by(Platform.id)
    )
    return record(
        [
            audience_request(track, platform, requested_by=run.requested_by, parent_uuid=run.uuid)
            for track, platform in db.session.execute(query)
        ]
    )
