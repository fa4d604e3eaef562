"""A site of two pages that shows every part of the kit, with the real templates, static files and headers."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sin
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader

from tests import ROOT
from webapp.access.security import HEADERS
from webapp.drawing.apexcharts import Drawing, drawing
from webapp.drawing.figure import ApexCharts
from webapp.drawing.marks import Event, listed, series_marks
from webapp.lib import formats
from webapp.lib.series import Interval, Point, Series, Shows
from webapp.views.compare.comparison import since_release
from webapp.views.shared.wording import STATES

NEWEST = date(2026, 11, 20)
FETCHED = datetime(2026, 11, 20, 8, 12, tzinfo=UTC)
TITLES = (
    "Glass Harbour",
    "Night Ferry",
    "Paper Lanterns in a Very Long Title That Wraps",
    "Low Tide",
    "Salt",
)


@dataclass(frozen=True)
class Reader:
    """Whoever looks at the demo."""

    email: str = "reader@example.org"
    role: str = "operator"

    def may(self, role: str) -> bool:
        return role in ("viewer", self.role)


def points(
    days: int = 90, start: int = 2_763_701_395, step: int = 520_000, *, marked: bool = False
) -> list[Point]:
    """`days` daily points up to NEWEST; with `marked`, one of every kind of mark."""
    made: list[Point] = []
    total = start
    for number in range(days):
        if marked and 30 <= number < 36:
            continue
        gain = int(step * (1 + 0.4 * sin(number / 3.5) + 0.2 * sin(number)))
        gain = -2_400_000 if marked and number == 50 else gain
        total += gain
        made.append(
            Point(
                day=NEWEST - timedelta(days=days - 1 - number),
                total=total,
                gain=gain if number else None,
                fetched_at=FETCHED,
                covers=(7 if marked and number == 36 else 1) if number else None,
                former_value=total - 90_000 if marked and number == 62 else None,
                revised_at=FETCHED if marked and number == 62 else None,
                identifiers_changed=marked and number == 72,
                so_far=marked and number == days - 1,
                length=2 if marked and number == days - 1 else 1,
            )
        )
    return made


SPOTIFY = Series("Spotify", metric="Streams", colour="#3b82f6", points=points(marked=True))
DEEZER = Series("Deezer", metric="Streams", colour="#10b981", points=points(80, 2_741_000_000, 410_000))
YOUTUBE = Series("YouTube", metric="Views", colour="#ef4444", points=points(90, 41_000_000, 31_000))
LONELY = Series(
    "Shazam",
    metric="Shazams",
    colour="#8b5cf6",
    points=[Point(NEWEST - timedelta(days=7 * n), 900 - n, covers=7 if n < 2 else None) for n in (2, 1, 0)],
)
STILL = Series(
    "Spotify",
    metric="Streams",
    colour="#3b82f6",
    points=[
        Point(NEWEST - timedelta(days=40 - n), 5000 + 40 * min(n, 20), 40 if 0 < n <= 20 else 0)
        for n in range(40)
    ],
)
ONE, TWO = [
    Series(
        "Shazam",
        metric="Shazams",
        colour="#8b5cf6",
        points=[Point(NEWEST - timedelta(days=n), 900 - n, None) for n in ago],
    )
    for ago in ([0], [1, 0])
]
HOSTILE = Series("<img src=x onerror=alert(1)>", metric="<b>Streams</b>", colour="#3b82f6", points=points(10))

# The pages that the layout links to beside those of the demo.
LINKED = {
    "/": "dashboard.page",
    "/charts/": "charts.index",
    "/artists/": "artists.index",
    "/platforms/": "platforms.index",
    "/compare/": "compare.page",
    "/compare/artists/": "compare.artists",
    "/ops/": "ops_overview.page",
    "/search/": "search.results",
    "/help/": "help.index",
    "/help/figures/": "help.figures",
    "/help/problems/": "help.problems",
}

# What the site tells its layout of the reader.
LAYOUT = {
    "signed_in": True,
    "fewest_compared": 2,
    "most_compared": 6,
    "most_picked": 100,
    "tracks_url": lambda: "/tracks/",
    "waiting_notices": list,
    "support": None,
    "RUN_STATES": STATES,
}

CHARTS: dict[str, list[Series]] = {
    "single": [SPOTIFY],
    "whole": [DEEZER],
    "shared": [SPOTIFY, DEEZER],
    "axes": [SPOTIFY, YOUTUBE],
    "many": [SPOTIFY, YOUTUBE, LONELY],
    "lonely": [LONELY],
    "one": [ONE],
    "two": [TWO],
    "hostile": [HOSTILE],
    "hostiles": [HOSTILE, DEEZER],
    "still": [STILL],
    "none": [Series("Spotify", metric="Streams", colour="#3b82f6", points=[])],
}
EVENTS: defaultdict[str, list[Event]] = defaultdict(
    list,
    still=[
        Event(NEWEST - timedelta(days=35), "release", "Released"),
        Event(NEWEST - timedelta(days=10), "release", "Released <b>again</b>"),
        Event(NEWEST + timedelta(days=10), "release", "Out of range"),
    ],
)


def create_demo() -> Flask:
    """The demo as an app of its own; its endpoints have the names that the layout links to."""
    app = Flask(
        "demo", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "webapp" / "static")
    )
    own = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_loader = ChoiceLoader([own, FileSystemLoader(ROOT / "templates")])
    app.config["SECRET_KEY"] = "only for the demo of the kit"
    CSRFProtect(app)
    ApexCharts().init_app(app)
    formats.init_app(app)
    known = app.view_functions.__contains__
    app.context_processor(
        lambda: {**LAYOUT, "current_user": Reader(), "allowed": known, "can_be_saved": lambda: False}
    )
    app.after_request(_with_headers)
    _add_pages(app)
    _add_fragments(app)
    return app


def _with_headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    return response


def _add_pages(app: Flask) -> None:
    def kit() -> str:
        if "HX-Request" in request.headers:  # what is typed into the search box finds nothing here
            return ""
        return render_template(
            "kit.html", titles=TITLES, points=SPOTIFY.points[-8:], marks=listed(series_marks(SPOTIFY))
        )

    def charts() -> str:
        return render_template("charts.html", names=request.args.get("names", "single").split(","))

    def login() -> str:
        return render_template("account/login.html", email="", next="/", error=request.args.get("error", ""))

    def error(code: int) -> tuple[str, int]:
        message = "There is no track with this uuid."
        return render_template("errors/error.html", code=code, title="Not found", message=message), code

    app.add_url_rule("/tracks/", "tracks.index", kit)
    app.add_url_rule("/ops/runs/", "ops.runs", charts)
    for path, endpoint in LINKED.items():
        app.add_url_rule(path, endpoint, kit)
    app.add_url_rule("/login", "auth.login", login)
    app.add_url_rule("/logout", "auth.logout", login, methods=["POST"])
    app.add_url_rule("/error/<int:code>", "error", error)


def _add_fragments(app: Flask) -> None:
    def chart(name: str) -> ResponseReturnValue:
        if name == "broken":
            return jsonify(success=False, error="The database is away."), 500
        interval: Interval = "day"
        shows: Shows = "gain" if request.args.get("shows") == "gain" else "total"
        chart = Drawing(CHARTS[name], interval, shows, from_zero="zero" in request.args, events=EVENTS[name])
        drawn = drawing(chart)
        return jsonify(since_release(drawn) if "release" in request.args else drawn)

    def fragment() -> str:
        return render_template("fragment.html", name=request.args.get("name", "single"))

    def form() -> str:
        return render_template("form.html", chosen=request.args.get("range", "90"))

    def refresh() -> Response:
        toast = '{"toast": {"kind": "success", "text": "Fetched 90 days: 3 new, 1 changed."}}'
        return Response("<p id='result'>Fetched.</p>", headers={"HX-Trigger": toast})

    def broken() -> tuple[str, int]:
        return render_template(
            "partials/failed.html", message="The database is away.", retry_url="/fragment"
        ), 500

    def blank() -> None:
        abort(404)

    rules: list[tuple[str, Any, str]] = [
        ("/chart/<name>", chart, "GET"),
        ("/fragment", fragment, "GET"),
        ("/form", form, "GET"),
        ("/refresh", refresh, "POST"),
        ("/broken", broken, "GET"),
        ("/blank", blank, "GET"),
    ]
    for rule, view, method in rules:
        app.add_url_rule(rule, view_func=view, methods=[method])
