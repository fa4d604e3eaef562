"""The cards of the dashboard as files: the rows that a card shows, for its filter."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, abort, request

from webapp.access.rights import allowed
from webapp.lib.formats import gain_notes, on_platform
from webapp.views.dashboard.cards import CARDS
from webapp.views.dashboard.filter import DashboardState
from webapp.views.shared.tables import FILE, Cell, Sheet, plain, table_file
from webapp.views.shared.wording import subject
from webapp.work.requests import TASKS

Row = tuple[Cell, ...]
Rows = Iterator[Row]

blueprint = Blueprint("card_files", __name__, url_prefix="/dashboard")


@blueprint.get(f"/cards/<name>.{FILE}")
@table_file
def card(name: str) -> Sheet:
    """The rows of one card."""
    header, read = TABLES.get(name) or abort(404, f"Card {name} not found.")
    found = CARDS[name]
    if not allowed(found.right):
        abort(403, "This card is for another role.")
    state = DashboardState.read(request.args)
    return Sheet(
        found.title,
        header,
        list(read(found.read(state))),
        filters=[state.window.words, *state.filters],
        order="as the card shows them",
        newest=state.window.end,
    )


def _headlines(found: dict[str, Any]) -> Rows:
    for row in found["gains"]:
        sums = row.sums
        metric = f"{row.name} {row.metric_name.lower()}"
        note = f"{sums.known} tracks, to {row.last_day}"
        yield ("Gain", metric, None, sums.headline, sums.change, note, None)
    for kind, words in (("new", "New entry"), ("re_entry", "Re-entry")):
        for row in found["entries"].listed[kind]:
            best = row.best
            chart = on_platform(best.chart_name, best.platform_name)
            yield (words, chart, row.name, best.position, None, f"best of {row.charts} charts", str(row.uuid))
    for row in found["peaks"]:
        chart = on_platform(row.chart_name, row.platform_name)
        yield ("New peak", chart, row.name, row.position, None, f"best of {row.charts} charts", str(row.uuid))
    for row in found["milestones"]:
        metric = f"{row.platform_name} {row.metric_name.lower()}"
        yield ("Milestone", metric, row.name, row.milestone, None, f"total {row.total}", str(row.uuid))


def _moves(found: dict[str, Any]) -> Rows:
    for table, tracks in (("Biggest movers", found["moved"]), ("New entries", found["entered"])):
        for row in tracks:
            for move in row.moves:
                yield (
                    *(
                        table,
                        row.name,
                        row.credit_name,
                        move.platform_name,
                        move.chart_name,
                        move.chart_place,
                    ),
                    *(move.ranked_on, move.position, move.previous_position),
                    *(move.movement.replace("_", "-"), str(row.uuid)),
                )


def _leaders(found: dict[str, Any]) -> Rows:
    if not found["platforms"]:
        return
    window, chosen = found["window"], found["chosen"]
    for table, tracks in (
        ("By number", found["gained"].by_gain),
        ("By percent", found["gained"].by_change),
    ):
        for row in tracks:
            notes = gain_notes(row.covers, window.days, row.caveat, base=row.base_date, start=window.start)
            yield (
                *(
                    table,
                    row.name,
                    row.credit_name,
                    chosen.name,
                    chosen.metric_name,
                    window.start,
                    window.end,
                ),
                *(row.gain, row.change, plain(notes), row.total, str(row.uuid)),
            )


def _tracks(found: dict[str, Any]) -> Rows:
    for row in found["tracks"]:
        yield (
            *(row.place, row.name, row.credit_name, row.rankings, row.charts, row.best_position),
            *(row.place_before, row.rankings_before, str(row.uuid)),
        )


def _rankings(found: dict[str, Any]) -> Rows:
    yield from reversed(found["counts"].days)


def _health(found: dict[str, Any]) -> Rows:
    health = found["health"]
    for name in ("healthy", "late", "failing", "idle", "active"):
        yield ("Charts", name, getattr(health, name), None, None)
    for row in found["troubles"]:
        error = row.sync_error if found["is_operator"] else None
        chart = f"{row.platform_name} {row.name}, {row.place}"
        yield (chart, row.health, None, row.last_ranked_on, error or None)


def _platforms(found: dict[str, Any]) -> Rows:
    for row in found["platforms"]:
        yield (row.name, row.rankings, row.entries)


def _runs(found: dict[str, Any]) -> Rows:
    for run in [*found["running"], *found["failed"]]:
        at = run.finished_at or run.started_at or run.created_at
        task = TASKS.get(run.task, run.task)
        yield (run.number, run.state, task, subject(run) or None, at, run.error or None)


TABLES: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], Rows]]] = {
    "headlines": (
        ("Headline", "Of", "Track", "Value", "Change", "Note", "Track uuid"),
        _headlines,
    ),
    "moves": (
        (
            *("Table", "Track", "Artists", "Platform", "Chart", "Place", "Ranking of"),
            *("Position", "Previous position", "Movement", "Track uuid"),
        ),
        _moves,
    ),
    "leaders": (
        (
            *("Table", "Track", "Artists", "Platform", "Metric", "From", "To"),
            *("Gain", "Change", "Gain, notes", "Total", "Track uuid"),
        ),
        _leaders,
    ),
    "tracks": (
        (
            *("Rank", "Track", "Artists", "Rankings", "Charts", "Best"),
            *("Place before", "Rankings before", "Track uuid"),
        ),
        _tracks,
    ),
    "rankings": (("Date", "Rankings"), _rankings),
    "health": (("Chart", "Health", "Count", "Newest ranking", "Error"), _health),
    "platforms": (("Platform", "Rankings", "Entries"), _platforms),
    "runs": (("Number", "State", "Task", "Subject", "Time", "Error"), _runs),
}
"""The columns of each card, and how its rows are read."""
