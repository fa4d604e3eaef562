"""The overview of operations."""

import re

import psycopg
from flask.testing import FlaskClient

from tests.webapp.views.conftest import Visit
from webapp.views.dashboard.cards import COLLECTION


def test_the_overview_has_the_cards_about_fetched_data(operator: FlaskClient) -> None:
    page = operator.get("/ops/?by=ranked").text
    assert re.findall(r'id="card-([a-z]+)"', page) == list(COLLECTION)
    for query in ("rankings/?by=ranked&amp;beside=health", "platforms/?by=ranked", "runs/?by=ranked"):
        assert f'hx-get="/dashboard/{query}"' in page
    for url in ("/ops/runs/", "/ops/batches/", "/ops/import/", "/ops/quota/"):
        assert f'href="{url}"' in page
        assert '<a href="/ops/">Operations</a>' in operator.get(url).text


def test_a_viewer_finds_no_way_there(visit: Visit, database: psycopg.Connection) -> None:
    viewer = visit("viewer")
    assert viewer.get("/ops/").status_code == 403
    assert 'href="/ops/"' not in viewer.get("/").text
