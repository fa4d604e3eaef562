"""The files of large tables, which jobs make: kept in the database for a day, in parts.

The database reaches every host, and a restart of Redis or a full memory would lose them there.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, select

from webapp.extensions import db
from webapp.models import TableFilePart
from webapp.queries import one

ROWS_OF_PAGE = 10_000
"""Rows after which a job reports its progress."""
KEPT_DAYS = 1
PART = 2**20
"""Bytes."""


class KeptFile(NamedTuple):
    """The parts of a file, its size in bytes, and when it is deleted."""

    parts: int
    size: int
    kept_until: datetime


def keep_file(run_uuid: UUID, path: Path) -> int:
    """Writes the file of a run, uncommitted; returns its size in bytes."""
    with path.open("rb") as file:
        for part, content in enumerate(iter(lambda: file.read(PART), b"")):
            row = {"run_uuid": run_uuid, "part": part, "content": content}
            db.session.execute(insert(TableFilePart), row)
        return file.tell()


def kept_file(run_uuid: UUID) -> KeptFile | None:
    """Returns the file of a run; None if there is none, or its day is over."""
    return one(KeptFile, "table_file_kept", run_uuid=run_uuid, days=KEPT_DAYS)


def read_file(run_uuid: UUID, parts: int) -> Iterator[bytes]:
    """Yields the content of a file, one part in memory at a time."""
    for part in range(parts):
        query = select(TableFilePart.content)
        yield db.session.scalars(query.filter_by(run_uuid=run_uuid, part=part)).one()
