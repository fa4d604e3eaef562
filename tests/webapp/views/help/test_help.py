"""The pages of help, and the links that lead to them."""

import re
from dataclasses import replace
from html import unescape
from importlib.metadata import version

import psycopg
import pytest
from flask.testing import FlaskClient

from tests import ROOT
from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.webapp.views.conftest import NEWEST, MakeSite, Visit, enter_as
from webapp.access.rights import RIGHTS
from webapp.config import Settings


def test_the_page_is_the_document_with_an_anchor_at_every_heading(viewer: FlaskClient) -> None:
    page = viewer.get("/help/figures/").text.split('class="card prose"')[1].split("</article>")[0]
    text = "".join((ROOT / f"docs/{name}.md").read_text() for name in ("figures", "chart-figures"))
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    shown = re.findall(r'<h[23] id="([a-z0-9-]+)">([^<]+)</h', page)
    assert [text for _, text in shown] == headings
    assert len({anchor for anchor, _ in shown}) == len(headings) > 15
    assert page.count("<table>") == 4


def test_links_to_definitions_lead_to_headings(viewer: FlaskClient) -> None:
    page = viewer.get("/help/figures/").text
    used = {
        anchor
        for template in (ROOT / "templates").rglob("*.html")
        for anchor in re.findall(r'defined\("([^"]+)"', template.read_text())
    }
    assert used
    assert all(f'id="{anchor}"' in page for anchor in used)


def test_the_index_leads_to_every_page_and_names_the_contact(
    viewer: FlaskClient, settings: Settings, make_site: MakeSite
) -> None:
    page = viewer.get("/help/").text
    assert f"Trackpulse {version('trackpulse')}" in page
    assert "contact your administrator" in page
    for name in ("figures", "data", "problems", "keys", "changes"):
        assert f'href="/help/{name}/"' in page
    for contact, url in (("a@label.example", "mailto:a@label.example"), (2 * ("https://label.example/x",))):
        site = make_site(replace(settings, support_contact=contact))
        browser = enter_as(viewer, site)
        link = f'<a class="link" href="{url}">{contact}</a>'
        assert link in browser.get("/help/").text
        assert f"Forgot your password? Ask {link} for" in site.test_client().get("/login").text


def test_data_show_how_fresh_each_platform_is(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    other = make_track(database, uuid="00000000-0000-4000-8000-000000000009")
    spotify = platform_id(database, "spotify")
    insert_series(database, audience_rows(other, spotify, [(NEWEST, 5)]))
    database.execute(
        "UPDATE audience_states SET last_date = current_date - 2, fetched_at = now() - interval '1 day' *"
        " CASE track_id WHEN %s THEN 40 ELSE 0 END WHERE platform_id = %s",
        [other, spotify],
    )
    database.execute("UPDATE audience_states SET fetched_at = NULL WHERE platform_id <> %s", [spotify])
    rows = viewer.get("/help/data/").text.split('role="rowheader"')
    (row,) = (row for row in rows if 'href="/platforms/spotify/"' in row)
    assert "2 days" in row
    assert "<time" in row
    (row,) = (row for row in rows if 'href="/platforms/youtube/"' in row)
    assert "nothing fetched in 30 days" in row
    assert ">imported<" in row


def test_problems_link_to_pages_that_the_role_may_open(visit: Visit, subtests: pytest.Subtests) -> None:
    links: dict[str, set[str]] = {}
    for role in RIGHTS:
        browser = visit(role)
        page = browser.get("/help/problems/").text.split("help-problems")[1].split("</main>")[0]
        links[role] = set(map(unescape, re.findall(r'<a class="link" href="([^"]+)"', page)))
        with subtests.test(role):
            assert page.count("<dt>As operator</dt>") == (
                0 if role == "viewer" else page.count("<dt>Cause</dt>")
            )
            assert {browser.get(url).status_code for url in links[role]} == {200}
            assert '<dd><span class="row"></span>' not in page
    assert links["viewer"] < links["operator"] < links["admin"]


def test_changes_are_those_of_the_changelog(viewer: FlaskClient) -> None:
    page = viewer.get("/help/changes/").text
    versions = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert [
        shown.split(" - ")[0]
        for shown in re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', page.split("<footer")[0])
    ] == versions
    assert "Keep a Changelog" not in page


def test_every_page_and_error_leads_to_help(viewer: FlaskClient, subtests: pytest.Subtests) -> None:
    for address, code in (("/", 200), ("/nowhere/", 404), ("/ops/runs/", 403)):
        with subtests.test(address):
            response = viewer.get(address)
            assert response.status_code == code
            assert response.text.count('href="/help/"') == (2 if code == 200 else 3)  # menu, footer, button
