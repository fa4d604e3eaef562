"""The cards of the dashboard: their content, the data they depend on, and who may see them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from webapp.access.rights import allowed
from webapp.lib.formats import counted
from webapp.queries.dashboard.cards import (
    PLATFORM_DAYS,
    System,
    chart_health,
    latest_moves,
    ranking_days,
    source_answers,
    system,
    top_platforms,
    top_tracks,
    troubles,
)
from webapp.queries.dashboard.leaders import audience_leaders, audience_platforms, leaders_window
from webapp.queries.dashboard.overview import entries, milestones, new_peaks, platform_gains
from webapp.queries.ops.runs import RunFilter, RunRow, run_list
from webapp.queries.tracks.histories import series_held
from webapp.views.dashboard.counts import count_rankings, drawing
from webapp.views.dashboard.filter import DashboardState
from webapp.views.shared.health import redis_state
from webapp.views.shared.history import history_offer
from webapp.views.shared.wording import subject
from webapp.work.requests import TASKS

RUNS_SHOWN = 5
OPERATIONS = "ops.runs"
"""The route whose users see queues, responses and errors of SoundCharts."""


class Card(NamedTuple):
    """A fragment of the dashboard; `parts` are the parts of the data's version that it depends on.

    Only users who may use the route `right` see it. The card `beside` it, of the same right, comes with it.
    """

    title: str
    parts: tuple[str, ...]
    read: Callable[[DashboardState], dict[str, Any]]
    right: str = "dashboard.card"
    beside: str = ""


def headlines(state: DashboardState) -> dict[str, Any]:
    """Reads gains by platform, entries, new peaks and milestones of the window."""
    chosen = state.narrow, state.window, state.released_since
    return {
        "gains": platform_gains(*chosen),
        "entries": entries(*chosen),
        "peaks": new_peaks(*chosen),
        "milestones": milestones(*chosen),
    }


def rankings(state: DashboardState) -> dict[str, Any]:
    """Reads rankings by day fetched or by chart date."""
    days = ranking_days(state.narrow, state.window)
    counts = count_rankings(days, state.window, state.by)
    return {"counts": counts, "drawing": drawing(counts)}


def platforms(state: DashboardState) -> dict[str, Any]:
    """Reads the platforms with most rankings, one of them in detail; responses are for operators."""
    found = top_platforms(state.narrow)
    if not found:
        return {"platforms": []}
    chosen = next((platform for platform in found if platform.slug == state.top), found[0])
    return {
        "platforms": found,
        "chosen": chosen,
        "health": chart_health(state.narrow._replace(platform_id=chosen.id)),
        "answers": source_answers(chosen.slug) if allowed(OPERATIONS) else [],
        "days": PLATFORM_DAYS,
    }


def tracks(state: DashboardState) -> dict[str, Any]:
    """Reads the tracks that entered most rankings."""
    return {"tracks": top_tracks(state.narrow, state.window, state.released_since)}


def health(state: DashboardState) -> dict[str, Any]:
    """Reads charts by health, and late and failing charts; errors and the system are for operators."""
    is_operator = allowed(OPERATIONS)
    return {
        "health": chart_health(state.narrow),
        "troubles": troubles(state.narrow),
        "is_operator": is_operator,
        "system": system_words(system(), redis_state()) if is_operator else [],
    }


def moves(state: DashboardState) -> dict[str, Any]:
    """Reads new entries and the biggest moves."""
    found = latest_moves(state.narrow, state.window.end, state.released_since)
    return {
        "entered": [move for move in found if move.kind == "new"],
        "moved": [move for move in found if move.kind == "moved"],
    }


def leaders(state: DashboardState) -> dict[str, Any]:
    """Reads the tracks that gained most on one platform."""
    found = audience_platforms(state.narrow.platform_id)
    if not found:
        return {"platforms": []}
    chosen = next((platform for platform in found if platform.slug == state.leaders), found[0])
    window = leaders_window(chosen, state.window)
    gained = audience_leaders(chosen, window, state.narrow, released_since=state.released_since)
    unknown = series_held(chosen.id, [row.uuid for row in gained.unknown])
    return {
        "platforms": found,
        "chosen": chosen,
        "window": window,
        "gained": gained,
        "history": history_offer(chosen.slug, window.start, unknown, count=gained.sums.unknown),
    }


def runs(_state: DashboardState) -> dict[str, Any]:
    """Reads the running and the last failed runs."""
    failed = [*run_list(RunFilter("failed")).runs, *run_list(RunFilter("dead")).runs]
    return {
        "system": system(),
        "running": run_list(RunFilter("running")).runs[:RUNS_SHOWN],
        "failed": sorted(failed, key=_ended, reverse=True)[:RUNS_SHOWN],
        "tasks": TASKS,
        "subject": subject,
    }


RANKED = ("charts", "rankings", "tracks")
MUSIC = {
    "headlines": Card("Headlines", (*RANKED, "audience"), headlines),
    "moves": Card("Movers and new entries", RANKED, moves, beside="tracks"),
    "leaders": Card("Audience leaders", (*RANKED, "audience", "offers"), leaders),
    "tracks": Card("Top performing tracks", RANKED, tracks),
}
COLLECTION = {
    "rankings": Card("Rankings fetched", ("charts", "rankings"), rankings, beside="health"),
    "health": Card("Chart health", ("charts", "rankings", "runs", "calls"), health),
    "platforms": Card("Top platforms", ("charts", "rankings", "calls"), platforms),
    "runs": Card("Runs", ("runs",), runs, right=OPERATIONS),
}
CARDS = MUSIC | COLLECTION


def visible(cards: dict[str, Card]) -> dict[str, Card]:
    """Returns the cards that the current user may see."""
    return {name: card for name, card in cards.items() if allowed(card.right)}


def system_words(found: System, redis: str) -> list[tuple[str, str, bool]]:
    """Returns the name, the state in words and the health of each part of the system.

    The database is healthy, because the page could be read.
    """
    waiting = f"{counted(found.running, 'run')} running, {found.queued:,} queued"
    queues = waiting if redis == "ok" else f"Redis is not reachable, so runs wait: {waiting}"
    return [("API", *_api_words(found)), ("Queues", queues, redis == "ok"), ("Database", "ok", True)]


def _api_words(found: System) -> tuple[str, bool]:
    if found.paused_until is not None:
        return f"quota used up, next check at {found.paused_until.astimezone(UTC):%H:%M}", False
    if found.called_at is None:
        return "not called yet", True
    at = f"{found.called_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    if found.called_status is None:
        return f"no response to the last call, {at}", False
    served = found.called_status < 300 or found.called_status == 404  # noqa: PLR2004 (HTTP statuses)
    return (f"ok, last called {at}", True) if served else (f"refused the last call, {at}", False)


def _ended(run: RunRow) -> datetime:
    return run.finished_at or run.created_at
