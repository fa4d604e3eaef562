"""The description of the JSON endpoints as OpenAPI 3.1: parameters and every response."""

from collections.abc import Iterable
from typing import Any

from flask import current_app

from webapp.views.shared.parameters import LARGEST_LIMIT
from webapp.views.shared.refreshing import MOST_PLATFORMS

Part = dict[str, Any]

ABOUT = (
    "Audience of tracks, and requests for new data. Send a token of your account page with every request:"
    " 'Authorization: Bearer tp_...'. It grants at most the rights of your role. In a browser the session"
    " cookie works too; changes then need the session's form token in X-CSRFToken."
)


def description() -> Part:
    """Returns the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trackpulse", "version": "1", "description": ABOUT},
        "paths": {
            "/soundcharts/audience/chart/{track_uuid}/{platform}/": {"get": one_platform()},
            "/soundcharts/audience/chart/{track_uuid}/": {"get": several_platforms()},
            "/soundcharts/audience/refresh/{track_uuid}/{platform}/": {"post": refresh()},
            "/api/runs/{run_uuid}/": {"get": run()},
            "/api/openapi.json": {"get": itself()},
        },
        "components": {"schemas": SCHEMAS, "responses": REFUSALS, "securitySchemes": security()},
    }


def one_platform() -> Part:
    """Describes the series of a track on one platform."""
    return {
        "operationId": "chart",
        "summary": "The series of one track on one platform",
        "security": READING,
        "parameters": [TRACK, PLATFORM, *RANGE],
        "responses": {
            "200": found("Chart", "The series, oldest first."),
            "304": UNCHANGED,
            **refusals([400, 401, 404, 429, 500, 503]),
        },
    }


def several_platforms() -> Part:
    """Describes the series of a track on several platforms."""
    names = {"type": "string", "pattern": r"^[^,]*[^,\s][^,]*(,[^,]*[^,\s][^,]*)*$"}
    words = (
        f"Platforms in order, separated by commas, at most {MOST_PLATFORMS}; by default all with data."
        " @streams, @views and @creations are the sums of all platforms with metrics of that kind, of two or"
        " more: 404 if the track has values on fewer."
    )
    return {
        "operationId": "comparison",
        "summary": "The series of one track on several platforms",
        "security": READING,
        "parameters": [TRACK, *RANGE, query("platforms", names, words)],
        "responses": {
            "200": found("Comparison", "The series; a date without a value is null."),
            "304": UNCHANGED,
            **refusals([400, 401, 404, 429, 500, 503]),
        },
    }


def refresh() -> Part:
    """Describes the request for new data."""
    fields = {"type": "object", "properties": {"force": FORCE}, "additionalProperties": False}
    kinds = ("application/json", "application/x-www-form-urlencoded")
    return {
        "operationId": "refresh",
        "summary": "Fetch new data of a track (operators)",
        "security": CHANGING,
        "parameters": [TRACK, PLATFORM],
        "requestBody": {"required": False, "content": {kind: {"schema": fields} for kind in kinds}},
        "responses": {
            "200": answer("Fresh", "The data are fresh; no run was started."),
            "202": answer("Requested", "A run was requested, or one is already live."),
            **refusals([400, 401, 403, 404, 409, 413, 429, 500, 503]),
        },
    }


def run() -> Part:
    """The state and result of a run."""
    return {
        "operationId": "run",
        "summary": "The state and result of a run (operators)",
        "description": "The `url` of a refresh returns the same to a token.",
        "security": READING,
        "parameters": [RUN_UUID],
        "responses": {
            "200": answer("Run", "The run; its result is null while it is queued or running."),
            **refusals([401, 403, 404, 429, 500, 503]),
        },
    }


def itself() -> Part:
    """Describes this document."""
    return {
        "operationId": "description",
        "summary": "This description",
        "security": READING,
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **refusals([401, 429, 500, 503]),
        },
    }


def security() -> Part:
    """Returns the authentication schemes; the cookie has a different name in production."""
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of the account page."},
        "session": {"type": "apiKey", "in": "cookie", "name": current_app.config["SESSION_COOKIE_NAME"]},
        "form_token": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
    }


def query(name: str, schema: Part, words: str) -> Part:
    """Returns an optional query parameter."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


def in_path(name: str, schema: Part, words: str) -> Part:
    """Returns a path parameter."""
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": words}


def answer(schema: str, words: str) -> Part:
    """Returns a response whose body is one of SCHEMAS."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": words, "content": content}


def found(schema: str, words: str) -> Part:
    """Returns a response with an ETag, for conditional requests."""
    return answer(schema, words) | {"headers": ETAG}


def refusals(codes: Iterable[int]) -> Part:
    """Returns the error responses of an endpoint, by status."""
    return {str(code): {"$ref": f"#/components/responses/{code}"} for code in codes}


def closed(**properties: Part) -> Part:
    """Returns an object schema with exactly these fields, all required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def one_of(*values: str) -> Part:
    """Returns an enumeration; the first value is the default."""
    return {"type": "string", "enum": list(values), "default": values[0]}


