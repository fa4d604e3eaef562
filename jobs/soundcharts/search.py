"""Search by words, and by the URL of a platform's page (contract 2.12)."""

from typing import Any
from urllib.parse import urlencode

from jobs.soundcharts.cache import HOUR
from jobs.soundcharts.calls import Calls, Row, T, part
from jobs.soundcharts.decoding import Decoder
from jobs.soundcharts.errors import NotFound
from jobs.soundcharts.schemas import CollectionAnswer, FoundSong, PlatformLink, SongArtist

# The API's own maximum; it refuses a larger limit.
MOST_HITS = 20


class SearchCalls(Calls):
    """The endpoints of search."""

    def search_songs(self, term: str, *, fresh: bool = False) -> list[FoundSong]:
        """Returns the best hits, at most MOST_HITS; title and artist together work best."""
        decoder = self._decoder("search_songs")
        return self._hits(decoder, f"/api/v2/song/search/{part(term)}", decoder.found_song, fresh=fresh)

    def search_artists(self, term: str, *, fresh: bool = False) -> list[SongArtist]:
        """Returns the best hits, at most MOST_HITS."""
        decoder = self._decoder("search_artists")
        return self._hits(decoder, f"/api/v2/artist/search/{part(term)}", decoder.found_artist, fresh=fresh)

    def platform_url(self, url: str, *, fresh: bool = False) -> PlatformLink:
        """Returns the subject of a platform's page. Raises NotFound if the URL is unknown."""
        decoder = self._decoder("platform_url")
        path = f"/api/v2/search/external/url?{urlencode({'platformUrl': url})}"
        return self._one(decoder.endpoint, path, decoder.platform_link, keep=HOUR, fresh=fresh)

    def _hits(self, decoder: Decoder, path: str, read: Row[T], *, fresh: bool) -> list[T]:
        def rows(content: dict[str, Any]) -> list[T]:
            items = decoder.convert(content, CollectionAnswer[dict[str, Any]]).items
            return [read(item, f"items[{index}]") for index, item in enumerate(items)]

        try:
            return self._one(decoder.endpoint, f"{path}?limit={MOST_HITS}", rows, keep=HOUR, fresh=fresh)
        except NotFound:  # the API's response for no hits
            return []
