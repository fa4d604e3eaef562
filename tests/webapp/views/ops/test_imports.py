"""Import of tracks: preview by row, confirmation with its cost, no duplicates."""

import io
import re
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_track, platform_id
from tests.webapp.views.conftest import HTMX, counted_statements, csrf
from webapp.work.import_rows import MOST_ROWS

PAGE, CREATE = "/ops/import/", "/ops/import/rows/"
HELD, NEW = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
MOST_QUERIES = 8
TEXT = f"""uuid,isrc,link
{HELD},,
{NEW},,
,USUM71900764,
,,https://open.spotify.com/track/held1
,,https://open.spotify.com/track/new1

{NEW.upper()},,
nothing,,
,,https://app.soundcharts.com/app/song/some-slug/overview
,GBAAA0000001,
"""


@pytest.fixture
def held(database: psycopg.Connection) -> int:
    """A track with an ISRC in its details, another among its identifiers, and a Spotify id."""
    track = make_track(database, HELD, "Held")
    database.execute("UPDATE tracks SET isrc = 'USUM71900764'")
    for slug, identifier in (("spotify", "held1"), ("isrc", "GBAAA0000001")):
        database.execute(
            "INSERT INTO track_identifiers (platform_id, identifier, track_id, is_default, url)"
            " VALUES (%s, %s, %s, true, '')",
            [platform_id(database, slug), identifier, track],
        )
    return track


def send(browser: FlaskClient, address: str, **fields: Any) -> Any:
    return browser.post(address, data=fields, headers=csrf(browser))


def verdicts(page: str) -> list[tuple[int, str, str]]:
    """Returns line, verdict and details of each row."""
    rows = re.findall(r'<tr role="row">\s*<td .*?</tr>', page, re.DOTALL)
    shown = []
    for row in rows:
        line, kind, why = (
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<td [^>]*>(.*?)</td>", row, re.DOTALL)
        )
        shown.append((int(line.replace(",", "")), kind, why))
    return shown


def requested_runs(database: psycopg.Connection) -> list[tuple[str, dict[str, Any], str]]:
    return database.execute("SELECT task, args, queue FROM job_runs ORDER BY number").fetchall()


JUDGED = [
    (2, "Already stored", "Held"),
    (3, "New", "Will be fetched."),
    (4, "Already stored", "Held"),
    (5, "Already stored", "Held"),
    (6, "New", "Will be looked up, then fetched."),
    (8, "Repeated", "The same as line 3."),
    (9, "Wrong", "Not a uuid, an ISRC or a URL."),
    (10, "Wrong", "No stored track has this URL, and it contains no uuid."),
    (11, "Already stored", "Held"),
]


@pytest.mark.parametrize("as_file", [False, True])
def test_each_row_gets_its_verdict(
    operator: FlaskClient, held: int, database: psycopg.Connection, site: Flask, *, as_file: bool
) -> None:
    given = (
        {"file": (io.BytesIO(b"\xef\xbb\xbf" + TEXT.encode()), "songs.csv")} if as_file else {"text": TEXT}
    )
    headers = csrf(operator)
    with counted_statements(site) as sent:
        page = operator.post(PAGE, data=given, headers=headers)
    assert page.status_code == 200
    assert len(sent) <= MOST_QUERIES
    assert verdicts(page.text) == JUDGED
    assert "2 new, 4 already stored, 1 repeated, 2 wrong" in page.text
    assert requested_runs(database) == []
    assert database.execute("SELECT count(*) FROM audit_events").fetchone() == (0,)


