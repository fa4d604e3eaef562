"""The search over all stored data, and the words for the searches of lists."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.lib.pasted import Pasted
from webapp.lib.text import FEWEST_LETTERS, Typed, fold_text, is_near, read_typed
from webapp.models import Platform, fold
from webapp.queries import rows, statement

Kind = Literal["track", "artist", "chart", "platform", "note"]
KINDS: Sequence[Kind] = get_args(Kind)
MOST_NAMED = 20
MOST_NEAR = 500
"""The most similar words considered for each typed word."""


class Hit(NamedTuple):
    """A hit; `key` is the uuid of a track, artist or note, otherwise the slug.

    `is_near`: its name differs from the query by a typing error.
    """

    kind: Kind
    key: str
    title: str
    note: str
    is_near: bool = False


class Words(NamedTuple):
    """The words that filter a list: a tsquery, empty without input; `is_near` as in `Hit`."""

    query: str
    is_near: bool


class _Held(NamedTuple):
    uuid: UUID
    name: str


class _NearWord(NamedTuple):
    part: str
    word: str


class _Near(NamedTuple):
    """Similar words for each typed part, and similar platforms by their folds."""

    words: Mapping[str, Sequence[str]]
    platforms: Sequence[str]


_NOTHING_NEAR = _Near({}, ())


def search(typed: str, size: int) -> list[Hit]:
    """Returns at most `size` hits of each kind, the best first; every typed word begins a word of a hit.

    If there are fewer of a kind, similar ones follow.
    """
    parsed = read_typed(typed)
    if not parsed.chunks:
        return []
    hits = _hits(typed, parsed, size=size, kinds=KINDS)
    return hits + _near_hits(typed, parsed, size=size, hits=hits) if parsed.allows_errors else hits


def list_words(kind: Literal["track", "artist", "chart"], typed: str) -> Words:
    """Returns the words that filter the list of a kind: the typed ones, or similar ones without a match."""
    parsed = read_typed(typed)
    query = parsed.query()
    if not parsed.allows_errors or db.session.scalar(
        statement("search_finds"), {"kind": kind, "words": query}
    ):
        return Words(query, is_near=False)
    return Words(parsed.query(_near_words(parsed)), is_near=True)


def named(pasted: Pasted) -> list[Hit]:
    """Returns the hits of a pasted reference, usually one track."""
    parsed = pasted._asdict()
    parsed |= {"platforms": list(pasted.platforms), "identifiers": list(pasted.identifiers)}
    isrc = {} if pasted.isrc is None else {"platforms": ["isrc"], "identifiers": [pasted.isrc]}
    return rows(Hit, "search_named", **(parsed | isrc), size=MOST_NAMED)


def held(uuids: Sequence[str]) -> dict[str, str]:
    """Returns the SoundCharts uuids of stored tracks and artists, with their names."""
    return {str(found.uuid): found.name for found in rows(_Held, "search_held", uuids=list(uuids))}


def _near_hits(typed: str, parsed: Typed, *, size: int, hits: Sequence[Hit]) -> list[Hit]:
    """Returns similar hits of the kinds with fewer than `size` hits, as many as are missing."""
    counts = Counter(hit.kind for hit in hits)
    kinds = [kind for kind in KINDS if counts[kind] < size]
    if not kinds:
        return []
    near = _Near(_near_words(parsed), _near_platforms(fold(fold_text(typed))))
    if not any(near):
        return []
    found = {(hit.kind, hit.key) for hit in hits}
    near_hits = []
    # The exact hits are found again; of each of these kinds they are fewer than `size`.
    for hit in _hits(typed, parsed, size=2 * size, kinds=kinds, near=near):
        if (hit.kind, hit.key) not in found and counts[hit.kind] < size:
            counts[hit.kind] += 1
            near_hits.append(hit._replace(is_near=True))
    return near_hits


def _hits(
    typed: str, parsed: Typed, *, size: int, kinds: Sequence[Kind], near: _Near = _NOTHING_NEAR
) -> list[Hit]:
    """Returns the hits of the typed words, and with `near` also those of similar words."""
    folded = fold_text(typed)
    return rows(
        Hit,
        "search",
        called=parsed.name_query(near.words),
        words=parsed.query(near.words),
        typed=typed.strip(),
        folded=folded or " ",
        platform=fold(folded),
        near_platforms=list(near.platforms),
        kinds=list(kinds),
        size=size,
    )


def _near_platforms(typed: str) -> list[str]:
    """Returns the folds of platforms similar to the typed text; there are few, so all are compared."""
    if len(typed) < FEWEST_LETTERS:
        return []
    return [each for each in db.session.scalars(select(Platform.fold)) if is_near(typed, each)]


def _near_words(parsed: Typed) -> dict[str, list[str]]:
    """Returns similar words for each typed part."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for near in rows(_NearWord, "search_near", parts=parsed.parts, words=parsed.words, most=MOST_NEAR):
        if is_near(near.part, near.word):
            found[near.part].append(near.word)
    return found
