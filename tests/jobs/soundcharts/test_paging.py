"""Pages, windows of dates, batches, and one item per date: all rows, or an error."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.soundcharts import (
    ApiCall,
    AudienceItem,
    Forbidden,
    NotFound,
    PayloadError,
    Plot,
    SoundChartsClient,
    TransientError,
)
from jobs.soundcharts.merging import one_item_per_date

from .payloads import AUDIENCE, IDENTIFIER, SONG, UUID, day, days, error, obj, page
from .scripted import Scripted, ScriptedApi, Seen

FIRST = date(2025, 1, 1)
NEXT = f"/api/v2/song/{UUID}/identifiers?offset=100&limit=100"


def row(number: int) -> dict[str, Any]:
    return IDENTIFIER | {"identifier": str(number)}


def paged(total: int) -> Callable[[Seen], Scripted]:
    """Identifiers 0 to `total`, paged as the API does it."""

    def answer(seen: Seen) -> Scripted:
        parts = urlsplit(seen.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        offset, limit = int(query.get("offset", 0)), int(query["limit"])
        rest = "".join(f"&{name}={query[name]}" for name in query.keys() - {"offset", "limit"})
        following = f"{parts.path}?offset={offset + limit}&limit={limit}{rest}"
        rows = [row(number) for number in range(offset, min(offset + limit, total))]
        more = following if offset + limit < total else None
        return Scripted(body=page(rows, offset=offset, total=total, following=more))

    return answer


@pytest.mark.parametrize(
    ("total", "asked"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (550, 6)]
)
def test_all_pages_are_read(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], total: int, asked: int
) -> None:
    api.script = [paged(total)]
    found = client.song_identifiers(UUID, "spotify", only_default=True)
    assert [one.identifier for one in found] == [str(number) for number in range(total)]
    assert len(api.seen) == len(calls) == asked
    for seen in api.seen:
        query = parse_qs(urlsplit(seen.path).query)
        assert (query["limit"], query["platform"], query["onlyDefault"]) == (["100"], ["spotify"], ["true"])


def test_nothing_is_requested_that_was_not_wanted(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [paged(1)]
    client.song_identifiers(UUID)
    assert api.paths == [f"/api/v2/song/{UUID}/identifiers?limit=100"]


FULL_PAGE = [row(number) for number in range(100)]
LOST = {
    "the second page is empty": [
        page(FULL_PAGE, total=150, following=NEXT),
        page([], offset=100, total=150),
    ],
    "the second page is short": [
        page(FULL_PAGE, total=150, following=NEXT),
        page([row(100)], offset=100, total=150),
    ],
    "no next": [page(FULL_PAGE, total=150)],
    "an empty next": [page(FULL_PAGE, total=150, following="")],
    "the first page is short": [page([row(1)], total=2)],
    "a short page in the middle": [
        page(FULL_PAGE[:99], total=150, following=NEXT),
        page([row(number) for number in range(100, 150)], offset=100, total=150),
    ],
    "the same page again": [page(FULL_PAGE, total=200, following=NEXT)],
    "a page is left out": [
        page(FULL_PAGE, total=250, following=NEXT),
        page([row(number) for number in range(200, 250)], offset=200, total=250),
    ],
}


@pytest.mark.parametrize("answers", LOST.values(), ids=LOST)
def test_a_lost_page_is_an_error_that_may_pass(
    client: SoundChartsClient, api: ScriptedApi, answers: list[object]
) -> None:
    api.script = [Scripted(body=answer) for answer in answers]
    with pytest.raises(TransientError, match="left out a page of song identifiers"):
        client.song_identifiers(UUID)
    assert len(api.seen) <= 2


@pytest.mark.parametrize(("status", "kind"), [(502, TransientError), (403, Forbidden)])
def test_a_failing_later_page_fails_the_whole(
    client: SoundChartsClient, api: ScriptedApi, status: int, kind: type[Exception]
) -> None:
    api.script = [
        Scripted(body=page(FULL_PAGE, total=150, following=NEXT)),
        Scripted(status, error(status, "Oops.")),
    ]
    with pytest.raises(kind):
        client.song_identifiers(UUID)


def test_a_later_page_that_recovers_loses_nothing(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [paged(150), Scripted(502, b""), Scripted(drop=True), paged(150)]
    assert len(client.song_identifiers(UUID)) == 150


@pytest.mark.parametrize(
    "following",
    [
        "https://elsewhere.invalid/api/v2/x",
        "//elsewhere.invalid/api/",
        "@elsewhere.invalid/",
        ".evil/",
        "x",
        "/other",
    ],
)
def test_a_next_page_elsewhere_is_refused(
    client: SoundChartsClient, api: ScriptedApi, following: str
) -> None:
    api.script = [Scripted(body=page(FULL_PAGE, total=150, following=following))]
    with pytest.raises(PayloadError) as caught:
        client.song_identifiers(UUID)
    assert caught.value.field == "page.next"
    assert len(api.seen) == 1


class Series:
    """Returns the days of a series in the requested window, and records the windows."""

    def __init__(self, first: date, count: int) -> None:
        self.items = days(first, count)
        self.windows: list[tuple[date, date]] = []

    def __call__(self, seen: Seen) -> Scripted:
        query = parse_qs(urlsplit(seen.path).query)
        start, end = query["startDate"][0], query["endDate"][0]
        self.windows.append((date.fromisoformat(start), date.fromisoformat(end)))
        return Scripted(body=page([item for item in self.items if start <= item["date"][:10] <= end]))


@pytest.mark.parametrize("length", [1, 2, 89, 90, 91, 180, 181, 1100])
def test_a_range_is_requested_in_windows(client: SoundChartsClient, api: ScriptedApi, length: int) -> None:
    series = Series(FIRST - timedelta(days=5), length + 10)
    api.script = [series]
    pages: list[int] = []
    end = FIRST + timedelta(days=length - 1)
    items = client.song_audience(UUID, "spotify", start=FIRST, end=end, on_page=lambda: pages.append(1))
    assert [item.date for item in items] == [FIRST + timedelta(days=number) for number in range(length)]
    assert [item.raw["plots"][0]["value"] for item in items] == list(range(5, length + 5))
    assert series.windows[0][0] == FIRST
    assert series.windows[-1][1] == end
    assert all((last - first).days < 90 for first, last in series.windows)
    assert all(
        after[0] - before[1] == timedelta(days=1) for before, after in itertools.pairwise(series.windows)
    )
    assert len(pages) == len(api.seen) == -(-length // 90)


def test_the_path_of_audience(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=page([AUDIENCE]))]
    client.song_audience(UUID, "apple-music", start=FIRST, end=FIRST)
    query = "startDate=2025-01-01&endDate=2025-01-01&limit=100"
    assert api.paths == [f"/api/v2/song/{UUID}/audience/apple-music?{query}"]


@pytest.mark.parametrize(("age", "windows"), [(0, 1), (89, 1), (90, 2), (200, 3)])
def test_a_range_without_an_end_leaves_it_to_the_api(
    client: SoundChartsClient, api: ScriptedApi, age: int, windows: int
) -> None:
    """Only the last window is open, so that the API's own today ends it and no date is requested twice."""
    api.script = [Scripted(body=page([]))]
    today = datetime.now(UTC).date()
    client.song_audience(UUID, "spotify", start=today - timedelta(days=age), end=None)
    assert len(api.paths) == windows
    assert ["endDate" in path for path in api.paths] == [True] * (windows - 1) + [False]


