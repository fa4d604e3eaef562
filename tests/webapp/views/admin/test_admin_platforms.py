"""Administration of platforms: the list, aliases, suspicions, merging, and the form of operators."""

import re

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import audience_rows, insert_series, make_chart, platform_id
from tests.webapp.views.conftest import API_URL, HTMX, NEWEST, TRACK_URL, Visit, counted_statements, csrf
from webapp.catalogue.merging import TABLES

MOST_QUERIES = 8
ADMIN = "/admin/platforms/"
FORM = {
    "name": "Spotify",
    "platform_type": "streaming",
    "audience_metric_name": "Streams",
    "platform_identifier": "spotify",
    "plot_rule": "max",
}


@pytest.fixture
def admin(visit: Visit) -> FlaskClient:
    return visit("admin")


@pytest.fixture
def double(database: psycopg.Connection) -> int:
    """A platform that a typing error made."""
    row = database.execute(
        "INSERT INTO platforms (slug, name, platform_identifier, has_song_audience)"
        " VALUES ('spotifi', 'Spotifi', 'spotifi', true) RETURNING id"
    ).fetchone()
    assert row is not None
    return int(row[0])


def post(browser: FlaskClient, address: str, **fields: str) -> TestResponse:
    return browser.post(address, data=fields, headers=csrf(browser))


def events(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute("SELECT action, subject, before, after FROM audit_events ORDER BY id").fetchall()


def names(page: str) -> list[str]:
    """The platforms of the list, in order."""
    return re.findall(r'href="/admin/platforms/(\w+)/">', page.rsplit('id="platforms"', 1)[-1])


def test_the_list_is_searched_narrowed_and_sorted(
    admin: FlaskClient, database: psycopg.Connection, track: int
) -> None:
    by_name = database.execute("SELECT slug FROM platforms WHERE slug <> 'isrc' ORDER BY lower(name)")
    every = [slug for (slug,) in by_name.fetchall()]
    assert names(admin.get(ADMIN).text) == every
    assert names(admin.get(f"{ADMIN}?order=desc").text) == every[::-1]
    assert names(admin.get(f"{ADMIN}?q=You-Tube").text) == ["youtube", "youtube_shorts"]
    assert names(admin.get(f"{ADMIN}?q=twitter").text) == ["x"]
    assert names(admin.get(f"{ADMIN}?q=line-music").text) == ["line_music"]
    assert names(admin.get(f"{ADMIN}?type=radio").text) == ["airplay"]
    assert names(admin.get(f"{ADMIN}?sort=tracks").text)[:2] in (
        ["spotify", "youtube"],
        ["youtube", "spotify"],
    )
    dated = names(admin.get(f"{ADMIN}?sort=last_date&order=asc").text)
    assert set(dated[:2]) == {"spotify", "youtube"}
    fragment = admin.get(f"{ADMIN}?type=tv", headers=HTMX).text
    assert "<html" not in fragment
    assert 'data-empty="filtered"' in fragment


@pytest.mark.parametrize("query", ["sort=nothing", "order=up", "type=disco"])
def test_a_bad_parameter_is_named(admin: FlaskClient, query: str) -> None:
    answer = admin.get(f"{ADMIN}?{query}")
    assert answer.status_code == 400
    assert "must be one of" in answer.text


def test_an_open_suspicion_is_counted_until_it_is_answered(
    admin: FlaskClient, visit: Visit, database: psycopg.Connection, double: int
) -> None:
    badge = '1<span class="sr-only"> possible duplicate platforms'
    assert badge in admin.get("/tracks/").text
    page = admin.get(ADMIN).text
    assert "&#39;spotify&#39; and &#39;spotifi&#39; are almost the same." in page
    assert "Platforms (1)" in page
    assert "/admin/platforms/spotifi/merge/?into=spotify" in page
    assert "possible duplicate platforms" not in visit("operator").get("/tracks/").text
    assert post(admin, f"{ADMIN}spotifi/distinct/", other="spotify").status_code == 303
    assert post(admin, f"{ADMIN}spotify/distinct/", other="spotifi").status_code == 303
    assert "all but the same" not in admin.get(ADMIN).text
    assert "possible duplicate platforms" not in admin.get("/tracks/").text
    row = database.execute("SELECT platform_id, other_id, decided_by IS NOT NULL FROM platform_distinctions")
    assert row.fetchall() == [(platform_id(database, "spotify"), double, True)]
    assert events(database)[0] == (
        "platform.distinct",
        "platform spotifi",
        None,
        {"distinct_from": "spotify"},
    )
    assert post(admin, f"{ADMIN}spotifi/distinct/", other="spot-ifi").status_code == 409


def test_of_siblings_no_side_is_preferred(admin: FlaskClient, database: psycopg.Connection) -> None:
    database.execute("INSERT INTO platforms (slug, name) VALUES ('youtube_music', 'YouTube Music')")
    table = admin.get(ADMIN).text.split("pair to review")[1].split("</table>")[0]
    assert "apart from words like &#39;music&#39;" in table
    assert "button-primary" not in table
    assert table.count("/merge/?into=") == 2


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ("Spotify AB", "&#39;spotifyab&#39; is now an alias of Spotify."),
        ("you-tube", "&#39;you-tube&#39; is already the platform YouTube (youtube)."),
        ("SPOTIFY", "is already the platform Spotify (spotify)."),
        ("Twitter", "is already the platform X (x)."),
        ("网易", "has no letter or digit"),
        ("", "has no letter or digit"),
        ("<script>alert(1)</script>", "&#39;scriptalert1script&#39; is now an alias of Spotify"),
    ],
)
def test_aliases_are_added(admin: FlaskClient, spelling: str, words: str) -> None:
    assert post(admin, f"{ADMIN}spotify/aliases/", spelling=spelling).status_code == 303
    assert words in admin.get(f"{ADMIN}spotify/").text


