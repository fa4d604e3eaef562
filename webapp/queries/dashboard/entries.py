"""The tracks that entered charts in a window: counted for the dashboard, listed on a page of their own."""

from datetime import date
from itertools import groupby
from typing import Any, Literal, NamedTuple
from uuid import UUID

from webapp.extensions import db
from webapp.queries import Order, filled, rows
from webapp.queries.dashboard.cards import Narrow, Window

Kind = Literal["all", "new", "re_entry"]
Sort = Literal["position", "charts", "entered"]

PAGE_SIZE = 50
WHOLE = 2**31 - 1
KEYS: dict[Sort, str] = {
    "position": "position {order}, charts DESC",
    "charts": "charts {order}, position",
    "entered": "last_entered_on {order}, position",
}


class Entered(NamedTuple):
    """An entry of a chart: the best one of a track there in the window."""

    movement: str
    position: int
    ranked_on: date
    chart_slug: str
    chart_name: str
    chart_place: str
    platform_name: str


class EnteredTrack(NamedTuple):
    """A track that entered `charts` charts, last on `last_entered_on`; `entries` has the best first."""

    place: int
    uuid: UUID
    name: str
    credit_name: str
    charts: int
    last_entered_on: date
    entries: list[Entered]

    @property
    def best(self) -> Entered:
        """The best of its entries."""
        return self.entries[0]


class Listing(NamedTuple):
    """Which tracks to list: `size` of each kind after the place `after`, each with `most_charts` entries."""

    kinds: tuple[Kind, ...]
    size: int
    after: int = 0
    sort: Sort = "position"
    order: Order = "asc"
    most_charts: int = WHOLE


class EntriesOfWindow(NamedTuple):
    """The number of rankings in a window, and of tracks that are new, a re-entry, or one of these (`both`).

    `listed` has the tracks of the listing, by kind.
    """

    rankings: int
    new: int
    re_entry: int
    both: int
    listed: dict[str, list[EnteredTrack]]

    def number(self, kind: Kind) -> int:
        """Returns the number of tracks of a kind."""
        return {"all": self.both, "new": self.new, "re_entry": self.re_entry}[kind]


class FollowedChart(NamedTuple):
    """A chart that is followed and has a ranking."""

    slug: str
    name: str
    place: str
    platform_name: str


def entries_of_window(
    narrow: Narrow,
    window: Window,
    released_since: date | None,
    *,
    listing: Listing,
    chart: str | None = None,
) -> EntriesOfWindow:
    """Returns the entries in rankings dated in the window, of all charts or the one with the slug `chart`."""
    statement = filled("overview_entries", order=KEYS[listing.sort].format(order=listing.order))
    parameters = {
        **narrow._asdict(),
        **window._asdict(),
        "released_since": released_since,
        "chart": chart,
        "kinds": list(listing.kinds),
        "after": listing.after,
        "size": listing.size,
        "most_charts": listing.most_charts,
    }
    found = [dict(row) for row in db.session.execute(statement, parameters).mappings()]
    counts = {name: found[0][name] for name in EntriesOfWindow._fields[:-1]}
    listed: dict[str, list[EnteredTrack]] = {kind: [] for kind in listing.kinds}
    for (kind, _), own in groupby(found, key=lambda row: (row["kind"], row["place"])):
        if kind:
            listed[kind].append(_entered_track(list(own)))
    return EntriesOfWindow(**counts, listed=listed)


def followed_charts() -> list[FollowedChart]:
    """Returns the followed charts that have a ranking, by platform and place."""
    return rows(FollowedChart, "entries_charts")


def _entered_track(found: list[dict[str, Any]]) -> EnteredTrack:
    entries = [Entered(**{name: row[name] for name in Entered._fields}) for row in found]
    return EnteredTrack(**{name: found[0][name] for name in EnteredTrack._fields[:-1]}, entries=entries)
