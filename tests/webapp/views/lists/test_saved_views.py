"""Saved views: pages, permissions and actions of the owner."""

import re
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit
from uuid import uuid4

import psycopg
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.factories import make_artist, make_chart
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, counted_statements, csrf
from webapp.models import User
from webapp.views.lists.saved_views import page_url
from webapp.views.lists.view_words import PAGES

PAGE = "/tracks/?platform=spotify&sort=total"
ARTIST = "00000000-0000-4000-8000-00000000000a"


def send(browser: FlaskClient, to: str, /, **fields: Any) -> Any:
    return browser.post(to, data=fields, headers=csrf(browser))


def save(browser: FlaskClient, database: psycopg.Connection, name: str = "Hits", address: str = PAGE) -> str:
    """Saves a view with the form; returns its URL."""
    assert send(browser, "/views/", name=name, url=address).status_code == 303
    row = database.execute("SELECT uuid FROM saved_views ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    return f"/views/{row[0]}/"


def shown(database: psycopg.Connection) -> list[tuple[Any, ...]]:
    query = "SELECT action, before, after FROM audit_events WHERE action LIKE 'view.%' ORDER BY id"
    return database.execute(query).fetchall()


def test_a_view_is_saved_opened_renamed_and_deleted(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    view = save(viewer, database)
    assert viewer.get(view).headers["Location"] == PAGE
    assert send(viewer, f"{view}rename/", name="Total").status_code == 303
    index = viewer.get("/views/").text
    assert f'<a class="link" href="{view}">Total</a>' in index
    assert "http://localhost" + view in index
    assert "Delete the view Total?" in send(viewer, f"{view}delete/").text
    assert viewer.get(view).status_code == 302
    assert send(viewer, f"{view}delete/", confirmed=1).status_code == 303
    assert viewer.get(view).status_code == 404
    assert shown(database) == [
        ("view.make", None, {"name": "Hits", "url": PAGE}),
        ("view.rename", {"name": "Hits"}, {"name": "Total"}),
        ("view.delete", {"name": "Total", "url": PAGE}, None),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?window=30&country=FR",
        PAGE,
        TRACK_URL,
        "/artists/?country=US",
        "/charts/?health=late",
        "/charts/global-28/",
        "/charts/global-28/2026-11-20/?movement=new",
        f"/compare/?tracks={SEED_TRACK}",
        "/search/?q=beyonc%C3%A9",
    ],
)
def test_the_page_that_was_looked_at_is_offered(
    viewer: FlaskClient, database: psycopg.Connection, address: str
) -> None:
    form = viewer.get("/views/new/", query_string={"url": address}).text
    found = re.search(r'id="url"[^>]* value="([^"]*)"', form)
    assert found is not None
    assert found[1].replace("&amp;", "&") == address
    assert viewer.get(save(viewer, database, address=address)).headers["Location"] == address


REFUSED = [
    "",
    "tracks/",
    "http://evil.example/tracks/",
    "//evil.example/tracks/",
    "/\\evil.example/",
    "/nothing/",
    "/tracks",  # only a redirect leads on
    "/logout",
    "/lists/add/",
    "/static/app.css",
    "/ops/runs/",  # not for viewers
    f"{TRACK_URL}audience/chart/",
    f"/views/{ARTIST}/",
    "/tracks/?q=" + "x" * 2000,
]


@pytest.mark.parametrize("address", REFUSED)
def test_nothing_else_can_be_saved(viewer: FlaskClient, database: psycopg.Connection, address: str) -> None:
    answer = send(viewer, "/views/", name="Hits", url=address)
    assert answer.status_code == 400
    assert "page cannot be saved" in answer.text
    assert 'value="Hits"' in answer.text
    assert database.execute("SELECT count(*) FROM saved_views").fetchone() == (0,)
    if address:
        form = viewer.get("/views/new/", query_string={"url": address}).text
        assert f'value="{address}"' not in form


ODD = st.text("/\\?#.:%a0@\t\n \u2028", max_size=12)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=ODD, page=st.sampled_from(["", "/", "/tracks/", "/charts/global-28/"]), behind=ODD)
@example(before="", page="/tracks/", behind="?q=a")
def test_what_is_taken_is_a_page_of_this_site_to_a_browser(
    app: Flask, before: str, page: str, behind: str
) -> None:
    with app.test_request_context("/"):
        g._login_user = User(role="admin", email="a@b.example")
        taken = page_url(before + page + behind)
        if (before, page, behind) == ("", "/tracks/", "?q=a"):
            assert taken == "/tracks/?q=a"
        if taken is None:
            return
        parts = urlsplit(urljoin("http://here.example/somewhere/", taken))
        assert parts.netloc == "here.example"
        endpoint, _ = app.url_map.bind("here.example").match(unquote(parts.path), method="GET")
        assert endpoint in PAGES


