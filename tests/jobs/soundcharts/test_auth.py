"""The two kinds of authentication, and the lifetime of a token."""

import base64
import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from jobs.soundcharts import ApiCall, NoCredentials, PayloadError, TransientError, Unauthorized

from .conftest import Connect
from .payloads import SONG, UUID, error, obj
from .scripted import Scripted, ScriptedApi, Seen

OAUTH = {"soundcharts_client_id": "an-id", "soundcharts_client_secret": "a-secret"}


class Account:
    """Gives out the tokens t1, t2, ... and takes only those that are not in `dead`."""

    def __init__(self, expires_in: float = 900) -> None:
        self.token: dict[str, object] = {"token_type": "bearer", "expires_in": expires_in}
        self.given = 0
        self.dead: set[str] = set()

    def __call__(self, seen: Seen) -> Scripted:
        if seen.path == "/oauth/token":
            self.given += 1
            return Scripted(body={"access_token": f"t{self.given}", **self.token})
        token = seen.headers["authorization"].removeprefix("Bearer ")
        return Scripted(401, error(401, "No.")) if token in self.dead else Scripted(body=obj(SONG))


def test_legacy_headers_and_no_other(connect: Connect, api: ScriptedApi) -> None:
    api.script = [Scripted(body=obj(SONG))]
    connect(soundcharts_app_id="an-app", soundcharts_api_key="a-key").song(UUID)
    headers = api.seen[0].headers
    assert (headers["x-app-id"], headers["x-api-key"]) == ("an-app", "a-key")
    assert "authorization" not in headers


@pytest.mark.parametrize("team", ["", "team-7"])
def test_oauth_and_no_legacy_headers(
    connect: Connect, api: ScriptedApi, calls: list[ApiCall], team: str
) -> None:
    """Both pairs are configured: OAuth wins."""
    api.script = [Account()]
    connect(**OAUTH, soundcharts_team_id=team).song(UUID)
    ask, call = api.seen
    form = {"grant_type": ["client_credentials"]} | ({"team_id": [team]} if team else {})
    assert (ask.method, ask.path, parse_qs(ask.body)) == ("POST", "/oauth/token", form)
    assert ask.headers["authorization"] == "Basic " + base64.b64encode(b"an-id:a-secret").decode()
    assert call.headers["authorization"] == "Bearer t1"
    assert not {"x-app-id", "x-api-key"} & {*ask.headers, *call.headers}
    assert [(made.endpoint, made.path, made.status) for made in calls] == [
        ("token", "/oauth/token", 200),
        ("song", f"/api/v2.25/song/{UUID}", 200),
    ]


def test_a_token_is_used_until_shortly_before_its_end(connect: Connect, api: ScriptedApi) -> None:
    account = Account(expires_in=45.5)
    api.script = [account]
    client = connect(**OAUTH)
    for _ in range(3):
        client.song(UUID)
    assert account.given == 1


def test_a_token_is_renewed_before_its_end(connect: Connect, api: ScriptedApi) -> None:
    account = Account(expires_in=1)
    api.script = [account]
    client = connect(**OAUTH)
    client.song(UUID, fresh=True)
    time.sleep(0.6)
    client.song(UUID, fresh=True)
    assert account.given == 2
    assert [seen.headers["authorization"] for seen in api.seen if seen.method == "GET"] == [
        "Bearer t1",
        "Bearer t2",
    ]


def test_without_a_life_a_token_has_the_known_one(connect: Connect, api: ScriptedApi) -> None:
    account = Account()
    del account.token["expires_in"]
    api.script = [account]
    client = connect(**OAUTH)
    client.song(UUID, fresh=True)
    client.song(UUID, fresh=True)
    assert account.given == 1


def test_a_refused_token_is_dropped_and_the_call_repeated_once(
    connect: Connect, api: ScriptedApi, calls: list[ApiCall]
) -> None:
    account = Account()
    account.dead = {"t1"}
    api.script = [account]
    assert connect(**OAUTH).song(UUID).uuid == UUID
    assert [(call.endpoint, call.status) for call in calls] == [
        ("token", 200),
        ("song", 401),
        ("token", 200),
        ("song", 200),
    ]


