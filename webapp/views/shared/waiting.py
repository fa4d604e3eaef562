"""The notices on every page while jobs wait: the reason, their number, and when they continue."""

from itertools import groupby

from flask import g

from webapp.access.rights import allowed
from webapp.lib.formats import counted, day, moment
from webapp.queries.ops.quota import PausedQueue, paused_queues
from webapp.work.queue import QUEUES


def paused() -> list[PausedQueue]:
    """Returns the paused queues, queried once per request; empty without permission."""
    if not allowed("quota.page"):
        return []
    if "paused_queues" not in g:
        g.paused_queues = paused_queues()
    found: list[PausedQueue] = g.paused_queues
    return found


def waiting_notices() -> list[str]:
    """Returns a sentence or two for each reason that jobs wait."""
    grouped = groupby(paused(), key=lambda pause: (pause.kind, pause.reason, pause.paused_by))
    return [_notice(list(group)) for _key, group in grouped]


def waits_until(queue: str) -> str:
    """Returns 'Waits until ...' for a job requested now; empty if it does not wait."""
    found = [pause for pause in paused() if pause.queue in ("", queue)]
    return f"Waits until {_end(found[0])}." if found else ""


def _notice(pauses: list[PausedQueue]) -> str:
    first = pauses[0]
    jobs = sum(pause.waiting for pause in pauses)
    wait = f"{counted(jobs, 'job')} wait{'s' if jobs == 1 else ''}" if jobs else "jobs wait"
    if first.kind == "quota":
        return f"The SoundCharts quota is used up, so {wait} until {_end(first)}."
    who = f" by {first.paused_by} since {moment(first.paused_at)}" if first.paused_by else ""
    reason = f" {first.reason}" if first.reason else ""
    return f"{_named(pauses)} paused{who}, so {wait} until {_end(first)}.{reason}"


def _named(pauses: list[PausedQueue]) -> str:
    """Returns 'Chart syncs and back-fills are'."""
    names = [QUEUES[pause.queue].label for pause in pauses]
    several = len(names) > 1 or names[0].endswith("s")
    text = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return f"{text[0]}{text[1:].lower()} {'are' if several else 'is'}"


def _end(pause: PausedQueue) -> str:
    """Returns when a pause ends, as far as it is known."""
    renewal = f"next billing day {day(pause.lasts_until)}" if pause.lasts_until else ""
    if pause.next_look_at is not None:
        look = f"next check {moment(pause.next_look_at)}"
        return f"there are calls again ({', '.join(filter(None, (look, renewal)))})"
    return f"there are calls again ({renewal})" if renewal else "resumed"
