"""The sandbox for its own tests: in this process, or as a process of its own over real HTTP."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from sandbox import create_app

SEED_SONG = "7d534228-5165-11e9-9375-549f35161576"
TODAY = date(2026, 11, 21)
KEYS = {"x-app-id": "soundcharts", "x-api-key": "soundcharts"}

Ask = Callable[..., tuple[int, Any]]
Switch = Callable[..., None]
Start = Callable[..., "Running"]


class Running:
    """`python -m sandbox` as a process of its own."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        first_line = self.process.stdout.readline()
        self.url = first_line.split()[-1]

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=10, **{"headers": KEYS, **arguments})

    def post(self, path: str, **arguments: Any) -> requests.Response:
        return requests.post(self.url + path, timeout=10, **arguments)

    def stop(self) -> tuple[int, str]:
        """End it; its status and what it wrote to stderr."""
        self.process.send_signal(signal.SIGTERM)
        errors = self.process.communicate(timeout=10)[1]
        return self.process.returncode, errors


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def run(*arguments: str) -> Running:
        started.append(Running(*arguments))
        return started[-1]

    yield run
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Running]:
    server = Running()
    yield server
    server.stop()


@pytest.fixture
def server(shared_server: Running) -> Running:
    """One process for all tests, brought back to its start for each."""
    shared_server.post("/_sandbox/reset").raise_for_status()
    return shared_server


@pytest.fixture
def app() -> Flask:
    return create_app(today=TODAY)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Status and JSON of a GET with the public keys; keyword arguments are the query."""

    def get(path: str, **query: object) -> tuple[int, Any]:
        answer = client.get(path, headers=KEYS, query_string=query or None)
        return answer.status_code, answer.get_json()

    return get


@pytest.fixture
def switch(client: FlaskClient) -> Switch:
    """Switch a fault on: its name, and the body's other fields."""

    def post(fault: str, path: str = "/api", **more: object) -> None:
        answer = client.post("/_sandbox/faults", json={"fault": fault, "path": path, **more})
        assert answer.status_code == 200, answer.get_json()

    return post
