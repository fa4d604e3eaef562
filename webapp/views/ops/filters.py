"""The parameters of the list of runs, their labels and URLs."""

from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.models import Platform
from webapp.queries.ops.runs import SCHEDULE, RunFilter
from webapp.queries.search.pages import list_words
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.listing import chips, filled_url
from webapp.views.shared.parameters import choice, date_range, filled, flag, read_id
from webapp.views.shared.wording import STATES
from webapp.work.queue import QUEUES
from webapp.work.requests import TASKS


class RunListState(NamedTuple):
    """The parameters of the list; `typed` is the search as typed."""

    narrow: RunFilter
    typed: str
    platform: Platform | None
    before: int | None

    def url(self, **other: object) -> str:
        """The URL of the first page of the list, with overrides."""
        return filled_url("ops.runs", self._parameters() | other)

    @property
    def here(self) -> str:
        """The URL of this page."""
        return self.url(before=self.before)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter as a label and the URL without it."""
        narrow = self.narrow
        found = [
            (f"State: {narrow.state}", narrow.state, "state"),
            (f"Task: {TASKS.get(narrow.task or '')}", narrow.task, "task"),
            (f"Queue: {narrow.queue}", narrow.queue, "queue"),
            (f"Requested by: {narrow.asked_by}", narrow.asked_by, "by"),
            (f"Platform: {self.platform.name if self.platform else ''}", self.platform, "platform"),
            (f"About: {self.typed}", self.typed, "q"),
            (f"From {narrow.since}", narrow.since, "start_date"),
            (f"To {narrow.until}", narrow.until, "end_date"),
            ("With errors", narrow.with_errors, "errors"),
        ]
        return chips(found, self.url)

    def _parameters(self) -> dict[str, Any]:
        narrow = self.narrow
        return {
            "state": narrow.state,
            "task": narrow.task,
            "queue": narrow.queue,
            "by": narrow.asked_by,
            "platform": narrow.platform,
            "q": self.typed,
            "start_date": narrow.since,
            "end_date": narrow.until,
            "errors": 1 if narrow.with_errors else None,
        }


def read_runs(given: MultiDict[str, str]) -> RunListState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    given = filled(given)
    since, until = date_range(given)
    typed = given.get("q", "")
    platform = platform_or_404(given["platform"]) if "platform" in given else None
    narrow = RunFilter(
        _one_of(given, "state", STATES),
        _one_of(given, "task", tuple(TASKS)),
        _one_of(given, "queue", tuple(QUEUES)),
        given.get("by"),
        platform.slug if platform else None,
        list_words("track", typed).query if typed.strip() else None,
        since,
        until,
        flag(given, "errors"),
    )
    return RunListState(narrow, typed, platform, read_id(given, "before", of="a run"))


def people_choices(people: list[str]) -> list[tuple[str, str]]:
    """Returns the choices of the filter by requester."""
    return [("", "Anyone"), (SCHEDULE, "Schedule"), *((email, email) for email in people)]


def _one_of(given: MultiDict[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    return choice(given, name, allowed) if name in given else None
