"""No page counts all calls of a billing period, and no filter reads a whole table."""

from alembic import op

from webapp.engine import SCHEMA, drop_aggregates

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for name in ("0013_filters.sql", "plain/quota_used_hourly.sql"):
        driver.execute((SCHEMA / name).read_bytes())


def downgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    drop_aggregates(driver, ("quota_used_hourly",))
    driver.execute((SCHEMA / "0013_drop.sql").read_bytes())