def test_every_page_that_can_be_saved_shows_it(
    visit: Visit, database: psycopg.Connection, track: int, site: Flask
) -> None:
    make_artist(database, ARTIST, "Billie Eilish", [track])
    make_chart(database)
    operator = visit("operator")
    known = {rule.endpoint: rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert set(known) >= set(PAGES)
    for page in ("/", "/tracks/", TRACK_URL, f"/artists/{ARTIST}/", "/charts/global-28/", "/compare/"):
        assert f'href="/views/new/?url={quote(page)}"' in operator.get(page).text
    assert 'href="/views/new/?url=/tracks/?q%3Db"' in operator.get("/tracks/?q=b").text
    for page in ("/views/", "/lists/"):
        assert 'href="/views/new/' not in operator.get(page).text


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Enter a name"), ("x" * 81, "at most 80 characters"), ("HITS", "already have a view called HITS")],
)
def test_a_name_that_will_not_do(
    viewer: FlaskClient, database: psycopg.Connection, name: str, words: str
) -> None:
    save(viewer, database)
    other = save(viewer, database, "Other")
    for answer in (
        send(viewer, "/views/", name=name, url=PAGE),
        send(viewer, f"{other}rename/", name=name),
    ):
        assert answer.status_code == 400
        assert re.search(rf'class="field-error" id="name[^"]*-error">.*{words}', answer.text)
    assert database.execute("SELECT name FROM saved_views ORDER BY id").fetchall() == [("Hits",), ("Other",)]


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("rename/", {"name": "Mine"}),
    ("share/", {"shared": 1}),
    ("delete/", {"confirmed": 1}),
]


@pytest.mark.parametrize("shared", [0, 1])
@pytest.mark.parametrize(("address", "fields"), [("", {}), *CHANGES])
def test_a_view_of_another_person(
    visit: Visit, database: psycopg.Connection, address: str, fields: dict[str, Any], shared: int
) -> None:
    owner, admin = visit("viewer"), visit("admin")
    view = save(owner, database, "Private hits")
    send(owner, f"{view}share/", shared=shared)
    before = database.execute("SELECT * FROM saved_views").fetchall()
    if address:
        assert send(admin, view + address, **fields).status_code == 404
    else:
        assert admin.get(view).status_code == (302 if shared else 404)
        assert ("Private hits" in admin.get("/views/").text) == bool(shared)
    assert database.execute("SELECT * FROM saved_views").fetchall() == before


def test_a_view_can_be_shared_as_it_is_saved(visit: Visit, database: psycopg.Connection) -> None:
    owner, colleague = visit("viewer"), visit("operator")
    assert 'name="shared" value="1"' in owner.get("/views/new/?url=/tracks/").text
    private = save(owner, database)
    assert colleague.get(private).status_code == 404
    assert send(owner, "/views/", name="Shared", url=PAGE, shared=1).status_code == 303
    row = database.execute("SELECT uuid FROM saved_views WHERE name = 'Shared'").fetchone()
    assert row is not None
    assert colleague.get(f"/views/{row[0]}/").headers["Location"] == PAGE
    assert "View Shared saved and shared." in owner.get("/views/").text
    refused = send(owner, "/views/", name="Shared", url=PAGE, shared=1)
    assert refused.status_code == 400


