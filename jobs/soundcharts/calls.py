"""The kinds of calls: a single response, all pages, batches and ranges of dates."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from redis import Redis

from jobs.soundcharts.cache import AnswerCache
from jobs.soundcharts.decoding import Decoder
from jobs.soundcharts.errors import NotFound, TransientError, subject
from jobs.soundcharts.schemas import CollectionAnswer, ObjectAnswer
from jobs.soundcharts.transport import ApiCall, Connection, Transport

T = TypeVar("T")
Row = Callable[[dict[str, Any], str], T]

PAGE_SIZE = 100
BATCH_SIZE = 20
# A window meets the old limit of 90 days and fits in one page, since a date is one item.
WINDOW_DAYS = 90


class Calls:
    """The base class of all groups of endpoints.

    `keep` is how many seconds a response is cached, 0 for never; `fresh` skips the cached response, and
    caches the new one.
    """

    def __init__(
        self, connection: Connection, redis: Redis, record: Callable[[ApiCall], None], *, backoff: float = 0.5
    ) -> None:
        self._http = Transport(connection, redis, record, backoff=backoff)
        self._cache = AnswerCache(redis, self._http.account)

    def _decoder(self, endpoint: str) -> Decoder:
        return Decoder(endpoint, self._http.hide)

    def _one(
        self,
        endpoint: str,
        path: str,
        read: Callable[[dict[str, Any]], T],
        *,
        keep: int = 0,
        fresh: bool = False,
    ) -> T:
        """Returns the response as decoded by `read`; one that it cannot decode is not cached."""
        kept = self._cache.get(path) if keep and not fresh else []
        if kept:
            return read(kept[0])
        content = self._http.get(endpoint, path).content
        found = read(content)
        if keep:
            self._cache.put(path, [content], keep)
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
        *,
        read: Row[T],
        on_page: Callable[[], None] | None = None,
        keep: int = 0,
        fresh: bool = False,
    ) -> list[T]:
        """Returns the rows of all pages; `on_page` is called after each page."""
        rows: list[T] = []
        pages = self._pages(
            decoder, path, params, kind=CollectionAnswer[dict[str, Any]], keep=keep, fresh=fresh
        )
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
        *,
        kind: type[CollectionAnswer[T]],
        keep: int = 0,
        fresh: bool = False,
    ) -> Iterator[CollectionAnswer[T]]:
        """Yields all pages. Raises TransientError if a page is missing or does not continue the last one.

        The pages are cached once the caller has read the last one, so unreadable pages are not cached.
        """
        first = f"{path}?{urlencode(params | {'limit': str(PAGE_SIZE)})}"
        kept = self._cache.get(first) if keep and not fresh else []
        for content in kept:
            yield decoder.convert(content, kind)
        if kept:
            return
        contents: list[dict[str, Any]] = []
        rows = 0
        page_path: str | None = first
        while page_path is not None:
            contents.append(self._http.get(decoder.endpoint, page_path).content)
            answer = decoder.convert(contents[-1], kind)
            begins_right = answer.page.offset == rows
            rows += len(answer.items)
            page_path = _next_page(decoder, answer)
            if not begins_right or (page_path is None and rows < answer.page.total):
                what, total = subject(decoder.endpoint), answer.page.total
                raise TransientError(
                    f"SoundCharts left out a page of {what}: received {rows} of {total} rows."
                )
            yield answer
        if keep:
            self._cache.put(first, contents, keep)

    def _in_batches(self, decoder: Decoder, path: str, uuids: Sequence[str], *, read: Row[T]) -> list[T]:
        """Returns the known objects of `uuids` in the API's order, BATCH_SIZE per call; never cached."""
        wanted = list(dict.fromkeys(uuids))
        batches = (wanted[first : first + BATCH_SIZE] for first in range(0, len(wanted), BATCH_SIZE))
        return [found for batch in batches for found in self._batch(decoder, path, batch, read=read)]

    def _batch(self, decoder: Decoder, path: str, uuids: list[str], *, read: Row[T]) -> list[T]:
        batch_path = f"{path}/{','.join(map(part, uuids))}"
        try:
            if len(uuids) == 1:  # for a single uuid the API returns an object, not a collection
                return [self._object(decoder, batch_path, read)]
            return self._collection(decoder, batch_path, {}, read=read)
        except NotFound:
            # A 404 for one unknown uuid must not hide the others.
            if len(uuids) == 1:
                return []
            return [found for uuid in uuids for found in self._batch(decoder, path, [uuid], read=read)]


def _next_page(decoder: Decoder, answer: CollectionAnswer[Any]) -> str | None:
    """Returns the path of the next page. It must be on the API's host, since the keys are sent with it."""
    page = answer.page
    if not page.next or not answer.items or page.offset + page.limit >= page.total:
        return None
    if not page.next.startswith("/api/"):
        raise decoder.broken(page.next, "expected a path of the API", "page.next")
    return page.next


def windows(start: date, end: date | None) -> Iterator[dict[str, str]]:
    """Yields query parameters for `start` to `end` in windows of at most WINDOW_DAYS without overlap.

    Without an `end` the last window is open and ends at the API's own today, whose day may begin before or
    after ours.
    """
    if end is not None and start > end:
        raise ValueError(f"The start {start} is after the end {end}.")
    known_end = end or max(start, datetime.now(UTC).date())
    while (last := start + timedelta(days=WINDOW_DAYS - 1)) < known_end:
        yield {"startDate": start.isoformat(), "endDate": last.isoformat()}
        start = last + timedelta(days=1)
    yield {"startDate": start.isoformat()} | ({"endDate": end.isoformat()} if end is not None else {})


def part(text: str) -> str:
    """Returns `text` quoted as one segment of a path. An empty or dotted one would change the path."""
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} cannot be a segment of an API path.")
    return quote(text, safe="")
