"""Which PostgreSQL is taken."""

from pathlib import Path

import pytest

from launcher.engines import Engine, find_engine, has_timescaledb, wheel_bin
from launcher.errors import LaunchError


def install(prefix: Path, version: str, *, timescaledb: bool) -> Path:
    """Returns a stand-in for an installed PostgreSQL: programs that print their names."""
    programs = {
        "postgres": f"echo 'postgres (PostgreSQL) {version}'",
        "initdb": f"echo 'initdb (PostgreSQL) {version}'",
        "pg_config": f"case $1 in --bindir) echo {prefix}/bin;; --sharedir) echo {prefix}/share;;"
        f" --pkglibdir) echo {prefix}/lib;; esac",
    }
    for folder in ("bin", "share/extension", "lib"):
        (prefix / folder).mkdir(parents=True)
    for name, line in programs.items():
        (prefix / "bin" / name).write_text(f"#!/bin/sh\n{line}\n")
        (prefix / "bin" / name).chmod(0o755)
    if timescaledb:
        (prefix / "share/extension/timescaledb.control").touch()
        (prefix / "lib/timescaledb.so").touch()
    return prefix / "bin"


@pytest.mark.parametrize("setting", ["POSTGRES_BIN", "PATH"])
@pytest.mark.parametrize("version", ["18.4", "18.5 (Debian 18.5-1)", "18beta1"])
def test_the_first_with_timescaledb_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, version: str
) -> None:
    found = install(tmp_path, version, timescaledb=True)
    monkeypatch.delenv("POSTGRES_BIN", raising=False)
    monkeypatch.setenv(setting, str(found))
    assert find_engine() == Engine(found, found, timescaledb=True)


def test_the_setting_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = install(tmp_path / "first", "18.4", timescaledb=True)
    monkeypatch.setenv("POSTGRES_BIN", str(first))
    monkeypatch.setenv("PATH", str(install(tmp_path / "second", "18.4", timescaledb=True)))
    assert find_engine().bin == first


@pytest.mark.parametrize(("version", "timescaledb"), [("17.6", True), ("19.0", True), ("18.4", False)])
def test_others_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, *, timescaledb: bool
) -> None:
    passed_over = install(tmp_path / "first", version, timescaledb=timescaledb)
    taken = install(tmp_path / "second", "18.4", timescaledb=True)
    monkeypatch.setenv("POSTGRES_BIN", str(passed_over))
    monkeypatch.setenv("PATH", str(taken))
    assert find_engine().bin == taken


def test_plain_means_the_wheel_whatever_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(install(tmp_path, "18.4", timescaledb=True)))
    engine = find_engine("plain")
    assert (engine.bin, engine.initdb, engine.timescaledb) == (wheel_bin(), wheel_bin(), False)


def test_an_initdb_that_does_not_run_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = install(tmp_path, "18.4", timescaledb=True)
    (found / "initdb").write_text("#!/bin/sh\nexit 127\n")
    monkeypatch.setenv("POSTGRES_BIN", str(found))
    assert find_engine() == Engine(found, wheel_bin() or found, timescaledb=True)


@pytest.mark.parametrize("given", ["nowhere", "."])
def test_a_setting_that_names_no_postgresql_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path / given))
    with pytest.raises(
        LaunchError, match=r"^POSTGRES_BIN must be the folder of PostgreSQL's programs, not '.*'\.$"
    ):
        find_engine()


def test_a_version_that_nobody_has_is_one_sentence() -> None:
    with pytest.raises(LaunchError, match=r"^PostgreSQL 12 was not found; .* POSTGRES_BIN .*\.$"):
        find_engine("plain", major=12)


def test_the_wheel_has_no_timescaledb() -> None:
    wheel = wheel_bin()
    assert wheel is not None
    assert not has_timescaledb(wheel)
