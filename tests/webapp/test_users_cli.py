"""The staff, from the command line."""

import re
from dataclasses import replace
from getpass import getuser

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from webapp.cli import users
from webapp.models import User

PASSWORD = "long enough to guess"


@pytest.fixture
def ann(app: Flask) -> str:
    """An admin."""
    assert run(app, "create", "Ann@Example.com", "--role", "admin", "--password", PASSWORD).exit_code == 0
    return "ann@example.com"


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(users, arguments)


def role_of(database: psycopg.Connection, email: str) -> tuple[str, bool]:
    row = database.execute(
        "SELECT role, disabled_at IS NULL FROM users WHERE lower(email) = %s", [email]
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_users_are_made_once_and_their_passwords_are_hashed(app: Flask, ann: str) -> None:
    again = run(app, "create", ann, "--password", PASSWORD)
    assert "The user ann@example.com already exists." in again.output
    found = User.find("ANN@example.com")
    assert found is not None
    assert found.role == "admin"
    assert found.password_hash.startswith("$argon2id$")
    assert found.check_password(PASSWORD)
    assert not found.check_password(f"{PASSWORD} ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ann", "--password", PASSWORD], "'ann' is not an email address"),
        (["@example.com", "--password", PASSWORD], "is not an email address"),
        (["a@b@example.com", "--password", PASSWORD], "is not an email address"),
        (["ann\n@example.com", "--password", PASSWORD], "is not an email address"),
        (["a" * 250 + "@b.c", "--password", PASSWORD], None),
        (["a" * 251 + "@b.c", "--password", PASSWORD], "is not an email address"),
        (["ann@example.com", "--password", "eleven char"], "at least 12 characters"),
        (["ann@example.com", "--password", "demo-password-1"], None),
        (["ann@example.com", "--password", "x" * 200], None),
        (["ann@example.com", "--password", "x" * 201], "at most 200 characters"),
        (["ann@example.com", "--password", "ANN@example.com"], "must not be the email"),
        (["ann@example.com", "--role", "boss", "--password", PASSWORD], "'boss' is not one of"),
    ],
)
def test_who_may_be_made(
    app: Flask, database: psycopg.Connection, arguments: list[str], words: str | None
) -> None:
    result = run(app, "create", *arguments)
    made = database.execute("SELECT count(*) FROM users").fetchone()
    assert made == (int(words is None),)
    assert (result.exit_code == 0) == (words is None)
    assert (words or "Created") in result.output


def test_a_life_is_recorded_as_the_command_line_did_it(
    app: Flask, database: psycopg.Connection, ann: str
) -> None:
    run(app, "create", "ben@example.com", "--role", "operator", "--password", PASSWORD)
    for command in (
        ["set-role", "BEN@example.com", "admin"],
        ["disable", ann],
        ["enable", ann],
        ["reset", ann],
    ):
        result = run(app, *command)
        assert result.exit_code == 0, result.output
    assert role_of(database, "ben@example.com") == ("admin", True)
    assert role_of(database, ann) == ("admin", True)
    events = database.execute("SELECT actor, action, subject FROM audit_events ORDER BY id").fetchall()
    assert {event[0] for event in events} == {f"command line ({getuser()})"}
    assert [event[1:] for event in events] == [
        ("user.create", "user Ann@Example.com"),
        ("user.create", "user ben@example.com"),
        ("user.set-role", "user ben@example.com"),
        ("user.disable", "user Ann@Example.com"),
        ("user.enable", "user Ann@Example.com"),
        ("user.reset-link", "user Ann@Example.com"),
    ]


def test_the_last_admin_stays(app: Flask, database: psycopg.Connection, ann: str) -> None:
    for command in (["disable", ann], ["set-role", ann, "operator"]):
        result = run(app, *command)
        assert result.exit_code != 0
        assert "The last active admin cannot be disabled or lose the admin role." in result.output
    assert role_of(database, ann) == ("admin", True)


def test_a_reset_link_opens_and_only_the_newest_does(app: Flask, ann: str) -> None:
    links = [run(app, "reset", ann, "--site", "https://charts.example/").output.strip() for _ in range(2)]
    assert all(re.fullmatch(r"https://charts\.example/reset/[\w-]{43}", link) for link in links)
    assert run(app, "reset", ann).output.startswith("/reset/")
    browser = app.test_client()
    assert browser.get(links[0].removeprefix("https://charts.example")).status_code == 404


@pytest.mark.parametrize(
    ("hosts", "secure", "url"),
    [
        (("music.example", "other.example"), True, "https://music.example"),
        ((".label.example", "music.example"), True, "https://music.example"),
        (("music.example",), False, "http://music.example"),
        ((".label.example",), True, ""),
        ((), True, ""),
    ],
)
def test_a_reset_link_is_a_whole_url_where_the_site_is_known(
    app: Flask, ann: str, hosts: tuple[str, ...], url: str, *, secure: bool
) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, trusted_hosts=hosts, session_cookie_secure=secure)
    try:
        result = run(app, "reset", ann)
    finally:
        app.config["SETTINGS"] = settings
    assert re.match(rf"{re.escape(url)}/reset/[\w-]{{43}}\n", result.stdout)
    assert ("the URL of the site is unknown" in result.stderr) == (not url)


def test_several_are_disabled_at_once_or_none(app: Flask, database: psycopg.Connection, ann: str) -> None:
    for name in ("ben", "cem"):
        run(app, "create", f"{name}@example.com", "--password", PASSWORD)
    both = ("ben@example.com", "cem@example.com")
    assert run(app, "disable", *both, "who@example.com").exit_code != 0
    assert [role_of(database, email)[1] for email in both] == [True, True]
    assert "ben@example.com, cem@example.com can no longer sign in." in run(app, "disable", *both).output
    assert [role_of(database, email)[1] for email in both] == [False, False]


@pytest.mark.parametrize("command", ["set-role", "disable", "enable", "reset"])
def test_an_unknown_user_is_named(app: Flask, command: str) -> None:
    result = run(app, command, "who@example.com", *(["viewer"] if command == "set-role" else []))
    assert result.exit_code != 0
    assert "There is no user who@example.com." in result.output


def test_a_disabled_user_gets_no_link(app: Flask, ann: str) -> None:
    run(app, "create", "ben@example.com", "--password", PASSWORD)
    run(app, "disable", "ben@example.com")
    assert (
        "ben@example.com is disabled; enable the user first." in run(app, "reset", "ben@example.com").output
    )


def test_the_list_names_everybody(app: Flask, ann: str) -> None:
    run(app, "create", "ben@example.com", "--password", PASSWORD)
    run(app, "disable", "ben@example.com")
    output = run(app, "list").output
    assert re.search(r"Ann@Example\.com.*admin.*active", output)
    assert re.search(r"ben@example\.com.*viewer.*disabled", output)
