"""The list of charts: every sort and filter, paged to the end, against a plain model of it."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import psycopg
import pytest
from flask import Flask

from tests.factories import make_chart, make_ranking, make_track
from webapp.extensions import db
from webapp.queries import Order
from webapp.queries.charts import listed as chart_list
from webapp.queries.charts.listed import (
    KEYS,
    ChartFilter,
    ListedChart,
    Sort,
    chart_choices,
    chart_page,
)

TODAY = datetime.now(UTC).date()
COUNTRIES = [("", ""), ("SE", "Sweden"), ("FR", "France")]
RANKS = ["failing", "late", "healthy", "idle"]

MODEL: dict[Sort, Callable[[ListedChart], Any]] = {
    "name": lambda chart: chart.name.lower(),
    "platform": lambda chart: chart.platform_name.lower(),
    "place": lambda chart: chart.place.lower(),
    "frequency": lambda chart: {"daily": 1, "weekly": 7}[chart.frequency],
    "newest": lambda chart: chart.last_ranked_on,
    "entries": lambda chart: chart.entry_count,
    "health": lambda chart: RANKS.index(chart.health),
}


@pytest.fixture
def charts(database: psycopg.Connection) -> int:
    """Charts of every health, some without a ranking, many alike; returns how many."""
    chance = random.Random(3)
    tracks = [make_track(database, f"{n:032x}", f"Song {n}") for n in range(4)]
    for number in range(40):
        chart = make_chart(
            database,
            f"chart-{number}",
            platform=chance.choice(["spotify", "shazam", "deezer"]),
            name=chance.choice(["Top", "top", "Éclair", "Weekly"]) + f" word{number % 5}",
            country=chance.choice(COUNTRIES),
            frequency=chance.choice(["daily", "weekly"]),
            enabled=number % 3 != 0,
        )
        if chance.random() < 0.7:
            day = TODAY - timedelta(days=chance.choice([1, 1, 4, 20]))
            make_ranking(
                database, chart, day, tracks[: chance.randint(1, 4)], datetime.now(UTC) - timedelta(days=5)
            )
        if number % 7 == 1:
            database.execute("UPDATE charts SET sync_error = 'The API broke off.' WHERE id = %s", [chart])
    database.execute("UPDATE charts SET country_name = '' WHERE country_code = ''")
    return 40


def everything(narrow: ChartFilter, sort: Sort = "name", order: Order = "asc") -> list[ListedChart]:
    """Returns all pages, one after the other."""
    db.session.rollback()
    found: list[ListedChart] = []
    after: str | None = None
    for _page in range(50):
        page = chart_page(narrow, sort=sort, order=order, after=after)
        found += page.charts
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages do not end")


def test_every_sort_shows_every_chart_once_in_order(
    app: Flask, charts: int, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    for size, sort, order in product((1, 7, 50), KEYS, get_args(Order)):
        monkeypatch.setattr(chart_list, "PAGE_SIZE", size)
        with subtests.test(size=size, sort=sort, order=order):
            every_sort_shows_every_chart_once_in_order(charts, sort, order)


def every_sort_shows_every_chart_once_in_order(charts: int, sort: Sort, order: Order) -> None:
    found = everything(ChartFilter(), sort, order)
    assert len({chart.id for chart in found}) == len(found) == charts
    key = MODEL[sort]
    expected: list[ListedChart] = []
    for idle in (False, True):
        half = sorted((chart for chart in found if (chart.health == "idle") == idle), key=lambda one: one.id)
        valued = [chart for chart in half if key(chart) is not None]
        expected += sorted(valued, key=key, reverse=order == "desc")
        expected += [chart for chart in half if key(chart) is None]
    assert [chart.id for chart in found] == [chart.id for chart in expected]


FILTERS: list[tuple[dict[str, Any], Callable[[ListedChart], bool]]] = [
    ({}, lambda _chart: True),
    ({"typed": "word3"}, lambda chart: "word3" in chart.name),
    ({"typed": "WOR"}, lambda _chart: True),
    ({"typed": "!!!"}, lambda _chart: False),
    ({"platform": "shazam"}, lambda chart: chart.platform_name == "Shazam"),
    ({"platform": "nowhere"}, lambda _chart: False),
    ({"country": "SE"}, lambda chart: chart.place == "Sweden"),
    ({"country": "-"}, lambda chart: chart.place == "Worldwide"),
    ({"frequency": "weekly"}, lambda chart: chart.frequency == "weekly"),
    ({"active": True}, lambda chart: chart.is_active),
    *[({"health": health}, lambda chart, health=health: chart.health == health) for health in RANKS],
    (
        {"health": "late", "platform": "spotify"},
        lambda c: c.health == "late" and c.platform_slug == "spotify",
    ),
]


@pytest.mark.parametrize(("given", "keeps"), FILTERS)
def test_every_filter_keeps_what_it_states(
    app: Flask, charts: int, given: dict[str, Any], keeps: Callable[[ListedChart], bool]
) -> None:
    every = everything(ChartFilter())
    found = everything(ChartFilter(**given))
    assert [chart.id for chart in found] == [chart.id for chart in every if keeps(chart)]
    page = chart_page(ChartFilter(**given), sort="name", order="asc", after=None)
    assert (page.total, page.idle) == (len(found), sum(chart.health == "idle" for chart in found))


def test_a_page_begins_behind_a_chart_that_no_longer_fits(
    app: Flask, charts: int, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_list, "PAGE_SIZE", 5)
    narrow = ChartFilter(health="healthy")
    first = chart_page(narrow, sort="newest", order="desc", after=None)
    rest = chart_page(narrow, sort="newest", order="desc", after=first.after)
    database.execute("UPDATE charts SET sync_error = 'It failed.' WHERE slug = %s", [first.after])
    db.session.rollback()
    again = chart_page(narrow, sort="newest", order="desc", after=first.after)
    assert rest.charts
    assert [chart.id for chart in again.charts] == [chart.id for chart in rest.charts]


def test_the_choices_are_what_charts_have(app: Flask, charts: int, database: psycopg.Connection) -> None:
    database.execute("UPDATE charts SET frequency = 'Weekly' WHERE frequency = 'weekly' AND id % 2 = 0")
    assert chart_choices() == {
        "platform": [("deezer", "Deezer"), ("shazam", "Shazam"), ("spotify", "Spotify")],
        "country": [("FR", "France"), ("SE", "Sweden"), ("-", "Worldwide")],
        "frequency": [("daily", "Daily"), ("weekly", "Weekly")],
    }


def test_a_chart_in_a_city_is_found_there(app: Flask, database: psycopg.Connection) -> None:
    make_chart(database, country=("FR", "France"))
    database.execute("UPDATE charts SET city_name = 'Paris'")
    (found,) = everything(ChartFilter())
    assert found.place == "Paris, France"
    assert found.last_ranked_on is None
