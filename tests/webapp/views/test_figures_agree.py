"""One figure everywhere: the gains of an artist's tracks on pages, in JSON, in files and in sums."""

import csv
import io
import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import audience_rows, insert_series, make_artist, make_list, platform_id
from tests.figures import CASES, gain_before, has_note, histories, last_day, period_gain
from tests.webapp.views.conftest import HTMX
from webapp.extensions import db, limiter
from webapp.queries.artists.pages import artist_gains
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.dashboard.leaders import audience_leaders, audience_platforms

NEWEST = date(2026, 11, 20)
ARTIST = UUID(int=100)
days = st.integers(0, 60).map(lambda back: NEWEST - timedelta(days=back))
tracks = st.lists(
    st.tuples(
        histories(days, min_size=1),
        st.none() | days | st.just(date(2019, 3, 29)),
    ),
    min_size=1,
    max_size=4,
)


def make_song(database: psycopg.Connection, number: int, released: date | None) -> int:
    row = database.execute(
        "INSERT INTO tracks (uuid, name, credit_name, search_text, release_date) VALUES (%s, %s, '', '', %s)"
        " RETURNING id",
        [UUID(int=number), f"Song {number}", released],
    ).fetchone()
    assert row is not None
    return int(row[0])


def summed(browser: FlaskClient, address: str) -> int:
    """The sum of the gains that a JSON answer has."""
    answer = browser.get(address).json
    assert answer is not None
    return sum(value or 0 for value in answer["chart_data"]["datasets"][0]["data"])


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=tracks, start=days, length=st.integers(1, 40), interval=st.sampled_from(["day", "week", "month"])
)
def test_every_way_out_has_the_same_gain(
    operator: FlaskClient,
    database: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[tuple[dict[date, int], date | None]],
    start: date,
    length: int,
    interval: str,
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)  # hundreds of files in a minute are too many
    db.session.rollback()
    database.execute("DELETE FROM track_audience_time_series; DELETE FROM audience_states")
    database.execute("DELETE FROM list_tracks; DELETE FROM lists; DELETE FROM track_artists")
    database.execute("DELETE FROM artists; DELETE FROM tracks")
    database.execute("DELETE FROM users WHERE email = 'Roster@a.b'")
    spotify, end = platform_id(database, "spotify"), start + timedelta(days=length - 1)
    ids = []
    for number, (values, released) in enumerate(drawn, start=1):
        ids.append(make_song(database, number, released))
        insert_series(database, audience_rows(ids[-1], spotify, values.items()))
    artist = make_artist(database, str(ARTIST), "Somebody", ids)
    listed = make_list(database, ids)
    there = [(number, *one) for number, one in enumerate(drawn, start=1) if last_day(one[0], start, end)]
    gains = {number: period_gain(values, released, start, end) for number, values, released in there}
    known = {number: gained.gain for number, gained in gains.items() if gained is not None}

    # The artist, the list and the platform.
    found = artist_gains(artist, start, end)
    assert [each.gain for each in found] == ([sum(known.values()) if known else None] if there else [])
    if not there:
        return
    assert {track.uuid.int: track.gain for track in found[0].tracks if track.gain is not None} == known
    assert len(found[0].unknown) == len(there) - len(known)
    compared = [gain_before(values, released, start, end) for _, values, released in there]
    assert len(found[0].compared) == sum(before is not None for before in compared)
    assert found[0].noted == sum(has_note(values, released, start, end) for _, values, released in there)
    [platform] = audience_platforms(None)
    for narrow in (Narrow(), Narrow(list_id=listed)):
        sums = audience_leaders(platform, Window(start, end), narrow, released_since=None).sums
        assert (sums.known, sums.unknown, sums.noted) == (len(known), len(found[0].unknown), found[0].noted)
        assert sums.gain_of_all == (sum(known.values()) if known else None)

    # The page of the artist, and each track in JSON, in its file and in the sentence above its chart.
    query = f"start_date={start}&end_date={end}"
    page = operator.get(f"/artists/{ARTIST}/audience/?{query}", headers=HTMX).text
    if unknown := len(there) - len(known):
        assert (
            f"{unknown} {'track has' if unknown == 1 else 'tracks have'} no value just before {start}" in page
        )
    for number, gain in known.items():
        words = f"{gain:+,}".replace("-", "\N{MINUS SIGN}") if gain else "0"
        assert words in page
        uuid = UUID(int=number)
        chart = f"/soundcharts/audience/chart/{uuid}/spotify/?metric=gain&interval={interval}&{query}"
        assert summed(operator, chart) == gain
        panel = f"/tracks/{uuid}/audience/?metric=gain&interval={interval}&{query}"
        assert re.search(rf"; {re.escape(words)}[ (].*?since ", operator.get(panel, headers=HTMX).text)
        file = operator.get(panel.replace("/audience/?", "/audience/points.csv?")).text.lstrip("\ufeff")
        rows = list(csv.DictReader(io.StringIO(file)))
        assert sum(int(row["gain"].lstrip("'") or 0) for row in rows) == gain
