"""Marks: the kinds, marks of points, stretches without movement, events, and their list."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.drawing.apexcharts import Drawing, drawing
from webapp.drawing.marks import FROZEN_DAYS, KINDS, Event, Mark, MarkKind, listed, notes, series_marks
from webapp.lib.clock import today
from webapp.lib.series import Interval, Point, Series, label_of

DAY = date(2025, 9, 1)  # a Monday, and the first day of a month
FETCHED = datetime(2025, 9, 24, 6, 30, tzinfo=UTC)
A_DAY = 86_400_000


def series(points: list[Point], name: str = "Spotify") -> Series:
    return Series(name, metric="Streams", colour="#3b82f6", points=points)


def daily(totals: dict[int, int]) -> list[Point]:
    """Points on days after DAY, with the gains and gaps that follow from them."""
    first = min(totals)
    points = [Point(DAY + timedelta(days=first), totals[first], covers=None)]
    for before, day in pairwise(sorted(totals)):
        gain = totals[day] - totals[before]
        points.append(Point(DAY + timedelta(days=day), totals[day], gain, covers=day - before))
    return points


def annotations(chart: Drawing) -> dict[str, Any]:
    (options,) = drawing(chart)["charts"]
    return dict(options["annotations"])


def test_every_kind_has_a_word_and_a_look() -> None:
    assert set(KINDS) == set(get_args(MarkKind))
    assert all(kind.word and bool(kind.shape) == (kind.look == "marker") for kind in KINDS.values())
    assert len({kind.shape for kind in KINDS.values() if kind.shape}) == 5


MARKED: list[tuple[Point, Interval, list[tuple[MarkKind, str]]]] = [
    (Point(DAY, 90, -10), "day", [("fall", "fell by 10")]),
    (Point(DAY, 90, 0), "day", []),
    (
        Point(DAY, 90, 70, regained=80),
        "day",
        [("rise", "as high again as the 80 before a fall: no gain of this date alone")],
    ),
    (Point(DAY, 90, 70, covers=7), "day", [("gap", "gain covers 7 days")]),
    (Point(DAY, 90, 70, covers=7, length=7, days_known=7), "week", []),
    (Point(DAY, 90, 70, covers=14, length=7, days_known=7), "week", [("gap", "gain covers 14 days")]),
    (Point(DAY, 90, 70, covers=3, length=7, days_known=3), "week", [("partial", "3 of 7 days")]),
    (Point(DAY, 90, 70, covers=31, length=31, days_known=31), "month", []),
    (Point(DAY, 90, None, covers=None), "day", []),
    (Point(DAY, 90, 70, reported_days=3), "day", [("catch_up", "3 days reported at once")]),
    (
        Point(DAY, 90, 70, covers=7, length=7, days_known=7, reported_days=3),
        "week",
        [("catch_up", "3 days reported at once, some of another week")],
    ),
    (Point(DAY, 2_000, former_value=1_500), "day", [("revised", "revised from 1,500")]),
    (
        Point(DAY, 2_000, former_value=1_500, revised_at=FETCHED),
        "week",
        [("revised", "holds a date revised from 1,500 on 2025-09-24")],
    ),
    (Point(DAY, 9, former_value=0), "day", [("revised", "revised from 0")]),
    (
        Point(DAY, 9, identifiers_changed=True),
        "day",
        [("identifiers_changed", "the set of identifiers changed: this gain compares unlike things")],
    ),
    (
        Point(DAY, 9, covers=4, length=30, days_known=4, so_far=True),
        "month",
        [("so_far", "so far: 4 of 30 days")],
    ),
]


@pytest.mark.parametrize(("point", "interval", "expected"), MARKED)
def test_marks_are_reported_in_words(
    point: Point, interval: Interval, expected: list[tuple[MarkKind, str]]
) -> None:
    one = series([point])
    assert series_marks(one, interval) == [Mark(DAY, kind, text, "Spotify") for kind, text in expected]
    (options,) = drawing(Drawing([one], interval))["charts"]
    assert options["series"][0]["data"][0]["notes"] == [text for _, text in expected]


@pytest.mark.parametrize(("ago", "interval", "marked"), [(0, "day", 1), (1, "day", 0), (0, "week", 0)])
def test_the_running_day_is_marked(ago: int, interval: Interval, marked: int) -> None:
    day = today() - timedelta(days=ago)
    marks = series_marks(series([Point(day, 90)]), interval)
    assert marks == [Mark(day, "so_far", "so far: the day is not over", "Spotify")] * marked


def test_a_gap_is_reported_where_a_short_month_is_missing() -> None:
    """From 31 January to 1 March are 29 days, fewer than some months have, and February is missing."""
    points = [Point(date(2025, 1, 1), 10, covers=None), Point(date(2025, 3, 1), 12, 2, covers=29)]
    (mark,) = series_marks(series(points), "month")
    assert (mark.kind, mark.since, mark.text) == ("gap", date(2025, 1, 1), "gain covers 29 days")


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 60), st.integers(0, 1), min_size=1, max_size=60))
def test_a_day_is_frozen_if_and_only_if_its_total_stood_still_long_enough(totals: dict[int, int]) -> None:
    covered: set[int] = set()
    for mark in series_marks(series(daily(totals))):
        if mark.kind == "frozen":
            assert mark.since is not None
            covered |= set(range((mark.since - DAY).days, (mark.day - DAY).days + 1))
    expected = {
        day
        for start in totals
        for day in range(start, start + FROZEN_DAYS)
        if len({totals.get(place) for place in range(start, start + FROZEN_DAYS)}) == 1
    }
    assert covered == expected


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([6], []),
        ([7], [("2025-09-01 to 2025-09-07", "no movement for 7 days")]),
        ([8, 7, 7], [("2025-09-01 to 2025-09-22", "no movement on all but 2 of 22 days")]),
        (
            [7, 6, 7],
            [
                ("2025-09-01 to 2025-09-07", "no movement for 7 days"),
                ("2025-09-14 to 2025-09-20", "no movement for 7 days"),
            ],
        ),
    ],
)
def test_stretches_that_touch_are_one_mark(lengths: list[int], expected: list[tuple[str, str]]) -> None:
    steps = [number for number, length in enumerate(lengths) for _ in range(length)]
    marks = series_marks(series(daily(dict(enumerate(steps)))))
    assert [(mark.when, mark.text) for mark in marks] == expected


@pytest.mark.parametrize(("interval", "found"), [("day", 1), ("week", 0), ("month", 0)])
def test_only_days_stand_still(interval: Interval, found: int) -> None:
    points = daily(dict.fromkeys(range(10), 500))
    kinds = [mark.kind for mark in series_marks(series(points), interval)]
    assert kinds.count("frozen") == found


def test_a_frozen_stretch_is_a_band_and_read_on_each_of_its_days() -> None:
    points = daily({0: 3, **dict.fromkeys(range(1, 9), 500), 9: 501})
    chart = Drawing([series(points)])
    (band,) = annotations(chart)["xaxis"]
    assert (band["id"], (band["x2"] - band["x"]) // A_DAY) == ("mark-frozen", 7)
    (options,) = drawing(chart)["charts"]
    said = [point["notes"] for point in options["series"][0]["data"]]
    assert said == [[], *[["no movement for 8 days"]] * 8, []]
    assert [line.when for line in listed(chart.marks)] == ["2025-09-02 to 2025-09-09"]


def test_gaps_and_stretches_have_bands_of_their_own_under_the_events() -> None:
    points = daily({0: 1, 5: 2, **dict.fromkeys(range(6, 14), 2)})
    chart = Drawing([series(points)], events=[Event(DAY + timedelta(days=3), "release", "Released")])
    drawn = annotations(chart)["xaxis"]
    assert [one["id"] for one in drawn] == ["mark-gap", "mark-frozen", "mark-release"]
    assert "x2" not in drawn[-1]
    assert drawn[-1]["label"]["text"] == "Released"


@pytest.mark.parametrize(
    ("interval", "day", "read_at"),
    [
        ("day", date(2025, 9, 3), date(2025, 9, 3)),
        ("week", date(2025, 9, 3), date(2025, 9, 1)),
        ("week", date(2025, 9, 14), date(2025, 9, 8)),
        ("month", date(2025, 10, 31), date(2025, 10, 1)),
    ],
)
def test_an_event_stands_on_its_day_and_is_read_at_the_label_that_holds_it(
    interval: Interval, day: date, read_at: date
) -> None:
    labels = sorted({label_of(DAY + timedelta(days=n), interval) for n in range(61)})
    one = series([Point(label, 100 + n) for n, label in enumerate(labels)])
    chart = Drawing([one], interval, end=date(2025, 10, 31), events=[Event(day, "release", "Released")])
    drawn = drawing(chart)
    start = drawn["charts"][0]["series"][0]["data"][0]["x"]
    assert drawn["events"] == [{"x": start + (read_at - labels[0]).days * A_DAY, "text": "Released"}]
    (line,) = (one for one in annotations(chart)["xaxis"] if one["id"] == "mark-release")
    assert line["x"] == start + (day - labels[0]).days * A_DAY


@pytest.mark.parametrize(("day", "shown"), [(-1, 0), (0, 1), (9, 1), (12, 1), (13, 0)])
def test_events_out_of_the_range_are_left_out(day: int, shown: int) -> None:
    event = Event(DAY + timedelta(days=day), "release", "Released")
    one = series(daily({n: n for n in range(10)}))
    chart = Drawing([one], end=DAY + timedelta(days=12), events=[event])
    assert [mark.kind for mark in chart.marks] == ["release"] * shown
    assert [one["id"] for one in annotations(chart)["xaxis"]] == ["mark-release"] * shown
    assert len(drawing(chart)["events"]) == shown


def test_without_points_nothing_is_marked() -> None:
    chart = Drawing([series([])], events=[Event(DAY, "release", "Released")])
    assert chart.marks == []
    assert drawing(chart)["events"] == []


def test_the_list_is_newest_first_and_states_the_same_once() -> None:
    both = [series(daily({0: 1, 2: 9, 4: 8}), name) for name in ("Spotify", "YouTube")]
    alone = series(daily({0: 1, 2: 9, 3: 9}), "Shazam")
    chart = Drawing([*both, alone], events=[Event(DAY + timedelta(days=1), "release", "Released")])
    assert [tuple(line) for line in listed(chart.marks)] == [
        ("2025-09-05", "gap", "Gap", "gain covers 2 days", ["Spotify", "YouTube"]),
        ("2025-09-05", "fall", "Fall", "fell by 1", ["Spotify", "YouTube"]),
        ("2025-09-03", "gap", "Gap", "gain covers 2 days", ["Spotify", "YouTube", "Shazam"]),
        ("2025-09-02", "release", "Released", "Released", []),
    ]


def test_notes_join_marks_and_events_of_a_day() -> None:
    event = Mark(DAY, "release", "Released")
    found = notes([*series_marks(series([Point(DAY, 90, -10)])), event], "day")
    assert found == {DAY: ["fell by 10", "Released"]}


def test_neighbouring_events_have_their_words_below_each_other_and_inside() -> None:
    events = [Event(DAY + timedelta(days=n), "release", "Released") for n in (0, 1, 9)]
    lines = annotations(Drawing([series(daily({n: n for n in range(10)}))], events=events))["xaxis"]
    assert len({line["label"]["offsetY"] for line in lines}) == 3
    assert [line["label"]["textAnchor"] for line in lines] == ["start", "start", "end"]
