"""A ranking as a CSV file."""

from collections.abc import Iterator
from datetime import date

from webapp.models import Chart
from webapp.queries.charts.rankings import Around, Place, Row
from webapp.views.charts.ranking_page import RankingPage
from webapp.views.shared.csv_files import Cell

CSV_HEADER = (
    "chart",
    "date",
    "position",
    "movement",
    "previous_date",
    "previous_position",
    "previous_is_from_api",
    "title",
    "artists",
    "track_uuid",
    "times_on_chart",
    "times_unit",
    "peak",
    "peak_is_from_api",
    "peak_note",
    "entry_date",
    "metric",
    "metric_name",
    "songs_at_position",
    "ranking_lacks",
)


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
        yield every | _track(row) | _entry(row) | {"movement": page.words[row.movement].lower()}
    for place in page.left:
        yield (
            every
            | _track(place)
            | {"movement": page.words[page.gone].lower(), "previous_position": place.position}
        )


def _track(one: Row | Place) -> dict[str, Cell]:
    return {"title": one.name, "artists": one.credit_name, "track_uuid": str(one.uuid)}


def _entry(row: Row) -> dict[str, Cell]:
    return {
        "position": row.position,
        "previous_position": row.previous_position,
        "previous_is_from_api": "yes" if row.is_from_api else "no",
        "times_on_chart": row.time_on_chart,
        "times_unit": f"{row.unit}s" if row.time_on_chart is not None else None,
        "peak": row.peak,
        "peak_is_from_api": "yes" if row.peak_is_from_api else "no",
        "peak_note": row.peak_note or None,
        "entry_date": row.entry_date,
        "metric": row.metric,
        "songs_at_position": row.songs,
    }
