"""`python -m sandbox --port N [--data DIR]`: serves the sandbox on and for this machine only."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from flask import Flask
from gunicorn.app.base import BaseApplication

from sandbox import create_app
from sandbox.files import DataError

HOST = "127.0.0.1"
THREADS, BACKLOG = 8, 128


class Server(BaseApplication):  # type: ignore[misc]  # for the same reason
    """One worker, since the state is in its memory; threads, so that slow responses block no others."""

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        self.app = app
        self.options = {
            "bind": f"fd://{listener.detach()}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 60,
            "graceful_timeout": 2,
            "when_ready": _end_gracefully_on_ctrl_c,
            "post_worker_init": _leave_ctrl_c_to_the_master,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


# Gunicorn answers SIGINT with a hasty end: its worker shuts its thread pool down inside the signal handler,
# where now and then it meets a lock that it holds itself. Here both signals are the patient one.
def _end_gracefully_on_ctrl_c(_: object) -> None:
    signal.signal(signal.SIGINT, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def _leave_ctrl_c_to_the_master(_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both


class Arguments(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main() -> None:
    given = _arguments()
    try:
        app = create_app(
            seed=given.seed,
            quota=given.quota,
            calls_per_minute=given.calls_per_minute,
            token_seconds=given.token_seconds,
            data=given.data,
        )
    except DataError as problem:
        sys.exit(str(problem))
    listener = _listen(given.port)
    sys.stdout.write(f"SoundCharts sandbox on http://{HOST}:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    Server(app, listener).run()


def _arguments() -> argparse.Namespace:
    parser = Arguments(prog="python -m sandbox", description="A local SoundCharts API.")
    add = parser.add_argument
    add("--port", type=_number(0, 65_535), required=True, help="0 uses any free port and prints it")
    add("--seed", type=_number(0, 10**9), default=1, help="another seed is another catalogue")
    add("--quota", type=_number(0, 10**9), default=1_000_000, help="calls until the quota is used up")
    add("--calls-per-minute", type=_number(1, 10**9), default=10_000)
    add("--token-seconds", type=_number(1, 10**9), default=900, help="how long a token is valid")
    add(
        "--data",
        type=Path,
        metavar="DIR",
        help="a folder of CSV files with real figures, instead of the catalogue",
    )
    return parser.parse_args()


def _number(least: int, most: int) -> Callable[[str], int]:
    """Returns a whole number from `least` to `most`, or one sentence that says so."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}, not {text!r}.")
        return int(text)

    return read


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)  # from here on callers wait, they are not refused
    except OSError as problem:
        sys.exit(f"Port {port} of {HOST} cannot be used: {problem.strerror}.")
    return listener


if __name__ == "__main__":
    main()
