"""The figures of a ranking's page, compared with plain Python on the raw tables."""

from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask

from tests.webapp.queries.ranked import (
    FIRST,
    History,
    Ranked,
    available,
    before,
    best,
    counted,
    history_of,
    make_history,
    numbered,
    peaks,
    places,
    stored,
    whole,
)
from webapp.extensions import db
from webapp.models import Chart
from webapp.queries.charts.pages import chart_head, known_dates, known_span, not_held, recent_positions
from webapp.queries.charts.rankings import ranking_around, ranking_places, ranking_rows
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.dashboard.overview import new_peaks
from webapp.views.charts.ranking_page import RankingState, ranking_page

SEEDS = pytest.mark.parametrize("seed", range(4))


def the_chart() -> Chart:
    db.session.rollback()
    chart = Chart.find("global-28")
    assert chart is not None
    return chart


def movement(history: History, day: date, row: Ranked, number: int) -> tuple[str, int | None]:
    """Returns the rule, in the words of the plan; `number` is which of its track's entries the row is."""
    since, is_held = before(history, day)
    rankings = history.rankings
    then = places(rankings[since]) if since and is_held else {}
    is_whole = since in history.complete
    was = row.previous
    if (row.track, number) in then or (is_whole and number == 1):
        was = then.get((row.track, number))
    if was is not None:
        return ("up" if was > row.position else "down" if was < row.position else "same"), was
    if since is None:
        return "unknown", None
    if row.entry_date == day:
        return "new", None
    older = (row.entry_date is not None and row.entry_date < day) or (row.times or 0) > 1
    held_before = any((row.track, number) in places(rows) for each, rows in rankings.items() if each < since)
    return ("re_entry" if is_whole and (older or held_before) else "unknown"), None


@SEEDS
def test_every_entry_of_every_ranking(app: Flask, database: psycopg.Connection, seed: int) -> None:
    history = history_of(database, make_history(database, seed=seed))
    held = the_chart()
    seen: set[str] = set()
    for day, expected in history.rankings.items():
        found = ranking_rows(held, day)
        assert [(row.position, row.track_id, row.entry_date) for row in found] == [
            (row.position, row.track, row.entry_date) for row in expected
        ]
        assert [(row.movement, row.previous_position) for row in found] == [
            movement(history, day, row, number)
            for row, (_, number) in zip(expected, numbered(expected), strict=True)
        ]
        expected_peaks = peaks(history, day)
        assert [(row.peak, row.peak_is_from_api, row.rankings) for row in found] == [
            expected_peaks[entry] for entry in numbered(expected)
        ]
        seen |= {row.movement for row in found}
    assert seen >= {"up", "down", "same", "new", "re_entry"}


def streak(history: History, day: date, row: Ranked) -> tuple[int, bool]:
    """Returns the days in a row of a daily chart, and whether they may be more."""
    rankings, complete = history.rankings, history.complete
    days = 1
    while True:
        since, is_held = before(history, day)
        is_cut = since is None or not is_held or (day - since).days > 1
        if since is None or is_cut or row.track not in best(rankings[since]):
            break
        days, day = days + 1, since
    entered = row.entry_date is not None and row.entry_date >= day
    return days, (is_cut or since not in complete) and not entered


@SEEDS
def test_streaks(app: Flask, database: psycopg.Connection, seed: int) -> None:
    history = history_of(database, make_history(database, seed=seed))
    database.execute("UPDATE charts SET frequency = 'daily'")
    held = the_chart()
    longest = 0
    for day, expected in history.rankings.items():
        found = [(row.streak, row.streak_may_be_longer) for row in ranking_rows(held, day)]
        assert found == [streak(history, day, row) for row in expected]
        longest = max(longest, *(days for days, _ in found))
    assert longest > 1


