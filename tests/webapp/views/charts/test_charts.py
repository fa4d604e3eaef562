"""The list of charts, a chart and its calendar."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track
from tests.webapp.views.conftest import HTMX, counted_statements

TODAY = datetime.now(UTC).date()
CHART = "/charts/global-28/"


def songs(database: psycopg.Connection, count: int) -> list[int]:
    return [make_track(database, str(UUID(int=n)), f"Song {n}") for n in range(count)]


@pytest.fixture
def chart(database: psycopg.Connection) -> int:
    """A chart of five songs over ten days, without the third last, which the API has."""
    made, tracks = make_chart(database), songs(database, 5)
    for ago in range(10, 0, -1):
        day = TODAY - timedelta(days=ago)
        database.execute("INSERT INTO chart_dates VALUES (%s, %s, %s)", [made, day, f"{day}T12:00:00Z"])
        if ago != 3:
            make_ranking(database, made, day, tracks[ago % 2 :] + tracks[: ago % 2], datetime.now(UTC))
    return made


def test_the_list_shows_health_and_why(viewer: FlaskClient, chart: int, database: psycopg.Connection) -> None:
    late = make_chart(database, "late", name="Late one")
    make_ranking(database, late, TODAY - timedelta(days=20), [1, 2])
    make_chart(database, "failing", name="Failing one")
    database.execute("UPDATE charts SET sync_error = 'The API broke off.' WHERE slug = 'failing'")
    make_chart(database, "idle", name="Idle one", enabled=False)
    page = viewer.get("/charts/?sort=name").text
    assert "4 charts, 1 of them idle" in page
    assert f'no ranking since <time datetime="{TODAY - timedelta(days=20)}">' in page
    assert "The API broke off." in page
    assert page.index("Top Songs") < page.index("Idle one")
    assert re.findall(r'data-state="(\w+)"', page) == ["failing", "late", "healthy", "idle"]
    assert 'href="/charts/late/"' in page


@pytest.mark.parametrize(
    ("query", "chip", "short"),
    [
        ("platform=spotify", "Platform: Spotify", "?platform=spotify"),
        ("country=-&q=&health=", "Country: Worldwide", "?country=-"),
        ("frequency=daily&sort=name", "Frequency: daily", "?frequency=daily&sort=name"),
        ("health=healthy&order=asc", "Health: healthy", "?health=healthy&order=asc"),
        ("active=1&sort=newest", "Active", "?active=1"),
        ("q=Töp", "Search: Töp", "?q=T%C3%B6p"),
        ("sort=entries&order=asc", "", "?sort=entries&order=asc"),
    ],
)
def test_the_list_shows_its_filters_and_keeps_them_in_its_url(
    viewer: FlaskClient, chart: int, query: str, chip: str, short: str
) -> None:
    answer = viewer.get(f"/charts/?{query}", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == f"/charts/{short}"
    assert "<html" not in answer.text
    assert "Top Songs" in answer.text
    assert (f"Remove the filter {chip}" in answer.text) == bool(chip)


@pytest.mark.parametrize(
    "query", ["sort=x", "order=up", "health=ill", "active=maybe", "sort=name&order=", "after=nothing"]
)
def test_a_bad_parameter_of_the_list_is_named(viewer: FlaskClient, chart: int, query: str) -> None:
    answer = viewer.get(f"/charts/?{query}")
    name, _, value = query.rpartition("&")[2].partition("=")
    good = name in ("order", "after") and value != "up"
    assert answer.status_code == (200 if good else 400)
    assert good or f"{name} must be" in answer.text


@pytest.mark.parametrize(("role", "details"), [("viewer", False), ("operator", True)])
def test_no_charts_yet(request: pytest.FixtureRequest, role: str, details: bool) -> None:  # noqa: FBT001 (a case's column)
    page = request.getfixturevalue(role).get("/charts/").text
    assert 'data-empty="nothing"' in page
    assert ("find new charts" in page) == details


def test_filtered_away(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get("/charts/?health=failing").text
    assert 'data-empty="filtered"' in page
    assert 'href="/charts/"' in page


def test_a_chart_shows_its_newest_ranking(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(CHART).text
    newest = TODAY - timedelta(days=1)
    assert f"The first 5 of 5 on {newest}" in page
    assert f'href="{CHART}{newest}/"' in page
    words = re.findall(r'role="img" aria-label="([^"]+)"', page)
    assert len(words) == 5
    assert f"positions from {newest - timedelta(days=9)} to {newest}: best 1, worst 5" in words
    assert re.search(r"Stored rankings</div><div class=\"tile-value\">9<", page)
    assert re.search(r"Missing</div><div class=\"tile-value\">1<", page)


@pytest.mark.parametrize(
    ("enabled", "kind", "words"),
    [(True, "nothing", "No rankings yet"), (False, "unavailable", "Not synced")],
)
def test_a_chart_without_rankings_shows_why(
    viewer: FlaskClient,
    database: psycopg.Connection,
    enabled: bool,  # noqa: FBT001 (a case's column)
    kind: str,
    words: str,
) -> None:
    make_chart(database, enabled=enabled)
    page = viewer.get(CHART).text
    assert f'data-empty="{kind}"' in page
    assert words in page


def test_what_was_set_aside_is_shown_with_its_reason(
    viewer: FlaskClient, operator: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    day = TODAY - timedelta(days=1)
    database.execute(
        "INSERT INTO chart_rankings_set_aside VALUES (%s, %s, 'x', 'It has 2 of 5 entries.', 2, '[]', now())",
        [chart, day],
    )
    for address in (CHART, f"{CHART}{day}/"):
        assert "It has 2 of 5 entries." in viewer.get(address).text
        assert "Accept" not in viewer.get(address).text
        page = operator.get(address).text
        assert f"Accept the ranking of {day}?" in page
        assert "replace the 5 stored for that date" in page
        assert "costs no call" in page


def looks(page: str) -> dict[date, str]:
    """The look of every day that is a link."""
    return {
        date.fromisoformat(day): look
        for look, day in re.findall(r'<a class="calendar-day" data-look="(\w+)" href="[^"]*/([\d-]+)/"', page)
    }


def test_the_calendar_shows_what_is_held_and_the_holes(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    chart, tracks = make_chart(database), songs(database, 2)
    for day in (date(2026, 6, 30), date(2026, 7, 4), date(2026, 8, 31)):
        make_ranking(database, chart, day, tracks)
    for day in (date(2026, 7, 4), date(2026, 7, 5), date(2026, 8, 6)):
        database.execute("INSERT INTO chart_dates VALUES (%s, %s, 'x')", [chart, day])
    database.execute(
        "INSERT INTO chart_rankings_set_aside VALUES (%s, '2026-08-06', 'x', 'Empty.', 0, '[]', now())",
        [chart],
    )
    page = viewer.get(f"{CHART}calendar/", headers=HTMX).text
    assert "<html" not in page
    assert looks(page) == {
        date(2026, 6, 30): "held",
        date(2026, 7, 4): "held",
        date(2026, 7, 5): "missing",
        date(2026, 8, 6): "aside",
        date(2026, 8, 31): "held",
    }
    assert re.findall(r"</span>(\d+ days?) ", page) == ["3 days", "1 day", "1 day", "87 days"]
    assert page.count('class="calendar-day" data-look="nothing">') == 87
    assert "until=" not in page
    earlier = viewer.get(f"{CHART}calendar/?until=2026-06").text
    assert looks(earlier) == {date(2026, 6, 30): "held"}
    assert "<html" in earlier
    assert "until=2026-09" in earlier


def test_days_to_come_are_not_holes(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(f"{CHART}calendar/?until={TODAY:%Y-%m}").text
    shown = page.count('class="calendar-day" data-look="') - 4
    first = TODAY.replace(day=1)
    for _ in range(2):
        first = (first - timedelta(days=1)).replace(day=1)
    assert shown == (TODAY - first).days + 1


@pytest.mark.parametrize("until", ["2026", "2026-13", "2026-1", "x", "0000-01"])
def test_a_bad_month_is_named(viewer: FlaskClient, chart: int, until: str) -> None:
    answer = viewer.get(f"{CHART}calendar/?until={until}")
    assert answer.status_code == 400
    assert "until must be a month" in answer.text


@pytest.mark.parametrize("rest", ["", "calendar/", "2026-11-20/", "runs/", "2026-11-20/ranking.csv"])
def test_no_such_chart(viewer: FlaskClient, chart: int, rest: str) -> None:
    answer = viewer.get(f"/charts/nothing/{rest}")
    assert answer.status_code == 404
    assert "Chart nothing not found." in answer.text


@pytest.mark.parametrize(
    "address", ["/charts/?q=song", CHART, f"{CHART}calendar/", f"{CHART}runs/", f"{CHART}{{day}}/"]
)
def test_queries_do_not_grow_with_rows(
    viewer: FlaskClient, site: Flask, database: psycopg.Connection, address: str
) -> None:
    sent: list[int] = []
    tracks = songs(database, 60)
    chart = make_chart(database)
    day = TODAY - timedelta(days=3)
    for count in (1, 60):
        day += timedelta(days=1)
        make_ranking(database, chart, day, tracks[:count])
        for number in range(count):
            make_chart(database, f"song-{count}-{number}")
        with counted_statements(site) as statements:
            assert viewer.get(address.format(day=day)).status_code == 200
        sent.append(len(statements))
    assert sent[0] <= sent[1] <= 8
