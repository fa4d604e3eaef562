"""The sum of a track's totals on all platforms with one kind of metric, such as streams."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from webapp.dates import beginning
from webapp.models import Platform, Track
from webapp.queries.audience import ChartQuery, Point, latest, series
from webapp.queries.sums import SumPoint, sum_series
from webapp.queries.tracks.pages import Series

SIGN = "@"
"""A combination is named like a platform, after this sign: @streams."""
NAMES = {"streams": "All streaming platforms", "views": "All video views", "creations": "All creations"}
FEWEST = 2


class Combination(NamedTuple):
    """The platforms with one kind of metric and values of a track, by id; it stands where a platform can."""

    kind: str
    platforms: tuple[Platform, ...]

    @property
    def id(self) -> int:
        """A number that no platform has; it gives the colour."""
        return -4 - list(NAMES).index(self.kind)

    @property
    def slug(self) -> str:
        """Its name in URLs."""
        return SIGN + self.kind

    @property
    def name(self) -> str:
        """Its name on pages."""
        return NAMES[self.kind]

    @property
    def audience_metric_name(self) -> str:
        """The metric of its totals."""
        return self.kind.capitalize()

    @property
    def has_song_audience(self) -> bool:
        """Whether SoundCharts has song audience for it."""
        return True

    def named(self, ids: Iterable[int]) -> list[Platform]:
        """Returns its platforms with these ids, in order."""
        wanted = set(ids)
        return [platform for platform in self.platforms if platform.id in wanted]


Drawable = Platform | Combination


class Counted(NamedTuple):
    """The platforms of a point of a combination: those that `reported`, and those with an earlier total."""

    reported: list[Platform]
    earlier: list[Platform]
    joined: list[Platform]

    @property
    def slugs(self) -> list[str]:
        """The slugs of all that count, by id."""
        return [each.slug for each in sorted((*self.reported, *self.earlier), key=lambda each: each.id)]

    @property
    def words(self) -> str:
        """Returns 'Spotify and SoundCloud; Audiomack with an earlier total'."""
        reported = _listed(self.reported)
        return f"{reported}; {_listed(self.earlier)} with an earlier total" if self.earlier else reported

    @property
    def joined_words(self) -> str:
        """Returns 'Audiomack joins, 3 platforms in all'."""
        verb = "joins" if len(self.joined) == 1 else "join"
        return f"{_listed(self.joined)} {verb}, {len(self.slugs)} platforms in all"


class CombinedPoint(NamedTuple):
    """A point of a combination, with the platforms that count."""

    sum: SumPoint
    counted: Counted


def combination_named(name: str, held: Sequence[Platform]) -> Combination | None:
    """Returns the combination that a URL names, of the platforms with values; None if there is none."""
    kind = name.removeprefix(SIGN)
    if kind == name or kind not in NAMES:
        return None
    return Combination(kind, tuple(each for each in held if each.metric_kind == kind))


def combinations(held: Sequence[Platform]) -> list[Combination]:
    """Returns the combinations of two or more of the platforms with values."""
    found = [combination_named(SIGN + kind, held) for kind in NAMES]
    return [each for each in found if each and len(each.platforms) >= FEWEST]


def members(drawn: Iterable[Drawable]) -> list[Platform]:
    """Returns the platforms of the series, each once."""
    found = (each.platforms if isinstance(each, Combination) else (each,) for each in drawn)
    return list(dict.fromkeys(platform for platforms in found for platform in platforms))


def combined_points(
    track: Track, combination: Combination, query: ChartQuery, *, held: Sequence[Series]
) -> list[CombinedPoint]:
    """Returns the points of a combination, oldest first. `held` are the series of the track."""
    ids = [platform.id for platform in combination.platforms]
    first_dates = {each.platform_id: each.first_date for each in held if each.platform_id in ids}
    if not first_dates:
        return []
    found = sum_series(
        track_id=track.id,
        platform_ids=ids,
        combined=True,
        start=query.start_date or beginning(min(first_dates.values()), track.release_date),
        end=query.end_date or max(each.last_date for each in held),
        interval=query.interval,
    )
    return [CombinedPoint(point, _counted(combination, point, first_dates)) for point in found]


def as_point(combination: Combination, point: SumPoint) -> Point:
    """Returns the point of a combination as that of a series; what a sum has not is None."""
    shared: dict[str, Any] = {name: value for name, value in point._asdict().items() if name in Point._fields}
    own: dict[str, Any] = {
        "platform_id": combination.id,
        "gain_days": point.covers,
        "identifiers_changed": point.unlike > 0,
        "first_date": point.label,
        "first_total": point.total,
    }
    return Point(**{**dict.fromkeys(Point._fields), **shared, **own})


def points_of(
    track: Track, drawn: Sequence[Drawable], query: ChartQuery, *, held: Sequence[Series]
) -> tuple[list[Point], dict[int, dict[date, Counted]]]:
    """Returns the points of platforms and combinations, and the platforms that count, by id and label."""
    sums = {
        each: combined_points(track, each, query, held=held)
        for each in drawn
        if isinstance(each, Combination)
    }
    platforms = [each.id for each in drawn if isinstance(each, Platform)]
    points = series(track.id, platforms, query._replace(limit=None)) if platforms else []
    points += [as_point(each, point.sum) for each, own in sums.items() for point in own]
    counted = {each.id: {point.sum.label: point.counted for point in own} for each, own in sums.items()}
    return latest(points, query.limit), counted


def _counted(combination: Combination, point: SumPoint, first_dates: dict[int, date]) -> Counted:
    begun = {each for each, first_date in first_dates.items() if first_date <= point.last_date}
    return Counted(
        reported=combination.named(point.reported_platforms),
        earlier=combination.named(begun.difference(point.reported_platforms)),
        joined=combination.named(point.joined_platforms or []),
    )


def _listed(platforms: Sequence[Platform]) -> str:
    names = [each.name for each in platforms]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
