"""URLs that name a track by an alias."""

from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import make_track
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, csrf

OLD = UUID("00000000-0000-4000-8000-00000000000a")
OTHER = "00000000-0000-4000-8000-00000000000c"


@pytest.fixture
def alias(database: psycopg.Connection, track: int) -> int:
    """The seeds' track, which has another uuid too."""
    database.execute("INSERT INTO track_aliases (uuid, track_id) VALUES (%s, %s)", [OLD, track])
    return track


@pytest.mark.parametrize(
    "path", ["/tracks/{}/", "/tracks/{}/audience/", "/soundcharts/audience/chart/{}/spotify/"]
)
def test_pages_fragments_and_json_lead_to_the_own_uuid(viewer: FlaskClient, alias: int, path: str) -> None:
    for headers in ({}, HTMX):
        answer = viewer.get(path.format(OLD) + "?start_date=2026-01-01&limit=5", headers=headers)
        assert answer.status_code == 301
        assert answer.headers["Location"] == path.format(SEED_TRACK) + "?start_date=2026-01-01&limit=5"


def test_a_post_keeps_its_method(visit: Visit, alias: int) -> None:
    browser = visit("operator")
    answer = browser.post(f"/soundcharts/audience/refresh/{OLD}/spotify/", headers=csrf(browser))
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/soundcharts/audience/refresh/{SEED_TRACK}/spotify/"


def test_search_lists_comparisons_and_imports_know_it(
    visit: Visit, viewer: FlaskClient, alias: int, database: psycopg.Connection
) -> None:
    make_track(database, OTHER, "Other")
    assert viewer.get(f"/search/?q={OLD}").headers["Location"] == TRACK_URL
    page = viewer.get(f"/compare/?tracks={OLD}&tracks={SEED_TRACK}&tracks={OTHER}")
    assert page.status_code == 200
    assert "bad guy" in page.text
    assert viewer.get(f"/tracks/?after={OLD}").status_code == 200
    browser = visit("operator")
    judged = browser.post("/ops/import/", data={"text": str(OLD)}, headers=csrf(browser))
    assert judged.status_code == 200
    assert TRACK_URL in judged.text
