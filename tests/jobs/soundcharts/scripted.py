"""A small HTTP server with scripted responses, for cases that the sandbox lacks."""

import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Scripted:
    """One response, without its last `cut` bytes; `trickle` is the wait before each byte, in seconds."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0
    drop: bool = False
    cut: int = 0
    trickle: float = 0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Seen:
    """A request as the server got it; header names are in lower case, `port` is the caller's."""

    at: float
    port: int
    method: str
    path: str
    headers: dict[str, str]
    body: str


class ScriptedApi:
    """Answers each request with the next of `script`, and with the last one from then on."""

    def __init__(self) -> None:
        self.script: list[Scripted | Callable[[Seen], Scripted]] = []
        self.seen: list[Seen] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen]

    def answer(self, seen: Seen) -> Scripted:
        self.seen.append(seen)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return step if isinstance(step, Scripted) else step(seen)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    api: ScriptedApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(time.monotonic(), self.client_address[1], self.command, self.path, headers, body)
        answer = self.server.api.answer(seen)
        time.sleep(answer.wait)
        if answer.drop:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self._send(answer)

    do_POST = do_GET  # noqa: N815 (the name that the base class looks for)

    def _send(self, answer: Scripted) -> None:
        content = answer.content
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        content = content[: len(content) - answer.cut]
        if answer.trickle:
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(answer.trickle)
        else:
            self.wfile.write(content)
        self.close_connection = self.close_connection or answer.cut > 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Quiet."""
