"""mutmut over jobs/ and webapp/queries/, as `make mutants` runs it; CONTRIBUTING.md says how to read it."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flask_migrate import upgrade

from tests.conftest import settings_for
from tests.sandbox_server import running_sandbox
from tests.servers import REDIS, SANDBOX, TEMPLATE, new_database, running_servers
from webapp import create_app
from webapp.config import ROOT
from webapp.extensions import db

PROGRAMS = Path(sys.executable).parent
STATUSES = ("killed", "caught by type check", "timeout", "survived", "no tests", "segfault", "not checked")


class Mutant(NamedTuple):
    """A mutant by its name, as `mutmut show` takes it, and what became of it, in mutmut's words."""

    name: str
    status: str

    @property
    def module(self) -> str:
        """The module that was mutated: its name without function and number."""
        return self.name.rpartition(".")[0]


@contextmanager
def shared_parts() -> Iterator[None]:
    """The servers, a migrated database to copy and a sandbox, for all mutants one after another."""
    with running_servers(), running_sandbox() as sandbox, new_database("test_template") as url:
        app = create_app(settings_for(url, os.environ[REDIS], sandbox.url))
        with app.app_context():
            upgrade()
            db.engine.dispose()
        app.extensions["redis"].close()
        os.environ[SANDBOX] = sandbox.url
        os.environ[TEMPLATE] = "test_template"
        yield


def run(names: Sequence[str]) -> None:
    """Tests the mutants whose names match; without names those of all files that have no result yet.

    Ends what tests have started and could not end, because their mutant was stopped.
    """
    environment = os.environ | {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "mutants"),  # processes that tests start run the mutated code too
    }
    command = ["mutmut", "run", "--max-children", "1", *names]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            process.wait()
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def results() -> Iterator[Mutant]:
    """What is known of every mutant."""
    command = [str(PROGRAMS / "mutmut"), "results", "--all", "1"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for line in told.splitlines():
        yield Mutant(*line.strip().split(": ", 1))


def report(mutants: Sequence[Mutant]) -> None:
    """Prints the survivors, and how many mutants of each module ended how."""
    for mutant in mutants:
        if mutant.status not in STATUSES[:3]:
            print(f"{mutant.name}: {mutant.status}")
    for module in sorted({mutant.module for mutant in mutants}):
        counts = Counter(mutant.status for mutant in mutants if mutant.module == module)
        print(module, *(f"{counts[status]} {status}" for status in STATUSES if counts[status]), sep=", ")


if __name__ == "__main__":
    modules = [path.removesuffix(".py").replace("/", ".") for path in sys.argv[1:]]
    with shared_parts():
        run([f"{module}.*" for module in modules])
    report([mutant for mutant in results() if not modules or mutant.module in modules])
