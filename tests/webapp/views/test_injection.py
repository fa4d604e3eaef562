"""Typed and stored values come back as text: no SQL, no markup, no template, no server error."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import sql
from psycopg.types.json import Jsonb
from werkzeug.test import TestResponse

from tests.webapp.views.conftest import HTMX, Visit, csrf
from tests.webapp.views.reading import Page, parameters
from tests.webapp.views.test_roles import BATCH, ROUTES, RUN, run
from webapp.extensions import limiter
from webapp.views.shared.parameters import CHART_PARAMETERS

__all__ = ["run"]  # the rows that every route needs

GETS = {name: route.address for name, route in ROUTES.items() if route.method == "GET"}
POSTS = {name: route.address for name, route in ROUTES.items() if route.method == "POST"}
MARKUP = """zz"'><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}zz"""
# One text for every field by itself, and many for all fields at once, each field with another of them.
TYPED = f"{MARKUP}'; DROP TABLE tracks; -- ' OR '1'='1"
HOSTILE = [
    TYPED,
    "%27%20OR%201=1",
    "a\0b\u202e\ud7ff\U0010ffff",
    "../../../../etc/passwd",
    "x" * 5_000,
    "-1",
    "99999999999999999999",
    "\u0662\u0660",
]
# Columns whose texts the site itself writes and reads a meaning out of; every other text is anybody's.
MEANT = {
    *("slug", "fold", "task", "queue", "dedupe_key", "state", "role", "status", "frequency", "plot_rule"),
    *("platform_type", "action", "kind", "endpoint", "level", "ending", "outcome", "aggregate", "ranked_at"),
    *("password_hash", "search_text", "time_on_chart_unit", "country_code", "language_code", "hint"),
    *(
        "data_versions.part",
        "address",
        "saved_views.url",
        "request_id",
        "version_num",
        "metric_period",
        "gain_7_days_caveat",
    ),
}
ADDRESSES = {"image_url", "app_url", "web_url", "url"}


