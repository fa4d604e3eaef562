"""Finds possible duplicates of platforms: by a common spelling, or similar names."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from flask import current_app, g

from webapp.cache import Cache
from webapp.models import fold
from webapp.queries import rows

MOST_EDITS = 2
SECONDS_BEHIND = 60
NOISE = ("music", "app", "charts", "official")
"""Optional words of names: 'Apple' may be 'Apple Music', but YouTube Music is not YouTube."""


class SpeltPlatform(NamedTuple):
    """A platform with its spellings; `distinct_from` are greater ids of platforms marked as distinct."""

    id: int
    slug: str
    name: str
    code: str
    aliases: Sequence[str]
    distinct_from: Sequence[int]

    @property
    def folds(self) -> frozenset[str]:
        """All its spellings, folded."""
        return frozenset({fold(self.slug), fold(self.name), fold(self.code), *self.aliases} - {""})


class Suspicion(NamedTuple):
    """Two possibly duplicate platforms and the reason; siblings are often distinct."""

    one: SpeltPlatform
    other: SpeltPlatform
    reason: str
    are_siblings: bool


def spelt_platforms() -> tuple[SpeltPlatform, ...]:
    """Returns all platforms with their spellings, read once per request."""
    if "spelt_platforms" not in g:
        found = rows(SpeltPlatform, "platform_spellings")
        g.spelt_platforms = tuple(
            each._replace(aliases=tuple(each.aliases), distinct_from=tuple(each.distinct_from))
            for each in found
        )
    spelt: tuple[SpeltPlatform, ...] = g.spelt_platforms
    return spelt


def open_suspicions() -> list[Suspicion]:
    """Returns the suspicions that nobody has marked as distinct."""
    return suspicions(spelt_platforms())


def suspicion_count() -> int:
    """Returns the number of open suspicions for the navigation, cached for a minute to save a statement."""
    cache: Cache = current_app.extensions["cache"]
    kept = None if "spelt_platforms" in g else cache.get("suspicions")
    if kept is not None:
        return int(kept)
    count = len(open_suspicions())
    cache.put("suspicions", str(count).encode(), SECONDS_BEHIND)
    return count


@lru_cache(maxsize=1)
def suspicions(platforms: tuple[SpeltPlatform, ...]) -> list[Suspicion]:
    """Returns the possibly duplicate pairs, in order of their ids; cached until a platform changes."""
    folds = {each.id: each.folds for each in platforms}
    bare = {each.id: frozenset(map(_bare, each.folds)) for each in platforms}
    found = []
    for one, other in combinations(platforms, 2):
        if other.id in one.distinct_from:
            continue
        if reason := _near(folds[one.id], folds[other.id]):
            found.append(Suspicion(one, other, reason, are_siblings=False))
        elif shared := bare[one.id] & bare[other.id]:
            reason = f"Both are {min(shared)!r}, apart from words like {NOISE[0]!r}."
            found.append(Suspicion(one, other, reason, are_siblings=True))
    return found


def _near(here: frozenset[str], there: frozenset[str]) -> str:
    """Returns how two spellings are similar; empty if none are."""
    if shared := here & there:
        return f"Both are spelt {min(shared)!r}."
    near = [(one, other) for one, other in product(here, there) if is_near(one, other)]
    return "{!r} and {!r} are almost the same.".format(*min(near)) if near else ""


def is_near(here: str, there: str) -> bool:
    """Returns whether two folded names differ by so few edits that it may be a typing error.

    The edits must be fewer than half of the shorter name's letters, since two edits turn any name of three
    letters into any other.
    """
    most = min(MOST_EDITS, (min(len(here), len(there)) - 1) // 2)
    return abs(len(here) - len(there)) <= most and edits(here, there) <= most


def edits(here: str, there: str) -> int:
    """Returns the Levenshtein distance."""
    before = list(range(len(there) + 1))
    for row, letter in enumerate(here, start=1):
        now = [row]
        for column, other in enumerate(there, start=1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != other)))
        before = now
    return before[-1]


def _bare(folded: str) -> str:
    """Returns a folded name without optional words at its ends."""
    for word in NOISE:
        folded = folded.removeprefix(word).removesuffix(word) or folded
    return folded
