"""The description of the JSON endpoints: complete, and correct for any request."""

import os
import re
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from tests.fuzzing import fuzz, serving
from tests.webapp.views.conftest import Visit, add_user
from webapp.access.tokens import JSON_PATHS
from webapp.extensions import limiter
from webapp.models import token_hash

# `make fuzz` asks for more of both, and for other cases.
EACH = int(os.environ.get("FUZZ_EACH", "12"))
LEAST = int(os.environ.get("FUZZ_LEAST", "150"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
TOKEN = "tp_a-token-for-the-fuzzer"


@pytest.fixture
def token(database: psycopg.Connection, track: int) -> str:
    """An operator's token."""
    user = add_user(database, "operator")
    database.execute(
        "INSERT INTO api_tokens (user_id, name, token_hash, hint, role)"
        " VALUES (%s, 'fuzzer', %s, 'tp_', 'operator')",
        [user, token_hash(TOKEN)],
    )
    return TOKEN


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it most cases would only hit the rate limit."""
    monkeypatch.setattr(limiter, "enabled", False)


def test_every_endpoint_is_described_and_nothing_else_is(site: Flask, viewer: FlaskClient) -> None:
    described = {
        (re.sub(r"{\w+}", "{}", path), method.upper())
        for path, operations in viewer.get("/api/openapi.json").get_json()["paths"].items()
        for method in operations
    }
    there = {
        (re.sub(r"<.*?>", "{}", rule.rule), method)
        for rule in site.url_map.iter_rules()
        if rule.rule.startswith(JSON_PATHS)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == there


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/html"}])
def test_what_is_wrong_is_shown_in_json_whatever_the_caller_accepts(
    headers: dict[str, str], visit: Visit
) -> None:
    for path in ("/api/openapi.json", "/api/nothing", "/soundcharts/nothing"):
        answer = visit(None).get(path, headers=headers)
        assert (answer.status_code, answer.json) == (401, {"success": False, "error": "Sign in first."})


def test_no_answer_is_outside_the_description(
    site: Flask, token: str, redis: Redis, unlimited: None, tmp_path: Path
) -> None:
    with serving(site) as url:
        done = fuzz(url, token, tmp_path, each=EACH, seed=SEED)
    print(done.report)  # noqa: T201 (what a run at length is read for)
    assert done.passed, done.report
    assert done.cases >= LEAST
