"""Converts decoded JSON to the objects of `schemas.py`.

Unknown fields are ignored. In objects and rows a null counts as a missing field, since the API uses both. A
wrong type or a missing required field raises PayloadError.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import msgspec

from jobs.soundcharts.errors import PayloadError, subject
from jobs.soundcharts.schemas import (
    Artist,
    AudienceItem,
    Chart,
    FoundSong,
    NamedPlatform,
    PlatformLink,
    RankingEntry,
    Song,
    SongArtist,
    SongIdentifier,
)

T = TypeVar("T")

LONGEST_VALUE_SHOWN = 60


class Decoder:
    """Decodes the responses of one endpoint; `hide` removes keys from the text of errors."""

    def __init__(self, endpoint: str, hide: Callable[[str], str]) -> None:
        self.endpoint = endpoint
        self.hide = hide

    def convert(self, value: object, kind: type[T], where: str = "") -> T:
        """Returns `value` as a `kind`; `where` is the path of `value` in the response."""
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise self.broken(value, str(error), where) from None

    def broken(self, value: object, reason: str, where: str) -> PayloadError:
        """Returns the error for a msgspec `reason`, which ends with the path below `value`."""
        expected, _, below = reason.replace("`", "").partition(" - at $")
        missing = re.fullmatch(r"Object missing required field (\w+)", expected)
        if missing:
            expected, below = "a required field is missing", f"{below}.{missing[1]}"
        field = f"{where}{below}".removeprefix(".") or "the response"
        received = " ".join(self.hide(repr(_at(value, below))).split())
        shown = received
        if len(received) > LONGEST_VALUE_SHOWN:
            shown = received[:LONGEST_VALUE_SHOWN] + "..."
        what = subject(self.endpoint)
        sentence = f"The response for {what} breaks the contract at {field}: {expected}; received {shown}."
        return PayloadError(sentence, field, value=received)

    def song(self, item: dict[str, Any], where: str) -> Song:
        fields = _without_nulls(item)
        isrc = fields.get("isrc")
        if isrc == "":
            del fields["isrc"]
        elif isinstance(isrc, str):
            fields["isrc"] = {"value": isrc}
        return self.convert(_perhaps_dated(fields, "releaseDate") | {"raw": item}, Song, where)

    def artist(self, item: dict[str, Any], where: str) -> Artist:
        fields = _without_nulls(item)
        if isinstance(genres := fields.get("genres"), list):
            fields["genres"] = [{"root": genre} if isinstance(genre, str) else genre for genre in genres]
        return self.convert(_perhaps_dated(fields, "birthDate") | {"raw": item}, Artist, where)

    def identifier(self, item: dict[str, Any], where: str) -> SongIdentifier:
        return self.convert(_without_nulls(item), SongIdentifier, where)

    def audience_item(self, item: dict[str, Any], where: str) -> AudienceItem:
        return self.convert(_dated(_without_nulls(item), "date") | {"raw": item}, AudienceItem, where)

    def platform(self, item: dict[str, Any], where: str) -> NamedPlatform:
        return self.convert(_without_nulls(item), NamedPlatform, where)

    def chart(self, item: dict[str, Any], where: str) -> Chart:
        return self.convert(_without_nulls(item), Chart, where)

    def ranking_entry(self, item: object, where: str) -> RankingEntry:
        row = self.convert(item, dict[str, Any], where)
        fields = _perhaps_dated(_without_nulls(row), "entryDate", "rankDate")
        return self.convert(fields, RankingEntry, where)

    def found_song(self, item: dict[str, Any], where: str) -> FoundSong:
        return self.convert(_perhaps_dated(_without_nulls(item), "releaseDate"), FoundSong, where)

    def found_artist(self, item: dict[str, Any], where: str) -> SongArtist:
        return self.convert(_without_nulls(item), SongArtist, where)

    def platform_link(self, content: dict[str, Any]) -> PlatformLink:
        return self.convert(_without_nulls(content), PlatformLink)

    def calendar_date(self, text: str, where: str) -> date:
        """Returns the calendar date of a date-time, as written; no conversion to UTC."""
        return self.convert(text[:10], date, where)


def _without_nulls(value: Any) -> Any:
    """Returns `value` without the null members of all objects."""
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(member) for member in value]
    return value


def _dated(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """Returns `fields` with the date-time `name` cut to its calendar date; no conversion to UTC."""
    text = fields.get(name)
    return fields | {name: text[:10]} if isinstance(text, str) else fields


def _perhaps_dated(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Returns `fields` with each date-time of `names` cut to its calendar date, without empty ones."""
    for name in names:
        fields = _dated(fields, name)
    return {name: value for name, value in fields.items() if name not in names or value != ""}


def _at(value: Any, path: str) -> object:
    """Returns the member of `value` at a path like `.plots[0].value`; None if it is missing."""
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[int(index)] if index else value.get(name)
    return value
