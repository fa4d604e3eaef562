"""Rankings, dates and entries: whole and in order, or an error."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jobs.soundcharts import (
    Chart,
    ChartMetric,
    FoundSong,
    NotFound,
    PayloadError,
    SoundChartsClient,
    TransientError,
)
from jobs.soundcharts.charts import PLATFORM_LISTS, PlatformList

from .payloads import CHART, RANKED, UUID, error, page, ranking
from .scripted import Scripted, ScriptedApi

LATEST = "/api/v2.14/chart/song/a-chart/ranking/latest"


def rows(first: int, last: int) -> list[dict[str, Any]]:
    return [RANKED | {"position": position} for position in range(first, last + 1)]


def two_pages(**second: Any) -> list[Any]:
    """Returns a ranking of 150 in two pages; `second` changes the second one."""
    following = f"{LATEST}?offset=100&limit=100"
    return [
        Scripted(body=ranking(rows(1, 100), total=150, following=following)),
        Scripted(body=ranking(**{"items": rows(101, 150), "offset": 100, "total": 150, **second})),
    ]


def test_a_ranking_is_read_over_all_its_pages(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = two_pages()
    found = client.ranking("a-chart")
    assert [entry.position for entry in found.entries] == list(range(1, 151))
    assert (found.ranked_at, found.ranked_on) == ("2025-08-23T12:00:00+00:00", date(2025, 8, 23))
    assert found.chart == Chart(
        slug="a-chart",
        name="Top Songs",
        platform="spotify",
        type="song",
        frequency="daily",
        country_code="SE",
        country_name="Sweden",
        city_name="Malmo",
        max_results_count=200,
        web_url="https://example.org/chart",
        metric=ChartMetric("streamcount", "Streams"),
    )
    entry = found.entries[2]
    assert entry.song == FoundSong(
        uuid=UUID, name="A Song", credit_name="An Artist", image_url="https://example.org/song.jpg"
    )
    assert (entry.metric, entry.old_position, entry.position_evolution) == (8_287_561_000, 1, -2)
    assert (entry.entry_date, entry.rank_date) == (date(2025, 6, 22), date(2025, 8, 23))
    assert (entry.time_on_chart, entry.time_on_chart_unit) == (55, "DOC")


@pytest.mark.parametrize(
    "second",
    [
        {"items": rows(101, 149)},
        {"items": []},
        {"offset": 101},
        {"date_time": "2025-08-24T12:00:00+00:00"},
    ],
    ids=["fewer rows", "no rows", "a gap", "a newer ranking"],
)
def test_a_ranking_that_is_not_whole_is_an_error(
    client: SoundChartsClient, api: ScriptedApi, second: dict[str, Any]
) -> None:
    api.script = two_pages(**second)
    with pytest.raises(TransientError):
        client.ranking("a-chart")


def test_one_page_with_fewer_rows_than_its_total_is_an_error(
    client: SoundChartsClient, api: ScriptedApi
) -> None:
    api.script = [Scripted(body=ranking(rows(1, 40), total=50))]
    with pytest.raises(TransientError, match="40 of 50"):
        client.ranking("a-chart")


@pytest.mark.parametrize(
    ("when", "path"),
    [
        (None, LATEST),
        ("2020-10-06T18:00:01+00:00", LATEST.replace("latest", "2020-10-06T18%3A00%3A01%2B00%3A00")),
        ("2021-08-17T12:00:00+02:00", LATEST.replace("latest", "2021-08-17T12%3A00%3A00%2B02%3A00")),
    ],
)
def test_the_date_is_sent_as_given(
    client: SoundChartsClient, api: ScriptedApi, when: str | None, path: str
) -> None:
    api.script = [Scripted(body=ranking([]))]
    assert client.ranking("a-chart", when).entries == ()
    assert urlsplit(api.paths[0]).path == path


@pytest.mark.parametrize("when", ["", ".", ".."])
def test_a_date_that_would_be_another_path_is_refused(
    client: SoundChartsClient, api: ScriptedApi, when: str
) -> None:
    api.script = [Scripted(body=ranking([]))]
    with pytest.raises(ValueError, match="segment of an API path"):
        client.ranking("a-chart", when)
    assert api.seen == []


def test_the_calendar_date_is_the_one_written(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=ranking([], "2021-08-17T00:00:00+02:00"))]
    assert client.ranking("a-chart").ranked_on == date(2021, 8, 17)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda body: body.pop("related"), "related"),
        (lambda body: body["related"].pop("date"), "related.date"),
        (lambda body: body["related"].update(date="soon"), "related.date"),
        (lambda body: body["related"]["chart"].pop("slug"), "related.chart.slug"),
        (lambda body: body["items"][0].update(position=0), "items[0].position"),
        (lambda body: body["items"][0].pop("song"), "items[0].song"),
        (lambda body: body["items"][0].update(metric=-1), "items[0].metric"),
        (lambda body: body["items"][0].update(entryDate="soon"), "items[0].entryDate"),
    ],
)
def test_a_ranking_that_breaks_the_contract_names_the_field(
    client: SoundChartsClient, api: ScriptedApi, change: Callable[[Any], object], field: str
) -> None:
    body = copy.deepcopy(ranking(rows(1, 1)))
    change(body)
    api.script = [Scripted(body=body)]
    with pytest.raises(PayloadError) as caught:
        client.ranking("a-chart")
    assert caught.value.field == field


def test_a_row_that_breaks_the_contract_does_not_lose_the_others(
    client: SoundChartsClient, api: ScriptedApi
) -> None:
    bad: list[Any] = [None, "a row", {}, *copy.deepcopy(rows(5, 9))]
    for row, change in zip(
        bad[3:],
        ({"position": "5"}, {"song": {"name": "A Song"}}, {"entryDate": "2026-13-01"}, {"position": -8}),
        strict=False,
    ):
        row.update(change)
    second = [*bad, *rows(10, 10)]
    first = ranking(rows(1, 2), total=11, following=f"{LATEST}?offset=2&limit=2")
    first["page"]["limit"] = 2
    api.script = [
        Scripted(body=first),
        Scripted(body=ranking(second, offset=2, total=11)),
    ]
    found = client.ranking("a-chart")
    assert [entry.position for entry in found.entries] == [1, 2, 9, 10]
    assert [(row.field, row.value) for row in found.refused] == [
        ("items[2]", "None"),
        ("items[3]", "'a row'"),
        ("items[4].song", "None"),
        ("items[5].position", "'5'"),
        ("items[6].song.uuid", "None"),
        ("items[7].entryDate", "'2026-13-01'"),
        ("items[8].position", "-8"),
    ]


def test_a_text_never_holds_what_the_database_cannot(client: SoundChartsClient, api: ScriptedApi) -> None:
    row = copy.deepcopy(rows(1, 1)[0])
    row["song"]["name"] = "A\0 Song"
    api.script = [Scripted(body=ranking([row]))]
    assert client.ranking("a-chart").entries[0].song.name == "A Song"


@pytest.mark.parametrize("metric", [..., None, 0])
def test_a_chart_without_a_metric(client: SoundChartsClient, api: ScriptedApi, metric: object) -> None:
    row = {name: value for name, value in RANKED.items() if name != "metric"}
    api.script = [Scripted(body=ranking([row if metric is ... else row | {"metric": metric}]))]
    assert client.ranking("a-chart").entries[0].metric == (None if metric is ... else metric)


def test_dates_come_sorted_and_as_written(client: SoundChartsClient, api: ScriptedApi) -> None:
    texts = ["2025-08-22T12:00:00+00:00", "2021-08-17T00:00:00+02:00", "2025-08-23T12:00:00+00:00"]
    api.script = [Scripted(body={"related": CHART, **page(texts)})]
    assert client.chart_dates("a-chart") == [texts[1], texts[0], texts[2]]


@pytest.mark.parametrize("wrong", ["", "soon", "2025-02-30T12:00:00+00:00", 5, None])
def test_a_wrong_date_names_its_place(client: SoundChartsClient, api: ScriptedApi, wrong: object) -> None:
    api.script = [Scripted(body=page(["2025-08-22T12:00:00+00:00", wrong]))]
    with pytest.raises(PayloadError) as caught:
        client.chart_dates("a-chart")
    assert caught.value.field == "items[1]"


@pytest.mark.parametrize(("country", "sent"), [(None, None), ("SE", ["SE"])])
def test_charts_of_a_platform(
    client: SoundChartsClient, api: ScriptedApi, country: str | None, sent: list[str] | None
) -> None:
    bare = {"slug": "b", "name": "", "platform": "itunes", "countryCode": "", "metric": None}
    api.script = [Scripted(body=page([CHART, bare]))]
    first, second = client.song_charts("itunes", country)
    assert first.slug == "a-chart"
    assert second == Chart(slug="b", name="", platform="itunes")
    parts = urlsplit(api.paths[0])
    assert parts.path == "/api/v2/chart/song/by-platform/itunes"
    assert parse_qs(parts.query).get("countryCode") == sent


def test_an_unknown_platform_or_chart_is_reported(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(404, error(404, "Not found."))]
    for read in (client.song_charts, client.chart_dates, client.ranking):
        with pytest.raises(NotFound):
            read("no-such-thing")


@pytest.mark.parametrize("kind", PLATFORM_LISTS)
def test_lists_of_platforms(client: SoundChartsClient, api: ScriptedApi, kind: PlatformList) -> None:
    api.script = [Scripted(body=page([{"name": "Airplay", "code": "airplay"}]))]
    assert [(one.name, one.code) for one in client.platforms(kind)] == [("Airplay", "airplay")]
    assert urlsplit(api.paths[0]).path == PLATFORM_LISTS[kind]
