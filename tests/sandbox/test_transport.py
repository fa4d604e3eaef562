import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.sandbox.conftest import KEYS, SEED_SONG, Running, Start

AUDIENCE = f"/api/v2/song/{SEED_SONG}/audience/youtube"
TOKEN = {"data": {"grant_type": "client_credentials"}, "auth": ("soundcharts", "soundcharts")}


def refused(*arguments: str) -> tuple[int, str]:
    """Status and stderr of a sandbox that does not start."""
    command = [sys.executable, "-m", "sandbox", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def test_two_processes_with_one_seed_are_equal(start: Start) -> None:
    one, same, other = start("--seed", "7"), start("--seed", "7"), start("--seed", "8")
    songs = [server.get("/_sandbox/songs").json() for server in (one, same, other)]
    assert songs[0] == songs[1] != songs[2]
    for song in songs[0][:40:4]:
        for path in (
            f"/api/v2/song/{song['uuid']}/audience/spotify",
            f"/api/v2/song/{song['uuid']}/identifiers",
        ):
            answers = [server.get(path).json() for server in (one, same)]
            assert answers[0]["items"] == answers[1]["items"]
    assert one.get(AUDIENCE).json()["items"] != other.get(AUDIENCE).json()["items"]


def test_a_token_lives_as_long_as_it_states(start: Start) -> None:
    server = start("--token-seconds", "2")
    grant = server.post("/oauth/token", **TOKEN).json()
    assert grant["expires_in"] == 2
    bearer = {"Authorization": f"Bearer {grant['access_token']}"}
    assert server.get(AUDIENCE, headers=bearer).status_code == 200
    time.sleep(2.1)
    assert server.get(AUDIENCE, headers=bearer).status_code == 401
    again = server.post("/oauth/token", **TOKEN).json()["access_token"]
    assert server.get(AUDIENCE, headers={"Authorization": f"Bearer {again}"}).status_code == 200


def test_the_limits_of_the_command_line_hold(start: Start) -> None:
    server = start("--quota", "3", "--calls-per-minute", "2")
    answers = [server.get(AUDIENCE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[1].headers["x-quota-remaining"] == "1"


def test_a_dropped_connection_has_no_answer(start: Start) -> None:
    server = start()
    server.post("/_sandbox/faults", json={"path": "audience", "fault": "drop"}).raise_for_status()
    with pytest.raises(requests.ConnectionError):
        server.get(AUDIENCE)
    assert server.get(AUDIENCE).status_code == 200
    assert server.stop() == (0, "")


def test_a_slow_answer_holds_up_nobody_else(server: Running) -> None:
    server.post("/_sandbox/faults", json={"path": "youtube", "fault": "slow", "seconds": 1.5})
    with ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        slow = pool.submit(server.get, AUDIENCE)
        time.sleep(0.2)
        assert server.get("/api/v2/team/usage").status_code == 200
        assert time.monotonic() - begun < 1
        assert slow.result().status_code == 200
        assert time.monotonic() - begun >= 1.5


def test_one_connection_serves_many_calls(server: Running) -> None:
    with requests.Session() as session:
        session.headers.update(KEYS)
        for _ in range(30):
            session.get(server.url + AUDIENCE, params={"startDate": "2026-01-01"}, timeout=10)
        adapter = session.get_adapter(server.url)
        assert isinstance(adapter, HTTPAdapter)
        pools = adapter.poolmanager.pools
        keys = pools.keys()
        assert [(pool.num_connections, pool.num_requests) for pool in map(pools.__getitem__, keys)] == [
            (1, 30)
        ]


def test_four_clients_at_once(server: Running) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: server.get(AUDIENCE).text, range(60)))
    assert len(set(answers)) == 1
    assert server.get("/_sandbox/calls").json() == {AUDIENCE: 60}
    assert server.get(AUDIENCE).headers["x-quota-remaining"] == str(1_000_000 - 61)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_it_was_quiet(start: Start, signum: int) -> None:
    server = start()
    server.get(AUDIENCE)
    server.process.send_signal(signum)
    assert server.process.wait(timeout=10) == 0
    assert server.stop() == (0, "")


def test_an_idle_connection_does_not_hold_up_the_end(start: Start) -> None:
    server = start()
    with requests.Session() as session:
        session.get(server.url + "/_sandbox/calls", timeout=10).raise_for_status()
        begun = time.monotonic()
        assert server.stop() == (0, "")
        assert time.monotonic() - begun < 4


def test_it_is_seen_from_this_machine_only(server: Running) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    port = f":{int(server.url.rsplit(':', 1)[1]):04X}"
    sockets = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = [address for address, _, state in sockets if state == "0A" and address.endswith(port)]
    assert listening == [f"0100007F{port}"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "--port"),
        (["--port", "x"], "--port"),
        (["--port", "70000"], "--port"),
        (["--port", "0", "--quota", "-1"], "--quota"),
        (["--port", "0", "--token-seconds", "0"], "--token-seconds"),
        (["--port", "0", "--sed", "one"], "--sed"),
    ],
)
def test_a_bad_argument_is_one_sentence_that_names_it(arguments: list[str], named: str) -> None:
    status, message = refused(*arguments)
    assert status == 2
    assert named in message
    assert message.count("\n") == 1


def test_a_port_in_use_is_named(server: Running) -> None:
    port = server.url.rsplit(":", 1)[1]
    status, message = refused("--port", port)
    assert status == 1
    assert message == f"Port {port} of 127.0.0.1 cannot be used: Address already in use.\n"
