"""Settings that admins change at run time, with their bounds and defaults.

Settings in `.env` are read once at the start, by webapp/config.py.
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
    """A whole number from `low` to `high`; `unit` follows it: 'hours'."""

    name: str
    label: str
    unit: str
    default: int
    low: int
    high: int
    help: str
    group: str


class SettingValueError(ValueError):
    """An invalid value of a setting; the message is one sentence that names it."""


DUE, QUOTA, KEPT = "Data updates", "SoundCharts quota", "Retention"
_SHARES = {"sync": "Chart syncs", "default": "Scheduled fetches", "backfill": "Back-fills"}


def _due(name: str, label: str, *, default: int, help: str) -> Setting:  # noqa: A002 (the field of Setting)
    """Defines the days after which data are due again."""
    return Setting(name, label, "days", default=default, low=1, high=365, group=DUE, help=help)


_DEFINITIONS = (
    Setting("fresh_hours", "Fresh for", "hours", default=24, low=1, high=168, group=DUE,
        help="Within this time a refresh shows the stored data and costs no call."),
    _due("charting_due_days", "Charting tracks", default=1,
        help="Audience of tracks on synced charts is fetched again after this time."),
    _due("others_due_days", "Other tracks", default=7,
        help="Audience of all other tracks is fetched again after this time."),
    _due("absent_due_days", "Missing data", default=30,
        help="Where SoundCharts has no data, Trackpulse tries again after this time."),
    _due("metadata_due_days", "Track and artist details", default=30,
        help="Titles, credits, labels and identifiers are fetched again after this time."),
    Setting("billing_day", "Billing day", "of the month", default=1, low=1, high=28, group=QUOTA,
        help="The day on which SoundCharts renews the quota."),
    Setting("reserve_calls", "Reserve for people", "calls", default=0, low=0, high=10_000_000, group=QUOTA,
        help="When only this many calls are left, scheduled fetches stop and people can still refresh."),
    *(
        Setting(f"share_{queue}", label, "% of calls", default=100, low=1, high=100, group=QUOTA,
            help=f"The most that {label.lower()} may use of a billing period's calls; 100 is no limit.")
        for queue, label in _SHARES.items()
    ),
    Setting("runs_kept_days", "Runs", "days", default=90, low=7, high=3650, group=KEPT,
        help="Ended runs, with their attempts, log and rejected values."),
    # At least the days of a billing period, because its calls are counted.
    Setting("calls_kept_days", "API calls", "days", default=90, low=32, high=3650, group=KEPT,
        help="Calls to SoundCharts, from which the usage of a billing period is counted."),
    Setting("batches_kept_days", "Batches", "days", default=90, low=7, high=3650, group=KEPT,
        help="Batches, with the result of each item."),
)  # fmt: skip
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _DEFINITIONS}


def setting(name: str) -> int:
    """Returns the value of a setting; to read several outside a request, use `settings()`."""
    return settings()[name]


def settings() -> Mapping[str, int]:
    """Returns the value of every setting, in one query; cached within a request."""
    if not has_request_context():
        return _present()
    if "app_settings" not in g:
        g.app_settings = _present()
    values: Mapping[str, int] = g.app_settings
    return values


def checked(name: str, typed: str) -> int:
    """Reads the value of a setting. Raises SettingValueError."""
    known = SETTINGS[name]
    if re.fullmatch(r"\d{1,9}", typed, re.ASCII) and known.low <= int(typed) <= known.high:
        return int(typed)
    raise SettingValueError(
        f"{known.label} must be a whole number from {known.low:,} to {known.high:,}, not {typed[:40]!r}."
    )


def stored() -> dict[str, AppSetting]:
    """Returns the stored settings with the person who changed them; others have their defaults."""
    query = select(AppSetting).options(joinedload(AppSetting.changer))
    return {row.name: row for row in db.session.scalars(query)}


def change(values: Mapping[str, int], *, changed_by: int) -> list[str]:
    """Stores the changed values, records one event and commits. Returns their names."""
    before = settings()
    changed = {name: value for name, value in values.items() if value != before[name]}
    for name, value in changed.items():
        query = insert(AppSetting).values(name=name, value=value, changed_by=changed_by)
        row = {"value": value, "changed_by": changed_by, "changed_at": func.now()}
        db.session.execute(query.on_conflict_do_update(index_elements=["name"], set_=row))
    if not changed:
        audit.unchanged()
        return []
    _note({name: before[name] for name in changed}, changed)
    return list(changed)


def forget(name: str) -> None:
    """Resets a setting to its default, including later changes of the default; commits."""
    before = settings()[name]
    gone = db.session.execute(delete(AppSetting).where(AppSetting.name == name).returning(AppSetting.name))
    if gone.first() is None:
        audit.unchanged()
    else:
        _note({name: before}, {name: SETTINGS[name].default})


def is_fresh(fetched_at: datetime) -> bool:
    """Whether data are so recent that a request by a person need not spend a call."""
    return datetime.now(UTC) - fetched_at < timedelta(hours=setting("fresh_hours"))


def _note(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    audit.record("settings.change", "settings", before=before, after=after)
    db.session.commit()
    g.pop("app_settings", None)


def _present() -> dict[str, int]:
    """Reads every setting; a stored value outside its bounds is replaced by the default."""
    stored = {row.name: row.value for row in db.session.execute(select(AppSetting.name, AppSetting.value))}
    values = {}
    for known in _DEFINITIONS:
        value = stored.get(known.name, known.default)
        values[known.name] = value if known.low <= value <= known.high else known.default
    return values