def test_a_range_that_ends_before_it_begins(client: SoundChartsClient) -> None:
    with pytest.raises(ValueError, match="is after the end"):
        client.song_audience(UUID, "spotify", start=FIRST, end=FIRST - timedelta(days=1))


def test_the_calendar_date_is_the_one_written(client: SoundChartsClient, api: ScriptedApi) -> None:
    """As in old recordings, with the offset of Paris."""
    items = [day(FIRST, 2, time="T00:00:00+01:00"), day(FIRST - timedelta(days=1), 1, time="T00:00:00+02:00")]
    api.script = [Scripted(body=page(items))]
    found = client.song_audience(UUID, "spotify", start=FIRST - timedelta(days=1), end=FIRST)
    assert [item.date for item in found] == [FIRST - timedelta(days=1), FIRST]
    assert [item.raw for item in found] == items[::-1]


@pytest.mark.parametrize("turned", [False, True])
def test_two_items_of_a_date_become_one(client: SoundChartsClient, api: ScriptedApi, *, turned: bool) -> None:
    both = [
        {
            "date": f"{FIRST}T00:00:00+00:00",
            "plots": [{"identifier": "b", "value": 7}, {"identifier": "a", "value": 5}],
        },
        {
            "date": f"{FIRST}T12:00:00+00:00",
            "plots": [{"identifier": "c", "value": None}, {"identifier": "a", "value": 9}],
        },
    ]
    api.script = [Scripted(body=page(both[::-1] if turned else both))]
    (item,) = client.song_audience(UUID, "spotify", start=FIRST, end=FIRST)
    assert item.plots == (Plot("a", 9), Plot("b", 7), Plot("c", None))
    assert item.raw == {
        "date": f"{FIRST}T00:00:00+00:00",
        "plots": [
            {"identifier": "a", "value": 9},
            {"identifier": "b", "value": 7},
            {"identifier": "c", "value": None},
        ],
    }


def test_the_same_item_twice_stays_as_received(client: SoundChartsClient, api: ScriptedApi) -> None:
    item = {
        "date": str(FIRST),
        "plots": [{"identifier": "b", "value": 1, "new": 2}, {"identifier": "a", "value": 1}],
    }
    api.script = [Scripted(body=page([item, item]))]
    (found,) = client.song_audience(UUID, "spotify", start=FIRST, end=FIRST)
    assert found.raw == item


