"""Charts, rankings, and the cascade from them to tracks and artists."""

from alembic import op

from webapp.engine import SCHEMA, drop_aggregates

revision = "0002"
down_revision = "0001"

FILES = ("0002_charts.sql", "plain/track_appearances_daily.sql", "plain/api_calls_hourly.sql")


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for name in FILES:
        driver.execute((SCHEMA / name).read_bytes())


def downgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    drop_aggregates(driver, ("track_appearances_daily", "api_calls_hourly"))
    driver.execute((SCHEMA / "0002_drop.sql").read_bytes())
