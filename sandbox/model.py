"""The types of the catalogue: artists, songs, and their identifiers on platforms."""

from dataclasses import dataclass
from datetime import date

from sandbox.platforms import BY_CODE

# The release of a song without a known release date.
UNKNOWN = date.min
ISRC_URL = "https://open.spotify.com/search/isrc:{}/tracks"


@dataclass(frozen=True)
class Artist:
    """An artist; `fame`, from 0 to 1, determines the number and reach of songs.

    `identifiers` are pairs of platform and identifier.
    """

    uuid: str
    slug: str
    name: str
    country: str
    genres: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fame: float = 0.0
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Identifier:
    """One identifier of a song on a platform.

    `since` and `until` are its first and last day with data; `until` None: still there.
    `size` is what its total comes to after 2,000 days, or on the day `size_on`; `curve` names the
    draws of its growth, so that copies of one recording, which share it, run side by side.
    """

    platform: str
    value: str
    default: bool
    since: date
    until: date | None
    size: float
    curve: str
    size_on: date | None = None

    @property
    def url(self) -> str:
        pattern = ISRC_URL if self.platform == "isrc" else BY_CODE[self.platform].url
        return pattern.format(self.value)

    @property
    def platform_name(self) -> str:
        return "ISRC" if self.platform == "isrc" else BY_CODE[self.platform].name

    def there_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Song:
    """A song as the API's metadata describe it; `reach` is its Spotify streams after 2,000 days.

    `credit` is the line of artists if known; else it is composed of their names.
    """

    uuid: str
    name: str
    artists: tuple[Artist, ...]
    reach: float
    identifiers: tuple[Identifier, ...]
    release: date = UNKNOWN
    isrcs: tuple[str, ...] = ()
    duration: int | None = None
    explicit: bool = False
    genres: tuple[tuple[str, tuple[str, ...]], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    distributor: str = ""
    composers: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    audio: dict[str, float | int] | None = None
    language: str = ""
    credit: str = ""

    @property
    def credit_name(self) -> str:
        return self.credit or " & ".join(artist.name for artist in self.artists)

    @property
    def known_release(self) -> date | None:
        return None if self.release == UNKNOWN else self.release

    def on(self, platform: str) -> tuple[Identifier, ...]:
        """Its identifiers on `platform`, the default one first."""
        return tuple(one for one in self.identifiers if one.platform == platform)