TIMES = st.sampled_from(["T00:00:00+00:00", "T12:00:00+00:00"])
PLOTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 9)), max_size=3, unique_by=lambda p: p[0]
)
ITEMS = st.lists(st.tuples(st.integers(0, 3), TIMES, PLOTS), max_size=8)


def audience_item(offset: int, time: str, plots: list[tuple[str, int | None]]) -> AudienceItem:
    on = FIRST + timedelta(days=offset)
    raw = {"date": f"{on}{time}", "plots": [{"identifier": name, "value": value} for name, value in plots]}
    return AudienceItem(date=on, plots=tuple(Plot(*plot) for plot in plots), raw=raw)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_items=ITEMS, seed=st.randoms())
def test_merging_loses_no_identifier_and_heeds_no_order(given_items: list[Any], seed: Any) -> None:
    items = [audience_item(*one) for one in given_items]
    merged = one_item_per_date(items)
    assert [item.date for item in merged] == sorted({item.date for item in items})
    for item in merged:
        values: dict[str, list[int]] = {}
        for plot in (plot for one in items if one.date == item.date for plot in one.plots):
            values.setdefault(plot.identifier, []).append(-1 if plot.value is None else plot.value)
        assert {plot.identifier: plot.value for plot in item.plots} == {
            name: None if max(found) < 0 else max(found) for name, found in values.items()
        }
        assert [(plot["identifier"], plot["value"]) for plot in item.raw["plots"]] == [
            (plot.identifier, plot.value) for plot in item.plots
        ]
    seed.shuffle(items)
    again = one_item_per_date(items)
    assert [sorted(item.plots, key=lambda p: p.identifier) for item in again] == [
        sorted(item.plots, key=lambda p: p.identifier) for item in merged
    ]


def songs_of(seen: Seen) -> Scripted:
    """Returns the songs of a batch, save those whose uuid begins with an x."""
    uuids = urlsplit(seen.path).path.rpartition("/")[2].split(",")
    known = [SONG | {"uuid": uuid} for uuid in uuids if not uuid.startswith("x")]
    if len(uuids) == 1:
        return Scripted(body=obj(known[0])) if known else Scripted(404, error(404, "Not found."))
    return Scripted(body=page(known))


@pytest.mark.parametrize(("count", "asked"), [(0, 0), (1, 1), (2, 1), (20, 1), (21, 2), (41, 3)])
def test_batches(client: SoundChartsClient, api: ScriptedApi, count: int, asked: int) -> None:
    api.script = [songs_of]
    uuids = [f"u{number}" for number in range(count)]
    assert [song.uuid for song in client.songs([*uuids, *uuids[:3]])] == uuids
    assert len(api.seen) == asked


def test_unknown_songs_of_a_batch_are_absent(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [songs_of]
    found = client.songs(["u1", "x2", "u3", *(f"u{number}" for number in range(4, 21)), "x21"])
    assert [song.uuid for song in found] == ["u1", "u3", *(f"u{number}" for number in range(4, 21))]
    assert client.songs(["x1"]) == []


def test_one_unknown_song_does_not_hide_the_others(client: SoundChartsClient, api: ScriptedApi) -> None:
    """For a 404 response to a whole batch."""
    api.script = [Scripted(404, error(404, "Not found.")), songs_of]
    assert [song.uuid for song in client.songs(["u1", "x2", "u3"])] == ["u1", "u3"]
    assert len(api.seen) == 4


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (lambda client: client.song("a/b?c#d"), "/api/v2.25/song/a%2Fb%3Fc%23d"),
        (lambda client: client.song_by_isrc("US RC1"), "/api/v2.25/song/by-isrc/US%20RC1"),
        (
            lambda client: client.song_by_platform("x/y", "ü,%"),
            "/api/v2.25/song/by-platform/x%2Fy/%C3%BC%2C%25",
        ),
        (
            lambda client: client.song_by_platform("x", "../../.."),
            "/api/v2.25/song/by-platform/x/..%2F..%2F..",
        ),
    ],
)
def test_parts_of_a_path_are_encoded(
    client: SoundChartsClient, api: ScriptedApi, read: Callable[[SoundChartsClient], object], path: str
) -> None:
    api.script = [Scripted(404, error(404, "Not found."))]
    with pytest.raises(NotFound):
        read(client)
    assert api.paths == [path]


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_a_part_that_makes_another_path_is_refused(client: SoundChartsClient, part: str) -> None:
    for read in (
        client.song,
        client.song_by_isrc,
        client.song_identifiers,
        lambda uuid: client.songs([uuid, "b"]),
    ):
        with pytest.raises(ValueError, match="cannot be a segment of an API path"):
            read(part)