def test_a_shared_view_is_listed_for_those_who_may_open_its_page(
    visit: Visit, database: psycopg.Connection
) -> None:
    owner = visit("operator")
    view = save(owner, database, "Late syncs", "/ops/runs/?queue=sync")
    send(owner, f"{view}share/", shared=1)
    assert "Late syncs" in visit("admin").get("/views/").text
    viewer = visit("viewer")
    assert "Late syncs" not in viewer.get("/views/").text
    assert viewer.get(view, follow_redirects=True).status_code == 403


def test_sharing_can_be_taken_back(visit: Visit, database: psycopg.Connection) -> None:
    owner, colleague = visit("viewer"), visit("operator")
    view = save(owner, database)
    for shared, status in ((1, 302), (0, 404)):
        assert send(owner, f"{view}share/", shared=shared).status_code == 303
        assert colleague.get(view).status_code == status
    assert send(owner, f"{view}share/", shared="x").status_code == 400
    assert shown(database)[1:] == [
        ("view.share", {"shared": False}, {"shared": True}),
        ("view.share", {"shared": True}, {"shared": False}),
    ]


@pytest.mark.parametrize(("address", "fields"), [("", {}), *CHANGES])
def test_a_view_that_is_not_there(viewer: FlaskClient, address: str, fields: dict[str, Any]) -> None:
    gone = f"/views/{uuid4()}/{address}"
    answer = send(viewer, gone, **fields) if address else viewer.get(gone)
    assert answer.status_code == 404


def test_names_and_urls_are_text(viewer: FlaskClient, database: psycopg.Connection) -> None:
    save(viewer, database, "<i>'Hits'", '/search/?q="><i>')
    page = viewer.get("/views/").text
    assert "&lt;i&gt;&#39;Hits&#39;" in page
    assert "<i>" not in page


def test_the_index_costs_few_statements(
    site: Flask, viewer: FlaskClient, database: psycopg.Connection
) -> None:
    for number in range(5):
        save(viewer, database, f"Hits {number}")
    with counted_statements(site) as sent:
        assert viewer.get("/views/", headers=HTMX).status_code == 200
    assert len(sent) <= 4, sent


def test_views_show_their_pages_and_filters_in_words(
    viewer: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    make_artist(database, ARTIST, "Billie Eilish", [track])
    make_chart(database)
    wanted = {
        "/": "Dashboard",
        "/?window=30&country=FR": "Dashboard Range: 30 days Country: France",
        "/?window=dates&start_date=2026-11-01": "Dashboard From: 2026-11-01",
        "/charts/?active=1&frequency=daily": "Charts Active Frequency: daily",
        "/tracks/?q=b&sort=total&order=asc&data=fresh": "Tracks Search: b Sorted by: total Data: fresh",
        f"{TRACK_URL}?platforms=@views,deezer": "Track bad guy Platforms: All video views, Deezer",
        f"/artists/{ARTIST}/": "Artist Billie Eilish",
        "/charts/global-28/2026-11-20/?last=9": (
            "Ranking Spotify Top Songs, Worldwide 2026-11-20 To position: 9"
        ),
        f"/compare/?tracks={SEED_TRACK},{uuid4()}": "Compare tracks Tracks: bad guy, not available",
        f"/tracks/?list={ARTIST}": "Tracks List: not available",
    }
    for number, url in enumerate(wanted):
        save(viewer, database, str(number), url)
    page = viewer.get("/views/").text
    cells = re.findall(r'<span class="row view-words">(.*?)</span></div>', page, re.DOTALL)
    assert [re.sub(r"<[^>]+>", "", cell) for cell in cells] == list(wanted.values())
    assert "?q=b" not in page
