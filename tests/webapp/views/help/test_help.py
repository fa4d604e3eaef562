"""The page that defines every figure, and the links that lead to it."""

import re

from flask.testing import FlaskClient

from tests import ROOT


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
