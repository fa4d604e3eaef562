"""What can go wrong between us and the API; every message is one sentence for people and holds no key."""

# ruff: noqa: N818 (the classes are named after what happened)

from http import HTTPStatus


class SoundChartsError(Exception):
    """The root of all errors of this package."""


class NoCredentials(SoundChartsError):
    """No keys are configured, or they cannot be sent."""


class TransientError(SoundChartsError):
    """The call may succeed later; `retry_after` is in seconds, None where the API named no time."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(TransientError):
    """Too many calls in a minute; `retry_after` is always set."""

    retry_after: float

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message, retry_after)


class RateLimitUnavailable(TransientError):
    """Redis, which holds the shared rate limit, does not answer: no API call was made."""


class QuotaSpent(SoundChartsError):
    """The account's calls of this billing term are used up."""


class Refused(SoundChartsError):
    """A final answer other than success; `status` is the HTTP status or the code of the API's own error."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unauthorized(Refused):
    """The keys are not accepted, by the API or by the host of the tokens; `status` is 401 for both.

    It says nothing about the song that was asked for.
    """


class NotFound(Refused):
    """404: the API does not know the song, the platform or the path."""


class Forbidden(Refused):
    """403: the endpoint is not part of the account's plan."""


class PayloadError(SoundChartsError):
    """An answer that breaks the contract; `field` is the path of the field in the API's own spelling.

    `value` is what stood there, as Python writes it; `path` is what was asked for, empty for the last call.
    """

    def __init__(self, message: str, field: str, value: str = "", path: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.value = value
        self.path = path


REFUSALS: dict[int, type[Refused]] = {HTTPStatus.FORBIDDEN: Forbidden, HTTPStatus.NOT_FOUND: NotFound}

# What a final answer means to whoever reads of it, and what can be done.
MEANINGS: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "SoundCharts cannot use the request for {}: a date or a platform's code is wrong",
    HTTPStatus.FORBIDDEN: "The plan of this API key does not include {}: SoundCharts can add it",
    HTTPStatus.NOT_FOUND: "SoundCharts does not know the {} asked for",
    HTTPStatus.GONE: "SoundCharts no longer has the {} asked for",
}


def subject(endpoint: str) -> str:
    """An endpoint's name as people say it: 'song audience', 'song by ISRC'."""
    return endpoint.replace("_", " ").replace("isrc", "ISRC")


def refusal(endpoint: str, status: int, said: str) -> Refused:
    """The error of a final answer: what it means, then its status and what the API `said`, if anything."""
    meaning = MEANINGS.get(status, "SoundCharts refused the request for {}").format(subject(endpoint))
    return REFUSALS.get(status, Refused)(f"{meaning} ({status}{said}).", status)
