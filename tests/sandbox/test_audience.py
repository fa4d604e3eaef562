from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox.catalogue import catalogue
from sandbox.defects import series_of
from tests.sandbox.conftest import SEED_SONG, TODAY, Ask

SPOTIFY = f"/api/v2/song/{SEED_SONG}/audience/spotify"
YOUTUBE = f"/api/v2/song/{SEED_SONG}/audience/youtube"
WITHOUT_AUDIENCE = ("airplay", "amazon", "apple-music", "deezer", "itunes", "tidal")


def whole_series(ask: Ask, path: str, **query: object) -> list[dict[str, Any]]:
    """Returns all items from the beginning, page by page along `next`."""
    items: list[dict[str, Any]] = []
    follow: str | None = path
    query = {"startDate": "2015-01-01", **query}
    while follow:
        status, body = ask(follow, **query)
        assert status == 200
        items += body["items"]
        follow, query = body["page"]["next"], {}
    assert len(items) == body["page"]["total"]
    return items


def day_of(item: dict[str, Any]) -> date:
    return date.fromisoformat(item["date"][:10])


def test_the_form_of_an_audience(ask: Ask) -> None:
    status, body = ask(SPOTIFY, startDate="2025-08-27", endDate="2025-08-28")
    assert status == 200
    assert list(body) == ["related", "items", "page", "errors"]
    assert list(body["related"]) == ["uuid", "name", "creditName", "imageUrl"]
    newest, before = body["items"]
    assert newest == {
        "date": "2025-08-28T00:00:00+00:00",
        "plots": [{"identifier": "2Fxmhks0bxGSBdJ92vM42m", "value": 2_783_193_386}],
    }
    assert before["date"] == "2025-08-27T00:00:00+00:00"
    assert newest["plots"][0]["value"] - before["plots"][0]["value"] in range(400_000, 650_000)
    assert body["page"] == {"offset": 0, "limit": 100, "next": None, "previous": None, "total": 2}


def test_without_dates_it_is_the_last_thirty_days_and_today(ask: Ask) -> None:
    days = [day_of(item) for item in ask(SPOTIFY)[1]["items"]]
    assert days == [TODAY - timedelta(days=n) for n in range(31)]


def test_without_a_start_it_is_thirty_days_before_the_end(ask: Ask) -> None:
    days = [day_of(item) for item in ask(SPOTIFY, endDate="2025-08-28")[1]["items"]]
    assert (days[0], days[-1]) == (date(2025, 8, 28), date(2025, 7, 29))


@pytest.mark.parametrize("path", [SPOTIFY, YOUTUBE])
def test_the_song_of_the_seeds_has_three_years(ask: Ask, path: str) -> None:
    items = whole_series(ask, path)
    days = [day_of(item) for item in items]
    assert days == sorted(set(days), reverse=True)
    assert (days[0], days[-1]) == (TODAY, TODAY - timedelta(days=1096))
    assert len(days) > 1000
    assert items[-1]["plots"][0]["value"] > 0


@pytest.mark.parametrize("move_on", range(0, 140, 7))
def test_the_song_of_the_seeds_has_its_two_marks_and_no_other(
    ask: Ask, client: FlaskClient, move_on: int
) -> None:
    today = date.fromisoformat(client.post("/_sandbox/clock", json={"days": move_on}).get_json()["today"])
    since = today - timedelta(days=101)
    missing: dict[str, list[int]] = {}
    falls: dict[str, list[int]] = {}
    for path in (SPOTIFY, YOUTUBE):
        items = whole_series(ask, path, startDate=since)
        ages = [(today - day_of(item)).days for item in items]
        missing[path] = sorted(set(range(101)) - set(ages))
        totals = [sum(plot["value"] for plot in item["plots"]) for item in items]
        falls[path] = [age for age, new, old in zip(ages, totals, totals[1:], strict=False) if new < old]
    assert all(age > 30 for ages in missing.values() for age in ages)
    assert all(len(ages) == 1 for ages in missing.values())
    assert falls[SPOTIFY] == []
    assert len(falls[YOUTUBE]) == 1
    assert falls[YOUTUBE][0] > 60


def test_videos_have_plots_of_their_own_and_one_begins_in_mid_history(ask: Ask) -> None:
    items = whole_series(ask, YOUTUBE)
    assert len(items[0]["plots"]) == 4
    assert len(items[-1]["plots"]) == 3
    total = sum(plot["value"] for plot in ask(YOUTUBE, endDate="2025-08-28")[1]["items"][0]["plots"])
    assert total in range(1_290_000_000, 1_320_000_000)


