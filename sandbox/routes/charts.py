"""Charts of a platform, dates and rankings of a chart."""

from dataclasses import replace
from datetime import date, datetime

from flask import Blueprint, Response, abort, request

from sandbox.answers import collection
from sandbox.charts import METRICS, Chart, History, Row
from sandbox.routes.songs import brief
from sandbox.state import state
from sandbox.words import COUNTRIES

bp = Blueprint("charts", __name__)


@bp.get("/api/v2/chart/song/by-platform/<platform>")
def of_platform(platform: str) -> Response:
    if platform not in [one.code for one in state().source.platforms if one.charts]:
        abort(404)
    found = [chart for chart in state().source.charts if chart.platform == platform]
    if country := request.args.get("countryCode"):
        found = [chart for chart in found if chart.country == country]
    return collection(found, lambda page: [_body(chart) for chart in page])


@bp.get("/api/v2/chart/song/<slug>/available-rankings")
def dates(slug: str) -> Response:
    chart = known_chart(slug)
    stamps = [noon(day) for day in reversed(_history(chart).dates)]
    return collection(stamps, list, related=_body(chart))


@bp.get("/api/v2.14/chart/song/<slug>/ranking/<when>")
def ranking(slug: str, when: str) -> Response:
    """Returns the ranking of exactly `when`, or the latest; without rows if there is none."""
    chart = known_chart(slug)
    history = _history(chart)
    stamps = [noon(day) for day in history.dates]
    if when == "latest":
        when = stamps[-1] if stamps else abort(404)
    rows = _rows(chart, history, stamps.index(when)) if when in stamps else []
    metric = {"metric": _metric(chart)} if chart.platform in METRICS else {}
    related = {"chart": {**_body(chart), **metric}, "date": _requested_date(when)}
    return collection(rows, lambda page: [_row(chart, row, when) for row in page], related=related)


def known_chart(slug: str) -> Chart:
    return next((chart for chart in state().source.charts if chart.slug == slug), None) or abort(404)


def noon(day: date) -> str:
    """Returns the date-time of a ranking; its time is a marker, not an hour."""
    return f"{day}T12:00:00+00:00"


def _history(chart: Chart) -> History:
    return state().source.history(chart, state().today)


def _requested_date(when: str) -> str:
    """Returns a date-time of the path; 400 for anything else."""
    try:
        datetime.fromisoformat(when)
    except ValueError:
        abort(400, f"{when!r} is no date.")
    return when


def _rows(chart: Chart, history: History, place: int) -> list[Row]:
    """Returns a ranking with its corrections and those of the one before it, which determine `old`."""
    now, day = state(), history.dates[place]
    before = history.dates[place - 1] if place else day
    rows = history.rows(place)
    moved = [
        replace(
            row,
            position=now.swapped(chart.slug, day, row.position),
            old=now.swapped(chart.slug, before, row.old),
        )
        for row in rows
    ]
    moved.sort(key=lambda row: row.position)
    # The numbers stay with the positions, so that a corrected ranking still descends.
    return [replace(row, metric=old.metric) for row, old in zip(moved, rows, strict=True)]


def _body(chart: Chart) -> dict[str, object]:
    return {
        "name": chart.name,
        "type": "song",
        "slug": chart.slug,
        "platform": chart.platform,
        "frequency": chart.frequency,
        "countryCode": chart.country,
        "countryName": COUNTRIES[chart.country] if chart.country else "Worldwide",
        "cityName": chart.city,
        "maxResultsCount": chart.size,
        "webUrl": f"https://app.soundcharts.com/app/market/charts?chart={chart.slug}",
    }


def _metric(chart: Chart) -> dict[str, str]:
    name, description = METRICS[chart.platform]
    return {"type": name, "description": description}


def _row(chart: Chart, row: Row, rank_date: str) -> dict[str, object]:
    metric = {"metric": row.metric} if chart.platform in METRICS else {}
    evolution = row.old - row.position if row.old else 0
    return {
        "song": brief(row.song),
        "position": row.position,
        "positionEvolution": evolution,
        **metric,
        "entryState": "",
        "entryDate": noon(row.entry) if row.entry else None,
        "rankDate": rank_date,
        "oldPosition": row.old,
        "timeOnChart": row.times,
        "timeOnChartUnit": "DOC" if chart.step == 1 else "WOC",
    }
