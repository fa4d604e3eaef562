"""Artists: their metadata and identifiers (contract 2.11)."""

from collections.abc import Sequence

from jobs.soundcharts.cache import DAY
from jobs.soundcharts.calls import Calls, part
from jobs.soundcharts.schemas import Artist, SongIdentifier

ARTIST_METADATA = "/api/v2.9/artist"
ARTIST = "/api/v2/artist"


class ArtistCalls(Calls):
    """The endpoints of artists."""

    def artist(self, uuid: str, *, fresh: bool = False) -> Artist:
        return self._artist("artist", f"{ARTIST_METADATA}/{part(uuid)}", fresh=fresh)

    def artist_by_platform(self, platform_code: str, identifier: str, *, fresh: bool = False) -> Artist:
        path = f"{ARTIST_METADATA}/by-platform/{part(platform_code)}/{part(identifier)}"
        return self._artist("artist_by_platform", path, fresh=fresh)

    def artists(self, uuids: Sequence[str]) -> list[Artist]:
        """Returns the artists that the API knows of `uuids`, in its order; never cached."""
        decoder = self._decoder("artists")
        return self._in_batches(decoder, ARTIST_METADATA, uuids, read=decoder.artist)

    def artist_identifiers(self, uuid: str) -> list[SongIdentifier]:
        decoder = self._decoder("artist_identifiers")
        return self._collection(decoder, f"{ARTIST}/{part(uuid)}/identifiers", {}, read=decoder.identifier)

    def _artist(self, endpoint: str, path: str, *, fresh: bool) -> Artist:
        decoder = self._decoder(endpoint)
        return self._object(decoder, path, decoder.artist, keep=DAY, fresh=fresh)
