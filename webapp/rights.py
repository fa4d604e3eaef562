"""Who may do what: the one table of it. A route that stands nowhere here is open to nobody."""

from flask_login import current_user

PUBLIC = frozenset({"auth.login", "auth.reset", "health.healthz", "health.readyz", "static"})
"""All else needs a login."""

RIGHTS: dict[str, frozenset[str]] = {
    "viewer": frozenset(
        {
            "account.end_others",
            "account.end_session",
            "account.make_token",
            "account.page",
            "account.password",
            "account.prefer",
            "account.revoke_token",
            "api.openapi",
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
            "lists.add",
            "lists.artists",
            "lists.delete",
            "lists.index",
            "lists.make",
            "lists.page",
            "lists.remove",
            "lists.rename",
            "lists.share",
            "lists.star",
            "lists.tracks",
            "notes.listed",
            "notes.page",
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
            "batches.create",
            "batches.index",
            "batches.new",
            "batches.page",
            "batches.retry",
            "chart_runs.accept",
            "chart_runs.fetch",
            "chart_runs.switch",
            "chart_runs.sync",
            "lists.keep_fresh",
            "notes.change",
            "notes.delete",
            "notes.make",
            "imports.create",
            "imports.page",
            "imports.preview",
            "ops.log",
            "ops.run",
            "ops.runs",
            "run_control.cancel",
            "run_control.cancel_chosen",
            "run_control.retry",
            "run_control.retry_all",
            "run_control.retry_chosen",
            "platform_edit.page",
            "platform_edit.save",
            "search.ask",
            "search.run",
            "search.take",
        }
    ),
    "admin": frozenset(
        {
            "admin_audit.csv",
            "admin_audit.index",
            "admin_people.create",
            "admin_people.end_sessions",
            "admin_people.index",
            "admin_people.page",
            "admin_people.reset_link",
            "admin_people.set_role",
            "admin_people.switch",
            "admin_platforms.alias",
            "admin_platforms.distinct",
            "admin_platforms.index",
            "admin_platforms.join",
            "admin_platforms.page",
            "admin_platforms.preview",
            "admin_platforms.unalias",
            "admin_settings.change",
            "admin_settings.default",
            "admin_settings.index",
            "admin_tokens.index",
            "admin_tokens.revoke",
        }
    ),
}
_ROLES = {endpoint: role for role, endpoints in RIGHTS.items() for endpoint in endpoints}


def needed_role(endpoint: str) -> str | None:
    """The lowest role that may use a route; None where nobody may."""
    return _ROLES.get(endpoint)


def allowed(endpoint: str) -> bool:
    """Whether the user of this request may use a route: what is not allowed is not shown either."""
    role = needed_role(endpoint)
    return role is not None and current_user.is_authenticated and current_user.may(role)
