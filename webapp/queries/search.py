"""The search over all that is held here."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from webapp.models import fold
from webapp.pasted import Pasted
from webapp.queries import rows
from webapp.text import fold_text, prefix_query

Kind = Literal["track", "artist", "chart", "platform", "note"]
MOST_NAMED = 20


class Hit(NamedTuple):
    """Something found; `key` is the uuid of a track, artist or note, the slug of another."""

    kind: Kind
    key: str
    title: str
    note: str


class _Held(NamedTuple):
    uuid: UUID
    name: str


def search(typed: str, size: int) -> list[Hit]:
    """At most `size` of each kind, the best first; every word typed begins a word of what is found."""
    words = prefix_query(typed)
    if not words:
        return []
    folded = fold_text(typed)
    return rows(Hit, "search", words=words, folded=folded, platform=fold(folded), size=size)


def named(pasted: Pasted) -> list[Hit]:
    """What something pasted names; usually one track."""
    asked = pasted._asdict()
    asked |= {"platforms": list(pasted.platforms), "identifiers": list(pasted.identifiers)}
    isrc = {} if pasted.isrc is None else {"platforms": ["isrc"], "identifiers": [pasted.isrc]}
    return rows(Hit, "search_named", **(asked | isrc), size=MOST_NAMED)


def held(uuids: Sequence[str]) -> dict[str, str]:
    """Those of some SoundCharts uuids that are tracks or artists here, with their names."""
    return {str(found.uuid): found.name for found in rows(_Held, "search_held", uuids=list(uuids))}
