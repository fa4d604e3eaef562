"""Refused requests, and the content of error responses."""

import json
import logging
import re
import zlib
from dataclasses import replace

import psycopg
import pytest
from flask.testing import FlaskClient
from redis import Redis

from tests.webapp.views.conftest import HTMX, TRACK_URL, MakeSite, Visit, csrf, enter_as
from tests.webapp.views.test_roles import ROUTES
from webapp.access import rights
from webapp.config import Settings, load_settings
from webapp.extensions import limiter

REFUSED_NAME = "Unknown host name."


@pytest.fixture
def named(settings: Settings, make_site: MakeSite) -> FlaskClient:
    """A browser that is not signed in, at a site with configured host names."""
    return make_site(replace(settings, trusted_hosts=("music.example", ".label.example"))).test_client()


@pytest.mark.parametrize(
    "host",
    [
        *("music.example", "MUSIC.example", "music.example:8000", "label.example", "a.b.label.example"),
        *("localhost", "localhost:8000", "127.0.0.1:8000"),
    ],
)
def test_a_host_that_is_ours_is_answered(named: FlaskClient, host: str) -> None:
    assert named.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "music.example.evil", "xmusic.example", "evillabel.example", "192.0.2.1"),
        *("music.example@evil.example", "music.example:port", "music.example/x", "<b>", "127.0.0.1.evil"),
        *("", "a" * 3000, "localhost, evil.example"),
    ],
)
def test_any_other_host_is_refused(named: FlaskClient, host: str) -> None:
    for address in ("/login", "/tracks/", "/nothing", "/healthz", "/static/app.css"):
        answer = named.get(address, headers={"Host": host})
        assert answer.status_code == 400, address
        assert REFUSED_NAME in answer.text
        assert "Location" not in answer.headers
        assert "evil" not in answer.text
        assert "Content-Security-Policy" in answer.headers


