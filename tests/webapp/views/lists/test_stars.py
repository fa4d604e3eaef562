"""Stars: one click puts a track or an artist on the list of one's stars, from any row."""

import re
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_artist, make_chart, make_ranking
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, Visit, counted_statements, csrf

ARTIST = "00000000-0000-4000-8000-00000000000a"
STAR = f"/lists/star/track/{SEED_TRACK}/"
PAGES = {
    "/tracks/": SEED_TRACK,
    TRACK_URL: SEED_TRACK,
    "/artists/": ARTIST,
    f"/artists/{ARTIST}/": ARTIST,
    f"/artists/{ARTIST}/tracks/": SEED_TRACK,
    "/charts/global-28/": SEED_TRACK,
    f"/charts/global-28/{NEWEST}/": SEED_TRACK,
    "/search/?q=b": SEED_TRACK,
}


@pytest.fixture
def everywhere(database: psycopg.Connection, track: int) -> None:
    """The seeds' track with its artist, first on a chart."""
    make_artist(database, ARTIST, "Billie Eilish", [track])
    chart = make_chart(database)
    for day in (NEWEST - timedelta(days=1), NEWEST):
        make_ranking(database, chart, day, [track])


def pressed(text: str, uuid: str) -> str:
    found = re.search(rf'id="star-{uuid}"[^>]*aria-pressed="(true|false)"', text)
    assert found is not None, text
    return found[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_row_and_page_has_its_star(viewer: FlaskClient, everywhere: None, page: str) -> None:
    uuid = PAGES[page]
    kind = "track" if uuid == SEED_TRACK else "artist"
    assert pressed(viewer.get(page).text, uuid) == "false"
    viewer.post(f"/lists/star/{kind}/{uuid}/", data={"on": 1}, headers=csrf(viewer))
    assert pressed(viewer.get(page).text, uuid) == "true"


def test_a_click_answers_the_star_as_it_is_now(viewer: FlaskClient, track: int) -> None:
    headers = csrf(viewer) | HTMX
    for on, words in ((1, "true"), (1, "true"), (0, "false"), (0, "false")):
        answer = viewer.post(STAR, data={"on": on}, headers=headers)
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert pressed(answer.text, SEED_TRACK) == words


def test_without_javascript_the_page_comes_again(viewer: FlaskClient, track: int) -> None:
    page = viewer.get("/tracks/?q=bad").text
    form = re.search(r'<form id="stars" method="post" hidden>.*?</form>', page, re.DOTALL)
    assert form is not None
    assert 'name="next" value="/tracks/?q=bad"' in form[0]
    assert f'form="stars" formaction="{STAR}" name="on" value="1"' in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', form[0])
    assert token is not None
    data = {"on": 1, "csrf_token": token[1]}
    answer = viewer.post(STAR, data=data | {"next": "/tracks/?q=bad"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tracks/?q=bad")
    assert "bad guy was added to your list Watch." in viewer.get("/tracks/").text
    away = viewer.post(STAR, data=data | {"next": "//evil.example/"})
    assert away.headers["Location"] == "/"


def test_stars_are_a_list_of_ones_own(visit: Visit, database: psycopg.Connection, track: int) -> None:
    one, other = visit("viewer"), visit("operator")
    one.post(STAR, data={"on": 1}, headers=csrf(one))
    assert "starred</span>" in one.get("/lists/").text
    assert pressed(other.get("/tracks/").text, SEED_TRACK) == "false"
    assert "starred</span>" not in other.get("/lists/").text
    database.execute("UPDATE lists SET name = 'Favourites', is_shared = true")
    assert pressed(other.get("/tracks/").text, SEED_TRACK) == "false"
    one.post(STAR, data={"on": 0}, headers=csrf(one))
    assert database.execute("SELECT name FROM lists").fetchall() == [("Favourites",)]


def test_a_list_called_watch_becomes_that_of_the_stars(
    viewer: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    viewer.post("/lists/", data={"name": "watch"}, headers=csrf(viewer))
    viewer.post(STAR, data={"on": 1}, headers=csrf(viewer))
    assert database.execute("SELECT name, is_default FROM lists").fetchall() == [("watch", True)]


@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        (f"/lists/star/track/{ARTIST}/", {"on": 1}, 404),
        (f"/lists/star/artist/{SEED_TRACK}/", {"on": 1}, 404),
        (f"/lists/star/chart/{SEED_TRACK}/", {"on": 1}, 404),
        (STAR, {"on": "x"}, 400),
    ],
)
def test_what_cannot_be_starred(
    viewer: FlaskClient, everywhere: None, address: str, data: dict[str, object], status: int
) -> None:
    assert viewer.post(address, data=data, headers=csrf(viewer)).status_code == status


def test_stars_cost_a_statement_a_page_however_many_rows(
    site: Flask, viewer: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    counts = []
    for _ in range(2):
        with counted_statements(site) as sent:
            viewer.get("/tracks/")
        counts.append(len(sent))
        assert sum("FROM lists" in statement for statement in sent) == 1
        database.execute(
            "INSERT INTO tracks (uuid, name) SELECT gen_random_uuid(), 'a' || n FROM generate_series(1, 30) n"
        )
    assert counts[0] == counts[1]
