"""The client against the sandbox: charts, artists and search, over real HTTP."""

from datetime import UTC, datetime

import pytest
import requests

from jobs.soundcharts import (
    ApiCall,
    NotFound,
    SoundChartsClient,
    TransientError,
)

from .conftest import Connect
from .test_sandbox import BAD_GUY, strike

BILLIE = "11e81bcc-9c1c-ce38-b96b-a0369fe50396"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def client(connect: Connect, sandbox: str) -> SoundChartsClient:
    return connect(sandbox)


def test_every_chart_of_every_platform_can_be_read(client: SoundChartsClient) -> None:
    charts = [chart for platform in client.platforms("charts") for chart in client.song_charts(platform.code)]
    assert len(charts) == 24
    for chart in charts:
        found = client.ranking(chart.slug)
        assert (found.chart.slug, found.chart.platform) == (chart.slug, chart.platform)
        assert [entry.position for entry in found.entries] == list(range(1, len(found.entries) + 1))
        assert len(found.entries) == chart.max_results_count
        assert found.ranked_on < TODAY


def test_each_date_leads_to_its_ranking(client: SoundChartsClient) -> None:
    dates = client.chart_dates("global-28")
    assert dates == sorted(dates)
    assert len(dates) > 600
    for when in (dates[0], dates[len(dates) // 2], dates[-1]):
        found = client.ranking("global-28", when)
        assert (found.ranked_at, str(found.ranked_on)) == (when, when[:10])
        assert found.entries
    assert client.ranking("global-28").ranked_at == dates[-1]
    assert client.ranking("global-28", "2025-07-05T12:00:00+00:00").entries == ()


def test_a_page_that_comes_short_is_an_error(client: SoundChartsClient, sandbox: str) -> None:
    for slug in ("global-28", "top-50-paris"):  # of two pages, and of one
        strike(sandbox, "short_page", path="ranking/latest")
        with pytest.raises(TransientError, match="left out a page"):
            client.ranking(slug)
        assert len(client.ranking(slug).entries) in (200, 50)


def test_a_lost_second_page_is_an_error(
    client: SoundChartsClient, sandbox: str, calls: list[ApiCall]
) -> None:
    strike(sandbox, "lost_page", path="ranking/latest", times=3)
    with pytest.raises(TransientError):
        client.ranking("global-28")
    assert [call.status for call in calls] == [200, 502, 502, 502]


def test_an_empty_ranking_is_a_ranking_without_entries(client: SoundChartsClient, sandbox: str) -> None:
    strike(sandbox, "empty_ranking", path="ranking/latest")
    found = client.ranking("global-28")
    assert (found.entries, found.chart.slug) == ((), "global-28")


def test_artists(client: SoundChartsClient) -> None:
    artist = client.artist(BILLIE)
    assert [genre.root for genre in artist.genres] == ["alternative", "electronic"]
    assert client.artists([BILLIE, "nobody"]) == [artist]
    assert client.platform_url("https://open.spotify.com/artist/6qqNVTkY8uBg9cP3Jd7DAH").uuid == BILLIE


def test_search(client: SoundChartsClient) -> None:
    assert BAD_GUY in [song.uuid for song in client.search_songs("Billie/Eilish: bad guy")]
    assert client.search_songs("qqqq") == []
    assert [artist.uuid for artist in client.search_artists("bílliè")] == [BILLIE]
    with pytest.raises(NotFound):
        client.platform_url("https://example.org")


def test_kept_answers_cost_no_quota(client: SoundChartsClient, sandbox: str, calls: list[ApiCall]) -> None:
    for _ in range(3):
        client.artist(BILLIE)
        client.song_charts("spotify")
        client.search_songs("bad guy")
    assert len(calls) == 3
    counted = requests.get(f"{sandbox}/_sandbox/calls", timeout=5).json()
    assert sum(counted.values()) == 3
