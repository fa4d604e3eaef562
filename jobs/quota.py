"""What waits for the quota's sake: all that nobody waits for near its end, and queues whose share is used."""

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

SHARED = QUEUES[1:]
"""What nobody waits for at a page."""
NO_LIMIT = 100

log = logging.getLogger(__name__)


class _Told(NamedTuple):
    quota_left: int | None
    lately_asked: bool
    is_reserved: bool


class _Pause(NamedTuple):
    queue: str
    kind: str
    reason: str


def settle_pauses() -> int:
    """Puts and lifts the pauses of queues that the quota asks for; returns how many stand.

    What was known before this billing period says nothing of it, so nothing waits until the API has told.
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
    """The calls left, as far as is known; while a reserve is kept few calls tell, so the free usage does."""
    (told,) = rows(_Told, "quota_told", since=period.began_at, lately=QUOTA_CHECK_SECONDS)
    db.session.commit()
    asked = _usage() if told.is_reserved and not told.lately_asked else None
    return told.quota_left if asked is None else asked


def _usage() -> int | None:
    try:
        with soundcharts_outside_runs() as client:
            return client.usage().quota_left
    except SoundChartsError as error:
        log.warning("the API's usage could not be read: %s", error)
        return None
    finally:
        db.session.commit()


def _reserve(left: int) -> Iterator[_Pause]:
    reserve = setting("reserve_calls")
    if 0 < reserve >= left:
        for queue in SHARED:
            reason = f"No more than the {reserve:,} calls are left that are kept for what people ask for."
            yield _Pause(queue, "reserve", reason)


def _shares(period: Period, left: int) -> Iterator[_Pause]:
    shares = {queue: setting(f"share_{queue}") for queue in SHARED}
    if min(shares.values()) == NO_LIMIT:
        return
    used = used_by_queue(period.began_at)
    calls = sum(used.values()) + left
    for queue, share in shares.items():
        if share < NO_LIMIT and used.get(queue, 0) * 100 >= share * calls:
            yield _Pause(queue, "share", f"It has used its {share} % of this billing period's calls.")
