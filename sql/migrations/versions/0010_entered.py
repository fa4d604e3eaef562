"""New entries and peaks are stored with the rankings."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0010"
down_revision = "0009"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0010_entered")
    run("0010_changes")


def downgrade() -> None:
    run("0010_drop")
