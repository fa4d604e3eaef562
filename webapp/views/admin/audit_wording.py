"""Events of the record in words: what was done, what it changed, and the page it is about."""

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
    "batch.create": "Fetched for many",
    "chart.cascade": "Changed what a chart brings",
    "chart.disable": "Disabled a chart",
    "chart.enable": "Enabled a chart",
    "chart.join": "Joined charts",
    "chart.sync": "Synced a chart",
    "chart_runs.accept": "Accepted a ranking",
    "chart_runs.fetch": "Fetched a ranking",
    "django.import": "Took over the Django system",
    "export": "Exported a file",
    "import.create": "Imported tracks",
    "list.add": "Added to a list",
    "list.delete": "Deleted a list",
    "list.fresh": "Kept a list fresh or not",
    "list.make": "Made a list",
    "list.remove": "Removed from a list",
    "list.rename": "Renamed a list",
    "list.share": "Shared a list or not",
    "note.change": "Changed a note",
    "note.delete": "Deleted a note",
    "note.make": "Wrote a note",
    "platform.alias": "Gave a platform a spelling",
    "platform.create": "Made a platform",
    "platform.distinct": "Said platforms are two",
    "platform.edit": "Edited a platform",
    "platform.merge": "Merged platforms",
    "platform.rename": "Gave a platform another slug",
    "platform.unalias": "Took a platform's spelling",
    "queue.pause": "Paused a queue",
    "queue.resume": "Resumed a queue",
    "refused": "Was refused a page",
    "run.cancel": "Cancelled a run",
    "run.retry": "Retried a run",
    "search.ask": "Searched SoundCharts",
    "search.take": "Imported what was found",
    "series.import": "Imported figures",
    "settings.change": "Changed settings",
    "token.create": "Made a token",
    "token.revoke": "Revoked a token",
    "track.merge": "Merged tracks",
    "track.rename": "Gave a track another uuid",
    "user.create": "Made a user",
    "user.disable": "Disabled a user",
    "user.enable": "Enabled a user",
    "user.end-session": "Ended a session",
    "user.end-sessions": "Ended sessions",
    "user.preferences": "Changed preferences",
    "user.reset-link": "Made a reset link",
    "user.set-password": "Set a password",
    "user.set-role": "Changed a role",
    "user.sign-in": "Signed in",
    "user.sign-in-refused": "Could not sign in",
    "user.sign-out": "Signed out",
    "view.delete": "Deleted a view",
    "view.make": "Saved a view",
    "view.rename": "Renamed a view",
    "view.share": "Shared a view or not",
}
"""What is not here shows as it is recorded."""

# What a subject begins with, the page of it, and the part of that page's address which the rest of it is.
# Lists and views have none, since they may be somebody's own.
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
    """What became of a field; None where the event says nothing of how it was, or of how it is."""

    field: str
    former: str | None
    present: str | None


def action_words(action: str) -> str:
    """What was done: 'Signed in'."""
    return ACTIONS.get(action, action)


def changes(event: Event) -> list[Change]:
    """The fields that differ, as text."""
    former, present = event.before or {}, event.after or {}
    return [
        Change(name.replace("_", " "), _told(former, name), _told(present, name))
        for name in former | present
        if name not in former or name not in present or former[name] != present[name]
    ]


def page_of(subject: str) -> str | None:
    """The address of the page a subject is about; None where it has none, or none for this user."""
    kind, _, key = subject.partition(" ")
    endpoint, part = _PAGES.get(kind, ("", ""))
    if not key or endpoint not in current_app.view_functions or not allowed(endpoint):
        return None
    where: dict[str, Any] = {part: key}
    try:
        return url_for(endpoint, **where)
    except BuildError:
        return None


def _told(values: Any, name: str) -> str | None:
    return shown(values[name]) if name in values else None


def shown(value: object) -> str:
    """A value as text: booleans as yes and no, nothing as 'nothing', what is nested as JSON."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "nothing"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
