"""Rewrites every search text, for a migration that changes how text is folded."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, array

from webapp.lib.text import search_text
from webapp.models import Artist, Chart, Note, Track, TrackArtist

BATCH = 5000
"""Rows per statement, since statements of a migration have a timeout of a minute."""

_CREDITED = (
    select(Artist.name)
    .join(TrackArtist, TrackArtist.artist_id == Artist.id)
    .where(TrackArtist.track_id == Track.id)
    .order_by(TrackArtist.position)
    .correlate(Track)
)
# The searchable names of each table, as its writers pass them to `search_text`.
_NAMES: Sequence[tuple[type[Any], Any]] = (
    (
        Track,
        array([Track.name, Track.credit_name, Track.isrc]).concat(func.array(_CREDITED.scalar_subquery())),
    ),
    (Artist, array([Artist.name])),
    (Chart, array([Chart.name, Chart.slug, Chart.country_name, Chart.city_name])),
    (Note, array([Note.text])),
)
_GIVEN = (
    func.unnest(bindparam("ids", type_=ARRAY(BigInteger)), bindparam("texts", type_=ARRAY(Text)))
    .table_valued("id", "text", name="given")
    .render_derived()
)


def rewrite_search_texts(connection: Connection) -> None:
    """Rewrites `search_text` of all tracks, artists, charts and notes, in the current transaction."""
    for model, names in _NAMES:
        query = select(model.id, names).where(model.id > bindparam("after")).order_by(model.id).limit(BATCH)
        _rewrite(connection, model, query)


def _rewrite(connection: Connection, model: type[Any], query: Select[Any]) -> None:
    write = (
        update(model)
        .where(model.id == _GIVEN.c.id, model.search_text != _GIVEN.c.text)
        .values(search_text=_GIVEN.c.text)
        .execution_options(synchronize_session=False)
    )
    after = 0
    while found := connection.execute(query, {"after": after}).all():
        ids, texts = [row for row, _names in found], [search_text(*names) for _row, names in found]
        connection.execute(write, {"ids": ids, "texts": texts})
        after = ids[-1]
