"""The examples of docs/figures.md, what gains are compared with, when stored ones are counted again."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.upserts import AudienceRow
from tests import ROOT
from tests.factories import T0, audience_rows, insert_series, make_track, platform_id

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
GAINS = (ROOT / "docs/figures.md").read_text().partition("### Milestones")[0]
EXAMPLES = re.findall(r"^\| (.+?) \| (\d+ \w+: .+?) \| (.+?) \|$", GAINS, re.MULTILINE)


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
        "SELECT gain, covers FROM audience_gain(%s, %s, %s, %s, NULL)", [track, spotify, FIRST, LAST]
    ).fetchone()
    assert found is not None
    gain, covers = found
    words = "unknown" if gain is None else f"{gain:+,}, of {covers} days".replace("-", "\N{MINUS SIGN}")
    assert words == said


def test_a_release_date_counts_the_stored_gain_again(app: Flask, database: psycopg.Connection) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(date(2026, 11, number), 1000 * number) for number in range(10, 14)]
    insert_series(database, audience_rows(track, spotify, values))
    stored = "SELECT gain_7_days, gain_7_days_covers, gain_7_days_caveat, version FROM audience_states"
    assert database.execute(stored).fetchone() == (None, None, None, 1)
    database.execute("UPDATE tracks SET release_date = '2026-11-09'")
    assert database.execute(stored).fetchone() == (13_000, 5, None, 2)
    database.execute("UPDATE tracks SET name = 'Another'")
    assert database.execute(stored).fetchone() == (13_000, 5, None, 2)


def week(database: psycopg.Connection, rows: Sequence[AudienceRow]) -> tuple[object, ...]:
    """Gain, days, caveat and the gain before of the 7 days to 30 November."""
    insert_series(database, rows)
    track, platform = rows[0].track_id, rows[0].platform_id
    found = database.execute(
        "SELECT gain, covers, caveat, gain_before"
        " FROM audience_states AS states, audience_gain_and_before(%s, %s, %s, %s, states.fell_on)",
        [track, platform, LAST - timedelta(6), LAST],
    ).fetchone()
    assert found is not None
    kept = database.execute(
        "SELECT gain_7_days, gain_7_days_covers, gain_7_days_caveat, gain_7_days_before FROM audience_states"
    ).fetchone()
    assert kept == found
    return found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        # 1,000 a day; what differs is by days back from 30 November.
        ({}, (7000, 7, None, 7000)),
        # Four days stand still before the period, and come on its second day: the gain is of them too.
        ({10: -1000, 9: -2000, 8: -3000, 7: -4000, 6: -5000}, (11_000, 11, None, None)),
        # Days stand still and have not come yet: nobody knows whether they will.
        ({2: -1000, 1: -2000, 0: -3000}, (4000, 7, None, 7000)),
        # They come inside the period, or inside the one before it.
        ({4: -1000, 3: -2000, 2: -3000}, (7000, 7, None, 7000)),
        ({11: -1000, 10: -2000}, (7000, 7, None, 7000)),
        # The base had fallen, and the total comes back in the period.
        ({8: -900_000, 7: -900_000, 6: -900_000}, (907_000, 7, "fall", None)),
        # It had fallen long before the period, in which it comes back.
        (dict.fromkeys(range(3, 30), -60_000), (67_000, 7, "fall", None)),
        # It had fallen and stays there, or fell on the eighth day before the base.
        (dict.fromkeys(range(31), -60_000), (7000, 7, None, 7000)),
        (dict.fromkeys(range(16), -60_000), (7000, 7, "fall", None)),
        (dict.fromkeys(range(17), -60_000), (7000, 7, None, None)),
        # A fall in the days before is no measure either, nor is one in the period.
        ({17: 9000}, (7000, 7, None, None)),
        ({3: 5000}, (7000, 7, "fall", None)),
    ],
)
def test_a_gain_states_of_which_days_it_is_and_is_compared_with_its_like(
    app: Flask,
    database: psycopg.Connection,
    other: dict[int, int],
    found: tuple[object, ...],
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    totals = {back: 1_000_000 - 1000 * back + other.get(back, 0) for back in range(50)}
    rows = audience_rows(track, spotify, [(LAST - timedelta(back), total) for back, total in totals.items()])
    assert week(database, rows) == found


@pytest.mark.parametrize(
    ("platform", "added", "largest", "caveat"),
    [
        # The sum of videos: another one brings all that it had.
        ("youtube", 500_000, "a", "identifiers"),
        ("youtube", 5, "a", "identifiers"),
        # The highest of copies: a lower one changes nothing.
        ("spotify", 500_000, "a", None),
        ("spotify", 5_000_000, "b", "identifiers"),
    ],
)
def test_a_gain_of_other_identifiers_is_compared_with_nothing(
    app: Flask, database: psycopg.Connection, platform: str, added: int, largest: str, caveat: str | None
) -> None:
    track, chosen = make_track(database), platform_id(database, platform)
    rows = []
    for back in range(50):
        plots = {"a": 1_000_000 - 1000 * back} | ({"b": added} if back < 3 else {})
        value = sum(plots.values()) if platform == "youtube" else max(plots.values())
        raw = {"plots": [{"identifier": name, "value": own} for name, own in plots.items()]}
        named = largest if back < 3 else "a"
        rows.append(
            AudienceRow(
                track_id=track,
                platform_id=chosen,
                date=LAST - timedelta(back),
                audience_value=value,
                platform_identifier=named,
                fetched_at=T0,
                api_data=raw,
            )
        )
    found = week(database, rows)
    assert found[1:] == (7, caveat, None if caveat else 7000)


@pytest.mark.parametrize(
    ("newest", "step", "found"),
    [
        # A value a week: of the period's days, and of others that are as many.
        (30, 7, (7000, 7, None, 7000, False)),
        (28, 7, (7000, 7, None, None, True)),
        # Daily values that end two days early are compared with the same days of the week before.
        (28, 1, (5000, 5, None, 5000, True)),
    ],
)
def test_a_gain_of_other_days_than_its_period_is_compared_with_nothing(
    app: Flask, database: psycopg.Connection, newest: int, step: int, found: tuple[object, ...]
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    last = date(2026, 11, newest)
    values = [(last - timedelta(back), 1_000_000 - 1000 * back) for back in range(0, 50, step)]
    insert_series(database, audience_rows(track, spotify, values))
    row = database.execute(
        "SELECT gain, covers, caveat, gain_before, has_note"
        " FROM audience_gain_and_before(%s, %s, %s, %s, NULL)",
        [track, spotify, LAST - timedelta(6), LAST],
    ).fetchone()
    assert row == found


def test_a_gain_across_the_end_of_imported_figures_is_compared_with_nothing(
    app: Flask, database: psycopg.Connection
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(LAST - timedelta(back), 1_000_000 - 1000 * back) for back in range(50)]
    rows = audience_rows(track, spotify, values)
    raw = {"source": "import-series", "plots": [{"identifier": "import-series", "value": 1}]}
    imported = [row._replace(platform_identifier="import-series", api_data=raw) for row in rows[10:]]
    assert week(database, rows[:10] + imported) == (7000, 7, None, None)


@pytest.mark.parametrize(
    ("came", "found"),
    [
        # A day later; on its own day, which was not over; the newest of all is of a day that is.
        (datetime(2026, 12, 1, 0, 5, tzinfo=UTC), (LAST, 1_000_000, 7000, 7000)),
        (datetime(2026, 11, 30, 23, 55, tzinfo=UTC), (LAST - timedelta(1), 999_000, 7000, 7000)),
    ],
)
def test_the_7_days_end_with_a_whole_day(
    app: Flask, database: psycopg.Connection, came: datetime, found: tuple[object, ...]
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(LAST - timedelta(back), 1_000_000 - 1000 * back) for back in range(30)]
    insert_series(database, audience_rows(track, spotify, values, came))
    kept = database.execute(
        "SELECT last_whole_date, last_whole_value, gain_7_days, gain_7_days_before FROM audience_states"
    ).fetchone()
    assert kept == found


def test_a_value_of_the_running_day_alone_has_no_7_days(app: Flask, database: psycopg.Connection) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    insert_series(database, audience_rows(track, spotify, [(LAST, 5)], datetime(2026, 11, 30, tzinfo=UTC)))
    kept = database.execute("SELECT last_date, last_whole_date, gain_7_days FROM audience_states").fetchone()
    assert kept == (LAST, None, None)


@given(
    steps=st.lists(st.one_of(st.none(), st.integers(-2000, 5000)), min_size=1, max_size=30),
    released=st.one_of(st.none(), st.integers(0, 40)),
    is_running=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stored_gains_are_those_of_the_definition(
    app: Flask,
    database: psycopg.Connection,
    steps: list[int | None],
    released: int | None,
    is_running: bool,  # noqa: FBT001 (drawn)
) -> None:
    """For any series, and periods that are its stored 7 days or not."""
    track, spotify = make_track(database, str(uuid4())), platform_id(database, "spotify")
    if released is not None:
        day = LAST - timedelta(released)
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [day, track])
    values, total = [], 100_000
    for back, step in enumerate(reversed(steps)):
        total += step or 0
        if step is not None:
            values.append((LAST - timedelta(len(steps) - 1 - back), total))
    came = datetime(2026, 11, 30, 12, tzinfo=UTC) if is_running else T0
    insert_series(database, audience_rows(track, spotify, values, came))
    unlike = database.execute(
        "SELECT days.length, ends.last, stored, computed FROM audience_states AS states"
        " CROSS JOIN unnest(ARRAY[6, 7, 8]) AS days (length)"
        " CROSS JOIN (SELECT %(last)s::date - back AS last FROM generate_series(0, 3) AS back) AS ends"
        " LEFT JOIN LATERAL audience_gain_of(states, ends.last - days.length + 1, ends.last) AS stored"
        " ON true"
        " LEFT JOIN LATERAL audience_gain_and_before(states.track_id, states.platform_id,"
        " ends.last - days.length + 1, ends.last, states.fell_on) AS computed ON true"
        " WHERE states.track_id = %(track)s AND stored IS DISTINCT FROM computed",
        {"last": LAST, "track": track},
    ).fetchall()
    assert unlike == []
