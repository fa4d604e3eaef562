"""Headers of every kind of answer, and how long each may be kept."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import ROOT
from tests.webapp.views.conftest import API_URL, HTMX, TRACK_URL, Visit, csrf
from webapp.config import Settings

ANSWERS = [
    "/tracks/",
    TRACK_URL,
    f"{TRACK_URL}audience/",
    API_URL,
    "/nothing",
    "/ops/runs/",
    "/login",
    "/healthz",
]


@pytest.mark.parametrize("address", ANSWERS)
@pytest.mark.parametrize("role", [None, "viewer"])
def test_every_answer_is_guarded(visit: Visit, track: int, address: str, role: str | None) -> None:
    headers = visit(role).get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert {"HX-Request", "Cookie"} <= set(re.split(r",\s*", headers["Vary"]))
    assert headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("address", ["/tracks/", TRACK_URL, "/ops/runs/", f"{TRACK_URL}audience/", "/login"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_page_holds_script_or_style(
    visit: Visit, track: int, address: str, headers: dict[str, str]
) -> None:
    role = None if address == "/login" else "operator"
    page = visit(role).get(address, headers=headers).text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|hx-on|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_static_files_last_under_their_hash_only(site: Flask, visit: Visit, tmp_path: Path) -> None:
    with site.test_request_context():
        assert site.url_for("static", filename="nothing.css") == "/static/nothing.css"
    folder = site.static_folder
    assert folder is not None
    site.static_folder = str(tmp_path)
    (tmp_path / "a.css").write_text("a{}")
    try:
        with site.test_request_context():
            before = site.url_for("static", filename="a.css")
            (tmp_path / "a.css").write_text("a{color:red}")
            after = site.url_for("static", filename="a.css")
        assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{12}", before)
        assert before != after
        browser = visit(None)
        kept = browser.get(after)
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        asked_again = browser.get("/static/a.css")
        assert asked_again.headers["Cache-Control"] == "no-cache"
        kept.close()
        asked_again.close()
    finally:
        site.static_folder = folder


def test_static_files_are_sent_as_the_build_compressed_them(
    site: Flask, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "static_folder", str(tmp_path))
    for suffix in ("", ".br", ".gz"):
        (tmp_path / f"a.js{suffix}").write_text(f"as a.js{suffix}")
    (tmp_path / "b.css").write_text("as b.css")
    for name, accepted, sent, encoding in [
        ("a.js", "gzip, deflate, br, zstd", "a.js.br", "br"),
        ("a.js", "gzip, br;q=0", "a.js.gz", "gzip"),
        ("a.js", "identity", "a.js", None),
        ("b.css", "gzip, br", "b.css", None),
    ]:
        with visit(None).get(f"/static/{name}?v=1", headers={"Accept-Encoding": accepted}) as answer:
            assert answer.data == f"as {sent}".encode()
            assert answer.headers.get("Content-Encoding") == encoding
            kind = "text/javascript" if name == "a.js" else "text/css"
            assert answer.content_type == f"{kind}; charset=utf-8"
            assert "Accept-Encoding" in answer.vary
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_pages_are_compressed_and_responses_to_forms_are_not(operator: FlaskClient, track: int) -> None:
    gzipped = {"Accept-Encoding": "gzip, br"}
    for address in (TRACK_URL, f"{TRACK_URL}audience/chart/"):
        answer = operator.get(address, headers=gzipped)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.vary
        assert len(answer.data) == answer.content_length
        plain = operator.get(address)
        assert "Content-Encoding" not in plain.headers
        assert len(gzip.decompress(answer.data)) == len(plain.data)
    etag = answer.headers["ETag"]
    assert etag.startswith('W/"')
    unchanged = operator.get(address, headers={**gzipped, "If-None-Match": etag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    posted = operator.post("/account/tokens/", data={"name": ""}, headers={**csrf(operator), **gzipped})
    assert "Content-Encoding" not in posted.headers


def test_a_csrf_token_is_another_one_in_every_response(operator: FlaskClient) -> None:
    first, second = (operator.get("/account/").text for _ in range(2))
    tokens = re.findall(r'name="csrf_token" value="([^"]+)"', first)
    assert len(tokens) > 1
    assert len(set(tokens)) == 1
    assert tokens[0] not in second
    for token, status in ((tokens[0][:-8], 400), ("abc", 400), ("é", 400), (tokens[0], 302)):
        answer = operator.post("/logout", data={"csrf_token": token})
        assert answer.status_code == status


def test_the_cookie_is_secure_unless_told_otherwise(
    site: Flask, settings: Settings, make_site: Callable[[Settings], Flask]
) -> None:
    assert site.config["SESSION_COOKIE_SECURE"] is False
    guarded = make_site(replace(settings, session_cookie_secure=True))
    cookie = guarded.test_client().get("/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")  # which browsers take with the next three only
    assert "; Secure" in cookie
    assert "; Path=/;" in cookie
    assert "Domain" not in cookie


def test_nobody_marks_text_as_safe_in_templates() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b", text), path
        assert "autoescape" not in text, path


def test_fragments_are_not_pages(viewer: FlaskClient, track: int) -> None:
    for address in ("/tracks/", f"{TRACK_URL}audience/"):
        assert "<html" not in viewer.get(address, headers=HTMX).text
        restored = {**HTMX, "HX-History-Restore-Request": "true"}
        for headers in ({}, restored):
            assert "<html" in viewer.get(address, headers=headers).text
