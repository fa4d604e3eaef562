"""The page of a ranking: counts, filters, comparison, neighbours, and the file."""

import csv
import io
import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Entry, make_chart, make_ranking, make_track
from tests.webapp.views.conftest import HTMX, counted_statements, csrf

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 8, 3) + timedelta(days=n) for n in range(5))
TITLES = ["Amber", "Blue", "Café", "Delta", "Echo", "Foxtrot"]


def address(day: date | str = WEDNESDAY) -> str:
    return f"/charts/global-28/{day}/"


@pytest.fixture
def chart(database: psycopg.Connection) -> int:
    """Monday, Tuesday, Wednesday and Friday are held; Thursday is at the API only."""
    made = make_chart(database, frequency="weekly")
    database.execute("UPDATE charts SET metric_name = 'Streams', web_url = 'https://example.org/top'")
    a, b, c, d, e, f = (make_track(database, str(UUID(int=n)), title) for n, title in enumerate(TITLES))
    make_ranking(database, made, MONDAY, [a, f, c])
    make_ranking(database, made, TUESDAY, [a, b, c, d])
    entries = [
        Entry(b, entry_date=TUESDAY, metric=1500, times=2),
        Entry(a, entry_date=MONDAY, times=1),
        Entry(c, metric=7),
        Entry(e, entry_date=WEDNESDAY),
        Entry(f),
    ]
    make_ranking(database, made, WEDNESDAY, entries)
    make_ranking(database, made, FRIDAY, [Entry(a, previous=2), Entry(d)])
    database.execute("INSERT INTO chart_dates VALUES (%s, %s, 'x')", [made, THURSDAY])
    return made


def plain(page: str) -> str:
    return page.replace("\N{EN DASH}", "-").replace("\N{MINUS SIGN}", "-")


def counts(page: str) -> dict[str, str]:
    found = re.findall(r"<strong>([\d-]+)</strong> ([\w-]+)</a>", plain(page))
    return {word: number for number, word in found}


