"""Caveats of gains, notes about the 7 days of a list, rankings without some rows."""

from alembic import op

from webapp.engine import SCHEMA

revision = "0005"
down_revision = "0004"


def run(*names: str) -> None:
    """Executes files of sql/schema/ in this order."""
    for name in names:
        op.get_bind().connection.driver_connection.execute((SCHEMA / f"{name}.sql").read_bytes())


def upgrade() -> None:
    run("0005_gains", "0005_gains_stored", "0005_rankings")


def downgrade() -> None:
    # The functions of the former revision.
    run("0005_drop", "0004_gains", "0004_movements")
