"""The song of the seeds: its metadata as received from the API, its totals scaled to recorded ones."""

from datetime import date

from sandbox.artists import BILLIE_EILISH
from sandbox.defects import SEED_SONG
from sandbox.draws import draws
from sandbox.identifiers import identifiers, made_up
from sandbox.model import Identifier, Song
from sandbox.platforms import BY_CODE

RELEASE = date(2019, 3, 29)
# The recorded totals are of this day; the curves are scaled to match them.
RECORDED_ON = date(2025, 8, 28)
SPOTIFY = ("2Fxmhks0bxGSBdJ92vM42m", 2_783_193_386)
# First day and views of each video; the last one begins in the middle of the history.
VIDEOS = (
    ("DyDfgMOUjCI", RELEASE, 842_318_902),
    ("", date(2019, 4, 12), 311_450_117),
    ("", date(2019, 12, 6), 128_906_331),
    ("", date(2024, 11, 8), 18_204_558),
)


def bad_guy(seed: int) -> Song:
    return Song(
        uuid=SEED_SONG,
        name="bad guy",
        artists=(BILLIE_EILISH,),
        release=RELEASE,
        isrcs=("USUM71900764",),
        duration=194,
        explicit=False,
        genres=BILLIE_EILISH.genres,
        labels=(("Interscope", "Universal"), ("Darkroom", "Universal")),
        distributor="Universal",
        composers=("Finneas O'Connell", "Billie Eilish O'Connell"),
        producers=("Finneas O'Connell",),
        audio={
            "acousticness": 0.33, "danceability": 0.7, "energy": 0.43, "instrumentalness": 0.13,
            "key": 7, "liveness": 0.1, "loudness": -10.97, "mode": 1, "speechiness": 0.38,
            "tempo": 135.13, "timeSignature": 4, "valence": 0.56,
        },
        language="",
        reach=2.6e9,
        identifiers=_identifiers(seed),
    )  # fmt: skip


def _identifiers(seed: int) -> tuple[Identifier, ...]:
    """Returns recorded identifiers for Spotify and YouTube, and generated ones elsewhere."""
    elsewhere = identifiers(seed, SEED_SONG, reach=2.6e9, release=RELEASE)
    known = (_known("spotify", SPOTIFY[0], since=RELEASE, total=SPOTIFY[1], number=0), *_videos(seed))
    return (*known, *(one for one in elsewhere if one.platform not in ("spotify", "youtube")))


def _videos(seed: int) -> list[Identifier]:
    chance = draws(seed, "videos of the seed song")
    names = [name or made_up(BY_CODE["youtube"], chance) for name, _, _ in VIDEOS]
    return [
        _known("youtube", names[n], since=since, total=total, number=n)
        for n, (_, since, total) in enumerate(VIDEOS)
    ]


def _known(platform: str, value: str, *, since: date, total: int, number: int) -> Identifier:
    return Identifier(
        platform=platform,
        value=value,
        default=number == 0,
        since=since,
        until=None,
        size=float(total),
        curve=f"{platform}/{number}",
        size_on=RECORDED_ON,
    )
