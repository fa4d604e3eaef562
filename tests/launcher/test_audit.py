"""The audit of dependencies, against a database of vulnerabilities of the test's own."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from launcher.audit import UNREACHABLE, audit_dependencies, verdict
from launcher.errors import LaunchError
from tests.jobs.soundcharts.conftest import free_port

FLAW = {
    "id": "GHSA-0000",
    "summary": "A flaw.",
    "affected": [
        {
            "package": {"name": "flask", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.9"}]}],
        }
    ],
}


class Database(BaseHTTPRequestHandler):
    """Knows a flaw of Flask 3.0.0, and none of anything else."""

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        flawed = (asked["package"]["name"], asked["version"]) == ("flask", "3.0.0")
        body = json.dumps({"vulns": [FLAW]} if flawed else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Quiet."""


@pytest.fixture
def database() -> Iterator[list[str]]:
    """pip-audit's options for the database."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Database)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield options(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


def options(port: int) -> list[str]:
    return ["--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{port}/v1/query"]


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "constraints.txt"
    path.write_text("flask==3.1.3\nredis==8.1.0\n")
    return path


def test_nothing_known_is_reported(database: list[str], pins: Path, tmp_path: Path) -> None:
    said: list[str] = []
    audit_dependencies(said.append, pins, [*database, "--cache-dir", str(tmp_path)])
    assert said == ["No known vulnerability in 2 dependencies."]


def test_a_known_vulnerability_is_an_error(database: list[str], pins: Path, tmp_path: Path) -> None:
    pins.write_text("flask==3.0.0\nredis==8.1.0\n")
    with pytest.raises(
        LaunchError, match=r"^Known vulnerabilities: flask 3.0.0 \(GHSA-0000, fixed in 3.9\)\.$"
    ):
        audit_dependencies(print, pins, [*database, "--cache-dir", str(tmp_path)])


def test_a_database_that_is_away_is_reported_and_no_error(pins: Path, tmp_path: Path) -> None:
    said: list[str] = []
    audit_dependencies(said.append, pins, [*options(free_port()), "--cache-dir", str(tmp_path)])
    assert said == [UNREACHABLE]


def test_what_is_wrong_here_is_an_error(pins: Path) -> None:
    pins.write_text("flask\n")
    with pytest.raises(LaunchError, match=r"^pip-audit failed: "):
        audit_dependencies(print, pins, options(free_port()))


def test_a_mirror_that_knows_no_vulnerabilities_has_audited_nothing() -> None:
    skipped = {"name": "redis", "skip_reason": "not found"}
    asked = {"name": "flask", "version": "3.1.3", "vulns": []}
    assert verdict([skipped]) == UNREACHABLE
    assert (
        verdict([skipped, asked])
        == "No known vulnerability in 1 dependencies; the database does not know redis."
    )
