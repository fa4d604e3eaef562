"""Deliberate defects of the data: one table, and the series they affect.

They are random, but depend only on the seed and the series (or the day), so that a defect stays where it is.
Not in this table are identifiers that begin or stop in the middle of a history and copies of one recording
with almost equal totals (`identifiers.py`), songs without ISRC, audio or genres, and two songs that share an
ISRC (`catalogue.py`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sandbox.draws import unit

SEED_SONG = "7d534228-5165-11e9-9375-549f35161576"


@dataclass(frozen=True)
class Defect:
    """`series`: one in this many series has it. `days`: one in this many of its days (0: not by day)."""

    series: int
    days: int
    what: str


DEFECTS = {
    "missing_days": Defect(3, 60, "The day has no item."),
    "repeated_values": Defect(4, 50, "Three consecutive days have the total of the day before them."),
    "small_falls": Defect(
        15, 120, "The total of one day is slightly below the day before; then it continues."
    ),
    "halved_total": Defect(25, 0, "Spotify: twice the total until a day, as if a copy had been added to it."),
    "null_values": Defect(25, 80, "The plots of a day have null for a value."),
    "empty_plots": Defect(25, 80, "The item of a day has no plots."),
    "old_offset": Defect(6, 0, "Items before 2025 have the Paris offset; the date as written is correct."),
    "revised_newest": Defect(5, 0, "The newest total is too low until the day after."),
    "incomplete_newest": Defect(5, 0, "The newest item lacks every identifier but the first."),
}

# The two marks of the song of the seeds: one day in so many, counted from another day each so that
# they never meet, once it is more than so many days old.
SEED_MISSING, SEED_FALL = (70, 0, 30), (40, 5, 60)

OLD_OFFSET_UNTIL = date(2025, 1, 1)
HALVING_FROM, HALVING_SPAN = date(2024, 3, 1), 1100


@dataclass(frozen=True, kw_only=True)
class Series:
    """A song on a platform, with the defects that it has."""

    seed: int
    song: str
    platform: str
    defects: frozenset[str]

    def hit(self, defect: str, day: date) -> bool:
        """Returns whether `day` is one of the days on which this series shows `defect`."""
        if defect not in self.defects:
            return False
        return self._draw(defect, day.toordinal()) < 1 / DEFECTS[defect].days

    def missing(self, day: date, today: date) -> bool:
        if self.song == SEED_SONG:
            return _marked(day, today, *SEED_MISSING)
        return self.hit("missing_days", day)

    def falls(self, day: date, today: date) -> bool:
        """Returns whether the total of `day` is below the one before it."""
        if self.song == SEED_SONG and self.platform == "youtube":
            return _marked(day, today, *SEED_FALL)
        return self.hit("small_falls", day)

    def source_day(self, day: date) -> date:
        """Returns the day whose total is shown for `day`: an earlier one where a value repeats."""
        for back in (2, 1, 0):
            first = day - timedelta(days=back)
            if self.hit("repeated_values", first):
                return first - timedelta(days=1)
        return day

    def doubled(self, day: date) -> bool:
        """Returns whether `day` is before the halving of this series."""
        if "halved_total" not in self.defects:
            return False
        return day < HALVING_FROM + timedelta(days=int(self._draw("halving") * HALVING_SPAN))

    def _draw(self, *key: object) -> float:
        series = self.seed, self.song, self.platform
        return unit(*series, *key)


@lru_cache(maxsize=10_000)
def series_of(seed: int, song: str, platform: str) -> Series:
    """Returns the series of `song` on `platform`; the song of the seeds has none but its own two marks."""
    return Series(seed=seed, song=song, platform=platform, defects=_struck(seed, song, platform))


def _struck(seed: int, song: str, platform: str) -> frozenset[str]:
    if song == SEED_SONG:
        return frozenset()
    series = seed, song, platform
    names = {name for name, defect in DEFECTS.items() if unit(*series, name) < 1 / defect.series}
    return frozenset(names - {"halved_total"} if platform != "spotify" else names)


def _marked(day: date, today: date, every: int, counted_from: int, older_than: int) -> bool:
    return day.toordinal() % every == counted_from and (today - day).days > older_than
