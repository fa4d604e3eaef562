"""The client of the SoundCharts API: songs, their identifiers and audience, and the account's usage."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from redis import Redis

from jobs.soundcharts.decoding import Decoder
from jobs.soundcharts.errors import NotFound, TransientError
from jobs.soundcharts.merging import one_item_per_date
from jobs.soundcharts.schemas import (
    AudienceItem,
    CollectionAnswer,
    ObjectAnswer,
    Song,
    SongIdentifier,
    Usage,
)
from jobs.soundcharts.transport import ApiCall, Transport
from webapp.config import Settings

T = TypeVar("T")

# The version belongs to the endpoint (contract 1.7).
SONG_METADATA = "/api/v2.25/song"
SONG = "/api/v2/song"
USAGE = "/api/v2/team/usage"

PAGE_SIZE = 100
BATCH_SIZE = 20
# A window meets the old limit of 90 days and fits in one page, since a date is one item.
WINDOW_DAYS = 90


class SoundChartsClient:
    """Calls the API; `record` gets every try, failed ones and those for tokens too. For one thread.

    Raises the errors of `jobs.soundcharts.errors`, NoCredentials at once. `backoff` is the first wait
    between two tries, in seconds.
    """

    def __init__(
        self, settings: Settings, redis: Redis, record: Callable[[ApiCall], None], *, backoff: float = 0.5
    ) -> None:
        self._http = Transport(settings, redis, record, backoff)

    def close(self) -> None:
        self._http.close()

    def song(self, uuid: str) -> Song:
        return self._song("song", f"{SONG_METADATA}/{_part(uuid)}")

    def song_by_isrc(self, isrc: str) -> Song:
        """Raises Refused with status 410 for an ISRC that several songs share."""
        return self._song("song_by_isrc", f"{SONG_METADATA}/by-isrc/{_part(isrc)}")

    def song_by_platform(self, platform_code: str, identifier: str) -> Song:
        """Raises NotFound for a song that the API now begins to import: ask again tomorrow (contract 2.5)."""
        path = f"{SONG_METADATA}/by-platform/{_part(platform_code)}/{_part(identifier)}"
        return self._song("song_by_platform", path)

    def songs(self, uuids: Sequence[str]) -> list[Song]:
        """The songs that the API knows of `uuids`, in its order, BATCH_SIZE to a call."""
        wanted = list(dict.fromkeys(uuids))
        batches = (wanted[first : first + BATCH_SIZE] for first in range(0, len(wanted), BATCH_SIZE))
        return [song for batch in batches for song in self._batch(batch)]

    def song_identifiers(
        self, uuid: str, platform_code: str | None = None, *, only_default: bool = False
    ) -> list[SongIdentifier]:
        """A song's identifiers; without a platform there may be many thousands of them."""
        params = {"platform": platform_code} if platform_code is not None else {}
        if only_default:
            params["onlyDefault"] = "true"
        decoder = self._decoder("song_identifiers")
        path = f"{SONG}/{_part(uuid)}/identifiers"
        return self._collection(decoder, path, params, decoder.identifier)

    def song_audience(
        self,
        uuid: str,
        platform_code: str,
        start: date,
        end: date | None,
        on_page: Callable[[], None] | None = None,
    ) -> list[AudienceItem]:
        """One item per date with data from `start` to `end`, both included, oldest first.

        Without an `end` the API's own today ends the range: its day may have begun before ours, or after. The
        range may be of any length; `on_page` is called after each page.
        """
        decoder = self._decoder("song_audience")
        path = f"{SONG}/{_part(uuid)}/audience/{_part(platform_code)}"
        items: list[AudienceItem] = []
        for first, last in _windows(start, end):
            params = {"startDate": first.isoformat()}
            if last is not None:
                params["endDate"] = last.isoformat()
            items += self._collection(decoder, path, params, decoder.audience_item, on_page)
        return one_item_per_date(items)

    def usage(self) -> Usage:
        """The account's usage; a call that costs no quota."""
        answer = self._http.get("usage", USAGE)
        return Usage(raw=answer.content, quota_left=answer.quota_left)

    def _decoder(self, endpoint: str) -> Decoder:
        return Decoder(endpoint, self._http.hide)

    def _song(self, endpoint: str, path: str) -> Song:
        decoder = self._decoder(endpoint)
        answer = decoder.convert(self._http.get(endpoint, path).content, ObjectAnswer)
        return decoder.song(answer.object, "object")

    def _batch(self, uuids: list[str]) -> list[Song]:
        decoder = self._decoder("songs")
        try:
            if len(uuids) == 1:  # a path of one uuid is answered with an object, not a collection
                return [self.song(uuids[0])]
            path = f"{SONG_METADATA}/{','.join(map(_part, uuids))}"
            return self._collection(decoder, path, {}, decoder.song)
        except NotFound:
            # One unknown uuid must not hide the others.
            return [song for uuid in uuids for song in self._batch([uuid])] if len(uuids) > 1 else []

    def _collection(
        self,
        decoder: Decoder,
        path: str,
        params: dict[str, str],
        read: Callable[[dict[str, Any], str], T],
        on_page: Callable[[], None] | None = None,
    ) -> list[T]:
        """All rows of all pages. Each page must begin where the last one ended, and none may be missing."""
        rows: list[T] = []
        address: str | None = f"{path}?{urlencode(params | {'limit': str(PAGE_SIZE)})}"
        while address is not None:
            answer = decoder.convert(self._http.get(decoder.endpoint, address).content, CollectionAnswer)
            complete = answer.page.offset == len(rows)
            rows += [read(item, f"items[{index}]") for index, item in enumerate(answer.items)]
            address = _next_page(decoder, answer)
            complete = complete and (address is not None or len(rows) >= answer.page.total)
            if not complete:
                raise TransientError(
                    f"SoundCharts lost a page of {decoder.endpoint}: "
                    f"{len(rows)} of {answer.page.total} rows came."
                )
            if on_page is not None:
                on_page()
        return rows


def _next_page(decoder: Decoder, answer: CollectionAnswer) -> str | None:
    """The path of the page after this one. It must lie on our host, since our keys go with it."""
    page = answer.page
    if not page.next or not answer.items or page.offset + page.limit >= page.total:
        return None
    if not page.next.startswith("/api/"):
        raise decoder.broken(page.next, "expected a path of the API", "page.next")
    return page.next


def _windows(start: date, end: date | None) -> Iterator[tuple[date, date | None]]:
    """`start` to `end` in stretches of at most WINDOW_DAYS without overlap; the last may be open."""
    if end is not None and start > end:
        raise ValueError(f"The range from {start} to {end} ends before it begins.")
    known_end = end or max(start, datetime.now(UTC).date())
    while (last := start + timedelta(days=WINDOW_DAYS - 1)) < known_end:
        yield start, last
        start = last + timedelta(days=1)
    yield start, end


def _part(text: str) -> str:
    """`text` as one part of a path. An empty or dotted part would make it another path."""
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} cannot be part of an address of the API.")
    return quote(text, safe="")
