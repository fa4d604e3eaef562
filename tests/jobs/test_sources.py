"""Sources of audience and of charts: SoundCharts, and others that implement the contract."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from flask import Flask

import jobs.sources
import jobs.tasks.charts
from jobs.audience import AudienceDataProcessor
from jobs.commands.import_series import store_series
from jobs.soundcharts import AudienceItem, Chart, NamedPlatform, Plot, Ranking
from jobs.sources import CHART_SOURCES, SOURCES, AudienceSource, Wanted
from jobs.upserts import Counts
from tests.factories import make_track, platform_id, stored
from tests.jobs.tasks.rankings import carry_out_all, entry, standing
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import Chart as StoredChart
from webapp.models import Platform, Track
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, sync_request

DAY = datetime.now(UTC).date()


class Bandcamp:
    """A third source, whole."""

    def __init__(self, _heartbeat: object = None) -> None:
        self.asked: list[Wanted] = []

    def serves(self, platform: Platform) -> bool:
        return platform.slug == "bandcamp"

    def series(self, wanted: Wanted) -> list[AudienceItem]:
        self.asked.append(wanted)
        return [AudienceItem(date=DAY, plots=(Plot("album", 3), Plot("single", 4)), raw={"plots": []})]


class BandcampCharts:
    """A second source of charts, whole: one weekly chart, with two rankings."""

    def __init__(self, _heartbeat: object = None) -> None:
        self.chart = Chart(slug="bandcamp-best", name="Best", platform="bandcamp", frequency="weekly")

    def platforms(self) -> list[NamedPlatform]:
        return [NamedPlatform("Bandcamp", "bandcamp")]

    def serves(self, platform: Platform) -> bool:
        return platform.slug == "bandcamp"

    def charts(self, _code: str) -> list[Chart]:
        return [self.chart]

    def dates(self, _slug: str) -> list[str]:
        return ["2026-02-23T00:00:00+00:00", "2026-03-02T00:00:00+00:00"]

    def ranking(self, slug: str, when: str | None) -> Ranking:
        stamp = when or self.dates(slug)[-1]
        return Ranking(
            chart=self.chart,
            ranked_at=stamp,
            ranked_on=date.fromisoformat(stamp[:10]),
            entries=(entry(1, 1), entry(2, 2)),
        )


def test_charts_of_a_new_source_are_synced_like_those_of_the_api(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.sources, "CHART_SOURCES", [BandcampCharts, *CHART_SOURCES])
    monkeypatch.setattr(jobs.tasks.charts, "CHART_SOURCES", [BandcampCharts])
    calls = sandbox.calls()
    submit(discovery_request(None))
    carry_out_all()
    chart = db.session.scalars(db.select(StoredChart)).one()
    submit(sync_request(chart, since=date(2026, 1, 1)))
    assert {run.state for run in carry_out_all()} == {"succeeded"}
    assert standing(database, chart.id, date(2026, 2, 23)) == [1, 2]
    assert standing(database, chart.id, date(2026, 3, 2)) == [1, 2]
    assert sandbox.calls() == calls


@pytest.mark.parametrize("odd", ["0001-01-01", "1989-12-31", "2999-01-01"])
def test_a_date_that_no_ranking_has_is_reported_and_not_stored(
    app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    listed = ["2026-03-02T00:00:00+00:00", f"{odd}T00:00:00+00:00"]
    monkeypatch.setattr(BandcampCharts, "dates", lambda _self, _slug: listed[:])
    monkeypatch.setattr(jobs.sources, "CHART_SOURCES", [BandcampCharts])
    monkeypatch.setattr(jobs.tasks.charts, "CHART_SOURCES", [BandcampCharts])
    submit(discovery_request(None))
    carry_out_all()
    chart = db.session.scalars(db.select(StoredChart)).one()
    submit(sync_request(chart))
    (run,) = carry_out_all()
    assert run.state == "failed"
    assert run.error is not None
    assert run.error.startswith("The ranking was not stored: its date must be")
    assert odd in run.error
    assert database.execute("SELECT count(*) FROM chart_rankings").fetchone() == (0,)
    listed.reverse()
    submit(sync_request(chart))
    (run,) = carry_out_all()
    assert run.state == "succeeded"
    assert f"The API also lists dates that are not valid: {odd}." in run.message
    assert database.execute("SELECT ranked_on FROM chart_dates").fetchall() == [(date(2026, 3, 2),)]


@pytest.fixture
def bandcamp(app: Flask, database: psycopg.Connection) -> int:
    """A platform that SoundCharts does not know, as a migration makes one; its sales add up."""
    make_track(database)
    database.execute(
        "INSERT INTO platforms (slug, name, has_song_audience, plot_rule)"
        " VALUES ('bandcamp', 'Bandcamp', true, 'sum')"
    )
    return platform_id(database, "bandcamp")


def test_a_new_source_is_fetched_from_like_the_api(
    app: Flask, database: psycopg.Connection, bandcamp: int, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.sources, "SOURCES", [Bandcamp, *SOURCES])
    calls = sandbox.calls()
    result = AudienceDataProcessor().process_and_store_audience_data(SEED_TRACK, "Band-Camp")
    assert result["success"], result
    assert result["records_created"] == 1
    assert sandbox.calls() == calls
    assert stored(database, 1) == [(bandcamp, DAY, 7)]
    assert AudienceDataProcessor().process_and_store_audience_data(SEED_TRACK, "spotify")["success"]
    assert sandbox.calls() > calls


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], ""),
        ([date(1, 1, 1)], "1 date outside {first} to {last} was not stored: 0001-01-01."),
        ([-91, 2, 400], "3 dates outside {first} to {last} were not stored: {0}, {1}, {2}."),
        (
            [-90, *range(2, 12)],
            "11 dates outside {first} to {last} were not stored: {0}, {1}, {2}, {3}, {4} and 6 more.",
        ),
    ],
)
def test_dates_outside_those_requested_are_reported_and_not_stored(
    database: psycopg.Connection,
    bandcamp: int,
    monkeypatch: pytest.MonkeyPatch,
    others: list[date | int],
    told: str,
) -> None:
    tomorrow = DAY + timedelta(days=1)
    days = [DAY + timedelta(days=each) if isinstance(each, int) else each for each in others]

    class Confused(Bandcamp):
        def series(self, wanted: Wanted) -> list[AudienceItem]:
            [item] = super().series(wanted)
            return [AudienceItem(date=day, plots=item.plots, raw={}) for day in [DAY, tomorrow, *days]]

    monkeypatch.setattr(jobs.sources, "SOURCES", [Confused, *SOURCES])
    result = AudienceDataProcessor().process_and_store_audience_data(SEED_TRACK, "bandcamp")
    assert result["success"]
    first = DAY - timedelta(days=89)
    assert result["message"].endswith(told.format(*days, first=first, last=tomorrow))
    assert "outside" not in result["message"] or told
    assert [day for _platform, day, _total in stored(database, 1)] == [DAY, tomorrow]


@pytest.mark.parametrize(
    ("named", "platform", "back_fills"), [(1, "bandcamp", 1), (2, "bandcamp", 0), (1, "spotify", 0)]
)
def test_after_an_empty_answer_history_is_fetched_if_the_platform_is_known_to_have_the_track(
    database: psycopg.Connection,
    bandcamp: int,
    monkeypatch: pytest.MonkeyPatch,
    named: int,
    platform: str,
    back_fills: int,
) -> None:
    monkeypatch.setattr(Bandcamp, "series", lambda _self, _wanted: [])
    monkeypatch.setattr(jobs.sources, "SOURCES", [Bandcamp, *SOURCES])
    make_track(database, "00000000-0000-4000-8000-000000000002", "another")
    database.execute(
        "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, 'x', %s)",
        [platform_id(database, platform), named],
    )
    result = AudienceDataProcessor().process_and_store_audience_data(SEED_TRACK, "bandcamp")
    assert result["success"], result
    assert result["message"] == f"The API has no values from {DAY - timedelta(days=89)} to today."
    queued = database.execute("SELECT count(*) FROM job_runs WHERE task = 'backfill_audience'")
    assert queued.fetchone() == (back_fills,)


def test_all_of_a_source_can_be_stored_at_once(
    app: Flask, database: psycopg.Connection, bandcamp: int
) -> None:
    source: AudienceSource = Bandcamp()
    track, platform = db.session.get_one(Track, 1), db.session.get_one(Platform, bandcamp)
    assert store_series(source, track, platform) == Counts(1, 0, 0)
    assert store_series(source, track, platform) == Counts(0, 0, 1)
    db.session.commit()
    assert stored(database, 1) == [(bandcamp, DAY, 7)]
