"""Figures that no API brought, on the pages: shown like all others, with nothing to refresh."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobs.commands.import_series import import_series
from jobs.commands.platforms import platforms
from tests.factories import make_track
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import API_URL, HTMX, TRACK_URL, csrf

FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)


@pytest.fixture(params=["apple_music", "bandcamp"])
def slug(request: pytest.FixtureRequest, site: Flask, database: psycopg.Connection, tmp_path: Path) -> str:
    """A platform without song audience, ours or a new one, that holds two imported values."""
    runner = site.test_cli_runner()
    make_track(database)
    if request.param == "bandcamp":
        assert runner.invoke(platforms, ["create", "bandcamp", "--name", "Bandcamp"]).exit_code == 0
    write(tmp_path, request.param, 1000, 1250)
    result = runner.invoke(import_series, [str(tmp_path / "figures.csv")])
    assert result.exit_code == 0, result.output
    return str(request.param)


def write(folder: Path, slug: str, *totals: int) -> None:
    rows = [f"{SEED_TRACK},{slug},{day},{total}" for day, total in zip((FIRST, SECOND), totals, strict=True)]
    (folder / "figures.csv").write_text("\n".join(["track,platform,date,value", *rows]))


def test_the_page_shows_the_platform_and_offers_no_refresh(
    operator: FlaskClient, database: psycopg.Connection, slug: str
) -> None:
    page = operator.get(TRACK_URL).text
    name = database.execute("SELECT name FROM platforms WHERE slug = %s", [slug]).fetchone()
    assert name is not None
    tile = page[page.index(f'aria-label="{name[0]}"') :].split("</article>")[0]
    assert "1,250" in tile
    assert "<form" not in tile
    assert "Newest date 2026-11-20" in page
    assert "<form" in page[page.index('aria-label="Spotify"') :].split("</article>")[0]
    refused = operator.post(f"{TRACK_URL}platforms/{slug}/refresh/", headers=csrf(operator) | HTMX)
    assert refused.status_code == 409


def test_the_panel_and_the_endpoint_draw_it(viewer: FlaskClient, slug: str) -> None:
    panel = viewer.get(f"{TRACK_URL}audience/", headers=HTMX).text
    assert "1,250" in panel
    assert "Not offered" not in panel
    chart = viewer.get(f"{API_URL}{slug}/").get_json()["chart_data"]
    assert chart["labels"] == [FIRST.isoformat(), SECOND.isoformat()]
    assert chart["datasets"][0]["data"] == [1000, 1250]


def test_another_import_is_seen_at_once(
    site: Flask, viewer: FlaskClient, database: psycopg.Connection, slug: str, tmp_path: Path
) -> None:
    before = viewer.get(f"{API_URL}{slug}/")
    write(tmp_path, slug, 900, 1300)
    site.test_cli_runner().invoke(import_series, [str(tmp_path / "figures.csv")])
    after = viewer.get(f"{API_URL}{slug}/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.get_json()["chart_data"]["datasets"][0]["data"] == [900, 1300]
    kept = database.execute("SELECT former_value FROM audience_revisions ORDER BY date").fetchall()
    assert kept == [(1000,), (1250,)]
