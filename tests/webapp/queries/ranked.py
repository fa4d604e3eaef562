"""Rankings drawn by chance, and what they hold as plain Python reads it from the raw tables."""

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg

from tests.factories import Entry, lose_row, make_chart, make_ranking, make_track

FIRST = date(2026, 8, 3)
SIZE = 12


class Ranked(NamedTuple):
    """A row of chart_ranking_entries."""

    position: int
    track: int
    previous: int | None
    entry_date: date | None
    times: int | None


def make_history(
    database: psycopg.Connection, *, rankings: int = 40, step: int = 1, seed: int = 5, **options: str
) -> int:
    """Returns a chart with holes (some known to the API), and songs that stand twice, come, leave and return.

    Some rankings lack a row.
    """
    chance, losses = random.Random(seed), random.Random(seed)
    chart = make_chart(database, frequency="daily" if step == 1 else "weekly", **options)  # type: ignore[arg-type]
    songs = [song for (song,) in database.execute("SELECT id FROM tracks ORDER BY id")]
    songs = songs or [make_track(database, str(UUID(int=n)), f"Song {n} Été") for n in range(20)]
    seen: set[int] = set()
    with database.transaction():  # is counted once
        for number in range(rankings):
            day = FIRST + timedelta(days=number * step)
            if chance.random() < 0.3:
                database.execute(
                    "INSERT INTO chart_dates VALUES (%s, %s, %s)", [chart, day, f"{day}T12:00:00Z"]
                )
            if chance.random() < 0.15:
                continue
            chosen = chance.sample(songs, SIZE - 1)
            chosen.append(chance.choice(chosen))  # one stands twice
            make_ranking(database, chart, day, [_entry(song, day, seen, chance) for song in chosen])
            seen.update(chosen)
            if losses.random() < 0.2:
                alone = [place for place, song in enumerate(chosen, start=1) if chosen.count(song) == 1]
                lose_row(database, chart, day, losses.choice([alone[0], alone[-1]]))
    return chart


def _entry(song: int, day: date, seen: set[int], chance: random.Random) -> Entry:
    known = chance.random() < 0.7
    entry_date = (FIRST if song in seen else day) if known else None
    times = chance.choice([None, 1, 2]) if song in seen else None
    return Entry(
        song, chance.choice([None, chance.randint(1, 20)]), entry_date, chance.randint(1, 10**6), times
    )


def stored(database: psycopg.Connection, chart: int) -> dict[date, list[Ranked]]:
    """Returns all rankings of a chart, oldest first, each by position."""
    found: defaultdict[date, list[Ranked]] = defaultdict(list)
    for day, *row in database.execute(
        "SELECT ranked_on, position, track_id, previous_position, entry_date, time_on_chart"
        " FROM chart_ranking_entries WHERE chart_id = %s ORDER BY ranked_on, position",
        [chart],
    ):
        found[day].append(Ranked(*row))
    return dict(found)


def available(database: psycopg.Connection, chart: int) -> list[date]:
    """Returns the API's known dates, stored or not, oldest first."""
    query = "SELECT ranked_on FROM chart_dates WHERE chart_id = %s"
    return sorted(day for (day,) in database.execute(query, [chart]))


def whole(database: psycopg.Connection, chart: int) -> set[date]:
    """Returns the dates of the rankings that lack nothing."""
    query = "SELECT ranked_on FROM chart_rankings WHERE refused_rows = 0 AND chart_id = %s"
    return {day for (day,) in database.execute(query, [chart])}


class History(NamedTuple):
    """A chart as it is stored, read once: its rankings, the API's known dates, and the complete rankings."""

    rankings: dict[date, list[Ranked]]
    known: list[date]
    complete: set[date]


def history_of(database: psycopg.Connection, chart: int) -> History:
    """Reads the history of a chart."""
    return History(stored(database, chart), available(database, chart), whole(database, chart))


def best(ranking: list[Ranked]) -> dict[int, int]:
    """Returns the best position of each song."""
    found: dict[int, int] = {}
    for row in ranking:
        found.setdefault(row.track, row.position)
    return found


def numbered(ranking: list[Ranked]) -> list[tuple[int, int]]:
    """Returns each entry as its track and which of the track's entries it is, from 1 on."""
    tracks = [row.track for row in ranking]
    return [(track, tracks[: place + 1].count(track)) for place, track in enumerate(tracks)]


def places(ranking: list[Ranked]) -> dict[tuple[int, int], int]:
    """Returns the position of each entry."""
    return {key: row.position for key, row in zip(numbered(ranking), ranking, strict=True)}


def before(history: History, day: date) -> tuple[date | None, bool]:
    """Returns the last date before `day` that is stored or available, and whether it is stored."""
    held = {each for each in history.rankings if each < day}
    known = held | {each for each in history.known if each < day}
    return (max(known), max(known) in held) if known else (None, False)


def peaks(history: History, day: date) -> dict[tuple[int, int], tuple[int, bool, int]]:
    """Returns per entry the best position up to a date, whether it is the API's, and its stored rankings."""
    rankings, complete = history.rankings, history.complete
    held: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    told: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for each, rows in rankings.items():
        since, is_held = before(history, each)
        former = places(rankings[since]) if since and is_held else {}
        for key, row in zip(numbered(rows), rows, strict=True):
            if each > day:
                continue
            held[key].append(row.position)
            if row.previous and key not in former and (key[1] > 1 or since not in complete):
                told[key].append(row.previous)
    return {
        key: (min(those + told[key]), min([min(those), *told[key]]) < min(those), len(those))
        for key, those in held.items()
    }


def counted(rows: list[Ranked], words: list[str]) -> dict[str, int]:
    """Songs by the word that stands beside their best place."""
    found: defaultdict[str, int] = defaultdict(int)
    places = best(rows)
    for row, word in zip(rows, words, strict=True):
        if places[row.track] == row.position:
            found[word] += 1
    return dict(found)
