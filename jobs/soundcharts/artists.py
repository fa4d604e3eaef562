"""Artists: their metadata (contract 2.11)."""

from collections.abc import Sequence

from jobs.soundcharts.cache import DAY
from jobs.soundcharts.calls import Calls, part
from jobs.soundcharts.schemas import Artist

ARTIST_METADATA = "/api/v2.9/artist"


class ArtistCalls(Calls):
    """The endpoints of artists."""

    def artist(self, uuid: str, *, fresh: bool = False) -> Artist:
        decoder = self._decoder("artist")
        return self._object(decoder, f"{ARTIST_METADATA}/{part(uuid)}", decoder.artist, keep=DAY, fresh=fresh)

    def artists(self, uuids: Sequence[str]) -> list[Artist]:
        """Returns the artists that the API knows of `uuids`, in its order; never cached."""
        decoder = self._decoder("artists")
        return self._in_batches(decoder, ARTIST_METADATA, uuids, read=decoder.artist)
