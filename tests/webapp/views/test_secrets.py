"""One run through all that handles secrets, then a search for them in tables, Redis, logs, pages, output."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from redis import Redis

from jobs.commands.audience import fetch_audience_data
from jobs.runs import execute
from tests.factories import make_track
from tests.jobs.soundcharts.scripted import Scripted, ScriptedApi, Seen
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import PASSWORD, MakeSite, add_user
from tests.webapp.views.test_roles import ROUTES
from webapp import logs
from webapp.access import rights
from webapp.cli import users_reset
from webapp.config import Settings
from webapp.extensions import db
from webapp.work.queue import submit
from webapp.work.requests import metadata_request

EMAIL = "ada@example.com"
ADMIN = "admin@example.com"
MISTYPED, NEW_PASSWORD = "MARK-mistyped-password", "MARK-new-password-of-ada"
REFRESH = f"/soundcharts/audience/refresh/{SEED_TRACK}/"
LEGACY = {"soundcharts_app_id": "MARK-app-id-1111", "soundcharts_api_key": "MARK-api-key-2222"}
OAUTH = {"soundcharts_client_id": "MARK-client-3333", "soundcharts_client_secret": "MARK-secret-4444"}
OAUTH_TOKEN = "MARK-oauth-token-5555"


def repeated(seen: Seen) -> str:
    """An error message of a careless server with the keys that it received."""
    return " ".join(
        ["it said", *(seen.headers.get(name, "") for name in ("authorization", "x-api-key", "x-app-id"))]
    )


def error(code: int, message: str) -> dict[str, object]:
    return {"errors": [{"code": code, "message": message}]}


# What the API answers to one run after the other.
ANSWERS: list[Callable[[Seen], Scripted]] = [
    lambda seen: Scripted(400, error(400, repeated(seen))),
    lambda seen: Scripted(200, {"items": [{"date": repeated(seen), "plots": repeated(seen)}], "page": {}}),
    lambda seen: Scripted(502, repeated(seen).encode()),
    lambda seen: Scripted(401, error(401, repeated(seen))),
    lambda seen: Scripted(429, error(429, repeated(seen))),
]
PLATFORMS = ("spotify", "youtube", "shazam", "tiktok", "soundcloud")


class Secrets(dict[str, str]):
    """The secrets that must not appear anywhere, by name."""

    def found_in(self, text: str) -> list[str]:
        return [name for name, value in self.items() if value and value in text]


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    server = ScriptedApi()
    yield server
    server.close()


@pytest.fixture(params=[LEGACY, OAUTH], ids=["legacy", "oauth"])
def app(
    request: pytest.FixtureRequest,
    settings: Settings,
    api: ScriptedApi,
    make_site: MakeSite,
    monkeypatch: pytest.MonkeyPatch,
) -> Flask:
    """A site with secret keys, and an endpoint that fails with all of them."""
    none = {"soundcharts_app_id": "", "soundcharts_api_key": ""}
    places = {"soundcharts_base_url": api.url, "soundcharts_token_url": f"{api.url}/oauth/token"}
    planted: dict[str, Any] = {"secret_key": "MARK-secret-key-0000", **none, **request.param, **places}
    app = make_site(replace(settings, **planted))
    monkeypatch.setattr(rights, "_ROLES", {**rights._ROLES, "fault": "viewer"})
    app.add_url_rule("/fault/<what>", "fault", lambda what: fail(app, what))
    return app


def fail(app: Flask, what: str) -> str:
    """An error with everything that a traceback could show."""
    from flask import request

    settings: Settings = app.config["SETTINGS"]
    cookies = request.headers.get("Cookie", "")
    words = [*settings.secrets, settings.database_url, settings.redis_url, cookies, what]
    logging.getLogger("webapp.view").warning("Headers %s, settings %s", dict(request.headers), words)
    raise ValueError(" ".join(words))


def form_token(browser: FlaskClient, page: str) -> str:
    found = re.search(r'X-CSRFToken": "([^"]+)"', browser.get(page).text)
    assert found is not None
    return found[1]


def sign_in(browser: FlaskClient, email: str, password: str) -> None:
    fields = {"email": email, "password": password, "csrf_token": form_token(browser, "/login")}
    browser.post("/login", data=fields)


def send(browser: FlaskClient, address: str, **fields: str) -> str:
    """Returns the response to a form."""
    answer = browser.post(address, data={**fields, "csrf_token": form_token(browser, "/account/")})
    assert answer.status_code < 400, answer.text
    return answer.text


def people(app: Flask, browser: FlaskClient, secrets: Secrets) -> None:
    """Signs in, wrongly and rightly; makes a token and a link, and sets a password by it."""
    stranger = app.test_client()
    sign_in(stranger, EMAIL, MISTYPED)
    sign_in(stranger, MISTYPED, PASSWORD)
    sign_in(browser, ADMIN, PASSWORD)
    cookie = browser.get_cookie("session")
    device = browser.get_cookie("device", path="/login")
    assert cookie is not None
    assert device is not None
    with browser.session_transaction() as session:
        secrets |= {"session cookie": cookie.value, "session": session["token"], "device": device.value}
    shown = send(browser, "/account/tokens/", name="a program", days="30", role="operator")
    token = re.search(r"tp_[\w-]{43}", shown)
    assert token is not None
    secrets["API token"] = token[0]
    with app.app_context():
        printed = app.test_cli_runner().invoke(users_reset, [EMAIL, "--site", "https://a.example"]).output
    secrets["reset link"] = printed.strip().rsplit("/", 1)[-1]
    assert len(secrets["reset link"]) == 43
    newcomer = app.test_client()
    newcomer.get(f"/fault/{secrets['reset link']}")
    address = f"/reset/{secrets['reset link']}"
    fields = {"new_password": NEW_PASSWORD, "csrf_token": form_token(newcomer, address)}
    assert newcomer.post(address, data=fields).status_code == 303


def work(app: Flask, api: ScriptedApi, token: str) -> None:
    """Requests data with the token and executes the runs, each with another failure."""
    program = app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    for platform, answer in zip(PLATFORMS, ANSWERS, strict=True):
        api.script = [with_token(answer)]
        requested = program.post(f"{REFRESH}{platform}/", headers=headers)
        assert requested.status_code == 202, requested.text
        with app.app_context():
            execute(requested.get_json()["run"]["uuid"])


def with_token(answer: Callable[[Seen], Scripted]) -> Callable[[Seen], Scripted]:
    """Gives the host of the tokens one to give, and leaves the rest to `answer`."""

    def choose(seen: Seen) -> Scripted:
        if seen.path == "/oauth/token":
            return Scripted(body={"access_token": OAUTH_TOKEN, "expires_in": 900})
        return answer(seen)

    return choose


def commands(app: Flask, api: ScriptedApi) -> str:
    """Returns the output of commands with the same failures."""
    api.script = [with_token(ANSWERS[0])]
    with app.app_context():
        db.session.execute(db.text("DELETE FROM api_pause"))
        uuid = submit(metadata_request([SEED_TRACK], queue="default")).uuid
        execute(str(uuid))
        line = ["--track-uuid", SEED_TRACK, "--platform", "spotify", "--force"]
        done = app.test_cli_runner().invoke(fetch_audience_data, line)
        return done.output + str(done.exception)


def stored(database: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Every table with the text of all its rows."""
    tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (name,) in tables:
        table = sql.Identifier(name)
        query = sql.SQL("SELECT string_agg(t::text, ' ') FROM {} AS t").format(table)
        row = database.execute(query).fetchone()
        yield name, str(row[0] if row else "")


