"""The parameters of the list of runs, their labels and URLs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from webapp.models import Platform
from webapp.queries.ops.runs import SCHEDULE, RunFilter
from webapp.queries.search.pages import list_words
from webapp.views.shared.parameters import choice, day, read_id
from webapp.views.shared.state import Reader, State, cursor, parameter, platform_filter, switch, text
from webapp.views.shared.wording import STATES
from webapp.work.queue import QUEUES
from webapp.work.requests import TASKS


def _among(allowed: Sequence[str]) -> Reader:
    return lambda given, name: choice(given, name, tuple(allowed))


@dataclass(frozen=True, kw_only=True)
class RunListState(State):
    """The parameters of the list; `q` is the search as typed."""

    endpoint = "ops.runs"

    state: str | None = parameter(_among(tuple(STATES)), lambda state: f"State: {STATES[state.state]}")
    task: str | None = parameter(_among(tuple(TASKS)), lambda state: f"Task: {TASKS[state.task]}")
    queue: str | None = parameter(_among(tuple(QUEUES)), lambda state: f"Queue: {QUEUES[state.queue].label}")
    requested_by: str | None = parameter(lambda given, name: given[name], "Requested by: {}", name="by")
    platform: Platform | None = platform_filter()
    q: str = text("About: {}")
    start_date: date | None = parameter(day, "From {}")
    end_date: date | None = parameter(day, "To {}")
    errors: bool = switch("With errors")
    before: int | None = cursor(partial(read_id, of="a run"))

    @property
    def narrow(self) -> RunFilter:
        """The filter for queries."""
        return RunFilter(
            state=self.state,
            task=self.task,
            queue=self.queue,
            requested_by=self.requested_by,
            platform=self.platform.slug if self.platform else None,
            words=list_words("track", self.q).query if self.q else None,
            since=self.start_date,
            until=self.end_date,
            with_errors=self.errors,
        )

    @property
    def here(self) -> str:
        """The URL of this page."""
        return self.url(before=self.before)


def people_choices(people: list[str]) -> list[tuple[str, str]]:
    """Returns the choices of the filter by requester."""
    return [("", "Anyone"), (SCHEDULE, "Schedule"), *((email, email) for email in people)]
