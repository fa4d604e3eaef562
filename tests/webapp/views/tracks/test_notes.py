"""Notes: permissions, pages, marks, search and audit events."""

import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_artist
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, Visit, counted_statements, csrf

ARTIST = "00000000-0000-4000-8000-00000000000a"
ARTIST_URL = f"/artists/{ARTIST}/"
DAY = str(NEWEST)
SPOT = {"noted_on": DAY, "text": "TV spot"}


@pytest.fixture
def artist(database: psycopg.Connection, track: int) -> int:
    return make_artist(database, ARTIST, "Billie Eilish", [track])


def send(browser: FlaskClient, address: str, fields: dict[str, Any]) -> Any:
    return browser.post(address, data=fields, headers=csrf(browser))


def notes(browser: FlaskClient, page: str = TRACK_URL) -> str:
    answer = browser.get(f"{page}notes/", headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def made(browser: FlaskClient, database: psycopg.Connection, page: str = TRACK_URL, **fields: str) -> str:
    """Creates a note with the form; returns its URL."""
    assert send(browser, f"{page}notes/", {**SPOT, **fields}).status_code == 303
    row = database.execute("SELECT uuid FROM notes ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    return f"/notes/{row[0]}/"


def events(answer: Any) -> list[str]:
    return sorted(event["text"] for event in answer.json["events"])


def record(database: psycopg.Connection) -> list[tuple[Any, ...]]:
    query = "SELECT action, subject, before, after FROM audit_events WHERE action LIKE 'note.%' ORDER BY id"
    return database.execute(query).fetchall()


def test_a_note_is_made_changed_and_deleted(
    operator: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    address = made(operator, database, text="  TV\n spot\0 ")
    assert "TV spot" in notes(operator)
    assert "operator@example.com" in notes(operator)
    changed = {"noted_on": "2026-11-19", "text": "TV spot in France"}
    assert send(operator, address, changed).headers["Location"] == f"{TRACK_URL}#notes"
    assert "TV spot in France" in notes(operator)
    assert "2026-11-19: TV spot in France" in send(operator, f"{address}delete/", {}).text
    assert "TV spot in France" in notes(operator)
    assert send(operator, f"{address}delete/", {"confirmed": 1}).status_code == 303
    assert "No notes on bad guy yet" in notes(operator)
    first, second = {"on": DAY, "text": "TV spot"}, {"on": "2026-11-19", "text": "TV spot in France"}
    about = f"track {SEED_TRACK}"
    assert record(database) == [
        ("note.make", about, None, first),
        ("note.change", about, first, second),
        ("note.delete", about, second, None),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"noted_on": ""}, "Enter a day"),
        ({"noted_on": "20.11.2026"}, "Enter a day"),
        ({"noted_on": "2026-02-30"}, "Enter a day"),
        ({"noted_on": "1989-12-31"}, "Enter a day from 1990-01-01 to "),
        ({"noted_on": "9999-12-31"}, "Enter a day from 1990-01-01 to "),
        ({"text": " \n"}, "Enter a text for the note"),
        ({"text": "x" * 301}, "at most 300 characters, not 301"),
    ],
)
def test_what_is_wrong_is_shown_beside_its_field(
    operator: FlaskClient, database: psycopg.Connection, track: int, fields: dict[str, str], words: str
) -> None:
    address = made(operator, database)
    for target in (f"{TRACK_URL}notes/", address):
        answer = send(operator, target, {**SPOT, "text": "other", **fields})
        assert answer.status_code == 400
        assert re.search(rf'class="field-error" id="note-[^"]+-error">.*{words}', answer.text)
        assert (fields.get("noted_on") or fields.get("text", "")).strip() in answer.text
    assert database.execute("SELECT text FROM notes").fetchall() == [("TV spot",)]
    assert "TV spot" in notes(operator)


def test_a_note_shows_who_changed_it_and_when(
    visit: Visit, database: psycopg.Connection, track: int, artist: int
) -> None:
    author, other = visit("operator"), visit("admin")
    address = made(author, database)
    of_artist = made(author, database, ARTIST_URL)
    assert "changed" not in notes(other)
    assert send(other, address, SPOT).status_code == 303
    assert "changed" not in notes(other)
    for target, page in ((address, TRACK_URL), (of_artist, ARTIST_URL)):
        send(other, target, {**SPOT, "text": f"what the admin says of {page}"})
        sentence = r"operator@example\.com, changed by admin@example\.com <time datetime=\"\d{4}-\d\d-\d\dT"
        assert re.search(sentence, notes(author, page))
    assert len(re.findall(sentence, notes(author))) == 2
    send(author, address, SPOT)
    assert re.search(r"operator@example\.com, changed <time", notes(author))


