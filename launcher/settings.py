"""The launcher's settings, and the common environment of its processes."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launcher.state import State
from webapp.config import Reader, SettingError, load_settings

SANDBOX_KEY = "soundcharts"
REAL_API = (
    "SOUNDCHARTS_BASE_URL",
    "SOUNDCHARTS_APP_ID",
    "SOUNDCHARTS_API_KEY",
    "SOUNDCHARTS_CLIENT_ID",
    "SOUNDCHARTS_CLIENT_SECRET",
)
"""Settings that select another API than the sandbox."""


@dataclass(frozen=True)
class LaunchSettings:
    """The launcher's settings in addition to the site's; `.env.example` explains each."""

    port: int
    var_dir: Path
    workers: int
    engine: str
    demo_password: str | None = field(repr=False)
    sandbox_data: Path | None = None

    def sandbox(self, port: int) -> str:
        """Returns the command of the sandbox on `port`, with its catalogue or the files of SANDBOX_DATA."""
        data = f" --data {shlex.quote(str(self.sandbox_data))}" if self.sandbox_data else ""
        return f"sandbox --port {port}{data}"

    @property
    def sandbox_wait(self) -> str:
        """The report while the sandbox reads the files of SANDBOX_DATA; empty for its generated catalogue."""
        if self.sandbox_data is None:
            return ""
        size = sum(file.stat().st_size for file in self.sandbox_data.iterdir() if file.is_file())
        return f"The sandbox is still reading {self.sandbox_data}: {size / 1e6:,.0f} MB of files."


def load_launch_settings(env: Mapping[str, str]) -> LaunchSettings:
    """Returns the settings; paths are relative to the current directory.

    Raises SettingError, in one sentence that names the setting.
    """
    read = Reader(env)
    data = _sandbox_data(read)
    # Real and generated figures must not mix in one database.
    var_dir = read.text("VAR_DIR", "var/sandbox-data" if data else "var")
    return LaunchSettings(
        port=read.number("PORT", 8000, low=1, high=65_535),
        var_dir=Path(var_dir).expanduser().absolute(),
        workers=read.number("WORKERS", 2, low=1, high=64),
        engine=read.choice("ENGINE", "auto", ("auto", "plain")),
        demo_password=read.secret("DEMO_PASSWORD", least=12) if is_given(env, "DEMO_PASSWORD") else None,
        sandbox_data=data,
    )


def _sandbox_data(read: Reader) -> Path | None:
    given = read.text("SANDBOX_DATA", "")
    if not given:
        return None
    folder = Path(given).expanduser().resolve()
    if not folder.is_dir():
        raise SettingError(f"SANDBOX_DATA names {given!r}, which is not a folder.")
    return folder


def is_given(env: Mapping[str, str], name: str) -> bool:
    """Returns whether a setting is given, directly or as a file."""
    return name in env or f"{name}_FILE" in env


def wants_sandbox(env: Mapping[str, str]) -> bool:
    """Returns whether the sandbox replaces the API, which requires our own database."""
    return not any(is_given(env, name) for name in (*REAL_API, "DATABASE_URL"))


def shared_environment(env: Mapping[str, str], state: State, sandbox_url: str | None) -> dict[str, str]:
    """Returns the environment of all processes: `env`, with our servers, keys and sandbox as defaults.

    Raises SettingError for any wrong setting of the site.
    """
    ours = {
        "DATABASE_URL": state.database_url,
        "REDIS_URL": state.redis_url,
        "SECRET_KEY": state.secret_key,
        "SESSION_COOKIE_SECURE": "false",  # the launcher serves plain http, only on this machine
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
