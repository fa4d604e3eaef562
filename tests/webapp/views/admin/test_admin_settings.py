"""The page of settings: content, validation and audit events."""

import html
import re

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.views.conftest import Visit, counted_statements, csrf
from webapp.app_settings import SETTINGS, setting

PAGE = "/admin/settings/"
STORED = "SELECT name, value FROM app_settings ORDER BY name"


@pytest.fixture
def admin(visit: Visit) -> FlaskClient:
    """A browser with an admin signed in."""
    return visit("admin")


def fields(text: str) -> dict[str, str]:
    """The values in the form, by name."""
    found = (re.search(rf'<input class="input" id="{name}"[^>]*', text) for name in SETTINGS)
    inputs = {
        re.search('name="([^"]+)"', tag[0])[1]: re.search('value="([^"]*)"', tag[0])[1]  # type: ignore[index]
        for tag in found
        if tag is not None
    }
    return {name: html.unescape(value) for name, value in inputs.items()}


def filled(admin: FlaskClient, **typed: str) -> dict[str, str]:
    """Returns the fields of the page's form with overrides."""
    text = admin.get(PAGE).text
    seen = re.search('name="seen" value="([^"]+)"', text)
    assert seen is not None
    return fields(text) | {"seen": seen[1]} | typed


def events(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute(
        "SELECT actor, subject, before, after FROM audit_events WHERE action = 'settings.change' ORDER BY id"
    ).fetchall()


def test_the_page_shows_every_setting_with_its_default_and_bounds(admin: FlaskClient) -> None:
    text = admin.get(PAGE).text
    assert fields(text) == {name: str(known.default) for name, known in SETTINGS.items()}
    for known in SETTINGS.values():
        assert f'<label for="{known.name}">{known.label}</label>' in text
        assert f'<span id="{known.name}-unit">{known.unit}</span>' in text
        assert f"{known.low:,} to {known.high:,}, default {known.default:,}." in text
        assert known.help in html.unescape(text)
    assert "Reset to default" not in text


def test_a_change_is_stored_shown_and_recorded(admin: FlaskClient, database: psycopg.Connection) -> None:
    form = filled(admin, fresh_hours="3", billing_day="28", reserve_calls="10000000")
    answer = admin.post(PAGE, data=form, headers=csrf(admin), follow_redirects=True)
    assert answer.status_code == 200
    assert "Saved: Fresh for, Billing day, Reserve for people." in answer.text
    changed = {"fresh_hours": 3, "billing_day": 28, "reserve_calls": 10_000_000}
    assert dict(database.execute(STORED).fetchall()) == changed
    before = {name: SETTINGS[name].default for name in changed}
    assert events(database) == [("admin@example.com", "settings", before, changed)]
    assert {name: int(fields(answer.text)[name]) for name in changed} == changed
    assert answer.text.count("by admin@example.com") == len(changed)
    assert answer.text.count("Reset to default</button>") == len(changed)


def test_nothing_is_stored_while_any_field_is_wrong(admin: FlaskClient, database: psycopg.Connection) -> None:
    typed = {"fresh_hours": "12", "billing_day": "29", "share_sync": "<b>half</b>", "runs_kept_days": ""}
    answer = admin.post(PAGE, data=filled(admin, **typed), headers=csrf(admin))
    assert answer.status_code == 400
    assert database.execute(STORED).fetchall() == []
    assert events(database) == []
    shown = fields(answer.text)
    assert {name: shown[name] for name in typed} == typed
    assert "Not saved: 3 fields are invalid." in answer.text
    assert "<b>half" not in answer.text
    for name in ("billing_day", "share_sync", "runs_kept_days"):
        assert f'id="{name}-error"' in answer.text
        assert f"{SETTINGS[name].label} must be a whole number from" in answer.text
    assert 'id="fresh_hours-error"' not in answer.text


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_each_setting_is_refused_by_name_beyond_its_bounds(
    name: str, admin: FlaskClient, database: psycopg.Connection
) -> None:
    known = SETTINGS[name]
    for value in (known.low - 1, known.high + 1):
        answer = admin.post(PAGE, data=filled(admin, **{name: str(value)}), headers=csrf(admin))
        assert answer.status_code == 400
        assert re.findall('class="field-error" id="([a-z_]+)-error"', answer.text) == [name]
    assert database.execute(STORED).fetchall() == []


def test_a_form_of_yesterday_does_not_undo_what_another_person_changed(
    admin: FlaskClient, database: psycopg.Connection
) -> None:
    mine = filled(admin, share_sync="50")
    admin.post(PAGE, data=filled(admin, fresh_hours="5"), headers=csrf(admin))
    answer = admin.post(PAGE, data=mine, headers=csrf(admin))
    assert answer.status_code == 409
    assert "Not saved: another person changed the settings" in answer.text
    assert fields(answer.text)["share_sync"] == "50"
    assert "Currently 5." in answer.text
    assert database.execute(STORED).fetchall() == [("fresh_hours", 5)]


def test_back_to_default_forgets_one_setting(admin: FlaskClient, database: psycopg.Connection) -> None:
    admin.post(PAGE, data=filled(admin, fresh_hours="3", billing_day="2"), headers=csrf(admin))
    answer = admin.post(f"{PAGE}default/", data={"name": "fresh_hours"}, headers=csrf(admin))
    assert answer.status_code == 303
    assert database.execute(STORED).fetchall() == [("billing_day", 2)]
    assert events(database)[-1][2:] == ({"fresh_hours": 3}, {"fresh_hours": 24})


def test_what_changes_nothing_leaves_no_event(admin: FlaskClient, database: psycopg.Connection) -> None:
    admin.post(PAGE, data=filled(admin), headers=csrf(admin))
    admin.post(f"{PAGE}default/", data={"name": "fresh_hours"}, headers=csrf(admin))
    assert database.execute("SELECT action FROM audit_events").fetchall() == []
    assert database.execute(STORED).fetchall() == []


@pytest.mark.parametrize("name", ["", "nothing", "fresh_hours; DROP TABLE app_settings"])
def test_what_is_no_setting_has_no_default(name: str, admin: FlaskClient) -> None:
    answer = admin.post(f"{PAGE}default/", data={"name": name}, headers=csrf(admin))
    assert answer.status_code == 400
    assert "<p>Setting " in answer.text
    assert "not found.</p>" in answer.text


def test_enter_in_a_field_saves(admin: FlaskClient) -> None:
    """Enter presses the first button of a form; 'Reset to default' is in another form."""
    admin.post(PAGE, data=filled(admin, fresh_hours="3"), headers=csrf(admin))
    text = admin.get(PAGE).text
    form = text[text.index('aria-label="Settings"') :]
    form = form[: form.index("</form>")]
    own = [button for button in re.findall("<button[^>]*>", form) if " form=" not in button]
    assert len(own) == 1
    assert "Save</button>" in form


def test_a_request_reads_the_settings_once_and_the_next_one_again(
    site: Flask, database: psycopg.Connection
) -> None:
    with counted_statements(site) as sent:
        with site.test_request_context():
            assert {setting(name) for name in SETTINGS} == {known.default for known in SETTINGS.values()}
        assert len(sent) == 1
        database.execute("INSERT INTO app_settings (name, value) VALUES ('fresh_hours', 3)")
        with site.test_request_context():
            assert setting("fresh_hours") == 3


def test_the_page_sends_few_statements(site: Flask, admin: FlaskClient) -> None:
    with counted_statements(site) as sent:
        admin.get(PAGE)
    assert len(sent) <= 8
