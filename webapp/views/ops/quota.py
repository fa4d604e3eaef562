"""The quota and the queues, for operators."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.extensions import db
from webapp.views.ops.quota_page import COLOURS, drawing, quota_page, read_usage
from webapp.views.shared.parameters import clean
from webapp.work.queue import QUEUES
from webapp.work.queue_pauses import pause_queue, resume_queue

blueprint = Blueprint("quota", __name__, url_prefix="/ops/quota")


@blueprint.get("/")
def page() -> str:
    """The quota of this billing period and the queues."""
    return render_template(
        "ops/quota.html",
        page=quota_page(),
        queues={name: queue.label for name, queue in QUEUES.items()},
        used_by=COLOURS,
    )


@blueprint.get("/chart/", endpoint="drawing")
def draw() -> dict[str, Any]:
    """The drawing for drawings.js of calls per day and queue in this billing period."""
    return drawing(read_usage())


@blueprint.post("/<queue>/pause/")
@limits.changes
def pause(queue: str) -> ResponseReturnValue:
    """Pauses a queue until it is resumed, with the given `reason`."""
    label = _label(queue)
    if pause_queue(queue, clean(request.form.get("reason", "")), current_user.id):
        flash(f"Paused: {label.lower()}. Running jobs finish.", "success")
    else:
        flash(f"Already paused: {label.lower()}.", "info")
    db.session.commit()
    return redirect(url_for("quota.page"), 303)


@blueprint.post("/<queue>/resume/")
@limits.changes
def resume(queue: str) -> ResponseReturnValue:
    """Resumes a queue."""
    label = _label(queue)
    if resume_queue(queue):
        flash(f"Resumed: {label.lower()}. Queued jobs start within seconds.", "success")
    else:
        flash(f"Not paused: {label.lower()}.", "info")
    db.session.commit()
    return redirect(url_for("quota.page"), 303)


def _label(queue: str) -> str:
    if queue not in QUEUES:
        abort(404, f"Queue {queue[:40]!r} not found.")
    return QUEUES[queue].label