def test_aliases_are_removed(admin: FlaskClient, database: psycopg.Connection) -> None:
    assert "twitter" in admin.get(f"{ADMIN}x/").text
    assert post(admin, f"{ADMIN}spotify/aliases/drop/", spelling="twitter").status_code == 404
    assert post(admin, f"{ADMIN}x/aliases/drop/", spelling="Twitter").status_code == 303
    assert admin.get("/platforms/twitter/").status_code == 404
    assert events(database)[-1][:3] == ("platform.unalias", "platform x", {"alias": "twitter"})


def test_a_merge_is_previewed_done_and_reported(
    admin: FlaskClient, visit: Visit, database: psycopg.Connection, track: int, double: int
) -> None:
    insert_series(database, audience_rows(track, double, [(NEWEST, 9), (NEWEST.replace(month=1), 4)]))
    make_chart(database, "top", platform="spotifi")
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key, state) VALUES"
        " ('00000000-0000-4000-8000-000000000009', 'fetch_audience', jsonb_build_object('track_uuid',"
        " (SELECT uuid FROM tracks), 'platform', 'spotifi'), 'default', 'k', 'failed')"
    )
    page = admin.get(f"{ADMIN}spotifi/merge/?into=spotify").text
    assert "Merge Spotifi (spotifi) into Spotify (spotify)?" in page
    rows = {
        row: re.findall(r'class="number">([\d,]+)<', cells)
        for row, cells in re.findall(r"rowheader\">([^<]+)</th>(.*?)</tr>", page, re.DOTALL)
    }
    assert rows["Audience values"] == ["2", "1", "1"]
    assert rows["Charts"] == ["1", "0", "0"]
    assert str(NEWEST) in rows
    assert "edit it" in page

    answer = post(admin, f"{ADMIN}spotifi/merge/", into="spotify")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ADMIN}spotify/")
    shown = admin.get(f"{ADMIN}spotify/").text
    assert "Spotifi is now Spotify" in shown
    again = admin.post(f"{ADMIN}spotifi/merge/", data={"into": "spotify"}, headers=csrf(admin))
    assert again.status_code == 303
    assert "is already Spotify; nothing to merge." in admin.get(f"{ADMIN}spotify/").text
    assert admin.get(f"{ADMIN}spotifi/merge/?into=spotify").status_code == 303
    merges = [event for event in events(database) if event[0] == "platform.merge"]
    assert [event[1:3] for event in merges] == [("platform spotify", {"slug": "spotifi", "name": "Spotifi"})]

    for old, new in (
        ("/platforms/spotifi/", "/platforms/spotify/"),
        (f"{ADMIN}spotifi/", f"{ADMIN}spotify/"),
    ):
        answer = admin.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, new)
    viewer = visit("viewer")
    assert viewer.get("/platforms/spotifi/charts/", headers=HTMX).status_code == 200
    assert viewer.get(f"{API_URL}spotifi/").json == viewer.get(f"{API_URL}spotify/").json
    old_run = f"{TRACK_URL}runs/00000000-0000-4000-8000-000000000009/"
    assert viewer.get(old_run, headers=HTMX).status_code == 200


