"""The state of a VAR_DIR."""

import dataclasses
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from launcher import state as states
from launcher.errors import LaunchError

SECRETS = ("admin_password", "postgres_password", "redis_password", "secret_key", "demo_password")


def test_there_is_no_state_before_it_is_made(tmp_path: Path) -> None:
    assert states.read(tmp_path) is None


def test_the_state_is_made_once_and_stays(tmp_path: Path) -> None:
    first = states.load_or_create(tmp_path / "deep" / "var")
    assert states.load_or_create(tmp_path / "deep" / "var") == first == states.read(tmp_path / "deep" / "var")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    states.load_or_create(tmp_path)
    states.update(tmp_path, redis_port=1)
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600


def test_many_who_come_first_agree_on_one_state(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: states.load_or_create(tmp_path), range(16)))
    assert len(set(found)) == 1


def test_changes_at_the_same_time_all_arrive(tmp_path: Path) -> None:
    states.load_or_create(tmp_path)
    fields = ("postgres_port", "redis_port", "sandbox_port")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda name: [states.update(tmp_path, **{name: n}) for n in range(20)], fields))
    state = states.read(tmp_path)
    assert state is not None
    assert [getattr(state, name) for name in fields] == [19, 19, 19]


def test_no_file_is_left_but_the_state_and_its_lock(tmp_path: Path) -> None:
    states.load_or_create(tmp_path)
    states.update(tmp_path, redis_port=1)
    assert {path.name for path in tmp_path.iterdir()} == {"state.json", "state.lock"}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"postgres_port": 1}', "\0"])
def test_a_damaged_file_is_one_sentence_and_is_not_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "state.json").write_text(content)
    with pytest.raises(LaunchError, match=r"state\.json is damaged"):
        states.load_or_create(tmp_path)
    assert (tmp_path / "state.json").read_text() == content


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LaunchError, match=r"VAR_DIR .*file/var' cannot be used: "):
        states.load_or_create(tmp_path / "file" / "var")


def test_secrets_are_long_all_different_and_never_shown(tmp_path: Path) -> None:
    state = states.load_or_create(tmp_path)
    values = [getattr(state, name) for name in SECRETS]
    assert len(set(values)) == len(SECRETS)
    assert min(len(value) for value in values) >= 12
    assert not any(value in repr(state) for value in values)


def test_urls_hold_what_the_state_states(tmp_path: Path) -> None:
    state = dataclasses.replace(states.load_or_create(tmp_path), postgres_port=11, redis_port=12)
    database, redis = urlsplit(state.database_url), urlsplit(state.redis_url)
    assert (database.username, database.password, database.path) == (
        "trackpulse",
        state.postgres_password,
        "/trackpulse",
    )
    assert (database.hostname, database.port) == ("127.0.0.1", 11)
    assert (redis.hostname, redis.port, redis.password) == ("127.0.0.1", 12, state.redis_password)


def test_free_ports_are_free_and_different() -> None:
    ports = states.free_ports(20)
    assert len(set(ports)) == 20
    assert all(states.port_is_free(port) and not states.listens(port) for port in ports)