def test_one_identifier_can_be_requested(ask: Ask) -> None:
    body = ask(YOUTUBE, identifier="DyDfgMOUjCI")[1]
    assert all([plot["identifier"] for plot in item["plots"]] == ["DyDfgMOUjCI"] for item in body["items"])
    assert body["page"]["total"] == 31
    assert ask(YOUTUBE, identifier="nothing")[1]["items"] == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"startDate": "2025-8-1"}, "startDate"),
        ({"endDate": "yesterday"}, "endDate"),
        ({"endDate": "2025-02-30"}, "endDate"),
        ({"endDate": "0001-01-01"}, "endDate"),
        ({"startDate": "2025-08-02", "endDate": "2025-08-01"}, "startDate"),
        ({"limit": "many"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"offset": "-1"}, "offset"),
    ],
)
def test_a_bad_argument_is_named(ask: Ask, query: dict[str, str], named: str) -> None:
    status, body = ask(SPOTIFY, **query)
    assert status == 400
    assert body["errors"][0]["key"] == "request"
    assert body["errors"][0]["message"].startswith(named)


@pytest.mark.parametrize("platform", [*WITHOUT_AUDIENCE, "spotfy", "isrc"])
def test_a_platform_without_song_audience_is_refused(ask: Ask, platform: str) -> None:
    status, body = ask(f"/api/v2/song/{SEED_SONG}/audience/{platform}")
    assert (status, body["errors"][0]["code"]) == (400, 400)
    assert repr(platform) in body["errors"][0]["message"]


def test_a_song_that_is_not_on_a_platform_has_an_empty_audience(ask: Ask) -> None:
    absent = next(song for song in catalogue(1, TODAY).songs if not song.on("anghami"))
    status, body = ask(f"/api/v2/song/{absent.uuid}/audience/anghami")
    assert (status, body["items"], body["page"]["total"]) == (200, [], 0)
    assert ask("/api/v2/song/nothing/audience/spotify")[0] == 404


def test_pages_lead_on_and_back_and_keep_the_arguments(ask: Ask) -> None:
    query = {"startDate": "2025-01-01", "endDate": "2025-12-31", "identifier": "2Fxmhks0bxGSBdJ92vM42m"}
    page = ask(SPOTIFY, offset=100, limit=50, **query)[1]["page"]
    total = page["total"]
    assert page["next"].startswith(f"{SPOTIFY}?")
    assert page["previous"].startswith(f"{SPOTIFY}?")
    kept = "startDate=2025-01-01&endDate=2025-12-31&identifier=2Fxmhks0bxGSBdJ92vM42m"
    assert all(argument in page["next"] for argument in kept.split("&"))
    assert ask(page["next"])[1]["page"]["offset"] == 150
    assert ask(page["previous"])[1]["page"]["offset"] == 50
    assert ask(SPOTIFY, offset=20, limit=50, **query)[1]["page"]["previous"].count("offset=0") == 1
    last = ask(SPOTIFY, offset=total - 1, **query)[1]
    assert (len(last["items"]), last["page"]["next"]) == (1, None)


def test_a_limit_is_clamped_and_an_offset_beyond_the_end_is_empty(ask: Ask) -> None:
    body = ask(SPOTIFY, startDate="2025-01-01", limit=1000)[1]
    assert (len(body["items"]), body["page"]["limit"]) == (100, 100)
    assert "limit=100" in body["page"]["next"]
    beyond = ask(SPOTIFY, offset=5000)[1]
    assert (beyond["items"], beyond["page"]["next"], beyond["page"]["total"]) == ([], None, 31)


def path_with(defect: str) -> str:
    """The audience of a song that has this defect alone, and several identifiers through all the years."""
    return next(
        f"/api/v2/song/{song.uuid}/audience/{platform}"
        for song in catalogue(1, TODAY).songs
        for platform in ("spotify", "soundcloud", "youtube", "tiktok")
        if series_of(1, song.uuid, platform).defects == {defect}
        and song.release < date(2023, 1, 1)
        and len([one for one in song.on(platform) if one.since == song.release and not one.until]) > 1
    )


def test_old_items_of_some_series_carry_the_paris_offset_and_the_right_date(ask: Ask) -> None:
    items = whole_series(ask, path_with("old_offset"))
    days = [day_of(item) for item in items]
    assert days == [TODAY - timedelta(days=n) for n in range(1097)]
    old = {item["date"][19:] for item in items if item["date"] < "2025"}
    new = {item["date"][19:] for item in items if item["date"] >= "2025"}
    assert (old, new) == ({"+01:00", "+02:00"}, {"+00:00"})


def test_the_newest_item_of_some_series_is_incomplete_until_the_day_after(
    ask: Ask, client: FlaskClient
) -> None:
    path = path_with("incomplete_newest")
    newest, before = ask(path, limit=2)[1]["items"]
    assert len(newest["plots"]) == 1 < len(before["plots"])
    client.post("/_sandbox/clock", json={"days": 1})
    assert len(ask(path, endDate=TODAY)[1]["items"][0]["plots"]) == len(before["plots"])


def test_slow_platforms_are_a_day_behind(ask: Ask) -> None:
    items = ask(f"/api/v2/song/{SEED_SONG}/audience/melon")[1]["items"]
    assert day_of(items[0]) == TODAY - timedelta(days=1)
