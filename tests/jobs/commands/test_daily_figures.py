"""Daily figures from a file: their running totals, and the totals they start from."""

from datetime import date, timedelta

import psycopg
import pytest

from jobs.figures import LARGEST
from jobs.upserts import upsert_audience
from tests.factories import audience_rows, platform_id, stored
from tests.jobs.commands.test_import_series import DAY, HEAD, Import, lines, run, track
from tests.sandbox_server import SEED_TRACK
from webapp.extensions import db

__all__ = ["run", "track"]


def test_daily_figures_are_added_to_the_last_total_before_them(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    daily = HEAD + lines([500, 430, 610]) + lines([5, 0, 7], "deezer")
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=5)
    upsert_audience(audience_rows(track, platform_id(database, "deezer"), [(before, 1000), (after, 9000)]))
    db.session.commit()
    result = run(daily, "--daily", "--starting-total", "0")
    assert (
        f"{SEED_TRACK} on apple_music: daily figures added to 0 (no total is stored before them)."
        in result.output
    )
    assert f"{SEED_TRACK} on deezer: daily figures added to 1,000 (the total of {before})." in result.output
    assert "2 series: 6 new, 0 changed, 0 unchanged" in result.output
    assert [value for _, _, value in stored(database, track)] == [
        500,
        930,
        1540,
        1000,
        1005,
        1005,
        1012,
        9000,
    ]
    assert "0 new, 0 changed, 6 unchanged" in run(daily, "--daily", "--starting-total", "0").output


def test_daily_figures_that_add_up_to_too_much_are_refused(run: Import, track: int) -> None:
    result = run(HEAD + lines([LARGEST, 1, 0]), "--daily", "--starting-total", "0")
    assert f"line 3: the total would be more than {LARGEST}" in result.output
    assert result.exit_code == 1


def test_daily_figures_that_come_to_more_than_a_later_total_are_refused(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=5)
    spotify = platform_id(database, "spotify")
    upsert_audience(audience_rows(track, spotify, [(before, 1210), (after, 1215)]))
    db.session.commit()
    result = run(HEAD + lines([5, 0, 500], "spotify"), "--daily")
    assert f"line 4: the total would be 1,715, more than the 1,215 stored for {after}" in result.output
    assert (result.exit_code, len(stored(database, track))) == (1, 2)
    assert "1 series: 3 new, 0 changed" in run(HEAD + lines([5, 0, 0], "spotify"), "--daily").output


@pytest.mark.parametrize(
    ("released", "words"),
    [
        (None, "the song has no known release date"),
        (DAY - timedelta(days=4), f"the song was released on {DAY - timedelta(days=4)}"),
        (DAY + timedelta(days=4), f"the song was released on {DAY + timedelta(days=4)}"),
        (DAY, ""),
        (DAY + timedelta(days=3), ""),
    ],
)
def test_daily_figures_of_an_old_song_need_the_total_before_them(
    run: Import, database: psycopg.Connection, track: int, released: date | None, words: str
) -> None:
    database.execute("UPDATE tracks SET release_date = %s", [released])
    content = HEAD + lines([500, 430, 610])
    result = run(content, "--daily")
    assert result.exit_code == bool(words)
    if words:
        sentence = f"line 2: no total of bad guy on Apple Music is stored before {DAY}, and {words}"
        assert sentence in result.output
        assert "--starting-total" in result.output
        assert "3 rows are bad; nothing was stored" in result.output
        partly = run(content + lines([7], "spotify"), "--daily", "--skip-bad")
        assert "6 rows" not in partly.output
        assert stored(database, track) == []
        assert "3 new" in run(content, "--daily", "--starting-total", "1000").output
    first = 1000 if words else 0
    assert [value for _, _, value in stored(database, track)] == [first + 500, first + 930, first + 1540]


