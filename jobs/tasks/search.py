"""The task of a search at SoundCharts: for songs, artists or the subject of a page's URL."""

from collections.abc import Callable

from jobs.api import soundcharts
from jobs.contract import Done, Run
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import SoundChartsClient
from jobs.soundcharts.errors import NotFound
from jobs.upserts import Counts
from webapp.extensions import db
from webapp.work.search_hits import Found, keep_found


def search_soundcharts(run: Run, heartbeat: Heartbeat) -> Done:
    """Makes one call and caches the hits; nothing is stored until somebody selects one."""
    db.session.commit()
    found = SEARCHES[run.args["kind"]](soundcharts(heartbeat), run.args["term"])
    heartbeat.page()
    keep_found(run.uuid, found)
    return Done(Counts(0, 0, 0), f"{len(found)} found.")


def _songs(client: SoundChartsClient, term: str) -> list[Found]:
    return [
        Found("song", song.uuid, song.name, note=_note(song.credit_name, song.release_date))
        for song in client.search_songs(term)
    ]


def _artists(client: SoundChartsClient, term: str) -> list[Found]:
    return [Found("artist", artist.uuid, artist.name) for artist in client.search_artists(term)]


def _link(client: SoundChartsClient, term: str) -> list[Found]:
    try:
        link = client.platform_url(term)
    except NotFound:
        return []
    return [Found(link.type, link.uuid)]


def _note(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


SEARCHES: dict[str, Callable[[SoundChartsClient, str], list[Found]]] = {
    "song": _songs,
    "artist": _artists,
    "link": _link,
}
