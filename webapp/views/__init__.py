"""The site's rooms, a blueprint each."""

from flask import Flask

from webapp.views import errors
from webapp.views.artists import blueprint as artists
from webapp.views.audience import blueprint as audience
from webapp.views.audience_api import blueprint as audience_api
from webapp.views.auth import blueprint as auth
from webapp.views.chart_runs import blueprint as chart_runs
from webapp.views.charts import blueprint as charts
from webapp.views.compare import blueprint as compare
from webapp.views.dashboard import blueprint as dashboard
from webapp.views.health import blueprint as health
from webapp.views.ops import blueprint as ops
from webapp.views.platforms import blueprint as platforms
from webapp.views.positions import blueprint as positions
from webapp.views.search import blueprint as search
from webapp.views.tracks import blueprint as tracks


def init_app(app: Flask) -> None:
    """Opens every room, and says what an error looks like."""
    for room in (
        auth,
        health,
        dashboard,
        tracks,
        audience,
        audience_api,
        compare,
        charts,
        chart_runs,
        positions,
        ops,
        artists,
        platforms,
        search,
    ):
        app.register_blueprint(room)
    errors.init_app(app)
