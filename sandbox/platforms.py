"""The twenty platforms of the sandbox, with the API's data for each."""

from dataclasses import KW_ONLY, dataclass
from string import ascii_letters, digits

BASE62 = digits + ascii_letters

# The plays from Monday to Sunday relative to an average day.
LISTENING = (0.95, 0.96, 0.98, 1.0, 1.14, 1.12, 0.88)
WATCHING = (0.92, 0.91, 0.92, 0.95, 1.02, 1.16, 1.13)
STEADY = (0.99, 0.98, 0.98, 1.0, 1.04, 1.03, 0.99)


@dataclass(frozen=True)
class Platform:
    """A platform: the lists of the API that name it, and how its made-up totals behave.

    `size` is its totals as a share of Spotify's; None where the API has no song audience.
    `copies` says what several identifiers are: copies of one recording with near-equal totals,
    or else different things (videos, sounds). `lag` is how many days its newest point is old.
    """

    code: str
    name: str
    _: KW_ONLY
    size: float | None
    week: tuple[float, ...]
    identifier: tuple[str, int]
    url: str
    charts: bool = True
    social: bool = False
    streaming: bool = False
    playlists: bool = False
    copies: bool = False
    items: int = 1
    lag: int = 0


PLATFORMS = (
    Platform("airplay", "Airplay", size=None, week=STEADY, identifier=(digits, 8),
             url="https://soundcharts.com/airplay/{}"),
    Platform("amazon", "Amazon", size=None, week=LISTENING, identifier=(digits + "BCDFGH", 10),
             url="https://music.amazon.com/tracks/{}", playlists=True),
    Platform("anghami", "Anghami", size=0.012, week=LISTENING, identifier=(digits, 9),
             url="https://play.anghami.com/song/{}", lag=1),
    Platform("apple-music", "Apple Music", size=None, week=LISTENING, identifier=(digits, 10),
             url="https://music.apple.com/song/{}", playlists=True),
    Platform("audiomack", "Audiomack", size=0.02, week=LISTENING, identifier=(digits, 8),
             url="https://audiomack.com/song/{}", charts=False, streaming=True),
    Platform("deezer", "Deezer", size=None, week=LISTENING, identifier=(digits, 9),
             url="https://www.deezer.com/track/{}", social=True, playlists=True),
    Platform("gaana", "Gaana", size=0.0004, week=STEADY, identifier=(BASE62, 8),
             url="https://gaana.com/song/{}", lag=1),
    Platform("genius", "Genius", size=0.0016, week=STEADY, identifier=(digits, 7),
             url="https://genius.com/songs/{}"),
    Platform("instagram", "Instagram", size=0.0005, week=WATCHING, identifier=(digits, 16),
             url="https://www.instagram.com/reels/audio/{}", charts=False, social=True, items=2),
    Platform("itunes", "iTunes", size=None, week=LISTENING, identifier=(digits, 10),
             url="https://itunes.apple.com/song/{}"),
    Platform("jiosaavn", "JioSaavn", size=0.03, week=LISTENING, identifier=(BASE62, 8),
             url="https://www.jiosaavn.com/song/{}"),
    Platform("lastfm", "Last.fm", size=0.018, week=STEADY, identifier=(BASE62, 14),
             url="https://www.last.fm/music/{}", charts=False, social=True, streaming=True),
    Platform("line-music", "LINE MUSIC", size=0.006, week=LISTENING, identifier=("abcdef" + digits, 12),
             url="https://music.line.me/webapp/track/mt{}", lag=1),
    Platform("melon", "Melon", size=0.0002, week=STEADY, identifier=(digits, 8),
             url="https://www.melon.com/song/{}", lag=1),
    Platform("shazam", "Shazam", size=0.013, week=STEADY, identifier=(digits, 9),
             url="https://www.shazam.com/track/{}", streaming=True),
    Platform("soundcloud", "SoundCloud", size=0.04, week=LISTENING, identifier=(digits, 10),
             url="https://soundcloud.com/tracks/{}", social=True, streaming=True, playlists=True,
             copies=True, items=2),
    Platform("spotify", "Spotify", size=1.0, week=LISTENING, identifier=(BASE62, 22),
             url="https://open.spotify.com/track/{}", social=True, streaming=True, playlists=True,
             copies=True, items=3),
    Platform("tidal", "Tidal", size=None, week=LISTENING, identifier=(digits, 9),
             url="https://tidal.com/track/{}", playlists=True),
    Platform("tiktok", "TikTok", size=0.0012, week=WATCHING, identifier=(digits, 19),
             url="https://www.tiktok.com/music/{}", social=True, items=5),
    Platform("youtube", "YouTube", size=0.47, week=WATCHING, identifier=(BASE62 + "-_", 11),
             url="https://www.youtube.com/watch?v={}", social=True, streaming=True, playlists=True,
             items=4),
)  # fmt: skip

# Not a platform of the API: its chart is in the files of `--data`.
BILLBOARD = Platform(
    "billboard",
    "Billboard",
    size=None,
    week=STEADY,
    identifier=(digits, 8),
    url="https://www.billboard.com/{}",
)

BY_CODE = {platform.code: platform for platform in (*PLATFORMS, BILLBOARD)}

# Platforms with artist pages, and their URLs.
ARTIST_PAGES = {
    "spotify": "https://open.spotify.com/artist/{}",
    "deezer": "https://www.deezer.com/artist/{}",
    "instagram": "https://www.instagram.com/{}",
    "soundcloud": "https://soundcloud.com/{}",
    "tiktok": "https://www.tiktok.com/@{}",
}
