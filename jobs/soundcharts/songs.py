"""Songs: their metadata, identifiers, and audience (contract 2.5 to 2.8)."""

from collections.abc import Callable, Sequence
from datetime import date

from jobs.soundcharts.cache import DAY
from jobs.soundcharts.calls import Calls, part, windows
from jobs.soundcharts.merging import one_item_per_date
from jobs.soundcharts.schemas import AudienceItem, Song, SongIdentifier

# The version belongs to the endpoint (contract 1.7).
SONG_METADATA = "/api/v2.25/song"
SONG = "/api/v2/song"


class SongCalls(Calls):
    """The endpoints of songs."""

    def song(self, uuid: str, *, fresh: bool = False) -> Song:
        return self._song("song", f"{SONG_METADATA}/{part(uuid)}", fresh=fresh)

    def song_by_isrc(self, isrc: str, *, fresh: bool = False) -> Song:
        """Raises Refused with status 410 for an ISRC that several songs share."""
        return self._song("song_by_isrc", f"{SONG_METADATA}/by-isrc/{part(isrc)}", fresh=fresh)

    def song_by_platform(self, platform_code: str, identifier: str, *, fresh: bool = False) -> Song:
        """Raises NotFound for a song that the API starts to import now: try again tomorrow (contract 2.5)."""
        path = f"{SONG_METADATA}/by-platform/{part(platform_code)}/{part(identifier)}"
        return self._song("song_by_platform", path, fresh=fresh)

    def songs(self, uuids: Sequence[str]) -> list[Song]:
        """Returns the songs that the API knows of `uuids`, in its order; never cached."""
        decoder = self._decoder("songs")
        return self._in_batches(decoder, SONG_METADATA, uuids, read=decoder.song)

    def song_identifiers(
        self, uuid: str, platform_code: str | None = None, *, only_default: bool = False
    ) -> list[SongIdentifier]:
        """Returns a song's identifiers; without a platform there may be many thousands."""
        params = {"platform": platform_code} if platform_code is not None else {}
        if only_default:
            params["onlyDefault"] = "true"
        decoder = self._decoder("song_identifiers")
        return self._collection(decoder, f"{SONG}/{part(uuid)}/identifiers", params, read=decoder.identifier)

    def song_audience(
        self,
        uuid: str,
        platform_code: str,
        *,
        start: date,
        end: date | None,
        on_page: Callable[[], None] | None = None,
    ) -> list[AudienceItem]:
        """Returns one item per date with data from `start` to `end`, both inclusive, oldest first.

        Without an `end` the range ends at the API's own today. The range may have any length; `on_page` is
        called after each page.
        """
        decoder = self._decoder("song_audience")
        path = f"{SONG}/{part(uuid)}/audience/{part(platform_code)}"
        items: list[AudienceItem] = []
        for dates in windows(start, end):
            items += self._collection(decoder, path, dates, read=decoder.audience_item, on_page=on_page)
        return one_item_per_date(items)

    def _song(self, endpoint: str, path: str, *, fresh: bool) -> Song:
        decoder = self._decoder(endpoint)
        return self._object(decoder, path, decoder.song, keep=DAY, fresh=fresh)
