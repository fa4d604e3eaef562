"""A comparison of artists: the sums of their tracks on one platform."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.drawing import apexcharts
from webapp.lib.series import Series
from webapp.models import Artist
from webapp.queries.artists.growth import ArtistHeld, artists_held, last_day
from webapp.queries.artists.listed import ArtistFilter, ListedArtist, artist_page
from webapp.queries.artists.pages import PlatformGain, platform_gains
from webapp.queries.audience import PALETTE
from webapp.queries.sums import SumPoint, sum_series
from webapp.views.artists.growth import drawn_points
from webapp.views.compare.scale import METRICS, MOST, Base, Metric, scale_of, scaled
from webapp.views.shared.finding import artists_or_404
from webapp.views.shared.parameters import BadParameterError, choice, parts, read_uuid
from webapp.views.shared.state import PlatformState, one_of, parameter, text

Range = Literal["90", "7", "30", "365", "all"]
MOST_FOUND = 8


def _artists(given: MultiDict[str, str], name: str) -> tuple[Artist, ...]:
    """Reads uuids, repeated or separated by commas. Raises BadParameterError; 404 for an unknown artist."""
    uuids = [uuid for part in parts(given, name) if (uuid := read_uuid(MultiDict({name: part}), name))]
    if len(uuids) > MOST:
        raise BadParameterError(f"{name} must have at most {MOST} artists, not {len(uuids)}.")
    return tuple(dict.fromkeys(artists_or_404(uuids)))


def _uuids(artists: Iterable[Artist]) -> str:
    return ",".join(str(artist.uuid) for artist in artists)


@dataclass(frozen=True, kw_only=True)
class ArtistsState(PlatformState):
    """The parameters of the comparison; the data choose the metric where it is None.

    `find` searches for an artist to add.
    """

    artists: tuple[Artist, ...] = parameter(_artists, default=tuple, write=_uuids)
    metric: Metric | None = parameter(lambda given, name: choice(given, name, METRICS))
    range: Range = one_of(("90", "7", "30", "365", "all"))
    find: str = text()

    def without(self, artist: Artist) -> dict[str, Any]:
        """Returns the query without an artist."""
        return self.arguments(artists=_uuids(one for one in self.artists if one is not artist))

    def with_also(self, found: ListedArtist) -> dict[str, Any]:
        """Returns the query with another artist."""
        return self.arguments(artists=f"{_uuids(self.artists)},{found.uuid}".strip(","), find=None)


class Part(NamedTuple):
    """One artist of a comparison; `gain` is that of the range, None without a value in it."""

    artist: Artist
    colour: str
    held: ArtistHeld
    points: list[SumPoint]
    gain: PlatformGain | None


class ArtistComparison(NamedTuple):
    """The content of a comparison; `without` are the artists with no value in the range.

    `base` is that of an index, `no_index` why there is none. `found` are artists to add.
    """

    state: ArtistsState
    metric: Metric
    start: date | None
    end: date | None
    parts: list[Part]
    without: list[str]
    found: list[ListedArtist]
    base: Base | None = None
    no_index: str = ""

    @property
    def sentences(self) -> list[str]:
        """One sentence per artist, for those who cannot see the chart."""
        metric = self.state.platform.audience_metric_name.lower()
        return [
            f"{part.artist.name}: {part.points[-1].total:,} {metric} on {part.points[-1].label}."
            for part in self.parts
        ]

    def index_at(self, part: Part, point: SumPoint) -> float | None:
        """Returns the total of a point as an index; None where none is shown."""
        return self.base and self.base.index_of(part.artist.uuid, point.total)


def compare_artists(state: ArtistsState) -> ArtistComparison:
    """Returns the comparison with its points; an artist's colour depends on its place in the URL."""
    held = artists_held([artist.id for artist in state.artists], state.platform.id)
    start, end = _ends(state, list(held.values()))
    parts = [
        _part(state, artist, colour, held=held[artist.id], ends=(start, end))
        for artist, colour in zip(state.artists, PALETTE, strict=False)
        if start and end and artist.id in held
    ]
    shown = [part for part in parts if part.points]
    scale = scale_of(
        {part.artist.uuid: {point.label: point.total for point in part.points} for part in shown},
        state.metric,
    )
    return ArtistComparison(
        state=state,
        metric=scale.metric,
        start=start,
        end=end,
        parts=shown,
        without=[artist.name for artist in state.artists if artist not in [part.artist for part in shown]],
        found=_found(state),
        base=scale.base,
        no_index=scale.no_index,
    )


def drawing(compared: ArtistComparison) -> dict[str, Any]:
    """Returns the drawing for drawings.js."""
    if compared.no_index:
        return apexcharts.empty("day", compared.no_index)
    series = [_series(compared, part) for part in compared.parts]
    return apexcharts.drawing(scaled(series, compared.metric, start=compared.start, end=compared.end))


def _ends(state: ArtistsState, held: Sequence[ArtistHeld]) -> tuple[date | None, date | None]:
    """Returns the range up to the newest whole day of all, both inclusive; None without values."""
    begun = [each.first_date for each in held if each.first_date]
    if not begun:
        return None, None
    newest = last_day(held)
    if state.range == "all":
        return min(begun), newest
    return newest - timedelta(days=int(state.range) - 1), newest


def _part(
    state: ArtistsState, artist: Artist, colour: str, *, held: ArtistHeld, ends: tuple[date, date]
) -> Part:
    start, end = ends
    points = sum_series(
        artist_id=artist.id, platform_ids=[state.platform.id], start=start, end=end, interval="day"
    )
    gain = platform_gains(artist.id, [ends])[ends].get(state.platform.id)
    return Part(artist, colour, held, points=points, gain=gain)


def _found(state: ArtistsState) -> list[ListedArtist]:
    """Returns the artists that are searched for, without those compared."""
    if not state.find:
        return []
    narrow = ArtistFilter(typed=state.find, platform_id=state.platform.id)
    compared = {artist.uuid for artist in state.artists}
    found = artist_page(narrow, "gain", "desc", after=None, size=MOST_FOUND + len(compared)).artists
    return [each for each in found if each.uuid not in compared][:MOST_FOUND]


def _series(compared: ArtistComparison, part: Part) -> Series:
    points = [
        replace(drawn, index=compared.index_at(part, point))
        for point, drawn in zip(part.points, drawn_points(part.points), strict=True)
    ]
    metric = compared.state.platform.audience_metric_name
    words = f"Index (100 on {compared.base.day})" if compared.base else metric
    return Series(part.artist.name, words, part.colour, points=points)
