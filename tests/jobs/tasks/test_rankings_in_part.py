"""Rankings with ties, with missing positions, and with rows that cannot be stored."""

import random
from datetime import date, timedelta
from uuid import UUID

import msgspec
import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range

from jobs.soundcharts import PayloadError, Ranking, RankingEntry, RefusedRow
from jobs.tasks.rankings import Stored
from jobs.upserts import Counts
from tests.emptying import empty
from tests.factories import make_chart
from tests.jobs.tasks.rankings import DAY, HEAD, entry, held, ranking, standing, store
from tests.jobs.tasks.test_rankings import TABLES, accept, rows
from webapp.extensions import db
from webapp.lib.formats import counted, incomplete


def of(*entries: RankingEntry, refused: int = 0) -> Ranking:
    """Returns a ranking of these entries, in this order, of whose rows some were refused."""
    rows = tuple(RefusedRow(f"items[{n}]", "None", "It is no row.") for n in range(refused))
    return Ranking(
        chart=HEAD, ranked_at=f"{DAY}T12:00:00+00:00", ranked_on=DAY, entries=entries, refused=rows
    )


def places(database: psycopg.Connection, day: date = DAY) -> list[tuple[int, int, int]]:
    """Position, ordinal and the song's number of each entry, best first."""
    found = database.execute(
        "SELECT position, ordinal, uuid FROM chart_ranking_entries JOIN tracks ON tracks.id = track_id"
        " WHERE ranked_on = %s ORDER BY 1, 2",
        [day],
    )
    return [(position, ordinal, uuid.int) for position, ordinal, uuid in found]


def test_a_tie_is_stored_whatever_the_order_of_the_answer(
    chart_id: int, database: psycopg.Connection
) -> None:
    tied = (entry(1, 9), entry(2, 8), entry(2, 3), entry(4, 1))
    assert store(chart_id, of(*tied)).message == "The ranking of 2026-03-02 is new: 4 entries."
    assert places(database) == [(1, 1, 9), (2, 1, 3), (2, 2, 8), (4, 1, 1)]
    assert store(chart_id, of(*reversed(tied)), hours=1).counts == Counts(0, 0, 4)
    # Another song shares the position: the one that is in its place is kept as a revision.
    assert store(chart_id, of(*tied[:2], entry(2, 7), tied[3]), hours=2).counts == Counts(0, 1, 3)
    assert places(database) == [(1, 1, 9), (2, 1, 7), (2, 2, 8), (4, 1, 1)]
    # The tie ends, and a song comes to the position after it.
    assert store(chart_id, of(*tied[:2], entry(3, 7), tied[3]), hours=3).counts == Counts(1, 2, 2)
    assert places(database) == [(1, 1, 9), (2, 1, 8), (3, 1, 7), (4, 1, 1)]
    kept = database.execute(
        "SELECT position, ordinal, uuid FROM chart_entry_revisions JOIN tracks ON track_id = tracks.id"
    )
    assert sorted((position, ordinal, uuid.int) for position, ordinal, uuid in kept) == [
        (2, 1, 3),
        (2, 1, 7),
        (2, 2, 8),
    ]


@pytest.mark.parametrize(
    ("positions", "words"),
    [
        ([1, 2, 4, 5, 6, 8], "; positions 3 and 7 missing."),
        ([3, 4, 9], "; positions 1 to 2 and 5 to 8 missing."),
        ([2], "; position 1 missing."),
        ([1, 2, 2, 4], "."),
        ([1, 2, 2, 3], "."),
        ([1, 2, 2, 2, 6], "; position 5 missing."),
        ([1, 2**31 - 1], "; positions 2 to 2147483646 missing."),
    ],
)
def test_a_ranking_with_missing_positions_is_stored_and_reports_it(
    chart_id: int, database: psycopg.Connection, positions: list[int], words: str
) -> None:
    entries = [entry(position, number) for number, position in enumerate(positions, start=1)]
    message = store(chart_id, of(*entries)).message
    assert message == f"The ranking of {DAY} is new: {counted(len(positions), 'entry', 'entries')}{words}"
    assert incomplete(held(chart_id).missing_positions, 0) == words.strip("; .")


def test_a_later_answer_completes_what_was_missing(chart_id: int, database: psycopg.Connection) -> None:
    store(chart_id, of(entry(1, 1), entry(3, 3), refused=2))
    assert held(chart_id).refused_rows == 2
    full = store(chart_id, ranking([1, 2, 3]), hours=1)
    assert full == Stored(Counts(1, 0, 2), f"The ranking of {DAY} was replaced: 1 entry new, 0 changed.")
    assert (list(held(chart_id).missing_positions), held(chart_id).refused_rows) == ([], 0)
    short = store(chart_id, of(entry(1, 1), entry(3, 3), refused=1), hours=2)
    assert "It has 2 entries, fewer than the 3 stored; 1 row was refused." in short.message
    accepted = accept(chart_id)
    assert accepted is not None
    assert accepted.message.endswith("; position 2 missing; 1 row was refused.")


