"""The 7 days of a series end with a whole day."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0011"
down_revision = "0010"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0011_whole_days")


def downgrade() -> None:
    run("0011_drop")
