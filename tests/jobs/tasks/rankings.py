"""Builds rankings like a source's in one line, and executes runs like a worker."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg

from jobs.runs import carry_out, take
from jobs.soundcharts import Chart, FoundSong, Ranking, RankingEntry
from jobs.tasks.rankings import Stored, store_ranking
from webapp.extensions import db
from webapp.models import Chart as StoredChart
from webapp.models import ChartRanking, JobRun

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 3, tzinfo=UTC)
HEAD = Chart(
    slug="global-28", name="Top Songs", platform="spotify", frequency="daily", country_name="Worldwide"
)


def song(number: int) -> FoundSong:
    return FoundSong(uuid=str(UUID(int=number)), name=f"Song {number}", credit_name=f"Artist {number}")


def entry(position: int, number: int, metric: int | None = None, old: int = 0) -> RankingEntry:
    return RankingEntry(
        song=song(number),
        position=position,
        metric=metric,
        old_position=old,
        position_evolution=old and old - position,
    )


def ranking(
    songs: Sequence[int], day: date = DAY, *, time: str = "T12:00:00+00:00", head: Chart = HEAD
) -> Ranking:
    """Returns the songs' numbers, best first."""
    entries = tuple(entry(position, number) for position, number in enumerate(songs, start=1))
    return Ranking(chart=head, ranked_at=f"{day}{time}", ranked_on=day, entries=entries)


def later(hours: int) -> datetime:
    return AT + timedelta(hours=hours)


def standing(connection: psycopg.Connection, chart_id: int, day: date = DAY) -> list[int]:
    """Returns the numbers of the songs that are stored, best first."""
    rows = connection.execute(
        "SELECT uuid FROM chart_ranking_entries JOIN tracks ON tracks.id = track_id"
        " WHERE chart_id = %s AND ranked_on = %s ORDER BY position",
        [chart_id, day],
    )
    return [row[0].int for row in rows]


def carry_out_all(task: str | None = None) -> list[JobRun]:
    """Carries out what is queued and due, in order, with what it leads to; returns the runs as they ended."""
    db.session.rollback()  # now() is when a transaction began
    done = []
    query = db.select(JobRun.uuid).where(JobRun.state == "queued").order_by(JobRun.number).limit(1)
    if task is not None:
        query = query.where(JobRun.task == task)
    while uuid := db.session.scalar(query.where(JobRun.run_after <= db.func.now())):
        run = take(uuid)
        db.session.commit()
        if run is None:  # the API is paused
            break
        carry_out(run)
        done.append(uuid)
    db.session.rollback()
    return [db.session.get_one(JobRun, uuid, populate_existing=True) for uuid in done]


def store(chart_id: int, what: Ranking, hours: int = 0) -> Stored:
    """Stores a ranking as received `hours` later."""
    chart = db.session.get_one(StoredChart, chart_id)
    stored = store_ranking(chart, what, run_uuid=None, received_at=later(hours))
    db.session.commit()
    return stored


def held(chart_id: int) -> ChartRanking:
    """Returns the stored ranking of DAY."""
    db.session.rollback()
    return db.session.get_one(ChartRanking, (chart_id, DAY), populate_existing=True)
