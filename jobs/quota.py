"""Pauses queues to save quota: all but `interactive` near its end, and queues that used their share."""

import logging
from collections.abc import Iterator
from typing import NamedTuple

from jobs.api import soundcharts_outside_runs
from jobs.runs import QUOTA_CHECK_SECONDS
from jobs.soundcharts import SoundChartsError
from webapp.app_settings import setting
from webapp.extensions import db
from webapp.queries import rows, statement
from webapp.queries.ops.quota import used_by_queue
from webapp.work.billing import Period, billing_period
from webapp.work.queue import QUEUES

SHARED = tuple(QUEUES)[1:]
"""The queues that share the quota; nobody waits at a page for their runs."""
NO_LIMIT = 100

log = logging.getLogger(__name__)


class _Reported(NamedTuple):
    quota_left: int | None
    lately_requested: bool
    is_reserved: bool


class _Pause(NamedTuple):
    queue: str
    kind: str
    reason: str


def settle_pauses() -> int:
    """Sets and lifts the pauses that the quota requires; returns the number in effect.

    Values from an earlier billing period do not apply, so no queue is paused until the API reports the quota.
    """
    period = billing_period()
    left = _left(period)
    pauses = [] if left is None else [*_reserve(left), *_shares(period, left)]
    db.session.execute(
        statement("queue_pauses_settle"),
        {
            "queues": [pause.queue for pause in pauses],
            "kinds": [pause.kind for pause in pauses],
            "reasons": [pause.reason for pause in pauses],
            "lasts_until": period.ends_at,
        },
    )
    db.session.commit()
    return len(pauses)


def _left(period: Period) -> int | None:
    """Returns the calls left, or None if unknown.

    While the reserve pauses queues few calls report the quota, so the usage endpoint, which is free, is used.
    """
    (reported,) = rows(_Reported, "quota_reported", since=period.began_at, lately=QUOTA_CHECK_SECONDS)
    db.session.commit()
    usage = _usage() if reported.is_reserved and not reported.lately_requested else None
    return reported.quota_left if usage is None else usage


def _usage() -> int | None:
    try:
        return soundcharts_outside_runs().usage().quota_left
    except SoundChartsError as error:
        log.warning("the API's usage could not be read: %s", error)
        return None
    finally:
        db.session.commit()


def _reserve(left: int) -> Iterator[_Pause]:
    reserve = setting("reserve_calls")
    if 0 < reserve >= left:
        for queue in SHARED:
            reason = f"At most the {reserve:,} calls reserved for people's requests are left."
            yield _Pause(queue, "reserve", reason)


def _shares(period: Period, left: int) -> Iterator[_Pause]:
    shares = {queue: setting(f"share_{queue}") for queue in SHARED}
    if min(shares.values()) == NO_LIMIT:
        return
    used = used_by_queue(period.began_at)
    calls = sum(used.values()) + left
    for queue, share in shares.items():
        if share < NO_LIMIT and used.get(queue, 0) * 100 >= share * calls:
            yield _Pause(queue, "share", f"The queue has used its {share}% of this billing period's calls.")
