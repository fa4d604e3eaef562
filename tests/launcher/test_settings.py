"""The launcher's settings, and `.env.example`."""

import dataclasses
import re
from pathlib import Path

import pytest

from launcher import state as states
from launcher.settings import LaunchSettings, load_launch_settings, shared_environment, wants_sandbox
from tests import ROOT
from webapp.config import SettingError, environment, load_settings

REQUIRED = {"DATABASE_URL": "postgresql://h/d", "REDIS_URL": "redis://h", "SECRET_KEY": "k" * 16}
SANDBOX = "http://127.0.0.1:1"
EXAMPLE = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


class Recording(dict[str, str]):
    """An environment that records the names read from it."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def state(tmp_path: Path) -> states.State:
    return states.load_or_create(tmp_path)


def test_defaults() -> None:
    assert load_launch_settings({}) == LaunchSettings(
        port=8000, var_dir=ROOT / "var", workers=2, engine="auto", demo_password=None
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PORT": "0"}, "PORT must be a whole number from 1 to 65535, not '0'."),
        ({"PORT": "65536"}, "PORT must be a whole number from 1 to 65535, not '65536'."),
        ({"PORT": "http"}, "PORT must be a whole number from 1 to 65535, not 'http'."),
        ({"WORKERS": "-1"}, "WORKERS must be a whole number from 1 to 64, not '-1'."),
        ({"WORKERS": "1.5"}, "WORKERS must be a whole number from 1 to 64, not '1.5'."),
        ({"ENGINE": "mysql"}, "ENGINE must be one of auto, plain, not 'mysql'."),
        ({"SANDBOX_DATA": "/nowhere"}, "SANDBOX_DATA names '/nowhere', which is not a folder."),
        ({"DEMO_PASSWORD": "short"}, "DEMO_PASSWORD must be at least 12 characters long."),
        ({"DEMO_PASSWORD_FILE": "/nowhere"}, "DEMO_PASSWORD_FILE is '/nowhere', which cannot be read: "),
    ],
)
def test_a_bad_setting_is_one_sentence_that_names_it(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=f"^{re.escape(sentence)}"):
        load_launch_settings(given)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"DATABASE_URL": "mysql://me:hidden@h/d"}, "DATABASE_URL"),
        ({"DATABASE_URL_FILE": "/nowhere"}, "DATABASE_URL_FILE"),
        ({"REDIS_URL": "http://:hidden@h"}, "REDIS_URL"),
        ({"SECRET_KEY": "hidden"}, "SECRET_KEY"),
        ({"SOUNDCHARTS_BASE_URL": "nowhere"}, "SOUNDCHARTS_BASE_URL"),
        ({"SOUNDCHARTS_APP_ID": "id"}, "SOUNDCHARTS_API_KEY"),
        ({"SOUNDCHARTS_CLIENT_SECRET": "hidden"}, "SOUNDCHARTS_CLIENT_ID"),
        ({"HISTORY_DAYS": "1"}, "HISTORY_DAYS"),
        ({"TRUSTED_HOSTS": "https://example.com"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "example.com:8000"}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": "*"}, "TRUSTED_HOSTS"),
        ({"SUPPORT_CONTACT": "the desk"}, "SUPPORT_CONTACT"),
        ({"SUPPORT_CONTACT": "javascript:alert(1)"}, "SUPPORT_CONTACT"),
        ({"SUPPORT_CONTACT": "https://"}, "SUPPORT_CONTACT"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_a_bad_setting_of_the_site_stops_the_launcher_too(
    state: states.State, given: dict[str, str], name: str
) -> None:
    with pytest.raises(SettingError, match=name) as raised:
        shared_environment(given, state, SANDBOX if wants_sandbox(given) else None)
    assert "hidden" not in str(raised.value)
    assert str(raised.value).endswith(".")


def test_processes_get_our_servers_and_the_sandbox(state: states.State) -> None:
    shared = shared_environment({"HOME": "/home"}, state, SANDBOX)
    settings = load_settings(shared)
    assert (settings.database_url, settings.redis_url) == (state.database_url, state.redis_url)
    assert shared["RQ_REDIS_URL"] == state.redis_url
    assert settings.soundcharts_base_url == SANDBOX
    assert settings.soundcharts_token_url == f"{SANDBOX}/oauth/token"
    assert (settings.soundcharts_app_id, settings.soundcharts_api_key) == ("soundcharts", "soundcharts")
    assert not settings.session_cookie_secure
    assert shared["HOME"] == "/home"


def test_what_is_given_wins(state: states.State, tmp_path: Path) -> None:
    (tmp_path / "redis").write_text("redis://:word@elsewhere:1/0\n")
    given = REQUIRED | {"REDIS_URL_FILE": str(tmp_path / "redis"), "SESSION_COOKIE_SECURE": "true"}
    del given["REDIS_URL"]
    shared = shared_environment(given, state, None)
    settings = load_settings(shared)
    assert settings.database_url == REQUIRED["DATABASE_URL"]
    assert settings.redis_url == shared["RQ_REDIS_URL"] == "redis://:word@elsewhere:1/0"
    assert settings.secret_key == REQUIRED["SECRET_KEY"]
    assert settings.session_cookie_secure


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("SOUNDCHARTS_TIMEOUT", True),
        ("SOUNDCHARTS_BASE_URL", False),
        ("SOUNDCHARTS_API_KEY", False),
        ("SOUNDCHARTS_CLIENT_SECRET_FILE", False),
        ("DATABASE_URL", False),
    ],
)
def test_whoever_names_an_api_its_keys_or_a_database_gets_no_sandbox(name: str, *, wanted: bool) -> None:
    assert wants_sandbox({name: "1"}) is wanted


def test_relative_folders_are_seen_from_the_current_directory() -> None:
    assert load_launch_settings({"VAR_DIR": "other"}).var_dir == ROOT / "other"
    assert load_launch_settings({"VAR_DIR": "/srv/data"}).var_dir == Path("/srv/data")
    assert load_launch_settings({"VAR_DIR": "~/data"}).var_dir == Path("~/data").expanduser()


def test_settings_and_data_belong_to_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PORT=8123\nSANDBOX_DATA=figures\n")
    (tmp_path / "figures").mkdir()
    for name in ("PORT", "SANDBOX_DATA", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    settings = load_launch_settings(environment())
    assert settings.port == 8123
    assert settings.sandbox_data == tmp_path / "figures"
    assert settings.var_dir == tmp_path / "var/sandbox-data"


def test_the_example_names_every_setting_and_no_other(tmp_path: Path) -> None:
    asked = set()
    for name, value in REQUIRED.items():
        (tmp_path / name).write_text(value)
    files = {f"{name}_FILE": str(tmp_path / name) for name in REQUIRED}
    (tmp_path / "DEMO_PASSWORD").write_text("twelve characters")
    site, launch = Recording(files), Recording({"DEMO_PASSWORD_FILE": str(tmp_path / "DEMO_PASSWORD")})
    load_settings(site)
    load_launch_settings(launch)
    asked = site.asked | launch.asked | {"POSTGRES_BIN"}  # which the search for PostgreSQL reads
    assert set(EXAMPLE) == asked


def test_the_defaults_of_the_example_are_the_defaults() -> None:
    shown = {name: value for name, value in EXAMPLE.items() if value}
    assert load_settings(REQUIRED | shown) == load_settings(REQUIRED)
    assert load_launch_settings(shown) == load_launch_settings({})
    defaults = {field.name.upper() for field in dataclasses.fields(load_settings(REQUIRED)) if field.repr}
    soundcharts = {"SOUNDCHARTS_APP_ID", "SOUNDCHARTS_CLIENT_ID", "SOUNDCHARTS_TEAM_ID"}
    unset = soundcharts | {"SUPPORT_CONTACT", "TRUSTED_HOSTS"}
    assert defaults - unset <= set(shown)


def test_every_setting_of_the_example_is_explained() -> None:
    text = (ROOT / ".env.example").read_text()
    for block in text.split("\n\n"):
        lines = block.strip().splitlines()
        settings = [index for index, line in enumerate(lines) if re.match(r"#[A-Z_]+=", line)]
        for index in settings:
            name = lines[index].removeprefix("#").split("=")[0]
            is_variant = name.endswith("_FILE") or name.startswith(("SOUNDCHARTS_CLIENT", "SOUNDCHARTS_A"))
            assert is_variant or lines[index - 1].startswith("# "), name


def test_real_figures_have_a_folder_and_a_database_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    settings = load_launch_settings({"SANDBOX_DATA": str(folder)})
    assert settings.var_dir == ROOT / "var/sandbox-data"
    assert settings.sandbox(7) == f"sandbox --port 7 --data '{folder}'"
    assert load_launch_settings({}).sandbox(7) == "sandbox --port 7"
    assert load_launch_settings({"SANDBOX_DATA": str(folder), "VAR_DIR": "/v"}).var_dir == Path("/v")
