"""The versions of the data, for cached cards, and quicker movements."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0009"
down_revision = "0008"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0009_versions")
    run("0009_movements")


def downgrade() -> None:
    run("0009_drop")
