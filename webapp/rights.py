"""Who may do what: the one table of it. A route that stands nowhere here is open to nobody."""

from flask_login import current_user

PUBLIC = frozenset({"auth.login", "health.healthz", "health.readyz", "static"})
"""All else needs a login."""

RIGHTS: dict[str, frozenset[str]] = {
    "viewer": frozenset(
        {
            "artists.audience",
            "artists.charts",
            "artists.index",
            "artists.page",
            "artists.tracks",
            "audience.chart",
            "audience.coverage",
            "audience.panel",
            "audience.points",
            "audience.run",
            "audience_api.chart",
            "audience_api.comparison",
            "auth.logout",
            "chart_runs.history",
            "chart_runs.run",
            "charts.calendar",
            "charts.index",
            "charts.page",
            "charts.ranking",
            "charts.ranking_csv",
            "compare.chart",
            "compare.page",
            "compare.points",
            "dashboard.card",
            "dashboard.chart",
            "dashboard.page",
            "dashboard.pulse",
            "platforms.charts",
            "platforms.coverage",
            "platforms.index",
            "platforms.page",
            "platforms.source",
            "platforms.top",
            "positions.chart",
            "positions.panel",
            "search.results",
            "tracks.cover",
            "tracks.index",
            "tracks.page",
        }
    ),
    "operator": frozenset(
        {
            "audience.refresh",
            "audience_api.refresh",
            "chart_runs.accept",
            "chart_runs.fetch",
            "chart_runs.switch",
            "chart_runs.sync",
            "ops.run",
            "ops.runs",
            "search.ask",
            "search.run",
            "search.take",
        }
    ),
    "admin": frozenset(),
}
_ROLES = {endpoint: role for role, endpoints in RIGHTS.items() for endpoint in endpoints}


def needed_role(endpoint: str) -> str | None:
    """The lowest role that may use a route; None where nobody may."""
    return _ROLES.get(endpoint)


def allowed(endpoint: str) -> bool:
    """Whether the user of this request may use a route: what is not allowed is not shown either."""
    role = needed_role(endpoint)
    return role is not None and current_user.is_authenticated and current_user.may(role)
