"""Numbers, dates and ages as people read them; each is a filter of the templates."""

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

# The classes of letters from right to left, and of characters that say what direction follows.
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
    """Makes every function below a filter."""
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
        share,
        incomplete,
        gain_notes,
        caveat,
    ):
        app.add_template_filter(function)


def compact(number: int) -> str:
    """2783193386 as '2.8B'; the exact number belongs beside it, on hover or focus."""
    for size, letter in _SIZES:
        units = abs(number) / size
        # 999,500 would be '1000K', so it counts in the next size already.
        if abs(number) >= LEAST_COMPACT and units >= ROUNDS_UP:
            return f"{number / size:.{0 if round(units, 1) >= 100 else 1}f}{letter}"  # noqa: PLR2004 (digits)
    return str(number)


def exact(number: int) -> str:
    """2783193386 as '2,783,193,386'."""
    return f"{number:,}"


def counted(number: int, word: str, plural: str = "") -> str:
    """'1 track', '2 tracks', '1,200 entries'; `plural` where it is more than an s."""
    return f"{exact(number)} {word if number == 1 else plural or f'{word}s'}"


def signed(number: int) -> str:
    """520000 as '+520,000', with a true minus sign below zero."""
    return f"+{number:,}" if number > 0 else exact(number).replace("-", MINUS)


def signed_compact(number: int) -> str:
    """520000 as '+520K'."""
    return f"+{compact(number)}" if number > 0 else compact(number).replace("-", MINUS)


def percent(part: int, base: int | None) -> str | None:
    """`part` of `base` as share() writes it; None from a base too small to say anything."""
    if base is None or base < LEAST_BASE:
        return None
    return share(part / base)


def age(then: datetime, now: datetime | None = None) -> str:
    """'3 hours ago'; what lies less than a minute back or ahead is 'just now'."""
    passed = (now or datetime.now(UTC)) - then
    for size, word in _AGES:
        if passed >= size:
            count = passed // size
            return f"{counted(count, word)} ago"
    return "just now"


def age_in_days(then: date, today: date | None = None) -> str:
    """'today', 'yesterday', '5 days ago' or 'in 5 days', by the calendar (UTC)."""
    days = ((today or datetime.now(UTC).date()) - then).days
    if days < 0:
        return "tomorrow" if days == -1 else f"in {-days:,} days"
    return {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")


def day(then: date) -> str:
    """'2026-11-20'."""
    return then.isoformat()[:10]


def moment(then: datetime) -> str:
    """'2026-11-20 14:05', in UTC as every page says at its foot."""
    return then.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def second(then: datetime) -> str:
    """'2026-11-20 14:05:09', where several things happen within a minute."""
    return then.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def song_length(seconds: int) -> str:
    """194 as '3:14', 3725 as '1:02:05'."""
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
    """'positions 3 and 7 missing; 1 row was refused': what a ranking lacks; empty where it lacks nothing."""
    places = _ranges(missing)
    told = (
        [f"position{'s' if len(places) > 1 or 'to' in places[0] else ''} {_listed(places)} missing"]
        if places
        else []
    )
    if refused:
        told.append(f"{counted(refused, 'row was', 'rows were')} refused")
    return "; ".join(told)


def names(items: Iterable[Any]) -> list[str]:
    """The names in a list as SoundCharts gives it: strings, labels `{name, type}` or genres `{root, sub}`."""
    found = [item.get("name") or item.get("root") if isinstance(item, dict) else item for item in items]
    return list(dict.fromkeys(str(name) for name in found if name))


def share(part: float) -> str:
    """0.104 as '+10.4%', and what rounds to nothing as '0.0%'."""
    text = f"{part * 100:+,.1f}%".replace("-", MINUS)
    return "0.0%" if text[1:] == "0.0%" else text


def isolated(name: str) -> str:
    """A name for a sentence: one that is written from right to left turns nothing round that follows it."""
    turns = any(unicodedata.bidirectional(letter) in _TURNS for letter in name)
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if turns else name


def gain_notes(
    covers: int | None, length: int, kind: Caveat | None, base: date | None = None, start: date | None = None
) -> list[str]:
    """What to know of a gain of `length` days: '5 of 7 days', 'of 11 days', why it is compared with nothing.

    Of a period that begins on `start` it says which days the gain is of, counted from the day after `base`,
    where they are not the period's: 'of 11 days, 2026-11-10 to 2026-11-20', 'of 2026-11-12 to 2026-11-18'.
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
    """'a total fell'."""
    return CAVEATS[kind]


def _ranges(missing: Iterable[Part]) -> list[str]:
    """Each range of whole numbers as '3' or '5 to 9'."""
    ends = [(part.lower or 0, (part.upper or 0) - 1) for part in missing]
    return [str(first) if first == last else f"{first} to {last}" for first, last in ends]


def _listed(words: list[str]) -> str:
    """'3, 7 and 9'; of many the first ones are named."""
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED:,} more"]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
