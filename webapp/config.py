"""Settings: read from the environment and `.env`, parsed and checked once, at the start."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values
from flask.cli import NoAppException

T = TypeVar("T")


class SettingError(NoAppException):
    """A setting is missing or wrong; the message is one sentence that names it.

    Commands show this error as its sentence, and any other error as a traceback.
    """


@dataclass(frozen=True)
class Settings:
    """The settings of all processes of Trackpulse; `.env.example` explains each."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    soundcharts_base_url: str = "https://customer.api.soundcharts.com"
    soundcharts_token_url: str = "https://account.soundcharts.com/oauth/token"  # noqa: S105 (a URL)
    soundcharts_app_id: str = ""
    soundcharts_api_key: str = field(default="", repr=False)
    soundcharts_client_id: str = ""
    soundcharts_client_secret: str = field(default="", repr=False)
    soundcharts_team_id: str = ""
    soundcharts_calls_per_minute: int = 2000
    soundcharts_timeout: int = 10
    history_days: int = 1100
    chart_history_days: int = 90
    web_threads: int = 4
    session_cookie_secure: bool = True
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    support_contact: str = ""
    log_level: str = "INFO"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never be shown; the passwords inside URLs are masked in addition."""
        return (
            self.secret_key,
            self.soundcharts_app_id,
            self.soundcharts_api_key,
            self.soundcharts_client_id,
            self.soundcharts_client_secret,
        )

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL with the driver, in SQLAlchemy's spelling."""
        return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", self.database_url)

    @property
    def psycopg_url(self) -> str:
        """The database's URL for a direct psycopg connection."""
        return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql://", self.database_url)


def environment(env_file: Path = Path(".env")) -> dict[str, str]:
    """Returns the values of `.env`, overridden by the process's environment, without empty values.

    `.env` is the one of the current directory.
    """
    stored = {key: value for key, value in dotenv_values(env_file).items() if value is not None}
    return {key: value for key, value in {**stored, **os.environ}.items() if value != ""}


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Returns the settings from `env` (default: `environment()`).

    Raises SettingError for a missing or wrong setting.
    """
    given = environment() if env is None else env
    read = Reader(given)
    return Settings(
        database_url=read.url("DATABASE_URL", ("postgresql", "postgres", "postgresql+psycopg")),
        redis_url=read.url("REDIS_URL", ("redis", "rediss")),
        secret_key=read.secret("SECRET_KEY", least=16),
        soundcharts_base_url=read.http_url("SOUNDCHARTS_BASE_URL", Settings.soundcharts_base_url),
        soundcharts_token_url=read.http_url("SOUNDCHARTS_TOKEN_URL", Settings.soundcharts_token_url),
        soundcharts_team_id=read.text("SOUNDCHARTS_TEAM_ID", ""),
        soundcharts_calls_per_minute=read.number("SOUNDCHARTS_CALLS_PER_MINUTE", 2000, low=1, high=10_000),
        soundcharts_timeout=read.number("SOUNDCHARTS_TIMEOUT", 10, low=1, high=120),
        history_days=read.number("HISTORY_DAYS", 1100, low=90, high=10_000),
        chart_history_days=read.number("CHART_HISTORY_DAYS", 90, low=1, high=10_000),
        web_threads=read.number("WEB_THREADS", 4, low=1, high=64),
        session_cookie_secure=read.boolean("SESSION_COOKIE_SECURE", default=True),
        trusted_hosts=read.hosts("TRUSTED_HOSTS"),
        trusted_proxies=read.number("TRUSTED_PROXIES", 0, low=0, high=5),
        support_contact=read.contact("SUPPORT_CONTACT"),
        log_level=read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        **_credentials(read),
    )


def _credentials(read: "Reader") -> dict[str, str]:
    """Returns the API's keys: the OAuth pair or the legacy pair, each complete or missing."""
    pairs = [
        ("SOUNDCHARTS_CLIENT_ID", "SOUNDCHARTS_CLIENT_SECRET"),
        ("SOUNDCHARTS_APP_ID", "SOUNDCHARTS_API_KEY"),
    ]
    found: dict[str, str] = {}
    for identifier, secret in pairs:
        values = read.secret(identifier, default=""), read.secret(secret, default="")
        if bool(values[0]) != bool(values[1]):
            missing, present = (secret, identifier) if values[0] else (identifier, secret)
            raise SettingError(f"{missing} is not set, but {present} is; set both or neither.")
        found |= {identifier.lower(): values[0], secret.lower(): values[1]}
    return found


class Reader:
    """Reads settings from an environment; every error names the setting and never shows a secret."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def text(self, name: str, default: str) -> str:
        return self.env.get(name, default).strip()

    def secret(self, name: str, *, default: str | None = None, least: int = 0) -> str:
        """Returns `name`, or the first line of the file in `name_FILE`."""
        value = self.env.get(name)
        if value is None and (path := self.env.get(f"{name}_FILE")):
            try:
                value = Path(path).read_text().split("\n", 1)[0].strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingError(
                    f"{name}_FILE is {path!r}, which cannot be read: {_reason(error)}."
                ) from error
        if value is None:
            value = default
        if value is None:
            raise SettingError(
                f"{name} is not set; set it, or set {name}_FILE to the path of a file with it."
            )
        if len(value) < least:
            raise SettingError(f"{name} must be at least {least} characters long.")
        return value

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            raise SettingError(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
        return int(value)

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.choice(name, "true" if default else "false", ("true", "false"))
        return value == "true"

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        for candidate in allowed:
            if value.casefold() == candidate.casefold():
                return candidate
        raise SettingError(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        """Returns a URL; errors do not repeat it, since it may contain a password."""
        value = self.secret(name)
        parts = _checked(name, lambda: urlsplit(value))
        if parts.scheme not in schemes:
            raise SettingError(f"{name} must be a URL that begins with {schemes[0]}://.")
        _checked(name, lambda: parts.port)
        return value

    def hosts(self, name: str) -> tuple[str, ...]:
        """Returns host names separated by commas; a leading dot includes all subdomains."""
        names = tuple(part.strip().lower() for part in self.text(name, "").split(",") if part.strip())
        if not all(re.fullmatch(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*", host) for host in names):
            raise SettingError(f"{name} must be host names separated by commas, without https:// and port.")
        return names

    def contact(self, name: str) -> str:
        """Returns an email address or a URL."""
        value = self.text(name, "")
        if not value or re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", value):
            return value
        if not value.startswith(("http://", "https://")):
            raise SettingError(f"{name} must be an email address or a URL that begins with https://.")
        return self.http_url(name, "")

    def http_url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        parts = _checked(name, lambda: urlsplit(value))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingError(f"{name} must be a URL that begins with http:// or https://.")
        _checked(name, lambda: parts.port)
        return value


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "it is unreadable" if isinstance(error, OSError) else "it is not text"


def _checked(name: str, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except ValueError as error:
        raise SettingError(f"{name} is not a valid URL.") from error
