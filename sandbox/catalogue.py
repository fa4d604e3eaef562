"""Artists and songs, generated from the seed: an endless list, visible up to the release date of a day.

Nothing about a song depends on the day, so a server started tomorrow returns the same data with one more day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import count
from random import Random
from uuid import NAMESPACE_URL, uuid5

from sandbox import words
from sandbox.artists import artists
from sandbox.bad_guy import bad_guy
from sandbox.draws import draws, happens
from sandbox.identifiers import identifiers
from sandbox.model import Artist, Song

BACK_CATALOGUE = 260
BACK_UNTIL = date(2025, 12, 26)
WEEKLY_FROM = date(2026, 1, 2)
# Below this reach, metadata are often incomplete.
OBSCURE = 100_000
# Two songs have the same ISRC, so a request for it returns 410.
SHARED_ISRC, SHARED_BY = "QZES71900040", (40, 41)


@dataclass(frozen=True)
class Catalogue:
    """The API's songs on one day: the song of the seeds first, then by popularity."""

    songs: tuple[Song, ...]

    @cached_property
    def by_uuid(self) -> dict[str, Song]:
        return {song.uuid: song for song in self.songs}

    @cached_property
    def by_isrc(self) -> dict[str, list[Song]]:
        """Songs by ISRC; an ISRC with several songs cannot be requested."""
        found: dict[str, list[Song]] = {}
        for song in self.songs:
            for isrc in song.isrcs:
                found.setdefault(isrc, []).append(song)
        return found

    @cached_property
    def by_identifier(self) -> dict[tuple[str, str], Song]:
        return {(one.platform, one.value): song for song in self.songs for one in song.identifiers}

    @cached_property
    def artists(self) -> dict[str, Artist]:
        """Artists by uuid, the one of the most popular song first."""
        return {artist.uuid: artist for song in self.songs for artist in song.artists}


@lru_cache(maxsize=8)
def catalogue(seed: int, today: date) -> Catalogue:
    """Returns the songs that are released by `today`."""
    made = [song for song in _songs(seed, today) if song.release <= today]
    return Catalogue((bad_guy(seed), *sorted(made, key=lambda song: -song.reach)))


def _songs(seed: int, today: date) -> Iterator[Song]:
    """Yields all generated songs in order, up to the last week visible on `today`."""
    names: set[str] = set()
    for number in count(1):
        chance = draws(seed, "song", number)
        release = _release(number, chance)
        if number > BACK_CATALOGUE and release > today:
            return
        yield _song(seed, number, release=release, name=_fresh_title(chance, names), chance=chance)


def _release(number: int, chance: Random) -> date:
    """Returns a Friday: every week from 2026 on, and less often before."""
    if number > BACK_CATALOGUE:
        return WEEKLY_FROM + timedelta(weeks=number - BACK_CATALOGUE - 1)
    return BACK_UNTIL - timedelta(weeks=int(900 * chance.random() ** 2))


def _fresh_title(chance: Random, taken: set[str]) -> str:
    while (title := _title(chance)) in taken:
        pass
    taken.add(title)
    return title


def _title(chance: Random) -> str:
    adjective, noun = chance.choice(words.ADJECTIVES), chance.choice(words.NOUNS)
    title = chance.choice(
        (
            noun,
            f"{adjective} {noun}",
            f"{adjective} {noun}",
            f"{noun} & {chance.choice(words.NOUNS)}",
            f"{chance.choice(words.VERBS)} {chance.choice(words.PLACES)}",
            f"{chance.choice(words.VERBS)} the {noun}",
            f"{adjective.lower()} {noun.lower()}",
        )
    )
    return f"{title} ({chance.choice(words.TAGS)})" if happens(chance, 0.06) else title


def _song(seed: int, number: int, *, release: date, name: str, chance: Random) -> Song:
    uuid = str(uuid5(NAMESPACE_URL, f"sandbox/{seed}/song/{number}"))
    credited = _credited(seed, chance)
    reach = 10 ** (3.4 + 3.0 * credited[0].fame + 2.2 * chance.random())
    label = chance.choice(words.LABELS)
    obscure = reach < OBSCURE
    return Song(
        uuid=uuid,
        name=name,
        artists=credited,
        release=release,
        isrcs=_isrcs(number, release, chance, obscure=obscure),
        duration=chance.randint(118, 305),
        explicit=happens(chance, 0.25),
        genres=() if obscure and happens(chance, 0.3) else credited[0].genres,
        labels=() if obscure and happens(chance, 0.2) else (label,),
        distributor=chance.choice(words.DISTRIBUTORS[label[1]]),
        composers=tuple(_person(chance) for _ in range(chance.randint(1, 3))),
        producers=tuple(_person(chance) for _ in range(chance.randint(1, 2))),
        audio=None if obscure and happens(chance, 0.3) else _audio(chance),
        language=chance.choice(words.LANGUAGES),
        reach=reach,
        identifiers=identifiers(seed, uuid, reach=reach, release=release),
    )


def _credited(seed: int, chance: Random) -> tuple[Artist, ...]:
    """Returns one or two artists; the more famous ones have more songs."""
    known = artists(seed)[1:]
    weights = [0.3 + artist.fame for artist in known]
    first, second = chance.choices(known, weights, k=2)
    return (first, second) if happens(chance, 0.2) and first is not second else (first,)


def _isrcs(number: int, release: date, chance: Random, *, obscure: bool) -> tuple[str, ...]:
    """Returns one or two ISRCs, rarely none."""
    if number in SHARED_BY:
        return (SHARED_ISRC,)
    if obscure and happens(chance, 0.2):
        return ()
    return tuple(
        _isrc(number + 50_000 * extra, release, chance) for extra in range(chance.choice((1, 1, 1, 2)))
    )


def _isrc(number: int, release: date, chance: Random) -> str:
    """Returns an ISRC of country, registrant, year and number."""
    registrant = "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=3))
    return f"{chance.choice(list(words.COUNTRIES))}{registrant}{release:%y}{number:05d}"


def _person(chance: Random) -> str:
    return f"{chance.choice(words.FIRST_NAMES)} {chance.choice(words.LAST_NAMES)}"


def _audio(chance: Random) -> dict[str, float | int]:
    """Measures of the sound; loudness in dB, tempo in beats per minute, the others from 0 to 1."""
    shares = (
        "acousticness",
        "danceability",
        "energy",
        "instrumentalness",
        "liveness",
        "speechiness",
        "valence",
    )
    return {name: round(chance.random(), 2) for name in shares} | {
        "key": chance.randrange(12),
        "loudness": round(chance.uniform(-16, -3), 2),
        "mode": chance.randrange(2),
        "tempo": round(chance.uniform(70, 180), 2),
        "timeSignature": chance.choice((3, 4, 4, 4)),
    }
