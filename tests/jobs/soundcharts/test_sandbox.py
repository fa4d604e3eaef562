"""The client against the sandbox: every endpoint, and every fault that it knows."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
import requests

from jobs.soundcharts import (
    ApiCall,
    Forbidden,
    NotFound,
    PayloadError,
    QuotaSpent,
    RateLimited,
    Refused,
    SoundChartsClient,
    TransientError,
    Unauthorized,
)

from .conftest import Connect

BAD_GUY = "7d534228-5165-11e9-9375-549f35161576"
END = datetime.now(UTC).date() - timedelta(days=3)
START = END - timedelta(days=29)
OAUTH = {"soundcharts_client_id": "soundcharts", "soundcharts_client_secret": "soundcharts"}


def strike(sandbox: str, fault: str, path: str = "^/api/", **more: object) -> None:
    answer = requests.post(
        f"{sandbox}/_sandbox/faults", json={"path": path, "fault": fault, **more}, timeout=5
    )
    answer.raise_for_status()


@pytest.fixture
def client(connect: Connect, sandbox: str) -> SoundChartsClient:
    return connect(sandbox)


def read(client: SoundChartsClient) -> dict[date, dict[str, int | None]]:
    items = client.song_audience(BAD_GUY, "spotify", start=START, end=END)
    return {item.date: {plot.identifier: plot.value for plot in item.plots} for item in items}


def test_songs(client: SoundChartsClient, calls: list[ApiCall]) -> None:
    song = client.song(BAD_GUY)
    assert song.name == "bad guy"
    assert song.isrc is not None
    assert client.song_by_isrc(song.isrc.value) == song
    identifier = next(
        one for one in client.song_identifiers(BAD_GUY, "spotify", only_default=True) if one.default
    )
    assert client.song_by_platform("spotify", identifier.identifier) == song
    quota = [call.quota_left for call in calls]
    assert quota == sorted((left for left in quota if left is not None), reverse=True)
    assert client.usage().quota_left == quota[-1]


def test_the_whole_catalogue_is_readable(client: SoundChartsClient, sandbox: str) -> None:
    rows = requests.get(f"{sandbox}/_sandbox/songs", timeout=5).json()
    uuids = [row["uuid"] for row in rows]
    assert len(uuids) > 20
    assert {song.uuid for song in client.songs([*uuids, "no-such-song"])} == set(uuids)
    for uuid in uuids[:20]:
        assert client.song_identifiers(uuid)


@pytest.mark.parametrize("keys", [{}, OAUTH], ids=["legacy", "oauth"])
def test_audience_of_a_long_range(
    connect: Connect, sandbox: str, calls: list[ApiCall], keys: dict[str, str]
) -> None:
    items = connect(sandbox, **keys).song_audience(
        BAD_GUY, "spotify", start=END - timedelta(days=399), end=END
    )
    dates = [item.date for item in items]
    assert dates == sorted(set(dates))
    assert 300 < len(dates) <= 400
    assert dates[-1] <= END
    assert sum(call.endpoint == "song_audience" for call in calls) == 5
    assert sum(call.endpoint == "token" for call in calls) == (1 if keys else 0)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("forbidden", Forbidden),
        ("not_found", NotFound),
        ("gone", Refused),
        ("bad_request", Refused),
        ("unauthorized", Unauthorized),
        ("quota_spent", QuotaSpent),
        ("wrong_type", PayloadError),
    ],
)
def test_final_faults(
    client: SoundChartsClient, sandbox: str, calls: list[ApiCall], fault: str, error: type[Exception]
) -> None:
    strike(sandbox, fault)
    with pytest.raises(error) as caught:
        read(client)
    assert type(caught.value) is error
    assert len(calls) == 1
    assert read(client)


@pytest.mark.parametrize("fault", ["bad_gateway", "server_error", "drop", "broken_json", "errors_in_200"])
def test_passing_faults(client: SoundChartsClient, sandbox: str, calls: list[ApiCall], fault: str) -> None:
    expected = read(client)
    calls.clear()
    strike(sandbox, fault, times=2)
    assert read(client) == expected
    assert [call.error is None for call in calls] == [False, False, True]
    strike(sandbox, fault, times=3)
    with pytest.raises(TransientError):
        read(client)


def test_a_slow_answer(connect: Connect, sandbox: str, calls: list[ApiCall]) -> None:
    client = connect(sandbox, soundcharts_timeout=1)
    strike(sandbox, "slow", seconds=2.0)
    assert read(client)
    assert [call.status for call in calls] == [None, 200]


def test_a_rate_limit_is_waited_for(client: SoundChartsClient, sandbox: str, calls: list[ApiCall]) -> None:
    strike(sandbox, "rate_limited", reset=0)
    assert read(client)
    assert [call.status for call in calls] == [429, 200]


def test_a_long_rate_limit_goes_back(client: SoundChartsClient, sandbox: str) -> None:
    strike(sandbox, "rate_limited", reset=40)
    with pytest.raises(RateLimited) as caught:
        read(client)
    assert caught.value.retry_after == 41


def test_no_quota_header(client: SoundChartsClient, sandbox: str, calls: list[ApiCall]) -> None:
    strike(sandbox, "no_quota_header")
    read(client)
    read(client)
    assert calls[0].quota_left is None
    assert calls[1].quota_left is not None


def test_content_faults(client: SoundChartsClient, sandbox: str) -> None:
    expected = read(client)
    struck = sorted(expected)[10]
    before = sorted(expected)[9]
    for fault in (
        "missing_day",
        "null_value",
        "empty_plots",
        "repeated_value",
        "halved_total",
        "extra_identifier",
    ):
        strike(sandbox, fault, date=str(struck))
        found = read(client)
        if fault == "missing_day":
            assert found.keys() == expected.keys() - {struck}
        elif fault == "null_value":
            assert set(found[struck].values()) == {None}
        elif fault == "empty_plots":
            assert found[struck] == {}
        elif fault == "repeated_value":
            assert found[struck] == expected[before]
        elif fault == "halved_total":
            assert found[struck] == {name: (value or 0) // 2 for name, value in expected[struck].items()}
        else:
            assert len(found[struck]) == len(expected[struck]) + 1
        assert found[before] == expected[before]


def test_old_offsets_move_no_day(client: SoundChartsClient, sandbox: str) -> None:
    expected = read(client)
    strike(sandbox, "old_offset")
    assert read(client) == expected


def test_a_token_that_ends_is_renewed(connect: Connect, sandbox: str, calls: list[ApiCall]) -> None:
    """Tokens of this sandbox live for 2 seconds, and are renewed at half their life."""
    client = connect(sandbox, **OAUTH)
    read(client)
    time.sleep(1.1)
    read(client)
    assert [(call.endpoint, call.status) for call in calls] == [("token", 200), ("song_audience", 200)] * 2


def test_a_token_refused_in_mid_life(connect: Connect, sandbox: str, calls: list[ApiCall]) -> None:
    client = connect(sandbox, **OAUTH)
    strike(sandbox, "unauthorized")
    assert read(client)
    assert [call.status for call in calls] == [200, 401, 200, 200]


def test_wrong_keys(connect: Connect, sandbox: str) -> None:
    with pytest.raises(Unauthorized):
        connect(sandbox, soundcharts_api_key="wrong").song(BAD_GUY)
    with pytest.raises(Unauthorized):
        connect(sandbox, soundcharts_client_id="wrong", soundcharts_client_secret="wrong").song(BAD_GUY)


def test_unknown_things(client: SoundChartsClient) -> None:
    with pytest.raises(NotFound):
        client.song("00000000-0000-0000-0000-000000000000")
    with pytest.raises(NotFound):
        client.song_by_isrc("XX0000000000")
    with pytest.raises(Refused) as caught:
        client.song_audience(BAD_GUY, "no-such-platform", start=START, end=END)
    assert caught.value.status == 400


def test_a_spent_quota(client: SoundChartsClient, sandbox: str) -> None:
    requests.post(f"{sandbox}/_sandbox/quota", json={"left": 1}, timeout=5).raise_for_status()
    read(client)
    with pytest.raises(QuotaSpent):
        read(client)
    assert client.usage().quota_left == 0
