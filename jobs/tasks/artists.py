"""The task that fetches the metadata of artists whose tracks are stored."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from jobs.api import soundcharts
from jobs.contract import Done, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import Artist
from jobs.soundcharts.schemas import SongArtist
from jobs.upserts import Counts
from webapp.app_settings import settings
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.lib.text import search_text
from webapp.queries import statement


def fetch_artists(run: Run, heartbeat: Heartbeat) -> Done:
    """Fetches artists by uuid; the message names those unknown to the API, which are fetched again later."""
    wanted: list[str] = run.args["artist_uuids"]
    db.session.commit()
    found = soundcharts(heartbeat).artists(wanted)
    heartbeat.page()
    absent = _store(wanted, {artist.uuid: artist for artist in found})
    if not found:
        raise RunError(f"The API knows none of the artists {', '.join(absent)}.")
    db.session.execute(statement("batch_items_absent"), {"run": run.uuid, "uuids": absent})
    message = f"{len(found)} of {counted(len(wanted), 'artist')} stored."
    if absent:
        message += f" The API does not know {', '.join(absent)}."
    return Done(Counts(0, len(found), 0), message)


def _store(wanted: list[str], found: Mapping[str, Artist]) -> list[str]:
    """Writes artists in the order of their key, which prevents deadlocks; returns the absent ones."""
    known = settings()
    for uuid in sorted(wanted):
        if uuid in found:
            columns = _columns(found[uuid]) | {"due_days": known["metadata_due_days"]}
            db.session.execute(statement("artist_metadata_store"), columns)
        else:
            absent = {"uuid": uuid, "due_days": known["absent_due_days"]}
            db.session.execute(statement("artist_metadata_absent"), absent)
    return sorted(set(wanted) - set(found))


def credit_columns(artist: Artist | SongArtist) -> dict[str, Any]:
    """Returns the columns of an artist that a song's metadata have as well, by name."""
    return {
        "uuid": artist.uuid,
        "name": artist.name,
        "slug": artist.slug,
        "image_url": artist.image_url,
        "app_url": artist.app_url,
        "search_text": search_text(artist.name),
    }


def _columns(artist: Artist) -> dict[str, Any]:
    return credit_columns(artist) | {
        "web_url": artist.web_url,
        "country_code": artist.country_code,
        "city_name": artist.city_name,
        "genres": json.dumps(msgspec.to_builtins(artist.genres)),
        "biography": artist.biography,
        "gender": artist.gender,
        "artist_type": artist.type,
        "birth_date": artist.birth_date,
        "career_stage": artist.career_stage,
        "growth_level": artist.growth_level,
    }
