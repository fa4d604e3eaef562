"""mutmut over some modules with some tests: `make mutants`; CONTRIBUTING.md says how to read it."""

import os
import shutil
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from flask_migrate import upgrade

from tests import ROOT
from tests.conftest import settings_for
from tests.sandbox_server import running_sandbox
from tests.servers import REDIS, SANDBOX, TEMPLATE, new_database, running_servers
from webapp import create_app
from webapp.extensions import db

COPY = ROOT / "build" / "mutants"
"""mutmut works on a copy of the project, and keeps its results there until the next run."""
LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "node_modules", "secrets", "var"
)
PROGRAMS = Path(sys.executable).parent
NOTICED = ("killed", "caught by type check", "timeout", "not checked")
"""Those that are not named at the end; mutants left out by --only are not checked."""


class Mutant(NamedTuple):
    """A mutant by its name, as `mutmut show` takes it, and what became of it, in mutmut's words."""

    name: str
    status: str

    @property
    def module(self) -> str:
        """The module that was mutated: the name without function and number."""
        return self.name.rpartition(".")[0]


def copy_project(modules: Sequence[str], tests: Sequence[str]) -> None:
    """Makes a new copy, with mutmut's settings for these modules or folders and tests."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT, COPY, ignore=LEFT_OUT)
    (COPY / "mutants").mkdir()  # Python looks past what is in PYTHONPATH and not there when it starts
    settings = {
        "source_paths": ["jobs", "webapp"],
        "also_copy": ["docs", "launcher", "sandbox", "sql", "templates"],
        "only_mutate": [path if path.endswith(".py") else f"{path}/*" for path in modules],
        "do_not_mutate_patterns": [r"\blog\.(info|warning|exception)\("],
        "pytest_add_cli_args_test_selection": tests,
        # A collection of garbage at every end costs more than most tests do.
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:unraisableexception"],
        "type_check_command": ["mypy", *modules, "--output", "json", "--disable-error-code", "unused-ignore"],
        # (the seconds of the tests + 10) * 3: what comes before and after them is not in that time.
        "timeout_constant": ["10"],
        "timeout_multiplier": ["3"],
        "use_git_change_detection": ["false"],
    }
    config = ConfigParser()
    config["mutmut"] = {name: "\n".join(values) for name, values in settings.items()}
    with (COPY / "setup.cfg").open("w") as file:
        config.write(file)


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
    """Runs the tests against all mutants or those named, and ends what a stopped test left running."""
    environment = os.environ | {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "PYTHONPATH": str(COPY / "mutants"),  # processes that tests start run the mutated code too
    }
    command = ["mutmut", "run", "--max-children", "1", *names]
    with subprocess.Popen(command, cwd=COPY, env=environment, start_new_session=True) as process:
        try:
            process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def results() -> Iterator[Mutant]:
    """What became of every mutant."""
    command = [str(PROGRAMS / "mutmut"), "results", "--all", "1"]
    told = subprocess.run(command, cwd=COPY, check=True, capture_output=True, text=True).stdout
    for line in told.splitlines():
        yield Mutant(*line.strip().split(": ", 1))


def report(mutants: Sequence[Mutant]) -> None:
    """Prints the mutants that no test noticed, and how many of each module ended how."""
    for mutant in mutants:
        if mutant.status not in NOTICED:
            print(f"{mutant.name}: {mutant.status}")
    for module in sorted({mutant.module for mutant in mutants}):
        counts = Counter(mutant.status for mutant in mutants if mutant.module == module)
        print(f"{module}:", ", ".join(f"{count} {status}" for status, count in counts.most_common()))


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--mutate", nargs="+", required=True, help="modules or folders")
    parser.add_argument("--tests", nargs="+", required=True, help="what pytest takes")
    parser.add_argument("--only", nargs="+", default=[], help="names of mutants; * stands for anything")
    given = parser.parse_args()
    copy_project(given.mutate, given.tests)
    with shared_parts():
        run(given.only)
    report(list(results()))
