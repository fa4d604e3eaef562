"""The errors of the API client; every message is one sentence for people and contains no key."""

# ruff: noqa: N818 (the classes are named after what happened)

from http import HTTPStatus


class SoundChartsError(Exception):
    """The base class of all errors of this package."""


class NoCredentials(SoundChartsError):
    """No keys are configured, or they cannot be sent."""


class TransientError(SoundChartsError):
    """The call may succeed later; `retry_after` is in seconds, None if the API gave no time."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(TransientError):
    """Too many calls in a minute; `retry_after` is always set."""

    retry_after: float

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message, retry_after)


class RateLimitUnavailable(TransientError):
    """Redis, which holds the shared rate limit, is unavailable, so no API call was made."""


class QuotaSpent(SoundChartsError):
    """The account's calls of this billing term are used up."""


class Refused(SoundChartsError):
    """A permanent failure; `status` is the HTTP status or the code of the API's own error."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unauthorized(Refused):
    """The API or the token host rejected the keys; `status` is 401 for both.

    It does not show whether the requested song exists.
    """


class NotFound(Refused):
    """404: the API does not know the song, the platform or the path."""


class Forbidden(Refused):
    """403: the endpoint is not part of the account's plan."""


class PayloadError(SoundChartsError):
    """A response that breaks the contract; `field` is the path of the field in the API's own spelling.

    `value` is the repr of the received value; `path` is the requested path, empty for the last call.
    """

    def __init__(self, message: str, field: str, *, value: str = "", path: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.value = value
        self.path = path


REFUSALS: dict[int, type[Refused]] = {HTTPStatus.FORBIDDEN: Forbidden, HTTPStatus.NOT_FOUND: NotFound}

# The meaning of a permanent failure, and what to do.
MEANINGS: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "SoundCharts rejected the request for {}: a date or a platform's code is wrong",
    HTTPStatus.FORBIDDEN: "The plan of this API key does not include {}; ask SoundCharts to add it",
    HTTPStatus.NOT_FOUND: "SoundCharts does not know the requested {}",
    HTTPStatus.GONE: "SoundCharts no longer has the requested {}",
}


def subject(endpoint: str) -> str:
    """Returns an endpoint's name for people: 'song audience', 'song by ISRC'."""
    return endpoint.replace("_", " ").replace("isrc", "ISRC")


def refusal(endpoint: str, status: int, words: str) -> Refused:
    """Returns the error of a permanent failure: its meaning, the status and the API's own `words`, if any."""
    meaning = MEANINGS.get(status, "SoundCharts refused the request for {}").format(subject(endpoint))
    return REFUSALS.get(status, Refused)(f"{meaning} ({status}{words}).", status)
