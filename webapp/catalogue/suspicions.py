"""Platforms that may be one: by a spelling that both have, by near names, or by a name in another's."""

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
"""Words that a name may have or not: 'Apple' may be 'Apple Music', and YouTube Music is not YouTube."""


class SpeltPlatform(NamedTuple):
    """A platform with its spellings; `distinct_from` are those with a greater id that it is not."""

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
    """Two platforms that may be one, and why; of siblings nobody should take it for granted."""

    one: SpeltPlatform
    other: SpeltPlatform
    reason: str
    are_siblings: bool


def spelt_platforms() -> tuple[SpeltPlatform, ...]:
    """All platforms with their spellings, read once a request."""
    if "spelt_platforms" not in g:
        found = rows(SpeltPlatform, "platform_spellings")
        g.spelt_platforms = tuple(
            each._replace(aliases=tuple(each.aliases), distinct_from=tuple(each.distinct_from))
            for each in found
        )
    spelt: tuple[SpeltPlatform, ...] = g.spelt_platforms
    return spelt


def open_suspicions() -> list[Suspicion]:
    """The pairs of which nobody has said that they are two."""
    return suspicions(spelt_platforms())


def suspicion_count() -> int:
    """How many are open, for the navigation of every page: as it was within a minute, to save a statement."""
    cache: Cache = current_app.extensions["cache"]
    kept = None if "spelt_platforms" in g else cache.get("suspicions")
    if kept is not None:
        return int(kept)
    count = len(open_suspicions())
    cache.put("suspicions", str(count).encode(), SECONDS_BEHIND)
    return count


@lru_cache(maxsize=1)
def suspicions(platforms: tuple[SpeltPlatform, ...]) -> list[Suspicion]:
    """The pairs that may be one, in order of their ids; worked out again only when a platform has changed."""
    folds = {each.id: each.folds for each in platforms}
    bare = {each.id: frozenset(map(_bare, each.folds)) for each in platforms}
    found = []
    for one, other in combinations(platforms, 2):
        if other.id in one.distinct_from:
            continue
        if reason := _near(folds[one.id], folds[other.id]):
            found.append(Suspicion(one, other, reason, are_siblings=False))
        elif shared := bare[one.id] & bare[other.id]:
            reason = f"Both are {min(shared)!r}, but for a word such as {NOISE[0]!r}."
            found.append(Suspicion(one, other, reason, are_siblings=True))
    return found


def _near(here: frozenset[str], there: frozenset[str]) -> str:
    """How one of some spellings is near to one of others; empty where none is."""
    if shared := here & there:
        return f"Both are spelt {min(shared)!r}."
    near = [(one, other) for one, other in product(here, there) if is_near(one, other)]
    return "{!r} and {!r} are all but the same.".format(*min(near)) if near else ""


def is_near(here: str, there: str) -> bool:
    """Whether one folded name becomes the other by so few edits that it may be a slip.

    Fewer than half of the shorter one's letters: two edits make any name of three letters another's.
    """
    most = min(MOST_EDITS, (min(len(here), len(there)) - 1) // 2)
    return abs(len(here) - len(there)) <= most and edits(here, there) <= most


def edits(here: str, there: str) -> int:
    """The letters to put in, take out or replace until one is the other (Levenshtein)."""
    before = list(range(len(there) + 1))
    for row, letter in enumerate(here, start=1):
        now = [row]
        for column, other in enumerate(there, start=1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != other)))
        before = now
    return before[-1]


def _bare(folded: str) -> str:
    """A folded name without the words at its ends that it may have or not."""
    for word in NOISE:
        folded = folded.removeprefix(word).removesuffix(word) or folded
    return folded
