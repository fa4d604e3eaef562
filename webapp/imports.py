"""Imports: what each row of a paste or a file means here, and the batch that fetches what is new."""

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from webapp.batches import Item, groups, queue_for, start
from webapp.costs import find_calls, metadata_calls
from webapp.import_rows import Row
from webapp.models import Batch
from webapp.queries import rows
from webapp.queueing import Asked, metadata_asked, song_asked

Kind = Literal["new", "known", "repeated", "wrong"]


class Verdict(NamedTuple):
    """What becomes of a row, and why; `track_uuid` is the song, where the row or the database tells which."""

    row: Row
    kind: Kind
    words: str = ""
    track_uuid: UUID | None = None
    name: str = ""


class _Known(NamedTuple):
    line: int
    uuid: UUID
    name: str


def judge(given: Sequence[Row]) -> list[Verdict]:
    """A verdict on each row, in their order."""
    known = {found.line: found for found in _known(given)}
    first: dict[tuple[str, str], int] = {}
    verdicts = []
    for row in given:
        line = first.setdefault((row.kind, row.term), row.line)
        verdicts.append(_verdict(row, known.get(row.line), line))
    return verdicts


def _verdict(row: Row, known: _Known | None, first: int) -> Verdict:
    if row.wrong:
        return Verdict(row, "wrong", row.wrong)
    if first != row.line:
        return Verdict(row, "repeated", f"The same as line {first}.")
    if known is not None:
        return Verdict(row, "known", track_uuid=known.uuid, name=known.name)
    if row.kind == "uuid":
        return Verdict(row, "new", "Will be fetched.", UUID(row.term))
    if row.pasted.app_url is not None:
        return Verdict(row, "wrong", "No track here has this address, and it holds no uuid to ask for.")
    return Verdict(row, "new", "Will be looked up, then fetched.")


def _known(given: Sequence[Row]) -> list[_Known]:
    """The rows that name tracks which are held."""
    return rows(_Known, "import_known", rows=json.dumps([_asked(row) for row in given if not row.wrong]))


def _asked(row: Row) -> dict[str, object]:
    asked = {"line": row.line, **row.pasted._asdict()}
    if row.kind == "isrc":
        return asked | {"platforms": ["isrc"], "identifiers": [row.term]}
    return asked


def import_calls(verdicts: Sequence[Verdict]) -> int:
    """Calls for what is new; its audience comes after."""
    new = [verdict for verdict in verdicts if verdict.kind == "new"]
    named = sum(verdict.track_uuid is not None for verdict in new)
    return (metadata_calls(named) if named else 0) + find_calls(len(new) - named)


def start_import(verdicts: Sequence[Verdict], requested_by: int) -> Batch:
    """Writes the batch with its wishes and sends them; every row is an item of it."""
    new = [verdict for verdict in verdicts if verdict.kind == "new"]
    asked = _wishes(new, requested_by)
    items = [_item(verdict, asked.get(verdict.row.line)) for verdict in verdicts]
    return start("import", {"rows": len(verdicts)}, items, requested_by)


def _wishes(new: Sequence[Verdict], requested_by: int) -> dict[int, Asked]:
    """What is wished for, by line: uuids by the score, all else one by one."""
    named = [verdict for verdict in new if verdict.track_uuid is not None]
    others = [verdict.row for verdict in new if verdict.track_uuid is None]
    queue = queue_for(len(groups(named)) + len(others))
    asked = {row.line: song_asked(row.kind, row.term, queue, requested_by=requested_by) for row in others}
    for group in groups(named):
        one = metadata_asked([verdict.row.term for verdict in group], queue, requested_by=requested_by)
        asked |= {verdict.row.line: one for verdict in group}
    return asked


def _item(verdict: Verdict, asked: Asked | None) -> Item:
    outcome = {"new": "wished", "wrong": "refused"}.get(verdict.kind, "known")
    subject = f"Line {verdict.row.line}: {verdict.row.written}"
    note = "" if verdict.kind == "new" else verdict.words
    return Item(subject, outcome, note, asked, verdict.track_uuid, position=verdict.row.line)