@pytest.fixture
def admin(visit: Visit, run: None, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """An admin without rate limits."""
    monkeypatch.setattr(limiter, "enabled", False)
    return visit("admin")


def is_harmless(answer: TestResponse) -> bool:
    """No fault, and nothing in it that a browser would run, or that a template has worked out."""
    assert answer.status_code < 500, answer.text
    if answer.mimetype in ("text/html", "image/svg+xml"):
        assert Page(answer.text).runs == []
        assert "zz49zz" not in answer.text
        assert "49zz" not in answer.text
    return True


def test_the_check_itself_sees_what_would_run() -> None:
    for text in (MARKUP, "<a href=' javascript:x'>", "<p onclick=x>", "<script>x</script>", "<img src=x>"):
        assert Page(text).runs
    assert Page("<a href='/javascript:'>&lt;img src=x onerror=alert(1)&gt;</a>").runs == []


def mixed(names: set[str], every: int = 1) -> Iterator[dict[str, str]]:
    """All names at once, so often that each has had each hostile value, or one in `every` of them."""
    for turn in range(0, len(HOSTILE), every):
        yield {name: HOSTILE[(place + turn) % len(HOSTILE)] for place, name in enumerate(sorted(names))}


def count(database: psycopg.Connection) -> tuple[Any, ...] | None:
    return database.execute("SELECT count(*), min(name) FROM tracks").fetchone()


@pytest.mark.parametrize("share", range(4))
def test_parameters(
    share: int, admin: FlaskClient, database: psycopg.Connection, subtests: pytest.Subtests
) -> None:
    before = count(database)
    for endpoint in list(GETS)[share::4]:
        with subtests.test(endpoint):
            takes_any_parameter(admin, GETS[endpoint])
    assert count(database) == before


def takes_any_parameter(admin: FlaskClient, address: str) -> None:
    """Each that the page's own forms and links give it, and those of all other pages at once."""
    path = address.partition("?")[0]
    page = Page(admin.get(address).text)
    known = parameters({address: page})
    own = known.get(path, set()) | {"q", "sort", "after"}
    others = set(CHART_PARAMETERS).union(*known.values())
    for name in sorted(own):
        assert is_harmless(admin.get(path, query_string={name: TYPED})), (path, name)
    for query in mixed(others, every=2):
        assert is_harmless(admin.get(path, query_string=query, headers=HTMX)), (path, query)


PARTS = ("%27%3BDROP", "%3Cimg%20src=x%20onerror=alert(1)%3E", "%00", "..%2f..%2fetc", "x" * 5_000)


def test_parts_of_urls(admin: FlaskClient) -> None:
    for rule in admin.application.url_map.iter_rules():
        for part in PARTS if rule.arguments else ():
            address = re.sub("<[^>]+>", part, rule.rule)
            assert is_harmless(admin.get(address)), address


def fields_of(admin: FlaskClient) -> dict[str, dict[str, str]]:
    """The fields, as they are shown, of every form on the site's pages that changes something, by path."""
    found: dict[str, dict[str, str]] = {}
    for address in GETS.values():
        for form in Page(admin.get(address).text).forms:
            if form.method == "POST":
                found.setdefault(form.path, {}).update(form.fields)
    return found


@pytest.mark.parametrize("share", range(2))
def test_fields(share: int, admin: FlaskClient) -> None:
    """Each field of each form, the others unchanged; then every field name at every URL."""
    forms = fields_of(admin)
    assert len(forms) > len(POSTS) / 2
    names = set().union(*forms.values()) - {"csrf_token"}
    headers = csrf(admin)
    for path in sorted({*forms, *POSTS.values()} - {"/logout"})[share::2]:
        own = forms.get(path, {})
        for name in own:
            assert is_harmless(admin.post(path, data={**own, name: TYPED}, headers=headers)), (path, name)
        for fields in mixed(names, every=3):
            assert is_harmless(admin.post(path, data=fields, headers=headers)), (path, fields)
    for address in GETS.values():  # what was taken is shown by now
        assert is_harmless(admin.get(address)), address


def poison(database: psycopg.Connection) -> set[str]:
    """Puts markup into every text of every row; the columns that it reached."""
    query = (
        "SELECT table_name, column_name FROM information_schema.columns JOIN pg_tables"
        " ON schemaname = table_schema AND tablename = table_name"
        " WHERE table_schema = 'public' AND data_type = 'text' AND is_generated = 'NEVER'"
    )
    reached = set()
    database.execute("ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only")
    for table, column in database.execute(query).fetchall():
        if not {column, f"{table}.{column}"} & MEANT and table != "app_settings":
            value = "javascript:alert(1)//" if column in ADDRESSES else MARKUP
            update = sql.SQL("UPDATE {} SET {} = %s || ctid::text").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            if database.execute(update, [value]).rowcount:
                reached.add(f"{table}.{column}")
    database.execute("ALTER TABLE audit_events ENABLE TRIGGER audit_events_append_only")
    names = Jsonb([MARKUP])
    genres = Jsonb([{"root": MARKUP, "sub": [MARKUP]}])
    lists = "genres = %s, labels = %s, composers = %s, producers = %s"
    database.execute(f"UPDATE tracks SET {lists}", [genres, names, names, names])
    database.execute("UPDATE artists SET genres = %s", [genres])
    return reached


ROWS = f"""
    INSERT INTO audit_events (actor, action, subject, before, after)
    VALUES ('x', 'track.x', 'x', '{{"name": %(m)s}}', '{{"names": [%(m)s]}}');
    INSERT INTO api_calls (run_uuid, started_at, endpoint, path, status, duration_ms)
    VALUES ('{RUN}', now(), 'song_audience', 'x', 500, 5);
    INSERT INTO run_lines (run_uuid, attempt, level, line) VALUES ('{RUN}', 1, 'warning', 'x');
    INSERT INTO refused_payloads (run_uuid, attempt, path, field, value, reason)
    VALUES ('{RUN}', 1, 'x', 'x', 'x', 'x');
    INSERT INTO run_attempts (run_uuid, attempt, ended_at, ending) VALUES ('{RUN}', 1, now(), 'failed');
    INSERT INTO batch_items (batch_uuid, position, subject, outcome) VALUES ('{BATCH}', 1, 'x', 'refused');
    INSERT INTO api_pause (reason, next_check_at) VALUES ('x', now());
    INSERT INTO queue_pauses (queue, kind) VALUES ('backfill', 'operator');
    INSERT INTO api_tokens (user_id, name, token_hash, hint, role)
    SELECT min(id), 'x', 'x', 'tp_', 'viewer' FROM users;
    INSERT INTO track_identifiers (track_id, platform_id, identifier, is_default, url)
    SELECT tracks.id, platforms.id, 'x', true, 'x' FROM tracks, platforms WHERE slug = 'spotify';
    INSERT INTO track_artists SELECT tracks.id, artists.id, 1 FROM tracks, artists;
"""
"""Rows of the tables whose texts come from elsewhere: the API, logs, programs."""


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_names_and_texts_in_the_database(
    headers: dict[str, str], admin: FlaskClient, database: psycopg.Connection
) -> None:
    database.execute(ROWS.replace("%(m)s", json.dumps(MARKUP).replace("'", "''")))
    reached = poison(database)
    for column in (
        *("tracks.name", "tracks.credit_name", "artists.name", "charts.name", "platforms.name"),
        *("lists.name", "notes.text", "saved_views.name", "users.email", "api_tokens.name"),
        *("job_runs.error", "run_lines.line", "refused_payloads.value", "audit_events.actor"),
    ):
        assert column in reached
    shown = 0
    for address in GETS.values():
        answer = admin.get(address, headers=headers)
        assert is_harmless(answer), address
        shown += "onerror=alert(1)" in answer.text
    assert shown > len(GETS) / 3, "most pages show a name, escaped"


def test_no_name_of_a_user_is_a_template(admin: FlaskClient, database: psycopg.Connection) -> None:
    database.execute("UPDATE tracks SET name = '{{ config }}{% raise %}'")
    page = admin.get(GETS["tracks.page"]).text
    assert "{{ config }}{% raise %}" in page
    assert "SECRET_KEY" not in page
