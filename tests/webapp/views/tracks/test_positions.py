"""The positions panel of a track, and the marks that charts leave on its audience."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, counted_statements

PANEL = f"{TRACK_URL}positions/"


@pytest.fixture
def charts(database: psycopg.Connection, track: int) -> list[int]:
    """Seven charts; the track is at position n of the n-th from 20 days before NEWEST, and left the first."""
    others = [make_track(database, str(UUID(int=n)), f"Song {n}") for n in range(8)]
    places = [("spotify", ("", "")), ("spotify", ("SE", "Sweden")), ("shazam", ("FR", "France"))]
    made = []
    with database.transaction():  # is counted once
        for number in range(7):
            platform, country = places[number % 3]
            chart = make_chart(
                database, f"chart-{number}", name=f"Top {number}", platform=platform, country=country
            )
            for ago in range(25, -1, -1):
                has_it = ago <= 20 and not (number == 0 and ago < 3)
                ranking = [*others[:number], track, others[7]] if has_it else [*others]
                make_ranking(database, chart, NEWEST - timedelta(days=ago), ranking)
            made.append(chart)
    return made


def drawn(browser: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = browser.get(f"{PANEL}chart/?{query}").json
    assert answer is not None
    return dict(answer)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Spotify Top 0, Worldwide", "Spotify Top 1, Sweden", "Shazam Top 2, France", 3, 4]),
        ("charts_platform=shazam", ["Shazam Top 2, France", "Shazam Top 5, France"]),
        ("charts_country=-&charts_range=all", [0, 3, 6]),
        ("charts_country=SE&charts_platform=spotify", [1, 4]),
    ],
)
def test_the_five_best_are_drawn_or_those_that_are_picked(
    viewer: FlaskClient, charts: list[int], query: str, names: list[str | int]
) -> None:
    (chart,) = drawn(viewer, query)["charts"]
    found = [series["name"] for series in chart["series"]]
    expected = [name if isinstance(name, str) else found[place] for place, name in enumerate(names)]
    assert found == expected
    assert all(f"Top {name}," in one for one, name in zip(found, names, strict=True) if isinstance(name, int))
    for one in found:
        assert f"<p>{one}: peak" in viewer.get(f"{PANEL}?{query}").text


@pytest.mark.parametrize(("chosen", "days"), [("7", 7), ("30", 26), ("90", 26), ("all", 21)])
def test_the_range_counts_back_from_the_newest_position(
    viewer: FlaskClient, charts: list[int], chosen: str, days: int
) -> None:
    (chart,) = drawn(viewer, f"charts_range={chosen}")["charts"]
    first, *_ = chart["series"]
    assert len(first["data"]) == days
    assert [point["y"] for point in first["data"]][-7:] == [1] * 4 + [None] * 3
    assert chart["yaxis"][0]["reversed"] is True


def test_the_table_has_every_chart(viewer: FlaskClient, charts: list[int]) -> None:
    page = viewer.get(PANEL, headers=HTMX).text
    assert "7 charts with this track" in page
    assert "the 5 best of 7 charts" in page
    assert re.findall(r'data-label="Peak"[^>]*>(\d+)<', page) == [str(n) for n in range(1, 8)]
    assert re.findall(r'data-label="Stored rankings"[^>]*>(\d+)<', page) == ["18"] + ["21"] * 6
    assert re.findall(r'data-label="Now"[^>]*>(\d+)<', page) == [str(n) for n in range(2, 8)]
    assert f"not in the newest ranking, of {NEWEST}" in page
    assert f'href="/charts/chart-0/{NEWEST - timedelta(days=3)}/"' in page
    assert "<html" not in page


def test_a_track_on_no_chart(viewer: FlaskClient, track: int) -> None:
    assert "No stored ranking has this track." in viewer.get(PANEL).text
    assert drawn(viewer)["charts"] == []


def test_no_chart_of_that_platform(viewer: FlaskClient, charts: list[int]) -> None:
    page = viewer.get(f"{PANEL}?charts_platform=deezer").text
    assert 'data-empty="filtered"' in page
    assert "7 charts with this track" in page


def test_a_bad_range_is_named(viewer: FlaskClient, charts: list[int]) -> None:
    for address in (PANEL, f"{PANEL}chart/", TRACK_URL):
        answer = viewer.get(f"{address}?charts_range=8")
        assert answer.status_code == 400
        assert "charts_range must be one of" in answer.text


@pytest.mark.parametrize(
    ("fragment", "shown", "pushed"),
    [
        ("positions/?charts_range=7", "?range=30", "?range=30&charts_range=7"),
        ("positions/?charts_range=90", "?range=30&charts_range=7", "?range=30"),
        ("positions/?charts_platform=", "", "false"),
        ("audience/?range=30", "?charts_range=7", "?range=30&charts_range=7"),
    ],
)
def test_both_panels_keep_their_state_in_one_url(
    viewer: FlaskClient, charts: list[int], fragment: str, shown: str, pushed: str
) -> None:
    page = {"HX-Current-URL": f"http://localhost{TRACK_URL}{shown}"}
    answer = viewer.get(f"{TRACK_URL}{fragment}", headers={**HTMX, **page})
    assert answer.headers["HX-Push-Url"] == (pushed if pushed == "false" else f"{TRACK_URL}{pushed}")


def test_the_page_hands_the_state_on(viewer: FlaskClient, charts: list[int]) -> None:
    page = viewer.get(f"{TRACK_URL}?charts_range=7&charts_country=SE").text
    assert f'hx-get="{PANEL}?charts_range=7&amp;charts_country=SE"' in page


def test_an_answer_lasts_until_a_chart_changes(
    viewer: FlaskClient, charts: list[int], database: psycopg.Connection
) -> None:
    tag = viewer.get(f"{PANEL}chart/").headers["ETag"]
    assert viewer.get(f"{PANEL}chart/", headers={"If-None-Match": tag}).status_code == 304
    database.execute("UPDATE charts SET version = version + 1 WHERE slug = 'chart-6'")
    assert viewer.get(f"{PANEL}chart/", headers={"If-None-Match": tag}).status_code == 304
    database.execute("UPDATE charts SET version = version + 1 WHERE slug = 'chart-4'")
    assert viewer.get(f"{PANEL}chart/", headers={"If-None-Match": tag}).status_code == 200


def test_entries_and_exits_are_marks_of_the_audience(
    viewer: FlaskClient, charts: list[int], database: psycopg.Connection
) -> None:
    page = viewer.get(f"{TRACK_URL}audience/").text
    came, left = NEWEST - timedelta(days=20), NEWEST - timedelta(days=2)
    assert page.count('data-kind="chart_entry"') == page.count('data-kind="chart_exit"') == 1
    assert (
        f"{came}: entered Spotify Top 0, Worldwide, at 1; Spotify Top 1, Sweden, at 2; Shazam Top 2" in page
    )
    assert f"{left}: left Spotify Top 0, Worldwide, last at 1" in page
    answer = viewer.get(f"{TRACK_URL}audience/chart/")
    assert answer.json is not None
    (chart,) = answer.json["charts"]
    ids = [line["id"] for line in chart["annotations"]["xaxis"]]
    assert ids == ["mark-chart_entry", "mark-chart_exit"]
    later = viewer.get(f"{TRACK_URL}audience/?range=7").text
    assert 'data-kind="chart_entry"' not in later
    make_ranking(database, charts[6], NEWEST + timedelta(days=1), [make_track(database, str(UUID(int=99)))])
    tag = answer.headers["ETag"]
    assert viewer.get(f"{TRACK_URL}audience/chart/", headers={"If-None-Match": tag}).status_code == 304
    database.execute("DELETE FROM chart_ranking_entries WHERE chart_id = %s", [charts[0]])
    assert viewer.get(f"{TRACK_URL}audience/chart/", headers={"If-None-Match": tag}).status_code == 200


def test_marks_beyond_twenty_are_counted(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    other = make_track(database, str(UUID(int=1)), "Other")
    chart = make_chart(database)
    for ago in range(60):
        make_ranking(database, chart, NEWEST - timedelta(days=ago), [other, track] if ago % 2 else [other])
    page = viewer.get(f"{TRACK_URL}audience/").text
    assert "39 more chart entries and exits in this range" in page
    assert page.count('data-kind="chart_') == 20


@pytest.mark.parametrize("address", [TRACK_URL, PANEL, f"{PANEL}chart/", f"{TRACK_URL}audience/"])
def test_queries_are_bounded(viewer: FlaskClient, site: Flask, charts: list[int], address: str) -> None:
    with counted_statements(site) as sent:
        assert viewer.get(address).status_code == 200
    assert len(sent) <= 8
