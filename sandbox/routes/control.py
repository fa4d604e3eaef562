"""`/_sandbox/...`: controls for tests, and drawn covers, without authentication."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.answers import parse_day
from sandbox.draws import unit
from sandbox.faults import CHANGING, REPLACING, Fault
from sandbox.platforms import BY_CODE
from sandbox.routes.charts import known_chart
from sandbox.routes.songs import known_song, known_today
from sandbox.spoils import CONTENT
from sandbox.state import Correction, Swap, state

bp = Blueprint("control", __name__, url_prefix="/_sandbox")

T = TypeVar("T")

FAULTS = frozenset({"slow", "missing_day", *REPLACING, *CHANGING, *CONTENT})
# Ten years, since the catalogue would otherwise grow beyond what is tested.
FURTHEST = timedelta(days=3650)


@bp.post("/faults")
def add_fault() -> Response:
    """`{"path": regex, "fault": name, "times": N}` and what the fault itself takes."""
    body = _body(["path", "fault", "times", "seconds", "reset", "date"])
    name = _field(body, "fault", str)
    if name not in FAULTS:
        abort(400, f"There is no fault {name!r}; there are {', '.join(sorted(FAULTS))}.")
    fault = Fault(
        name=name,
        pattern=_pattern(_field(body, "path", str)),
        times=_counted(body, "times", 1, least=1),
        seconds=_field(body, "seconds", (int, float), default=1.0),
        reset=_counted(body, "reset", 1, least=0),
        day=parse_day("date", body["date"]) if "date" in body else None,
    )
    state().add_fault(fault)
    return jsonify(fault=name, times=fault.times)


@bp.delete("/faults")
def clear_faults() -> Response:
    state().clear_faults()
    return jsonify(faults=[])


@bp.post("/clock")
def move_clock() -> Response:
    """`{"days": N}` moves the day on, `{"today": date}` sets it; the answer has the new day."""
    body = _body(["days", "today"])
    if len(body) != 1:
        abort(400, "Give either days or today.")
    now = state()
    days = timedelta(days=min(_counted(body, "days", 0, least=0), 10**6))
    day = parse_day("today", body["today"]) if "today" in body else now.today + days
    if abs(day - now.today) > FURTHEST:
        abort(400, f"{day} is more than {FURTHEST.days} days away from {now.today}.")
    now.move_to(day)
    return jsonify(today=str(day))


@bp.post("/corrections")
def correct() -> Response:
    """Revises a date's plots by `factor` or to `value`: all of them, or that of `identifier`."""
    body = _body(["song", "platform", "date", "identifier", "factor", "value"])
    if ("factor" in body) == ("value" in body):
        abort(400, "Give either factor or value.")
    correction = Correction(
        song=known_song(_field(body, "song", str)).uuid,
        platform=_audience_platform(_field(body, "platform", str)),
        day=parse_day("date", _field(body, "date", str)),
        identifier=_field(body, "identifier", str) if "identifier" in body else None,
        factor=_field(body, "factor", (int, float)) if "factor" in body else None,
        value=_counted(body, "value", 0, least=0) if "value" in body else None,
    )
    state().correct(correction)
    return jsonify(corrected=str(correction.day))


@bp.post("/ranking-corrections")
def correct_ranking() -> Response:
    """Revises a ranking: swaps the songs at the positions `first` and `second`."""
    body = _body(["chart", "date", "first", "second"])
    chart = known_chart(_field(body, "chart", str))
    day = parse_day("date", _field(body, "date", str))
    if day not in state().source.history(chart, state().today).dates:
        abort(400, f"{chart.slug} has no ranking of {day}.")
    places = [_counted(body, name, None, least=1) for name in ("first", "second")]
    state().swap(Swap(chart.slug, day, *places))
    return jsonify(corrected=str(day))


@bp.post("/other-uuids")
def answer_under() -> Response:
    """Makes requests for `uuid`, whether or not a song has it, return `song`."""
    body = _body(["uuid", "song"])
    song = known_song(_field(body, "song", str)).uuid
    state().answer_under(_field(body, "uuid", str), song)
    return jsonify(song=song)


@bp.post("/quota")
def set_quota() -> Response:
    left = _counted(_body(["left"]), "left", None, least=0)
    state().set_quota(left)
    return jsonify(left=left)


@bp.post("/reset")
def reset() -> Response:
    now = state()
    now.reset()
    return jsonify(today=str(now.today))


@bp.get("/songs")
def songs() -> Response:
    """Returns all songs of the catalogue: the song of the seeds, then by popularity."""
    rows = [
        {"uuid": song.uuid, "name": song.name, "creditName": song.credit_name} for song in known_today().songs
    ]
    return jsonify(rows)


@bp.get("/calls")
def calls() -> Response:
    """Returns how often each path of the API was called since the last reset, including refused calls."""
    return jsonify(state().calls())


@bp.get("/covers/<uuid:uuid>.svg")
def cover(uuid: UUID) -> Response:
    hue, turn = int(360 * unit(uuid)), int(90 + 180 * unit(uuid, "turn"))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="300" height="300">'
        f'<rect width="100" height="100" fill="hsl({hue},55%,42%)"/>'
        f'<circle cx="{30 + hue % 40}" cy="{turn % 100}" r="38" fill="hsl({(hue + turn) % 360},70%,68%)"/>'
        "</svg>"
    )
    answer = Response(svg, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


def _body(allowed: Sequence[str]) -> dict[str, object]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "The body must be a JSON object.")
    if unknown := sorted(set(body) - set(allowed)):
        abort(400, f"There is no field {unknown[0]!r} here; there are {', '.join(allowed)}.")
    return body


def _field(
    body: dict[str, object], name: str, kind: type[T] | tuple[type[T], ...], *, default: T | None = None
) -> T:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, kind):
        abort(400, f"{name} cannot be {value!r}.")
    return value


def _counted(body: dict[str, object], name: str, default: int | None, *, least: int) -> int:
    value = _field(body, name, int, default=default)
    if value < least:
        abort(400, f"{name} must be a whole number from {least} up, not {value}.")
    return value


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as problem:
        abort(400, f"path {text!r} is not a regular expression: {problem}.")


def _audience_platform(code: str) -> str:
    if code not in BY_CODE or BY_CODE[code].size is None:
        abort(400, f"platform {code!r} has no song audience.")
    return code