def test_it_is_confirmed_with_its_cost_and_becomes_a_batch(
    operator: FlaskClient, held: int, database: psycopg.Connection
) -> None:
    page = send(operator, PAGE, text=TEXT).text
    assert "Import 2 songs (7 calls)" in page
    sent = re.search(r'name="rows" value="([^"]*)"', page)
    assert sent is not None
    requested = send(operator, CREATE, rows=sent[1])
    assert re.search(r"Calls to SoundCharts</dt><dd>7<", requested.text)
    assert requested_runs(database) == []
    answer = send(operator, CREATE, rows=sent[1], confirmed="1")
    assert answer.status_code == 303
    assert requested_runs(database) == [
        ("fetch_metadata", {"track_uuids": [NEW], "with_audience": True}, "interactive"),
        ("find_song", {"kind": "link", "term": "https://open.spotify.com/track/new1"}, "interactive"),
    ]
    [(action, after)] = database.execute("SELECT action, after FROM audit_events").fetchall()
    assert action == "import.create"
    assert after == {"rows": 9, "known": 5, "refused": 2, "requested": 2}
    batch = operator.get(answer.headers["Location"]).text
    assert "Import of 9 rows" in batch
    assert "Line 9: nothing" in batch
    assert "Not a uuid, an ISRC or a URL." in batch
    assert "7 of 9 done, 2 failed, 5 already stored" in batch


def test_nothing_is_imported_twice(operator: FlaskClient, held: int, database: psycopg.Connection) -> None:
    text = f"{HELD}\nUSUM71900764"
    page = send(operator, PAGE, text=text).text
    assert [kind for _, kind, _ in verdicts(page)] == ["Already stored", "Already stored"]
    assert "Nothing to import" in page
    answer = send(operator, CREATE, rows=text, confirmed="1")
    assert answer.status_code == 409
    assert "Nothing to import" in answer.text
    assert requested_runs(database) == []


def test_the_same_song_requested_twice_is_one_run(
    operator: FlaskClient, held: int, database: psycopg.Connection
) -> None:
    for _ in range(2):
        assert send(operator, CREATE, rows=f"{NEW}\nGBAAA0000099", confirmed="1").status_code == 303
    assert len(requested_runs(database)) == 2
    assert database.execute("SELECT count(*), count(DISTINCT run_uuid) FROM batch_items").fetchone() == (4, 2)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Nothing to import: paste rows or choose a file."),
        ({"text": " \n "}, "Nothing to import"),
        ({"text": "x\n" * (MOST_ROWS + 1)}, "The input has 1,001 rows; import at most 1,000 at once."),
        ({"text": "x" * 262_145}, "The input is larger than 256 KiB"),
    ],
)
def test_what_cannot_be_read_is_shown(operator: FlaskClient, fields: dict[str, str], words: str) -> None:
    answer = send(operator, PAGE, **fields)
    assert answer.status_code == 400
    assert words in answer.text
    assert 'id="text-error"' in answer.text


def test_files_that_cannot_be_read_are_shown(operator: FlaskClient) -> None:
    for content, words in ((b"\xff\xfe", "The file is not UTF-8"), (b"x" * 300_000, "larger than 256 KiB")):
        answer = send(operator, PAGE, file=(io.BytesIO(content), "songs.csv"))
        assert answer.status_code == 400
        assert words in answer.text


def test_a_thousand_rows_are_few_statements(
    operator: FlaskClient, held: int, site: Flask, database: psycopg.Connection
) -> None:
    rows = "\n".join(f"00000000-0000-4000-9000-{number:012}" for number in range(MOST_ROWS))
    with counted_statements(site) as sent:
        answer = send(operator, CREATE, rows=rows, confirmed="1")
    assert answer.status_code == 303
    assert len(sent) < 30
    assert {queue for _, _, queue in requested_runs(database)} == {"default"}
    assert len(requested_runs(database)) == MOST_ROWS / 20
    part = operator.get(answer.headers["Location"], headers=HTMX).text
    assert "0 of 1,000 done" in part


def test_what_is_written_comes_back_escaped(operator: FlaskClient) -> None:
    page = send(operator, PAGE, text="<script>alert(1)</script>\n' OR 1=1 --").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert [kind for _, kind, _ in verdicts(page)] == ["Wrong", "Wrong"]