def test_daily_figures_go_on_from_totals_stored_between_them(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    spotify = platform_id(database, "spotify")
    days = [DAY + timedelta(days=number) for number in range(-1, 4)]
    upsert_audience(audience_rows(track, spotify, [(days[0], 1037), (days[2], 1039), (days[3], 1500)]))
    db.session.commit()
    content = f"{HEAD}{SEED_TRACK},spotify,{days[1]},1\n{SEED_TRACK},spotify,{days[4]},5\n"
    assert "1 series: 2 new, 0 changed" in run(content, "--daily").output
    assert [value for _, _, value in stored(database, track)] == [1037, 1038, 1039, 1500, 1505]
    # A total above the next stored one is refused, also between the rows.
    assert (
        "line 2: the total would be 1,046, more than the 1,039 stored for"
        in run(
            f"{HEAD}{SEED_TRACK},spotify,{days[1]},9\n{SEED_TRACK},spotify,{days[4]},5\n", "--daily"
        ).output
    )


def days_of(values: dict[int, object], platform: str = "spotify") -> str:
    """Rows of the values by days after DAY."""
    rows = [f"{SEED_TRACK},{platform},{DAY + timedelta(days=day)},{value}\n" for day, value in values.items()]
    return HEAD + "".join(rows)


def named(*days: int) -> str:
    return ", ".join(str(DAY + timedelta(days=day)) for day in days)


def totals(database: psycopg.Connection, track: int) -> dict[int, int]:
    """Returns the stored values, by days after DAY."""
    return {(day - DAY).days: value for _, day, value in stored(database, track)}


FROM_0 = ("--daily", "--starting-total", "0")


def test_a_day_that_is_not_in_the_file_is_not_0(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    values: dict[int, object] = {day: 1000 for day in range(21) if day not in (9, 10, 11)}
    result = run(days_of(values), *FROM_0)
    sentence = f"line 2: bad guy on Spotify has no figures for {named(9, 10, 11)}; add them, with 0 for days"
    assert sentence in result.output
    assert "18 rows are bad; nothing was stored" in result.output
    assert result.exit_code == 1
    run(days_of(values), *FROM_0, "--skip-bad")
    assert stored(database, track) == []
    assert "21 new" in run(days_of(values | dict.fromkeys((9, 10, 11), 0)), *FROM_0).output
    assert totals(database, track)[20] == 18_000


def test_days_between_the_stored_total_and_the_first_figure_are_missing(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    upsert_audience(audience_rows(track, platform_id(database, "spotify"), [(DAY, 5000)]))
    db.session.commit()
    result = run(days_of({3: 10, 4: 10}), *FROM_0)
    assert f"line 2: bad guy on Spotify has no figures for {named(1, 2)}; add them" in result.output
    assert "2 rows are bad; nothing was stored" in result.output
    assert "2 new" in run(days_of({1: 10, 2: 10}), "--daily").output
    assert totals(database, track) == {0: 5000, 1: 5010, 2: 5020}


def test_days_between_the_release_and_the_first_figure_are_missing(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    database.execute("UPDATE tracks SET release_date = %s", [DAY])
    result = run(days_of({2: 10, 3: 10}), "--daily")
    assert f"line 2: bad guy on Spotify has no figures for {named(0, 1)}; add them" in result.output
    # Or the starting total is given.
    assert "2 new" in run(days_of({2: 10, 3: 10}), *FROM_0).output


@pytest.mark.parametrize(
    ("bad", "kept", "count"),
    [
        ({2: "x"}, {0: 10, 1: 20}, 3),
        ({2: LARGEST}, {0: 10, 1: 20}, 3),
        ({0: "x"}, {}, 5),
        ({4: "x"}, {0: 10, 1: 20, 2: 30, 3: 40}, 1),
    ],
)
def test_a_series_ends_at_a_bad_row(
    run: Import,
    database: psycopg.Connection,
    track: int,
    bad: dict[int, object],
    kept: dict[int, int],
    count: int,
) -> None:
    values: dict[int, object] = dict.fromkeys(range(5), 10)
    result = run(days_of(values | bad), *FROM_0, "--skip-bad")
    assert f"{count} {'row is' if count == 1 else 'rows are'} bad and skipped" in result.output
    (day,) = bad
    after = f"line {day + 3}: a row of {named(day)} is bad, so later rows cannot be added up"
    assert (after in result.output) == (count > 1)
    assert totals(database, track) == kept


def test_a_row_without_a_date_may_be_of_any_day(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    result = run(days_of({0: 10, 1: 10}) + f"{SEED_TRACK},spotify,yesterday,10\n", *FROM_0, "--skip-bad")
    assert "line 2: a row is bad, so later rows cannot be added up" in result.output
    assert "3 rows are bad" in result.output
    assert stored(database, track) == []


def test_a_starting_total_is_of_daily_figures(run: Import, track: int) -> None:
    assert "requires --daily" in run(HEAD + lines([1]), "--starting-total", "5").output
