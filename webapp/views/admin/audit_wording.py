"""Audit events in words: the action, its changes and the page of its subject."""

import json
from typing import Any, NamedTuple

from flask import current_app, url_for
from werkzeug.routing import BuildError

from webapp.access.rights import allowed
from webapp.queries.admin.audit import Event

ACTIONS = {
    "audience.fetch": "Fetched a range of days",
    "audience.refresh": "Refreshed audience",
    "audience_api.refresh": "Refreshed audience by API",
    "batch.create": "Fetched a batch",
    "chart.cascade": "Changed what a chart's tracks get",
    "chart.disable": "Disabled a chart",
    "chart.enable": "Enabled a chart",
    "chart.join": "Joined charts",
    "chart.sync": "Synced a chart",
    "chart_runs.accept": "Accepted a ranking",
    "chart_runs.fetch": "Fetched a ranking",
    "django.import": "Imported the Django system",
    "export": "Exported a file",
    "import.create": "Imported tracks",
    "list.add": "Added to a list",
    "list.delete": "Deleted a list",
    "list.fresh": "Changed whether a list is kept fresh",
    "list.make": "Created a list",
    "list.remove": "Removed from a list",
    "list.rename": "Renamed a list",
    "list.share": "Changed a list's sharing",
    "lists.add": "Opened 'Add to list'",
    "lists.remove": "Removed nothing from a list",
    "note.change": "Changed a note",
    "note.delete": "Deleted a note",
    "note.make": "Added a note",
    "platform.alias": "Added a platform alias",
    "platform.create": "Created a platform",
    "platform.distinct": "Marked platforms as different",
    "platform.edit": "Edited a platform",
    "platform.merge": "Merged platforms",
    "platform.rename": "Changed a platform's slug",
    "platform.unalias": "Removed a platform alias",
    "queue.pause": "Paused a queue",
    "queue.resume": "Resumed a queue",
    "refused": "Denied access",
    "run.cancel": "Cancelled a run",
    "run.retry": "Retried a run",
    "search.ask": "Searched SoundCharts",
    "search.take": "Imported search results",
    "series.import": "Imported figures",
    "settings.change": "Changed settings",
    "token.create": "Created a token",
    "token.revoke": "Revoked a token",
    "track.merge": "Merged tracks",
    "track.rename": "Changed a track's uuid",
    "user.create": "Created a user",
    "user.disable": "Disabled a user",
    "user.enable": "Enabled a user",
    "user.end-session": "Ended a session",
    "user.end-sessions": "Ended sessions",
    "user.preferences": "Changed preferences",
    "user.reset-link": "Created a reset link",
    "user.set-password": "Set a password",
    "user.set-role": "Changed a role",
    "user.sign-in": "Signed in",
    "user.sign-in-refused": "Sign-in failed",
    "user.sign-out": "Signed out",
    "view.delete": "Deleted a view",
    "view.make": "Saved a view",
    "view.rename": "Renamed a view",
    "view.share": "Changed a view's sharing",
}
"""Labels by action; other actions are shown as recorded."""

# By the first word of a subject: the endpoint of its page and the URL parameter for the rest.
# Lists and views have none, since they may be private.
_PAGES = {
    "artist": ("artists.page", "uuid"),
    "batch": ("batches.page", "uuid"),
    "chart": ("charts.page", "slug"),
    "platform": ("platforms.page", "slug"),
    "run": ("ops.run", "uuid"),
    "track": ("tracks.page", "uuid"),
    "user": ("admin_people.index", "q"),
}


class Change(NamedTuple):
    """The change of a field; None if the event has no former or no present value."""

    field: str
    former: str | None
    present: str | None


def action_words(action: str) -> str:
    """Returns the label of an action, such as 'Signed in'."""
    return ACTIONS.get(action, action)


def changes(event: Event) -> list[Change]:
    """Returns the fields that differ, as text."""
    former, present = event.before or {}, event.after or {}
    return [
        Change(name.replace("_", " "), _text(former, name), _text(present, name))
        for name in former | present
        if name not in former or name not in present or former[name] != present[name]
    ]


def page_of(subject: str) -> str | None:
    """Returns the URL of a subject's page; None if there is none or the user may not open it."""
    kind, _, key = subject.partition(" ")
    endpoint, part = _PAGES.get(kind, ("", ""))
    if not key or endpoint not in current_app.view_functions or not allowed(endpoint):
        return None
    where: dict[str, Any] = {part: key}
    try:
        return url_for(endpoint, **where)
    except BuildError:
        return None


def _text(values: Any, name: str) -> str | None:
    return shown(values[name]) if name in values else None


def shown(value: object) -> str:
    """Returns a value as text: booleans as yes or no, empty as 'nothing', nested values as JSON."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "nothing"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
