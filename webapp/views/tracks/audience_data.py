"""The stored values of one series; operators can fetch a range again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp import audit
from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.formats import counted
from webapp.models import Platform, Track
from webapp.queries.ops.runs import RunRow, run_children
from webapp.queries.tracks.audience_data import (
    MOST_POINTS,
    FormerRow,
    Identifier,
    PointFilter,
    PointPage,
    PointRow,
    point_page,
)
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import audience_platform_or_404, platform_or_404, run_or_404, track_or_404
from webapp.views.shared.following import followed
from webapp.views.shared.htmx import is_shown, with_toast
from webapp.views.shared.parameters import BadParameterError, day, filled, read_uuid
from webapp.views.shared.state import State, cursor, parameter, switch
from webapp.views.shared.tables import FILE, Cell, Sheet, table_file
from webapp.views.shared.wording import changes, toast
from webapp.work.costs import range_calls
from webapp.work.queue import enqueue, record
from webapp.work.requests import audience_request

MOST_DAYS = 1096
"""The most days of one fetch: three years, in 13 calls."""
CSV_HEADER = ("date", "value", "gain", "days_covered", "fetched_at", "run", "identifiers", "former_values")

blueprint = Blueprint("audience_data", __name__, url_prefix="/tracks/<uuid:uuid>/data/<slug>")


@dataclass(frozen=True, kw_only=True)
class DataState(State):
    """The parameters of the page; `run` is the fetch whose progress it shows."""

    start_date: date | None = parameter(day, "From {}")
    end_date: date | None = parameter(day, "To {}")
    revised: bool = switch("Revised only")
    before: date | None = cursor(day)
    run: UUID | None = cursor(read_uuid)
    track: Track
    platform: Platform

    @property
    def narrow(self) -> PointFilter:
        """The filter for queries."""
        return PointFilter(start_date=self.start_date, end_date=self.end_date, revised=self.revised)

    def url(self, **other: object) -> str:
        """Returns the URL of the first page of values, with overrides."""
        return self._at("audience_data.page", **other)

    @property
    def here(self) -> str:
        """The URL of this page of values."""
        return self.url(before=self.before)

    def _at(self, endpoint: str, **other: object) -> str:
        return url_for(endpoint, uuid=self.track.uuid, slug=self.platform.slug, **self.arguments(**other))


@blueprint.get("/")
def page(uuid: UUID, slug: str) -> str:
    """The values, newest first, with former values; `before` is the last date of the previous page."""
    return show(read_data(uuid, slug))


@blueprint.get(f"/points.{FILE}")
@table_file
def points(uuid: UUID, slug: str) -> Sheet:
    """All values that match the filters, as a file."""
    state = read_data(uuid, slug)
    found = point_page(state.track, state.platform, state.narrow, size=MOST_POINTS)
    return Sheet(
        f"{state.track.name or state.track.uuid} {state.platform.slug} values",
        CSV_HEADER,
        [csv_row(found, point) for point in found.points],
        filters=state.filters,
        order="by date, newest first",
        newest=found.points[0].date if found.points else None,
    )


@blueprint.post("/fetch/")
@limits.refreshes
def fetch(uuid: UUID, slug: str) -> ResponseReturnValue:
    """Requests a range of dates again, after confirmation, and redirects to the page with its progress."""
    track, platform = track_or_404(uuid), audience_platform_or_404(slug)
    state = DataState(track=track, platform=platform)
    try:
        start, end = read_range(filled(request.form))
    except BadParameterError as error:
        return show(state, error.sentence), 400
    calls = range_calls(1, start, end)
    if not confirmed(calls):
        return confirm_range(state, start, end, calls=calls)
    [run] = record(
        [audience_request(track, platform, start=start, end=end, forced=True, requested_by=current_user.id)]
    )
    after = {"platform": platform.slug, "start": start, "end": end, "run": run.uuid}
    audit.record("audience.fetch", f"track {track.uuid}", after=after)
    db.session.commit()
    enqueue([run])
    return redirect(state.url(start_date=start, end_date=end, run=run.uuid), 303)


@blueprint.get("/runs/<uuid:run>/")
def run(uuid: UUID, slug: str, run: UUID) -> ResponseReturnValue:
    """A fetch of this series; polls while it is live and triggers an event on the page when it ends."""
    state = DataState(track=track_or_404(uuid), platform=platform_or_404(slug), run=run)
    row = run_of_series(state)
    shown = run_shown(row)
    if is_shown(str(shown["shown"])):
        return Response(status=204)
    body = render_template("tracks/_data_run.html", state=state, **shown)
    if row.is_live:
        return body
    return with_toast(body, toast(state.platform.name, row, f"{changes(row)}."), "audience-changed")


def read_data(uuid: UUID, slug: str) -> DataState:
    """Reads the parameters; 404 for an unknown series. Raises BadParameterError."""
    return DataState.read(request.args, track=track_or_404(uuid), platform=platform_or_404(slug))


def read_range(given: MultiDict[str, str]) -> tuple[date, date]:
    """Reads the dates of the form, both inclusive. Raises BadParameterError."""
    start, end = day(given, "fetch_start"), day(given, "fetch_end")
    if start is None or end is None:
        raise BadParameterError("Enter the first and the last date.")
    if start > end:
        raise BadParameterError(f"The first date ({start}) is after the last ({end}).")
    if end > today():
        raise BadParameterError(f"{end} is in the future.")
    if (end - start).days >= MOST_DAYS:
        raise BadParameterError(f"The range must be at most {counted(MOST_DAYS, 'day')}.")
    return start, end


def show(state: DataState, error: str = "") -> str:
    """Renders the page, or only its table for HTMX; `error` shows beside the fields of the range."""
    is_fragment = wants_fragment()
    # Before the values: a run that ends in between would show as done beside the values that it replaced.
    shown = run_shown(run_of_series(state)) if state.run and not is_fragment else {"run": None}
    found = point_page(state.track, state.platform, state.narrow, before=state.before)
    if is_fragment:
        return render_template("tracks/_data.html", state=state, found=found, is_fragment=True)
    return render_template(
        "tracks/data.html", state=state, found=found, error=error, form=request.form, **shown
    )


def confirm_range(state: DataState, start: date, end: date, *, calls: int) -> str:
    """Renders the confirmation page with the effects and the cost."""
    days = (end - start).days + 1
    subject = f"{state.platform.name} of {state.track.name or state.track.uuid}"
    lines = [
        f"{subject}: {start} to {end}, {counted(days, 'day')}.",
        "Changed values replace the stored ones, which are kept as former values.",
    ]
    undo = "Queued and running runs can be cancelled."
    back = state.url(start_date=start, end_date=end)
    return confirmation_page(
        "Fetch a range again", lines, calls=calls, button="Fetch again", back=back, undo=undo
    )


def run_of_series(state: DataState) -> RunRow:
    """Returns the run of the URL; 404 if it is not a run of this series."""
    row = run_or_404(state.run or UUID(int=0))
    about = (row.args.get("track_uuid"), row.args.get("platform"))
    if about != (str(state.track.uuid), state.platform.slug):
        abort(404, f"Run {state.run} is not a run of this series.")
    return row


def run_shown(row: RunRow) -> dict[str, object]:
    """Returns the context of a run's fragment; `child` is a live run that it started."""
    children = [] if row.is_live else run_children(row.uuid)
    child = next((child for child in children if child.is_live), None)
    return {"run": row, "child": child, **followed(row)}


def csv_row(found: PointPage, point: PointRow) -> tuple[Cell, ...]:
    """Returns the cells of CSV_HEADER; identifiers and former values are joined by semicolons."""
    return (
        point.date,
        point.total,
        point.gain,
        point.covers,
        point.fetched_at,
        point.run_number,
        "; ".join(map(_identifier, point.identifiers)),
        _formers(found.former.get(point.date, [])),
    )


def _identifier(identifier: Identifier) -> str:
    return f"{identifier.name}={'' if identifier.value is None else identifier.value}"


def _formers(former: Sequence[FormerRow]) -> str:
    return "; ".join(f"{row.former_value} until {row.revised_at:%Y-%m-%dT%H:%M:%SZ}" for row in former)
