"""The dashboard: a filter over cards, each a fragment cached by the version of its data."""

from hashlib import sha256

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access.requests import wants_fragment
from webapp.access.rights import allowed, needed_role
from webapp.cache import latest_html, versioned_json
from webapp.lib.clock import today
from webapp.queries.charts.listed import chart_choices
from webapp.queries.dashboard.cards import dashboard_version, ranking_days, this_hour
from webapp.queries.dashboard.overview import Setup, setup
from webapp.views.dashboard.cards import CARDS, COLLECTION, MUSIC, Card, visible
from webapp.views.dashboard.counts import count_rankings, drawing
from webapp.views.dashboard.filter import PRESETS, DashboardState
from webapp.views.shared.health import redis_state
from webapp.views.shared.listing import list_response

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
def page() -> Response:
    """The filter and a container for each card; a guide until there are figures to show."""
    tokens = version_tokens()
    choices = chart_choices()
    state = DashboardState.read(request.args, countries=dict(choices["country"]))
    found = setup()
    if not found.has_figures:
        return make_response(guide(found, tokens))
    if request.headers.get("HX-Trigger") == "guide":
        return Response(headers={"HX-Refresh": "true"})
    return list_response(
        "dashboard",
        state,
        music=visible(MUSIC),
        collection=visible(COLLECTION),
        tokens=tokens,
        presets=PRESETS,
        choices=choices,
    )


def guide(found: Setup, tokens: dict[str, str]) -> str:
    """Renders the steps of a new installation; admins also see whether the API keys are set."""
    settings = current_app.config["SETTINGS"]
    template = "dashboard/_guide.html" if wants_fragment() else "dashboard/guide.html"
    has_keys = bool(settings.soundcharts_client_id or settings.soundcharts_app_id)
    return render_template(template, setup=found, has_keys=has_keys, tokens=tokens)


@blueprint.get("/dashboard/<name>/")
def card(name: str) -> Response:
    """One card; without HTMX as a full page. 403 if it is for another role."""
    found = CARDS.get(name) or abort(404, f"Card {name} not found.")
    if not allowed(found.right):
        abort(403, f"This card needs the role '{needed_role(found.right)}'; yours is '{current_user.role}'.")
    tokens = version_tokens()
    state = requested()
    if not wants_fragment():
        return make_response(card_body(name, state, "partials/part.html"))
    names = [name, found.beside] if found.beside and found.beside == request.args.get("beside") else [name]
    return latest_html(
        [part for each in names for part in card_key(each, state)],
        [version for each in names for version in card_versions(CARDS[each], tokens, state)],
        lambda: card_bodies(names, state),
        again=lambda: render_template("dashboard/_again.html"),
    )


@blueprint.get("/dashboard/rankings/chart/", endpoint="drawing")
def draw() -> Response:
    """The drawing for drawings.js of the card of rankings, for the card's parameters."""
    tokens = version_tokens()
    state = requested()
    return versioned_json(
        (*card_key("rankings", state), *card_versions(CARDS["rankings"], tokens, state)),
        lambda: drawing(count_rankings(ranking_days(state.narrow, state.window), state.window, state.by)),
    )


@blueprint.get("/dashboard/pulse/")
def pulse() -> ResponseReturnValue:
    """204 if nothing changed since the given tokens; otherwise new tokens, and an event per changed card."""
    tokens = version_tokens()
    moved = {part for part, token in tokens.items() if request.args.get(part) != token}
    if not moved:
        return "", 204
    response = make_response(render_template("dashboard/_pulse.html", tokens=tokens))
    concerned = [name for name, found in CARDS.items() if not moved.isdisjoint(found.parts)]
    response.headers["HX-Trigger-After-Swap"] = ", ".join(f"moved-{name}" for name in concerned)
    return response


def requested() -> DashboardState:
    """Returns the state for the parameters of the URL."""
    return DashboardState.read(request.args)


def version_tokens() -> dict[str, str]:
    """Returns a token for each part of the data; it changes with the part, and every hour."""
    version = dashboard_version()._asdict()
    version["runs"] += f" {redis_state()}"
    hour = this_hour()
    return {part: sha256(f"{hour} {value}".encode()).hexdigest()[:12] for part, value in version.items()}


def card_key(name: str, state: DashboardState) -> tuple[str, ...]:
    """Returns what names a card in the cache: the card, the filter, and the user's role."""
    return (name, current_user.role, state.window.words, str(state.arguments()))


def card_versions(found: Card, tokens: dict[str, str], state: DashboardState) -> tuple[str, ...]:
    """Returns the versions of a card's data and of its list."""
    return (str(state.known and state.known.updated_at), *(tokens[part] for part in found.parts))


def card_bodies(names: list[str], state: DashboardState) -> str:
    """Renders cards as fragments; the first fills the requesting element, others their own."""
    first, *others = [(name, card_body(name, state, f"dashboard/_{name}.html")) for name in names]
    beside = [f'<div id="card-{name}" hx-swap-oob="innerHTML">{body}</div>' for name, body in others]
    return "".join([first[1], *beside])


def card_body(name: str, state: DashboardState, template: str) -> str:
    """Renders a card as a fragment or as a full page."""
    found = CARDS[name]
    return render_template(
        template,
        **found.read(state),
        part=f"dashboard/_{name}.html",
        title=found.title,
        name=name,
        state=state,
        crumbs=[("Dashboard", state.url()), (found.title, None)],
        now_day=today(),
        here=url_for("dashboard.card", name=name, **state.arguments()),
    )
