"""References in pasted text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.lib.pasted import Pasted, read_pasted

UUID = "7d534228-5165-11e9-9375-549f35161576"
ID = "2Fxmhks0bxGSBdJ92vM42m"


@pytest.mark.parametrize("typed", [UUID, UUID.upper(), f"  {UUID} "])
def test_uuids(typed: str) -> None:
    found = read_pasted(typed)
    assert found == Pasted(uuid=typed.strip())


@pytest.mark.parametrize("typed", ["USUM71900764", "usum71900764", "US-UM7-19-00764", " USUM71900764 "])
def test_isrcs(typed: str) -> None:
    assert read_pasted(typed) == Pasted(isrc="USUM71900764")


@pytest.mark.parametrize(
    ("typed", "platform", "identifier"),
    [
        (f"https://open.spotify.com/track/{ID}", "spotify", ID),
        (f"https://open.spotify.com/intl-de/track/{ID}?si=1a2b3c", "spotify", ID),
        (f"open.spotify.com/track/{ID}", "spotify", ID),
        (f"spotify:track:{ID}", "spotify", ID),
        ("https://www.youtube.com/watch?v=DyDfgMOUjCI&t=10s", "youtube", "DyDfgMOUjCI"),
        ("https://youtu.be/DyDfgMOUjCI?t=3", "youtube", "DyDfgMOUjCI"),
        ("https://music.youtube.com/watch?v=DyDfgMOUjCI&list=x", "youtube", "DyDfgMOUjCI"),
        ("https://www.youtube.com/shorts/DyDfgMOUjCI", "youtube_shorts", "DyDfgMOUjCI"),
        ("https://music.apple.com/us/album/bad-guy/1450695723?i=1450695739", "apple_music", "1450695739"),
        ("https://music.apple.com/us/song/bad-guy/1450695739", "apple_music", "1450695739"),
        ("https://www.deezer.com/en/track/655095912", "deezer", "655095912"),
        ("https://www.shazam.com/song/1450695739/bad-guy", "shazam", "1450695739"),
        ("https://www.tiktok.com/music/bad-guy-6673616137452947206", "tiktok", "6673616137452947206"),
        ("https://music.line.me/webapp/track/mtabcdef012345", "line_music", "abcdef012345"),
        ("https://tidal.com/browse/track/105466088", "tidal", "105466088"),
        (f"<https://open.spotify.com/track/{ID}>", "spotify", ID),
        (f'"https://open.spotify.com/track/{ID}".', "spotify", ID),
        (f"(https://open.spotify.com/track/{ID}),", "spotify", ID),
        (
            f"\u201chttps://open.spotify.com/track/{ID}\u201d",
            "spotify",
            ID,
        ),
        ("https://www.youtube-nocookie.com/embed/DyDfgMOUjCI?rel=0", "youtube", "DyDfgMOUjCI"),
        ("https://m.youtube.com/watch?v=DyDfgMOUjCI;", "youtube", "DyDfgMOUjCI"),
        ("https://spotify.link/AbC", "spotify", "AbC"),
        ("https://vm.tiktok.com/ZM1/", "tiktok", "ZM1"),
        ("https://on.soundcloud.com/AbC", "soundcloud", "AbC"),
        ("https://music.amazon.de/albums/B07P5W8ZPD?trackAsin=B07P5V1C2X", "amazon", "B07P5V1C2X"),
    ],
)
def test_urls_of_songs(typed: str, platform: str, identifier: str) -> None:
    found = read_pasted(typed)
    assert found is not None
    assert platform in found.platforms
    assert identifier in found.identifiers
    assert found.uuid is found.isrc is found.app_url is None


def test_what_is_no_songs_is_left_out() -> None:
    """An album may have the number of somebody else's song."""
    found = read_pasted("https://music.apple.com/us/album/bad-guy/1450695723?i=1450695739")
    assert found is not None
    assert "bad-guy" not in found.identifiers
    album = read_pasted("https://www.deezer.com/album/655095912")
    assert album is not None
    assert "655095912" not in album.identifiers


@pytest.mark.parametrize("page", [UUID, "billie-eilish-bad-guy"])
def test_urls_at_soundcharts(page: str) -> None:
    address = f"https://app.soundcharts.com/app/song/{page}/overview"
    found = read_pasted(f"{address}?tab=1#x")
    assert found is not None
    assert (found.uuid, found.app_url) == (UUID if page == UUID else None, address)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "bad guy",
        "AC/DC",
        "7 rings",
        "USUM7190076",
        "spotify",
        "U2",
        "https://",
        "a.b",
        "don't. stop",
    ],
)
def test_words_are_words(typed: str) -> None:
    assert read_pasted(typed) is None


@given(st.text(max_size=300) | st.text(max_size=80).map(lambda text: f"https://open.spotify.com/{text}"))
def test_nothing_typed_breaks_it(typed: str) -> None:
    found = read_pasted(typed)
    assert found is None or found.identifiers == tuple(dict.fromkeys(found.identifiers))


def test_a_url_that_is_none_is_looked_up_as_it_is() -> None:
    assert read_pasted("https://[broken/track/1") == Pasted(url="https://[broken/track/1")
