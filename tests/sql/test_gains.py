"""The worked examples of docs/figures.md, and when a stored gain is counted again."""

import re
from datetime import date, datetime
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from tests.factories import audience_rows, insert_series, make_track, platform_id
from webapp.config import ROOT

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
EXAMPLES = re.findall(
    r"^\| (.+?) \| (\d+ \w+: .+?) \| (.+?) \|$", (ROOT / "docs/figures.md").read_text(), re.MULTILINE
)


def day(words: str) -> date:
    """'31 October' of the year of the examples."""
    return datetime.strptime(f"{words} 2026", "%d %B %Y").date()  # noqa: DTZ007 (a date)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 9


@pytest.mark.parametrize(("case", "values", "said"), EXAMPLES)
def test_examples_are_true(
    app: Flask, database: psycopg.Connection, case: str, values: str, said: str
) -> None:
    track, spotify = make_track(database, str(uuid4())), platform_id(database, "spotify")
    if released := re.match(r"released on (\d+ \w+)", case):
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [day(released[1]), track])
    pairs = re.findall(r"(\d+ \w+): ([\d,]+)", values)
    insert_series(
        database, audience_rows(track, spotify, [(day(when), int(n.replace(",", ""))) for when, n in pairs])
    )
    found = database.execute(
        "SELECT gain, covers FROM audience_gain(%s, %s, %s, %s)", [track, spotify, FIRST, LAST]
    ).fetchone()
    assert found is not None
    gain, covers = found
    words = "unknown" if gain is None else f"{gain:+,}, of {covers} days".replace("-", "\N{MINUS SIGN}")
    assert words == said


def test_a_release_date_counts_the_stored_gain_again(app: Flask, database: psycopg.Connection) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(date(2026, 11, number), 1000 * number) for number in range(10, 14)]
    insert_series(database, audience_rows(track, spotify, values))
    stored = "SELECT gain_7_days, version FROM audience_states"
    assert database.execute(stored).fetchone() == (None, 1)
    database.execute("UPDATE tracks SET release_date = '2026-11-09'")
    assert database.execute(stored).fetchone() == (13_000, 2)
    database.execute("UPDATE tracks SET name = 'Another'")
    assert database.execute(stored).fetchone() == (13_000, 2)
