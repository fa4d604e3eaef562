"""Settings that may change at run time: defaults, bounds, and that every process sees a change at once."""

import psycopg
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from webapp.app_settings import SETTINGS, SettingValueError, checked, setting

NAMES = sorted(SETTINGS)
DEFAULTS = {
    "absent_due_days": 30,
    "batches_kept_days": 90,
    "billing_day": 1,
    "calls_kept_days": 90,
    "charting_due_days": 1,
    "fresh_hours": 24,
    "metadata_due_days": 30,
    "others_due_days": 7,
    "reserve_calls": 0,
    "runs_kept_days": 90,
    "share_backfill": 100,
    "share_default": 100,
    "share_sync": 100,
}


def store(database: psycopg.Connection, name: str, value: int) -> None:
    database.execute(
        "INSERT INTO app_settings (name, value) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )


def test_what_nobody_set_has_its_default(app: Flask) -> None:
    assert {name: setting(name) for name in NAMES} == DEFAULTS


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_within_its_own_bounds_and_states_what_it_does(name: str) -> None:
    known = SETTINGS[name]
    assert known.low <= known.default <= known.high
    assert known.label
    assert known.help.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_what_was_stored_counts_at_once(app: Flask, database: psycopg.Connection, name: str) -> None:
    for value in (SETTINGS[name].high, SETTINGS[name].low):
        store(database, name, value)
        assert setting(name) == value


@pytest.mark.parametrize("value", [-1, 0, 29, 1_000_000])
def test_a_stored_value_out_of_bounds_is_not_believed(
    app: Flask, database: psycopg.Connection, value: int
) -> None:
    store(database, "billing_day", value)
    assert setting("billing_day") == DEFAULTS["billing_day"]


def test_an_unknown_name_is_an_error(app: Flask) -> None:
    with pytest.raises(KeyError):
        setting("fresh_days")


@given(st.sampled_from(NAMES), st.integers(-(10**12), 10**12))
def test_a_whole_number_is_taken_within_the_bounds_and_nowhere_else(name: str, value: int) -> None:
    known = SETTINGS[name]
    if known.low <= value <= known.high:
        assert checked(name, str(value)) == value
    else:
        with pytest.raises(SettingValueError, match=f"^{known.label} must be a whole number from "):
            checked(name, str(value))


@pytest.mark.parametrize("typed", ["", " ", "1.0", "1e2", "0x10", "ten", "+5", "-5", "٣", "1_0", "9" * 5000])
def test_nothing_else_is_a_number(typed: str) -> None:
    with pytest.raises(SettingValueError) as refused:
        checked("runs_kept_days", typed)
    assert str(refused.value).startswith("Runs must be a whole number from 7 to 3,650, not ")
    assert len(str(refused.value)) < 120
