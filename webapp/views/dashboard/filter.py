"""The parameters of the dashboard: one filter for all cards, and the state of single cards."""

from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, cast

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.lib.clock import today
from webapp.models import Platform
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.lists.lists import KnownList
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.list_filter import read_list_filter
from webapp.views.shared.parameters import BadParameterError, choice, date_range, day, filled

Preset = Literal["7", "30", "90", "week", "dates"]
By = Literal["fetched", "ranked"]

PRESETS: dict[Preset, str] = {"7": "7 days", "30": "30 days", "90": "90 days", "week": "Last full week"}
MOST_DAYS = 1100
EARLIEST = date(2000, 1, 1)


class DashboardState(NamedTuple):
    """The filter, then the state of single cards: how rankings are counted, and the chosen tabs."""

    preset: Preset
    window: Window
    platform: Platform | None
    country: str
    known: KnownList | None
    released_since: date | None
    by: By
    top: str
    leaders: str

    @property
    def narrow(self) -> Narrow:
        """The filter of charts for queries; `country` is a code, '-' worldwide."""
        platform_id = self.platform.id if self.platform else None
        return Narrow(platform_id, self.country or None, self.known.id if self.known else None)

    def arguments(self, **other: object) -> dict[str, Any]:
        """The shortest query of this state, with overrides; defaults are omitted."""
        dates = self.preset == "dates"
        parameters: dict[str, Any] = {
            "window": self.preset if self.preset != "7" else None,
            "start_date": self.window.start if dates else None,
            "end_date": self.window.end if dates else None,
            "platform": self.platform.slug if self.platform else None,
            "country": self.country,
            "list": self.known.uuid if self.known else None,
            "released_since": self.released_since,
            "by": self.by if self.by != "fetched" else None,
            "top": self.top,
            "leaders": self.leaders,
        }
        return {name: str(value) for name, value in (parameters | other).items() if value}

    def url(self, **other: object) -> str:
        """The URL of the dashboard in this state, with overrides."""
        return url_for("dashboard.page", **self.arguments(**other))

    def charts_url(self, **other: object) -> str:
        """The URL of the list of charts with this filter and further ones."""
        slug = self.platform.slug if self.platform else None
        known = self.known.uuid if self.known else None
        parameters: dict[str, Any] = {"platform": slug, "country": self.country or None, "list": known}
        return url_for("charts.index", **(parameters | other))

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """Each filter as a label, its value and the URL without it."""
        undated = {"window": None, "start_date": None, "end_date": None}
        found: list[tuple[str, object, dict[str, None]]] = [
            ("Dates", self.window.words if self.preset == "dates" else None, undated),
            ("Platform", self.platform.name if self.platform else None, {"platform": None}),
            ("Country", self.country, {"country": None}),
            ("List", self.known.title if self.known else None, {"list": None}),
            ("Released since", self.released_since, {"released_since": None}),
        ]
        return [(what, str(value), self.url(**without)) for what, value, without in found if value]


def read_dashboard(given: MultiDict[str, str]) -> DashboardState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    given = filled(given)
    preset = cast("Preset", choice(given, "window", (*PRESETS, "dates")))
    return DashboardState(
        preset,
        _window(preset, given),
        platform_or_404(given["platform"]) if "platform" in given else None,
        given.get("country", ""),
        read_list_filter(given),
        day(given, "released_since"),
        cast("By", choice(given, "by", ("fetched", "ranked"))),
        given.get("top", ""),
        given.get("leaders", ""),
    )


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
