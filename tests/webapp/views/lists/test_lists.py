"""Lists: actions, visibility and audit events."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_artist, make_chart, make_ranking, make_track
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, Visit, counted_statements, csrf

ARTIST = "00000000-0000-4000-8000-00000000000a"
OTHER = "00000000-0000-4000-8000-0000000000c1"
MOST_STATEMENTS = 8


def send(browser: FlaskClient, address: str, **fields: Any) -> Any:
    return browser.post(address, data=fields, headers=csrf(browser))


def make_list(browser: FlaskClient, name: str = "Roster") -> str:
    """Creates a list with the form; returns its URL."""
    answer = send(browser, "/lists/", name=name)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def add(browser: FlaskClient, address: str, **fields: Any) -> Any:
    return send(browser, "/lists/add/", list=address.split("/")[2], **fields)


def details(database: psycopg.Connection, action: str) -> tuple[Any, ...] | None:
    query = "SELECT subject, before, after FROM audit_events WHERE action = %s ORDER BY id DESC LIMIT 1"
    return database.execute(query, [action]).fetchone()


@pytest.fixture
def artist(database: psycopg.Connection, track: int) -> int:
    return make_artist(database, ARTIST, "Billie Eilish", [track])


def test_a_list_is_made_renamed_and_deleted(viewer: FlaskClient, database: psycopg.Connection) -> None:
    address = make_list(viewer)
    assert "<h1>Roster</h1>" in viewer.get(address).text
    assert send(viewer, f"{address}rename/", name="Summer").status_code == 303
    assert "<h1>Summer</h1>" in viewer.get(address).text
    subject = f"list {address.split('/')[2]}"
    assert details(database, "list.rename") == (subject, {"name": "Roster"}, {"name": "Summer"})
    requested = send(viewer, f"{address}delete/")
    assert "Delete the list Summer?" in requested.text
    assert "Quota left" not in requested.text
    assert viewer.get(address).status_code == 200
    assert send(viewer, f"{address}delete/", confirmed=1).status_code == 303
    assert viewer.get(address).status_code == 404
    assert details(database, "list.delete") == (subject, {"name": "Summer", "is_shared": False}, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Enter a name"),
        ("x" * 81, "at most 80 characters"),
        ("ROSTER", "already have a list called ROSTER"),
    ],
)
def test_a_name_that_will_not_do_is_shown_beside_the_field(
    viewer: FlaskClient, name: str, words: str
) -> None:
    make_list(viewer)
    other = make_list(viewer, "Other")
    for address in ("/lists/", f"{other}rename/"):
        answer = send(viewer, address, name=name)
        assert answer.status_code == 400
        assert re.search(rf'id="name-error">.*{words}', answer.text)
    assert "<h1>Other</h1>" in viewer.get(other).text


def test_a_name_may_be_written_anew(viewer: FlaskClient) -> None:
    address = make_list(viewer)
    assert send(viewer, f"{address}rename/", name="roster").status_code == 303


def test_names_are_text(viewer: FlaskClient, track: int) -> None:
    address = make_list(viewer, "<b>'Roster'")
    for page in ("/lists/", address, f"/tracks/?list={address.split('/')[2]}", "/charts/", "/"):
        text = viewer.get(page).text
        assert "&lt;b&gt;&#39;Roster&#39;" in text
        assert "<b>'Roster'" not in text


OWN = [
    ("GET", "", {}),
    ("GET", "tracks/", {}),
    ("GET", "artists/", {}),
    ("POST", "rename/", {"name": "Mine"}),
    ("POST", "share/", {"shared": 1}),
    ("POST", "fresh/", {"fresh": 1, "confirmed": 1}),
    ("POST", "delete/", {"confirmed": 1}),
    ("POST", "remove/tracks/", {"tracks": SEED_TRACK}),
    ("POST", "remove/artists/", {"artists": ARTIST}),
]


@pytest.mark.parametrize(("method", "address", "fields"), OWN)
def test_a_private_list_of_another_person_is_not_there(
    visit: Visit, artist: int, method: str, address: str, fields: dict[str, Any]
) -> None:
    owner, admin = visit("viewer"), visit("admin")
    found = make_list(owner)
    add(owner, found, tracks=SEED_TRACK, artists=ARTIST)
    owner.get(found)  # takes the messages away
    before = owner.get(found).text
    answer = admin.open(found + address, method=method, data=fields, headers=csrf(admin) | HTMX)
    assert answer.status_code == 404
    assert re.sub(r'"\S{60,}"', "", owner.get(found).text) == re.sub(r'"\S{60,}"', "", before)


@pytest.mark.parametrize(("method", "address", "fields"), OWN)
def test_a_shared_list_is_read_by_all_and_changed_by_its_owner(
    visit: Visit, artist: int, method: str, address: str, fields: dict[str, Any]
) -> None:
    owner, admin = visit("viewer"), visit("admin")
    found = make_list(owner)
    send(owner, f"{found}share/", shared=1)
    answer = admin.open(found + address, method=method, data=fields, headers=csrf(admin) | HTMX)
    assert answer.status_code == (200 if method == "GET" else 404)


@pytest.mark.parametrize("page", ["/", "/tracks/", "/artists/", "/charts/", "/lists/add/"])
def test_a_private_list_of_another_person_is_no_filter(visit: Visit, artist: int, page: str) -> None:
    owner, operator = visit("viewer"), visit("operator")
    found = make_list(owner).split("/")[2]
    if page == "/lists/add/":
        assert send(operator, page, list=found, tracks=SEED_TRACK).status_code == 404
        return
    assert operator.get(f"{page}?list={found}").status_code == 404
    assert operator.get(f"{page}?list={uuid4()}").status_code == 404
    assert operator.get(f"{page}?list=x").status_code == 400
    assert found not in operator.get(page).text
    send(owner, f"/lists/{found}/share/", shared=1)
    shown = operator.get(f"{page}?list={found}")
    assert "Roster (viewer@example.com)" in shown.text
    assert f'<option value="{found}" selected>' in shown.text


def test_the_index_separates_own_and_shared_lists(visit: Visit, track: int, artist: int) -> None:
    owner, operator = visit("viewer"), visit("operator")
    found = make_list(owner)
    add(owner, found, tracks=SEED_TRACK, artists=ARTIST)
    assert "1 list" in owner.get("/lists/").text
    assert "Roster" not in operator.get("/lists/").text
    send(owner, f"{found}share/", shared=1)
    page = operator.get("/lists/").text
    assert "1 list shared by others" in page
    assert re.search(r'data-label="Tracks" class="number">1<', page)


def test_adding_asks_for_a_list_and_shows_how_many_were_new(
    viewer: FlaskClient, database: psycopg.Connection, track: int, artist: int
) -> None:
    make_track(database, OTHER, "other")
    both = {"tracks": [SEED_TRACK, OTHER, str(uuid4())], "artists": [ARTIST]}
    page = send(viewer, "/lists/add/", **both)
    assert page.status_code == 200
    assert page.text.count('name="tracks"') == 3
    assert "Create and add" in page.text
    made = send(viewer, "/lists/add/", name="New", **both)
    assert made.status_code == 303
    assert (
        "3 of 4 added to New; 1 were already on it, or are not in Trackpulse." in viewer.get("/lists/").text
    )
    uuid = made.headers["Location"].split("/")[2]
    send(viewer, "/lists/add/", list=uuid, **both)
    assert "0 of 4 added to New; 4 were already on it" in viewer.get("/lists/").text
    forms = send(viewer, "/lists/add/", **both).text.split("<form")
    assert [f'value="{uuid}"' in form for form in forms if 'name="artists"' in form] == [True, False]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Add 1 to 500"),
        ({"tracks": [str(uuid4()) for _ in range(501)]}, "not 501"),
        ({"tracks": "x"}, "tracks must be uuids"),
        ({"artists": "x"}, "artists must be uuids"),
        ({"tracks": SEED_TRACK, "list": "x"}, "list must be a uuid"),
    ],
)
def test_what_cannot_be_added_is_named(
    viewer: FlaskClient, track: int, fields: dict[str, Any], words: str
) -> None:
    answer = send(viewer, "/lists/add/", **fields)
    assert answer.status_code == 400
    assert words in answer.text


def test_artists_chosen_in_their_table_are_added(viewer: FlaskClient, artist: int) -> None:
    table = viewer.get("/artists/").text
    assert f'form="picked-artists" name="artists" value="{ARTIST}"' in table
    assert f'name="artists" value="{ARTIST}"' in send(viewer, "/lists/add/", artists=ARTIST).text
    found = send(viewer, "/lists/add/", artists=ARTIST, name="Roster").headers["Location"]
    assert "Billie Eilish" in viewer.get(f"{found}artists/", headers=HTMX).text


def test_a_list_stands_for_its_tracks_and_those_of_its_artists(
    viewer: FlaskClient, database: psycopg.Connection, track: int, artist: int
) -> None:
    make_track(database, OTHER, "other song")
    make_track(database, str(uuid4()), "no one's")
    found = make_list(viewer)
    add(viewer, found, tracks=OTHER)
    shown = viewer.get(f"{found}tracks/", headers=HTMX).text
    assert "other song</a>" in shown
    assert "bad guy</a>" not in shown
    add(viewer, found, artists=ARTIST)
    shown = viewer.get(f"{found}tracks/", headers=HTMX).text
    assert "bad guy</a>" in shown
    assert "no one's" not in shown
    assert "2 tracks" in shown
    counts = re.findall(r'data-label="(Artists|Tracks)" class="number">(\d+)<', viewer.get("/lists/").text)
    assert counts == [("Artists", "1"), ("Tracks", "2")]
    assert "Billie Eilish</a>" in viewer.get(f"{found}artists/", headers=HTMX).text
    listed = viewer.get(f"{found}tracks/")
    assert listed.headers["Location"] == f"/tracks/?list={found.split('/')[2]}"
    assert "List: Roster" in viewer.get(listed.headers["Location"]).text


def test_chosen_rows_are_taken_off(
    viewer: FlaskClient, database: psycopg.Connection, track: int, artist: int
) -> None:
    make_track(database, OTHER, "other song")
    found = make_list(viewer)
    add(viewer, found, tracks=[SEED_TRACK, OTHER], artists=ARTIST)
    shown = viewer.get(f"{found}tracks/", headers=HTMX).text
    assert f'form="picked-tracks" name="tracks" value="{OTHER}"' in shown
    assert f'formaction="{found}remove/tracks/"' in shown
    assert f'formaction="{found}remove/artists/"' in viewer.get(f"{found}artists/", headers=HTMX).text
    send(viewer, f"{found}remove/tracks/", tracks=[OTHER, str(uuid4())])
    assert "1 track removed from Roster; tracks of its artists stay on it." in viewer.get("/lists/").text
    assert "other song" not in viewer.get(f"{found}tracks/", headers=HTMX).text
    send(viewer, f"{found}remove/artists/", artists=ARTIST)
    assert "0 artists" in viewer.get(found).text
    row = details(database, "list.remove")
    assert row is not None
    assert row[2] == {"name": "Roster", "artists": [ARTIST]}


def test_others_are_shown_no_way_to_change_a_shared_list(visit: Visit, track: int) -> None:
    owner, operator = visit("viewer"), visit("operator")
    found = make_list(owner)
    add(owner, found, tracks=SEED_TRACK)
    send(owner, f"{found}share/", shared=1)
    page, rows = operator.get(found).text, operator.get(f"{found}tracks/", headers=HTMX).text
    assert "bad guy" in rows
    for words in (f"{found}rename/", f"{found}share/", f"{found}delete/", f"{found}fresh/"):
        assert words not in page
    assert f"{found}remove/" not in rows
    assert f"{found}fresh/" not in owner.get(found).text  # a viewer spends no calls


@pytest.mark.parametrize("page", ["", "tracks/", "artists/"])
def test_a_list_costs_few_statements(site: Flask, viewer: FlaskClient, artist: int, page: str) -> None:
    found = make_list(viewer)
    add(viewer, found, tracks=SEED_TRACK, artists=ARTIST)
    with counted_statements(site) as sent:
        assert viewer.get(found + page, headers=HTMX).status_code == 200
    assert len(sent) <= MOST_STATEMENTS, sent


@pytest.mark.parametrize("address", ["/", "/tracks/", "/artists/", "/charts/", TRACK_URL])
def test_pages_narrowed_to_a_list_cost_few_statements(
    site: Flask, viewer: FlaskClient, artist: int, address: str
) -> None:
    found = make_list(viewer)
    add(viewer, found, tracks=SEED_TRACK, artists=ARTIST)
    with counted_statements(site) as sent:
        assert viewer.get(f"{address}?list={found.split('/')[2]}").status_code == 200
    assert len(sent) <= MOST_STATEMENTS, sent


def test_a_ranking_is_narrowed_to_a_list(
    visit: Visit, database: psycopg.Connection, track: int, artist: int
) -> None:
    other, gone = make_track(database, OTHER, "other song"), make_track(database, str(uuid4()), "gone song")
    chart = make_chart(database)
    make_ranking(database, chart, NEWEST - timedelta(days=1), [gone, other, track])
    make_ranking(database, chart, NEWEST, [other, track])
    owner, operator = visit("viewer"), visit("operator")
    found = make_list(owner)
    add(owner, found, artists=ARTIST)
    address = f"/charts/global-28/{NEWEST}/"
    narrowed = f"{address}?list={found.split('/')[2]}"
    page = owner.get(narrowed, headers=HTMX).text
    assert "bad guy</a>" in page
    assert "other song" not in page
    assert "gone song" not in page
    assert "1 of 2 entries" in page
    assert "List: Roster" in page
    rows = owner.get(narrowed.replace("?", "ranking.csv?")).text
    assert "bad guy" in rows
    assert "other song" not in rows
    assert "gone song</a>" in owner.get(address).text
    assert operator.get(narrowed).status_code == 404


def test_keeping_fresh_is_confirmed_with_its_cost(
    operator: FlaskClient, database: psycopg.Connection, artist: int
) -> None:
    found = make_list(operator)
    add(operator, found, artists=ARTIST)
    assert "60 for 2 series" in operator.get(found).text  # Spotify and YouTube, every day of 30
    requested = send(operator, f"{found}fresh/", fresh=1)
    assert requested.status_code == 200
    assert "2 series" in requested.text
    assert "60 calls in 30 days" in requested.text
    assert details(database, "list.fresh") is None
    assert send(operator, f"{found}fresh/", fresh=1, confirmed=1).status_code == 303
    assert "now kept fresh" in operator.get(found).text
    row = details(database, "list.fresh")
    assert row is not None
    assert row[1:] == ({"fresh": False}, {"fresh": True})
    assert send(operator, f"{found}fresh/", fresh=0).status_code == 303
    assert "no longer kept fresh" in operator.get(found).text


def test_the_tracks_of_a_list_are_sorted_and_paged_on_its_own_page(
    viewer: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    found = make_list(viewer)
    database.execute(
        "INSERT INTO tracks (uuid, name) SELECT gen_random_uuid(), 'b' FROM generate_series(1, 51)"
    )
    database.execute(
        "INSERT INTO list_tracks (list_id, track_id) SELECT lists.id, tracks.id FROM lists, tracks"
    )
    first = viewer.get(f"{found}tracks/?sort=total", headers=HTMX).text
    assert "50 of 52" in first
    assert first.count('class="pick"') == 50
    following = re.search(rf'href="({found}\?[^"]*after=[^"]*)"', first)
    assert following is not None
    page = viewer.get(following[1].replace("&amp;", "&")).text
    panel = re.search(rf'hx-get="({found}tracks/\?[^"]*)"', page)
    assert panel is not None
    assert "2 of 52" in viewer.get(panel[1].replace("&amp;", "&"), headers=HTMX).text
    assert viewer.get(f"{found}tracks/?sort=fame", headers=HTMX).status_code == 400
    assert viewer.get(f"{found}?uuid=1&_scheme=x&sort=title").status_code == 200


def test_an_empty_list_shows_how_it_is_filled(viewer: FlaskClient) -> None:
    page = viewer.get(make_list(viewer)).text
    assert "Nothing on this list yet" in page
    assert "No artists on this list" in page
    assert "star them" not in page
    assert "hx-get" not in page[page.index("<h2>Tracks") :].partition("</main>")[0]
