"""What an HTTP answer means: its JSON, or the error that it stands for (contract 1.3, 1.4)."""

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

# How long to wait when the API limits the rate and does not say until when: its limit is per minute.
UNNAMED_RESET = 60.0
LONGEST_MESSAGE_SHOWN = 200

TOKEN = "token"  # noqa: S105 (the name of an endpoint)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer with its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """A successful answer: the JSON object and the quota left, if the API told."""

    content: dict[str, Any]
    quota_left: int | None


def quota_left(headers: Mapping[str, str]) -> int | None:
    """Calls left in the billing term; below zero on plans that allow more than the quota."""
    text = headers.get("x-quota-remaining", "").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def judge(endpoint: str, reply: Reply, keys: Keys) -> Answer:
    """The content of a good answer; raises the error that any other one stands for.

    A 200 that carries `errors` is judged as if the first one's code were the status.
    """
    content = _json(reply.body)
    code, message = _first_error(content)
    if reply.status != HTTPStatus.OK:
        raise _error(endpoint, reply, reply.status, message, keys)
    if content is None:
        raise TransientError(f"SoundCharts answered {subject(endpoint)} with what is no JSON (200).")
    if not isinstance(content, dict):
        raise PayloadError(
            f"The answer to {subject(endpoint)} breaks the contract: it is not a JSON object.", "the answer"
        )
    if code is not None:
        raise _error(endpoint, reply, code, message, keys)
    return Answer(content, quota_left(reply.headers))


def _json(body: bytes) -> object:
    """The decoded body without NUL, which PostgreSQL cannot hold; None where it is not JSON."""
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
    """Code and message of the first of `errors`, 500 for a code that is no error status; no code without."""
    errors = content.get("errors") if isinstance(content, dict) else None
    if not errors:
        return None, ""
    first = errors[0] if isinstance(errors, list) else errors
    if not isinstance(first, dict):
        return HTTPStatus.INTERNAL_SERVER_ERROR, str(first)
    code = first.get("code")
    known = type(code) is int and HTTPStatus.BAD_REQUEST <= code < 600  # noqa: PLR2004 (the end of the 5xx)
    return code if known else HTTPStatus.INTERNAL_SERVER_ERROR, str(first.get("message", ""))


def _error(endpoint: str, reply: Reply, status: int, message: str, keys: Keys) -> SoundChartsError:
    if endpoint == TOKEN:
        return _token_error(status, keys)
    what, said = subject(endpoint), _said(keys.hide(message))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _limited(endpoint, reply.headers, message, said)
    if status == HTTPStatus.UNAUTHORIZED:
        return Unauthorized(
            f"SoundCharts does not accept our keys for {what} (401): check {keys.settings_named}.",
            HTTPStatus.UNAUTHORIZED,
        )
    if _may_pass(status):
        return TransientError(f"SoundCharts could not answer {what} ({status}{said}); this may pass.")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Refused(f"SoundCharts redirected {what} ({status}): check SOUNDCHARTS_BASE_URL.", status)
    return refusal(endpoint, status, said)


def _token_error(status: int, keys: Keys) -> SoundChartsError:
    """What the host of the tokens means. Its words are not shown: they may repeat the client's secret."""
    if _may_pass(status) or status == HTTPStatus.TOO_MANY_REQUESTS:
        return TransientError(f"SoundCharts could not give a token ({status}); this may pass.")
    names = f"{keys.settings_named}, SOUNDCHARTS_TEAM_ID and SOUNDCHARTS_TOKEN_URL"
    return Unauthorized(f"SoundCharts gave no token ({status}): check {names}.", HTTPStatus.UNAUTHORIZED)


def _may_pass(status: int) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT


def _limited(endpoint: str, headers: Mapping[str, str], message: str, said: str) -> SoundChartsError:
    """The two meanings of 429: too fast, or the quota is used up."""
    if "maximum request count" not in message.lower():
        return QuotaSpent(
            f"The SoundCharts quota is used up: {subject(endpoint)} was not answered (429{said})."
        )
    reset = headers.get("x-ratelimit-reset", "").strip()
    seconds = int(reset) + 1.0 if re.fullmatch(r"[0-9]{1,6}", reset) else UNNAMED_RESET
    return RateLimited(
        f"SoundCharts limits the rate: {subject(endpoint)} can be asked for in {seconds:.0f} s (429).",
        seconds,
    )


def _said(message: str) -> str:
    """The API's own words as the end of a sentence, on one line and not too long."""
    words = " ".join(message.split()).rstrip(".")
    if len(words) > LONGEST_MESSAGE_SHOWN:
        words = words[:LONGEST_MESSAGE_SHOWN] + "..."
    return f": {words}" if words else ""
