"""What costs calls or cannot be undone is asked first: what, how many, at what cost, and what is left."""

from collections.abc import Sequence

from flask import render_template, request

from webapp import audit
from webapp.queries.ops.quota import Quota, quota
from webapp.work.costs import MONTH_DAYS

ASKED = frozenset({"csrf_token", "confirmed", "over"})


def confirmed(calls: int) -> bool:
    """Whether the form says yes to what it asks for; for more calls than are left it has to say so twice."""
    return "confirmed" in request.form and ("over" in request.form or not is_over(calls, quota()))


def is_over(calls: int, known: Quota | None) -> bool:
    """Whether this is more than is left, as far as is known."""
    return known is not None and calls > known.quota_left


def ask(
    title: str, lines: Sequence[str], *, calls: int, calls_a_day: int = 0, button: str, back: str, undo: str
) -> str:
    """The page that asks; its form sends the same fields to the same URL again, with the answer.

    `lines` say what will happen to what, `undo` whether it can be undone, `back` is where 'Cancel' leads.
    `calls_a_day` is what it costs from then on, beside `calls` once.
    """
    audit.unchanged()
    known, given = quota(), request.form or request.args
    fields = [(name, value) for name, value in given.items(multi=True) if name not in ASKED]
    return render_template(
        "confirm.html",
        title=title,
        lines=lines,
        calls=calls,
        calls_a_day=calls_a_day,
        calls_a_month=calls_a_day * MONTH_DAYS,
        over=is_over(calls, known),
        quota=known,
        button=button,
        back=back,
        undo=undo,
        fields=fields,
    )
