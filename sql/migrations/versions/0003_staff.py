"""Sessions, tokens, audit, lists, notes, saved views, settings, batches and log lines of runs."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0003"
down_revision = "0002"

FILES = ("access", "audit", "charts", "lists", "operations", "platforms")


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for name in FILES:
        driver.execute((SCHEMA / f"0003_{name}.sql").read_bytes())


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute((SCHEMA / "0003_drop.sql").read_bytes())
