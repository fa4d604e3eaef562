"""The page 'Entered charts': the tracks behind the dashboard's new entries and re-entries."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request

from webapp.lib.formats import on_platform
from webapp.queries.charts.listed import chart_choices
from webapp.queries.dashboard.entries import (
    PAGE_SIZE,
    WHOLE,
    EnteredTrack,
    EntriesOfWindow,
    Kind,
    Listing,
    Sort,
    entries_of_window,
    followed_charts,
)
from webapp.views.dashboard.filter import PRESETS, DashboardState
from webapp.views.shared.listing import BY_AGE, Column, list_response
from webapp.views.shared.parameters import number_from
from webapp.views.shared.state import SortedState, cursor, one_of, text
from webapp.views.shared.tables import FILE, Cell, Sheet, table_file

KINDS: dict[Kind, str] = {"all": "All", "new": "New", "re_entry": "Re-entries"}
MOVEMENTS = {"new": "new", "re_entry": "re-entry"}
LAST_PLACE = 10_000_000

COLUMNS: tuple[Column[str], ...] = (
    Column("title", "Track", "asc", ways=None),
    Column("position", "Best", "asc", ways=("best first", "worst first"), number=True, called="position"),
    Column("movement", "Movement", "asc", ways=None),
    Column("entered", "Entered", "desc", ways=BY_AGE),
    Column("charts", "Charts", "desc", ways=("fewest first", "most first")),
)
CSV_HEADER = (
    *("title", "artists", "track_uuid", "best_position", "charts"),
    *("best_platform", "best_chart", "best_place", "best_date", "movement", "last_entered"),
)

blueprint = Blueprint("entered", __name__)


@dataclass(frozen=True, kw_only=True)
class EnteredState(SortedState[Sort], DashboardState):
    """The filter of the dashboard, with the kind of entries and one chart; `chart_names` are by slug."""

    endpoint = "entered.page"
    columns = COLUMNS
    opens_by = "position"

    kind: Kind = one_of(tuple(KINDS))
    chart: str = text(lambda state: f"Chart: {state.chart_names.get(state.chart, state.chart)}")
    after: int = cursor(number_from(1, LAST_PLACE))
    chart_names: dict[str, str]

    def found(self, *, size: int) -> EntriesOfWindow:
        """Returns `size` tracks of the kind from the place of the page on, with the counts of all kinds."""
        sorting = self.sorting
        listing = Listing((self.kind,), size, self.after or 0, sort=sorting.sort, order=sorting.order)
        return entries_of_window(
            self.narrow, self.window, self.released_since, listing=listing, chart=self.chart or None
        )


def read_entered(countries: dict[str, str]) -> EnteredState:
    """Reads the parameters of the URL; `countries` are names by code. Raises BadParameterError."""
    names = {
        chart.slug: f"{on_platform(chart.name, chart.platform_name)}, {chart.place}"
        for chart in followed_charts()
    }
    return EnteredState.read(request.args, chart_names=names, countries=countries)


@blueprint.get("/dashboard/entered/")
def page() -> Response:
    """The tracks that entered charts in the window, a row for each."""
    choices = chart_choices()
    state = read_entered(dict(choices["country"]))
    found = state.found(size=PAGE_SIZE)
    tracks = found.listed[state.kind]
    end = tracks[-1].place if tracks else 0
    return list_response(
        "dashboard/entered",
        state,
        url=state.url(after=state.after),
        found=found,
        tracks=tracks,
        after=end if 0 < end < found.number(state.kind) else None,
        kinds=KINDS,
        movements=MOVEMENTS,
        presets=PRESETS,
        choices=choices,
    )


@blueprint.get(f"/dashboard/entered/entered.{FILE}")
@table_file
def file() -> Sheet:
    """All tracks of the page's filters as a file, in its order."""
    state = read_entered(dict(chart_choices()["country"]))
    tracks = state.found(size=WHOLE).listed[state.kind]
    return Sheet(
        f"entered charts {state.window.words}",
        CSV_HEADER,
        list(_lines(tracks)),
        filters=[state.window.words, *state.filters],
        order=state.sorting.words(),
        newest=max((track.last_entered_on for track in tracks), default=None),
    )


def _lines(tracks: list[EnteredTrack]) -> Iterator[list[Cell]]:
    for track in tracks:
        best = track.best
        yield [
            *(track.name, track.credit_name, str(track.uuid), best.position, track.charts),
            *(best.platform_name, best.chart_name, best.chart_place, best.ranked_on),
            *(MOVEMENTS[best.movement], track.last_entered_on),
        ]
