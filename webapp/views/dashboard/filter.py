"""The parameters of the dashboard: one filter for all cards, and the state of single cards."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, Self, cast

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.lib.clock import today
from webapp.models import Platform
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.lists.lists import KnownList
from webapp.views.shared.parameters import BadParameterError, choice, date_range, day
from webapp.views.shared.state import State, one_of, parameter, platform_filter, present, text, user_list

Preset = Literal["7", "30", "90", "week", "dates"]
By = Literal["fetched", "ranked"]

PRESETS: dict[Preset, str] = {"7": "7 days", "30": "30 days", "90": "90 days", "week": "Last full week"}
MOST_DAYS = 1100
EARLIEST = date(2000, 1, 1)
CHART_FILTERS = ("platform", "country", "list")
"""The filters that the list of charts has too."""


@dataclass(frozen=True, kw_only=True)
class DashboardState(State):
    """The filter, then the state of single cards: how rankings are counted, and the chosen tabs.

    `countries` are names by code, for the chips.
    """

    endpoint = "dashboard.page"

    preset: Preset = one_of((*PRESETS, "dates"), name="window")
    start_date: date | None = parameter(
        day, lambda state: f"Dates: {state.window.words}", without=("window", "end_date")
    )
    end_date: date | None = parameter(day)
    platform: Platform | None = platform_filter()
    country: str = text(lambda state: f"Country: {state.countries.get(state.country, state.country)}")
    known: KnownList | None = user_list()
    released_since: date | None = parameter(day, "Released since {}")
    by: By = one_of(("fetched", "ranked"))
    top: str = text()
    leaders: str = text()
    window: Window
    countries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters; an empty one counts as missing. Raises BadParameterError."""
        given = present(given)
        preset = cast("Preset", choice(given, "window", (*PRESETS, "dates")))
        window = _window(preset, given)
        start, end = window if preset == "dates" else (None, None)
        return super().read(given, window=window, start_date=start, end_date=end, **fixed)

    @property
    def narrow(self) -> Narrow:
        """The filter of charts for queries; `country` is a code, '-' worldwide."""
        return Narrow(
            platform_id=self.platform.id if self.platform else None,
            country=self.country or None,
            list_id=self.known.id if self.known else None,
        )

    def charts_url(self, **other: object) -> str:
        """Returns the URL of the list of charts with this filter and further ones."""
        own = {name: value for name, value in self.arguments().items() if name in CHART_FILTERS}
        return url_for("charts.index", **own | other)


def _window(preset: Preset, given: MultiDict[str, str]) -> Window:
    """Returns the first and last date; presets of days include today."""
    last = today()
    if preset == "week":
        monday = last - timedelta(days=last.weekday() + 7)
        return Window(monday, monday + timedelta(days=6))
    if preset != "dates":
        return Window(last - timedelta(days=int(preset) - 1), last)
    start, end = date_range(given)
    end = end or last
    return _checked(Window(start or end - timedelta(days=6), end), last)


def _checked(window: Window, last: date) -> Window:
    if window.start < EARLIEST:
        raise BadParameterError(f"start_date ({window.start}) must not be before {EARLIEST}.")
    if window.end > last:
        raise BadParameterError(f"end_date ({window.end}) must not be after today ({last}).")
    if window.days > MOST_DAYS:
        raise BadParameterError(f"The range must be at most {MOST_DAYS:,} days, not {window.days:,}.")
    return window