def column(page: str, label: str) -> list[str]:
    """The texts of a column, with plain hyphens."""
    page = plain(page)
    cells = re.findall(rf'<td role="cell" data-label="{label}"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def titles(page: str) -> list[str]:
    return re.findall(r'<a class="track-title"[^>]*>([^<]+)</a>', page)


def test_a_ranking_shows_how_each_song_moved(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(address()).text
    assert counts(page) == {
        "new": "1", "up": "1", "down": "1", "same": "1", "re-entered": "1", "peaked": "1",
        "unknown": "0", "left": "1",
    }  # fmt: skip
    assert column(page, "Movement") == ["+1 up peaked", "-1 down", "same", "new", "re-entry"]
    assert column(page, "Previous") == ["2", "1", "3", "- none known", "- none known"]
    assert column(page, "Peak") == [
        "1",
        "1",
        "3 of 3 stored rankings",  # not reported how often it was there
        "4 of 1 stored ranking",
        "2 of 2 stored rankings",
    ]
    assert column(page, "Time on chart")[:3] == ["2 weeks", "1 week", "- not reported"]
    assert column(page, "Streams") == [
        "1.5K 1,500",
        "- not reported",
        "7",
        *column(page, "Streams")[3:],
    ]
    assert titles(page) == ["Blue", "Amber", "Café", "Echo", "Foxtrot", "Delta"]
    assert f"Left since {TUESDAY}" in page
    assert 'href="https://example.org/top"' in page


def test_what_is_from_the_api_is_marked(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(address(FRIDAY)).text
    assert column(page, "Movement") == ["+1 up from the API", "unknown peaked"]
    assert f"The previous ranking, of {THURSDAY}, is not stored: movements use" in page
    assert counts(page)["left"] == "-"
    assert "Left since" not in page
    assert 'data-label="Streams"' not in page


def test_the_first_ranking_knows_no_movement(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(address(MONDAY)).text
    assert counts(page)["unknown"] == "3"
    assert "No previous ranking is known, so movements are unknown." in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Blue", "Amber", "Café", "Echo", "Foxtrot", "Delta"]),
        ("q=CAFE", ["Café"]),
        ("q=delta", ["Delta"]),
        ("first=2&last=3", ["Amber", "Café"]),
        ("first=4", ["Echo", "Foxtrot"]),
        ("last=1", ["Blue"]),
        ("movement=new", ["Echo"]),
        ("movement=re_entry", ["Foxtrot"]),
        ("movement=left", ["Delta"]),
        ("movement=unknown", []),
        ("movement=up&q=amber", []),
        ("movement=entered", ["Blue", "Amber", "Café", "Echo", "Foxtrot", "Delta"]),
        (f"with={MONDAY}", ["Blue", "Amber", "Café", "Echo", "Foxtrot"]),
        (f"with={MONDAY}&movement=entered", ["Blue", "Echo"]),
        (f"with={FRIDAY}&movement=left", ["Delta"]),
        (f"with={MONDAY}&movement=new", ["Blue", "Amber", "Café", "Echo", "Foxtrot"]),
    ],
)
def test_filters_of_page_and_file(viewer: FlaskClient, chart: int, query: str, expected: list[str]) -> None:
    page = viewer.get(f"{address()}?{query}")
    assert titles(page.text) == expected
    assert ("data-empty" in page.text) == (not expected)
    answer = viewer.get(f"{address()}ranking.csv?{query}")
    assert [row["title"] for row in rows(answer.data)] == expected
    assert answer.headers["Content-Disposition"].endswith("spotify-top-songs-worldwide-2026-08-05.csv")


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_file_has_what_the_page_shows(viewer: FlaskClient, chart: int) -> None:
    found = rows(viewer.get(f"{address()}ranking.csv").data)
    first, *_, left = found
    assert first == {
        "chart": "Top Songs", "date": "2026-08-05", "position": "1", "movement": "up",
        "previous_date": "2026-08-04", "previous_position": "2", "previous_is_from_api": "no",
        "title": "Blue", "artists": "Billie Eilish", "track_uuid": str(UUID(int=1)), "times_on_chart": "2",
        "times_unit": "weeks", "peak": "1", "peak_is_from_api": "no", "peak_note": "", "new_peak": "yes",
        "streak": "2", "streak_unit": "weeks", "streak_may_be_longer": "no",
        "metric": "1500",
        "metric_name": "Streams",
        "songs_at_position": "1",
        "ranking_lacks": "",
    }  # fmt: skip
    assert (left["movement"], left["position"], left["previous_position"]) == ("left", "", "4")
    assert rows(viewer.get(f"{address(FRIDAY)}ranking.csv").data)[0]["previous_is_from_api"] == "yes"


def test_a_comparison_with_any_date(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(f"{address()}?with={MONDAY}").text
    assert counts(page) == {
        "entered": "2", "re-entered": "0", "peaked": "0", "up": "0", "down": "2", "same": "1",
        "unknown": "0", "left": "0",
    }  # fmt: skip
    assert column(page, "Difference") == ["entered", "-1 down", "same", "entered", "-3 down"]
    assert column(page, f"On {MONDAY}") == ["- none known", "1", "3", "- none known", "2"]
    near = viewer.get(f"{address()}?with=2020-01-01").text
    assert f"No ranking of 2020-01-01 is stored: compared with {MONDAY}, the nearest." in near
    assert column(near, "Difference") == column(page, "Difference")


def test_nothing_to_compare_with(viewer: FlaskClient, database: psycopg.Connection) -> None:
    make_ranking(database, make_chart(database), MONDAY, [make_track(database)])
    answer = viewer.get(f"{address(MONDAY)}?with={TUESDAY}")
    assert answer.status_code == 404
    assert "No other ranking of Top Songs is stored to compare with." in answer.text


def test_the_neighbours_are_linked(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(address()).text
    assert re.findall(r'rel="(\w+)" data-turn href="([^"]+)"', page) == [
        ("prev", address(TUESDAY)),
        ("next", address(FRIDAY)),
    ]
    assert 'rel="prev"' not in viewer.get(address(MONDAY)).text
    assert 'rel="next"' not in viewer.get(address(FRIDAY)).text


@pytest.mark.parametrize(
    ("day", "words", "near"),
    [
        (THURSDAY, "SoundCharts has a ranking of this date", [address(), address(FRIDAY)]),
        (FRIDAY + timedelta(days=1), "SoundCharts lists no ranking", [address(FRIDAY)]),
        (MONDAY - timedelta(days=9), "SoundCharts lists no ranking", [address(MONDAY)]),
    ],
)
def test_a_date_without_a_ranking(
    viewer: FlaskClient, operator: FlaskClient, chart: int, day: date, words: str, near: list[str]
) -> None:
    answer = viewer.get(address(day))
    assert answer.status_code == 404
    assert words in answer.text
    assert re.findall(r'data-turn href="([^"]+)"', answer.text) == near
    assert "Fetch this ranking" not in answer.text
    assert ("Fetch this ranking" in operator.get(address(day)).text) == (day == THURSDAY)
    assert viewer.get(f"{address(day)}ranking.csv").status_code == 404


@pytest.mark.parametrize("written", ["yesterday", "2026-02-30", "20260805", "2026-08-05T00", "2026-8-5"])
def test_what_is_no_date_is_shown(viewer: FlaskClient, chart: int, written: str) -> None:
    answer = viewer.get(address(written))
    assert answer.status_code == 404
    assert "is not a date; use YYYY-MM-DD." in answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("with=x", "with must be a date"),
        ("first=0", "first must be a position"),
        ("last=-1", "last must be a position"),
        ("first=9&last=3", "first (9) must not be after last (3)"),
        ("movement=sideways", "movement must be one of new, up"),
    ],
)
def test_a_bad_parameter_is_named(viewer: FlaskClient, chart: int, query: str, words: str) -> None:
    for place in (address(), f"{address()}ranking.csv"):
        answer = viewer.get(f"{place}?{query}")
        assert answer.status_code == 400
        assert words in answer.text


def test_a_fragment_pushes_the_short_url(viewer: FlaskClient, chart: int) -> None:
    answer = viewer.get(f"{address()}?q=&movement=up&first=&last=&with=", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == f"{address()}?movement=up"
    assert "<html" not in answer.text


def test_a_comparison_takes_no_more_queries_than_allowed(
    viewer: FlaskClient, site: Flask, chart: int
) -> None:
    with counted_statements(site) as sent:
        assert viewer.get(f"{address()}?with=2020-01-01").status_code == 200
    assert len(sent) <= 8


def test_ties_and_what_is_missing_are_shown_on_pages_and_in_the_file(
    viewer: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    database.execute(
        "UPDATE chart_ranking_entries SET position = 2, ordinal = 2 WHERE ranked_on = %s AND position = 3",
        [WEDNESDAY],
    )
    database.execute(
        "UPDATE chart_rankings SET missing_positions = '{[6,7), [8,11)}', refused_rows = 1"
        " WHERE ranked_on = %s",
        [WEDNESDAY],
    )
    page = viewer.get(address()).text
    assert column(page, "Position") == ["1", "2 2 songs at 2", "2 2 songs at 2", "4", "5"]
    words = "positions 6 and 8 to 10 missing; 1 row was refused"
    assert f"This ranking is incomplete: {words}." in page
    assert f"incomplete: {words}" in viewer.get("/charts/global-28/rankings/").text
    assert f"5 entries stored, {words}" in viewer.get("/charts/global-28/calendar/").text
    found = rows(viewer.get(f"{address()}ranking.csv").data)
    assert [row["songs_at_position"] for row in found[:5]] == ["1", "2", "2", "1", "1"]
    assert {row["ranking_lacks"] for row in found} == {words}
    other = viewer.get(address(TUESDAY))
    assert "incomplete" not in other.text
    assert "songs at" not in other.text


def test_a_week_ago_is_a_choice_of_the_url(viewer: FlaskClient, database: psycopg.Connection) -> None:
    old, back, new = (make_track(database, str(UUID(int=n)), title) for n, title in enumerate(TITLES[:3]))
    made = make_chart(database)
    long_ago = MONDAY - timedelta(days=200)
    for day in range(8):
        entries = [Entry(old, entry_date=long_ago)]
        if day > 5:
            entries = [Entry(new, entry_date=MONDAY + timedelta(days=6)), *entries]
        if day > 3:
            entries.append(Entry(back, entry_date=long_ago))
        make_ranking(database, made, MONDAY + timedelta(days=day), entries)
    url = address(MONDAY + timedelta(days=7))
    page = viewer.get(f"{url}?compare=7").text
    assert f">{MONDAY}</a>" in page
    assert column(page, "Difference") == ["entered", "-1 down", "re-entry"]
    assert titles(viewer.get(f"{url}?compare=7&movement=re_entry").text) == ["Blue"]
    assert "Compared with 7 days ago" in page
    for label in ("Day before", "Week before", "4 weeks before", "Date"):
        assert f">{label}</label>" in page
    assert column(viewer.get(url).text, "Streak") == ["2 days", "at least 8 days", "4 days"]
    # Nothing is held of 4 weeks ago: the nearest, which is named.
    far = viewer.get(f"{url}?compare=28").text
    assert (
        f"No ranking of {MONDAY - timedelta(days=21)} is stored: compared with {MONDAY}, the nearest." in far
    )
    assert viewer.get(f"{url}?compare=9").status_code == 400
    pushed = viewer.get(f"{url}?compare=date&with={TUESDAY}", headers=HTMX).headers["HX-Push-Url"]
    assert pushed == f"{url}?with={TUESDAY}"
    assert (
        viewer.get(f"{url}?compare=7&with={TUESDAY}", headers=HTMX).headers["HX-Push-Url"]
        == f"{url}?compare=7"
    )


def test_the_choices_suit_the_frequency(viewer: FlaskClient, chart: int) -> None:
    assert ">7 days ago</label>" in viewer.get(f"{address()}?compare=7").text
    page = viewer.get(address()).text
    assert "days ago" not in page
    found = re.findall(r'name="compare" value="([^"]+)"[^>]*>([^<]+)<', page)
    assert found == [
        ("previous", "Week before"), ("28", "4 weeks before"), ("84", "12 weeks before"), ("date", "Date"),
    ]  # fmt: skip
    assert 'name="with"' not in page
    assert 'name="with"' in viewer.get(f"{address()}?compare=date").text


def test_a_peak_since_another_date(viewer: FlaskClient, database: psycopg.Connection) -> None:
    one, two = make_track(database, str(UUID(int=1)), "One"), make_track(database, str(UUID(int=2)), "Two")
    made = make_chart(database)
    for day, order in ((MONDAY, [one, two]), (TUESDAY, [two, one]), (WEDNESDAY, [two, one])):
        make_ranking(database, made, day, order)
    assert counts(viewer.get(address()).text)["peaked"] == "0"
    assert counts(viewer.get(address(TUESDAY)).text)["peaked"] == "1"
    viewer.post("/charts/columns/", data={"column": "peak_on"}, headers=csrf(viewer))
    page = viewer.get(f"{address()}?with={MONDAY}&movement=peaked").text
    assert titles(page) == ["Two"]
    assert column(page, "Peak date") == [str(TUESDAY)]


def test_streaks_and_first_entries(viewer: FlaskClient, database: psycopg.Connection) -> None:
    """Each song is a row of the table in docs/chart-figures.md; Thursday is not held."""
    whole, first, entered, back, gap = (
        make_track(database, str(UUID(int=n)), title) for n, title in enumerate(TITLES[:5])
    )
    made = make_chart(database)
    make_ranking(database, made, MONDAY, [first, Entry(entered, entry_date=MONDAY), back])
    make_ranking(database, made, TUESDAY, [first, Entry(entered, entry_date=MONDAY), whole])
    make_ranking(database, made, WEDNESDAY, [first, Entry(entered, entry_date=MONDAY), whole, back, gap])
    wanted = ["at least 3 days", "3 days", "2 days", "1 day", "1 day"]
    assert column(viewer.get(address()).text, "Streak") == wanted
    make_ranking(database, made, FRIDAY, [gap])
    assert column(viewer.get(address(FRIDAY)).text, "Streak") == ["at least 1 day"]
    # A corrected ranking counts as corrected, and an incomplete one proves no absence.
    database.execute(
        "UPDATE chart_ranking_entries SET track_id = %s WHERE ranked_on = %s AND track_id = %s",
        [back, TUESDAY, whole],
    )
    corrected = ["at least 3 days", "3 days", "1 day", "at least 3 days", "1 day"]
    assert column(viewer.get(address()).text, "Streak") == corrected
    database.execute("UPDATE chart_rankings SET refused_rows = 1 WHERE ranked_on = %s", [TUESDAY])
    page = viewer.get(address()).text
    assert column(page, "Streak")[2:] == ["at least 1 day", "at least 3 days", "at least 1 day"]


def test_columns_are_chosen_and_kept(viewer: FlaskClient, chart: int) -> None:
    form = {"column": ["peak", "first_on"], "next": address()}
    answer = viewer.post("/charts/columns/", data=form, headers=csrf(viewer))
    assert (answer.status_code, answer.location) == (303, address())
    page = viewer.get(address()).text
    assert column(page, "First entry")[:2] == ["2026-08-04", "2026-08-03"]
    assert column(page, "First entry")[2] == "2026-08-03 or earlier"
    assert column(page, "Movement") == []
    header = list(rows(viewer.get(f"{address()}ranking.csv").data)[0])
    assert header == [
        *(
            "chart",
            "date",
            "title",
            "track_uuid",
            "position",
            "songs_at_position",
            "peak",
            "peak_is_from_api",
        ),
        *("peak_note", "first_entry_date", "first_entry_may_be_earlier", "ranking_lacks"),
    ]
    assert viewer.post("/charts/columns/", data={"column": "x"}, headers=csrf(viewer)).status_code == 400
    viewer.post("/charts/columns/", data={"usual": "1", "next": address()}, headers=csrf(viewer))
    assert "Streak" in viewer.get(address()).text
