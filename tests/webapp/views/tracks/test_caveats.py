"""A gain that does not measure listening has a caveat on every page, and is not compared."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from jobs.upserts import AudienceRow
from tests.factories import T0, audience_rows, insert_series, make_artist, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX
from webapp.lib.clock import today

NEWEST = date(2026, 11, 20)
ARTIST = str(UUID(int=7))
PAGES = (
    "/tracks/?platform=youtube",
    "/platforms/youtube/top/",
    f"/artists/{ARTIST}/audience/?platform=youtube&range=7",
    "/dashboard/leaders/?leaders=youtube&window=7",
    f"/tracks/{SEED_TRACK}/",
)


def make_series(database: psycopg.Connection, other: Mapping[int, int], added: int = 0) -> None:
    """1,000 views a day; `other` is added by days before the newest, `added` is of a video of 3 days."""
    track, youtube = make_track(database), platform_id(database, "youtube")
    make_artist(database, ARTIST, "Somebody", [track])
    rows = []
    for back in range(60):
        videos = {"a": 1_000_000 - 1000 * back + other.get(back, 0)}
        videos |= {"b": added} if added and back < 3 else {}
        raw = {"plots": [{"identifier": name, "value": value} for name, value in videos.items()]}
        day = NEWEST - timedelta(back)
        rows.append(
            AudienceRow(
                track_id=track,
                platform_id=youtube,
                date=day,
                audience_value=sum(videos.values()),
                platform_identifier=max(videos),
                fetched_at=T0,
                api_data=raw,
            )
        )
    insert_series(database, rows)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    ("other", "added", "notes"),
    [
        ({10: -1000, 9: -2000, 8: -3000, 7: -4000, 6: -5000}, 0, ["11 days"]),
        ({}, 500_000, ["other identifiers"]),
        ({8: -900_000, 7: -900_000, 6: -900_000}, 0, ["a total fell"]),
    ],
)
def test_every_page_shows_what_a_gain_is_of(
    viewer: FlaskClient,
    database: psycopg.Connection,
    address: str,
    other: dict[int, int],
    added: int,
    notes: list[str],
) -> None:
    make_series(database, other, added)
    page = viewer.get(address, headers=HTMX if "/audience/" in address or "leaders" in address else {}).text
    for note in notes:
        assert note in page
    assert "+0.0%" not in page


def test_the_sentence_above_a_chart_shows_it_too(viewer: FlaskClient, database: psycopg.Connection) -> None:
    make_series(database, {8: -1_000_000 + 8000, 7: -1_000_000 + 7000})
    panel = f"/tracks/{SEED_TRACK}/audience/"
    page = viewer.get(f"{panel}?range=7&metric=gain", headers=HTMX).text
    assert "; +1,000,000 since 2026-11-13, when it was 0; a total fell." in page
    week = viewer.get(f"{panel}?start_date=2026-11-14&end_date=2026-11-14&metric=gain", headers=HTMX).text
    cause = "(as high again as the 991,000 before a fall)"
    assert f"+994,000 on 2026-11-14 {cause}; +994,000 since 2026-11-13" in week
    after = viewer.get(f"{panel}?start_date=2026-11-01&end_date=2026-11-15&metric=gain", headers=HTMX).text
    assert "on the day before" not in after
    assert "as high again as the 991,000 before a fall: no gain of this date alone" in after


def test_a_day_that_is_not_over_is_compared_with_none(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    values = [(today() - timedelta(days=ago), 9000 - ago * ago * 100) for ago in range(6)]
    insert_series(database, audience_rows(track, spotify, values))
    panel = f"/tracks/{SEED_TRACK}/audience/?metric=gain"
    page = viewer.get(f"{panel}&range=7", headers=HTMX).text
    assert f"+100 on {today()} (so far: the last day is not over); +2,500" in page
    yesterday = today() - timedelta(days=1)
    whole = viewer.get(f"{panel}&start_date={values[4][0]}&end_date={yesterday}", headers=HTMX).text
    assert f"+300 on {yesterday}, " in whole
    assert "200 on the day before" in whole


def test_what_came_since_the_first_value_shows_it_too(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    make_series(database, {}, added=500_000)
    panel = f"/tracks/{SEED_TRACK}/audience/?range=all&metric=gain"
    page = viewer.get(panel, headers=HTMX).text
    assert (
        "+559,000 since 2026-09-22, the first value in this range; other identifiers count than before."
        in page
    )
    # In the list of marks, in the table and in the data of the chart, of one date.
    assert page.count("the set of identifiers changed") == 3
    dated = viewer.get(f"/tracks/{SEED_TRACK}/audience/?end_date=2026-11-18", headers=HTMX).text
    assert "+501,000 since the day before (other identifiers count than before)" in dated
    gain = viewer.get(f"/tracks/{SEED_TRACK}/audience/?end_date=2026-11-18&metric=gain", headers=HTMX).text
    assert "+501,000 on 2026-11-18 (other identifiers count than before); " in gain


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("metric=total&end_date=2026-11-15", "993,000 in the week of 2026-11-09, +5,000 ({})"),
        ("metric=gain&end_date=2026-11-15", "+5,000 in the week of 2026-11-09 ({})"),
        ("metric=gain&end_date=2026-11-20", "+7,000 in the week of 2026-11-16 (5 of 7 days; {})"),
    ],
)
def test_a_week_names_what_was_reported_at_once_in_it(
    viewer: FlaskClient, database: psycopg.Connection, query: str, sentence: str
) -> None:
    # Three days stand still, and come on the second day of the next week.
    make_series(database, {6: -1000, 5: -2000, 4: -3000})
    panel = f"/tracks/{SEED_TRACK}/audience/?interval=week&start_date=2026-11-02&{query}"
    page = viewer.get(panel, headers=HTMX).text
    words = "4 days reported at once, some of another week"
    assert f"YouTube views: {sentence.format(words)}; +" in page


def test_a_total_that_comes_back_in_a_range_fell_before_it(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    make_series(database, dict.fromkeys(range(3, 20), -60_000))
    panel = f"/tracks/{SEED_TRACK}/audience/?metric=gain&start_date=2026-11-14&end_date=2026-11-18"
    page = viewer.get(panel, headers=HTMX).text
    cause = "as high again as the 980,000 before a fall"
    assert f"YouTube views: +61,000 on 2026-11-18 ({cause}); +65,000 since 2026-11-13; a total fell." in page
    assert f"{cause}: no gain of this date alone" in page
    total = viewer.get(panel.replace("metric=gain", "metric=total"), headers=HTMX).text
    assert f"YouTube views: 998,000 on 2026-11-18, +61,000 since the day before ({cause}); " in total
    artist = viewer.get(f"/artists/{ARTIST}/audience/?range=7", headers=HTMX).text
    growth, gains = artist.split("<h3>Gains</h3>")
    assert "2026-11-18: 1 track as high again as before a fall: no gain of this date alone" in growth
    assert "+67,000" in gains
    assert "+61,000" not in gains


def test_a_release_has_a_best_day_of_its_own_on_a_platform_of_sums(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    track, youtube = make_track(database), platform_id(database, "youtube")
    make_artist(database, ARTIST, "Somebody", [track])
    released = NEWEST - timedelta(3)
    database.execute("UPDATE tracks SET release_date = %s", [released])
    values = [(released + timedelta(number), 1_000_000 + 1000 * number) for number in range(4)]
    insert_series(database, audience_rows(track, youtube, values))
    page = viewer.get(f"/artists/{ARTIST}/audience/?range=7", headers=HTMX).text
    assert "+1,000,000" in page
    panel = viewer.get(f"/tracks/{SEED_TRACK}/audience/?range=7&metric=gain", headers=HTMX).text
    assert "identifiers changed" not in panel
    assert "+1,003,000 since 2026-11-16, when it was 0." in panel


def test_what_another_identifier_brings_is_no_best_day(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    make_series(database, {0: 500}, added=500_000)
    page = viewer.get(f"/artists/{ARTIST}/audience/?range=7", headers=HTMX).text
    growth, gains = page.split("<h3>Gains</h3>")
    assert "2026-11-18: the set of identifiers changed: this gain compares unlike things" in growth
    assert "+507,500" in gains
    assert "+1,500" in gains
    assert "+501,000" not in gains
