"""The rank of queues as one function."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0006"
down_revision = "0005"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0006_queues")


def downgrade() -> None:
    run("0006_drop")
