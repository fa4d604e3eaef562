"""Many requests at once: one statement, in their order, without deadlocks."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
from flask import Flask

from webapp.extensions import db
from webapp.work.queue import QUEUES, record
from webapp.work.requests import RunRequest


def asked(number: int, queue: str = "default", *, forced: bool = False) -> RunRequest:
    args = {"kind": "song", "term": str(number)}
    return RunRequest("search_soundcharts", args, f"key:{number}", queue, forced)


def test_requests_come_back_in_the_order_requested(app: Flask) -> None:
    first = record([asked(number) for number in (3, 1, 2)])
    assert [run.created for run in first] == [True, True, True]
    again = record([asked(2), asked(4), asked(3), asked(2)])
    assert [run.created for run in again] == [False, True, False, False]
    assert (again[0].uuid, again[2].uuid, again[3].uuid) == (first[2].uuid, first[0].uuid, first[2].uuid)
    assert record([]) == []


def test_a_forced_and_more_urgent_request_reaches_each_live_run(
    app: Flask, database: psycopg.Connection
) -> None:
    record([asked(number) for number in (1, 2)])
    record([asked(1, "interactive", forced=True), asked(2)])
    db.session.commit()
    rows = database.execute("SELECT dedupe_key, forced, queue FROM job_runs ORDER BY 1").fetchall()
    assert rows == [("key:1", True, "interactive"), ("key:2", False, "default")]


def test_people_who_ask_for_the_same_do_not_wait_in_a_circle(
    app: Flask, database: psycopg.Connection
) -> None:
    def ask(turn: int) -> None:
        with app.app_context():
            for _ in range(10):
                record([asked(number) for number in sorted(range(50), reverse=bool(turn % 2))])
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(8)))
    assert database.execute("SELECT count(*), count(DISTINCT dedupe_key) FROM job_runs").fetchone() == (
        50,
        50,
    )


def test_the_database_ranks_the_queues_as_workers_take_them(database: psycopg.Connection) -> None:
    ranks = [database.execute("SELECT queue_rank(%s)", [queue]).fetchone() for queue in QUEUES]
    assert ranks == [(rank,) for rank, _queue in enumerate(QUEUES, start=1)]
