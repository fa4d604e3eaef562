"""The files of large tables."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0008"
down_revision = "0007"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0008_table_files")


def downgrade() -> None:
    run("0008_drop")
