"""The answers of the API as typed objects (contract 1.5, 1.6, 2.5, 2.6, 2.7).

A field without a default is one without which the object means nothing. `decoding.py` makes these
objects, and says what becomes of unknown fields and of nulls.
"""

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class ApiObject(Struct, frozen=True, rename="camel"):
    """Fields are named as in the API, in snake case."""


class Isrc(ApiObject, frozen=True):
    value: str
    country_code: str = ""
    country_name: str = ""


class SongArtist(ApiObject, frozen=True):
    uuid: str
    name: str
    slug: str = ""
    app_url: str = ""
    image_url: str = ""


class Genre(ApiObject, frozen=True):
    root: str
    sub: tuple[str, ...] = ()


class Label(ApiObject, frozen=True):
    name: str
    type: str = ""


class AudioFeatures(ApiObject, frozen=True):
    """Features are 0 to 1 save `loudness` (dB), `tempo` (beats per minute), `key` and `mode`."""

    acousticness: float | None = None
    danceability: float | None = None
    energy: float | None = None
    instrumentalness: float | None = None
    key: int | None = None
    liveness: float | None = None
    loudness: float | None = None
    mode: int | None = None
    speechiness: float | None = None
    tempo: float | None = None
    time_signature: int | None = None
    valence: float | None = None


class Song(ApiObject, frozen=True, kw_only=True):
    """A song's metadata; unknown text is "", `duration` is in seconds, `raw` is the object as received."""

    uuid: str
    name: str
    raw: dict[str, Any]
    credit_name: str = ""
    isrc: Isrc | None = None
    artists: tuple[SongArtist, ...] = ()
    main_artists: tuple[SongArtist, ...] = ()
    release_date: date | None = None
    copyright: str = ""
    app_url: str = ""
    image_url: str = ""
    preview_url: str = ""
    duration: Count | None = None
    explicit: bool = False
    genres: tuple[Genre, ...] = ()
    composers: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    audio: AudioFeatures | None = None
    language_code: str = ""
    distributor: str = ""
    iswcs: tuple[str, ...] = ()


class SongIdentifier(ApiObject, frozen=True, kw_only=True):
    """One identifier of a song on one platform; `platform_code` is "isrc" for an ISRC."""

    platform_code: str
    identifier: str
    platform_name: str = ""
    url: str = ""
    default: bool = False


class Plot(ApiObject, frozen=True):
    """The running total of one identifier; None where the API has no value."""

    identifier: str
    value: Count | None = None


class AudienceItem(ApiObject, frozen=True, kw_only=True):
    """One calendar date of a series; `raw` is the item as received."""

    date: date
    plots: tuple[Plot, ...] = ()
    raw: dict[str, Any]


class Usage(Struct, frozen=True):
    """`/team/usage` as received, since no source names its fields, and the quota left as its header says."""

    raw: dict[str, Any]
    quota_left: int | None


class ObjectAnswer(ApiObject, frozen=True):
    object: dict[str, Any]


class Page(ApiObject, frozen=True, kw_only=True):
    offset: Count
    limit: Count
    total: Count
    next: str | None = None


class CollectionAnswer(ApiObject, frozen=True):
    items: list[dict[str, Any]]
    page: Page


class TokenAnswer(Struct, frozen=True):
    """`expires_in` is in seconds; the default is the life that tokens are known to have (contract 1.2)."""

    access_token: Annotated[str, Meta(pattern=r"^[\x21-\x7e]+$")]
    expires_in: Annotated[float, Meta(gt=0)] = 900
