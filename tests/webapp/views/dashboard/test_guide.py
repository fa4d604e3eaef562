"""The guide that the dashboard shows until there are figures."""

from dataclasses import replace

import psycopg
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_chart, make_track, platform_id
from tests.webapp.views.conftest import HTMX, NEWEST, MakeSite, Visit, enter_as
from tests.webapp.views.reading import text_of
from webapp.config import Settings

GUIDE = HTMX | {"HX-Trigger": "guide"}


def steps(browser: FlaskClient) -> list[str]:
    """The steps of the guide with their states, and the buttons of those to do."""
    items = browser.get("/", headers=HTMX).text.split("<li>")[1:]
    return [text_of(item.split("</li>")[0]) for item in items]


def test_each_step_is_to_do_until_it_is_done_and_figures_end_the_guide(
    visit: Visit, database: psycopg.Connection
) -> None:
    admin = visit("admin")
    assert 'hx-get="/dashboard/' not in admin.get("/").text.replace("/dashboard/pulse/", "")
    shown = steps(admin)
    assert [step.split()[0] for step in shown] == ["Done", "To", "To", "To"]
    assert [step.split()[-1] for step in shown[1:]] == ["tracks", "charts", "people"]
    operator = visit("operator")
    assert [step.split()[0] for step in steps(operator)] == ["To", "To"]
    assert steps(admin)[3].startswith("Done")
    make_chart(database)
    song = make_track(database)
    assert [step.split()[0] for step in steps(operator)] == ["Done", "Done"]
    assert "first figures" in operator.get("/", headers=GUIDE).text
    insert_series(database, audience_rows(song, platform_id(database, "spotify"), [(NEWEST, 5)]))
    assert operator.get("/", headers=GUIDE).headers["HX-Refresh"] == "true"
    for name in ("headlines", "runs"):
        assert f'hx-get="/dashboard/{name}/' in operator.get("/").text


def test_only_admins_see_that_keys_are_missing(visit: Visit, settings: Settings, make_site: MakeSite) -> None:
    site = make_site(replace(settings, soundcharts_app_id="", soundcharts_api_key=""))
    assert "SOUNDCHARTS_CLIENT_ID" in steps(enter_as(visit("admin"), site))[0]
    assert "SOUNDCHARTS" not in enter_as(visit("operator"), site).get("/").text


def test_viewers_see_whom_to_contact(viewer: FlaskClient) -> None:
    page = text_of(viewer.get("/").text)
    assert "No data yet To add tracks or follow charts, contact your administrator." in page
    assert "First steps" not in page
