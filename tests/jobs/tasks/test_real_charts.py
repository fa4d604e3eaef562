"""Real charts, from files through the API and the jobs into the database: every ranking equals the file."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from flask import Flask

from tests.jobs.tasks.rankings import carry_out_all
from tests.jobs.tasks.test_real_figures import REAL
from tests.sandbox.test_files import write
from tests.sandbox_server import running_sandbox
from webapp.extensions import db
from webapp.lib.text import fold_text
from webapp.models import Chart
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, sync_request

HOT_100, YOUTUBE = "billboard-hot-100", "youtube-top-songs"


class Said(NamedTuple):
    """A place in a file: the song was at `was` the week before; it is its `times`th week here."""

    title: str
    was: int | None
    times: int
    metric: int | None
    artist: str = ""

    @property
    def song(self) -> tuple[str, str]:
        return self.title, self.artist


Rankings = dict[date, dict[int, Said]]


def said(folder: Path, slug: str) -> Rankings:
    found: defaultdict[date, dict[int, Said]] = defaultdict(dict)
    name = {HOT_100: "billboard_hot100_weekly*.csv.gz", YOUTUBE: "youtube_top100_weekly*.csv.gz"}[slug]
    (path,) = folder.glob(name)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if slug == HOT_100:
                day, was, times, metric = row["chart_week"], row["last_week"], row["wks_on_chart"], ""
            else:
                day, was, times = row["downloaded_at"][:10], row["previous_rank"], row["periods_on_chart"]
                metric = row["views"]
            place = Said(
                row.get("title") or row["track_name"],
                int(was) if was.isdigit() else None,
                int(times),
                int(metric) if metric else None,
                row.get("performer") or row["artist_names"],
            )
            found[date.fromisoformat(day)][int(row["rank"])] = place
    return dict(found)


@pytest.fixture(params=["made up", "real"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "made up":
        return write(tmp_path)
    if not REAL.is_dir():
        pytest.skip(f"there is no folder {REAL.name} of real figures; SANDBOX_DATA can name it")
    return REAL


@pytest.fixture
def synced(app: Flask, database: psycopg.Connection, folder: Path) -> Iterator[psycopg.Connection]:
    """Both charts with all of their rankings."""
    settings = app.config["SETTINGS"]
    with running_sandbox("--data", str(folder)) as sandbox:
        app.config["SETTINGS"] = replace(settings, soundcharts_base_url=sandbox.url)
        submit(discovery_request(None))
        carry_out_all("discover_charts")
        for chart in db.session.scalars(db.select(Chart)).all():
            submit(sync_request(chart, since=date(2000, 1, 1)))
        assert {run.state for run in carry_out_all()} == {"succeeded"}
        yield database
    app.config["SETTINGS"] = settings


def stored(database: psycopg.Connection, slug: str) -> Rankings:
    found: defaultdict[date, dict[int, Said]] = defaultdict(dict)
    rows = database.execute(
        "SELECT ranked_on, position, tracks.name, previous_position, time_on_chart, metric"
        " FROM chart_ranking_entries AS entries JOIN tracks ON tracks.id = track_id"
        " JOIN charts ON charts.id = chart_id WHERE charts.slug = %s",
        [slug],
    )
    for day, position, *place in rows:
        found[day][position] = Said(*place)
    return dict(found)


def without_names(rankings: Rankings) -> Rankings:
    return {
        day: {at: place._replace(title="", artist="") for at, place in places.items()}
        for day, places in rankings.items()
    }


def test_every_ranking_and_movement_equals_the_file(
    synced: psycopg.Connection, folder: Path, subtests: pytest.Subtests
) -> None:
    for slug in (HOT_100, YOUTUBE):
        with subtests.test(slug):
            rankings_equal_the_file(synced, folder, slug)
    with subtests.test("movements"):
        movements_equal_the_file(synced, folder)


def rankings_equal_the_file(synced: psycopg.Connection, folder: Path, slug: str) -> None:
    expected, found = said(folder, slug), stored(synced, slug)
    assert without_names(found) == without_names(expected)
    if folder == REAL:
        assert len(found) == {HOT_100: 137, YOUTUBE: 29}[slug]
    # A song is one in both charts, however each writes its title.
    for day, places in expected.items():
        for position, place in places.items():
            assert folded(found[day][position].title) == folded(place.title)


def movements_equal_the_file(synced: psycopg.Connection, folder: Path) -> None:
    """Positions a week before, new entries and re-entries, compared with the file.

    YouTube's file has some weeks twice, a few days apart, so its words are about other dates than ours.
    """
    expected, right, renamed = said(folder, HOT_100), 0, 0
    for before, day in pairwise(sorted(expected)):
        for position, movement, was in movements(synced, HOT_100, day):
            place = expected[day][position]
            if place.was and expected[before][place.was].song != place.song and was is None:
                renamed += 1  # written in another way the week before, it is taken for another song
            else:
                assert (movement, was) == moved(place, position), (day, position, place)
                right += 1
    assert right >= (13_590 if folder == REAL else 2)
    assert renamed <= 10


def movements(database: psycopg.Connection, slug: str, day: date) -> list[tuple[int, str, int | None]]:
    return database.execute(
        "SELECT position, movement, previous_position FROM charts, ranking_movements(charts.id, %s)"
        " WHERE charts.slug = %s",
        [day, slug],
    ).fetchall()


def moved(place: Said, position: int) -> tuple[str, int | None]:
    """Returns the movement of a song since the week before according to the file."""
    if place.was is None:
        return ("new" if place.times == 1 else "re_entry"), None
    return ("up" if place.was > position else "down" if place.was < position else "same"), place.was


def folded(title: str) -> str:
    return fold_text(title).replace(" ", "") or title
