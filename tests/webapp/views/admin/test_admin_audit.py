"""The page of the audit log, and its file."""

import csv
import html
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from tests.factories import make_chart
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, add_user, counted_statements, csrf
from webapp.access.rights import MOST_ROWS
from webapp.lib.text import fold_text
from webapp.queries.admin import audit
from webapp.queries.admin.audit import PAGE_SIZE

PAGE = "/admin/audit/"
FILE = f"{PAGE}events.csv"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def admin(visit: Visit) -> FlaskClient:
    """A browser with an admin signed in."""
    return visit("admin")


def make_event(
    database: psycopg.Connection,
    action: str = "platform.edit",
    subject: str = "",
    *,
    actor: str = "command line",
    user: int | None = None,
    at: datetime = NOON,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> int:
    values = [*(before or {}).values(), *(after or {}).values()]
    row = database.execute(
        "INSERT INTO audit_events (happened_at, user_id, actor, address, action, subject, before, after,"
        " request_id, search_text) VALUES (%s, %s, %s, '192.0.2.7', %s, %s, %s, %s, 'abc123', %s)"
        " RETURNING id",
        [
            at,
            user,
            actor,
            action,
            subject,
            None if before is None else Jsonb(before),
            None if after is None else Jsonb(after),
            fold_text(actor, action, subject, *map(str, values)),
        ],
    ).fetchone()
    assert row is not None
    return int(row[0])


def listed(browser: FlaskClient, **query: object) -> list[int]:
    """The ids of the events on a page."""
    answer = browser.get(PAGE, query_string=query)
    assert answer.status_code == 200
    return [int(found) for found in re.findall(r"event </span>(\d+)", answer.text)]


def read(browser: FlaskClient, **query: object) -> list[dict[str, str]]:
    answer = browser.get(FILE, query_string=query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def events(database: psycopg.Connection) -> dict[str, int]:
    """Events of two people, a token and the command line on three days, by name."""
    anna = add_user(database, "operator", "anna@example.com")
    ben = add_user(database, "viewer", "ben@example.com")
    day = timedelta(days=1)
    return {
        "start": make_event(database, "user.create", "user anna@example.com", at=NOON - day * 2),
        "rename": make_event(
            database,
            "platform.edit",
            "platform spotify",
            user=anna,
            actor="anna@example.com",
            at=NOON - day,
            before={"name": "Spotfy", "code": "spotify"},
            after={"name": "Spotify", "code": "spotify"},
        ),
        "token": make_event(
            database,
            "chart_runs.sync",
            "chart global-28",
            user=anna,
            actor="anna@example.com (token nightly)",
        ),
        "midnight": make_event(
            database,
            "note.make",
            f"track {SEED_TRACK}",
            user=ben,
            actor="ben@example.com",
            at=datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC),
            after={"text": "TV spot at Beyoncé's"},
        ),
        "morning": make_event(
            database, "export", "global-28", user=ben, actor="ben@example.com", at=NOON + day
        ),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["morning", "midnight", "token", "rename", "start"]),
        ({"q": "spotf"}, ["rename"]),
        ({"q": "BEYONCE spot"}, ["midnight"]),
        ({"q": "beyonce nothing"}, []),
        ({"q": "!?"}, []),
        ({"person": "anna@example.com"}, ["token", "rename"]),
        ({"person": "ANNA@example.com"}, ["token", "rename"]),
        ({"person": "anna@example.com (token nightly)"}, ["token"]),
        ({"person": "command line"}, ["start"]),
        ({"person": "nobody"}, []),
        ({"action": "export"}, ["morning"]),
        ({"action": "expor"}, []),
        ({"subject": "platform spotify"}, ["rename"]),
        ({"start_date": "2026-11-20"}, ["morning", "midnight", "token"]),
        ({"end_date": "2026-11-20"}, ["midnight", "token", "rename", "start"]),
        ({"start_date": "2026-11-20", "end_date": "2026-11-20"}, ["midnight", "token"]),
        ({"person": "ben@example.com", "action": "export", "q": "global"}, ["morning"]),
    ],
)
def test_the_filters(
    query: dict[str, str], expected: list[str], admin: FlaskClient, events: dict[str, int]
) -> None:
    assert listed(admin, **query) == [events[name] for name in expected]
    in_file = [int(row["id"]) for row in read(admin, **query)]
    assert in_file == [events[name] for name in expected]
    chips = re.findall('class="chip">[^<]+<a href="([^"]+)"', admin.get(PAGE, query_string=query).text)
    left = [sorted(parse_qs(urlsplit(html.unescape(address)).query)) for address in chips]
    assert sorted(left) == sorted(sorted(query.keys() - {name}) for name in query)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("start_date=yesterday", "start_date must be a date"),
        ("start_date=2026-11-21&end_date=2026-11-20", "is after end_date"),
        ("until=x", "until must be the number of an event"),
        ("until=-1", "until must be the number of an event"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(query: str, sentence: str, admin: FlaskClient) -> None:
    for address in (PAGE, FILE):
        answer = admin.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert sentence in answer.text


def test_pages_by_key_miss_nothing_and_repeat_nothing(
    admin: FlaskClient, database: psycopg.Connection
) -> None:
    made = [make_event(database, "list.make", f"list {number}") for number in range(2 * PAGE_SIZE + 3)]
    seen: list[int] = []
    address: str | None = f"{PAGE}?action=list.make"
    while address is not None:
        text = admin.get(address).text
        seen += [int(found) for found in re.findall(r"event </span>(\d+)", text)]
        # What happens while somebody leafs through moves no page.
        make_event(database, "list.make", "list of later")
        following = re.search('href="([^"]+)" rel="next"|rel="next" href="([^"]+)"', text)
        address = (following[1] or following[2]).replace("&amp;", "&") if following else None
    assert seen == made[::-1]


def test_an_event_shows_who_when_whence_and_only_what_changed(
    admin: FlaskClient, events: dict[str, int]
) -> None:
    text = admin.get(PAGE, query_string={"subject": "platform spotify"}).text
    row = text[text.index("<tbody") : text.index("</tbody>")]
    for words in ("2026-11-19 12:00", "anna@example.com", "from 192.0.2.7", "abc123", "Spotfy", "Spotify"):
        assert words in row
    assert re.search("<del>Spotfy</del>.*<ins>Spotify</ins>", row)
    assert ">code<" not in row


def test_what_people_typed_is_shown_and_not_run(admin: FlaskClient, database: psycopg.Connection) -> None:
    bad = "<script>alert(1)</script>"
    make_event(database, bad, f"track {bad}", actor=bad, before={bad: bad}, after={bad: [bad, None]})
    for query in ({}, {"q": "script"}, {"action": bad}, {"subject": f"track {bad}"}, {"person": bad}):
        text = admin.get(PAGE, query_string=query).text
        assert bad not in text
        assert "&lt;script&gt;" in text


def test_a_subject_leads_to_its_page_where_it_has_one(
    admin: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    make_chart(database)
    pages = {
        f"track {SEED_TRACK}": TRACK_URL,
        "chart global-28": "/charts/global-28/",
        "platform spotify": "/platforms/spotify/",
    }
    for subject in (*pages, "/charts/global-28/sync/", "settings", "track", "thing 7"):
        make_event(database, "x", subject)
    opened = re.findall(
        'href="([^"]+)" aria-label="Open page:', admin.get(PAGE, query_string={"action": "x"}).text
    )
    assert opened == list(pages.values())[::-1]
    assert {admin.get(address).status_code for address in opened} == {200}


def test_an_unknown_action_shows_as_it_is(admin: FlaskClient, database: psycopg.Connection) -> None:
    make_event(database, "thing.new-fangled")
    make_event(database, "export")
    text = admin.get(PAGE).text
    assert ">thing.new-fangled</a>" in text
    assert ">Exported a file</a>" in text
    assert '<option value="export">Exported a file</option>' in text


def test_a_fragment_is_the_list_alone_and_shows_its_url(admin: FlaskClient, events: dict[str, int]) -> None:
    answer = admin.get(f"{PAGE}?q=spot&action=&start_date=", headers=HTMX)
    assert "<form" not in answer.text
    assert answer.headers["HX-Push-Url"] == f"{PAGE}?q=spot"


def test_rare_and_common_words_find_the_same_events(
    admin: FlaskClient, events: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = [admin.get(f"{PAGE}?q={words}", headers=HTMX).text for words in ("spot", "nothing", "a", "!")]
    monkeypatch.setattr(audit, "MOST_RARE", 1)
    assert [
        admin.get(f"{PAGE}?q={words}", headers=HTMX).text for words in ("spot", "nothing", "a", "!")
    ] == rare
    assert "<tbody" in rare[0]


def test_no_event_is_no_table(admin: FlaskClient) -> None:
    assert "No events yet" in admin.get(PAGE).text
    assert "No matching events" in admin.get(f"{PAGE}?q=nothing").text


def test_the_file_is_safe_in_a_spreadsheet_and_whole(
    admin: FlaskClient, database: psycopg.Connection
) -> None:
    made = make_event(
        database, "=1+1", "+subject", actor="@anna", before={"a": "é"}, after={"a": 'say "hi",\nthen go'}
    )
    (row,) = read(admin)
    assert (row["id"], row["time"]) == (str(made), "2026-11-20T12:00:00Z")
    assert (row["person"], row["action"], row["subject"]) == ("'@anna", "'=1+1", "'+subject")
    assert (json.loads(row["before"]), json.loads(row["after"])) == ({"a": "é"}, {"a": 'say "hi",\nthen go'})


def test_the_name_of_a_cut_file_shows_it(
    admin: FlaskClient, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(count: int) -> None:
        database.execute(
            "INSERT INTO audit_events (actor, action) SELECT 'nobody', 'x' FROM generate_series(1, %s)",
            [count],
        )

    monkeypatch.setitem(MOST_ROWS, "admin", 3000)  # a million rows take long to make
    fill(3000)
    whole = admin.get(f"{FILE}?action=x")
    assert "filename=audit.csv" in whole.headers["Content-Disposition"]
    fill(1)
    cut = admin.get(f"{FILE}?action=x")
    assert "filename=audit-first-3000.csv" in cut.headers["Content-Disposition"]
    assert cut.data.count(b"\r\n") == whole.data.count(b"\r\n") == 3001
    assert "1,000+ events" in admin.get(f"{PAGE}?action=x").text


def test_a_file_that_was_taken_is_an_event_with_its_filters(
    admin: FlaskClient, viewer: FlaskClient, track: int
) -> None:
    viewer.get(f"{TRACK_URL}audience/points.csv?range=7&platforms=spotify")
    admin.get(f"{FILE}?person=viewer%40example.com")
    newest, first = read(admin, action="export")
    assert (first["person"], first["subject"]) == ("viewer@example.com", "bad guy audience by day")
    assert json.loads(first["after"]) == {
        "rows": 7,
        "url": f"{TRACK_URL}audience/points.csv?platforms=spotify&range=7",
    }
    assert newest["person"] == "admin@example.com"
    assert json.loads(newest["after"])["url"] == f"{FILE}?person=viewer%40example.com"


def test_what_really_happens_is_found(admin: FlaskClient, visit: Visit, track: int) -> None:
    operator = visit("operator")
    assert operator.get(PAGE).status_code == 403
    operator.post(f"{TRACK_URL}platforms/shazam/refresh/", headers=csrf(operator))
    shown = read(admin, person="operator@example.com", start_date=str(datetime.now(UTC).date()))
    assert [row["action"] for row in shown] == ["audience.refresh", "refused"]
    assert all(row["request_id"] and row["address"] == "127.0.0.1" for row in shown)
    assert read(admin, end_date=str(date(2026, 1, 1))) == []


def test_the_page_sends_few_statements(site: Flask, admin: FlaskClient, events: dict[str, int]) -> None:
    with counted_statements(site) as sent:
        admin.get(f"{PAGE}?q=spot&person=anna@example.com")
    assert len(sent) <= 8
