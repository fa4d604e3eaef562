"""The files that jobs make of large tables: their progress and their download, for their requesters only."""

from uuid import UUID

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access.requests import wants_fragment
from webapp.extensions import db
from webapp.lib.formats import exact
from webapp.lib.tables import EXCEL, file_name
from webapp.models import JobRun
from webapp.queries.ops.runs import RunRow
from webapp.views.shared.finding import run_or_404
from webapp.views.shared.following import followed
from webapp.views.shared.htmx import is_shown, version_of
from webapp.views.shared.tables import sent_in_blocks
from webapp.work.table_files import ROWS_OF_PAGE, kept_file, read_file

blueprint = Blueprint("exports", __name__, url_prefix="/exports")


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> ResponseReturnValue:
    """The progress of a file, then its download; polls while it is made."""
    run = own_file_or_404(uuid)
    words, lines = followed(run)["words"], written(run)
    if run.state == "running":
        words = f"Writing: {exact(lines)} of {exact(run.args['rows'])} rows"
    version = version_of(words)
    if is_shown(version):
        return Response(status=204)
    return render_template(
        "exports/_file.html" if wants_fragment() else "exports/page.html",
        run=run,
        title=run.args["title"],
        words=words,
        shown=version,
        written=lines,
        kept=kept_file(uuid),
    )


@blueprint.get("/<uuid:uuid>/file.xlsx")
def file(uuid: UUID) -> Response:
    """The file; 404 when its day is over."""
    run, kept = own_file_or_404(uuid), kept_file(uuid)
    if kept is None:
        abort(404, "This file is no longer kept; export the table again.")
    response = sent_in_blocks(
        read_file(uuid, kept.parts), file_name(run.args["title"], "xlsx"), mimetype=EXCEL
    )
    response.content_length = kept.size
    return response


def own_file_or_404(uuid: UUID) -> RunRow:
    """Returns the run of a file that the user requested."""
    row = db.session.get(JobRun, uuid)
    if row is None or row.task != "write_table" or row.requested_by != current_user.id:
        abort(404, f"File {uuid} not found.")
    return run_or_404(uuid)


def written(run: RunRow) -> int:
    """Returns the rows that a run has written, as far as it has reported them."""
    rows: int = run.args["rows"]
    return min(run.pages * ROWS_OF_PAGE, rows)
