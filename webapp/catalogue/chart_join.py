"""Joins a chart that the API renamed with its history: a preview, and the join in one transaction."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select, text

from webapp import audit
from webapp.catalogue.charts import RANKING_LOCK
from webapp.catalogue.merging import LIMITS, Part, counts, differences, explained_wait, held_pair
from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.queries import rows, statement

LOCK_CHARTS = "LOCK TABLE charts IN SHARE ROW EXCLUSIVE MODE"
STEPS = ("chart_join_runs", "chart_join_chart")


class ChartJoinError(ValueError):
    """Two charts cannot be joined now or at all; the message is one sentence with the reason."""


class Side(NamedTuple):
    """A chart of a join, with the number and dates of its stored rankings, and its live runs."""

    id: int
    slug: str
    name: str
    place: str
    frequency: str
    platform: str
    sync_enabled: bool
    rankings: int
    first_ranked_on: date | None
    last_ranked_on: date | None
    queued: int
    running: int

    @property
    def held(self) -> str:
        """The stored rankings: '52 rankings, 2025-01-01 to 2025-12-24'."""
        dates = f", {self.first_ranked_on} to {self.last_ranked_on}" if self.rankings else ""
        return f"{counted(self.rankings, 'ranking')}{dates}"


class Overlap(NamedTuple):
    """A date of which both charts have a ranking; `differing` counts the differing entries of the loser."""

    ranked_on: date
    loser_stays: bool
    winner_entries: int
    loser_entries: int
    differing: int

    @property
    def is_same(self) -> bool:
        """Whether the two rankings are equal."""
        return not self.differing and self.winner_entries == self.loser_entries


class Preview(NamedTuple):
    """The two charts of a join, the dates that both have, and the warnings."""

    kept: Side
    lost: Side
    overlaps: list[Overlap]

    @property
    def refusal(self) -> str:
        """The reason why the two cannot be joined; empty if they can."""
        return _refusal(self.kept, self.lost)

    @property
    def warnings(self) -> list[str]:
        """Differences that two slugs of one chart should not have, and live runs."""
        pairs = {
            "frequency": (self.lost.frequency, self.kept.frequency),
            "place": (self.lost.place, self.kept.place),
        }
        found = differences(pairs)
        if differing := sum(not overlap.is_same for overlap in self.overlaps):
            found.append(f"{differing} of {counted(len(self.overlaps), 'common date')} differ.")
        return [*found, *self._live()]

    @property
    def rankings(self) -> int:
        """The number of rankings of the joined chart."""
        return self.kept.rankings + self.lost.rankings - len(self.overlaps)

    def _live(self) -> list[str]:
        """Returns a sentence about queued and running runs; empty if there are none."""
        live = [
            f"{side.queued:,} queued and {side.running:,} running of {side.slug}"
            for side in (self.kept, self.lost)
            if side.queued or side.running
        ]
        if not live:
            return []
        sentence = f"Live runs ({', '.join(live)}) continue under {self.lost.slug}"
        both = len(live) > 1
        return [f"{sentence}; duplicates of {self.lost.slug} are cancelled." if both else f"{sentence}."]


class _Held(NamedTuple):
    id: int
    slug: str
    name: str
    platform: str


def preview_join(winner: int, loser: int) -> Preview:
    """Returns what joining chart `loser` to `winner` would do. Raises ChartJoinError if one is gone."""
    found = rows(Side, "chart_join_sides", winner=winner, loser=loser)
    if len(found) < 2:  # noqa: PLR2004 (the two of them)
        raise ChartJoinError("They are already one chart.")
    kept, lost = found
    return Preview(kept, lost, rows(Overlap, "chart_join_overlaps", winner=winner, loser=loser))


def join_charts(winner: int, loser: int) -> list[Part]:
    """Joins chart `loser` to its history, `winner`, in the current transaction; returns the moved rows.

    The winner keeps its id and takes the loser's slug and description; its own slug becomes an alias.
    Raises ChartJoinError if one of the two is gone, they are of different platforms, or other writers hold
    their locks; the caller must then roll back.
    """
    pair = {"winner": winner, "loser": loser}
    with explained_wait(ChartJoinError, "charts"):
        kept, lost = _hold(winner, loser)
        parts = _join_rankings(pair)
        for name in STEPS:
            db.session.execute(statement(name), pair)
    db.session.expire_all()
    audit.record(
        "chart.join",
        f"chart {lost.slug}",
        before={"slug": kept.slug, "name": kept.name},
        after={"slug": lost.slug, "name": lost.name, **counts(parts)},
    )
    return parts


def take_up_slug(chart_id: int, slug: str) -> None:
    """Restores a former slug of a chart, which the API uses again, in the current transaction.

    Raises ChartJoinError if it is not a former slug of the chart.
    """
    pair = {"chart_id": chart_id, "slug": slug}
    former = db.session.execute(statement("chart_take_up_slug"), pair).scalar_one_or_none()
    if former is None:
        raise ChartJoinError(f"{slug} is not a former slug of the chart.")
    db.session.expire_all()
    audit.record("chart.join", f"chart {slug}", before={"slug": former}, after={"slug": slug})


def _join_rankings(pair: dict[str, int]) -> list[Part]:
    """Moves the rankings and all other rows of the loser."""
    overlaps = rows(Overlap, "chart_join_overlaps", **pair)
    for name in ("chart_join_overlap_keep", "chart_join_overlap_settle"):
        db.session.execute(statement(name), pair)
    moved = db.session.execute(statement("chart_join_rankings"), pair).scalar_one()
    met = len(overlaps)
    moved += sum(not overlap.loser_stays for overlap in overlaps)
    differing = sum(not overlap.is_same for overlap in overlaps)
    db.session.execute(statement("chart_join_pending"), pair)
    return [
        Part("chart_rankings", moved=moved, met=met, differing=differing),
        *rows(Part, "chart_join_rows", **pair),
    ]


def _hold(winner: int, loser: int) -> tuple[_Held, _Held]:
    """Locks all rankings, the live runs of the two charts and all charts, in the order writers use."""
    for limit in LIMITS:
        db.session.execute(text(limit))
    lift_decompression_limit()
    db.session.execute(select(func.pg_advisory_xact_lock(RANKING_LOCK)))
    db.session.execute(statement("chart_join_runs_held"), {"winner": winner, "loser": loser})
    db.session.execute(text(LOCK_CHARTS))
    held = held_pair(_Held, "chart_join_lock", winner=winner, loser=loser)
    if held is None:
        raise ChartJoinError("They are already one chart.")
    kept, lost = held
    if refusal := _refusal(kept, lost):
        raise ChartJoinError(refusal)
    return kept, lost


def _refusal(kept: "Side | _Held", lost: "Side | _Held") -> str:
    if kept.platform == lost.platform:
        return ""
    return f"{kept.slug} is a chart of {kept.platform} and {lost.slug} of {lost.platform}."
