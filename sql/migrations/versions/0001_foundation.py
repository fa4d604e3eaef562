"""Platforms, artists, tracks, audience, runs and users."""

from alembic import op

from webapp.engine import SCHEMA, drop_aggregates

revision = "0001"
down_revision = None

FILES = (
    "0001_catalogue.sql",
    "0001_audience.sql",
    "0001_runs.sql",
    "0001_users.sql",
    "plain/audience_weekly.sql",
    "plain/audience_monthly.sql",
    "default_platforms.sql",
)


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for name in FILES:
        driver.execute((SCHEMA / name).read_bytes())


def downgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    drop_aggregates(driver, ("audience_weekly", "audience_monthly"))
    driver.execute((SCHEMA / "0001_drop.sql").read_bytes())
