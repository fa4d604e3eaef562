"""The search over all that is held here, and the words that every other search asks for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select

from webapp.extensions import db
from webapp.models import Platform, fold
from webapp.pasted import Pasted
from webapp.queries import rows, statement
from webapp.text import FEWEST_LETTERS, NAME, Typed, deletions, fold_text, is_near, read_typed

Kind = Literal["track", "artist", "chart", "platform", "note"]
MOST_NAMED = 20
MOST_NEAR = 500
"""Words that are looked at for each that was typed."""


class Hit(NamedTuple):
    """Something found; `key` is the uuid of a track, artist or note, the slug of another.

    `is_near` is whether a typing error lies between what was typed and what it is called.
    """

    kind: Kind
    key: str
    title: str
    note: str
    is_near: bool = False


class Words(NamedTuple):
    """What a list is narrowed to: a tsquery, empty where nothing was typed; `is_near` as in `Hit`."""

    query: str
    is_near: bool


class _Held(NamedTuple):
    uuid: UUID
    name: str


class _Near(NamedTuple):
    part: str
    word: str


def search(typed: str, size: int) -> list[Hit]:
    """At most `size` of each kind, the best first; every word typed begins a word of what is found.

    Where there are fewer of a kind, what is near follows.
    """
    asked = read_typed(typed)
    if not asked.chunks:
        return []
    hits = _hits(typed, asked, size)
    if not asked.allows_errors:
        return hits
    found = {(hit.kind, hit.key) for hit in hits}
    for hit in _hits(typed, asked, size, _near(asked)):
        if (hit.kind, hit.key) not in found and sum(other.kind == hit.kind for other in hits) < size:
            hits.append(hit._replace(is_near=True))
    return hits


def list_words(kind: Literal["track", "artist", "chart"], typed: str) -> Words:
    """What the list of a kind is narrowed to: the words typed, or those near them where none has these."""
    asked = read_typed(typed)
    query = asked.query()
    if not asked.allows_errors or db.session.scalar(
        statement("search_finds"), {"kind": kind, "words": query}
    ):
        return Words(query, is_near=False)
    return Words(asked.query(_near(asked)), is_near=True)


def named(pasted: Pasted) -> list[Hit]:
    """What something pasted names; usually one track."""
    asked = pasted._asdict()
    asked |= {"platforms": list(pasted.platforms), "identifiers": list(pasted.identifiers)}
    isrc = {} if pasted.isrc is None else {"platforms": ["isrc"], "identifiers": [pasted.isrc]}
    return rows(Hit, "search_named", **(asked | isrc), size=MOST_NAMED)


def held(uuids: Sequence[str]) -> dict[str, str]:
    """Those of some SoundCharts uuids that are tracks or artists here, with their names."""
    return {str(found.uuid): found.name for found in rows(_Held, "search_held", uuids=list(uuids))}


def _hits(typed: str, asked: Typed, size: int, near: Mapping[str, Sequence[str]] | None = None) -> list[Hit]:
    """What has the words typed, or with `near` what has these and not those."""
    folded = fold_text(typed)
    return rows(
        Hit,
        "search",
        called=asked.name_query(near or {}),
        words=asked.query(near or {}),
        without=asked.query() if near is not None else "",
        typed=typed.strip(),
        folded=folded or " ",
        platform=fold(folded),
        near_platforms=_near_platforms(fold(folded)) if near is not None else [],
        size=size,
    )


def _near_platforms(typed: str) -> list[str]:
    """The platforms, by fold, that are near what was typed; there are few, so all are looked at."""
    if len(typed) < FEWEST_LETTERS:
        return []
    left, folds = deletions(typed), db.session.scalars(select(Platform.fold))
    return [each for each in folds if left & deletions(each) and is_near(typed, each)]


def _near(asked: Typed) -> dict[str, list[str]]:
    """For each part of what was typed the words near it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for near in rows(_Near, "search_near", parts=asked.parts, most=MOST_NEAR):
        if is_near(near.part, near.word.removeprefix(NAME)):
            found[near.part].append(near.word)
    return found
