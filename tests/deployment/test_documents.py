"""The units of docs/systemd.md run what docker-compose.yml runs, and docs/backup.md loses nothing."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from configparser import ConfigParser
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from launcher.engines import wheel_bin
from tests.deployment.site import Site, blocks, wait_for
from tests.factories import audience_rows, insert_series, make_track, platform_id
from webapp.work.queue import JOB_TIMEOUT

UNITS = ("trackpulse-migrate", "trackpulse-web", "trackpulse-worker@", "trackpulse-scheduler")
FOLDER = "/opt/trackpulse/.venv/bin/"
IN_THE_CONTAINER = "docker compose exec -T postgres "


def units() -> dict[str, str]:
    return dict(zip(UNITS, blocks("systemd", "ini"), strict=True))


def section(unit: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(unit)
    return dict(parser["Service"])


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_what_the_service_runs(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name.removeprefix("trackpulse-").removesuffix("@")]
    command = " ".join(service["command"]).split("exec ")[-1].split()
    ours = section(units()[name])["ExecStart"].removeprefix(FOLDER).split()
    assert ours == [word.replace("--bind=0.0.0.0", "--bind=127.0.0.1") for word in command]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_has_no_rights_that_it_does_not_need(name: str) -> None:
    service = section(units()[name])
    assert service["User"] == "trackpulse"
    assert (service["NoNewPrivileges"], service["CapabilityBoundingSet"]) == ("yes", "")
    assert service["ProtectSystem"] == "strict"


def test_systemd_stops_a_worker_and_leaves_its_job_alone() -> None:
    service = section(units()["trackpulse-worker@"])
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) > JOB_TIMEOUT


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed here")
    for name, text in units().items():
        runnable = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text)
        (tmp_path / f"{name}.service").write_text(runnable)
    paths = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "trackpulse" in line]
    assert (done.returncode, complaints) == (0, [])


@pytest.mark.timescale
def test_what_was_backed_up_is_there_after_a_restore(site: Site) -> None:
    """The commands of the page, run on the server itself in place of its container."""
    migrated = site.run("migrate", site.compose["services"]["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    with psycopg.connect(site.database_url) as connection:
        track = make_track(connection, uuid=str(uuid4()))
        series = [(date.today() - timedelta(days=day), 1000 + day) for day in range(400)]  # noqa: DTZ011
        insert_series(connection, audience_rows(track, platform_id(connection, "spotify"), series))
    before = content(site)
    assert before["rows"][0] >= 400
    with while_a_chunk_is_compressed(site):
        run_as_written(site, "pg_dump")
    with psycopg.connect(site.database_url) as connection:
        connection.execute("DELETE FROM track_audience_time_series")
    assert content(site) != before
    run_as_written(site, "pg_restore")
    assert content(site) == before
    again = site.run("migrate", site.compose["services"]["migrate"]["command"])
    assert again.returncode == 0, again.stderr


@contextmanager
def while_a_chunk_is_compressed(site: Site) -> Iterator[None]:
    """Compresses a chunk, and ends that transaction once somebody waits for its locks."""
    with psycopg.connect(site.database_url) as compressing, ThreadPoolExecutor() as threads:
        compressing.execute(
            "SELECT compress_chunk(chunk) FROM show_chunks("
            "'track_audience_time_series', newer_than => INTERVAL '90 days') AS chunk LIMIT 1"
        )

        def end_when_waited_for() -> None:
            with psycopg.connect(site.database_url, autocommit=True) as watching:
                waiting = (
                    "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                    " WHERE NOT granted AND datname = current_database()"
                )
                wait_for(lambda: watching.execute(waiting).fetchone() is not None, lambda: "nobody waits")
            compressing.commit()

        ended = threads.submit(end_when_waited_for)
        yield
        ended.result()


def run_as_written(site: Site, program: str) -> None:
    """Runs the block of the page that calls `program`, on the test's server and database."""
    (block,) = [
        block for block in blocks("backup", "sh") if IN_THE_CONTAINER in block and f"{program} " in block
    ]
    commands = block.replace(IN_THE_CONTAINER, "").replace("trackpulse", site.database)
    server = conninfo_to_dict(site.admin_url)
    env = {f"PG{name.upper()}": str(server[name]) for name in ("host", "port", "password")}
    env["PATH"] = f"{wheel_bin()}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", "-euc", commands], env=env, cwd=site.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def content(site: Site) -> dict[str, Any]:
    """What must survive: rows, what TimescaleDB made of the tables, and whose they are."""
    questions = {
        "rows": "SELECT count(*) FROM track_audience_time_series",
        "values": "SELECT sum(audience_value) FROM track_audience_time_series",
        "weeks": "SELECT count(*) FROM audience_weekly",
        "hypertables": "SELECT array_agg((hypertable_name::text, num_chunks, owner::text)"
        " ORDER BY hypertable_name) FROM timescaledb_information.hypertables",
        "aggregates": "SELECT array_agg(view_name::text ORDER BY view_name)"
        " FROM timescaledb_information.continuous_aggregates",
        "restoring": "SELECT current_setting('timescaledb.restoring')",
        "owner": "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
    }
    with psycopg.connect(site.database_url) as connection:
        return {name: connection.execute(query).fetchone() for name, query in questions.items()}
