"""Every route for every role; a route without an entry here fails."""

from datetime import date
from itertools import product
from typing import NamedTuple

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed

from tests.factories import make_chart, make_ranking
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, TRACK_URL, MakeSite, Visit, add_user, csrf, enter_as
from webapp.access.rights import PUBLIC, RIGHTS, needed_role
from webapp.config import Settings

CHART_RUN = "00000000-0000-4000-8000-000000000003"
BATCH = "00000000-0000-4000-8000-000000000006"
RUN = "00000000-0000-4000-8000-000000000001"
SEARCH = "00000000-0000-4000-8000-000000000002"
ARTIST = "00000000-0000-4000-8000-00000000000a"
ARTIST_URL = f"/artists/{ARTIST}/"
LIST_URL = "/lists/00000000-0000-4000-8000-00000000000b/"
NOTE_URL = "/notes/00000000-0000-4000-8000-00000000000d/"
VIEW_URL = "/views/00000000-0000-4000-8000-00000000000e/"
ROLES = (None, "viewer", "operator", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LOGIN = "login"  # sent to the form, or 401 in what it can read


class Route(NamedTuple):
    """The status for an anonymous visitor, a viewer, an operator and an admin."""

    method: str
    address: str
    answers: tuple[int | str, int, int, int]


ROUTES = {
    "static": Route("GET", "/static/nothing.css", (404, 404, 404, 404)),
    "auth.login": Route("GET", "/login", (200, 302, 302, 302)),
    "auth.reset": Route("GET", "/reset/nothing", (404, 404, 404, 404)),
    "account.page": Route("GET", "/account/", (LOGIN, 200, 200, 200)),
    "account.password": Route("POST", "/account/password/", (LOGIN, 400, 400, 400)),
    "account.prefer": Route("POST", "/account/preferences/", (LOGIN, 303, 303, 303)),
    "account.end_session": Route("POST", "/account/sessions/00/end/", (LOGIN, 404, 404, 404)),
    "account.end_others": Route("POST", "/account/sessions/end/", (LOGIN, 303, 303, 303)),
    "account.create_token": Route("POST", "/account/tokens/", (LOGIN, 400, 400, 400)),
    "account.revoke_token": Route("POST", "/account/tokens/9/revoke/", (LOGIN, 404, 404, 404)),
    "admin_overview.page": Route("GET", "/admin/", (LOGIN, 403, 403, 200)),
    "ops_overview.page": Route("GET", "/ops/", (LOGIN, 403, 200, 200)),
    "admin_people.index": Route("GET", "/admin/people/", (LOGIN, 403, 403, 200)),
    "admin_people.create": Route("POST", "/admin/people/new/", (LOGIN, 403, 403, 400)),
    "admin_people.page": Route("GET", "/admin/people/999/", (LOGIN, 403, 403, 404)),
    "admin_people.set_role": Route("POST", "/admin/people/999/role/", (LOGIN, 403, 403, 404)),
    "admin_people.end_sessions": Route("POST", "/admin/people/999/sessions/end/", (LOGIN, 403, 403, 404)),
    "admin_people.reset_link": Route("POST", "/admin/people/999/reset/", (LOGIN, 403, 403, 404)),
    "admin_people.switch": Route("POST", "/admin/people/switch/", (LOGIN, 403, 403, 400)),
    "admin_tokens.index": Route("GET", "/admin/tokens/", (LOGIN, 403, 403, 200)),
    "admin_tokens.revoke": Route("POST", "/admin/tokens/revoke/", (LOGIN, 403, 403, 400)),
    "auth.logout": Route("POST", "/logout", (LOGIN, 302, 302, 302)),
    "health.healthz": Route("GET", "/healthz", (200, 200, 200, 200)),
    "health.readyz": Route("GET", "/readyz", (200, 200, 200, 200)),
    "dashboard.page": Route("GET", "/", (LOGIN, 200, 200, 200)),
    "dashboard.card": Route("GET", "/dashboard/headlines/", (LOGIN, 200, 200, 200)),
    "dashboard.drawing": Route("GET", "/dashboard/rankings/chart/", (LOGIN, 200, 200, 200)),
    "dashboard.pulse": Route("GET", "/dashboard/pulse/", (LOGIN, 200, 200, 200)),
    "entered.page": Route("GET", "/dashboard/entered/", (LOGIN, 200, 200, 200)),
    "entered.file": Route("GET", "/dashboard/entered/entered.csv", (LOGIN, 200, 200, 200)),
    "card_files.card": Route("GET", "/dashboard/cards/headlines.csv", (LOGIN, 200, 200, 200)),
    "track_files.listed": Route("GET", "/tracks/tracks.csv", (LOGIN, 200, 200, 200)),
    "track_files.coverage": Route("GET", f"{TRACK_URL}coverage.csv", (LOGIN, 200, 200, 200)),
    "track_files.charts": Route("GET", f"{TRACK_URL}charts.csv", (LOGIN, 200, 200, 200)),
    "artist_files.listed": Route("GET", "/artists/artists.csv", (LOGIN, 200, 200, 200)),
    "artist_files.charts": Route("GET", f"{ARTIST_URL}charts.csv", (LOGIN, 200, 200, 200)),
    "artist_files.gains": Route("GET", f"{ARTIST_URL}gains.csv", (LOGIN, 404, 404, 404)),
    "artist_files.platforms": Route("GET", f"{ARTIST_URL}platforms.csv", (LOGIN, 404, 404, 404)),
    "chart_files.listed": Route("GET", "/charts/charts.csv", (LOGIN, 200, 200, 200)),
    "chart_files.rankings": Route("GET", "/charts/global-28/rankings.csv", (LOGIN, 200, 200, 200)),
    "chart_files.entries": Route("GET", "/charts/global-28/entries.csv", (LOGIN, 200, 200, 200)),
    "chart_files.runs": Route("GET", "/charts/global-28/runs.csv", (LOGIN, 200, 200, 200)),
    "platform_files.listed": Route("GET", "/platforms/platforms.csv", (LOGIN, 200, 200, 200)),
    "list_files.listed": Route("GET", "/lists/lists.csv", (LOGIN, 200, 200, 200)),
    "run_files.runs": Route("GET", "/ops/runs.csv", (LOGIN, 403, 200, 200)),
    "admin_files.people": Route("GET", "/admin/people.csv", (LOGIN, 403, 403, 200)),
    "admin_files.tokens": Route("GET", "/admin/tokens.csv", (LOGIN, 403, 403, 200)),
    "exports.page": Route("GET", f"/exports/{RUN}/", (LOGIN, 404, 404, 404)),
    "exports.file": Route("GET", f"/exports/{RUN}/file.xlsx", (LOGIN, 404, 404, 404)),
    "tracks.index": Route("GET", "/tracks/", (LOGIN, 200, 200, 200)),
    "tracks.page": Route("GET", TRACK_URL, (LOGIN, 200, 200, 200)),
    "tracks.columns": Route("POST", "/tracks/columns/", (LOGIN, 303, 303, 303)),
    "audience.panel": Route("GET", f"{TRACK_URL}audience/", (LOGIN, 200, 200, 200)),
    "audience.drawing": Route("GET", f"{TRACK_URL}audience/chart/", (LOGIN, 200, 200, 200)),
    "audience.points": Route("GET", f"{TRACK_URL}audience/points.csv", (LOGIN, 200, 200, 200)),
    "audience.coverage": Route("GET", f"{TRACK_URL}coverage/", (LOGIN, 200, 200, 200)),
    "audience.refresh": Route("POST", f"{TRACK_URL}platforms/shazam/refresh/", (LOGIN, 403, 303, 303)),
    "audience.run": Route("GET", f"{TRACK_URL}runs/{RUN}/", (LOGIN, 200, 200, 200)),
    "audience_api.chart": Route(
        "GET", f"/soundcharts/audience/chart/{SEED_TRACK}/spotify/", (401, 200, 200, 200)
    ),
    "audience_api.comparison": Route(
        "GET", f"/soundcharts/audience/chart/{SEED_TRACK}/", (401, 200, 200, 200)
    ),
    "api.run": Route("GET", f"/api/runs/{RUN}/", (401, 403, 200, 200)),
    "api.openapi": Route("GET", "/api/openapi.json", (401, 200, 200, 200)),
    "audience_api.refresh": Route(
        "POST", f"/soundcharts/audience/refresh/{SEED_TRACK}/shazam/", (401, 403, 202, 202)
    ),
    "audience_data.page": Route("GET", f"{TRACK_URL}data/spotify/", (LOGIN, 200, 200, 200)),
    "audience_data.points": Route("GET", f"{TRACK_URL}data/spotify/points.csv", (LOGIN, 200, 200, 200)),
    "audience_data.run": Route("GET", f"{TRACK_URL}data/youtube/runs/{RUN}/", (LOGIN, 200, 200, 200)),
    "audience_data.fetch": Route("POST", f"{TRACK_URL}data/spotify/fetch/", (LOGIN, 403, 400, 400)),
    "positions.panel": Route("GET", f"{TRACK_URL}positions/", (LOGIN, 200, 200, 200)),
    "positions.drawing": Route("GET", f"{TRACK_URL}positions/chart/", (LOGIN, 200, 200, 200)),
    "compare.page": Route("GET", f"/compare/?tracks={SEED_TRACK}", (LOGIN, 200, 200, 200)),
    "compare.drawing": Route("GET", f"/compare/chart/?tracks={SEED_TRACK}", (LOGIN, 200, 200, 200)),
    "compare.artists": Route("GET", "/compare/artists/", (LOGIN, 200, 200, 200)),
    "compare.artists_drawing": Route("GET", "/compare/artists/chart/", (LOGIN, 200, 200, 200)),
    "compare.artists_points": Route("GET", "/compare/artists/points.csv", (LOGIN, 200, 200, 200)),
    "compare.points": Route("GET", f"/compare/points.csv?tracks={SEED_TRACK}", (LOGIN, 200, 200, 200)),
    "charts.columns": Route("POST", "/charts/columns/", (LOGIN, 303, 303, 303)),
    "charts.index": Route("GET", "/charts/", (LOGIN, 200, 200, 200)),
    "charts.page": Route("GET", "/charts/global-28/", (LOGIN, 200, 200, 200)),
    "charts.calendar": Route("GET", "/charts/global-28/calendar/", (LOGIN, 200, 200, 200)),
    "charts.ranking_file": Route("GET", "/charts/global-28/2026-11-20/ranking.csv", (LOGIN, 200, 200, 200)),
    "chart_bulk.switch": Route("POST", "/ops/charts/switch/", (LOGIN, 403, 400, 400)),
    "chart_bulk.sync": Route("POST", "/ops/charts/sync/", (LOGIN, 403, 400, 400)),
    "chart_bulk.backfill": Route("POST", "/ops/charts/backfill/", (LOGIN, 403, 400, 400)),
    "chart_bulk.cascade": Route("POST", "/ops/charts/cascade/", (LOGIN, 403, 400, 400)),
    "chart_bulk.discover": Route("POST", "/ops/charts/discover/", (LOGIN, 403, 303, 303)),
    "chart_rankings.index": Route("GET", "/charts/global-28/rankings/", (LOGIN, 200, 200, 200)),
    "chart_join.page": Route("GET", "/charts/global-28/join/", (LOGIN, 403, 200, 200)),
    "chart_join.join": Route("POST", "/charts/global-28/join/", (LOGIN, 403, 404, 404)),
    "chart_runs.history": Route("GET", "/charts/global-28/runs/", (LOGIN, 200, 200, 200)),
    "chart_runs.run": Route("GET", f"/charts/global-28/runs/{CHART_RUN}/", (LOGIN, 200, 200, 200)),
    "chart_runs.sync": Route("POST", "/charts/global-28/sync/", (LOGIN, 403, 303, 303)),
    "chart_runs.backfill": Route("POST", "/charts/global-28/backfill/", (LOGIN, 403, 400, 400)),
    "chart_runs.cascade": Route("POST", "/charts/global-28/cascade/", (LOGIN, 403, 303, 303)),
    "chart_runs.switch": Route("POST", "/charts/global-28/switch/", (LOGIN, 403, 303, 303)),
    "chart_runs.fetch": Route("POST", "/charts/global-28/2026-11-19/fetch/", (LOGIN, 403, 303, 303)),
    "chart_runs.accept": Route("POST", "/charts/global-28/2026-11-20/accept/", (LOGIN, 403, 303, 303)),
    "charts.ranking": Route("GET", "/charts/global-28/2026-11-20/", (LOGIN, 200, 200, 200)),
    "artists.index": Route("GET", "/artists/", (LOGIN, 200, 200, 200)),
    "artists.page": Route("GET", ARTIST_URL, (LOGIN, 200, 200, 200)),
    "artists.tracks": Route("GET", f"{ARTIST_URL}tracks/", (LOGIN, 200, 200, 200)),
    "artists.charts": Route("GET", f"{ARTIST_URL}charts/", (LOGIN, 200, 200, 200)),
    "artists.audience": Route("GET", f"{ARTIST_URL}audience/", (LOGIN, 200, 200, 200)),
    "artists.drawing": Route("GET", f"{ARTIST_URL}audience/chart/", (LOGIN, 200, 200, 200)),
    "artist_files.points": Route("GET", f"{ARTIST_URL}audience/points.csv", (LOGIN, 200, 200, 200)),
    "platforms.index": Route("GET", "/platforms/", (LOGIN, 200, 200, 200)),
    "platforms.page": Route("GET", "/platforms/spotify/", (LOGIN, 200, 200, 200)),
    "platforms.coverage": Route("GET", "/platforms/spotify/coverage/", (LOGIN, 200, 200, 200)),
    "platforms.source": Route("GET", "/platforms/spotify/source/", (LOGIN, 403, 200, 200)),
    "platforms.charts": Route("GET", "/platforms/spotify/charts/", (LOGIN, 200, 200, 200)),
    "platforms.top": Route("GET", "/platforms/spotify/top/", (LOGIN, 200, 200, 200)),
    "platform_edit.page": Route("GET", "/platforms/spotify/edit/", (LOGIN, 403, 200, 200)),
    "platform_edit.save": Route("POST", "/platforms/spotify/edit/", (LOGIN, 403, 400, 400)),
    "admin_audit.index": Route("GET", "/admin/audit/", (LOGIN, 403, 403, 200)),
    "admin_audit.file": Route("GET", "/admin/audit/events.csv", (LOGIN, 403, 403, 200)),
    "admin_settings.index": Route("GET", "/admin/settings/", (LOGIN, 403, 403, 200)),
    "admin_settings.change": Route("POST", "/admin/settings/", (LOGIN, 403, 403, 409)),
    "admin_settings.default": Route("POST", "/admin/settings/default/", (LOGIN, 403, 403, 400)),
    "admin_platforms.index": Route("GET", "/admin/platforms/", (LOGIN, 403, 403, 200)),
    "admin_platforms.page": Route("GET", "/admin/platforms/spotify/", (LOGIN, 403, 403, 200)),
    "admin_platforms.alias": Route("POST", "/admin/platforms/spotify/aliases/", (LOGIN, 403, 403, 303)),
    "admin_platforms.unalias": Route("POST", "/admin/platforms/x/aliases/drop/", (LOGIN, 403, 403, 404)),
    "admin_platforms.distinct": Route("POST", "/admin/platforms/x/distinct/", (LOGIN, 403, 403, 404)),
    "admin_platforms.preview": Route("GET", "/admin/platforms/x/merge/?into=awa", (LOGIN, 403, 403, 200)),
    "admin_platforms.join": Route("POST", "/admin/platforms/x/merge/", (LOGIN, 403, 403, 404)),
    "track_edit.page": Route("GET", f"{TRACK_URL}edit/", (LOGIN, 403, 200, 200)),
    "track_edit.save": Route("POST", f"{TRACK_URL}edit/", (LOGIN, 403, 303, 303)),
    "search.results": Route("GET", "/search/?q=bad", (LOGIN, 200, 200, 200)),
    "search.ask": Route("POST", "/search/soundcharts/", (LOGIN, 403, 400, 400)),
    "search.take": Route("POST", "/search/import/", (LOGIN, 403, 400, 400)),
    "search.run": Route("GET", f"/search/runs/{SEARCH}/", (LOGIN, 403, 200, 200)),
    "lists.index": Route("GET", "/lists/", (LOGIN, 200, 200, 200)),
    "lists.make": Route("POST", "/lists/", (LOGIN, 400, 400, 400)),
    "lists.page": Route("GET", LIST_URL, (LOGIN, 200, 200, 200)),
    "lists.tracks": Route("GET", f"{LIST_URL}tracks/", (LOGIN, 302, 302, 302)),
    "lists.artists": Route("GET", f"{LIST_URL}artists/", (LOGIN, 302, 302, 302)),
    "lists.rename": Route("POST", f"{LIST_URL}rename/", (LOGIN, 404, 404, 404)),
    "lists.share": Route("POST", f"{LIST_URL}share/", (LOGIN, 404, 404, 404)),
    "lists.keep_fresh": Route("POST", f"{LIST_URL}fresh/", (LOGIN, 403, 404, 404)),
    "lists.delete": Route("POST", f"{LIST_URL}delete/", (LOGIN, 404, 404, 404)),
    "lists.remove": Route("POST", f"{LIST_URL}remove/tracks/", (LOGIN, 404, 404, 404)),
    "lists.add": Route("POST", "/lists/add/", (LOGIN, 400, 400, 400)),
    "lists.star": Route("POST", f"/lists/star/track/{SEED_TRACK}/", (LOGIN, 303, 303, 303)),
    "batches.index": Route("GET", "/ops/batches/", (LOGIN, 403, 200, 200)),
    "batches.artists": Route("POST", "/ops/batches/artists/", (LOGIN, 403, 400, 400)),
    "batches.new": Route("POST", "/ops/batches/new/", (LOGIN, 403, 400, 400)),
    "batches.create": Route("POST", "/ops/batches/", (LOGIN, 403, 400, 400)),
    "batches.history": Route("GET", "/ops/batches/history/", (LOGIN, 403, 400, 400)),
    "help.index": Route("GET", "/help/", (LOGIN, 200, 200, 200)),
    "help.data": Route("GET", "/help/data/", (LOGIN, 200, 200, 200)),
    "help.keys": Route("GET", "/help/keys/", (LOGIN, 200, 200, 200)),
    "help.problems": Route("GET", "/help/problems/", (LOGIN, 200, 200, 200)),
    "help.changes": Route("GET", "/help/changes/", (LOGIN, 200, 200, 200)),
    "help.figures": Route("GET", "/help/figures/", (LOGIN, 200, 200, 200)),
    "batches.page": Route("GET", f"/ops/batches/{BATCH}/", (LOGIN, 403, 200, 200)),
    "batches.retry": Route("POST", f"/ops/batches/{BATCH}/retry/", (LOGIN, 403, 409, 409)),
    "imports.page": Route("GET", "/ops/import/", (LOGIN, 403, 200, 200)),
    "imports.preview": Route("POST", "/ops/import/", (LOGIN, 403, 400, 400)),
    "imports.create": Route("POST", "/ops/import/rows/", (LOGIN, 403, 409, 409)),
    "notes.listed": Route("GET", f"{TRACK_URL}notes/", (LOGIN, 200, 200, 200)),
    "notes.make": Route("POST", f"{TRACK_URL}notes/", (LOGIN, 403, 400, 400)),
    "notes.page": Route("GET", NOTE_URL, (LOGIN, 302, 302, 302)),
    "notes.change": Route("POST", NOTE_URL, (LOGIN, 403, 400, 400)),
    "notes.delete": Route("POST", f"{NOTE_URL}delete/", (LOGIN, 403, 200, 200)),
    "saved_views.index": Route("GET", "/views/", (LOGIN, 200, 200, 200)),
    "saved_views.new": Route("GET", "/views/new/", (LOGIN, 200, 200, 200)),
    "saved_views.make": Route("POST", "/views/", (LOGIN, 400, 400, 400)),
    "saved_views.show": Route("GET", VIEW_URL, (LOGIN, 302, 302, 302)),
    "saved_views.rename": Route("POST", f"{VIEW_URL}rename/", (LOGIN, 404, 404, 404)),
    "saved_views.share": Route("POST", f"{VIEW_URL}share/", (LOGIN, 404, 404, 404)),
    "saved_views.delete": Route("POST", f"{VIEW_URL}delete/", (LOGIN, 404, 404, 404)),
    "ops.runs": Route("GET", "/ops/runs/", (LOGIN, 403, 200, 200)),
    "ops.log": Route("GET", f"/ops/runs/{RUN}/log/", (LOGIN, 403, 200, 200)),
    "run_control.cancel": Route("POST", f"/ops/runs/{RUN}/cancel/", (LOGIN, 403, 303, 303)),
    "run_control.cancel_chosen": Route("POST", "/ops/runs/cancel/", (LOGIN, 403, 400, 400)),
    "run_control.retry": Route("POST", f"/ops/runs/{RUN}/retry/", (LOGIN, 403, 409, 409)),
    "run_control.retry_chosen": Route("POST", "/ops/runs/retry/", (LOGIN, 403, 400, 400)),
    "ops.causes": Route("GET", "/ops/runs/causes/", (LOGIN, 403, 200, 200)),
    "run_control.retry_cause": Route("POST", "/ops/runs/retry-cause/", (LOGIN, 403, 303, 303)),
    "run_control.retry_all": Route("POST", "/ops/runs/retry-all/", (LOGIN, 403, 303, 303)),
    "quota.page": Route("GET", "/ops/quota/", (LOGIN, 403, 200, 200)),
    "quota.drawing": Route("GET", "/ops/quota/chart/", (LOGIN, 403, 200, 200)),
    "quota.pause": Route("POST", "/ops/quota/sync/pause/", (LOGIN, 403, 303, 303)),
    "quota.resume": Route("POST", "/ops/quota/sync/resume/", (LOGIN, 403, 303, 303)),
    "ops.run": Route("GET", f"/ops/runs/{RUN}/", (LOGIN, 403, 200, 200)),
}


@pytest.fixture
def run(database: psycopg.Connection, track: int) -> None:
    """A row for every route."""
    fill_routes(database, track)


def fill_routes(database: psycopg.Connection, track: int) -> None:
    """Queued runs of the seeds' track, a search and a chart, that chart's ranking, and an artist."""
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key) VALUES (%s, 'fetch_audience',"
        " jsonb_build_object('track_uuid', %s::text, 'platform', 'youtube'), 'interactive', 'x')",
        [RUN, SEED_TRACK],
    )
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key) VALUES (%s, 'search_soundcharts',"
        """ '{"kind": "song", "term": "bad"}', 'interactive', 'y')""",
        [SEARCH],
    )
    database.execute(
        "INSERT INTO job_runs (uuid, task, args, queue, dedupe_key) VALUES (%s, 'sync_chart',"
        """ '{"chart": "global-28", "platform": "spotify"}', 'sync', 'z')""",
        [CHART_RUN],
    )
    chart = make_chart(database)
    make_ranking(database, chart, date(2026, 11, 20), [track])
    database.execute(
        "INSERT INTO chart_dates VALUES (%s, '2026-11-19', '2026-11-19T12:00:00+00:00')", [chart]
    )
    database.execute("INSERT INTO artists (uuid, name) VALUES (%s, 'Billie Eilish')", [ARTIST])
    owner = add_user(database, "viewer", "owner@example.com")
    database.execute(
        """INSERT INTO batches (uuid, action, args, requested_by) VALUES (%s, 'import', '{"rows": 1}', %s)""",
        [BATCH, owner],
    )
    database.execute(
        "INSERT INTO lists (uuid, owner_id, name, is_shared) VALUES (%s, %s, 'Roster', true)",
        [LIST_URL.split("/")[2], owner],
    )
    database.execute(
        "INSERT INTO notes (uuid, track_id, noted_on, text, search_text, author_id)"
        " VALUES (%s, %s, '2026-11-20', 'TV spot', 'tv spot', %s)",
        [NOTE_URL.split("/")[2], track, owner],
    )
    database.execute(
        "INSERT INTO saved_views (uuid, owner_id, name, url, is_shared)"
        " VALUES (%s, %s, 'Hits', '/tracks/', true)",
        [VIEW_URL.split("/")[2], owner],
    )