def test_two_refused_tokens_are_final(connect: Connect, api: ScriptedApi) -> None:
    account = Account()
    account.dead = {"t1", "t2"}
    api.script = [account]
    with pytest.raises(Unauthorized, match="SOUNDCHARTS_CLIENT_ID and SOUNDCHARTS_CLIENT_SECRET"):
        connect(**OAUTH).song(UUID)
    assert account.given == 2
    assert len(api.seen) == 4


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 410])
def test_a_refused_client_prints_nothing_about_the_song(
    connect: Connect, api: ScriptedApi, status: int
) -> None:
    api.script = [Scripted(status, {"error": "invalid_client"})]
    with pytest.raises(Unauthorized, match=r"SOUNDCHARTS_CLIENT_ID.*SOUNDCHARTS_TOKEN_URL") as caught:
        connect(**OAUTH).song(UUID)
    assert str(status) in str(caught.value)
    assert caught.value.status == 401
    assert len(api.seen) == 1


@pytest.mark.parametrize("answer", [Scripted(503, b""), Scripted(429, b""), Scripted(drop=True)])
def test_a_token_host_that_fails_is_requested_three_times(
    connect: Connect, api: ScriptedApi, answer: Scripted
) -> None:
    api.script = [answer]
    with pytest.raises(TransientError, match="token"):
        connect(**OAUTH).song(UUID)
    assert api.paths == ["/oauth/token"] * 3


WRONG_TOKENS: list[object] = [None, "", 7, "a b", "a\nb", "ä", ["t"]]
WRONG_LIVES: list[object] = [None, 0, -1, "900", []]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("access_token", value) for value in WRONG_TOKENS),
        *(("expires_in", value) for value in WRONG_LIVES),
    ],
)
def test_a_wrong_token_answer_names_the_field_and_shows_nothing(
    connect: Connect, api: ScriptedApi, field: str, value: object
) -> None:
    api.script = [Scripted(body={"access_token": "secret-token", "expires_in": 900, field: value})]
    with pytest.raises(PayloadError) as caught:
        connect(**OAUTH).song(UUID)
    assert caught.value.field == field
    assert str(caught.value).endswith("received ***.")
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"soundcharts_app_id": "", "soundcharts_api_key": ""},
        {"soundcharts_app_id": "", "soundcharts_api_key": "", "soundcharts_client_id": "half"},
        {"soundcharts_app_id": "half", "soundcharts_api_key": ""},
    ],
)
def test_no_keys_name_the_settings(connect: Connect, given: dict[str, str]) -> None:
    with pytest.raises(NoCredentials, match=r"SOUNDCHARTS_CLIENT_ID.*SOUNDCHARTS_API_KEY"):
        connect(**given)


@pytest.mark.parametrize("key", ["ab cd", "abcd\n", "ab\r\nX: y", "schlüssel", "key\x00"])
def test_a_key_that_no_header_can_hold(connect: Connect, key: str) -> None:
    with pytest.raises(NoCredentials, match="SOUNDCHARTS_API_KEY may contain only visible ASCII") as caught:
        connect(soundcharts_api_key=key)
    assert key.strip() not in str(caught.value)


def test_a_client_secret_may_hold_any_characters(connect: Connect, api: ScriptedApi) -> None:
    api.script = [Account()]
    connect(soundcharts_client_id="id", soundcharts_client_secret="ü :\n€").song(UUID)
    sent = api.seen[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "id:ü :\n€"


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(path))


@pytest.mark.usefixtures("netrc")
def test_a_netrc_replaces_no_header(connect: Connect, api: ScriptedApi) -> None:
    api.script = [Account()]
    connect(**OAUTH).song(UUID)
    assert (
        api.seen[0].headers["authorization"].startswith("Basic " + base64.b64encode(b"an-id:").decode()[:6])
    )
    assert api.seen[1].headers["authorization"] == "Bearer t1"
    api.script = [Scripted(body=obj(SONG))]
    connect().song(UUID)
    assert "authorization" not in api.seen[2].headers


def test_a_proxy_of_the_environment_is_used(
    connect: Connect, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", api.url)
    api.script = [Scripted(body=obj(SONG))]
    connect("http://api.invalid").song(UUID)
    assert api.paths == [f"http://api.invalid/api/v2.25/song/{UUID}"]
