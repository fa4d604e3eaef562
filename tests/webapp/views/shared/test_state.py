"""The declared parameters of pages: read, written and labelled by one declaration."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webapp.views.shared.parameters import BadParameterError, day, read_id
from webapp.views.shared.state import (
    Parameters,
    RangeState,
    State,
    cursor,
    one_of,
    parameter,
    switch,
    text,
)


@dataclass(frozen=True, kw_only=True)
class Shelf(State):
    """A page with a parameter of each kind."""

    endpoint = "tracks.index"

    q: str = text("Search: {}")
    kind: str = one_of(("", "song", "album"), lambda state: f"Kind: {state.kind.upper()}", name="type")
    start_date: date | None = parameter(day, "From {}", without=("end_date",))
    end_date: date | None = parameter(day)
    held: bool = switch("Held")
    after: int | None = cursor(read_id)
    title: str = "shelf"


@dataclass(frozen=True, kw_only=True)
class Ranged(RangeState):
    """A panel with a range."""

    undated = "90"

    range: str = one_of(("30", "90", "dates"))
    start_date: date | None = parameter(day)
    end_date: date | None = parameter(day)


def read(query: dict[str, str]) -> Shelf:
    return Shelf.read(MultiDict(query))


def test_a_missing_and_an_empty_parameter_have_the_default() -> None:
    assert read({}) == Shelf() == read({"q": "", "type": " ", "held": "\0", "after": "", "other": "x"})


def test_a_parameter_is_read_by_its_name_in_the_url() -> None:
    state = read({"q": " a\0b ", "type": "song", "start_date": "2026-11-01", "held": "1", "after": "7"})
    assert state == Shelf(q="ab", kind="song", start_date=date(2026, 11, 1), held=True, after=7)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"type": "film"}, "type must be one of"),
        ({"start_date": "2026-13-01"}, "start_date must be a date"),
        ({"held": "yes"}, "held must be true or false"),
        ({"start_date": "2026-11-02", "end_date": "2026-11-01"}, "is after end_date"),
    ],
)
def test_an_invalid_parameter_is_named(query: dict[str, str], named: str) -> None:
    with pytest.raises(BadParameterError, match=named):
        read(query)


def test_fixed_fields_are_not_read() -> None:
    given = MultiDict({"q": "a", "type": "film"})
    assert Shelf.read(given, kind="album", title="mine") == Shelf(q="a", kind="album", title="mine")


def test_defaults_and_cursors_are_not_written() -> None:
    assert Shelf(after=7, title="mine").arguments() == {}
    state = Shelf(q="a", kind="song", start_date=date(2026, 11, 1), held=True)
    whole = {"q": "a", "type": "song", "start_date": "2026-11-01", "held": "1"}
    assert state.arguments() == whole
    assert state.arguments(q=None, held=None, after=7) == {
        "type": "song",
        "start_date": "2026-11-01",
        "after": "7",
    }


@given(
    st.text("ab %&{}'", max_size=5).map(str.strip),
    st.sampled_from(["", "song", "album"]),
    st.dates() | st.none(),
    st.booleans(),
)
def test_what_is_written_is_read_again(q: str, kind: str, start: date | None, held: bool) -> None:  # noqa: FBT001
    state = Shelf(q=q, kind=kind, start_date=start, held=held)
    assert Shelf.read(MultiDict(state.arguments())) == state


def test_each_active_filter_has_a_label_and_a_link_without_it(site: Flask) -> None:
    state = Shelf(q="{a}", kind="song", start_date=date(2026, 11, 1), end_date=date(2026, 11, 9))
    with site.test_request_context():
        assert state.chips == [
            ("Search: {a}", "/tracks/?type=song&start_date=2026-11-01&end_date=2026-11-09"),
            ("Kind: SONG", "/tracks/?q=%7Ba%7D&start_date=2026-11-01&end_date=2026-11-09"),
            ("From 2026-11-01", "/tracks/?q=%7Ba%7D&type=song"),
        ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, Ranged()),
        ({"range": "90"}, Ranged(range="90")),
        ({"range": "dates"}, Ranged(range="90")),
        ({"start_date": "2026-11-01"}, Ranged(range="dates", start_date=date(2026, 11, 1))),
        ({"range": "30", "start_date": "never"}, Ranged(range="30")),
        ({"range": "dates", "end_date": "2026-11-01"}, Ranged(range="dates", end_date=date(2026, 11, 1))),
    ],
)
def test_a_range_has_dates_only_if_it_is_dates(query: dict[str, str], expected: Ranged) -> None:
    assert Ranged.read(MultiDict(query)) == expected


def test_an_invalid_range_is_an_error_beside_the_default() -> None:
    state, error = Ranged.read_or_default(MultiDict({"range": "7"}))
    assert state == Ranged()
    assert error == "range must be one of 30, 90, dates, not '7'."


def test_parameters_need_no_page() -> None:
    assert not hasattr(Parameters, "url")
