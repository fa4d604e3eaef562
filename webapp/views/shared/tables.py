"""Tables as files: CSV and small workbooks at once, large workbooks by a job that opens the same URL."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from datetime import UTC, date, datetime
from functools import wraps
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from webapp import audit
from webapp.access import limits
from webapp.access.rights import MOST_ROWS, allowed
from webapp.extensions import db
from webapp.lib.formats import exact, moment
from webapp.lib.tables import EXCEL, Cell, Table, csv_blocks, file_name, write_workbook
from webapp.models import User
from webapp.views.shared.definitions import definition
from webapp.work.queue import submit
from webapp.work.requests import table_request

__all__ = ["Cell", "Sheet", "every", "table_file"]

MOST_AT_ONCE = 20_000
"""Rows of a workbook that a request makes; a job makes larger ones."""
MIMETYPES = {"csv": "text/csv", "xlsx": EXCEL}
FILE = "<any(csv, xlsx):kind>"
"""The end of the URL of a table's file."""

R = TypeVar("R")
K = TypeVar("K")
Read = Callable[..., "Sheet"]
Fields = Mapping[str, Callable[[Any], Cell]]
"""The columns of a file and how each is read from a row."""


class Sheet(NamedTuple):
    """A table as a page shows it. Without a `total`, `rows` is a sequence and all of the table.

    `filters` and `order` are in words, `newest` is the newest date of its data, and `notes` are further pairs
    of a label and a text. `query` are the parameters that it depends on; without them all of the URL count.
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    total: int | None = None
    filters: Sequence[str] = ()
    order: str = ""
    newest: date | datetime | None = None
    notes: Sequence[tuple[str, str]] = ()
    query: Mapping[str, str] | None = None


def init_app(app: Flask) -> None:
    """Gives jobs the function that writes a workbook, since they do not import views, and pages the limit."""
    app.extensions["write_table"] = write_table
    app.add_template_global(most_rows)


def sheet(title: str, fields: Fields, rows: Iterable[Any], **more: Any) -> Sheet:
    """Returns a table whose columns are read from the rows by `fields`; `more` are fields of the Sheet."""
    made = ([read(row) for read in fields.values()] for row in rows)
    return Sheet(title, list(fields), made if "total" in more else list(made), **more)


def table_file(read: Read) -> Callable[..., ResponseReturnValue]:
    """Makes a view of a function that returns a table; the URL of the view ends with its `kind`.

    The function gets the other parts of the URL.
    """

    @wraps(read)
    def view(kind: str, **where: Any) -> ResponseReturnValue:
        shown = read(**where)
        if request.method == "HEAD":
            return Response(mimetype=MIMETYPES[kind])
        table, url = _limited(shown), _url(shown)
        if kind == "xlsx" and table.total > MOST_AT_ONCE:
            return _requested(table, url)
        _record(table, url)
        if kind == "csv":
            return sent_in_blocks(csv_blocks(table), file_name(table.title, kind), MIMETYPES[kind])
        file = BytesIO()
        read_as_of_now()
        write_workbook(table, file)
        file.seek(0)
        return _download(file, file_name(table.title, kind), MIMETYPES[kind])

    view.read_table = read  # type: ignore[attr-defined]
    return limits.exports(view)


def every(page: Callable[[K | None], tuple[Iterable[R], K | None]], first: K | None = None) -> Iterator[R]:
    """Yields the rows of all pages; `page` returns the rows after a key, and the key of the next page."""
    found, after = page(first)
    yield from found
    while after is not None:
        found, after = page(after)
        yield from found


def sent_in_blocks(blocks: Iterator[bytes], name: str, mimetype: str) -> Response:
    """Returns a download whose blocks may be read from the database while they are sent.

    Each is read in a copy of the request's context, which therefore ends as usual, by a session of its own:
    objects of the request's session can no longer be read.
    """
    context = copy_context()

    def sent() -> Iterator[bytes]:
        try:
            context.run(read_as_of_now)
            while block := context.run(next, blocks, b""):
                yield block
        finally:
            context.run(db.session.remove)

    response = _download(BytesIO(), name, mimetype)
    response.direct_passthrough = False
    response.response = sent()
    del response.content_length
    return response


def _download(file: BytesIO, name: str, mimetype: str) -> Response:
    """Returns a file that is made anew for each request, so that no part of it can be requested."""
    response = send_file(file, mimetype, as_attachment=True, download_name=name, conditional=False)
    response.accept_ranges = "none"
    return response


def read_as_of_now() -> None:
    """Lets the session read all pages of a table as of one moment.

    Otherwise a row that is changed or deleted between two pages could end the file early, or repeat rows.
    """
    db.session.commit()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def plain(notes: Sequence[str]) -> str | None:
    """Returns notes as one text without HTML; None without any."""
    return ", ".join(Markup(note).striptags() for note in notes) or None  # noqa: S704 (read as text)


def most_rows() -> int:
    """Returns the most rows that the user may take away in one file."""
    return MOST_ROWS[current_user.role]


def write_table(url: str, user_id: int, *, path: str, after_row: Callable[[], None]) -> None:
    """Writes the workbook of a table's URL as a user sees it, outside of a request.

    Raises HTTPException for a URL that the user may not open (any more), and for a wrong parameter.
    """
    with current_app.app_context(), current_app.test_request_context(url):
        g._login_user = db.session.get(User, user_id)  # noqa: SLF001 (Flask-Login's place for the user)
        endpoint = str(request.endpoint)
        if not current_user.is_active or not allowed(endpoint):
            abort(403, "The requester may not export this table.")
        where = {name: value for name, value in (request.view_args or {}).items() if name != "kind"}
        read = current_app.view_functions[endpoint].read_table  # type: ignore[union-attr]
        table = _limited(read(**where))
        read_as_of_now()
        write_workbook(table, path, after_row)


def _limited(shown: Sheet) -> Table:
    """Returns the table with as many rows as the user's role may take away; its title says if it is cut."""
    rows = shown.rows if shown.total is not None else list(shown.rows)
    total = shown.total if shown.total is not None else len(rows)  # type: ignore[arg-type]
    most = most_rows()
    cut = total > most
    title = f"{shown.title} first {most}" if cut else shown.title
    return Table(title, shown.header, islice(rows, most), min(total, most), _notes(shown, total, most))


