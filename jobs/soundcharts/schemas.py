"""The responses of the API as typed objects (contract 1.5, 1.6, 2.1 to 2.12).

A field without a default is required. `decoding.py` creates these objects and defines how unknown fields and
nulls are handled.
"""

from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Place = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class ApiObject(Struct, frozen=True, rename="camel"):
    """The base class; fields have the API's names, in snake case."""


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


class Artist(ApiObject, frozen=True, kw_only=True):
    """An artist's metadata; unknown text is "", `raw` is the object as received (including ISNI and IPI).

    A genre that the API gives as text has no `sub`.
    """

    uuid: str
    name: str
    raw: dict[str, Any]
    slug: str = ""
    app_url: str = ""
    image_url: str = ""
    web_url: str = ""
    country_code: str = ""
    city_name: str = ""
    genres: tuple[Genre, ...] = ()
    biography: str = ""
    gender: str = ""
    type: str = ""
    birth_date: date | None = None
    career_stage: str = ""
    growth_level: str = ""


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
    """One identifier of a song (or an artist) on one platform; `platform_code` is "isrc" for an ISRC."""

    platform_code: str
    identifier: str
    platform_name: str = ""
    url: str = ""
    default: bool = False


class Plot(ApiObject, frozen=True):
    """The running total of one identifier; None if the API has no value."""

    identifier: str
    value: Count | None = None


class AudienceItem(ApiObject, frozen=True, kw_only=True):
    """One calendar date of a series; `raw` is the item as received."""

    date: date
    plots: tuple[Plot, ...] = ()
    raw: dict[str, Any]


class NamedPlatform(ApiObject, frozen=True):
    """A platform with its name and code in the reference lists."""

    name: str
    code: str


class ChartMetric(ApiObject, frozen=True):
    """The metric of a chart, such as `streamcount`, "Streams"."""

    type: str = ""
    description: str = ""


class Chart(ApiObject, frozen=True, kw_only=True):
    """A chart, identified by its `slug`; `country_code` is "" worldwide, `frequency` is free text."""

    slug: str
    name: str
    platform: str
    type: str = ""
    frequency: str = ""
    country_code: str = ""
    country_name: str = ""
    city_name: str = ""
    max_results_count: Place | None = None
    web_url: str = ""
    metric: ChartMetric | None = None


class FoundSong(ApiObject, frozen=True, kw_only=True):
    """A song in search results and rankings; rankings give no release date."""

    uuid: str
    name: str
    credit_name: str = ""
    image_url: str = ""
    release_date: date | None = None


class RankingEntry(ApiObject, frozen=True, kw_only=True):
    """A row of a ranking; only a few platforms give a `metric`.

    `old_position` 0 means none; `position_evolution` is positive for a climb; `time_on_chart` counts
    appearances, in days (`DOC`) or weeks (`WOC`).
    """

    song: FoundSong
    position: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    position_evolution: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] = 0
    old_position: Place = 0
    entry_state: str = ""
    entry_date: date | None = None
    rank_date: date | None = None
    time_on_chart: Place | None = None
    time_on_chart_unit: str = ""
    metric: Count | None = None


class RankingHead(ApiObject, frozen=True):
    """The `related` object of a ranking."""

    chart: Chart
    date: str


class RefusedRow(Struct, frozen=True):
    """A row of a ranking that cannot be stored; `field` is its path, `value` the received value."""

    field: str
    value: str
    reason: str


class Ranking(Struct, frozen=True, kw_only=True):
    """A ranking; `ranked_at` is its date as received, `ranked_on` its calendar date."""

    chart: Chart
    ranked_at: str
    ranked_on: date
    entries: tuple[RankingEntry, ...]
    refused: tuple[RefusedRow, ...] = ()


class PlatformLink(ApiObject, frozen=True):
    """The subject of a platform's page; `type` is "song", "artist" and so on."""

    type: str
    uuid: str
    url: str = ""


class Usage(Struct, frozen=True):
    """`/team/usage` as received, since its fields are undocumented, and the quota left from its header."""

    raw: dict[str, Any]
    quota_left: int | None


class ObjectAnswer(ApiObject, frozen=True):
    object: dict[str, Any]


class Page(ApiObject, frozen=True, kw_only=True):
    offset: Count
    limit: Count
    total: Count
    next: str | None = None


class CollectionAnswer(ApiObject, Generic[T], frozen=True):
    """One page of rows; `related` is the requested object."""

    items: list[T]
    page: Page
    related: Any = None


class TokenAnswer(Struct, frozen=True):
    """A token; `expires_in` is in seconds, by default the known lifetime of tokens (contract 1.2)."""

    access_token: Annotated[str, Meta(pattern=r"^[\x21-\x7e]+$")]
    expires_in: Annotated[float, Meta(gt=0)] = 900
