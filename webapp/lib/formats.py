"""Formats of numbers, dates and ages for people; each is a template filter."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from flask import Flask
from markupsafe import Markup

from webapp.lib.series import CAVEATS, SHORT_CAVEATS, Caveat

LEAST_BASE = 1000
LEAST_COMPACT = 1000
ROUNDS_UP = 0.9995
MOST_NAMED = 20
MINUS = "\N{MINUS SIGN}"
_A_DAY = timedelta(days=1)

# The classes of right-to-left letters, and of characters that set the direction of what follows.
_TURNS = {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}
_SIZES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
_AGES = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def init_app(app: Flask) -> None:
    """Registers every function below as a filter."""
    for function in (
        compact,
        exact,
        counted,
        signed,
        signed_compact,
        age,
        age_in_days,
        day,
        moment,
        second,
        song_length,
        names,
        on_platform,
        share,
        incomplete,
        gain_notes,
        caveat,
    ):
        app.add_template_filter(function)


def compact(number: int) -> str:
    """Returns 2783193386 as '2.8B'; show the exact number beside it, on hover or focus."""
    for size, letter in _SIZES:
        units = abs(number) / size
        # 999,500 would be '1000K', so it uses the next size.
        if abs(number) >= LEAST_COMPACT and units >= ROUNDS_UP:
            return f"{number / size:.{0 if round(units, 1) >= 100 else 1}f}{letter}"  # noqa: PLR2004 (digits)
    return str(number)


def exact(number: int) -> str:
    """Returns 2783193386 as '2,783,193,386'."""
    return f"{number:,}"


def counted(number: int, word: str, plural: str = "") -> str:
    """Returns '1 track', '2 tracks', '1,200 entries'; `plural` is for irregular plurals."""
    return f"{exact(number)} {word if number == 1 else plural or f'{word}s'}"


def signed(number: int) -> str:
    """Returns 520000 as '+520,000', with a true minus sign below zero."""
    return f"+{number:,}" if number > 0 else exact(number).replace("-", MINUS)


def signed_compact(number: int) -> str:
    """Returns 520000 as '+520K'."""
    return f"+{compact(number)}" if number > 0 else compact(number).replace("-", MINUS)


def percent(part: int, base: int | None) -> str | None:
    """Returns `part` of `base` formatted by share(); None if the base is too small to be meaningful."""
    if base is None or base < LEAST_BASE:
        return None
    return share(part / base)


def age(then: datetime, now: datetime | None = None) -> str:
    """Returns '3 hours ago'; 'just now' for less than a minute ago or a later time."""
    passed = (now or datetime.now(UTC)) - then
    for size, word in _AGES:
        if passed >= size:
            count = passed // size
            return f"{counted(count, word)} ago"
    return "just now"


def age_in_days(then: date, today: date | None = None) -> str:
    """Returns 'today', 'yesterday', '5 days ago' or 'in 5 days', by the calendar (UTC)."""
    days = ((today or datetime.now(UTC).date()) - then).days
    if days < 0:
        return "tomorrow" if days == -1 else f"in {-days:,} days"
    return {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")


def day(then: date) -> str:
    """Returns a date as '2026-11-20'."""
    return then.isoformat()[:10]


def moment(then: datetime) -> str:
    """Returns a time as '2026-11-20 14:05', in UTC as noted on every page."""
    return then.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def second(then: datetime) -> str:
    """Returns a time as '2026-11-20 14:05:09', for events within a minute."""
    return then.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def song_length(seconds: int) -> str:
    """Returns 194 as '3:14', 3725 as '1:02:05'."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Part(Protocol):
    """A range of whole numbers, without its `upper` end."""

    @property
    def lower(self) -> int | None: ...
    @property
    def upper(self) -> int | None: ...


def incomplete(missing: Iterable[Part], refused: int) -> str:
    """Returns what a ranking lacks: 'positions 3 and 7 missing; 1 row was refused'; empty if nothing."""
    places = _ranges(missing)
    lacking = (
        [f"position{'s' if len(places) > 1 or 'to' in places[0] else ''} {_listed(places)} missing"]
        if places
        else []
    )
    if refused:
        lacking.append(f"{counted(refused, 'row was', 'rows were')} refused")
    return "; ".join(lacking)


def names(items: Iterable[Any]) -> list[str]:
    """Returns the names in a list of the API: strings, labels `{name, type}` or genres `{root, sub}`."""
    found = [item.get("name") or item.get("root") if isinstance(item, dict) else item for item in items]
    return list(dict.fromkeys(str(name) for name in found if name))


def on_platform(chart: str, platform: str) -> str:
    """Returns a chart's name with its platform's, unless the chart's name has that."""
    return chart if platform in chart else f"{platform} {chart}"


def share(part: float) -> str:
    """Returns 0.104 as '+10.4%'; a share that rounds to zero has no sign."""
    text = f"{part * 100:+,.1f}%".replace("-", MINUS)
    return "0.0%" if text[1:] == "0.0%" else text


def isolated(name: str) -> str:
    """Returns a name for a sentence, isolated if right-to-left letters would reorder what follows it."""
    turns = any(unicodedata.bidirectional(letter) in _TURNS for letter in name)
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if turns else name


def gain_notes(
    covers: int | None, length: int, kind: Caveat | None, base: date | None = None, start: date | None = None
) -> list[str]:
    """Returns the notes of a gain of `length` days: '5 of 7 days', 'of 11 days', why it is not compared.

    For a period from `start` on they include the days of the gain, from the day after `base`, if they differ
    from those of the period: 'of 11 days, 2026-11-10 to 2026-11-20', 'of 2026-11-12 to 2026-11-18'.
    """
    found: list[str] = []
    if covers is not None and covers != length:
        found.append(f"of {covers:,} days" if covers > length else f"{covers:,} of {length:,} days")
    if covers is not None and base and start and (found or base + _A_DAY != start):
        ends = base + _A_DAY, base + covers * _A_DAY
        text = f"{found[0]}, " if found else "of "
        found = [Markup("{}<time>{}</time> to <time>{}</time>").format(text, *ends)]
    return found + ([SHORT_CAVEATS[kind]] if kind else [])


def caveat(kind: Caveat) -> str:
    """Returns the words of a caveat: 'a total fell'."""
    return CAVEATS[kind]


def _ranges(missing: Iterable[Part]) -> list[str]:
    """Returns each range of whole numbers as '3' or '5 to 9'."""
    ends = [(part.lower or 0, (part.upper or 0) - 1) for part in missing]
    return [str(first) if first == last else f"{first} to {last}" for first, last in ends]


def _listed(words: list[str]) -> str:
    """Returns '3, 7 and 9', with at most MOST_NAMED words."""
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED:,} more"]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
