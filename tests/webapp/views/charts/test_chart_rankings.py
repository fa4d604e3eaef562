"""The list of the stored rankings of a chart, and the links from it to tracks."""

import re
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, NEWEST, counted_statements
from webapp.queries.charts.pages import RANKINGS_SHOWN

MOST_QUERIES = 8
ADDRESS = "/charts/global-28/rankings/"


@pytest.fixture
def chart(database: psycopg.Connection, track: int) -> int:
    made = make_chart(database)
    for ago in range(RANKINGS_SHOWN + 3):
        make_ranking(database, made, NEWEST - timedelta(days=ago), [track])
    return made


def test_each_ranking_held_has_its_details_and_they_lead_to_tracks(
    viewer: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    database.execute("UPDATE chart_rankings SET replaced_at = now() WHERE ranked_on = %s", [NEWEST])
    assert ADDRESS in viewer.get("/charts/global-28/calendar/", headers=HTMX).text
    seen: list[str] = []
    address = ADDRESS
    while address:
        page = viewer.get(address).text
        seen += re.findall(r'href="(/charts/global-28/[\d-]+/)"><time', page)
        following = re.search(r'href="([^"]+)"[^>]*>Next page', page)
        address = following[1] if following else ""
    days = [NEWEST - timedelta(days=ago) for ago in range(RANKINGS_SHOWN + 3)]
    assert seen == [f"/charts/global-28/{day}/" for day in days]
    assert "replaced by a corrected one" in viewer.get(ADDRESS).text
    assert f'href="/tracks/{SEED_TRACK}/' in viewer.get(seen[0]).text


def test_nothing_to_list(viewer: FlaskClient, chart: int, database: psycopg.Connection) -> None:
    assert 'data-empty="filtered"' in viewer.get(f"{ADDRESS}?before=2000-01-01").text
    make_chart(database, "empty")
    fragment = viewer.get("/charts/empty/rankings/", headers=HTMX).text
    assert 'data-empty="nothing"' in fragment
    assert "<html" not in fragment
    assert viewer.get(f"{ADDRESS}?before=soon").status_code == 400
    assert viewer.get("/charts/none/rankings/").status_code == 404


def test_queries_are_bounded(viewer: FlaskClient, site: Flask, chart: int) -> None:
    with counted_statements(site) as sent:
        assert viewer.get(ADDRESS).status_code == 200
    assert len(sent) <= MOST_QUERIES
