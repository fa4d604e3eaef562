"""What a page costs: at most eight statements, whoever reads it."""

import pytest
from flask import Flask

from tests.webapp.views.conftest import Visit, counted_statements
from tests.webapp.views.test_roles import ROUTES, run

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
