"""Requests for runs, one function per task: its arguments, and the key under which only one run is live."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, TypedDict, Unpack
from uuid import UUID

from webapp.models import Chart, Platform, Track

TASKS = {
    "fetch_audience": "Audience",
    "backfill_audience": "Older audience",
    "fetch_metadata": "Song details",
    "fetch_artists": "Artist details",
    "search_soundcharts": "Search at SoundCharts",
    "find_song": "Song lookup",
    "discover_charts": "Chart discovery",
    "sync_chart": "Chart sync",
    "fetch_ranking": "Ranking",
    "accept_ranking": "Ranking accepted",
    "write_table": "Excel file",
}
"""The tasks with their labels; jobs.tasks has a function for each."""


class How(TypedDict, total=False):
    """The queue of a run, the user who requested it, and its parent run."""

    queue: str
    requested_by: int | None
    parent_uuid: UUID | None


class RunRequest(NamedTuple):
    """A task with its arguments. There is one live run per `key`; a forced request changes that run."""

    task: str
    args: dict[str, Any]
    key: str
    queue: str = "interactive"
    forced: bool = False
    requested_by: int | None = None
    parent_uuid: UUID | None = None


def audience_request(
    track: Track,
    platform: Platform,
    *,
    start: date | None = None,
    end: date | None = None,
    forced: bool = False,
    **how: Unpack[How],
) -> RunRequest:
    """Fetches the new dates of a series; forced, the last 90 days or the range given."""
    args = _series_args(track, platform, start=start, end=end)
    key = f"audience:{track.id}:{platform.id}"
    return RunRequest("fetch_audience", args, key, forced=forced, **how)


def history_request(
    track: Track, platform: Platform, *, start: date, end: date, **how: Unpack[How]
) -> RunRequest:
    """Fetches the history of a series, which ends where its first fetch began."""
    args = _series_args(track, platform, start=start, end=end)
    return RunRequest("backfill_audience", args, f"backfill:{track.id}:{platform.id}", **how)


def metadata_request(uuids: Sequence[str], *, with_audience: bool = False, **how: Unpack[How]) -> RunRequest:
    """Fetches the metadata and identifiers of a batch of songs, and creates those that are new.

    With `with_audience` their audience follows, whatever the settings of the charts that brought them.
    """
    args = {"track_uuids": list(uuids)} | ({"with_audience": True} if with_audience else {})
    return RunRequest("fetch_metadata", args, "metadata:" + ",".join(sorted(uuids)), **how)


def artists_request(uuids: Sequence[str], **how: Unpack[How]) -> RunRequest:
    """Fetches the metadata of a batch of artists, and creates those that are new."""
    args = {"artist_uuids": list(uuids)}
    return RunRequest("fetch_artists", args, "artists:" + ",".join(sorted(uuids)), **how)


def song_request(kind: str, term: str, **how: Unpack[How]) -> RunRequest:
    """Finds the song of an ISRC or of a page's URL (`kind` is isrc or link), and imports a new one."""
    return RunRequest("find_song", {"kind": kind, "term": term}, f"song:{kind}:{term}", **how)


def search_request(kind: str, term: str, **how: Unpack[How]) -> RunRequest:
    """Searches SoundCharts; `kind` is song, artist, or link for the URL of a page."""
    return RunRequest("search_soundcharts", {"kind": kind, "term": term}, f"search:{kind}:{term}", **how)


def discovery_request(platform: Platform | None, **how: Unpack[How]) -> RunRequest:
    """Fetches the list of a platform's charts; without a platform, of all platforms that have charts."""
    key = f"charts:{platform.id}" if platform else "charts"
    return RunRequest("discover_charts", {"platform": platform.slug if platform else ""}, key, **how)


def sync_request(chart: Chart, *, since: date | None = None, **how: Unpack[How]) -> RunRequest:
    """Fetches the latest ranking of a chart and those that are missing; with `since`, from that date on."""
    args = _chart_args(chart) | {"since": since and since.isoformat()}
    # A start date must also reach a run that is already queued.
    return RunRequest("sync_chart", args, f"chart:{chart.id}", forced=since is not None, **how)


def ranking_request(chart: Chart, ranked_on: date, ranked_at: str, **how: Unpack[How]) -> RunRequest:
    """Fetches one ranking of a chart; `ranked_at` is its date as the API writes it."""
    args = _chart_args(chart) | {"ranked_on": ranked_on.isoformat(), "ranked_at": ranked_at}
    return RunRequest("fetch_ranking", args, f"ranking:{chart.id}:{ranked_on}", **how)


def acceptance_request(chart: Chart, ranked_on: date, **how: Unpack[How]) -> RunRequest:
    """Stores a ranking that was set aside."""
    args = _chart_args(chart) | {"ranked_on": ranked_on.isoformat()}
    return RunRequest("accept_ranking", args, f"accept:{chart.id}:{ranked_on}", **how)


def table_request(url: str, title: str, *, rows: int, requested_by: int) -> RunRequest:
    """Makes the Excel file of a table's URL for one user; it is made once at a time."""
    args = {"url": url, "title": title, "rows": rows}
    return RunRequest("write_table", args, f"table:{requested_by}:{url}", requested_by=requested_by)


def _series_args(
    track: Track, platform: Platform, *, start: date | None, end: date | None
) -> dict[str, str | None]:
    return {
        "track_uuid": str(track.uuid),
        "platform": platform.slug,
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
    }


def _chart_args(chart: Chart) -> dict[str, str | None]:
    return {"chart": chart.slug, "platform": chart.platform.slug}
