"""What costs calls or cannot be undone is asked first: what, how many, at what cost, and what is left."""

from collections.abc import Sequence

from flask import render_template, request

from webapp import audit
from webapp.queries.quota import quota

ASKED = frozenset({"csrf_token", "confirmed", "over"})


def confirmed(calls: int) -> bool:
    """Whether the form says yes to what it asks for; for more calls than are left it has to say so twice."""
    return "confirmed" in request.form and ("over" in request.form or not is_over(calls))


def is_over(calls: int) -> bool:
    """Whether this is more than is left, as far as is known."""
    known = quota()
    return known is not None and calls > known.quota_left


def ask(title: str, lines: Sequence[str], *, calls: int, button: str, back: str, undo: str) -> str:
    """The page that asks; its form sends the same fields to the same address again, with the answer.

    `lines` say what will happen to what, `undo` whether it can be undone, `back` is where 'Cancel' leads.
    """
    audit.unchanged()
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ASKED]
    return render_template(
        "confirm.html",
        title=title,
        lines=lines,
        calls=calls,
        over=is_over(calls),
        quota=quota(),
        button=button,
        back=back,
        undo=undo,
        fields=fields,
    )
