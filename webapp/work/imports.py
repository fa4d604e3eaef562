"""Imports: checks each row of a paste or a file, and creates the batch that fetches new songs."""

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from webapp.models import Batch
from webapp.queries import rows
from webapp.work.batches import Item, groups, queue_for, start
from webapp.work.costs import find_calls, metadata_calls
from webapp.work.import_rows import Row
from webapp.work.requests import RunRequest, metadata_request, song_request

Kind = Literal["new", "known", "repeated", "wrong"]


class Verdict(NamedTuple):
    """The verdict on a row with its reason; `track_uuid` is the song, if the row or the database has it."""

    row: Row
    kind: Kind
    words: str = ""
    track_uuid: UUID | None = None
    name: str = ""


class _Known(NamedTuple):
    place: int
    uuid: UUID
    name: str
    with_audience: bool


def judge(given: Sequence[Row]) -> list[Verdict]:
    """Returns a verdict on each row, in their order."""
    known = {found.place: found for found in _known(given)}
    first: dict[tuple[str, str], Row] = {}
    verdicts = []
    for place, row in enumerate(given):
        same = first.setdefault((row.kind, row.term), row)
        verdicts.append(_verdict(row, known.get(place), same))
    return verdicts


def _verdict(row: Row, known: _Known | None, first: Row) -> Verdict:
    if row.wrong:
        return Verdict(row, "wrong", row.wrong)
    if first is not row:
        return Verdict(row, "repeated", f"The same as line {first.line}.")
    if known is not None:
        kind: Kind = "known" if known.with_audience else "new"
        words = "" if known.with_audience else "Stored without audience, which will be fetched."
        return Verdict(row, kind, words, track_uuid=known.uuid, name=known.name)
    if row.kind == "uuid":
        return Verdict(row, "new", "Will be fetched.", track_uuid=UUID(row.term))
    if row.pasted.app_url is not None:
        return Verdict(row, "wrong", "No stored track has this URL, and it contains no uuid.")
    return Verdict(row, "new", "Will be looked up, then fetched.")


def _known(given: Sequence[Row]) -> list[_Known]:
    """Returns the rows whose tracks are stored."""
    wanted = [_columns(place, row) for place, row in enumerate(given) if not row.wrong]
    return rows(_Known, "import_known", rows=json.dumps(wanted))


def _columns(place: int, row: Row) -> dict[str, object]:
    columns = {"place": place, **row.pasted._asdict()}
    if row.kind == "isrc":
        return columns | {"platforms": ["isrc"], "identifiers": [row.term]}
    return columns


def import_calls(verdicts: Sequence[Verdict]) -> int:
    """Returns the calls for new songs, without their audience."""
    new = [verdict for verdict in verdicts if verdict.kind == "new"]
    named = sum(verdict.track_uuid is not None for verdict in new)
    return (metadata_calls(named) if named else 0) + find_calls(len(new) - named)


def start_import(verdicts: Sequence[Verdict], requested_by: int) -> Batch:
    """Writes the batch with its requests and enqueues their runs; every row is an item of it."""
    requests = _requests([verdict for verdict in verdicts if verdict.kind == "new"], requested_by)
    items = [_item(verdict, requests.get((verdict.row.kind, verdict.row.term))) for verdict in verdicts]
    return start("import", {"rows": len(verdicts)}, items, requested_by=requested_by)


def _requests(new: Sequence[Verdict], requested_by: int) -> dict[tuple[str, str], RunRequest]:
    """Returns the request for each row, by its kind and term: uuids in batches, others one by one."""
    named = [verdict for verdict in new if verdict.track_uuid is not None]
    others = [verdict.row for verdict in new if verdict.track_uuid is None]
    queue = queue_for(len(groups(named)) + len(others))
    requests = {
        (row.kind, row.term): song_request(row.kind, row.term, queue=queue, requested_by=requested_by)
        for row in others
    }
    for group in groups(named):
        uuids = list(dict.fromkeys(str(verdict.track_uuid) for verdict in group))
        one = metadata_request(uuids, with_audience=True, queue=queue, requested_by=requested_by)
        requests |= {(verdict.row.kind, verdict.row.term): one for verdict in group}
    return requests


def _item(verdict: Verdict, request: RunRequest | None) -> Item:
    outcome = {"new": "requested", "wrong": "refused"}.get(verdict.kind, "known")
    subject = f"Line {verdict.row.line}: {verdict.row.written}"
    note = "" if verdict.kind == "new" else verdict.words
    wanted = request if verdict.kind == "new" else None
    return Item(subject, outcome, note=note, request=wanted, track_uuid=verdict.track_uuid)
