"""HTTP calls of the API: every try waits for the rate limit, is recorded, and is repeated if that can help.

A Transport serves one thread.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
import urllib3
from redis import Redis

from jobs.soundcharts.answers import TOKEN, Answer, Reply, judge, quota_left
from jobs.soundcharts.decoding import Decoder
from jobs.soundcharts.errors import (
    PayloadError,
    RateLimited,
    RateLimitUnavailable,
    SoundChartsError,
    TransientError,
    Unauthorized,
    subject,
)
from jobs.soundcharts.keys import Auth, Keys
from jobs.soundcharts.ratelimit import LONGEST_HOLD, RateLimit
from jobs.soundcharts.schemas import TokenAnswer
from webapp.config import Settings

log = logging.getLogger("jobs.soundcharts")

TRIES = 3
# A token is renewed this many seconds early, a short-lived one at half its life.
TOKEN_MARGIN = 45
# `soundcharts_timeout` limits the connection and each wait for bytes; this multiple limits the whole body.
WHOLE_BODY = 3
# Bytes of a decompressed body. The largest responses, pages of charts, have less than a million.
LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class ApiCall:
    """One recorded try; `path` has the query but no host, `status` is None without a complete response."""

    started_at: datetime
    endpoint: str
    path: str
    status: int | None
    error: str | None
    duration_ms: int
    quota_left: int | None


@dataclass(frozen=True)
class Request:
    """An HTTP request; with a `form` it is a POST."""

    endpoint: str
    url: str
    form: dict[str, str] | None = None

    @property
    def path(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Connection:
    """Open HTTP connections and the OAuth token, which outlive a client. Raises NoCredentials."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = Keys(settings)
        self.session = requests.Session()
        self.token_end = 0.0


class Transport:
    """Sends requests; `backoff` is the first wait between two tries, in seconds; it doubles.

    `account` identifies the account and the API in keys of Redis; it is not meant for people.
    """

    def __init__(
        self, connection: Connection, redis: Redis, record: Callable[[ApiCall], None], *, backoff: float
    ) -> None:
        self._connection = connection
        self._settings = connection.settings
        self._keys = connection.keys
        self.account = f"{self._settings.soundcharts_base_url} {self._keys.account}"
        self._limit = RateLimit(redis, self.account, self._settings.soundcharts_calls_per_minute)
        self._record = record
        self._backoff = backoff

    @property
    def hide(self) -> Callable[[str], str]:
        return self._keys.hide

    def get(self, endpoint: str, path: str) -> Answer:
        """Returns the response for `path` with its query. With OAuth a 401 is retried with a new token."""
        request = Request(endpoint, self._settings.soundcharts_base_url + path)
        auth = self._api_auth()
        try:
            return self._tried(request, auth)
        except Unauthorized:
            if not self._keys.oauth:
                raise
        self._connection.token_end = 0.0
        return self._tried(request, self._api_auth())

    def _api_auth(self) -> Auth:
        if self._keys.oauth and time.monotonic() >= self._connection.token_end:
            self._fetch_token()
        return self._keys.api_auth()

    def _fetch_token(self) -> None:
        """Fetches a token for this process only: a shared cache would hold a secret, and could outlive it."""
        form = {"grant_type": "client_credentials"}
        if self._settings.soundcharts_team_id:
            form["team_id"] = self._settings.soundcharts_team_id
        request = Request(TOKEN, self._settings.soundcharts_token_url, form)
        requested = time.monotonic()
        content = self._tried(request, self._keys.token_auth()).content
        token = Decoder(TOKEN, lambda _: "***").convert(content, TokenAnswer)
        self._keys.use_token(token.access_token)
        self._connection.token_end = requested + token.expires_in - min(TOKEN_MARGIN, token.expires_in / 2)

    def _tried(self, request: Request, auth: Auth) -> Answer:
        """Returns the response to `request` after at most TRIES tries."""
        for attempt in range(1, TRIES):
            try:
                return self._try(request, auth)
            except RateLimitUnavailable:
                raise
            except RateLimited as error:
                # The next try waits for the rate limit, which blocks every worker until the reset.
                if error.retry_after > LONGEST_HOLD:
                    raise
            except TransientError:
                jitter = random.uniform(0.5, 1.5)  # noqa: S311 (spreads the load; no secret)
                time.sleep(self._backoff * 2 ** (attempt - 1) * jitter)
        return self._try(request, auth)

    def _try(self, request: Request, auth: Auth) -> Answer:
        self._limit.wait_for_turn()
        started_at, clock = datetime.now(UTC), time.monotonic()
        reply = failure = None
        try:
            reply = self._exchange(request, auth)
            return judge(request.endpoint, reply, self._keys)
        except RateLimited as error:
            failure = str(error)
            self._limit.hold(error.retry_after)
            raise
        except BaseException as error:
            failure = str(error) if isinstance(error, SoundChartsError) else type(error).__name__
            raise
        finally:
            status, quota = (reply.status, quota_left(reply.headers)) if reply else (None, None)
            duration = round((time.monotonic() - clock) * 1000)
            call = ApiCall(
                started_at=started_at,
                endpoint=request.endpoint,
                path=request.path,
                status=status,
                error=failure,
                duration_ms=duration,
                quota_left=quota,
            )
            if failure:
                log.warning("%s after %d ms: %s", request.endpoint, duration, failure)
            self._record(call)

    def _exchange(self, request: Request, auth: Auth) -> Reply:
        """Sends one HTTP request. Redirects are not followed, so that the keys reach no other host."""
        timeout = self._settings.soundcharts_timeout
        method = "GET" if request.form is None else "POST"
        try:
            with self._connection.session.request(
                method,
                request.url,
                data=request.form,
                auth=auth,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read_body(request, response, time.monotonic() + WHOLE_BODY * timeout)
                return Reply(response.status_code, response.headers, body)
        except (OSError, urllib3.exceptions.HTTPError) as error:  # OSError: all errors of requests are
            reason = type(error).__name__
            raise TransientError(
                f"SoundCharts returned no complete response for {subject(request.endpoint)} ({reason})."
            ) from error


def _read_body(request: Request, response: requests.Response, deadline: float) -> bytes:
    """Returns the body, read in chunks, so that a slow one cannot exceed `deadline`.

    Raises PayloadError once more than LARGEST_BODY bytes have been received.
    """
    body = bytearray()
    while chunk := response.raw.read1(65536, decode_content=True):
        body += chunk
        if len(body) > LARGEST_BODY:
            limit = f"{LARGEST_BODY // 1024**2} MiB"
            raise PayloadError(
                f"The response for {subject(request.endpoint)} is larger than {limit}.", "body"
            )
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(body)
