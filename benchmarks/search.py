"""`python -m benchmarks.search [auto|plain]`: the search at 100,000 tracks, 50,000 artists and 2,000 charts.

Names consist of invented words, a few of which are in very many names, as in real ones. Figures are the
median and the 95th percentile of many requests through the whole application, without the network.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from uuid import UUID

import psycopg
from flask.testing import FlaskClient
from rich.console import Console
from rich.table import Table

from benchmarks.tracks import signed_in_client
from webapp.engine import describe_engine
from webapp.extensions import limiter
from webapp.lib.text import search_text

TRACKS, ARTISTS, CHARTS, VOCABULARY = 100_000, 50_000, 2_000, 40_000
REQUESTS = 200
BOX, LIST = "/search/", "/tracks/"
SYLLABLES = [first + second for first in "bcdfghjklmnprstvwz" for second in "aeiou"]


def words(chance: random.Random) -> list[str]:
    """Returns words of one to four syllables, the most used first."""
    return ["".join(chance.choices(SYLLABLES, k=1 + index % 4)) for index in range(VOCABULARY)]


def names(chance: random.Random, vocabulary: Sequence[str], *, count: int, longest: int) -> Iterator[str]:
    """Returns names in which later words of the vocabulary are rarer."""
    for _ in range(count):
        places = (int(VOCABULARY * chance.random() ** 4) for _ in range(chance.randint(1, longest)))
        yield " ".join(vocabulary[place] for place in places)


def fill(connection: psycopg.Connection, titles: Sequence[str], artists: Sequence[str]) -> float:
    """Stores the tracks, then the artists and charts; returns the milliseconds for each 1,000 tracks."""
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        with cursor.copy("COPY tracks (uuid, name, credit_name, isrc, search_text) FROM STDIN") as copy:
            for number, title in enumerate(titles):
                credit, isrc = artists[number % len(artists)], f"USUM7{number:07}"
                copy.write_row((UUID(int=number), title, credit, isrc, search_text(title, credit, isrc)))
        taken = time.perf_counter() - begun
        with cursor.copy("COPY artists (uuid, name, search_text) FROM STDIN") as copy:
            for number, artist in enumerate(artists):
                copy.write_row((UUID(int=number), artist, search_text(artist)))
        with cursor.copy("COPY charts (slug, name, platform_id, search_text) FROM STDIN") as copy:
            for number in range(CHARTS):
                name = f"Top {titles[number]}"
                copy.write_row((f"chart-{number}", name, 1, search_text(name)))
    return 1_000_000 * taken / len(titles)


def exact(chance: random.Random, title: str) -> str:
    """Returns the title as typed by somebody who knows it."""
    return title.upper() if chance.random() < 0.5 else title  # noqa: PLR2004 (half of them)


def beginning(chance: random.Random, title: str) -> str:
    """Returns the first letters of the title."""
    return title[: chance.randint(1, max(1, len(title) - 1))]


def near(chance: random.Random, title: str) -> str:
    """Returns the title with one extra letter."""
    place = chance.randrange(len(title))
    return title[:place] + chance.choice("qxy") + title[place:]


def word(chance: random.Random, title: str) -> str:
    """Returns one word of the title."""
    return chance.choice(title.split())


def figures(client: FlaskClient, url: str, requested: Sequence[str]) -> tuple[str, str]:
    """Returns the median and the 95th percentile of the requests' milliseconds."""
    taken = []
    headers = {"HX-Request": "true"} if url == BOX else {}
    for typed in requested:
        begun = time.perf_counter()
        answer = client.get(url, query_string={"q": typed}, headers=headers)
        taken.append(1000 * (time.perf_counter() - begun))
        if answer.status_code != 200:  # noqa: PLR2004 (a figure of a failed request means nothing)
            raise SystemExit(f"{url} answered {answer.status_code}.")
    taken.sort()
    return f"{taken[len(taken) // 2]:.1f} ms", f"{taken[int(len(taken) * 0.95)]:.1f} ms"


def main() -> None:
    """Prints a row per page and kind of query, and the cost of storing and of the indexes."""
    chance = random.Random(1)  # noqa: S311 (no secret)
    vocabulary = words(chance)
    titles = list(names(chance, vocabulary, count=TRACKS, longest=5))
    artists = list(names(chance, vocabulary, count=ARTISTS, longest=2))
    with signed_in_client(*sys.argv[1:]) as (client, connection):
        limiter.enabled = False
        table = Table("search", "median", "95 % within", title=describe_engine(connection).name)
        table.add_row("storing 1,000 tracks", f"{fill(connection, titles, artists):.0f} ms")
        connection.execute("VACUUM ANALYZE")
        for url in (BOX, LIST):
            for way in (exact, beginning, near, word):
                requested = [way(chance, title) for title in chance.sample(titles, REQUESTS)]
                table.add_row(f"{url} {way.__name__}", *figures(client, url, requested))
        for name in ("tracks_search", "tracks_by_search_text", "search_words_by_word", "search_words_near"):
            row = connection.execute("SELECT pg_size_pretty(pg_relation_size(%s))", [name]).fetchone()
            table.add_row(name, row[0] if row else "")
        Console().print(table)


if __name__ == "__main__":
    main()
