"""`flask figures check`: finds nothing where all is right, and names what is not."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from tests.webapp.queries.dashboard.dashboard_data import make_world
from webapp.engine import SCHEMA
from webapp.figures_check import figures

WRONG = """
    CREATE OR REPLACE FUNCTION begins_at_zero(
        series_begins date, released_on date, first_day date, last_day date
    ) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false
"""


@pytest.fixture
def world(app: Flask, database: psycopg.Connection) -> None:
    """Charts, and audience with gaps and new songs, of which is kept what a fetch keeps."""
    make_world(database, 3)


@pytest.fixture
def wrong_gains(database: psycopg.Connection) -> Iterator[None]:
    """For the time of a test, new songs do not count from 0."""
    source = (SCHEMA / "0004_gains.sql").read_text()
    begins = source.index("CREATE FUNCTION begins_at_zero")
    right = source[begins : source.index(";", begins)]
    database.execute(WRONG)
    yield
    database.execute(right.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def check(app: Flask, *options: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(figures, ["check", *options])
    return result.exit_code, result.output


def test_no_figure_differs(app: Flask, world: None) -> None:
    status, output = check(app, "--count", "300", "--seed", "a")
    assert (status, output.splitlines()[-1]) == (0, "No differences.")
    for kind in ("gains", "listed", "leaders", "artist sums", "movements", "health"):
        assert f" {kind}" in output
    # The same figures again for the same seed.
    assert check(app, "--count", "60", "--seed", "b") == check(app, "--count", "60", "--seed", "b")


def test_a_figure_that_differs_is_named(app: Flask, world: None, wrong_gains: None) -> None:
    status, output = check(app, "--count", "300", "--seed", "a")
    assert status == 1
    assert "differ." in output
    assert "Song" in output
    assert "None" in output  # the site's figure of a new song


def test_nothing_stored_is_nothing_to_check(app: Flask) -> None:
    status, output = check(app)
    assert status == 0
    assert "0 figures recounted (nothing is stored yet)" in output


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audience_states SET latest_value = latest_value * 3",
        "UPDATE audience_states SET last_date = last_date - 60",
        "UPDATE audience_states SET gain_7_days = gain_7_days + 1",
        "UPDATE audience_states SET fell_on = last_date",
        "UPDATE audience_states SET gain_7_days_covers = 3",
        "UPDATE audience_states SET gain_7_days_before = 1",
        "DELETE FROM audience_states",
    ],
)
def test_what_lists_show_is_counted_too(
    app: Flask, world: None, database: psycopg.Connection, damage: str
) -> None:
    database.execute(damage)
    status, output = check(app, "--count", "120", "--seed", "a")
    assert status == 1
    assert "listed" in output
