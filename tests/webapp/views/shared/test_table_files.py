"""Tables as files: Excel at once, Excel by a job, the notes, and whose file it is."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from jobs import retention
from jobs.runs import execute
from tests.factories import make_track
from tests.webapp.views.conftest import TRACK_URL, Visit, csrf
from tests.webapp.views.test_roles import ROUTES, run
from webapp.access.rights import MOST_ROWS
from webapp.lib.tables import EXCEL, Table, write_workbook
from webapp.views.shared import tables
from webapp.work import table_files

__all__ = ["run"]  # the rows that every route needs

FILE = "/admin/audit/events.xlsx?action=x"
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(data: bytes, sheet: int = 1) -> list[dict[str, tuple[str, str]]]:
    """The rows of a sheet: for each column the type of the cell and its text."""
    book = zipfile.ZipFile(io.BytesIO(data))
    root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 (ours)
    return [
        {
            str(cell.get("r")).rstrip("0123456789"): (cell.get("t") or "n", "".join(cell.itertext()))
            for cell in row
        }
        for row in root.iter(f"{NAMESPACE}row")
    ]


def notes(data: bytes) -> dict[str, str]:
    return {row["A"][1]: row["B"][1] for row in cells(data, 2)}


def fill(database: psycopg.Connection, count: int) -> None:
    database.execute(
        "INSERT INTO audit_events (actor, action, subject)"
        " SELECT 'nobody', 'x', '=1+' || n FROM generate_series(1, %s) AS n",
        [count],
    )


def test_cells_have_types_and_text_is_no_formula() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    rows = [(noon.date(), noon, "=1+1", 5, 0.5, None), (None, None, "x" * 40_000, -5, None, "\x01")]
    file = io.BytesIO()
    write_workbook(
        Table("t", ("day", "time", "text", "number", "share", "empty"), rows, 2, [("A", "=b")]), file
    )
    first, second = cells(file.getvalue())[1:]
    assert {name: kind for name, (kind, _text) in first.items()} == {
        **dict.fromkeys("ABDE", "n"),
        "C": "inlineStr",
    }
    assert (float(first["A"][1]), float(first["B"][1])) == (46346.0, 46346.5)
    assert (first["C"][1], len(second["C"][1]), float(second["D"][1])) == ("=1+1", 32_767, -5.0)
    assert notes(file.getvalue())["A"] == "=b"
    write_workbook(Table("t", ("day",), [(date(1899, 12, 31),)], 1, [("A", "b")]), old := io.BytesIO())
    assert cells(old.getvalue())[1]["A"] == ("inlineStr", "1899-12-31")  # Excel has no date before 1900
    write_workbook(Table("t", ("day",), [], 0, [("A", "b")]), empty := io.BytesIO())
    assert [row["A"][1] for row in cells(empty.getvalue())] == ["day"]
    numbers = [(2**53,), (-(2**53) - 1,), (9_223_372_036_854_775_807,)]
    write_workbook(Table("t", ("total",), numbers, 3, [("A", "b")]), large := io.BytesIO())
    assert [row["A"] for row in cells(large.getvalue())[1:]] == [
        ("n", "9007199254740992.0"),
        ("inlineStr", "-9007199254740993"),
        ("inlineStr", "9223372036854775807"),
    ]


def test_a_file_has_no_ranges_and_its_head_no_body(viewer: FlaskClient, track: int) -> None:
    for kind, mimetype in (("csv", "text/csv"), ("xlsx", EXCEL)):
        url = f"{TRACK_URL}audience/points.{kind}"
        whole = viewer.get(url, headers={"Range": "bytes=0-9"})
        assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "none")
        head = viewer.head(url)
        assert (head.status_code, head.mimetype, head.data) == (200, mimetype, b"")
        unknown = url.replace(TRACK_URL, f"/tracks/{uuid4()}/")
        assert (viewer.head(unknown).status_code, viewer.get(unknown).status_code) == (404, 404)
        assert head.headers["Vary"] == whole.headers["Vary"]
    assert viewer.head(TRACK_URL).headers["Vary"] == viewer.get(TRACK_URL).headers["Vary"]


def test_the_notes_say_what_is_in_the_file(viewer: FlaskClient, track: int) -> None:
    answer = viewer.get(f"{TRACK_URL}audience/points.xlsx?range=7&platforms=spotify")
    assert "filename=bad-guy-audience-by-day.xlsx" in answer.headers["Content-Disposition"]
    found = notes(answer.data)
    assert found["Table"] == "bad guy audience by day"
    assert (found["Rows"], found["Newest data"]) == ("7", "2026-11-20")
    assert found["total"].startswith("The running total of a track on a platform")
    assert [row["A"][1] for row in cells(answer.data)][:1] == ["date"]


def test_a_large_file_is_made_by_a_job_and_is_its_owners(
    visit: Visit, site: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_AT_ONCE", 100)
    monkeypatch.setattr("jobs.tasks.tables.ROWS_OF_PAGE", 100)
    monkeypatch.setitem(MOST_ROWS, "admin", 240)
    fill(database, 250)
    admin = visit("admin")
    answer = admin.get(FILE)
    page = answer.headers["Location"]
    assert answer.status_code == 303
    for same in (FILE, f"{FILE}&x=1", FILE.replace("?", "?page=2&")):  # the live run is not requested twice
        assert admin.get(same).headers["Location"] == page
    run_page = f"/ops/runs/{page.split('/')[2]}/"
    assert "/admin/audit/events.xlsx?action=x" in admin.get(run_page).text
    shown = visit("operator").get(run_page).text
    assert ("events.xlsx" in shown, "action=x" in shown, "audit first 240" in shown) == (False, False, True)
    assert "Queued" in admin.get(page).text
    assert admin.get(f"{page}file.xlsx").status_code == 404
    with site.app_context():
        execute(page.split("/")[2])
    shown = admin.get(page).text
    assert "240 rows in 0.0 MB." in shown
    assert f'href="{page}file.xlsx"' in shown
    file = admin.get(f"{page}file.xlsx")
    assert "filename=audit-first-240.xlsx" in file.headers["Content-Disposition"]
    assert [row["F"][1] for row in cells(file.data)][:3] == ["subject", "=1+250", "=1+249"]
    assert len(cells(file.data)) == 241
    assert notes(file.data)["Rows"] == "240, the first; the role 'admin' may export no more."
    database.execute("UPDATE users SET email = 'other@example.com' WHERE role = 'admin'")
    assert visit("admin").get(page).status_code == 404
    assert database.execute("SELECT count(*) FROM audit_events WHERE action = 'export'").fetchone() == (1,)
    database.execute("UPDATE table_file_parts SET made_at = made_at - interval '1 day'")
    assert admin.get(f"{page}file.xlsx").status_code == 404
    with site.app_context():
        retention.forget_old()
    assert database.execute("SELECT count(*) FROM table_file_parts").fetchone() == (0,)
    assert "no longer kept" in admin.get(page).text


def test_the_job_has_its_requesters_rights(
    visit: Visit, site: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_AT_ONCE", 100)
    fill(database, 150)
    admin = visit("admin")
    page = admin.get(FILE).headers["Location"]
    database.execute("UPDATE users SET role = 'viewer'")
    with site.app_context():
        execute(page.split("/")[2])
    assert "The requester may not export this table." in admin.get(page).text


def test_parts_are_read_one_by_one(
    visit: Visit, site: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_AT_ONCE", 10)
    monkeypatch.setattr(table_files, "PART", 1000)
    fill(database, 50)
    admin = visit("admin")
    page = admin.get(FILE).headers["Location"]
    with site.app_context():
        execute(page.split("/")[2])
    row = database.execute("SELECT count(*) > 1 FROM table_file_parts").fetchone()
    assert row == (True,)
    assert len(cells(admin.get(f"{page}file.xlsx").data)) == 51


def test_every_table_has_the_same_rows_in_both_files(
    visit: Visit, run: None, redis: Redis, subtests: pytest.Subtests
) -> None:
    """And only those that a page shows: more than a heading where there is data."""
    admin = visit("admin")
    addresses = [route.address for route in ROUTES.values() if ".csv" in route.address]
    for address in addresses:
        with subtests.test(address):
            redis.flushdb()  # the limit of files per minute
            answer = admin.get(address)
            if answer.status_code == 404:
                continue
            header, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
            excel = cells(admin.get(address.replace(".csv", ".xlsx")).data)
            assert [text for _kind, text in excel[0].values()] == header
            if "audit" not in address:  # which has one more event: the first file
                assert len(rows) == len([row for row in excel[1:] if row])


def test_a_file_of_the_list_has_its_filter_columns_and_order(
    visit: Visit, database: psycopg.Connection
) -> None:
    make_track(database)
    make_track(database, uuid="00000000-0000-4000-8000-000000000abc", name="zz")
    viewer = visit("viewer")
    rows = list(csv.reader(io.StringIO(viewer.get("/tracks/tracks.csv?sort=title&order=desc").text)))
    assert rows[0][0].lstrip("\ufeff") == "Title"
    assert [row[0] for row in rows[1:]] == ["zz", "bad guy"]
    page = viewer.get("/tracks/?q=zz").text
    assert 'href="/tracks/tracks.csv?q=zz"' in page
    assert "At most 10,000 rows." in page
    assert viewer.get("/tracks/tracks.csv?q=zz").text.count("\r\n") == 2
    notes_of_file = notes(viewer.get("/tracks/tracks.xlsx?q=zz").data)
    assert (notes_of_file["Filters"], notes_of_file["Rows"]) == ("Search: zz", "1")
    assert "7 days" in notes_of_file


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_whole_though_a_row_of_it_is_deleted_meanwhile(
    visit: Visit, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A page of a file begins after the last track of the page before."""
    files = import_module("webapp.views.tracks.files")
    monkeypatch.setattr(files, "BLOCK", 10)
    database.execute(
        "INSERT INTO tracks (uuid, name) SELECT gen_random_uuid(), 'x' || n FROM generate_series(1, 25) AS n"
    )
    read_page = files.track_page

    def page(*given: Any, **named: Any) -> Any:
        found = read_page(*given, **named)
        database.execute("DELETE FROM tracks WHERE uuid = %s", [found.after])
        return found

    monkeypatch.setattr(files, "track_page", page)
    data = visit("viewer").get(f"/tracks/tracks.{kind}?sort=title").data
    assert (data.count(b"\r\n") if kind == "csv" else len(cells(data))) == 26


def test_a_retried_file_is_its_requesters(
    visit: Visit, site: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_AT_ONCE", 100)
    fill(database, 150)
    admin, operator = visit("admin"), visit("operator")
    failed = admin.get(FILE).headers["Location"].split("/")[2]
    database.execute("UPDATE job_runs SET state = 'failed', finished_at = now()")
    operator.post(f"/ops/runs/{failed}/retry/", headers=csrf(operator))
    page = admin.get(FILE).headers["Location"]  # that of the retry, which is live
    assert (admin.get(page).status_code, operator.get(page).status_code) == (200, 404)
    with site.app_context():
        execute(page.split("/")[2])
    assert "150 rows" in admin.get(page).text
