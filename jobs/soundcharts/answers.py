"""Turns HTTP responses into their JSON or an error (contract 1.3, 1.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from jobs.soundcharts.errors import (
    PayloadError,
    QuotaSpent,
    RateLimited,
    Refused,
    SoundChartsError,
    TransientError,
    Unauthorized,
    refusal,
    subject,
)
from jobs.soundcharts.keys import Keys

# Seconds to wait for a rate limit without a reset time: the API's limit is per minute.
UNNAMED_RESET = 60.0
LONGEST_MESSAGE_SHOWN = 200

TOKEN = "token"  # noqa: S105 (the name of an endpoint)


@dataclass(frozen=True)
class Reply:
    """An HTTP response with its complete body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """A successful response: the JSON object, and the quota left if the API reported it."""

    content: dict[str, Any]
    quota_left: int | None


def quota_left(headers: Mapping[str, str]) -> int | None:
    """Returns the calls left in the billing term; negative on plans that allow more than the quota."""
    text = headers.get("x-quota-remaining", "").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def judge(endpoint: str, reply: Reply, keys: Keys) -> Answer:
    """Returns the content of a successful response; raises the error for any other.

    For a 200 response with `errors`, the code of the first error counts as the status.
    """
    content = _json(reply.body)
    code, message = _first_error(content)
    if reply.status != HTTPStatus.OK:
        raise _error(endpoint, reply, status=reply.status, message=message, keys=keys)
    if content is None:
        raise TransientError(f"SoundCharts returned a 200 response for {subject(endpoint)} that is not JSON.")
    if not isinstance(content, dict):
        raise PayloadError(
            f"The response for {subject(endpoint)} breaks the contract: it is not a JSON object.",
            "the response",
        )
    if code is not None:
        raise _error(endpoint, reply, status=code, message=message, keys=keys)
    return Answer(content, quota_left(reply.headers))


def _json(body: bytes) -> object:
    """Returns the decoded body without NUL, which PostgreSQL cannot store; None if it is not JSON."""
    try:
        content = msgspec.json.decode(body)
        return _without_nul(content) if b"\\u0000" in body else content
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _without_nul(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_nul(member) for member in value]
    return value


def _first_error(content: object) -> tuple[int | None, str]:
    """Returns code and message of the first of `errors`; 500 for an invalid code, None without errors."""
    errors = content.get("errors") if isinstance(content, dict) else None
    if not errors:
        return None, ""
    first = errors[0] if isinstance(errors, list) else errors
    if not isinstance(first, dict):
        return HTTPStatus.INTERNAL_SERVER_ERROR, str(first)
    code = first.get("code")
    known = type(code) is int and HTTPStatus.BAD_REQUEST <= code < 600  # noqa: PLR2004 (the end of the 5xx)
    return code if known else HTTPStatus.INTERNAL_SERVER_ERROR, str(first.get("message", ""))


def _error(endpoint: str, reply: Reply, *, status: int, message: str, keys: Keys) -> SoundChartsError:
    if endpoint == TOKEN:
        return _token_error(status, keys)
    what, words = subject(endpoint), _words(keys.hide(message))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _limited(endpoint, reply.headers, message=message, words=words)
    if status == HTTPStatus.UNAUTHORIZED:
        return Unauthorized(
            f"SoundCharts rejected the keys for {what} (401); check {keys.settings_named}.",
            HTTPStatus.UNAUTHORIZED,
        )
    if _is_temporary(status):
        return TransientError(f"SoundCharts failed to return {what} ({status}{words}); try again later.")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Refused(
            f"SoundCharts redirected the request for {what} ({status}); check SOUNDCHARTS_BASE_URL.", status
        )
    return refusal(endpoint, status, words)


def _token_error(status: int, keys: Keys) -> SoundChartsError:
    """Returns the error of the token host, without its message, which may repeat the client secret."""
    if _is_temporary(status) or status == HTTPStatus.TOO_MANY_REQUESTS:
        return TransientError(f"SoundCharts could not issue a token ({status}); try again later.")
    names = f"{keys.settings_named}, SOUNDCHARTS_TEAM_ID and SOUNDCHARTS_TOKEN_URL"
    return Unauthorized(f"SoundCharts refused a token ({status}); check {names}.", HTTPStatus.UNAUTHORIZED)


def _is_temporary(status: int) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT


def _limited(endpoint: str, headers: Mapping[str, str], *, message: str, words: str) -> SoundChartsError:
    """Returns the error of a 429: either the rate limit, or the quota is used up."""
    if "maximum request count" not in message.lower():
        return QuotaSpent(
            f"The SoundCharts quota is used up: the request for {subject(endpoint)} failed (429{words})."
        )
    reset = headers.get("x-ratelimit-reset", "").strip()
    seconds = int(reset) + 1.0 if re.fullmatch(r"[0-9]{1,6}", reset) else UNNAMED_RESET
    return RateLimited(
        f"SoundCharts rate limit reached: retry {subject(endpoint)} in {seconds:.0f} s (429).",
        seconds,
    )


def _words(message: str) -> str:
    """Returns the API's message as the end of a sentence, on one line and shortened."""
    words = " ".join(message.split()).rstrip(".")
    if len(words) > LONGEST_MESSAGE_SHOWN:
        words = words[:LONGEST_MESSAGE_SHOWN] + "..."
    return f": {words}" if words else ""
