"""The statements that count a chart again are planned once a connection."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0012"
down_revision = "0011"


def run(name: str) -> None:
    """Executes a file of sql/schema/."""
    op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0012_recount_plans")


def downgrade() -> None:
    run("0012_drop")
