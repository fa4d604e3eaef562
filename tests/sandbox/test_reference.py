import pytest

from tests.sandbox.conftest import Ask

LISTS = {
    "/api/v2/referential/platforms": 20,
    "/api/v2/referential/platforms/social": 7,
    "/api/v2/referential/platforms/streaming": 6,
    "/api/v2/chart/song/platforms": 17,
    "/api/v2/playlist/platforms": 7,
}


@pytest.mark.parametrize(("path", "total"), LISTS.items())
def test_a_list_of_platforms_has_names_and_codes(ask: Ask, path: str, total: int) -> None:
    status, body = ask(path)
    assert status == 200
    assert list(body) == ["items", "page", "errors"]
    assert all(list(item) == ["name", "code"] for item in body["items"])
    assert {"name": "Spotify", "code": "spotify"} in body["items"]
    assert body["page"] == {"offset": 0, "limit": 100, "next": None, "previous": None, "total": total}
    assert len({item["code"] for item in body["items"]}) == total
    assert body["errors"] == []


def test_platforms_without_charts_are_not_in_their_list(ask: Ask) -> None:
    codes = {item["code"] for item in ask("/api/v2/chart/song/platforms")[1]["items"]}
    assert not codes & {"instagram", "audiomack", "lastfm"}
    assert codes >= {"airplay", "apple-music", "itunes"}


def test_usage_shows_what_is_left_and_costs_nothing(ask: Ask) -> None:
    ask("/api/v2/referential/platforms")
    for _ in range(3):
        status, body = ask("/api/v2/team/usage")
        assert (status, body["quota"]["remaining"], body["errors"]) == (200, 999_999, [])