def test_every_route_has_an_entry(site: Flask) -> None:
    assert {rule.endpoint for rule in site.url_map.iter_rules()} == set(ROUTES)


def test_the_table_of_roles_has_every_route_and_nothing_else(site: Flask) -> None:
    words = [PUBLIC, *RIGHTS.values()]
    assert sum(map(len, words)) == len(frozenset().union(*words))
    assert frozenset().union(*words) == {rule.endpoint for rule in site.url_map.iter_rules()}


def test_a_route_that_nobody_spoke_of_is_open_to_nobody(
    make_site: MakeSite, settings: Settings, visit: Visit
) -> None:
    app = make_site(settings)
    app.add_url_rule("/forgotten/", "forgotten", lambda: "open")
    admin = enter_as(visit("admin"), app)
    assert admin.get("/forgotten/").status_code == 403


def read_only(place: int) -> list[str]:
    """Returns the endpoints that change nothing for this role."""
    return [
        name
        for name, route in ROUTES.items()
        if route.method == "GET" or route.answers[place] in (LOGIN, 401, 403, 404)
    ]


def agrees(browser: FlaskClient, endpoint: str, place: int, headers: dict[str, str]) -> None:
    method, address, answers = ROUTES[endpoint]
    answer = browser.open(address, method=method, headers=headers if method == "POST" else {})
    if answers[place] == LOGIN:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login?next=/")
    else:
        assert answer.status_code == answers[place]


