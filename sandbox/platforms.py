"""The twenty platforms of the sandbox, with the API's data for each."""

from dataclasses import dataclass
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
    Platform("airplay", "Airplay", None, STEADY, (digits, 8), "https://soundcharts.com/airplay/{}"),
    Platform("amazon", "Amazon", None, LISTENING, (digits + "BCDFGH", 10),
             "https://music.amazon.com/tracks/{}", playlists=True),
    Platform("anghami", "Anghami", 0.012, LISTENING, (digits, 9), "https://play.anghami.com/song/{}", lag=1),
    Platform("apple-music", "Apple Music", None, LISTENING, (digits, 10),
             "https://music.apple.com/song/{}", playlists=True),
    Platform("audiomack", "Audiomack", 0.02, LISTENING, (digits, 8), "https://audiomack.com/song/{}",
             charts=False, streaming=True),
    Platform("deezer", "Deezer", None, LISTENING, (digits, 9), "https://www.deezer.com/track/{}",
             social=True, playlists=True),
    Platform("gaana", "Gaana", 0.0004, STEADY, (BASE62, 8), "https://gaana.com/song/{}", lag=1),
    Platform("genius", "Genius", 0.0016, STEADY, (digits, 7), "https://genius.com/songs/{}"),
    Platform("instagram", "Instagram", 0.0005, WATCHING, (digits, 16),
             "https://www.instagram.com/reels/audio/{}", charts=False, social=True, items=2),
    Platform("itunes", "iTunes", None, LISTENING, (digits, 10), "https://itunes.apple.com/song/{}"),
    Platform("jiosaavn", "JioSaavn", 0.03, LISTENING, (BASE62, 8), "https://www.jiosaavn.com/song/{}"),
    Platform("lastfm", "Last.fm", 0.018, STEADY, (BASE62, 14), "https://www.last.fm/music/{}",
             charts=False, social=True, streaming=True),
    Platform("line-music", "LINE MUSIC", 0.006, LISTENING, ("abcdef" + digits, 12),
             "https://music.line.me/webapp/track/mt{}", lag=1),
    Platform("melon", "Melon", 0.0002, STEADY, (digits, 8), "https://www.melon.com/song/{}", lag=1),
    Platform("shazam", "Shazam", 0.013, STEADY, (digits, 9), "https://www.shazam.com/track/{}",
             streaming=True),
    Platform("soundcloud", "SoundCloud", 0.04, LISTENING, (digits, 10), "https://soundcloud.com/tracks/{}",
             social=True, streaming=True, playlists=True, copies=True, items=2),
    Platform("spotify", "Spotify", 1.0, LISTENING, (BASE62, 22), "https://open.spotify.com/track/{}",
             social=True, streaming=True, playlists=True, copies=True, items=3),
    Platform("tidal", "Tidal", None, LISTENING, (digits, 9), "https://tidal.com/track/{}", playlists=True),
    Platform("tiktok", "TikTok", 0.0012, WATCHING, (digits, 19), "https://www.tiktok.com/music/{}",
             social=True, items=5),
    Platform("youtube", "YouTube", 0.47, WATCHING, (BASE62 + "-_", 11), "https://www.youtube.com/watch?v={}",
             social=True, streaming=True, playlists=True, items=4),
)  # fmt: skip

# Not a platform of the API: its chart is in the files of `--data`.
BILLBOARD = Platform("billboard", "Billboard", None, STEADY, (digits, 8), "https://www.billboard.com/{}")

BY_CODE = {platform.code: platform for platform in (*PLATFORMS, BILLBOARD)}

# Platforms with artist pages, and their URLs.
ARTIST_PAGES = {
    "spotify": "https://open.spotify.com/artist/{}",
    "deezer": "https://www.deezer.com/artist/{}",
    "instagram": "https://www.instagram.com/{}",
    "soundcloud": "https://soundcloud.com/{}",
    "tiktok": "https://www.tiktok.com/@{}",
}
