"""A ranking as a file."""

from collections.abc import Iterator
from datetime import date

from webapp.lib.tables import Cell
from webapp.models import Chart
from webapp.queries.charts.rankings import Around, Place, Row
from webapp.views.charts.ranking_page import TITLE, RankingPage, streak_unit

FIELDS: dict[str, tuple[str, ...]] = {
    "position": ("position", "songs_at_position"),
    "movement": ("movement", "new_peak"),
    "previous": ("previous_date", "previous_position", "previous_is_from_api"),
    "artists": ("artists",),
    "times": ("times_on_chart", "times_unit"),
    "peak": ("peak", "peak_is_from_api", "peak_note"),
    "peak_on": ("peak_date",),
    "streak": ("streak", "streak_unit", "streak_may_be_longer"),
    "first_on": ("first_entry_date", "first_entry_may_be_earlier"),
    "metric": ("metric", "metric_name"),
}
"""The columns of the file for each column of the page."""


def csv_header(page: RankingPage) -> tuple[str, ...]:
    """Returns the columns of the file: chart, date and track, then those that the page shows."""
    shown = (name for column in page.columns if column is not TITLE for name in FIELDS[column.sort])
    return ("chart", "date", "title", "track_uuid", *shown, "ranking_lacks")


def csv_rows(
    chart: Chart, ranked_on: date, *, around: Around, page: RankingPage
) -> Iterator[dict[str, Cell]]:
    """Yields a row for each entry that matches the filters, then one for each song that left."""
    every: dict[str, Cell] = {
        "chart": chart.name,
        "date": ranked_on,
        "previous_date": page.since,
        "metric_name": chart.metric_name,
        "ranking_lacks": around.lacking or None,
    }
    for row in page.rows:
        yield every | _track(row) | _entry(row, chart) | {"movement": page.words[row.movement].lower()}
    for place in page.left:
        yield (
            every
            | _track(place)
            | {"movement": page.words[page.gone].lower(), "previous_position": place.position}
        )


def _track(one: Row | Place) -> dict[str, Cell]:
    return {"title": one.name, "artists": one.credit_name, "track_uuid": str(one.uuid)}


def _entry(row: Row, chart: Chart) -> dict[str, Cell]:
    return {
        "position": row.position,
        "previous_position": row.previous_position,
        "previous_is_from_api": "yes" if row.is_from_api else "no",
        "times_on_chart": row.time_on_chart,
        "times_unit": f"{row.unit}s" if row.time_on_chart is not None else None,
        "peak": row.peak,
        "peak_is_from_api": "yes" if row.peak_is_from_api else "no",
        "peak_note": row.peak_note or None,
        "new_peak": "yes" if row.has_peaked else "no",
        "peak_date": row.peak_on,
        "streak": row.streak,
        "streak_unit": f"{streak_unit(chart)}s",
        "streak_may_be_longer": "yes" if row.streak_may_be_longer else "no",
        "first_entry_date": row.first_on,
        "first_entry_may_be_earlier": "yes" if row.entry_date is None else "no",
        "metric": row.metric,
        "songs_at_position": row.songs,
    }
