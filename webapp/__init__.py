"""The site; `create_app()` builds it."""

import logging
from typing import Any

import psycopg
from flask import Flask

from webapp import audit, cache, compression, connection, logs, static_files, timing, views
from webapp.access import csrf, security, sessions
from webapp.config import Settings, load_settings
from webapp.drawing.figure import ApexCharts
from webapp.engine import require_usable_engine
from webapp.extensions import db, htmx, limiter, login, migrate
from webapp.lib import formats
from webapp.resources import TEMPLATES

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, *, worker: bool = False) -> Flask:
    """Creates the application; with `worker` it has a smaller pool and a longer statement timeout.

    Raises SettingError for a wrong setting, and EngineError for a database that must not be written to.
    """
    settings = settings or load_settings()
    logs.guard(settings)
    _refuse_unusable_database(settings)
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.config.from_mapping(_config(settings), SQLALCHEMY_ENGINE_OPTIONS=_pool(settings, worker=worker))
    app.logger.setLevel(settings.log_level)
    for part in (
        timing,
        logs,
        htmx,
        db,
        connection,
        migrate,
        login,
        cache,
        security,
        static_files,
        audit,
        compression,
        csrf,
        limiter,
        formats,
        ApexCharts(),
        views,
    ):
        part.init_app(app)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        # With this prefix browsers refuse the cookie from any other host, also from a subdomain.
        "SESSION_COOKIE_NAME": "__Host-session" if settings.session_cookie_secure else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.session_cookie_secure,
        "PERMANENT_SESSION_LIFETIME": sessions.LONGEST,
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,  # for the rows of an import, encoded as a form
        "RATELIMIT_STORAGE_URI": settings.redis_url,
        "RATELIMIT_STORAGE_OPTIONS": cache.REDIS_OPTIONS,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_HEADERS_ENABLED": True,
        "RATELIMIT_FAIL_ON_FIRST_BREACH": False,  # of several limits, Retry-After is the longest wait
    }


def _pool(settings: Settings, *, worker: bool) -> dict[str, Any]:
    """Returns the engine options: a web process has two connections more than threads, a job's child two.

    Each statement is planned for its parameters, even if it is prepared: the best plan for a rare word, a
    track or a week is slow for a common word, an artist or years. A worker's commit does not wait for the
    disk: what a crash of the server takes is executed again.
    """
    timeout_ms = 60_000 if worker else 15_000
    return {
        "pool_size": 2 if worker else settings.web_threads + 2,
        "max_overflow": 0,
        "pool_use_lifo": True,  # fewer connections in use, so that each soon has its statements prepared
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": 5,
            "application_name": "trackpulse-worker" if worker else "trackpulse-web",
            "options": f"-c statement_timeout={timeout_ms} -c timezone=UTC"
            " -c plan_cache_mode=force_custom_plan"
            f" -c synchronous_commit={'off' if worker else 'on'}",
        },
    }


def _refuse_unusable_database(settings: Settings) -> None:
    """Raises EngineError for an unusable database. An unreachable one only fails /readyz until it is back."""
    try:
        with psycopg.connect(settings.psycopg_url, connect_timeout=5) as connection:
            require_usable_engine(connection)
    except psycopg.OperationalError as error:
        log.warning("The database cannot be reached yet: %s", str(error).splitlines()[0])