@pytest.mark.parametrize("place", range(4), ids=["nobody", "viewer", "operator", "admin"])
def test_answer_by_role(place: int, visit: Visit, run: None, subtests: pytest.Subtests) -> None:
    browser = visit(ROLES[place])
    headers = csrf(browser) if place else {}
    for endpoint in read_only(place):
        with subtests.test(endpoint):
            agrees(browser, endpoint, place, headers)


@pytest.mark.parametrize(
    ("place", "endpoint"),
    [(place, name) for place in range(4) for name in ROUTES if name not in read_only(place)],
)
def test_answer_to_a_change_by_role(endpoint: str, place: int, visit: Visit, run: None) -> None:
    """Each on rows of its own, for it changes them."""
    browser = visit(ROLES[place])
    agrees(browser, endpoint, place, csrf(browser))


@pytest.mark.parametrize("role", ROLES, ids=["nobody", "viewer", "operator", "admin"])
def test_every_method_of_every_url_is_for_its_role(
    role: str | None, visit: Visit, site: Flask, run: None
) -> None:
    """Requests JSON, because only the status matters and pages are slow."""
    browser = visit(role)
    headers = {"Accept": "application/json", **(csrf(browser) if role else {})}
    for address, method in product({route.address for route in ROUTES.values()}, METHODS):
        if expected := refusal(site, role, address, method):
            answer = browser.open(address, method=method, headers=headers)
            assert answer.status_code in expected, (method, address)


