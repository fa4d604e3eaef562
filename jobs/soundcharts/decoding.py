"""From decoded JSON to the objects of `schemas.py`.

Unknown fields pass. In songs, identifiers and audience a null counts as a missing field, since the API uses
both. A wrong type, or a required field that is missing, raises PayloadError.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from jobs.soundcharts.errors import PayloadError
from jobs.soundcharts.schemas import AudienceItem, Song, SongIdentifier

T = TypeVar("T")

LONGEST_VALUE_SHOWN = 60


class Decoder:
    """Reads the answers of one endpoint; `hide` takes keys out of what an error shows."""

    def __init__(self, endpoint: str, hide: Callable[[str], str]) -> None:
        self.endpoint = endpoint
        self.hide = hide

    def convert(self, value: object, kind: type[T], where: str = "") -> T:
        """`value` as a `kind`; `where` is the path of `value` in the answer."""
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise self.broken(value, str(error), where) from None

    def broken(self, value: object, reason: str, where: str) -> PayloadError:
        """The error for a msgspec `reason`, which ends with the path below `value`."""
        expected, _, below = reason.replace("`", "").partition(" - at $")
        missing = re.fullmatch(r"Object missing required field (\w+)", expected)
        if missing:
            expected, below = "a required field is missing", f"{below}.{missing[1]}"
        field = f"{where}{below}".removeprefix(".") or "the answer"
        received = " ".join(self.hide(repr(_at(value, below))).split())
        if len(received) > LONGEST_VALUE_SHOWN:
            received = received[:LONGEST_VALUE_SHOWN] + "..."
        sentence = (
            f"The answer to {self.endpoint} breaks the contract at {field}: {expected}; received {received}."
        )
        return PayloadError(sentence, field)

    def song(self, item: dict[str, Any], where: str) -> Song:
        fields = _without_nulls(item)
        isrc = fields.get("isrc")
        if isrc == "":
            del fields["isrc"]
        elif isinstance(isrc, str):
            fields["isrc"] = {"value": isrc}
        if fields.get("releaseDate") == "":
            del fields["releaseDate"]
        return self.convert(_dated(fields, "releaseDate") | {"raw": item}, Song, where)

    def identifier(self, item: dict[str, Any], where: str) -> SongIdentifier:
        return self.convert(_without_nulls(item), SongIdentifier, where)

    def audience_item(self, item: dict[str, Any], where: str) -> AudienceItem:
        return self.convert(_dated(_without_nulls(item), "date") | {"raw": item}, AudienceItem, where)


def _without_nulls(value: Any) -> Any:
    """`value` with every null member of every object left out."""
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(member) for member in value]
    return value


def _dated(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """`fields` with the date-time `name` cut to its calendar date as written; no conversion to UTC."""
    text = fields.get(name)
    return fields | {name: text[:10]} if isinstance(text, str) else fields


def _at(value: Any, path: str) -> object:
    """What stands in `value` at a path like `.plots[0].value`; None where nothing does."""
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[int(index)] if index else value.get(name)
    return value
