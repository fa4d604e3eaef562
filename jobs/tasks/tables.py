"""The task that makes the Excel file of a large table."""

from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app
from werkzeug.exceptions import HTTPException

from jobs.contract import Done, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.upserts import Counts
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.work.table_files import ROWS_OF_PAGE, keep_file


def write_table(run: Run, heartbeat: Heartbeat) -> Done:
    """Writes the table of a URL as its requester sees it; a page of the run is ROWS_OF_PAGE rows."""
    if run.requested_by is None:
        raise RunError("A file is made for its requester, and this run has none.")
    db.session.commit()
    rows = count(1)

    def after_row() -> None:
        if next(rows) % ROWS_OF_PAGE == 0:
            heartbeat.page()

    with NamedTemporaryFile(suffix=".xlsx") as file:
        try:
            current_app.extensions["write_table"](
                run.args["url"], run.requested_by, path=file.name, after_row=after_row
            )
        except HTTPException as error:
            raise RunError(str(error.description)) from error
        size = keep_file(run.uuid, Path(file.name))
    return Done(Counts(0, 0, 0), f"{counted(next(rows) - 1, 'row')} in {size / 2**20:,.1f} MB.")
