"""The SQL statements of a page and of its fragments, for admins who add `debug=1` to its URL."""

from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import DBAPIError

from webapp.access.requests import current_page
from webapp.access.rights import allowed
from webapp.extensions import db
from webapp.lib.masking import mask
from webapp.timing import Sent

DEVELOPERS = "admin_settings.index"
"""The route whose users see statements."""
LONGEST_VALUE = 100


def init_app(app: Flask) -> None:
    """Adds the panel to HTML that is requested with `debug=1`, or by a page that was."""
    app.before_request(begin)
    app.after_request(add_panel)


def begin() -> None:
    """Makes the response a new one, so that it has all its statements."""
    if request.method != "GET" or "1" not in (request.args.get("debug"), _of_page()):
        return
    if allowed(DEVELOPERS):
        g.debugging = True
        request.environ.pop("HTTP_IF_NONE_MATCH", None)


def _of_page() -> str:
    """Returns the parameter `debug` of the page that requests a fragment."""
    return parse_qs(urlsplit(current_page()).query).get("debug", [""])[0]


def add_panel(response: Response) -> Response:
    """Adds the statements at the end of a page or fragment, with the plan of the one that `explain` names."""
    if "debugging" not in g or response.status_code != 200 or response.mimetype != "text/html":  # noqa: PLR2004
        return response
    statements = numbered(g.statements)
    chosen = statements.get(request.args.get("explain", ""))
    body, end, rest = response.get_data(as_text=True).rpartition("</main>")
    panel = render_template(
        "partials/statements.html",
        statements=statements,
        total=sum(sent.milliseconds for sent in statements.values()),
        is_page=bool(end),
        chosen=chosen,
        plan=plan_of(chosen) if chosen and chosen.has_plan else "",
        explain_url=explain_url,
        value=shown_value,
    )
    response.set_data(f"{body}{panel}{end}{rest}" if end else f"{rest}{panel}")
    response.headers["Cache-Control"] = "no-store"
    del response.headers["ETag"]
    return response


def numbered(statements: list[Sent]) -> dict[str, Sent]:
    """Returns the statements by name and number, since a page can send one repeatedly."""
    found: dict[str, Sent] = {}
    for sent in statements:
        number = sum(each.name == sent.name for each in found.values()) + 1
        found[f"{sent.name}.{number}"] = sent
    return found


def explain_url(key: str) -> str:
    """Returns the URL that shows the same, with the plan of a statement."""
    kept = [
        (name, value) for name, value in request.args.items(multi=True) if name not in ("debug", "explain")
    ]
    return f"{request.path}?{urlencode([*kept, ('debug', '1'), ('explain', key)])}#plan"


def shown_value(value: object) -> str:
    """Returns the text of a parameter, shortened."""
    text = mask(str(value))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def plan_of(sent: Sent) -> str:
    """Returns the plan with measured times; of a statement that writes without, since it is not executed."""
    for options in ("ANALYZE, BUFFERS", "COSTS"):
        with db.engine.connect() as connection, suppress(DBAPIError):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            lines = connection.exec_driver_sql(f"EXPLAIN ({options}) {sent.sql}", sent.parameters).scalars()
            return mask("\n".join(lines))
    return "PostgreSQL gives no plan for this statement."
