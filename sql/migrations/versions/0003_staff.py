"""Sessions, tokens, audit, lists, notes, saved views and settings."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.get_bind().connection.driver_connection.execute((SCHEMA / "0003_staff.sql").read_bytes())


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute((SCHEMA / "0003_drop.sql").read_bytes())