def kept(redis: Redis) -> str:
    """Returns every key of Redis with its value."""
    return " ".join(f"{key!r} {redis.dump(key)!r}" for key in redis.scan_iter())


def pages(browser: FlaskClient, database: psycopg.Connection) -> Iterator[tuple[str, str]]:
    """Every page that an admin can open, and those of all runs."""
    runs = [f"/ops/runs/{uuid}/" for (uuid,) in database.execute("SELECT uuid FROM job_runs").fetchall()]
    addresses = [route.address for route in ROUTES.values() if route.method == "GET"]
    users = [f"/admin/people/{user}/" for (user,) in database.execute("SELECT id FROM users").fetchall()]
    for address in (*runs, *users, *addresses, "/fault/here", "/nothing"):
        answer = browser.get(address)
        yield address, f"{answer.text} {answer.headers}"


def test_no_secret_is_anywhere(
    app: Flask,
    api: ScriptedApi,
    database: psycopg.Connection,
    redis: Redis,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings: Settings = app.config["SETTINGS"]
    make_track(database)
    add_user(database, "operator", EMAIL)
    add_user(database, "admin", ADMIN)
    secrets = Secrets(
        {f"setting {value[:12]}": value for value in settings.secrets}
        | {"token of the API": OAUTH_TOKEN, "password": PASSWORD, "mistyped": MISTYPED, "new": NEW_PASSWORD}
        | {"database": urlsplit(settings.database_url).password or ""}
        | {"redis": urlsplit(settings.redis_url).password or ""}
    )
    browser = app.test_client()
    with caplog.at_level(logging.DEBUG):
        people(app, browser, secrets)
        work(app, api, secrets["API token"])
        printed = commands(app, api)
        shown = dict(pages(browser, database))
    assert len(secrets) >= 12
    assert "is 400" in printed or "(400" in printed
    assert shown["/fault/here"].count("went wrong")
    assert "Traceback" in caplog.text
    assert len(database.execute("SELECT FROM job_runs WHERE error <> ''").fetchall()) >= len(ANSWERS)
    assert len(database.execute("SELECT FROM api_calls").fetchall()) >= len(ANSWERS)
    assert {name: secrets.found_in(text) for name, text in stored(database)} == {
        name: [] for name, _ in stored(database)
    }
    assert secrets.found_in(kept(redis)) == []
    assert secrets.found_in(caplog.text) == []
    assert secrets.found_in(printed) == []
    assert {address: secrets.found_in(text) for address, text in shown.items()} == {
        address: [] for address in shown
    }


def test_an_error_that_nobody_caught_is_printed_masked(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: Settings = app.config["SETTINGS"]
    error = ValueError(settings.secret_key, settings.database_url)
    logs.print_masked(type(error), error, None)
    printed = capsys.readouterr().err
    assert "ValueError: ('***', 'postgresql://" in printed
    assert settings.secret_key not in printed
    assert str(urlsplit(settings.database_url).password) not in printed
    assert sys.excepthook is logs.print_masked
