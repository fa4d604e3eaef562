"""The eighty artists of the catalogue; Billie Eilish is the first of them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from uuid import NAMESPACE_URL, uuid5

from sandbox import words
from sandbox.draws import draws
from sandbox.model import Artist
from sandbox.platforms import ARTIST_PAGES, BASE62

BILLIE_EILISH = Artist(
    uuid="11e81bcc-9c1c-ce38-b96b-a0369fe50396",
    slug="billie-eilish",
    name="Billie Eilish",
    country="US",
    genres=(("alternative", ("alternative",)), ("electronic", ("electronic",))),
    fame=1.0,
    identifiers=(("spotify", "6qqNVTkY8uBg9cP3Jd7DAH"), ("deezer", "9635624"), ("instagram", "billieeilish")),
)
HOW_MANY = 80


@lru_cache(maxsize=8)
def artists(seed: int) -> tuple[Artist, ...]:
    return (BILLIE_EILISH, *(_artist(seed, number, name) for number, name in enumerate(_names(seed))))


def _names(seed: int) -> Iterator[str]:
    chance, taken = draws(seed, "artist names"), set[str]()
    while len(taken) < HOW_MANY - 1:
        name = _name(chance)
        if name not in taken:
            taken.add(name)
            yield name


def _name(chance: Random) -> str:
    first, noun = chance.choice(words.FIRST_NAMES), chance.choice(words.NOUNS)
    return chance.choice(
        (
            f"{first} {chance.choice(words.LAST_NAMES)}",
            f"{first} {chance.choice(words.LAST_NAMES)}",
            f"The {chance.choice(words.ADJECTIVES)} {noun}s",
            f"{noun} {chance.choice(words.NOUNS)}",
            f"{first.upper()} {noun}",
        )
    )


def _artist(seed: int, number: int, name: str) -> Artist:
    chance = draws(seed, "artist", number)
    return Artist(
        uuid=str(uuid5(NAMESPACE_URL, f"sandbox/{seed}/artist/{number}")),
        slug=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
        name=name,
        country=chance.choice([*words.COUNTRIES, ""]),
        genres=_genres(chance),
        fame=chance.random() ** 1.5,
        identifiers=_identifiers(seed, number),
    )


def _identifiers(seed: int, number: int) -> tuple[tuple[str, str], ...]:
    """Returns the artist's identifier on each platform with artist pages, from separate draws."""
    chance = draws(seed, "artist identifiers", number)
    return tuple((code, "".join(chance.choices(BASE62, k=22))) for code in ARTIST_PAGES)


def _genres(chance: Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    roots = chance.sample(list(words.GENRES), k=chance.choice((1, 1, 2)))
    return tuple((root, tuple(chance.sample(words.GENRES[root], k=chance.randint(1, 2)))) for root in roots)
