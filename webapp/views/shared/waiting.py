"""What operators are told on every page while jobs wait: why, how many, and when it goes on."""

from itertools import groupby

from flask import g

from webapp.access.rights import allowed
from webapp.lib.formats import counted, day, moment
from webapp.queries.ops.quota import PausedQueue, paused_queues

QUEUES = {
    "interactive": "What people ask for",
    "sync": "Chart syncs",
    "default": "What is due by itself",
    "backfill": "Back-fills",
}


def paused() -> list[PausedQueue]:
    """What is paused, read once a request; nothing for who is not told of it."""
    if not allowed("quota.page"):
        return []
    if "paused_queues" not in g:
        g.paused_queues = paused_queues()
    found: list[PausedQueue] = g.paused_queues
    return found


def waiting_notices() -> list[str]:
    """A sentence or two for each reason that something waits; none in ordinary times."""
    grouped = groupby(paused(), key=lambda pause: (pause.kind, pause.reason, pause.paused_by))
    return [_notice(list(group)) for _key, group in grouped]


def waits_until(queue: str) -> str:
    """When a job goes on that is asked for now, as 'Waits until ...'; empty where it need not wait."""
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
    """'Chart syncs and Back-fills are'."""
    names = [QUEUES[pause.queue] for pause in pauses]
    several = len(names) > 1 or names[0].endswith("s")
    text = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return f"{text[0]}{text[1:].lower()} {'are' if several else 'is'}"


def _end(pause: PausedQueue) -> str:
    """When it goes on, as far as that can be known."""
    renewal = f"next billing day {day(pause.lasts_until)}" if pause.lasts_until else ""
    if pause.next_look_at is not None:
        look = f"next look {moment(pause.next_look_at)}"
        return f"there are calls again ({', '.join(filter(None, (look, renewal)))})"
    return f"there are calls again ({renewal})" if renewal else "somebody resumes it"