def nameless(position: int, uuid: str = "x") -> RankingEntry:
    found = entry(position, 1)
    return msgspec.structs.replace(found, song=msgspec.structs.replace(found.song, uuid=uuid))


def test_a_row_that_cannot_be_stored_does_not_lose_the_others(
    chart_id: int, database: psycopg.Connection
) -> None:
    stored = store(chart_id, of(entry(1, 1), nameless(2), entry(3, 3), entry(3, 3)))
    assert (
        stored.message == f"The ranking of {DAY} is new: 2 entries; position 2 missing; 2 rows were refused."
    )
    assert places(database) == [(1, 1, 1), (3, 1, 3)]


def test_a_ranking_without_one_good_row_is_an_error(chart_id: int, database: psycopg.Connection) -> None:
    before = rows(database, *TABLES)
    with pytest.raises(PayloadError, match="'x', which is not a uuid"):
        store(chart_id, of(nameless(1), nameless(2, "y")))
    assert rows(database, *TABLES) == before


ENTRIES = st.lists(
    st.builds(entry, st.integers(1, 12), st.integers(1, 8), old=st.integers(0, 12)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: (one.position, one.song.uuid),
)


@given(before=ENTRIES, after=ENTRIES, chance=st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ties_and_songs_that_repeat(
    app: Flask,
    database: psycopg.Connection,
    before: list[RankingEntry],
    after: list[RankingEntry],
    chance: random.Random,
) -> None:
    """Whatever the order of the rows: what is stored, what is missing, and how each entry moved."""
    db.session.rollback()
    empty(database)
    chart_id = make_chart(database)
    store(chart_id, msgspec.structs.replace(of(*before), ranked_on=DAY - timedelta(days=1)))
    store(chart_id, of(*after))
    chance.shuffle(after)
    assert "is unchanged" in store(chart_id, of(*after), hours=1).message

    then, now = numbered(before), numbered(after)
    assert [place[::2] for place in places(database)] == [(one.position, song) for one, song, _ in now]
    assert {each for part in held(chart_id).missing_positions for each in numbers(part)} == missing(now)
    stood = {(song, number): one.position for one, song, number in then}
    expected = [
        stood.get((song, number), None if number == 1 and not missing(then) else one.old_position or None)
        for one, song, number in now
    ]
    query = "SELECT previous_position, is_from_api FROM ranking_movements(%s, %s) ORDER BY position, ordinal"
    found = database.execute(query, [chart_id, DAY]).fetchall()
    assert [was for was, _ in found] == expected
    assert [api for _, api in found] == [
        was is not None and (song, number) not in stood
        for was, (_, song, number) in zip(expected, now, strict=True)
    ]


def numbered(entries: list[RankingEntry]) -> list[tuple[RankingEntry, int, int]]:
    """Returns the entries, best first, each with its song and which of the song's it is."""
    kept = {(one.position, UUID(one.song.uuid).int): one for one in entries}
    songs = [song for _, song in sorted(kept)]
    return [(kept[key], key[1], songs[: n + 1].count(key[1])) for n, key in enumerate(sorted(kept))]


def missing(entries: list[tuple[RankingEntry, int, int]]) -> set[int]:
    """Returns the positions before the last that nobody has."""
    taken = {each for one, *_ in entries for each in range(one.position, one.position + shared(entries, one))}
    return set(range(1, max(one.position for one, *_ in entries))) - taken


def shared(entries: list[tuple[RankingEntry, int, int]], one: RankingEntry) -> int:
    return sum(other.position == one.position for other, *_ in entries)


def numbers(part: Range[int]) -> range:
    assert part.lower is not None
    assert part.upper is not None
    return range(part.lower, part.upper)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ([2, 1, 3, 4], "was replaced: 0 entries new, 2 changed."),
        ([2, 1, 4, 3, 5, 6, 7, 8], "was replaced: 4 entries new, 4 changed."),
        ([1, 2, 3, 4], "is unchanged: 4 entries."),
    ],
)
def test_as_many_changed_as_new_or_unchanged_is_still_a_replacement(
    chart_id: int, then: list[int], told: str
) -> None:
    store(chart_id, ranking([1, 2, 3, 4], DAY))
    assert store(chart_id, ranking(then, DAY), hours=1).message == f"The ranking of {DAY} {told}"


@pytest.mark.timescale
def test_a_ranking_in_a_compressed_chunk_is_replaced(chart_id: int, database: psycopg.Connection) -> None:
    compress = "SELECT compress_chunk(chunk, true) FROM show_chunks('chart_ranking_entries') AS chunk"
    store(chart_id, ranking([1, 2, 3, 4]))
    database.execute(compress)
    other = of(entry(1, 5), entry(2, 1), entry(7, 3), entry(8, 4))
    assert store(chart_id, other, hours=1).counts == Counts(2, 4, 0)
    assert standing(database, chart_id) == [5, 1, 3, 4]
    database.execute(compress)
    assert store(chart_id, other, hours=2).counts == Counts(0, 0, 4)
    assert store(chart_id, ranking([4, 3], DAY - timedelta(days=1)), hours=3).counts == Counts(2, 0, 0)
    assert standing(database, chart_id, DAY - timedelta(days=1)) == [4, 3]