def refusal(site: Flask, role: str | None, address: str, method: str) -> set[int]:
    """Returns the refusal without permission or for an unknown method; none with permission."""
    try:
        endpoint, _ = site.url_map.bind("localhost").match(address.split("?", maxsplit=1)[0], method)
    except MethodNotAllowed:
        return {405} if role else {302, 401}
    needed = needed_role(endpoint)
    if endpoint in PUBLIC or (role and needed and ROLES.index(role) >= ROLES.index(needed)):
        return set()
    return {403} if role else {302, 401}


def test_fragments_lead_the_whole_page_to_the_login(visit: Visit, subtests: pytest.Subtests) -> None:
    browser = visit(None)
    page = {"HX-Current-URL": f"http://localhost{TRACK_URL}?range=30"}
    for endpoint, (method, address, answers) in ROUTES.items():
        if answers[0] not in (LOGIN, 401):
            continue
        with subtests.test(endpoint):
            answer = browser.open(address, method=method, headers={**HTMX, **page})
            assert answer.status_code == 401
            assert answer.headers["HX-Redirect"] == f"/login?next={TRACK_URL}?range%3D30"
            assert answer.data == b""


@pytest.mark.parametrize("address", ["/tracks/nothing", "/nothing", "/ops/"])
def test_nobody_learns_which_urls_exist(address: str, visit: Visit) -> None:
    assert visit(None).get(address).status_code == 302


def test_a_program_gets_json_everywhere(visit: Visit) -> None:
    answer = visit(None).get("/tracks/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"success": False, "error": "Sign in first."})


def test_a_user_disabled_meanwhile_is_out_at_once(visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("admin")
    assert browser.get("/tracks/").status_code == 200
    database.execute("UPDATE users SET disabled_at = now()")
    assert browser.get("/tracks/").status_code == 302


def test_viewers_see_no_button_that_is_refused(visit: Visit, track: int) -> None:
    assert "refresh/" not in visit("viewer").get(TRACK_URL).text
    assert "refresh/" in visit("operator").get(TRACK_URL).text
