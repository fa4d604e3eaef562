"""Songs to compare, and how the tests read what is drawn of them."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.webapp.views.conftest import NEWEST

UUIDS = [f"00000000-0000-4000-8000-{number:012}" for number in range(1, 8)]
TWO = f"tracks={UUIDS[0]},{UUIDS[1]}"


@pytest.fixture
def songs(database: psycopg.Connection) -> list[int]:
    """Three tracks on Spotify: released 19 days before NEWEST, 9 days before, and without a date."""
    found = []
    for place, (name, days) in enumerate((("Salt", 20), ("Low Tide", 10), ("Undated", 5))):
        track_id = make_track(database, UUIDS[place], name)
        released = NEWEST - timedelta(days=days - 1) if name != "Undated" else None
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, track_id])
        values = [
            (NEWEST - timedelta(days=days - 1 - step), 1000 * (place + 1) + step * step)
            for step in range(days)
        ]
        insert_series(database, audience_rows(track_id, platform_id(database, "spotify"), values))
        found.append(track_id)
    return found


def drawn(browser: FlaskClient, query: str) -> dict[str, Any]:
    answer = browser.get(f"/compare/chart/?{query}").json
    assert answer is not None
    return dict(answer)


def values(series: dict[str, Any]) -> list[tuple[int, int]]:
    return [(point["x"], point["y"]) for point in series["data"] if point["y"] is not None]
