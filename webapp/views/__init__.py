"""The site's rooms, a blueprint each."""

from flask import Flask

from webapp.suspicions import suspicion_count
from webapp.views import errors
from webapp.views.account import blueprint as account
from webapp.views.admin_audit import blueprint as admin_audit
from webapp.views.admin_people import blueprint as admin_people
from webapp.views.admin_platforms import blueprint as admin_platforms
from webapp.views.admin_settings import blueprint as admin_settings
from webapp.views.admin_tokens import blueprint as admin_tokens
from webapp.views.api import blueprint as api
from webapp.views.artists import blueprint as artists
from webapp.views.audience import blueprint as audience
from webapp.views.audience_api import blueprint as audience_api
from webapp.views.audience_data import blueprint as audience_data
from webapp.views.auth import blueprint as auth
from webapp.views.batches import blueprint as batches
from webapp.views.chart_bulk import blueprint as chart_bulk
from webapp.views.chart_join import blueprint as chart_join
from webapp.views.chart_rankings import blueprint as chart_rankings
from webapp.views.chart_runs import blueprint as chart_runs
from webapp.views.charts import blueprint as charts
from webapp.views.compare import blueprint as compare
from webapp.views.dashboard import blueprint as dashboard
from webapp.views.health import blueprint as health
from webapp.views.help import blueprint as help_pages
from webapp.views.imports import blueprint as imports
from webapp.views.lists import blueprint as lists
from webapp.views.notes import blueprint as notes
from webapp.views.ops import blueprint as ops
from webapp.views.platform_edit import blueprint as platform_edit
from webapp.views.platforms import blueprint as platforms
from webapp.views.positions import blueprint as positions
from webapp.views.quota import blueprint as quota
from webapp.views.run_control import blueprint as run_control
from webapp.views.saved_views import blueprint as saved_views
from webapp.views.search import blueprint as search
from webapp.views.track_edit import blueprint as track_edit
from webapp.views.tracks import blueprint as tracks
from webapp.views.waiting import waiting_notices, waits_until


def init_app(app: Flask) -> None:
    """Opens every room, and says what an error looks like."""
    for room in (
        auth,
        account,
        admin_people,
        admin_tokens,
        health,
        dashboard,
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
        lists,
        notes,
        saved_views,
        admin_audit,
        admin_settings,
    ):
        app.register_blueprint(room)
    errors.init_app(app)
    app.add_template_global(suspicion_count)
    app.add_template_global(waiting_notices)
    app.add_template_global(waits_until)