@SEEDS
def test_the_counts_of_the_head_and_who_left(app: Flask, database: psycopg.Connection, seed: int) -> None:
    history = history_of(database, make_history(database, seed=seed))
    rankings, complete = history.rankings, history.complete
    held = the_chart()
    for day, rows in rankings.items():
        around = ranking_around(held, day)
        since, is_held = before(history, day)
        assert (around.before_on, around.before_held) == (since, is_held)
        page = ranking_page(held, day, RankingState(), since=around.before_on, held=around.before_held)
        expected = counted(rows, [movement(history, day, row, 1)[0] for row in rows])
        gone = {
            track: place
            for track, place in (best(rankings[since]) if since and is_held else {}).items()
            if track not in best(rows)
        }
        assert {place.track_id: place.position for place in page.left} == gone
        # Whether a song left is not known where a row may be of it.
        assert page.gone == ("left" if day in complete else "unknown")
        expected[page.gone] = expected.get(page.gone, 0) + len(gone)
        peaks_of_day = new_peaks(Narrow(), Window(day, day), None)
        expected["peaked"] = peaks_of_day[0].tracks if peaks_of_day else 0
        assert {name: page.counts[name] for name in page.words} == {
            name: expected.get(name, 0) for name in page.words
        }


def test_any_two_dates_compare(app: Flask, database: psycopg.Connection) -> None:
    chart = make_history(database)
    rankings, complete = stored(database, chart), whole(database, chart)
    held = the_chart()
    days = list(rankings)
    short = next(day for day in days if day not in complete)
    for day, other in [(days[-1], days[0]), (days[0], days[-1]), (days[-1], short), (short, days[-1])]:
        page = ranking_page(held, day, RankingState(other=other), since=other, held=True)
        then, now = best(rankings[other]), best(rankings[day])
        for row, entry, own in zip(page.rows, numbered(rankings[day]), rankings[day], strict=True):
            was = places(rankings[other]).get(entry)
            assert row.previous_position == was
            first = min(each for each, rows in rankings.items() if entry in places(rows))
            assert row.first_on == min(first, own.entry_date or first)
            again = "re_entry" if row.first_on < other else "entered"
            absent = again if other in complete else "unknown"
            expected = absent if was is None else "up" if was > row.position else "down"
            assert row.movement == ("same" if was == row.position else expected)
        came = len(set(now) - set(then))
        assert page.counts["entered"] + page.counts["re_entry"] == (came if other in complete else 0)
        assert bool(page.since_lacks) == (other not in complete)
        assert [place.track_id for place in page.left] == [track for track in then if track not in now]


def test_the_nearest_rankings_of_any_date(app: Flask, database: psycopg.Connection) -> None:
    chart = make_history(database, rankings=25)
    held = sorted(stored(database, chart))
    known = available(database, chart)
    found = the_chart()
    for number in range(-2, 30):
        day = FIRST + timedelta(days=number)
        around = ranking_around(found, day)
        assert (around.entry_count is not None, around.is_available) == (day in held, day in known)
        assert around.earlier == max((each for each in held if each < day), default=None)
        assert around.later == min((each for each in held if each > day), default=None)


def test_what_is_held_and_what_is_not(app: Flask, database: psycopg.Connection) -> None:
    chart = make_history(database, rankings=80)
    held, known = stored(database, chart), available(database, chart)
    found = the_chart()
    missing = [day for day in known if day not in held]
    head = chart_head(found)
    assert (head.rankings, head.first_ranked_on, head.not_held) == (len(held), min(held), len(missing))
    assert head.entry_count == len(held[max(held)])
    oldest = not_held(found)
    assert missing
    assert oldest is not None
    assert oldest.ranked_on == missing[0]
    for day in known:
        assert (not_held(found, day) is None) == (day in held)
    span = known_span(found)
    assert (span.first, span.last) == (min({*held, *known}), max({*held, *known}))
    first, last = FIRST + timedelta(days=5), FIRST + timedelta(days=20)
    assert [(day.ranked_on, day.entry_count) for day in known_dates(found, first, last)] == [
        (day, len(held[day]) if day in held else None)
        for day in sorted({*held, *known})
        if first <= day <= last
    ]


def test_the_line_of_each_track_over_the_last_rankings(app: Flask, database: psycopg.Connection) -> None:
    chart = make_history(database, rankings=50)
    rankings = stored(database, chart)
    found = the_chart()
    for until in (list(rankings)[10], list(rankings)[-1]):
        last = [day for day in rankings if day <= until][-30:]
        entries = numbered(rankings[until])
        assert recent_positions(found, until, entries) == {
            entry: [(day, places(rankings[day]).get(entry)) for day in last] for entry in entries
        }


def test_each_entry_has_its_place(app: Flask, database: psycopg.Connection) -> None:
    chart = make_history(database, rankings=3)
    for day, rows in stored(database, chart).items():
        found = ranking_places(the_chart(), day)
        assert {(place.track_id, place.occurrence): place.position for place in found} == places(rows)
