"""Faults that tests switch on, and their effects on calls."""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Response, json, request

from sandbox.answers import error


@dataclass
class Fault:
    """A fault that affects the next `times` calls whose path matches the pattern.

    `seconds` is for `slow`, `reset` for `rate_limited`; `day` names the item for faults of the content
    (None: the middle one of the response).
    """

    name: str
    pattern: re.Pattern[str]
    times: int = 1
    seconds: float = 1.0
    reset: int = 1
    day: date | None = None

    @property
    def replaces(self) -> bool:
        return self.name in REPLACING

    def meets(self, path: str, offset: str) -> bool:
        later_page = offset.strip("0") != ""
        return self.pattern.search(path) is not None and (later_page or self.name != "lost_page")


def _bad_gateway(_: Fault) -> Response:
    return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, mimetype="text/html")


def _server_error(_: Fault) -> Response:
    return Response("Oops! An error occurred.", 500, mimetype="text/plain")


def _drop(_: Fault) -> Response:
    """Closes the connection, so that the returned response cannot reach the caller."""
    connection: socket.socket = request.environ["gunicorn.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def _rate_limited(fault: Fault) -> Response:
    return rate_limited(fault.reset)


def _refusal(status: int, message: str) -> Callable[[Fault], Response]:
    return lambda _: error(status, message)


def rate_limited(seconds: int) -> Response:
    answer = error(429, "You have reached the maximum request count per minute.")
    answer.headers["x-ratelimit-reset"] = str(seconds)
    return answer


def quota_spent() -> Response:
    return error(429, "Your quota is used up.")


REPLACING: dict[str, Callable[[Fault], Response]] = {
    "bad_gateway": _bad_gateway,
    "server_error": _server_error,
    "drop": _drop,
    "unauthorized": _refusal(401, "Full authentication is required."),
    "forbidden": _refusal(403, "This endpoint is not in your plan."),
    "not_found": _refusal(404, "Not found."),
    "gone": _refusal(410, "This ISRC is blacklisted: several songs share it."),
    "bad_request": _refusal(400, "Invalid request."),
    "rate_limited": _rate_limited,
    "quota_spent": lambda _: quota_spent(),
    "lost_page": _bad_gateway,
}


def replacement(faults: list[Fault]) -> Response | None:
    """Returns the response that replaces the real one, if any; `slow` delays all of them."""
    for fault in faults:
        if fault.name == "slow":
            time.sleep(fault.seconds)
    return next((REPLACING[fault.name](fault) for fault in faults if fault.replaces), None)


def _broken_json(answer: Response) -> None:
    body = answer.get_data()
    answer.set_data(body[: len(body) // 2])


def _wrong_type(answer: Response) -> None:
    """Replaces the first total by letters; without totals, the items or the object."""
    body = answer.get_json()
    plots = next((item["plots"] for item in body.get("items", []) if item.get("plots")), None)
    if plots:
        plots[0]["value"] = "many"
    else:
        body["items" if "items" in body else "object"] = "many"
    answer.set_data(json.dumps(body))


def _errors_in_200(answer: Response) -> None:
    failed = {"key": "server", "code": 500, "message": "The data could not be read."}
    answer.set_data(json.dumps({**answer.get_json(), "errors": [failed]}))


def _no_quota_header(answer: Response) -> None:
    answer.headers.pop("x-quota-remaining", None)


def _empty_ranking(answer: Response) -> None:
    """Removes all rows, and sets the total to 0."""
    body = answer.get_json()
    page = {**body["page"], "next": None, "total": 0}
    answer.set_data(json.dumps({**body, "items": [], "page": page}))


def _short_page(answer: Response) -> None:
    """Removes the last row of the page, but not from the total."""
    body = answer.get_json()
    answer.set_data(json.dumps({**body, "items": body["items"][:-1]}))


def _shorter_ranking(answer: Response) -> None:
    """Removes the last row of a ranking, also from the total; affects one page, so use it twice for two."""
    body = answer.get_json()
    items = body["items"] if body["page"]["next"] else body["items"][:-1]
    page = {**body["page"], "total": body["page"]["total"] - 1}
    answer.set_data(json.dumps({**body, "items": items, "page": page}))


def _song_twice(answer: Response) -> None:
    """Puts the first song of the page at its last position too."""
    body = answer.get_json()
    body["items"][-1]["song"] = body["items"][0]["song"]
    answer.set_data(json.dumps(body))


def _position_twice(answer: Response) -> None:
    """Gives the last two rows of the page the same position."""
    body = answer.get_json()
    body["items"][-1]["position"] = body["items"][-2]["position"]
    answer.set_data(json.dumps(body))


def _bad_row(answer: Response) -> None:
    """Removes the song of the page's last row."""
    body = answer.get_json()
    del body["items"][-1]["song"]
    answer.set_data(json.dumps(body))


def _other_time(answer: Response) -> None:
    """Changes the ranking's time to the evening."""
    text = answer.get_data(as_text=True)
    answer.set_data(text.replace("T12:00:00+00:00", "T18:30:00+00:00"))


CHANGING: dict[str, Callable[[Response], None]] = {
    "wrong_type": _wrong_type,
    "errors_in_200": _errors_in_200,
    "broken_json": _broken_json,
    "no_quota_header": _no_quota_header,
    "empty_ranking": _empty_ranking,
    "short_page": _short_page,
    "shorter_ranking": _shorter_ranking,
    "song_twice": _song_twice,
    "position_twice": _position_twice,
    "bad_row": _bad_row,
    "other_time": _other_time,
}