TEXT: Part = {"type": "string"}
YES: Part = {"const": True}
DAY: Part = {"type": "string", "format": "date"}
COLOUR: Part = {"type": "string", "pattern": r"^(#[0-9a-f]{6}|rgba\(\d+, \d+, \d+, 0\.1\))$"}
VALUES: Part = {"type": "array", "items": {"type": ["integer", "null"]}}
FORCE: Part = {
    "description": "Fetch even if the data are younger than a day.",
    "anyOf": [
        {"type": "boolean"},
        {"enum": [0, 1]},
        {"type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[01])$"},
    ],
}
DETAILS: Part = {
    "days_covered": VALUES,
    "former_values": VALUES,
    "revised_at": {"type": "array", "items": {"type": ["string", "null"], "format": "date-time"}},
    "is_complete": {"type": "array", "items": {"type": ["boolean", "null"]}},
}
SERIES = {"label": TEXT, "data": VALUES, "borderColor": COLOUR, "backgroundColor": COLOUR}
LABELS: Part = {"type": "array", "items": DAY}


COUNTED: Part = {
    "platforms_counted": {
        "description": "Of a sum of platforms: the platforms in it on each date.",
        "type": "array",
        "items": {"type": ["array", "null"], "items": TEXT},
    }
}


def chart_of(series: Part, optional: Part | None = None) -> Part:
    """Returns labels and series, with the optional details and other optional properties."""
    series = series | {"properties": series["properties"] | DETAILS | (optional or {})}
    return closed(labels=LABELS, datasets={"type": "array", "items": series})


TRACK_SCHEMA = closed(name=TEXT, credit_name=TEXT, uuid={"type": "string", "format": "uuid"})
PLATFORM_SCHEMA = closed(name=TEXT, slug=TEXT, metric_name=TEXT)
STATE: Part = {"enum": ["queued", "running", "succeeded", "failed", "dead", "cancelled"]}
RUN = closed(uuid={"type": "string", "format": "uuid"}, state=STATE)
COUNT: Part = {"type": "integer", "minimum": 0}
TIME_OR_NULL: Part = {"type": ["string", "null"], "format": "date-time"}
RESULT = closed(created=COUNT, updated=COUNT, unchanged=COUNT, message=TEXT, error=TEXT)
WHOLE_RUN = closed(
    uuid={"type": "string", "format": "uuid"},
    number=COUNT,
    task=TEXT,
    state=STATE,
    requested_by={"type": ["string", "null"], "description": "Null for the schedule."},
    created_at={"type": "string", "format": "date-time"},
    started_at=TIME_OR_NULL,
    finished_at=TIME_OR_NULL,
    attempt=COUNT,
    max_attempts=COUNT,
    progress=closed(text=TEXT, pages=COUNT, calls=COUNT),
    result={"anyOf": [{"type": "null"}, RESULT]},
)
SCHEMAS: Part = {
    "Chart": closed(
        success=YES,
        track=TRACK_SCHEMA,
        platform=PLATFORM_SCHEMA,
        chart_data=chart_of(closed(**SERIES, tension={"type": "number"})),
    ),
    "Comparison": closed(
        success=YES,
        track=TRACK_SCHEMA,
        platforms={"type": "array", "items": PLATFORM_SCHEMA},
        chart_data=chart_of(closed(**SERIES), COUNTED),
    ),
    "Requested": closed(success=YES, run=RUN, url=TEXT),
    "Run": closed(success=YES, run=WHOLE_RUN),
    "Fresh": closed(success=YES, message=TEXT, fetched_at={"type": "string", "format": "date-time"}),
    "Refusal": closed(success={"const": False}, error=TEXT),
    "Fault": closed(success={"const": False}, error=TEXT, error_id=TEXT),
}

ETAG: Part = {"ETag": {"description": "Send it back as If-None-Match.", "required": True, "schema": TEXT}}
UNCHANGED: Part = {"description": "Nothing has changed since the given ETag.", "headers": ETAG}
RETRY_AFTER: Part = {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}}
REFUSALS: Part = {
    "400": answer("Refusal", "A parameter is invalid, and the error names it, or the form token is missing."),
    "401": answer("Refusal", "The token or session is missing or has ended."),
    "403": answer("Refusal", "The role of the token or user does not allow this."),
    "404": answer("Refusal", "The track, platform or run does not exist."),
    "409": answer("Refusal", "SoundCharts has no song audience for this platform."),
    "413": answer("Refusal", "The body is over a megabyte."),
    "429": answer("Refusal", "Too many requests in a minute.") | {"headers": RETRY_AFTER},
    "500": answer("Fault", "An internal error, logged with the id."),
    "503": answer("Fault", "The database cannot be reached or took too long."),
}
READING: list[Part] = [{"token": []}, {"session": []}]
CHANGING: list[Part] = [{"token": []}, {"session": [], "form_token": []}]

TRACK = in_path("track_uuid", {"type": "string", "format": "uuid"}, "A song's SoundCharts uuid.")
RUN_UUID = in_path("run_uuid", {"type": "string", "format": "uuid"}, "The uuid in the response of a refresh.")
PLATFORM = in_path("platform", {"type": "string", "minLength": 1}, "A platform in any spelling.")
RANGE = [
    query("start_date", DAY, "The first day."),
    query("end_date", DAY, "The last day, inclusive."),
    query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT},
        "At most this many days, weeks or months, the latest of the range.",
    ),
    query("interval", one_of("day", "week", "month"), "The period of a value."),
    query("metric", one_of("total", "gain"), "The running total, or the gain on the previous value."),
    query(
        "details",
        {"anyOf": FORCE["anyOf"]},
        "With 1 or true each dataset also has, for every value: the days of its gain, the value before its"
        " revision and when, and whether its day, week or month is complete.",
    ),
    query(
        "gaps", one_of("skip", "null"), "With null the range has every label, with null for missing values."
    ),
]
