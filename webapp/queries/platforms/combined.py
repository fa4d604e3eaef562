"""Platforms with one kind of metric, such as streams, whose totals are added."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from webapp.queries.sums import SumPoint

SIGN = "@"
"""A combination is named like a platform, after this sign: @streams."""
NAMES = {"streams": "All streaming platforms", "views": "All video views", "creations": "All creations"}
FEWEST = 2


class Member(Protocol):
    """A platform of a combination."""

    @property
    def id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def metric_kind(self) -> str | None: ...
    @property
    def updated_at(self) -> datetime: ...


class Combination(NamedTuple):
    """The platforms with one kind of metric and values, by id; it stands where a platform can."""

    kind: str
    platforms: tuple[Member, ...]

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

    @property
    def is_sum(self) -> bool:
        """Whether there are platforms to add; one alone is no combination."""
        return len(self.platforms) >= FEWEST

    @property
    def why_not(self) -> str:
        """Says why there is no sum."""
        only = f"only {self.platforms[0].name} has" if self.platforms else "no platform has"
        return f"{self.name} ({self.slug}) adds two or more platforms, and {only} {self.kind} here."

    def named(self, ids: Iterable[int]) -> list[Member]:
        """Returns its platforms with these ids, in order."""
        wanted = set(ids)
        return [platform for platform in self.platforms if platform.id in wanted]

    def counted(self, point: SumPoint, first_dates: Mapping[int, date]) -> "Counted":
        """Returns the platforms that a point of its sum is of, from the first date of each by id."""
        begun = {each for each, first_date in first_dates.items() if first_date <= point.last_date}
        return Counted(
            reported=self.named(point.reported_platforms),
            earlier=self.named(begun.difference(point.reported_platforms)),
            joined=self.named(point.joined_platforms or []),
        )


class Counted(NamedTuple):
    """The platforms of a point of a combination: those that `reported`, and those with an earlier total."""

    reported: list[Member]
    earlier: list[Member]
    joined: list[Member]

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
        """Returns 'Audiomack joins, 3 platforms in all'; empty if none joins."""
        if not self.joined:
            return ""
        verb = "joins" if len(self.joined) == 1 else "join"
        return f"{_listed(self.joined)} {verb}, {len(self.slugs)} platforms in all"


def combination_named(name: str, held: Sequence[Member]) -> Combination | None:
    """Returns the combination that a URL names, of the platforms with values; None if there is none."""
    kind = name.removeprefix(SIGN)
    if kind == name or kind not in NAMES:
        return None
    return Combination(kind, tuple(each for each in held if each.metric_kind == kind))


def combinations(held: Sequence[Member]) -> list[Combination]:
    """Returns the combinations of two or more of the platforms with values."""
    found = [combination_named(SIGN + kind, held) for kind in NAMES]
    return [each for each in found if each and each.is_sum]


def members(drawn: Iterable[Member | Combination]) -> list[Member]:
    """Returns the platforms of the series, each once."""
    found: list[Member] = []
    for each in drawn:
        found += each.platforms if isinstance(each, Combination) else [each]
    return list(dict.fromkeys(found))


def _listed(platforms: Sequence[Member]) -> str:
    names = [each.name for each in platforms]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