def test_a_merge_warns_where_the_two_differ(
    admin: FlaskClient, database: psycopg.Connection, double: int
) -> None:
    merge = f"{ADMIN}spotifi/merge/?into=spotify"
    page = admin.get(merge).text
    assert "All values will be labelled Streams, including those that are Listeners" in page
    database.execute(
        "UPDATE platforms SET audience_metric_name = 'streams', plot_rule = 'sum' WHERE id = %s", [double]
    )
    page = admin.get(merge).text
    assert "All values will be labelled" not in page
    assert "will be recounted like those of Spotify" in page


def test_every_table_of_a_merge_has_words(database: psycopg.Connection) -> None:
    found = database.execute(
        "SELECT DISTINCT pg_class.relname FROM pg_constraint"
        " JOIN pg_class ON pg_class.oid = conrelid AND relnamespace = CAST('public' AS regnamespace)"
        " WHERE contype = 'f' AND confrelid IN"
        " (CAST('charts' AS regclass), CAST('tracks' AS regclass), CAST('platforms' AS regclass))"
    ).fetchall()
    assert {name for (name,) in found} <= set(TABLES)


def test_a_merge_is_refused_while_a_run_is_at_work(
    admin: FlaskClient, database: psycopg.Connection, double: int
) -> None:
    database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, state) VALUES ('discover_charts',"
        """ '{"platform": "Spotifi"}', 'default', 'k', 'running')"""
    )
    assert "1 run is working on Spotifi" in admin.get(f"{ADMIN}spotifi/merge/?into=spotify").text
    answer = post(admin, f"{ADMIN}spotifi/merge/", into="spotify")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ADMIN}spotifi/")
    assert "A run of Spotifi is in progress" in admin.get(f"{ADMIN}spotifi/").text
    assert platform_id(database, "spotifi") == double


def test_the_form_stores_what_differs(visit: Visit, database: psycopg.Connection) -> None:
    operator = visit("operator")
    assert "/platforms/spotify/edit/" in operator.get("/platforms/spotify/").text
    assert "/platforms/spotify/edit/" not in visit("viewer").get("/platforms/spotify/").text
    fields = FORM | {"name": "Spotify <b>", "platform_identifier": "spotify-eu"}
    answer = post(operator, "/platforms/spotify/edit/", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/platforms/spotify/")
    assert "Spotify &lt;b&gt; saved." in operator.get("/platforms/spotify/").text
    row = database.execute(
        "SELECT name, platform_identifier FROM platforms WHERE slug = 'spotify'"
    ).fetchone()
    assert row == ("Spotify <b>", "spotify-eu")
    # What the API now names by the new code is this platform, and no new one.
    assert operator.get("/platforms/spotify-eu/").status_code == 301
    assert events(database) == [
        (
            "platform.edit",
            "platform spotify",
            {"name": "Spotify", "platform_identifier": "spotify"},
            {"name": "Spotify <b>", "platform_identifier": "spotify-eu"},
        )
    ]
    post(operator, "/platforms/spotify/edit/", **fields)
    assert "is unchanged." in operator.get("/platforms/spotify/").text
    assert [event[0] for event in events(database)] == ["platform.edit"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "  ", "Enter a name."),
        ("audience_metric_name", "", "Enter a metric"),
        ("platform_identifier", "you-tube", "is already the platform YouTube (youtube)."),
        ("platform_identifier", "--", "has no letter or digit"),
    ],
)
def test_what_cannot_be_stored_is_shown_beside_its_field(
    operator: FlaskClient, database: psycopg.Connection, field: str, value: str, words: str
) -> None:
    answer = post(operator, "/platforms/spotify/edit/", **(FORM | {"name": "New", field: value}))
    assert answer.status_code == 422
    assert words in answer.text
    row = database.execute("SELECT name FROM platforms WHERE slug = 'spotify'").fetchone()
    assert row == ("Spotify",)


@pytest.mark.parametrize("address", [ADMIN, f"{ADMIN}spotifi/", f"{ADMIN}spotifi/merge/?into=spotify"])
def test_queries_are_bounded(
    admin: FlaskClient, site: Flask, database: psycopg.Connection, track: int, double: int, address: str
) -> None:
    for number in range(60):
        database.execute("INSERT INTO platforms (slug, name) VALUES (%s, 'P')", [f"platform_{number}"])
    with counted_statements(site) as sent:
        assert admin.get(address).status_code == 200
    assert len(sent) <= MOST_QUERIES, sent


@pytest.mark.parametrize(("field", "value"), [("platform_type", "disco"), ("plot_rule", "")])
def test_a_choice_that_is_not_offered_is_refused(operator: FlaskClient, field: str, value: str) -> None:
    answer = post(operator, "/platforms/spotify/edit/", **(FORM | {field: value}))
    assert answer.status_code == 400
    assert f"{field} must be one of" in answer.text
