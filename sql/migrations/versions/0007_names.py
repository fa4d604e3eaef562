"""Names of columns and outcomes in the words of the rest of the system."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0007"
down_revision = "0006"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0007_names")


def downgrade() -> None:
    run("0007_drop")
