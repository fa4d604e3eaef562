"""The words among which near ones are looked for: those of every search text, found by deletions."""

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_artist, make_chart, make_track
from webapp.lib.text import FEWEST_LETTERS, is_near, read_typed, search_text
from webapp.queries.search.pages import _near_words

ARTIST = "00000000-0000-4000-8000-00000000000a"
SHARE = "SELECT search_deletions(%s) && search_deletions(%s)"
LETTERS = st.text("abcd", min_size=FEWEST_LETTERS, max_size=40)


def words(database: psycopg.Connection) -> list[str]:
    return [word for (word,) in database.execute("SELECT word FROM search_words ORDER BY word")]


def insert(database: psycopg.Connection, *names: str) -> None:
    """Stores tracks by one statement."""
    database.execute(
        "INSERT INTO tracks (uuid, name, search_text)"
        " SELECT gen_random_uuid(), * FROM unnest(%s::text[], %s::text[])",
        [list(names), [search_text(name) for name in names]],
    )


def test_words_of_a_statement_are_kept_once_without_marks_and_pairs(database: psycopg.Connection) -> None:
    insert(database, "bad guy", "Bad Guy", "夜に city", "")
    assert words(database) == sorted(["bad", "guy", "badguy", "夜に", "city", "夜にcity"])
    insert(database, "bad guy", "bad city")
    assert words(database) == sorted(["bad", "guy", "badguy", "夜に", "city", "夜にcity", "badcity"])


def test_every_kind_and_every_change_brings_words(database: psycopg.Connection) -> None:
    track = make_track(database, name="one")
    make_artist(database, ARTIST, "two")
    make_chart(database, name="three")
    database.execute(
        "WITH author AS (INSERT INTO users (email, password_hash, role)"
        " VALUES ('a@example.com', '', 'viewer') RETURNING id)"
        " INSERT INTO notes (track_id, author_id, noted_on, text, search_text)"
        " SELECT %s, id, now(), 'four', 'four' FROM author",
        [track],
    )
    assert {"one", "two", "three", "four"} <= set(words(database))
    for number, table in enumerate(("tracks", "artists", "charts", "notes")):
        database.execute(f"UPDATE {table} SET search_text = 'changed{number}'")
        assert f"changed{number}" in words(database)


def test_writers_of_the_same_new_words_do_not_wait_for_each_other(
    database: psycopg.Connection, database_url: str
) -> None:
    with psycopg.connect(database_url) as one, psycopg.connect(database_url) as other:
        for connection, names in ((one, ("alpha", "beta")), (other, ("beta", "alpha"))):
            connection.execute("SET statement_timeout = '10s'")
            insert(connection, names[0])
        insert(one, "beta")
        insert(other, "alpha")
        other.rollback()
    assert words(database) == ["alpha", "beta"]


def test_a_long_search_text_is_stored(database: psycopg.Connection) -> None:
    """An index takes no row of more than some 2,700 bytes."""
    names = " ".join(f"{number * 7919 % 100_003:x}" for number in range(5000))
    database.execute(
        "INSERT INTO tracks (uuid, search_text) VALUES (gen_random_uuid(), %s)", [search_text(names)]
    )
    make_artist(database, ARTIST, "one")
    database.execute("UPDATE artists SET search_text = %s", [search_text(names)])


@pytest.mark.parametrize("word", ["ab", "abcdefghij", "abcdefghijklmnop"])
def test_deletions_are_of_the_first_letters(database: psycopg.Connection, word: str) -> None:
    found = database.execute("SELECT search_deletions(%s)", [word]).fetchone()
    base = word[:10]
    assert found
    assert sorted(found[0]) == sorted([base, *(base[:at] + base[at + 1 :] for at in range(len(base)))])


@given(word=LETTERS, data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_that_are_near_share_a_deletion(
    database: psycopg.Connection, word: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter, rest = word[place], word[:place] + word[place + 1 :]
    to = data.draw(st.integers(0, len(rest)))
    wrongs = (
        rest,
        f"{word[:place]}z{word[place:]}",
        rest[:to] + letter + rest[to:],
        rest[:to] + "z" + rest[to:],
    )
    for wrong in wrongs:
        if is_near(word, wrong):
            assert database.execute(SHARE, [word, wrong]).fetchone() == (True,)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("wethaers", "Weathers"),
        ("usum71900765", "usum71900764"),
        ("the very lomg name of a song", "The Very Long Name of a Song"),
        (
            "a name of more than thirty two letters and a bir",
            "A Name of More Than Thirty Two Letters and a Bit",
        ),
    ],
)
def test_what_is_near_is_found_among_many_that_begin_alike(
    app: Flask, database: psycopg.Connection, typed: str, name: str
) -> None:
    insert(database, name, *(f"usum719{number:05}" for number in range(0, 90_000, 150)))
    insert(database, *(f"the very long {number}" for number in range(600)))
    asked = read_typed(typed)
    assert read_typed(name).whole in _near_words(asked)[asked.whole]


def test_words_that_begin_a_known_one_are_left_alone_where_another_is_wrong(
    app: Flask, database: psycopg.Connection
) -> None:
    insert(database, "bad guy", "sad boy")
    assert set(_near_words(read_typed("bad guyy"))) == {"guyy", "badguyy"}
    assert _near_words(read_typed("sad guy"))["sad"] == ["bad"]
    assert set(_near_words(read_typed("bqd guyy"))) >= {"bqd", "guyy"}
