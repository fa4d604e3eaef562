"""Confirmation of actions that cost calls or cannot be undone."""

from collections.abc import Sequence

from flask import render_template, request

from webapp import audit
from webapp.queries.ops.quota import Quota, quota
from webapp.work.costs import MONTH_DAYS

OWN_FIELDS = frozenset({"csrf_token", "confirmed", "confirmed_calls", "over"})


def confirmed(calls: int) -> bool:
    """Whether the form has a confirmation of so many calls; more than are left need a second one."""
    seen = request.form.get("confirmed_calls", calls, type=int)
    if "confirmed" not in request.form or calls > seen:
        return False
    return "over" in request.form or not is_over(calls, quota())


def is_over(calls: int, known: Quota | None) -> bool:
    """Whether `calls` exceed the known quota."""
    return known is not None and calls > known.quota_left


def confirmation_page(
    title: str, lines: Sequence[str], *, calls: int, calls_a_day: int = 0, button: str, back: str, undo: str
) -> str:
    """Renders the confirmation page; its form posts the same fields to the same URL, with the confirmation.

    `lines` describe the effects, `undo` whether they can be undone, `back` is the URL of 'Cancel'.
    `calls` is the cost now, `calls_a_day` the daily cost after that.
    """
    audit.unchanged()
    known, given = quota(), request.form or request.args
    fields = [(name, value) for name, value in given.items(multi=True) if name not in OWN_FIELDS]
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
