"""The areas of the site, one blueprint each."""

from flask import Flask

from webapp.catalogue.suspicions import suspicion_count
from webapp.views.account.auth import blueprint as auth
from webapp.views.account.pages import blueprint as account
from webapp.views.admin.audit import blueprint as admin_audit
from webapp.views.admin.files import blueprint as admin_files
from webapp.views.admin.overview import blueprint as admin_overview
from webapp.views.admin.people import blueprint as admin_people
from webapp.views.admin.platforms import blueprint as admin_platforms
from webapp.views.admin.settings import blueprint as admin_settings
from webapp.views.admin.tokens import blueprint as admin_tokens
from webapp.views.api.audience import blueprint as audience_api
from webapp.views.api.description import blueprint as api
from webapp.views.artists.files import blueprint as artist_files
from webapp.views.artists.pages import blueprint as artists
from webapp.views.charts.files import blueprint as chart_files
from webapp.views.charts.join import blueprint as chart_join
from webapp.views.charts.pages import blueprint as charts
from webapp.views.charts.rankings import blueprint as chart_rankings
from webapp.views.charts.runs import blueprint as chart_runs
from webapp.views.compare.pages import blueprint as compare
from webapp.views.dashboard.entered import blueprint as entered
from webapp.views.dashboard.files import blueprint as card_files
from webapp.views.dashboard.pages import blueprint as dashboard
from webapp.views.exports.pages import blueprint as exports
from webapp.views.help.pages import blueprint as help_pages
from webapp.views.lists.files import blueprint as list_files
from webapp.views.lists.pages import blueprint as lists
from webapp.views.lists.saved_views import blueprint as saved_views
from webapp.views.ops.batches import blueprint as batches
from webapp.views.ops.charts import blueprint as chart_bulk
from webapp.views.ops.files import blueprint as run_files
from webapp.views.ops.imports import blueprint as imports
from webapp.views.ops.overview import blueprint as ops_overview
from webapp.views.ops.quota import blueprint as quota
from webapp.views.ops.run_control import blueprint as run_control
from webapp.views.ops.runs import blueprint as ops
from webapp.views.platforms.edit import blueprint as platform_edit
from webapp.views.platforms.files import blueprint as platform_files
from webapp.views.platforms.pages import blueprint as platforms
from webapp.views.search.pages import blueprint as search
from webapp.views.shared import debugging, errors, tables
from webapp.views.shared.definitions import DEFINITIONS
from webapp.views.shared.health import blueprint as health
from webapp.views.shared.waiting import waiting_notices, waits_until
from webapp.views.shared.wording import STATES
from webapp.views.tracks.audience import blueprint as audience
from webapp.views.tracks.audience_data import blueprint as audience_data
from webapp.views.tracks.edit import blueprint as track_edit
from webapp.views.tracks.files import blueprint as track_files
from webapp.views.tracks.notes import blueprint as notes
from webapp.views.tracks.pages import blueprint as tracks
from webapp.views.tracks.positions import blueprint as positions


def init_app(app: Flask) -> None:
    """Registers all blueprints, the error handlers and the template globals."""
    for blueprint in (
        auth,
        account,
        admin_overview,
        admin_people,
        admin_tokens,
        health,
        dashboard,
        entered,
        tracks,
        track_edit,
        audience,
        audience_api,
        audience_data,
        api,
        compare,
        charts,
        chart_join,
        chart_runs,
        chart_bulk,
        chart_rankings,
        positions,
        ops_overview,
        ops,
        run_control,
        quota,
        batches,
        imports,
        artists,
        platforms,
        platform_edit,
        admin_platforms,
        search,
        help_pages,
        exports,
        track_files,
        platform_files,
        run_files,
        list_files,
        card_files,
        chart_files,
        artist_files,
        admin_files,
        lists,
        notes,
        saved_views,
        admin_audit,
        admin_settings,
    ):
        app.register_blueprint(blueprint)
    errors.init_app(app)
    debugging.init_app(app)
    tables.init_app(app)
    app.jinja_env.globals.update(DEFINITIONS=DEFINITIONS, RUN_STATES=STATES)
    app.add_template_global(suspicion_count)
    app.add_template_global(waiting_notices)
    app.add_template_global(waits_until)
