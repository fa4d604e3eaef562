from tests.sandbox.conftest import Ask

PLATFORMS = "/api/v2/chart/song/platforms"


def test_the_list_of_platforms_has_names_and_codes(ask: Ask) -> None:
    status, body = ask(PLATFORMS)
    assert status == 200
    assert list(body) == ["items", "page", "errors"]
    assert all(list(item) == ["name", "code"] for item in body["items"])
    assert {"name": "Spotify", "code": "spotify"} in body["items"]
    assert body["page"] == {"offset": 0, "limit": 100, "next": None, "previous": None, "total": 17}
    assert len({item["code"] for item in body["items"]}) == 17
    assert body["errors"] == []


def test_platforms_without_charts_are_not_in_their_list(ask: Ask) -> None:
    codes = {item["code"] for item in ask(PLATFORMS)[1]["items"]}
    assert not codes & {"instagram", "audiomack", "lastfm"}
    assert codes >= {"airplay", "apple-music", "itunes"}


def test_usage_shows_what_is_left_and_costs_nothing(ask: Ask) -> None:
    ask(PLATFORMS)
    for _ in range(3):
        status, body = ask("/api/v2/team/usage")
        assert (status, body["quota"]["remaining"], body["errors"]) == (200, 999_999, [])
