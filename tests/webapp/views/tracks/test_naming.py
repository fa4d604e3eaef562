"""Names of tracks side by side: never two the same, never longer than they must be."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.models import Track
from webapp.views.tracks.naming import track_names

LIKE = "7d534228-5165-11e9-9375-54"
"""The common start of all uuids here, so that their first eight characters are equal."""


def made(number: int, name: str, credit: str = "", year: int | None = None, start: str = LIKE) -> Track:
    uuid = UUID(f"{start}{number:010x}")
    return Track(uuid=uuid, name=name, credit_name=credit, release_date=year and date(year, 3, 29))


@pytest.mark.parametrize(
    ("tracks", "names"),
    [
        ([made(1, "Salt"), made(2, "Tide")], ["Salt", "Tide"]),
        (
            [made(1, "Salt", "Mira"), made(2, "Salt", "Vale"), made(3, "Tide", "Vale")],
            ["Salt (Mira)", "Salt (Vale)", "Tide"],
        ),
        ([made(1, "Salt", "Mira"), made(2, "Salt")], ["Salt (Mira)", "Salt"]),
        (
            [made(1, "Salt", "Mira", 2019), made(2, "Salt", "Mira", 2024)],
            ["Salt (Mira, 2019)", "Salt (Mira, 2024)"],
        ),
        ([made(1, "Salt", "", 2019), made(2, "Salt", "", 2024)], ["Salt (2019)", "Salt (2024)"]),
        (
            [
                made(1, "Salt", "Mira", start="aaaaaaaa-5165-11e9-9375-54"),
                made(2, "Salt", "Mira", start="bbbbbbbb-5165-11e9-9375-54"),
            ],
            ["Salt (Mira, aaaaaaaa)", "Salt (Mira, bbbbbbbb)"],
        ),
        ([made(1, "Salt"), made(2, "Salt")], [f"Salt ({LIKE}0000000001)", f"Salt ({LIKE}0000000002)"]),
        ([made(1, ""), made(2, "")], [f"{LIKE}0000000001", f"{LIKE}0000000002"]),
        # A title that is what another would be called.
        (
            [made(1, "Salt", "A"), made(2, "Salt", "B"), made(3, "Salt (A)", "C")],
            ["Salt (A)", "Salt (B)", "Salt (A) (C)"],
        ),
        (
            [made(1, "Salt"), made(2, "Salt"), made(3, f"Salt ({LIKE}0000000001)", "C")],
            [f"Salt ({LIKE}0000000001)", f"Salt ({LIKE}0000000002)", f"Salt ({LIKE}0000000001) (C)"],
        ),
    ],
)
def test_a_name_shows_what_it_must(tracks: list[Track], names: list[str]) -> None:
    assert list(track_names(tracks).values()) == names


few = st.sampled_from(["", "Salt", "Salt (Mira)", "Salt (Mira, 2019)"])


@given(
    st.lists(
        st.tuples(few, st.sampled_from(["", "Mira", "Vale"]), st.sampled_from([None, 2019, 2024])), max_size=6
    )
)
def test_no_two_are_called_the_same(requested: list[tuple[str, str, int | None]]) -> None:
    tracks = [made(number, *words) for number, words in enumerate(requested)]
    names = track_names(tracks)
    assert list(names) == [track.uuid for track in tracks]
    assert len(set(names.values())) == len(tracks)
