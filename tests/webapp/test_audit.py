"""The record of what happened: what an event holds, and that nobody rewrites it."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from tests.webapp.views.conftest import add_user
from webapp import audit
from webapp.extensions import db
from webapp.models import AuditEvent, User

INSERT = "INSERT INTO audit_events (id, actor, action) OVERRIDING SYSTEM VALUE VALUES (1, 'x', 'x')"
REWRITES = (
    "UPDATE audit_events SET actor = 'nobody'",
    "UPDATE audit_events SET after = NULL WHERE id = 1",
    "UPDATE audit_events SET happened_at = now() WHERE false",
    "DELETE FROM audit_events",
    "DELETE FROM audit_events WHERE false",
    "DELETE FROM audit_events USING users WHERE users.id = user_id",
    "TRUNCATE audit_events",
    "TRUNCATE audit_events RESTART IDENTITY CASCADE",
    "TRUNCATE users CASCADE",
    "WITH gone AS (DELETE FROM audit_events RETURNING id) SELECT count(*) FROM gone",
    f"{INSERT} ON CONFLICT (id) DO UPDATE SET actor = excluded.actor",
    "MERGE INTO audit_events USING (VALUES (1)) AS v (n) ON id = n WHEN MATCHED THEN DELETE",
)


@pytest.fixture
def event(app: Flask) -> tuple[Any, ...]:
    """The only event, as it is stored."""
    audit.record("thing.do", "thing 1", before={"a": 1}, after={"a": 2})
    db.session.commit()
    return stored()[0]


def stored() -> list[tuple[Any, ...]]:
    rows = [tuple(row) for row in db.session.execute(text("SELECT * FROM audit_events ORDER BY id"))]
    db.session.rollback()
    return rows


def test_the_application_owns_the_table_and_is_no_superuser(app: Flask) -> None:
    """What the tests below refuse is refused even so."""
    query = "SELECT tableowner = current_user, NOT usesuper FROM pg_tables, pg_user"
    found = db.session.execute(text(f"{query} WHERE tablename = 'audit_events' AND usename = current_user"))
    assert found.one() == (True, True)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_no_statement_of_the_application_changes_or_deletes_an_event(
    rewrite: str, event: tuple[Any, ...]
) -> None:
    with pytest.raises(ProgrammingError) as refused:
        db.session.execute(text(rewrite))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    assert "of audit_events is refused: its rows are only ever added" in str(refused.value.orig)
    db.session.rollback()
    assert stored() == [event]


@pytest.mark.parametrize("statement", [update(AuditEvent).values(actor="x"), delete(AuditEvent)])
def test_neither_does_the_model(statement: Any, event: tuple[Any, ...]) -> None:
    with pytest.raises(ProgrammingError, match="only ever added"):
        db.session.execute(statement)
    db.session.rollback()
    found = db.session.scalars(select(AuditEvent)).one()
    found.actor = "somebody else"
    with pytest.raises(ProgrammingError, match="only ever added"):
        db.session.commit()
    db.session.rollback()
    assert stored() == [event]


def test_who_did_something_cannot_be_deleted(app: Flask, database: psycopg.Connection) -> None:
    user = db.session.get_one(User, add_user(database, "admin"))
    audit.record("thing.do", user=user)
    db.session.commit()
    with pytest.raises(psycopg.errors.RestrictViolation):
        database.execute("DELETE FROM users")


def test_an_event_stands_if_and_only_if_the_change_does(app: Flask) -> None:
    audit.record("thing.do")
    db.session.rollback()
    assert stored() == []


def test_an_event_holds_values_as_json_and_the_words_of_all_of_them(app: Flask) -> None:
    uuid = UUID(int=1)
    audit.record("thing.do", "thing 1", before={"day": date(2026, 1, 2)}, after={"of": uuid, "no": None})
    db.session.commit()
    found = db.session.scalars(select(AuditEvent)).one()
    assert (found.actor, found.user_id, found.address, found.request_id) == ("command line", None, "", "")
    assert found.before == {"day": "2026-01-02"}
    assert found.after == {"of": str(uuid), "no": None}
    assert found.search_text == f"command line thing do thing 1 2026 01 02 {' '.join(str(uuid).split('-'))}"


def test_an_event_without_values_has_none(app: Flask) -> None:
    audit.record("thing.do")
    db.session.commit()
    query = select(func.count()).where(AuditEvent.before.is_(None), AuditEvent.after.is_(None))
    assert db.session.scalar(query) == 1