def test_300_characters_will_do(operator: FlaskClient, database: psycopg.Connection, track: int) -> None:
    made(operator, database, text="x" * 300)
    assert "x" * 300 in notes(operator)


def test_viewers_read_and_are_shown_no_form(visit: Visit, database: psycopg.Connection, track: int) -> None:
    address = made(visit("operator"), database)
    viewer = visit("viewer")
    page = notes(viewer)
    assert "TV spot" in page
    assert "<form" not in page
    for target in (f"{TRACK_URL}notes/", address, f"{address}delete/"):
        assert send(viewer, target, {**SPOT, "confirmed": "1"}).status_code == 403
    assert database.execute("SELECT count(*) FROM notes").fetchone() == (1,)


def test_notes_of_an_artist_show_on_their_tracks(
    operator: FlaskClient, database: psycopg.Connection, artist: int
) -> None:
    address = made(operator, database, ARTIST_URL, text="World tour")
    assert "World tour" in notes(operator, ARTIST_URL)
    shown = notes(operator)
    assert re.search(r"World tour <span[^>]*>Billie Eilish, operator@", shown)
    assert address not in shown  # it is edited where it was made
    assert operator.get(address).headers["Location"] == f"{ARTIST_URL}#notes"
    assert record(database)[0][1] == f"artist {ARTIST}"
    made(operator, database, text="Radio spot")
    assert "Radio spot" in notes(operator)
    assert "Radio spot" not in notes(operator, ARTIST_URL)


def test_notes_are_marks_of_the_chart(
    operator: FlaskClient, database: psycopg.Connection, artist: int
) -> None:
    chart = f"{TRACK_URL}audience/chart/"
    before = operator.get(chart)
    made(operator, database)
    made(operator, database, ARTIST_URL, text="World tour")
    made(operator, database, noted_on="2019-01-01", text="long ago")
    after = operator.get(chart)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert events(before) == []
    assert events(after) == ["Billie Eilish: World tour", "TV spot"]
    panel = operator.get(f"{TRACK_URL}audience/", headers=HTMX).text
    assert panel.count('<li title="Note" data-kind="note">') == 2
    assert f"{DAY}: TV spot" in panel
    database.execute("UPDATE notes SET text = 'Radio spot' WHERE text = 'TV spot'")
    assert "Radio spot" in operator.get(chart).text


def test_notes_are_found_and_lead_to_what_they_are_of(
    visit: Visit, database: psycopg.Connection, artist: int
) -> None:
    operator, viewer = visit("operator"), visit("viewer")
    address = made(operator, database, text="Added to “New Music Friday”")
    for headers in ({}, HTMX):
        found = viewer.get("/search/?q=fri+new", headers=headers).text
        assert f'href="{address}"' in found
        assert f"bad guy, {DAY}" in found
        assert "Notes" in found
    assert viewer.get(address).headers["Location"] == f"{TRACK_URL}#notes"
    send(operator, address, {**SPOT, "text": "Radio"})
    assert address not in viewer.get("/search/?q=friday").text
    assert address in viewer.get("/search/?q=radio").text


def test_notes_are_text(operator: FlaskClient, database: psycopg.Connection, track: int) -> None:
    made(operator, database, text="<script>alert('1')</script>")
    for page in (f"{TRACK_URL}notes/", f"{TRACK_URL}audience/", "/search/?q=script"):
        shown = operator.get(page).text
        assert "&lt;script&gt;" in shown
        assert "<script>alert" not in shown


def test_without_htmx_the_notes_are_a_page(operator: FlaskClient, artist: int) -> None:
    for page, name in ((TRACK_URL, "bad guy"), (ARTIST_URL, "Billie Eilish")):
        answer = operator.get(f"{page}notes/").text
        assert f"<h1>Notes of {name}</h1>" in answer
        assert f'hx-get="{page}notes/"' in operator.get(page).text


@pytest.mark.parametrize("address", ["/notes/{}/", "/tracks/{}/notes/", "/artists/{}/notes/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_there(operator: FlaskClient, track: int, address: str, method: str) -> None:
    answer = operator.open(address.format(uuid4()), method=method, data=SPOT, headers=csrf(operator))
    assert answer.status_code == 404


def test_the_panel_costs_few_statements(
    site: Flask, operator: FlaskClient, database: psycopg.Connection, artist: int
) -> None:
    made(operator, database)
    for page in (f"{TRACK_URL}notes/", f"{ARTIST_URL}notes/"):
        with counted_statements(site) as sent:
            operator.get(page, headers=HTMX)
        assert len(sent) <= 4, sent
