"""The quota and the queues, for operators: what is left, what used it, and what waits."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.extensions import db
from webapp.views.ops.quota_page import COLOURS, drawing, quota_page, read_usage
from webapp.views.shared.parameters import clean
from webapp.views.shared.waiting import QUEUES
from webapp.work.queue_pauses import pause_queue, resume_queue

blueprint = Blueprint("quota", __name__, url_prefix="/ops/quota")


@blueprint.get("/")
def page() -> str:
    """The quota of this billing period and the queues."""
    return render_template("ops/quota.html", page=quota_page(), queues=QUEUES, used_by=COLOURS)


@blueprint.get("/chart/")
def chart() -> dict[str, Any]:
    """The calls of each day of this billing period by queue, as charts.js draws them."""
    return drawing(read_usage())


@blueprint.post("/<queue>/pause/")
@limits.changes
def pause(queue: str) -> ResponseReturnValue:
    """Lets a queue's runs wait until somebody resumes it, for the `reason` that was typed."""
    label = _label(queue)
    if pause_queue(queue, clean(request.form.get("reason", "")), current_user.id):
        flash(f"Paused: {label.lower()}. What runs now goes on to its end.", "success")
    else:
        flash(f"Somebody has paused this already: {label.lower()}.", "info")
    db.session.commit()
    return redirect(url_for("quota.page"), 303)


@blueprint.post("/<queue>/resume/")
@limits.changes
def resume(queue: str) -> ResponseReturnValue:
    """Lets the queue's runs go on."""
    label = _label(queue)
    if resume_queue(queue):
        flash(f"Resumed: {label.lower()}. What waits is sent within seconds.", "success")
    else:
        flash(f"Nobody has paused this: {label.lower()}.", "info")
    db.session.commit()
    return redirect(url_for("quota.page"), 303)


def _label(queue: str) -> str:
    if queue not in QUEUES:
        abort(404, f"There is no queue {queue[:40]!r}.")
    return QUEUES[queue]
