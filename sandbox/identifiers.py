"""The identifiers of a song on each platform: one, several, or none."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sandbox.draws import draws, happens
from sandbox.model import Identifier
from sandbox.platforms import PLATFORMS, Platform

LATE_FROM, LATE_SPAN = date(2024, 1, 1), 1000


def identifiers(seed: int, uuid: str, *, reach: float, release: date) -> tuple[Identifier, ...]:
    """Returns all identifiers of a song whose Spotify streams come to `reach` after 2,000 days."""
    found: list[Identifier] = []
    for platform in PLATFORMS:
        chance = draws(seed, uuid, platform.code)
        if _is_on(platform, reach, chance):
            found.extend(_on(platform, reach=reach, release=release, chance=chance))
    return tuple(found)


def _is_on(platform: Platform, reach: float, chance: Random) -> bool:
    """Returns whether the platform has the song; small ones are often missing, except on the largest two."""
    known = (math.log10(reach) - 3) / 5
    return happens(chance, 0.97 if platform.code in ("spotify", "youtube") else 0.3 + 0.65 * known)


def _on(platform: Platform, *, reach: float, release: date, chance: Random) -> Iterator[Identifier]:
    size = reach * (platform.size or 0) * chance.lognormvariate(0, 0.5)
    for number in range(1 + int(platform.items * chance.random() ** 2)):
        yield Identifier(
            platform=platform.code,
            value=made_up(platform, chance),
            default=number == 0,
            since=release if number == 0 or platform.copies else _late(release, chance),
            until=_end(chance) if number else None,
            size=size * _share(platform, number, chance),
            curve=platform.code if platform.copies else f"{platform.code}/{number}",
        )


def made_up(platform: Platform, chance: Random) -> str:
    """Returns an identifier in the platform's own form: TikTok's has 19 digits, Spotify's 22 characters."""
    letters, length = platform.identifier
    first = chance.choice(letters[1:])
    return first + "".join(chance.choices(letters, k=length - 1))


def _late(release: date, chance: Random) -> date:
    """Returns the first day of a further video or sound: soon after the release, or in mid-history."""
    if happens(chance, 0.5):
        return release + timedelta(days=chance.randrange(60))
    return max(release, LATE_FROM + timedelta(days=chance.randrange(LATE_SPAN)))


def _end(chance: Random) -> date | None:
    """Returns the last day of an identifier that was taken down; most were not."""
    return LATE_FROM + timedelta(days=chance.randrange(LATE_SPAN)) if happens(chance, 0.25) else None


def _share(platform: Platform, number: int, chance: Random) -> float:
    """Returns the size of a further identifier: almost that of the first for a copy, else a part of it."""
    if number == 0:
        return 1.0
    return 1 - 0.002 * chance.random() if platform.copies else 0.5 * chance.random() / number
