"""The launcher's own settings, and the environment that the processes it starts share."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launcher.state import State
from webapp.config import ROOT, Reader, SettingError, load_settings

SANDBOX_KEY = "soundcharts"
REAL_API = (
    "SOUNDCHARTS_BASE_URL",
    "SOUNDCHARTS_APP_ID",
    "SOUNDCHARTS_API_KEY",
    "SOUNDCHARTS_CLIENT_ID",
    "SOUNDCHARTS_CLIENT_SECRET",
)
"""Settings any of which says that another API than the sandbox is meant."""


@dataclass(frozen=True)
class LaunchSettings:
    """What the launcher can be told beside the site's own settings; `.env.example` explains each."""

    port: int
    var_dir: Path
    workers: int
    engine: str
    demo_password: str | None = field(repr=False)
    sandbox_data: Path | None = None

    def sandbox(self, port: int) -> str:
        """The command of the sandbox on `port`, over its made-up catalogue or the files of SANDBOX_DATA."""
        data = f" --data {shlex.quote(str(self.sandbox_data))}" if self.sandbox_data else ""
        return f"sandbox --port {port}{data}"

    @property
    def sandbox_wait(self) -> str:
        """What is said while the sandbox reads the files of SANDBOX_DATA; empty for the made-up catalogue."""
        if self.sandbox_data is None:
            return ""
        size = sum(file.stat().st_size for file in self.sandbox_data.iterdir() if file.is_file())
        return f"The sandbox still reads {self.sandbox_data}: {size / 1e6:,.0f} MB of files."


def load_launch_settings(env: Mapping[str, str]) -> LaunchSettings:
    """Raises SettingError, in one sentence that names the setting, for what cannot be used."""
    read = Reader(env)
    data = _sandbox_data(read)
    # Real figures and made-up ones do not mix in one database.
    var_dir = read.text("VAR_DIR", "var/sandbox-data" if data else "var")
    return LaunchSettings(
        port=read.number("PORT", 8000, 1, 65_535),
        var_dir=ROOT / Path(var_dir).expanduser(),
        workers=read.number("WORKERS", 2, 1, 64),
        engine=read.choice("ENGINE", "auto", ("auto", "plain")),
        demo_password=read.secret("DEMO_PASSWORD", least=12) if is_given(env, "DEMO_PASSWORD") else None,
        sandbox_data=data,
    )


def _sandbox_data(read: Reader) -> Path | None:
    given = read.text("SANDBOX_DATA", "")
    if not given:
        return None
    folder = (ROOT / Path(given).expanduser()).resolve()
    if not folder.is_dir():
        raise SettingError(f"SANDBOX_DATA names {given!r}, which is no folder.")
    return folder


def is_given(env: Mapping[str, str], name: str) -> bool:
    """Returns whether a setting was made, itself or as the file that holds it."""
    return name in env or f"{name}_FILE" in env


def wants_sandbox(env: Mapping[str, str]) -> bool:
    """Whether the sandbox stands in for the API: its made-up figures go into a database of our own alone."""
    return not any(is_given(env, name) for name in (*REAL_API, "DATABASE_URL"))


def shared_environment(env: Mapping[str, str], state: State, sandbox_url: str | None) -> dict[str, str]:
    """What all processes get: `env` with our servers, keys and sandbox where it names no others.

    Raises SettingError for any setting of the site that cannot be used.
    """
    ours = {
        "DATABASE_URL": state.database_url,
        "REDIS_URL": state.redis_url,
        "SECRET_KEY": state.secret_key,
        "SESSION_COOKIE_SECURE": "false",  # the launcher serves plain http, on this machine alone
    }
    if sandbox_url:
        ours |= {
            "SOUNDCHARTS_BASE_URL": sandbox_url,
            "SOUNDCHARTS_TOKEN_URL": f"{sandbox_url}/oauth/token",
            "SOUNDCHARTS_APP_ID": SANDBOX_KEY,
            "SOUNDCHARTS_API_KEY": SANDBOX_KEY,
        }
    shared = dict(env) | {name: value for name, value in ours.items() if not is_given(env, name)}
    return shared | {"RQ_REDIS_URL": load_settings(shared).redis_url}