def _notes(shown: Sheet, total: int, most: int) -> list[tuple[str, str]]:
    cut = f"{exact(most)}, the first; the role '{current_user.role}' may export no more"
    found = [
        ("Table", shown.title),
        ("Filters", "; ".join(shown.filters) or "none"),
        ("Order", shown.order),
        ("Rows", f"{cut}." if total > most else exact(total)),
        ("As of", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Newest data", _words(shown.newest)),
        ("Source", "Trackpulse, data from SoundCharts"),
        *shown.notes,
        *((name, definition(name)) for name in shown.header),
    ]
    return [(label, text) for label, text in found if text]


def _words(newest: date | datetime | None) -> str:
    if isinstance(newest, datetime):
        return moment(newest)
    return newest.isoformat() if newest else ""


def _url(shown: Sheet) -> str:
    """Returns the URL of a table with its own parameters, in one order: equal tables have equal URLs."""
    query = shown.query if shown.query is not None else request.args
    given = sorted(MultiDict(query).items(multi=True))
    return f"{request.path}?{urlencode(given)}" if given else request.path


def _record(table: Table, url: str) -> None:
    audit.record("export", table.title, after={"url": url, "rows": table.total})
    db.session.commit()


def _requested(table: Table, url: str) -> ResponseReturnValue:
    """Requests the job that makes the file, and redirects to the page with its progress."""
    run = submit(table_request(url, table.title, rows=table.total, requested_by=current_user.id))
    if run.created:
        _record(table, url)
    return redirect(url_for("exports.page", uuid=run.uuid), 303)
