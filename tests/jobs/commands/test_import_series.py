"""Figures from a CSV file: read whatever a spreadsheet makes of it, refused row by row, stored once."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from getpass import getuser
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from jobs.audience import AudienceDataProcessor
from jobs.commands.import_series import MOST_BYTES, import_series
from jobs.figures import LARGEST, FigureError, figure_date, figure_value
from jobs.upserts import upsert_audience
from tests.factories import audience_rows, make_track, platform_id, stored
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import AudienceState

HEAD = "track,platform,date,value\n"
DAY = date(2025, 1, 1)
OTHER = "98aca268-7180-4af0-b8e1-d51ff3bc3cf9"

Import = Callable[..., Result]


@pytest.fixture
def track(app: Flask, database: psycopg.Connection) -> int:
    return make_track(database)


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Import:
    """Imports a file with these rows, or these bytes."""

    def invoke(content: str | bytes, *options: str) -> Result:
        file = tmp_path / "figures.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        result = app.test_cli_runner().invoke(import_series, [str(file), *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        db.session.rollback()
        return result

    return invoke


def lines(values: list[int], platform: str = "apple_music", track: str = SEED_TRACK) -> str:
    return "".join(
        f"{track},{platform},{DAY + timedelta(days=place)},{value}\n" for place, value in enumerate(values)
    )


def state_of(database: psycopg.Connection, track: int, slug: str) -> AudienceState:
    return db.session.get_one(AudienceState, (track, platform_id(database, slug)))


def test_the_same_file_twice_changes_nothing(run: Import, database: psycopg.Connection, track: int) -> None:
    content = HEAD + lines(list(range(400)))
    assert "1 series: 400 new, 0 changed, 0 unchanged" in run(content).output
    before = database.execute("SELECT * FROM track_audience_time_series").fetchall()
    state = database.execute("SELECT * FROM audience_states").fetchall()
    assert "1 series: 0 new, 0 changed, 400 unchanged" in run(content).output
    assert database.execute("SELECT * FROM track_audience_time_series").fetchall() == before
    assert database.execute("SELECT * FROM audience_states").fetchall() == state
    assert database.execute("SELECT count(*) FROM audience_revisions").fetchone() == (0,)
    events = database.execute("SELECT action, actor, after FROM audit_events").fetchall()
    assert events == [("series.import", f"command line ({getuser()})", {"new": 400, "changed": 0})]


def test_it_is_no_answer_of_the_api(run: Import, database: psycopg.Connection, track: int) -> None:
    run(HEAD + lines([5, 7]))
    state = state_of(database, track, "apple_music")
    assert (state.status, state.fetched_at, state.looked_at, state.history_from) == (
        "never",
        None,
        None,
        None,
    )
    assert (state.last_date, state.latest_value, state.version) == (DAY + timedelta(days=1), 7, 1)
    row = database.execute("SELECT api_data FROM track_audience_time_series ORDER BY date").fetchone()
    plots = [{"identifier": "import-series", "value": 5}]
    assert row == ({"source": "import-series", "date": "2025-01-01", "plots": plots},)


def test_a_value_that_differs_replaces_the_apis_and_leaves_a_revision(
    run: Import, database: psycopg.Connection, track: int
) -> None:
    spotify = platform_id(database, "spotify")
    upsert_audience(audience_rows(track, spotify, [(DAY, 10)]))
    db.session.commit()
    fetched = "INSERT INTO audience_states (track_id, platform_id, status, error, fetched_at, version)"
    moment = datetime(2025, 1, 2, tzinfo=UTC)
    database.execute(f"{fetched} VALUES (%s, %s, 'failed', 'Away.', %s, 8)", [track, spotify, moment])
    assert "1 new, 1 changed, 0 unchanged" in run(HEAD + lines([11, 12], "Spotify")).output
    assert database.execute("SELECT former_value, audience_value FROM audience_revisions").fetchall() == [
        (10, 11)
    ]
    state = state_of(database, track, "spotify")
    assert (state.status, state.error, state.fetched_at, state.version) == ("failed", "Away.", moment, 9)


def content(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute("SELECT * FROM track_audience_time_series ORDER BY date").fetchall()


def test_an_equal_value_is_unchanged_before_and_after_a_fetch(
    run: Import, database: psycopg.Connection, track: int, sandbox: Sandbox
) -> None:
    fetcher = AudienceDataProcessor()
    assert fetcher.process_and_store_audience_data(SEED_TRACK, "spotify")["success"]
    fetched = content(database)
    _platform, day, value = stored(database, track)[-3]
    rows = f"{HEAD}{SEED_TRACK},spotify,{day},{value}\n"
    assert "0 new, 0 changed, 1 unchanged" in run(rows).output
    assert content(database) == fetched

    # The other way round the API's item takes the place of the import's, and the value is as unchanged.
    database.execute("DELETE FROM track_audience_time_series")
    assert "1 new, 0 changed, 0 unchanged" in run(rows).output
    version = state_of(database, track, "spotify").version
    again = fetcher.process_and_store_audience_data(SEED_TRACK, "spotify", force_refresh=True)
    assert (again["records_created"], again["records_updated"]) == (len(fetched) - 1, 0)
    assert [(row[2], row[3], row[4], row[6]) for row in content(database)] == [
        (row[2], row[3], row[4], row[6]) for row in fetched
    ]
    assert state_of(database, track, "spotify").version > version
    assert "0 new, 0 changed, 1 unchanged" in run(rows).output
    third = fetcher.process_and_store_audience_data(SEED_TRACK, "spotify", force_refresh=True)
    assert (third["records_created"], third["records_updated"]) == (0, 0)
    assert database.execute("SELECT count(*) FROM audience_revisions").fetchone() == (0,)


def test_a_fetch_after_an_import_still_reads_90_days_and_the_history(
    run: Import, database: psycopg.Connection, track: int, sandbox: Sandbox
) -> None:
    run(f"{HEAD}{SEED_TRACK},spotify,2020-01-01,1\n")
    assert AudienceDataProcessor().process_and_store_audience_data(SEED_TRACK, "spotify")["success"]
    assert 80 <= len(stored(database, track)) <= 91
    queued = database.execute(
        "SELECT args ->> 'end' FROM job_runs WHERE task = 'backfill_audience'"
    ).fetchall()
    assert queued == [((datetime.now(UTC).date() - timedelta(days=90)).isoformat(),)]


@pytest.mark.parametrize(
    "content",
    [
        HEAD + lines([1, 2]),
        "\ufeff" + HEAD + lines([1, 2]),
        (HEAD + lines([1, 2])).replace("\n", "\r\n"),
        (HEAD + lines([1, 2])).rstrip("\n"),
        "\n\n" + HEAD + "\n,,,\n" + lines([1, 2]) + "\n  \n",
        HEAD + lines([1, 2]) + lines([1, 2]),
        HEAD + lines([1, 2], "APPLE-music", SEED_TRACK.upper()),
        HEAD + "".join(f'"{SEED_TRACK}","Apple Music", 2025-01-0{day} ,"{day}"\n' for day in (1, 2)),
        "VALUE, date ,platform,track\n"
        + "".join(f"{day},2025-01-0{day},Apple_Music,{SEED_TRACK}\n" for day in (1, 2)),
        HEAD + lines([1, 2], track="USUM71900764"),
        HEAD + lines([1, 2], track="us-um7-19-00764"),
        HEAD + lines([1, 2], track="USUM71900765"),
        HEAD
        + lines(
            [1, 2], track="ISRC US\N{NON-BREAKING HYPHEN}UM7\N{NON-BREAKING HYPHEN}19\N{NO-BREAK SPACE}00764"
        ),
        HEAD + lines([1, 2], track="https://open.spotify.com/track/2Fxmhks0bxGSBdJ92vM42m?si=1"),
        HEAD + lines([1, 2], track="<https://music.apple.com/us/song/bad-guy/1450695739>"),
        HEAD + lines([1, 2], track="1450695739"),
        HEAD + lines([1, 2], track="spotify:track:2Fxmhks0bxGSBdJ92vM42m"),
        (HEAD + lines([1, 2])).replace(",", ";"),
        (HEAD + lines([1, 2])).replace(",", "\t"),
        "sep=;\r\n" + (HEAD + lines([1, 2])).replace(",", ";"),
        "sep=|\n" + (HEAD + lines([1, 2])).replace(",", "|"),
        "Streams of 2025, by date\n\nlabel: Darkroom\n" + HEAD + lines([1, 2]),
        "track,note,platform,date,value\n" + lines([1, 2]).replace(",apple", ',"a, b",apple'),
        (HEAD + lines([1, 2])).replace("\n", ",\n"),
    ],
)
def test_what_spreadsheets_make_of_a_file(
    run: Import, database: psycopg.Connection, track: int, content: str
) -> None:
    database.execute("UPDATE tracks SET isrc = 'USUM71900764'")
    database.execute(
        "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, 'USUM71900765', %s)",
        [platform_id(database, "isrc"), track],
    )
    names = (("spotify", "2Fxmhks0bxGSBdJ92vM42m"), ("apple_music", "1450695739"))
    for slug, identifier in names:
        database.execute(
            "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, %s, %s)",
            [platform_id(database, slug), identifier, track],
        )
    result = run(content)
    assert result.exit_code == 0, result.output
    apple = platform_id(database, "apple_music")
    assert stored(database, track) == [(apple, DAY, 1), (apple, DAY + timedelta(days=1), 2)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f'{SEED_TRACK},spotify,2025-01-01,"12,5"', 'value must be a whole number, not "12,5"'),
        (f'{SEED_TRACK},spotify,2025-01-01,"1,234"', 'without thousands separators, not "1,234"'),
        (f"{SEED_TRACK},spotify,2025-01-01,1.234.567", "without thousands separators"),
        (f"{SEED_TRACK},spotify,2025-01-01,1 234", "without thousands separators"),
        (f"{SEED_TRACK},spotify,2025-01-01,-1", "value must be 0 or more"),
        (f"{SEED_TRACK},spotify,2025-01-01,1e6", "must be a whole number"),
        (f"{SEED_TRACK},spotify,2025-01-01,", 'must be a whole number, not ""'),
        (f"{SEED_TRACK},spotify,2025-01-01,٣", "must be a whole number"),
        (f"{SEED_TRACK},spotify,2025-01-01,{2**63}", "must be at most 9223372036854775807"),
        (f"{SEED_TRACK},spotify,2025-01-01,{'9' * 5000}", "must be at most"),
        (f"{SEED_TRACK},spotify,01.01.2026,1", 'date must be a date as YYYY-MM-DD, not "01.01.2026"'),
        (f"{SEED_TRACK},spotify,2026-02-30,1", "date must be a date"),
        (f"{SEED_TRACK},spotify,20260101,1", "date must be a date"),
        (f"{SEED_TRACK},spotify,2999-01-01,1", "date must be tomorrow ("),
        (f"{SEED_TRACK},spotify,0001-01-01,1", 'date must be 1990-01-01 or later, not "0001-01-01"'),
        (f"{SEED_TRACK},spotify,1989-12-31,1", "date must be 1990-01-01 or later"),
        (f"{SEED_TRACK},nowhere,2025-01-01,1", 'there is no platform "nowhere"'),
        (f"{SEED_TRACK},网易,2025-01-01,1", 'there is no platform "网易"'),
        (f"{OTHER},spotify,2025-01-01,1", f'there is no track "{OTHER}"'),
        ("USUM79999999,spotify,2025-01-01,1", 'there is no track "USUM79999999"'),
        ("USUM71900764,spotify,2025-01-01,1", '"USUM71900764" is the ISRC of 2 tracks'),
        (
            "bad guy,spotify,2025-01-01,1",
            "track must be a uuid or an ISRC, a link or the platform's id, not \"bad",
        ),
        ("1450695739,spotify,2025-01-01,1", 'there is no track "1450695739"'),
        ("https://youtu.be/x,spotify,2025-01-01,1", 'there is no track "https://youtu.be/x"'),
        (f"{SEED_TRACK},isrc,2025-01-01,1", "ISRC is a kind of identifier, not a platform"),
        ("\0,spotify,2025-01-01,1", "track must be a uuid or an ISRC"),
        (f"{SEED_TRACK},spotify,2025-01-01", "expected 4 fields, found 3"),
        (f"{SEED_TRACK},spotify,2025-01-01,1,2", "expected 4 fields, found 5"),
        (f'{SEED_TRACK},"spo"tify,2025-01-01,1', "not valid CSV"),
        (f"{SEED_TRACK},Apple Music,2025-01-02,7", "value is 7, but 2 on line 3"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored_unless_requested(
    run: Import, database: psycopg.Connection, track: int, row: str, words: str
) -> None:
    for uuid in ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"):
        make_track(database, uuid, "Shared")
    database.execute("UPDATE tracks SET isrc = 'USUM71900764' WHERE name = 'Shared'")
    content = HEAD + lines([1, 2, 3]) + row + "\n" + lines([4], "deezer")

    refused = run(content)
    assert refused.exit_code == 1
    assert f"line 5: {words}" in refused.output or (words in refused.output and "line 5: " in refused.output)
    assert "1 row is bad; nothing was stored" in refused.output
    assert stored(database, track) == []

    partly = run(content, "--skip-bad")
    assert partly.exit_code == 1
    assert "1 row is bad and skipped" in partly.output
    kept = [value for _platform, _day, value in stored(database, track)]
    assert kept == ([1, 3, 4] if "line 3" in words else [1, 2, 3, 4])


def test_a_date_with_many_values_is_none(run: Import, database: psycopg.Connection, track: int) -> None:
    result = run(HEAD + lines([1]) + lines([2]) + lines([1]) + lines([3]), "--skip-bad")
    assert "line 3: value is 2, but 1 on line 2" in result.output
    assert "3 rows are bad" in result.output
    assert stored(database, track) == []


def test_of_many_bad_rows_a_hundred_are_shown(run: Import, track: int) -> None:
    result = run(HEAD + f"{SEED_TRACK},spotify,2025-01-01,x\n" * 130)
    assert result.output.count("line ") == 100
    assert "and 30 more" in result.output
    assert "130 rows are bad" in result.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (b"track,platform,date\n", "value missing"),
        (b"track,platform,date,value,value\n", "value twice"),
        (b"track;platform;date;amount\n", "value missing"),
        (b"Streams\nof 2025\n", "track, platform, date, value missing"),
        (b"\xff\xfet\0r\0", "The file is not UTF-8"),
        (HEAD.encode() + b"caf\xe9,spotify,2025-01-01,1\n", "The file is not UTF-8"),
        (b"x" * (MOST_BYTES + 1), "figures.csv is larger than 32 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(run: Import, content: bytes, words: str) -> None:
    result = run(content)
    assert result.exit_code == 1
    assert words in " ".join(result.output.split())


def test_columns_that_are_not_read_are_named(run: Import, track: int) -> None:
    result = run(f"track;Note;platform;date;value;Market\n{SEED_TRACK};x;spotify;2025-01-01;7;DE\n")
    assert "Ignored columns: note, market." in result.output
    assert "1 new" in result.output


def test_lines_are_counted_from_the_top_of_the_file(run: Import, track: int) -> None:
    result = run(f"sep=;\nNotes\n\ntrack;platform;date;value\n{SEED_TRACK};spotify;2025-01-01;x\n")
    assert 'line 5: value must be a whole number, not "x"' in result.output


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([500, 430, 610, 390], "Warning: 2 of 3 values are below the previous one"),
        ([500, 510, 505, 520], ""),
        ([*range(100), 50, *range(100, 150), 90], ""),
    ],
)
def test_totals_that_look_like_daily_figures_are_warned_of(
    run: Import, track: int, values: list[int], words: str
) -> None:
    result = run(HEAD + lines(values))
    assert words in result.output
    assert ("--daily" in result.output) is bool(words)
    assert result.exit_code == 0
    assert "import them" not in run(HEAD + lines(values), "--daily", "--starting-total", "0").output


@given(value=st.integers(0, LARGEST))
def test_every_total_is_read(value: int) -> None:
    assert figure_value(str(value)) == value == figure_value(f"000{value}")


@given(text=st.text(max_size=12))
def test_a_text_is_read_as_written_or_refused(text: str) -> None:
    for read in (figure_value, figure_date):
        with contextlib.suppress(FigureError):
            assert str(read(text)) == (text.lstrip("0") or "0" if read is figure_value else text)
