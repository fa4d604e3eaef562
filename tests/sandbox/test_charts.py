"""Charts: their form, that their numbers agree with each other, and that they stay as they were."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.charts import CHARTS, METRICS, Chart
from tests.sandbox.conftest import KEYS, SEED_SONG, TODAY, Ask, Switch

GLOBAL = "global-28"
PICKED = [
    chart for chart in CHARTS if chart.slug in ("top-songs-30", "top-100-usa", "popular-2", "itunes-uk")
]
NOON = "T12:00:00+00:00"


@pytest.fixture(scope="module")
def steady() -> FlaskClient:
    """One sandbox for tests that only read."""
    return create_app(today=TODAY).test_client()


def whole(client: FlaskClient, path: str, **query: object) -> dict[str, Any]:
    """Returns the response with the items of all its pages."""
    body: dict[str, Any] = client.get(path, headers=KEYS, query_string=query).get_json()
    items, following = list(body["items"]), body["page"]["next"]
    while following:
        page = client.get(following, headers=KEYS).get_json()
        items, following = items + page["items"], page["page"]["next"]
    assert len(items) == body["page"]["total"]
    return {**body, "items": items}


def ranking(client: FlaskClient, slug: str, when: str = "latest") -> dict[str, Any]:
    return whole(client, f"/api/v2.14/chart/song/{slug}/ranking/{when.replace('+', '%2B')}")


def dates(client: FlaskClient, slug: str) -> list[str]:
    return sorted(whole(client, f"/api/v2/chart/song/{slug}/available-rankings")["items"])


def songs(body: dict[str, Any]) -> list[str]:
    return [row["song"]["uuid"] for row in body["items"]]


def post(client: FlaskClient, name: str, **body: object) -> None:
    answer = client.post(f"/_sandbox/{name}", json=body)
    assert answer.status_code == 200, answer.get_json()


def test_there_are_two_dozen_charts_on_many_platforms(steady: FlaskClient) -> None:
    codes = [row["code"] for row in whole(steady, "/api/v2/chart/song/platforms")["items"]]
    listed = [
        chart for code in codes for chart in whole(steady, f"/api/v2/chart/song/by-platform/{code}")["items"]
    ]
    assert len(listed) == len({chart["slug"] for chart in listed}) == len(CHARTS) == 24
    assert len({chart["platform"] for chart in listed}) >= 8
    assert {chart["frequency"] for chart in listed} == {"daily", "weekly"}
    for chart in listed:
        assert list(chart) == [
            "name", "type", "slug", "platform", "frequency", "countryCode", "countryName", "cityName",
            "maxResultsCount", "webUrl",
        ]  # fmt: skip
        assert (chart["countryCode"] == "") == (chart["countryName"] == "Worldwide")


def test_a_country_leaves_out_the_worldwide_charts(steady: FlaskClient) -> None:
    path = "/api/v2/chart/song/by-platform/spotify"
    everywhere = whole(steady, path)["items"]
    sweden = whole(steady, path, countryCode="SE")["items"]
    assert sweden == [chart for chart in everywhere if chart["countryCode"] == "SE"]
    assert 0 < len(sweden) < len(everywhere)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/chart/song/by-platform/no-such-platform",
        "/api/v2/chart/song/by-platform/audiomack",
        "/api/v2/chart/song/no-such-chart/available-rankings",
        "/api/v2.14/chart/song/no-such-chart/ranking/latest",
        "/api/v2/chart/song/global-28/ranking/latest",
    ],
)
def test_what_is_unknown_is_404(ask: Ask, path: str) -> None:
    assert ask(path) == (404, {"errors": [{"key": "access", "code": 404, "message": "Not found."}]})


@pytest.mark.parametrize("when", ["yesterday", "2025-02-30T12:00:00+00:00"])
def test_a_date_that_is_none_is_refused(ask: Ask, when: str) -> None:
    assert ask(f"/api/v2.14/chart/song/{GLOBAL}/ranking/{when}")[0] == 400


@pytest.mark.parametrize("chart", PICKED, ids=lambda chart: chart.slug)
def test_two_years_of_dates_with_holes(steady: FlaskClient, chart: Chart) -> None:
    found = dates(steady, chart.slug)
    days = [date.fromisoformat(text[:10]) for text in found]
    assert all(text.endswith(NOON) for text in found)
    assert days == sorted(set(days))
    assert days[0] <= TODAY - timedelta(days=730)
    assert TODAY - timedelta(days=1 + 7 * chart.step) < days[-1] < TODAY
    steps = Counter((later - earlier).days for earlier, later in pairwise(days))
    assert all(step % chart.step == 0 for step in steps)
    assert steps[chart.step] > 0.9 * len(days)
    assert len(steps) > 1, "a history without holes"


@pytest.mark.parametrize("chart", PICKED, ids=lambda chart: chart.slug)
def test_the_numbers_of_a_chart_agree_with_its_rankings(steady: FlaskClient, chart: Chart) -> None:
    """Every appearance is counted from the first ranking on, as somebody who reads them all would."""
    appearances: Counter[str] = Counter()
    entry: dict[str, str] = {}
    before: dict[str, int] = {}
    returned = new = 0
    every = dates(steady, chart.slug)
    for number, when in enumerate(every[:150]):
        body = ranking(steady, chart.slug, when)
        rows = body["items"]
        assert body["related"]["date"] == when
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        assert len(set(songs(body))) == len(rows) <= chart.size
        for row in rows:
            uuid = row["song"]["uuid"]
            appearances[uuid] += 1
            first = entry.setdefault(uuid, when)
            old = before.get(uuid, 0)
            new += number > 0 and first == when
            returned += old == 0 and first != when
            assert (row["entryDate"], row["rankDate"]) == (first, when)
            assert (row["oldPosition"], row["timeOnChart"]) == (old, appearances[uuid])
            assert row["positionEvolution"] == (old - row["position"] if old else 0)
            assert row["timeOnChartUnit"] == ("DOC" if chart.step == 1 else "WOC")
            assert row["entryState"] == ""
        before = {row["song"]["uuid"]: row["position"] for row in rows}
    assert new > 0
    assert returned > 0, "no re-entry"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.slug)
def test_rankings_are_full_and_move_little(steady: FlaskClient, chart: Chart) -> None:
    for when in dates(steady, chart.slug)[-3:]:
        rows = ranking(steady, chart.slug, when)["items"]
        assert len(rows) == chart.size
        moves = sorted(abs(row["positionEvolution"]) for row in rows)
        assert moves[len(moves) // 2] <= 3
        assert moves[int(0.9 * len(moves))] <= 12


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.slug)
def test_only_four_platforms_have_a_metric(steady: FlaskClient, chart: Chart) -> None:
    body = ranking(steady, chart.slug)
    metrics = [row.get("metric") for row in body["items"]]
    if chart.platform in METRICS:
        assert list(body["related"]["chart"]["metric"]) == ["type", "description"]
        assert metrics == sorted(metrics, reverse=True)
        assert metrics[0] > 0
    else:
        assert "metric" not in body["related"]["chart"]
        assert set(metrics) == {None}


def test_a_song_moves_in_its_own_way_on_every_chart(steady: FlaskClient) -> None:
    """Positions differ from chart to chart and from week to week, even those of the largest song."""
    stood: dict[str, list[int]] = {}
    for chart in (chart for chart in CHARTS if chart.country == "US" and chart.step == 1):
        for when in dates(steady, chart.slug)[-28::7]:
            rows = ranking(steady, chart.slug, when)["items"]
            stood.setdefault(chart.slug, []).append(
                next((row["position"] for row in rows if row["song"]["uuid"] == SEED_SONG), 0)
            )
    assert len(stood) > 3
    assert len({tuple(places) for places in stood.values()}) == len(stood)
    assert all(len(set(places)) > 1 for places in stood.values())


def test_the_streams_of_a_ranking_are_what_the_audience_gains(steady: FlaskClient) -> None:
    """Over a month, since single days swing."""
    days = [f"{TODAY - timedelta(days=n)}{NOON}" for n in range(1, 31)]
    there = [when for when in days if when in dates(steady, GLOBAL)]
    rows = [row for when in there for row in ranking(steady, GLOBAL, when)["items"]]
    streams = [row["metric"] for row in rows if row["song"]["uuid"] == SEED_SONG]
    items = whole(steady, f"/api/v2/song/{SEED_SONG}/audience/spotify")["items"]
    gain = (items[0]["plots"][0]["value"] - items[-1]["plots"][0]["value"]) / 30
    assert sum(streams) / len(streams) == pytest.approx(gain, rel=0.1)


def test_a_country_has_fewer_streams_than_the_world(steady: FlaskClient) -> None:
    world = {row["song"]["uuid"]: row["metric"] for row in ranking(steady, GLOBAL)["items"]}
    for slug in ("top-songs-29", "top-songs-30", "top-songs-31", "top-songs-32"):
        for row in ranking(steady, slug)["items"]:
            assert row["metric"] <= world.get(row["song"]["uuid"], 10**12)


def test_a_date_without_a_ranking_has_no_rows(steady: FlaskClient) -> None:
    for when in (f"2025-07-05{NOON}", dates(steady, GLOBAL)[-1].replace("T12", "T11")):
        body = ranking(steady, GLOBAL, when)
        assert (body["items"], body["page"]["total"], body["related"]["date"]) == ([], 0, when)


def test_another_day_adds_rankings_and_changes_none(steady: FlaskClient) -> None:
    moved = create_app(today=TODAY).test_client()
    post(moved, "clock", days=15)
    before, after = dates(steady, GLOBAL), dates(moved, GLOBAL)
    assert after[: len(before)] == before
    assert len(before) < len(after) <= len(before) + 15
    for when in (before[0], before[400], before[-1]):
        assert ranking(moved, GLOBAL, when) == ranking(steady, GLOBAL, when)


def test_another_seed_is_another_chart(steady: FlaskClient) -> None:
    other = create_app(seed=2, today=TODAY).test_client()
    assert songs(ranking(other, GLOBAL)) != songs(ranking(steady, GLOBAL))


def test_before_the_first_ranking_there_is_no_latest() -> None:
    client = create_app(today=date(2024, 6, 1)).test_client()
    assert client.get(f"/api/v2.14/chart/song/{GLOBAL}/ranking/latest", headers=KEYS).status_code == 404
    assert dates(client, GLOBAL) == []


def test_a_ranking_can_be_corrected(client: FlaskClient) -> None:
    last, newest = dates(client, GLOBAL)[-2:]
    was, then = ranking(client, GLOBAL, last), ranking(client, GLOBAL, newest)
    post(client, "ranking-corrections", chart=GLOBAL, date=last[:10], first=3, second=7)
    now, next_day = ranking(client, GLOBAL, last), ranking(client, GLOBAL, newest)
    expected = songs(was)
    expected[2], expected[6] = expected[6], expected[2]
    assert songs(now) == expected
    assert [row["position"] for row in now["items"]] == [row["position"] for row in was["items"]]
    assert [row["metric"] for row in now["items"]] == [row["metric"] for row in was["items"]]
    assert songs(next_day) == songs(then)
    old = {row["song"]["uuid"]: row["oldPosition"] for row in next_day["items"]}
    assert (old[expected[2]], old[expected[6]]) == (3, 7)
    post(client, "reset")
    assert ranking(client, GLOBAL, last) == was


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"chart": "no-such-chart"}, 404),
        ({"date": "2025-07-05"}, 400),
        ({"first": 0}, 400),
        ({"second": "2"}, 400),
        ({"third": 3}, 400),
    ],
)
def test_a_wrong_correction_of_a_ranking_is_refused(
    client: FlaskClient, change: dict[str, object], status: int
) -> None:
    body = {"chart": GLOBAL, "date": dates(client, GLOBAL)[0][:10], "first": 1, "second": 2, **change}
    assert client.post("/_sandbox/ranking-corrections", json=body).status_code == status


def test_a_ranking_can_come_empty_or_short(client: FlaskClient, ask: Ask, switch: Switch) -> None:
    path = f"/api/v2.14/chart/song/{GLOBAL}/ranking/latest"
    right = ask(path)
    switch("empty_ranking", path="ranking/latest")
    body = ask(path)[1]
    assert (body["items"], body["page"]["total"], body["page"]["next"]) == ([], 0, None)
    assert body["related"] == right[1]["related"]
    switch("short_page", path="ranking/latest")
    body = ask(path)[1]
    assert (body["items"], body["page"]) == (right[1]["items"][:-1], right[1]["page"])
    assert ask(path) == right


def test_a_ranking_can_be_complete_and_odd(client: FlaskClient, ask: Ask, switch: Switch) -> None:
    path = "/api/v2.14/chart/song/top-50-paris/ranking/latest"
    right = ask(path)[1]
    odd = {}
    for fault in ("shorter_ranking", "song_twice", "position_twice", "other_time"):
        switch(fault, path="ranking/latest")
        odd[fault] = ask(path)[1]
    assert odd["shorter_ranking"]["items"] == right["items"][:-1]
    assert odd["shorter_ranking"]["page"] == right["page"] | {"total": right["page"]["total"] - 1}
    assert songs(odd["song_twice"]) == [*songs(right)[:-1], songs(right)[0]]
    assert [row["position"] for row in odd["position_twice"]["items"]] == [*range(1, 50), 49]
    assert odd["other_time"]["related"]["date"] == right["related"]["date"].replace(NOON, "T18:30:00+00:00")
    assert songs(odd["other_time"]) == songs(right)
    assert ask(path)[1] == right
