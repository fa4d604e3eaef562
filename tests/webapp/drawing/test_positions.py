"""Positions as options of ApexCharts, and as a line of the server's."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.drawing.apexcharts import milliseconds
from webapp.drawing.positions import Line, drawing
from webapp.lib.sparkline import EDGE, HEIGHT, WIDTH, position_spark

DAY = date(2026, 8, 3)
PLACES = st.lists(st.none() | st.integers(1, 200), min_size=1, max_size=40)


def days(number: int, step: int = 1) -> list[date]:
    return [DAY + timedelta(days=step * place) for place in range(number)]


def values(line: Line, *others: Line) -> dict[date, int | None]:
    """Returns the drawn points of `line`, by date."""
    (chart,) = drawing([line, *others])["charts"]
    points = chart["series"][0]["data"]
    return {DAY + timedelta(milliseconds=point["x"] - milliseconds(DAY)): point["y"] for point in points}


@given(PLACES)
def test_daily_positions_are_drawn_as_they_are(places: list[int | None]) -> None:
    line = Line("Top", "#000", 1, list(zip(days(len(places)), places, strict=True)))
    drawn = drawing([line])
    if not any(places):
        assert (drawn["charts"], "not on these charts" in drawn["empty"]) == ([], True)
        return
    assert list(values(line).values()) == places


def test_a_hole_is_a_gap() -> None:
    line = Line("Top", "#000", 1, [(DAY, 4), (DAY + timedelta(days=5), 6)])
    assert values(line) == {DAY: 4, DAY + timedelta(days=1): None, DAY + timedelta(days=5): 6}


def test_a_weekly_ranking_holds_for_its_week() -> None:
    weekly = Line(
        "Weekly", "#000", 7, [(DAY, 4), (DAY + timedelta(days=7), None), (DAY + timedelta(days=14), 2)]
    )
    daily = Line("Daily", "#111", 1, [(day, 1) for day in days(18)])
    found = values(weekly, daily)
    assert [found[day] for day in days(18)] == [4] * 7 + [None] * 7 + [2] * 4
    point = weekly.point(DAY + timedelta(days=3))
    assert (point["text"], point["notes"]) == ("position 4", [f"ranking of {DAY}"])
    assert weekly.point(DAY + timedelta(days=8))["text"] == "not in the ranking"
    assert weekly.point(DAY + timedelta(days=21))["text"] == "no stored ranking"
    assert weekly.point(DAY - timedelta(days=1))["text"] == "no stored ranking"


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_one_is_on_top_and_the_worst_is_on_the_axis(places: list[int]) -> None:
    (chart,) = drawing([Line("Top", "#000", 1, list(zip(days(len(places)), places, strict=True)))])["charts"]
    (axis,) = chart["yaxis"]
    assert axis["reversed"] is True
    assert axis["min"] == 1
    assert axis["max"] >= max(places)
    assert (axis["max"] - 1) % axis["tickAmount"] == 0


def test_every_series_has_a_point_at_every_label() -> None:
    lines = [Line(str(step), "#000", step, [(day, 1) for day in days(9, step)]) for step in (1, 7, 31)]
    (chart,) = drawing(lines)["charts"]
    labels = [[point["x"] for point in series["data"]] for series in chart["series"]]
    assert labels[0] == labels[1] == labels[2] == sorted(set(labels[0]))


def test_what_stands_alone_has_a_dot() -> None:
    line = Line("Top", "#000", 1, [(day, place) for day, place in zip(days(4), [3, None, 2, 2], strict=True)])
    (chart,) = drawing([line])["charts"]
    assert [dot["dataPointIndex"] for dot in chart["markers"]["discrete"]] == [0]


@given(PLACES)
def test_a_better_position_is_higher_in_the_spark(places: list[int | None]) -> None:
    spark = position_spark(list(zip(days(len(places)), places, strict=True)))
    if not any(places):
        assert spark is None
        return
    assert spark is not None
    points = [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", spark.path)]
    held = [place for place in places if place]
    assert len(points) == len(held)
    heights = {place: y for place, (_, y) in zip(held, points, strict=True)}
    ordered = [heights[place] for place in sorted(heights)]
    assert ordered == sorted(ordered)
    assert all(EDGE <= x <= WIDTH - EDGE and EDGE <= y <= HEIGHT - EDGE for x, y in points)
    begins = sum(place is not None and (not n or places[n - 1] is None) for n, place in enumerate(places))
    assert spark.path.count("M") == begins


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([3, 1, 2], "positions from 2026-08-03 to 2026-08-05: best 1, worst 3"),
        ([None, 9], "positions from 2026-08-03 to 2026-08-04: best 9, worst 9, in 1 of 2 stored rankings"),
        (
            [9, None, None],
            "positions from 2026-08-03 to 2026-08-05: best 9, worst 9, in 1 of 3 stored rankings",
        ),
    ],
)
def test_a_spark_states_what_it_shows(places: list[int | None], words: str) -> None:
    spark = position_spark(list(zip(days(len(places)), places, strict=True)))
    assert spark is not None
    assert spark.words == words
