"""schemathesis against a running site: requests made of its description, each answer held against it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import requests
from flask import Flask
from werkzeug.serving import make_server

from tests.sandbox_server import SEED_TRACK

PROGRAM = Path(sys.executable).with_name("schemathesis")
# Beside no 5xx: every status, type, header and body as described; what is described as wrong is refused, and
# what needs a token is not had without. That all that is described as right is taken is not among them, since
# no schema can say that a range must not end before it begins.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)


class Fuzzed(NamedTuple):
    """How many cases were tried, whether all went well, and what schemathesis said."""

    cases: int
    passed: bool
    report: str


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the site while it runs in a thread of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, name="fuzzed site")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fuzz(url: str, token: str, folder: Path, *, each: int, seed: int) -> Fuzzed:
    """At most `each` cases of an endpoint and phase, the same for the same `seed`."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(with_known_subjects(described(url, token))))
    command = [str(PROGRAM), "--config-file", "/dev/null", "run", str(path), "--url", url]
    command += ["--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS), "--no-color"]
    command += ["--max-examples", str(each), "--seed", str(seed), "--generation-database", "none"]
    command += ["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--request-timeout", "10"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = re.search(r"([\d,]+) generated", done.stdout)
    cases = int(said[1].replace(",", "")) if said else 0
    return Fuzzed(cases, done.returncode == 0, done.stdout + done.stderr)


def described(url: str, token: str) -> dict[str, Any]:
    """The description as the site serves it."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"{url}/api/openapi.json", headers=headers, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def with_known_subjects(description: dict[str, Any]) -> dict[str, Any]:
    """The same, with a track and platforms that exist among the values to try: any other only gives a 404."""
    known = {"track_uuid": [SEED_TRACK], "platform": ["spotify", "YouTube", "apple-music", "shazam"]}
    for operations in description["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in known:
                    wide = parameter["schema"]
                    parameter["schema"] = {"anyOf": [{"enum": known[parameter["name"]]}, wide]}
    return description
