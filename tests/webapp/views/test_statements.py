"""The number of queries of a page: at most eight, for every role."""

from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from tests.webapp.views.conftest import Visit, counted_statements
from tests.webapp.views.test_roles import ROUTES, run
from webapp.extensions import db

__all__ = ["run"]

MOST = 8
READS = [name for name, route in ROUTES.items() if route.method == "GET"]


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_a_page_costs_few_statements(
    role: str, visit: Visit, site: Flask, run: None, subtests: pytest.Subtests
) -> None:
    browser = visit(role)
    for endpoint in READS:
        browser.get("/")  # what is kept in Redis for all pages is there, as on a site that is in use
        with counted_statements(site) as sent:
            browser.get(ROUTES[endpoint].address)
        with subtests.test(endpoint):
            assert len(sent) <= MOST, sent


def test_what_is_asked_again_and_again_is_prepared(visit: Visit, site: Flask, run: None) -> None:
    browser = visit("viewer")
    for _ in range(8):
        assert browser.get("/tracks/").status_code == 200
    with site.app_context(), db.engine.connect() as connection:  # the pool's only one
        requested = "SELECT statement FROM pg_prepared_statements"
        prepared = list(connection.exec_driver_sql(requested).scalars())
    assert any("A page of the list of tracks" in statement for statement in prepared)


def test_a_page_that_was_read_is_shown_though_the_database_goes_before_its_end(
    visit: Visit, site: Flask, database: psycopg.Connection
) -> None:
    browser = visit("viewer")
    with site.app_context():
        engine = db.engine

    def end(connection: Any) -> None:
        driver = connection.connection.driver_connection
        database.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])

    event.listen(engine, "commit", end)
    try:
        assert browser.get("/tracks/").status_code == 200
    finally:
        event.remove(engine, "commit", end)
    assert browser.get("/tracks/").status_code == 200
