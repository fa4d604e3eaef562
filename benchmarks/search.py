"""`python -m benchmarks.search`: the search at 100,000 tracks and 50,000 artists.

Names are made of invented words, a few of which are in very many names, as in real ones. A figure is the 95th
percentile of many requests through the whole application, without the network.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import psycopg
from flask.testing import FlaskClient
from rich.console import Console
from rich.table import Table

from benchmarks.tracks import signed_in_client
from webapp.engine import describe_engine
from webapp.extensions import limiter
from webapp.text import search_text

TRACKS, ARTISTS, VOCABULARY = 100_000, 50_000, 40_000
REQUESTS = 200
SYLLABLES = [first + second for first in "bcdfghjklmnprstvwz" for second in "aeiou"]


def words(chance: random.Random) -> list[str]:
    """Words of one to four syllables, the most used first."""
    return ["".join(chance.choices(SYLLABLES, k=1 + index % 4)) for index in range(VOCABULARY)]


def names(chance: random.Random, vocabulary: Sequence[str], count: int, longest: int) -> Iterator[str]:
    """Names in which a word is the rarer the later it stands in the vocabulary."""
    for _ in range(count):
        places = (int(VOCABULARY * chance.random() ** 4) for _ in range(chance.randint(1, longest)))
        yield " ".join(vocabulary[place] for place in places)


def fill(connection: psycopg.Connection, titles: Sequence[str], artists: Sequence[str]) -> float:
    """Stores the tracks and artists; seconds taken."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        with cursor.copy("COPY tracks (uuid, name, credit_name, search_text) FROM STDIN") as copy:
            for number, title in enumerate(titles):
                credit = artists[number % len(artists)]
                copy.write_row((UUID(int=number), title, credit, search_text(title, credit)))
        with cursor.copy("COPY artists (uuid, name, search_text) FROM STDIN") as copy:
            for number, artist in enumerate(artists):
                copy.write_row((UUID(int=number), artist, search_text(artist)))
    return time.perf_counter() - begun


def exact(chance: random.Random, title: str) -> str:
    """What somebody types who knows the title."""
    return title.upper() if chance.random() < 0.5 else title  # noqa: PLR2004 (half of them)


def beginning(chance: random.Random, title: str) -> str:
    """What somebody has typed so far."""
    return title[: chance.randint(1, max(1, len(title) - 1))]


def near(chance: random.Random, title: str) -> str:
    """The title with a letter too many."""
    place = chance.randrange(len(title))
    return title[:place] + chance.choice("qxy") + title[place:]


def slow_ms(
    client: FlaskClient,
    chance: random.Random,
    titles: Sequence[str],
    typed: Callable[[random.Random, str], str],
) -> float:
    """Milliseconds within which 95 of 100 requests of the search box are answered."""
    taken = []
    for title in chance.sample(titles, REQUESTS):
        begun = time.perf_counter()
        answer = client.get(
            "/search/", query_string={"q": typed(chance, title)}, headers={"HX-Request": "true"}
        )
        taken.append(time.perf_counter() - begun)
        if answer.status_code != 200:  # noqa: PLR2004 (a figure of a failed request means nothing)
            raise SystemExit(f"The search answered {answer.status_code}.")
    return 1000 * sorted(taken)[int(len(taken) * 0.95)]


def main() -> None:
    """Prints a row for each way to type, and what the index takes."""
    chance = random.Random(1)  # noqa: S311 (no secret)
    vocabulary = words(chance)
    titles = list(names(chance, vocabulary, TRACKS, 5))
    artists = list(names(chance, vocabulary, ARTISTS, 2))
    with signed_in_client() as (client, connection):
        limiter.enabled = False
        table = Table("search", "95 % within", title=describe_engine(connection).name)
        table.add_row("storing all", f"{fill(connection, titles, artists):.1f} s")
        connection.execute("VACUUM ANALYZE")
        for way in (exact, beginning, near):
            table.add_row(way.__name__, f"{slow_ms(client, chance, titles, way):.1f} ms")
        for name in ("tracks_search", "artists_search", "search_words_by_word", "search_words_near"):
            row = connection.execute("SELECT pg_size_pretty(pg_relation_size(%s))", [name]).fetchone()
            table.add_row(name, row[0] if row else "")
        Console().print(table)


if __name__ == "__main__":
    main()
