"""How the families of endpoints ask: one answer, all pages, a batch, a range of dates."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from redis import Redis

from jobs.soundcharts.cache import AnswerCache
from jobs.soundcharts.decoding import Decoder
from jobs.soundcharts.errors import NotFound, TransientError, subject
from jobs.soundcharts.schemas import CollectionAnswer, ObjectAnswer
from jobs.soundcharts.transport import ApiCall, Transport
from webapp.config import Settings

T = TypeVar("T")
Row = Callable[[dict[str, Any], str], T]

PAGE_SIZE = 100
BATCH_SIZE = 20
# A window meets the old limit of 90 days and fits in one page, since a date is one item.
WINDOW_DAYS = 90


class Calls:
    """What every family of endpoints is built on.

    `keep` is how many seconds an answer may be given again without a call, 0 for never; `fresh` asks the API
    even so, and keeps what it says.
    """

    def __init__(
        self, settings: Settings, redis: Redis, record: Callable[[ApiCall], None], *, backoff: float = 0.5
    ) -> None:
        self._http = Transport(settings, redis, record, backoff)
        self._cache = AnswerCache(redis, self._http.account)

    def close(self) -> None:
        self._http.close()

    def _decoder(self, endpoint: str) -> Decoder:
        return Decoder(endpoint, self._http.hide)

    def _one(
        self,
        endpoint: str,
        address: str,
        read: Callable[[dict[str, Any]], T],
        *,
        keep: int = 0,
        fresh: bool = False,
    ) -> T:
        """What `read` makes of the answer; one that it cannot read is not kept."""
        kept = self._cache.get(address) if keep and not fresh else []
        if kept:
            return read(kept[0])
        content = self._http.get(endpoint, address).content
        found = read(content)
        if keep:
            self._cache.put(address, [content], keep)
        return found

    def _object(self, decoder: Decoder, path: str, read: Row[T], *, keep: int = 0, fresh: bool = False) -> T:
        def inside(content: dict[str, Any]) -> T:
            return read(decoder.convert(content, ObjectAnswer).object, "object")

        return self._one(decoder.endpoint, path, inside, keep=keep, fresh=fresh)

    def _collection(
        self,
        decoder: Decoder,
        path: str,
        params: dict[str, str],
        read: Row[T],
        on_page: Callable[[], None] | None = None,
        *,
        keep: int = 0,
        fresh: bool = False,
    ) -> list[T]:
        """All rows of all pages; `on_page` is called after each page."""
        rows: list[T] = []
        pages = self._pages(decoder, path, params, CollectionAnswer[dict[str, Any]], keep=keep, fresh=fresh)
        for answer in pages:
            rows += [read(item, f"items[{index}]") for index, item in enumerate(answer.items)]
            if on_page is not None:
                on_page()
        return rows

    def _pages(
        self,
        decoder: Decoder,
        path: str,
        params: dict[str, str],
        kind: type[CollectionAnswer[T]],
        *,
        keep: int = 0,
        fresh: bool = False,
    ) -> Iterator[CollectionAnswer[T]]:
        """All pages. Each must begin where the last one ended, and none may be missing.

        They are kept once the caller has read the last one, so none that it could not read is.
        """
        first = f"{path}?{urlencode(params | {'limit': str(PAGE_SIZE)})}"
        kept = self._cache.get(first) if keep and not fresh else []
        for content in kept:
            yield decoder.convert(content, kind)
        if kept:
            return
        contents: list[dict[str, Any]] = []
        rows = 0
        address: str | None = first
        while address is not None:
            contents.append(self._http.get(decoder.endpoint, address).content)
            answer = decoder.convert(contents[-1], kind)
            begins_right = answer.page.offset == rows
            rows += len(answer.items)
            address = _next_page(decoder, answer)
            if not begins_right or (address is None and rows < answer.page.total):
                what, total = subject(decoder.endpoint), answer.page.total
                raise TransientError(f"SoundCharts lost a page of {what}: {rows} of {total} rows came.")
            yield answer
        if keep:
            self._cache.put(first, contents, keep)

    def _in_batches(self, decoder: Decoder, path: str, uuids: Sequence[str], read: Row[T]) -> list[T]:
        """What the API knows of `uuids`, in its order, BATCH_SIZE to a call; never from the kept answers."""
        wanted = list(dict.fromkeys(uuids))
        batches = (wanted[first : first + BATCH_SIZE] for first in range(0, len(wanted), BATCH_SIZE))
        return [found for batch in batches for found in self._batch(decoder, path, batch, read)]

    def _batch(self, decoder: Decoder, path: str, uuids: list[str], read: Row[T]) -> list[T]:
        address = f"{path}/{','.join(map(part, uuids))}"
        try:
            if len(uuids) == 1:  # a path of one uuid is answered with an object, not a collection
                return [self._object(decoder, address, read)]
            return self._collection(decoder, address, {}, read)
        except NotFound:
            # One unknown uuid must not hide the others.
            if len(uuids) == 1:
                return []
            return [found for uuid in uuids for found in self._batch(decoder, path, [uuid], read)]


def _next_page(decoder: Decoder, answer: CollectionAnswer[Any]) -> str | None:
    """The path of the page after this one. It must lie on our host, since our keys go with it."""
    page = answer.page
    if not page.next or not answer.items or page.offset + page.limit >= page.total:
        return None
    if not page.next.startswith("/api/"):
        raise decoder.broken(page.next, "expected a path of the API", "page.next")
    return page.next


def windows(start: date, end: date | None) -> Iterator[dict[str, str]]:
    """The query's dates: `start` to `end` in stretches of at most WINDOW_DAYS without overlap.

    Without an `end` the last stretch is open, so that the API's own today ends it: its day may have begun
    before ours, or after.
    """
    if end is not None and start > end:
        raise ValueError(f"The range from {start} to {end} ends before it begins.")
    known_end = end or max(start, datetime.now(UTC).date())
    while (last := start + timedelta(days=WINDOW_DAYS - 1)) < known_end:
        yield {"startDate": start.isoformat(), "endDate": last.isoformat()}
        start = last + timedelta(days=1)
    yield {"startDate": start.isoformat()} | ({"endDate": end.isoformat()} if end is not None else {})


def part(text: str) -> str:
    """`text` as one part of a path. An empty or dotted part would make it another path."""
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} cannot be part of an address of the API.")
    return quote(text, safe="")
