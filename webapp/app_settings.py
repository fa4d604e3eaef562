"""Settings that may change while everything runs: the one table of them, with their bounds and defaults.

What stands in `.env` is read once at the start and is webapp/config.py's.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask import g, has_request_context
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from webapp import audit
from webapp.extensions import db
from webapp.models import AppSetting


class Setting(NamedTuple):
    """A whole number from `low` to `high`, in `unit`."""

    name: str
    label: str
    unit: str
    default: int
    low: int
    high: int
    help: str
    group: str


class SettingValueError(ValueError):
    """A setting cannot have this value; the message is one sentence that names it."""


DUE, QUOTA, KEPT = "When data are due", "Calls to SoundCharts", "How long things are kept"
_SHARE = "The share of a billing period's calls after which this queue waits for the next; 100 is no limit."

_DEFINITIONS = (
    Setting("fresh_hours", "Fresh for", "hours", 24, 1, 168,
        "Data no older than this are fresh: a refresh says so and spends no call, unless it is forced.", DUE),
    Setting("charting_due_days", "Audience of charting tracks", "days", 1, 1, 365,
        "So long after a fetch a track that stands on a chart we follow is due again.", DUE),
    Setting("others_due_days", "Audience of other tracks", "days", 7, 1, 365,
        "So long after a fetch any other track is due again.", DUE),
    Setting("absent_due_days", "What SoundCharts does not have", "days", 30, 1, 365,
        "So long after an answer without data, or a final error, it is asked for again.", DUE),
    Setting("metadata_due_days", "Metadata", "days", 30, 1, 365,
        "So long after a fetch the metadata of a track or an artist are due again.", DUE),
    Setting("billing_day", "Billing day", "day of the month", 1, 1, 28,
        "The day on which SoundCharts gives the next period's calls.", QUOTA),
    Setting("reserve_calls", "Reserve for people", "calls", 0, 0, 10_000_000,
        "While no more calls than these are left, only what somebody waits for is fetched.", QUOTA),
    Setting("share_sync", "Share of chart syncs", "percent", 100, 1, 100, _SHARE, QUOTA),
    Setting("share_default", "Share of what is due by itself", "percent", 100, 1, 100, _SHARE, QUOTA),
    Setting("share_backfill", "Share of back-fills", "percent", 100, 1, 100, _SHARE, QUOTA),
    Setting("runs_kept_days", "Runs", "days", 90, 7, 3650,
        "Runs that ended longer ago go, with their attempts, log lines and refused payloads.", KEPT),
    # No fewer days than a billing period has: its calls are counted.
    Setting("calls_kept_days", "Calls to the API", "days", 90, 32, 3650,
        "Calls made longer ago go; no fewer days than a billing period can have.", KEPT),
    Setting("batches_kept_days", "Batches", "days", 90, 7, 3650,
        "Batches asked for longer ago go, with what became of each of their subjects.", KEPT),
)  # fmt: skip
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _DEFINITIONS}


def setting(name: str) -> int:
    """The present value of a setting; who needs several of them outside a request takes `settings()`."""
    return settings()[name]


def settings() -> Mapping[str, int]:
    """The present value of every setting, by one statement; within a request it is sent once."""
    if not has_request_context():
        return _present()
    if "app_settings" not in g:
        g.app_settings = _present()
    values: Mapping[str, int] = g.app_settings
    return values


def checked(name: str, typed: str) -> int:
    """The value that was typed for a setting. Raises SettingValueError."""
    known = SETTINGS[name]
    if re.fullmatch(r"\d{1,9}", typed, re.ASCII) and known.low <= int(typed) <= known.high:
        return int(typed)
    raise SettingValueError(
        f"{known.label} must be a whole number from {known.low:,} to {known.high:,}, not {typed[:40]!r}."
    )


def stored() -> dict[str, AppSetting]:
    """What was set, with who did it; the others have their defaults."""
    query = select(AppSetting).options(joinedload(AppSetting.changer))
    return {row.name: row for row in db.session.scalars(query)}


def change(values: Mapping[str, int], *, changed_by: int) -> list[str]:
    """Stores those values that are not so already and leaves one event; commits. Returns their names."""
    before = settings()
    changed = {name: value for name, value in values.items() if value != before[name]}
    for name, value in changed.items():
        query = insert(AppSetting).values(name=name, value=value, changed_by=changed_by)
        told = {"value": value, "changed_by": changed_by, "changed_at": func.now()}
        db.session.execute(query.on_conflict_do_update(index_elements=["name"], set_=told))
    if not changed:
        audit.unchanged()
        return []
    _note({name: before[name] for name in changed}, changed)
    return list(changed)


def forget(name: str) -> None:
    """Gives a setting its default again, whatever a later version says that is; commits."""
    before = settings()[name]
    gone = db.session.execute(delete(AppSetting).where(AppSetting.name == name).returning(AppSetting.name))
    if gone.first() is None:
        audit.unchanged()
    else:
        _note({name: before}, {name: SETTINGS[name].default})


def is_fresh(fetched_at: datetime) -> bool:
    """Whether the API was asked so lately that a person's request need not spend a call."""
    return datetime.now(UTC) - fetched_at < timedelta(hours=setting("fresh_hours"))


def _note(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    audit.record("settings.change", "settings", before=before, after=after)
    db.session.commit()
    g.pop("app_settings", None)


def _present() -> dict[str, int]:
    """Every setting; one whose bounds became narrower than its stored value has its default again."""
    stored = {row.name: row.value for row in db.session.execute(select(AppSetting.name, AppSetting.value))}
    values = {}
    for known in _DEFINITIONS:
        value = stored.get(known.name, known.default)
        values[known.name] = value if known.low <= value <= known.high else known.default
    return values