def test_the_log_shows_which_host_was_refused(named: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    named.get("/login", headers={"Host": "evil.example"})
    assert "Refused a request for the host 'evil.example', which is not in TRUSTED_HOSTS" in caplog.text


def test_by_default_only_this_machine_is_answered(visit: Visit) -> None:
    assert visit(None).get("/login", headers={"Host": "trackpulse.example"}).status_code == 400
    assert visit(None).get("/login", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_hosts_are_read_with_commas_between_them() -> None:
    env = {"DATABASE_URL": "postgresql://h/d", "REDIS_URL": "redis://h", "SECRET_KEY": "sixteen or more."}
    read = load_settings(env | {"TRUSTED_HOSTS": " Music.example, .label.example ,"})
    assert read.trusted_hosts == ("music.example", ".label.example")


@pytest.mark.parametrize("address", ["/login", "/tracks/", "/nothing", "/healthz", "/static/nothing.css"])
def test_browsers_are_told_to_stay_with_https(
    address: str, settings: Settings, make_site: MakeSite, visit: Visit
) -> None:
    assert "Strict-Transport-Security" not in visit(None).get(address).headers
    guarded = make_site(replace(settings, session_cookie_secure=True)).test_client()
    answer = guarded.get(address)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    answer.close()


def test_every_request_has_an_id_of_its_own_and_takes_none(viewer: FlaskClient) -> None:
    given = {"X-Request-ID": "forged"}
    addresses = ["/tracks/", "/tracks/", "/nothing", "/healthz", "/static/nothing.css"]
    ids = [viewer.get(address, headers=given).headers["X-Request-ID"] for address in addresses]
    assert all(re.fullmatch(r"[0-9a-f]{12}", one) for one in ids)
    assert len(set(ids)) == len(ids)


def test_an_event_bears_the_id_of_its_request(operator: FlaskClient, database: psycopg.Connection) -> None:
    answer = operator.post("/logout", headers=csrf(operator))
    kept = database.execute("SELECT DISTINCT request_id FROM audit_events").fetchall()
    assert kept == [(answer.headers["X-Request-ID"],)]


@pytest.fixture
def broken(
    settings: Settings, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, visit: Visit
) -> FlaskClient:
    """A viewer at a site with a failing endpoint whose error has many details."""
    app = make_site(settings)
    monkeypatch.setattr(rights, "_ROLES", {"fault": "viewer"})
    app.add_url_rule("/fault", "fault", fails)
    return enter_as(visit("viewer"), app)


def fails() -> str:
    logging.getLogger("webapp.view").warning("This view will fail.")
    raise ValueError("the inside: SELECT 1 FROM secret_table")


def test_a_fault_shows_an_id_and_the_log_has_the_rest(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for headers in ({}, HTMX, {"Accept": "application/json"}):
        caplog.clear()
        answer = broken.get("/fault", headers=headers)
        mark = answer.headers["X-Request-ID"]
        assert answer.status_code == 500
        assert mark in answer.text
        assert not re.search("inside|secret_table|ValueError|Traceback|fails", answer.text)
        lines = [record.getMessage() for record in caplog.records]
        assert len(lines) >= 2
        assert all(line.startswith(f"[{mark}] ") for line in lines)
        assert "ValueError: the inside" in caplog.text


def test_what_the_caller_did_wrong_has_no_error_id(viewer: FlaskClient) -> None:
    for headers in ({}, HTMX, {"Accept": "application/json"}):
        answer = viewer.get("/nothing", headers=headers)
        assert answer.headers["X-Request-ID"] not in answer.text


def test_more_than_a_megabyte_is_refused_everywhere(
    visit: Visit, track: int, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    browser = visit("admin")
    token, body = csrf(browser), "x=" + "y" * 1_100_000
    for endpoint, route in ROUTES.items():
        if route.method == "POST":
            with subtests.test(endpoint):
                kind = "application/x-www-form-urlencoded"
                answer = browser.post(route.address, data=body, content_type=kind, headers=token)
                assert answer.status_code == 413


def test_what_waits_in_redis_is_json(operator: FlaskClient, track: int, redis: Redis) -> None:
    """Whoever can write to Redis must not be able to have a worker run code, as with pickles."""
    operator.post(f"{TRACK_URL}platforms/shazam/refresh/", headers=csrf(operator))
    jobs = redis.keys("rq:job:*")
    assert len(jobs) == 1
    data = redis.hget(jobs[0], "data")  # packed by RQ
    assert isinstance(data, bytes)
    name, _instance, arguments, options = json.loads(zlib.decompress(data))
    assert name == "jobs.runs.execute"
    assert [len(argument) for argument in arguments] == [36]
    assert options == {}


@pytest.mark.parametrize(
    ("proxies", "words", "believed"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (1, "2001:DB8:0:0::7", "2001:db8::7"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "fe80::1%<b>", "fe80::1"),
        (1, "evil<script>", "unknown"),
        (1, "a" * 500, "unknown"),
        (1, "203.0.113.7:4711", "unknown"),
        (1, "203.0.113.0/24", "unknown"),
        (1, "203.0.113.999", "unknown"),
    ],
)
def test_a_forwarded_address_is_believed_from_as_many_proxies_as_there_are(
    proxies: int,
    words: str,
    believed: str,
    settings: Settings,
    make_site: MakeSite,
    visit: Visit,
    database: psycopg.Connection,
) -> None:
    browser = enter_as(visit("viewer"), make_site(replace(settings, trusted_proxies=proxies)))
    assert browser.get("/ops/runs/", headers={"X-Forwarded-For": words}).status_code == 403
    assert database.execute("SELECT address FROM audit_events").fetchall() == [(believed,)]


@pytest.mark.parametrize(
    ("requested", "path"),
    [
        ("/tracks", "/tracks/"),
        ("/lists//", "/lists/"),
        ("/tracks?q=a&sort=b%20c", "/tracks/?q=a&sort=b%20c"),
        ("/admin/people", "/admin/people/"),
        ("/charts/b%C3%A4d", "/charts/b%C3%A4d/"),
    ],
)
def test_a_redirect_that_adds_a_slash_is_a_path(requested: str, path: str, visit: Visit) -> None:
    """Routing does not see the https before the proxy: an absolute URL would be http."""
    answer = visit("admin").get(requested, headers={"X-Forwarded-Proto": "https"})
    assert (answer.status_code, answer.headers["Location"]) == (308, path)
