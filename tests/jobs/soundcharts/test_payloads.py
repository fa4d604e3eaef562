"""Every field of every shape: taken over, left out, null, and of a wrong type."""

import contextlib
import copy
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.soundcharts import (
    AudienceItem,
    Isrc,
    PayloadError,
    Plot,
    Song,
    SongIdentifier,
    SoundChartsClient,
    SoundChartsError,
)

from .payloads import AUDIENCE, IDENTIFIER, SONG, UUID, obj, page
from .scripted import Scripted, ScriptedApi

DAY = date(2025, 8, 28)
Path = tuple[str | int, ...]

READ: dict[str, tuple[dict[str, Any], Callable[[Any], object], Callable[[SoundChartsClient], object]]] = {
    "object": (SONG, obj, lambda client: client.song(UUID, fresh=True)),
    "items[0]": (SONG, lambda song: page([song]), lambda client: client.songs(["a", "b"])),
    "items[0] ": (IDENTIFIER, lambda row: page([row]), lambda client: client.song_identifiers(UUID)),
    "items[0]  ": (
        AUDIENCE,
        lambda item: page([item]),
        lambda client: client.song_audience(UUID, "spotify", start=DAY, end=DAY),
    ),
}
REQUIRED = {"uuid", "name", "value", "root", "platformCode", "identifier", "date"}
TOLERATED = ("plots", 0, "value")


def leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yields every member of `value`, objects and lists included, with its path."""
    members: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    for name, member in members:
        yield (*path, name), member
        yield from leaves(member, (*path, name))


def changed(value: dict[str, Any], path: Path, new: object) -> dict[str, Any]:
    """Returns a copy of `value` with `new` at `path`; Ellipsis takes the member away."""
    result = copy.deepcopy(value)
    holder: Any = result
    for name in path[:-1]:
        holder = holder[name]
    if new is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    return result


def spelled(path: Path) -> str:
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path)


def wrong_values(value: object) -> list[object]:
    """Values of other types than that of `value`."""
    values: list[object] = ["x", True, 1, 1.5, -1.0, ["x"], {"x": 1}, [1], -1, 2**63]
    if isinstance(value, bool):
        return [wrong for wrong in values if not isinstance(wrong, bool)]
    if isinstance(value, str):
        return [wrong for wrong in values if not isinstance(wrong, str)]
    if isinstance(value, float):
        return [wrong for wrong in values if isinstance(wrong, bool) or not isinstance(wrong, (int, float))]
    if isinstance(value, int):
        return ["x", "7", True, 1.5, 1.0, ["x"], {"x": 1}]
    if isinstance(value, list):
        return ["x", True, 1, 1.5, {"x": 1}]
    return [True, 1, 1.5, ["x"]]


MEMBERS = [
    pytest.param(where, path, value, id=f"{where}{spelled(path)}")
    for where, (sample, _, _) in READ.items()
    for path, value in leaves(sample)
]


@pytest.mark.parametrize(("where", "path", "value"), MEMBERS)
def test_a_wrong_type_names_the_field_and_shows_the_value(
    client: SoundChartsClient, api: ScriptedApi, where: str, path: Path, value: object
) -> None:
    sample, wrap, read = READ[where]
    for wrong in wrong_values(value):
        if path == ("isrc",) and isinstance(wrong, str):
            continue
        api.script = [Scripted(body=wrap(changed(sample, path, wrong)))]
        with pytest.raises(PayloadError) as caught:
            read(client)
        field = where.strip() + spelled(path)
        # Inside a list or an object of a wrong make, the field named may be the member that is wrong.
        assert caught.value.field.startswith(field), wrong
        assert f"at {field}" in str(caught.value)
        assert "received " in str(caught.value)
        if not isinstance(wrong, (list, dict)):
            assert caught.value.field == field
            assert repr(wrong)[:5] in str(caught.value)


@pytest.mark.parametrize(("where", "path", "value"), MEMBERS)
@pytest.mark.parametrize("new", [None, ...], ids=["null", "missing"])
def test_null_and_missing_are_the_same(
    client: SoundChartsClient, api: ScriptedApi, where: str, path: Path, value: object, new: object
) -> None:
    if isinstance(path[-1], int):
        new = ...  # a list may be shorter; a null in it is a wrong type
    sample, wrap, read = READ[where]
    api.script = [Scripted(body=wrap(changed(sample, path, new)))]
    needed = path[-1] in REQUIRED and path != TOLERATED
    if needed:
        with pytest.raises(PayloadError, match=re.escape(f"at {where.strip()}{spelled(path)}: ")) as caught:
            read(client)
        assert "missing" in str(caught.value)
    else:
        read(client)


@pytest.mark.parametrize("where", READ)
def test_unknown_fields_pass(client: SoundChartsClient, api: ScriptedApi, where: str) -> None:
    sample, wrap, read = READ[where]
    holders = [(), *(path for path, member in leaves(sample) if isinstance(member, dict))]
    for holder in holders:
        more = changed(sample, (*holder, "novelty"), {"any": [None, 1]})
        api.script = [Scripted(body=wrap(more))]
        read(client)


def test_a_field_called_raw_does_not_stand_in_for_ours(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=obj(SONG | {"raw": "theirs"}))]
    assert client.song(UUID).raw == SONG | {"raw": "theirs"}


def test_a_whole_song(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=obj(SONG))]
    song = client.song(UUID)
    assert isinstance(song, Song)
    assert song.raw == SONG
    assert (song.uuid, song.name, song.credit_name) == (UUID, "A Song", "An Artist")
    assert song.isrc == Isrc("USUM71900764", "US", "United States")
    assert song.artists == song.main_artists
    assert song.artists[0].slug == "an-artist"
    assert song.release_date == date(2019, 3, 29)
    assert (song.duration, song.explicit) == (194, True)
    assert (song.genres[0].root, song.genres[0].sub) == ("electronic", ("house",))
    assert song.labels[0].type == "Independent"
    assert song.audio is not None
    assert (song.audio.key, song.audio.time_signature, song.audio.loudness) == (7, 4, -10.97)
    texts = (song.copyright, song.app_url, song.image_url, song.preview_url)
    assert texts == (SONG["copyright"], SONG["appUrl"], SONG["imageUrl"], SONG["previewUrl"])
    assert (song.language_code, song.distributor, song.iswcs) == ("en", "A Distributor", ("T-123.456.789-0",))


def test_a_bare_song(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=obj({"uuid": UUID, "name": ""}))]
    assert client.song(UUID) == Song(uuid=UUID, name="", raw={"uuid": UUID, "name": ""})


@pytest.mark.parametrize(
    ("isrc", "expected"), [("USUM71900764", Isrc("USUM71900764")), ("", None), (None, None)]
)
def test_isrc_as_text(
    client: SoundChartsClient, api: ScriptedApi, isrc: object, expected: Isrc | None
) -> None:
    api.script = [Scripted(body=obj(SONG | {"isrc": isrc}))]
    assert client.song(UUID).isrc == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-03-29T00:00:00+02:00", date(2019, 3, 29)),
        ("2019-03-29T23:59:59-11:00", date(2019, 3, 29)),
        ("2019-03-29", date(2019, 3, 29)),
        ("", None),
    ],
)
def test_release_dates(client: SoundChartsClient, api: ScriptedApi, text: str, expected: date | None) -> None:
    api.script = [Scripted(body=obj(SONG | {"releaseDate": text}))]
    assert client.song(UUID).release_date == expected


def test_identifiers(client: SoundChartsClient, api: ScriptedApi) -> None:
    old = {name: value for name, value in IDENTIFIER.items() if name != "default"}
    api.script = [Scripted(body=page([IDENTIFIER, old]))]
    first, second = client.song_identifiers(UUID)
    assert first == SongIdentifier(
        platform_name="Spotify",
        platform_code="spotify",
        identifier="5wC0vEMWEXbBCMsdcjV6nW",
        url="https://example.org/track",
        default=True,
    )
    assert second.default is False


@pytest.mark.parametrize("plots", [[], None, ...])
def test_a_date_without_plots(client: SoundChartsClient, api: ScriptedApi, plots: object) -> None:
    item = changed(AUDIENCE, ("plots",), plots)
    api.script = [Scripted(body=page([item]))]
    assert client.song_audience(UUID, "spotify", start=DAY, end=DAY) == [
        AudienceItem(date=DAY, plots=(), raw=item)
    ]


def test_a_nul_anywhere_in_an_item_is_left_out(client: SoundChartsClient, api: ScriptedApi) -> None:
    """PostgreSQL keeps none, in no text and in no JSON."""
    odd = AUDIENCE | {"n\0ote": ["\0a", {"b\0": None}]}
    api.script = [Scripted(body=page([odd]))]
    [kept] = client.song_audience(UUID, "spotify", start=DAY, end=DAY)
    assert kept.raw == AUDIENCE | {"note": ["a", {"b": None}]}


@pytest.mark.parametrize("value", [0, 1, 2_919_969_032, 2**63 - 1, None])
def test_values(client: SoundChartsClient, api: ScriptedApi, value: int | None) -> None:
    api.script = [Scripted(body=page([changed(AUDIENCE, ("plots", 0, "value"), value)]))]
    (item,) = client.song_audience(UUID, "spotify", start=DAY, end=DAY)
    assert item.plots == (Plot("2Fxmhks0bxGSBdJ92vM42m", value),)


@pytest.mark.parametrize("value", [-1, 2**63, 2**64, 10**30, 5.0, 1e3, "5", True, "", []])
def test_wrong_values(client: SoundChartsClient, api: ScriptedApi, value: object) -> None:
    api.script = [Scripted(body=page([AUDIENCE, changed(AUDIENCE, ("plots", 0, "value"), value)]))]
    with pytest.raises(PayloadError, match=r"at items\[1\]\.plots\[0\]\.value: ") as caught:
        client.song_audience(UUID, "spotify", start=DAY, end=DAY)
    assert caught.value.field == "items[1].plots[0].value"
    assert "song audience" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-02-30T00:00:00+00:00", "28.08.2025", "yesterday and before"]
)
def test_wrong_dates(client: SoundChartsClient, api: ScriptedApi, text: str) -> None:
    api.script = [Scripted(body=page([AUDIENCE | {"date": text}]))]
    with pytest.raises(PayloadError, match=r"at items\[0\]\.date: "):
        client.song_audience(UUID, "spotify", start=DAY, end=DAY)


ENVELOPES = [
    ({}, "object", "song"),
    ({"object": None}, "object", "song"),
    ({"object": []}, "object", "song"),
    ({"items": []}, "page", "identifiers"),
    ({"page": page([])["page"]}, "items", "identifiers"),
    ({"items": None, "page": page([])["page"]}, "items", "identifiers"),
    ({"items": ["x"], "page": page([])["page"]}, "items[0]", "identifiers"),
    *(
        ({"items": [], "page": page([])["page"] | {name: wrong}}, f"page.{name}", "identifiers")
        for name in ("offset", "limit", "total")
        for wrong in (None, "1", -1, 1.5, True)
    ),
    ({"items": [], "page": page([])["page"] | {"next": 5}}, "page.next", "identifiers"),
]


@pytest.mark.parametrize(("body", "field", "endpoint"), ENVELOPES)
def test_wrong_envelopes(
    client: SoundChartsClient, api: ScriptedApi, body: object, field: str, endpoint: str
) -> None:
    api.script = [Scripted(body=body)]
    with pytest.raises(PayloadError) as caught:
        client.song(UUID) if endpoint == "song" else client.song_identifiers(UUID)
    assert caught.value.field == field


def test_a_long_value_is_cut(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=obj(SONG | {"duration": "long\n" * 1000}))]
    with pytest.raises(PayloadError) as caught:
        client.song(UUID)
    assert len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = [
    "errors",
    "object",
    "items",
    "page",
    "uuid",
    "name",
    "isrc",
    "date",
    "plots",
    "related",
    "value",
    "position",
    "song",
    "genres",
    "next",
    "total",
    "offset",
]
SHAPES = st.dictionaries(
    st.sampled_from(NAMES), JSON | st.dictionaries(st.sampled_from(NAMES), JSON), max_size=5
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=SHAPES | JSON, status=st.sampled_from([200, 200, 200, 404, 429, 502]))
def test_any_answer_is_a_result_or_one_of_our_errors(
    client: SoundChartsClient, api: ScriptedApi, body: object, status: int
) -> None:
    api.script = [Scripted(status, body, {"x-ratelimit-reset": "0"})]
    for read in (
        lambda: client.song(UUID, fresh=True),
        lambda: client.song_audience(UUID, "spotify", start=DAY, end=DAY),
    ):
        with contextlib.suppress(SoundChartsError):
            read()
